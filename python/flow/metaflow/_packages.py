"""What @pypi and @conda, and those of the flow, come to: the packages of a step's environment, and its Python."""
from runnable._errors import DefinitionError
from runnable._places import Place

from ._decorators import decorator_of, flow_decorators

KINDS = ("conda", "pypi")


def settings(n, cls):
    """The keys of a task that give it an environment. Those of the step count before those of the flow, package by package."""
    wanted, python = {}, None
    for kind in KINDS:
        found = of_step(n, cls, kind)
        if _disabled(found):
            continue
        for d in found:
            wanted.update(_packages(d))
            python = d.attributes.get("python") or python
    out = {"packages": [_requirement(name, version) for name, version in wanted.items()]} if wanted else {}
    return {**out, "python": str(python)} if python else out


def of_step(n, cls, kind):
    """The decorators of a kind that hold for a step: the flow's, then its own."""
    base = [d for d in flow_decorators(cls) if d.name == f"{kind}_base"]
    own = decorator_of(n.function, kind)
    return base + ([own] if own is not None else [])


def _disabled(found):
    said = [d.attributes["disabled"] for d in found if d.attributes.get("disabled") is not None]
    return bool(said and said[-1])


def _packages(d):
    out = {}
    for key in ("libraries", "packages"):
        given = d.attributes.get(key) or {}
        if not isinstance(given, dict):
            raise DefinitionError(f'@{d.name}({key}=…) is not a dict of packages and versions; write {key}={{"pandas": "2.2.3"}}', "RR0722", Place(d.file, d.line) if d.file else None)
        out.update({str(name).rpartition("::")[2]: version for name, version in given.items()})
    return out


def _requirement(name, version):
    """A package and its version as pip takes them; a version may say more than a number, as in ">=2,<3", or a place."""
    version = str(version or "").strip()
    if not version:
        return name
    if version[0] in "<>=!~":
        return name + version
    if version.startswith("@") or "://" in version:
        return f"{name} @ {version.lstrip('@ ')}"
    return f"{name}=={version}"
