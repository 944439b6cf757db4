"""What decorators of a flow come to: when runs begin, what is done when they have ended, and the project that they belong to."""
import os
import re
import sys

from runnable._errors import DefinitionError
from runnable._places import Place

from ._decorators import BRANCH, PRODUCTION, flow_decorators
from ._parameters import user_name
from ._schedule import DayRefused, cron

HOOK_SECONDS = 600
_LONGEST = 128  # characters of the name of a project or branch


def _named(cls, name):
    return [d for d in flow_decorators(cls) if d.name == name]


def _refused(d, text):
    return DefinitionError(text, "RR0722", place(d))


def place(d):
    return Place(d.file, d.line) if d.file else None


def project(cls):
    """What steps see of the flow's project in current, by name; nothing where it has none."""
    for d in _named(cls, "project"):
        name = _word(d, "name", d.attributes.get("name"))
        if not name:
            raise _refused(d, '@project needs a name, as in @project(name="forecast")')
        branch, production = _branch(d)
        at = (f"prod.{branch}" if production else f"test.{branch}") if branch else "prod" if production else f"user.{_owner(d)}"
        return {
            "project_name": name, "branch_name": at, "project_flow_name": f"{name}.{at}.{cls.__name__}",
            "is_user_branch": not branch and not production, "is_production": production,
        }
    return {}


def _branch(d):
    """(branch, production): what the decorator says, else the command line."""
    given = {"branch": os.environ.get(BRANCH) or None, "production": os.environ.get(PRODUCTION, "").lower() not in ("", "0", "false", "no")}
    for key in ("branch", "production"):
        if given[key] and key in d.attributes and d.attributes[key] != given[key]:
            raise _refused(d, f"@project({key}={d.attributes[key]!r}) and --{key} of the command line contradict each other; say it in one place")
    branch = d.attributes.get("branch", given["branch"])
    return _word(d, "branch", branch), bool(d.attributes.get("production", given["production"]))


def _word(d, key, value):
    if value and (not isinstance(value, str) or re.search("[^a-z0-9_]", value) or len(value) > _LONGEST):
        raise _refused(d, f"the {key} {value!r} of @project is not made of at most {_LONGEST} lower-case letters, digits and underscores")
    return value


def _owner(d):
    owner = os.environ.get("METAFLOW_OWNER") or user_name() or _account()
    if owner is None:
        raise _refused(d, "the branch of @project is named after the user, who is not known here; set METAFLOW_USER, or give --branch or --production")
    return owner


def _account():
    """The name of the account, where the environment has none."""
    try:
        import pwd

        return pwd.getpwuid(os.getuid()).pw_name
    except (ImportError, KeyError):
        return None


def schedules(cls):
    """(schedule as the graph has it, decorator) of each time at which runs begin."""
    for d in _named(cls, "schedule"):
        try:
            expression, zone = cron(d.attributes) or (None, None)
        except DayRefused as e:
            raise _refused(d, f"@schedule cannot be read: {e}") from None
        except ValueError:
            continue  # said_of_schedule tells of it
        if expression is not None:
            yield {"cron": expression, **({"timezone": str(zone)} if zone else {})}, d


def said_of_schedule(d):
    """What to say of a schedule that cron has not, or that it counts in another way; None where there is nothing to say."""
    try:
        made = cron(d.attributes)
    except ValueError as e:
        return f"@schedule is ignored: {e}; use a schedule that cron can express, or set the schedule in the configuration of the target"
    text = str(d.attributes.get("cron") or "")
    days = text.split()[4] if len(text.split()) == 6 else ""
    if not re.search(r"\d", re.sub(r"[/#]\d+", "", days)):
        return None
    return f"@schedule counts the days of the week from 1 for Sunday, as AWS does. Cron counts from 0, so {text!r} becomes {made[0]!r}; names of days, such as MON, are the same in both"


def hooks(cls, module, configs):
    """{"on_success": …, "on_failure": …} of @exit_hook: (hook as the graph has it, decorator) each."""
    out = {"on_success": [], "on_failure": []}
    for d in _named(cls, "exit_hook"):
        if not d.attributes.get("on_success") and not d.attributes.get("on_error"):
            raise _refused(d, "@exit_hook names no function; give on_success=[…] or on_error=[…]")
        for key, when in (("on_success", "on_success"), ("on_error", "on_failure")):
            for f in _listed(d, key):
                name = _function(d, key, f)
                _known(cls, d, name)
                flow = {"hook": name, **({"configs": configs} if configs else {})}
                hook = {"function": f"{module}.{cls.__qualname__}.{name.rpartition('.')[2]}", "flow": flow, "timeout": HOOK_SECONDS}
                out[when].append((hook, d))
    return out


def _listed(d, key):
    value = d.attributes.get(key) or []
    if not isinstance(value, (list, tuple)):
        raise _refused(d, f"@exit_hook({key}=…) takes a list of functions")
    return value


def _known(cls, d, name):
    """Refuses a name without dots that the flow's file does not have."""
    from runnable._errors import near

    from ._graph import functions_of

    at = sys.modules.get(cls.__module__)
    if at is None or "." in name or callable(getattr(at, name, None)):
        return
    written = functions_of(getattr(at, "__file__", None) or d.file)  # also below the line that starts the flow
    if name not in written:
        raise _refused(d, f'@exit_hook calls "{name}", and the flow\'s file has no function of that name{near(name, written)}')


def _function(d, key, f):
    """The name by which a hook is found: that in the flow's module, or the dotted one of another module."""
    if isinstance(f, str) and all(part.isidentifier() for part in f.split(".")):
        return f
    name = getattr(f, "__qualname__", None)
    if not callable(f) or not name or not all(part.isidentifier() for part in name.split(".")):
        raise _refused(d, f"@exit_hook({key}=…) takes functions of the file, or their names, not {f!r}")
    return name if f.__module__ == "__main__" else f"{f.__module__}.{name}"
