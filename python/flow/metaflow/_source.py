"""What tells that the source of a step has changed since a run."""
import hashlib
import sys


def fingerprint(function):
    """Stands for what a step's function does: neither comments nor its place in the file change it. Another version of Python
    makes another one, so it begins with the version. Functions that the step calls are none of it."""
    made = hashlib.sha256()
    _add(made, function.__code__)
    return f"{sys.version_info[0]}.{sys.version_info[1]}:{made.hexdigest()[:16]}"


def _add(made, code):
    made.update(repr((code.co_code, code.co_names, code.co_varnames)).encode())
    for constant in code.co_consts:
        if hasattr(constant, "co_code"):
            _add(made, constant)
        else:
            made.update((repr(sorted(map(repr, constant))) if isinstance(constant, frozenset) else repr(constant)).encode())


def changed(cls, run, again):
    """The steps whose results a resumed run keeps although their source has changed."""
    was = {}
    for r in run._records().values():
        source = r.get("code", {}).get("source")
        if source and r["status"] in ("SUCCESS", "CACHED"):
            was[r["path"].rpartition(".")[2]] = source
    for name, source in was.items():
        function = getattr(cls, name, None)
        if name != again and function is not None:
            now = fingerprint(function)
            if now != source and now.partition(":")[0] == source.partition(":")[0]:
                yield name
