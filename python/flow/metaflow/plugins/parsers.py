"""Parsers for Config(parser=…): each makes a dict of a file's text."""
import re

from ..exception import MetaflowException

_REQUIREMENT = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)\s*(\[[^\]]*\])?\s*(@\s*\S+|[^;@]*)$")


def yaml_parser(content):
    """Reads YAML, by the package PyYAML where the flow is read."""
    try:
        import yaml
    except ImportError:
        raise MetaflowException("yaml_parser needs PyYAML where the flow is read: pip install pyyaml") from None
    return yaml.safe_load(content)


def requirements_txt_parser(content):
    """Reads a requirements.txt: {"packages": {name: version}, "python": version or None}."""
    lines = (re.sub(r"(^|\s)#.*", "", line).strip() for line in content.splitlines())
    return _packages([line for line in lines if line and line != "-e file:."])


def pyproject_toml_parser(content):
    """Reads the dependencies of a pyproject.toml likewise."""
    try:
        import tomllib
    except ImportError:
        try:
            import tomli as tomllib
        except ImportError:
            raise MetaflowException("pyproject_toml_parser needs Python 3.11 or the package tomli where the flow is read") from None
    project = tomllib.loads(content).get("project", {})
    found = _packages(project.get("dependencies", []))
    if project.get("requires-python"):
        found["python"] = project["requires-python"].lstrip(" =")
    return found


def _packages(lines):
    packages, python = {}, None
    for line in lines:
        m = _REQUIREMENT.match(line)
        if m is None:
            raise MetaflowException(f"{line!r} is not a requirement that can be read: write name==version, without markers")
        name, extras, rest = m.group(1), (m.group(2) or "").replace(" ", ""), m.group(3).strip()
        if rest.startswith("@"):
            packages[f"{name}{extras}@{rest[1:].strip()}"] = ""
        elif name.lower() == "python":
            python = rest.lstrip(" =") or None
        else:
            packages[name + extras] = ",".join(sorted(p.strip() for p in rest.split(","))).lstrip(" =") if "," in rest else rest.lstrip(" =")
    return {"packages": packages, "python": python}
