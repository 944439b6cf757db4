"""Reads OpenLineage events, one a line, into the classes that OpenLineage publishes; what does not fit them is an error.

The classes are generated of the published schema, and check UUIDs, times and URLs themselves.
"""

import importlib
import json
import pkgutil
import sys

import cattrs
from cattrs.gen import make_dict_structure_fn
from openlineage.client import generated
from openlineage.client.generated.base import BaseEvent, BaseFacet, RunEvent

for module in pkgutil.iter_modules(generated.__path__):
    importlib.import_module(f"{generated.__name__}.{module.name}")


def subclasses(cls):
    for sub in cls.__subclasses__():
        yield sub
        yield from subclasses(sub)


FACETS = {cls._get_schema(): cls for cls in subclasses(BaseFacet)}
used = set()
converter = cattrs.Converter(forbid_extra_keys=True)


def scalar(value, kind):
    if not isinstance(value, kind):
        raise TypeError(f"{value!r} is no {kind.__name__}")
    return value


for kind in (str, int, bool):
    converter.register_structure_hook(kind, scalar)


def taken(cls, key):
    """A hook that takes the URL of the schema out, which such objects give themselves, once it is the right one."""
    inner = make_dict_structure_fn(cls, converter)

    def structure(data, _):
        data = dict(data)
        if (url := data.pop(key, None)) != cls._get_schema():
            raise ValueError(f"{key} is {url}, want {cls._get_schema()}")
        return inner(data, cls)

    return structure


def is_facet(cls):
    return isinstance(cls, type) and issubclass(cls, BaseFacet)


own = {cls: taken(cls, "_schemaURL") for cls in FACETS.values()}


def facet(data, wanted):
    cls = FACETS.get(data.get("_schemaURL"))
    if cls is None or not issubclass(cls, wanted):
        raise ValueError(f"no {wanted.__name__} has the schema {data.get('_schemaURL')}")
    used.add(cls.__name__)
    return own[cls](data, cls)


converter.register_structure_hook_func(is_facet, facet)
converter.register_structure_hook(RunEvent, taken(RunEvent, "schemaURL"))

n = 0
for n, line in enumerate(sys.stdin, 1):
    try:
        converter.structure(json.loads(line), RunEvent)
    except Exception as e:
        causes = cattrs.transform_error(e) if isinstance(e, cattrs.BaseValidationError) else [repr(e)]
        sys.exit(f"event {n}: {causes}\n{line}")
print(n, *sorted(used))
