"""Where the user's modules are. The runner says it, by the one rule that it has for all definitions (package project).

RUNNABLE_MODULES holds folders as a JSON object: "first" are searched before those that the interpreter knows, "last" after them. RUNNABLE_OWN names the definition's own file, where that is Python: its functions
are found whatever the file is called, also if its name is that of a module of Python's, or no name of a module at all.
"""
import os
import sys

import _frozen_importlib_external as external  # importlib, without the rest of it

from . import plainjson

FOLDERS, OWN = "RUNNABLE_MODULES", "RUNNABLE_OWN"


class OwnFile:
    """Finds the definition's own file as a module."""

    file = stem = name = ""  # name is what it is imported as

    def find_spec(self, fullname, path=None, target=None):
        if fullname != self.name:
            return None
        return external.spec_from_file_location(self.name, self.file)

    def split(self, dotted):
        """The module and the names in it, of a function of this file; None for another."""
        if not self.file or not dotted.startswith(self.stem + "."):
            return None
        return self.name, dotted[len(self.stem) + 1 :].split(".")


own = OwnFile()
first, last = [], []  # folders of the user's modules, before those of the interpreter and after them


def install():
    """Takes what the runner says; without a word the current folder is the only one."""
    said = os.environ.pop(FOLDERS, "")
    take(plainjson.loads(said) if said else {"first": [os.getcwd()], "last": []}, os.environ.pop(OWN, ""))


def take(places, file):
    """Has modules be found in folders, and the definition's own file."""
    first[:], last[:] = places["first"], places["last"]
    sys.path[0:0] = first
    sys.path += last
    own.file = file
    if file:
        own.stem = os.path.splitext(os.path.basename(own.file))[0]
        around = package(file, first)
        own.name = "definition_" + own.stem.replace(".", "_") if _taken(own.stem) and not around else own.stem
        if around:
            own.name = around + "." + own.name
        sys.meta_path.insert(0, own)


def package(file, folders):
    """The package that a definition with relative imports is in, as seen from the folders of modules; empty: it has none,
    or is in none. Python gives a program that it starts no package, so such a file is started as python -m has it."""
    if not _relative(file):
        return ""
    top = os.path.dirname(file)
    while os.path.isfile(os.path.join(top, "__init__.py")):
        top = os.path.dirname(top)
    if top == os.path.dirname(file):  # a package without __init__.py: seen from the nearest folder around it
        top = max((f for f in folders if top.startswith(os.path.join(f, ""))), key=len, default=top)
    return os.path.relpath(os.path.dirname(file), top).replace(os.sep, ".") if top in folders and top != os.path.dirname(file) else ""


def _relative(file):
    try:
        with open(file, "rb") as f:
            return any(line.lstrip().startswith(b"from .") for line in f)
    except OSError:  # a session's name stands for no file, and an image need not hold the definition
        return False


def _taken(stem):
    """Reports whether a name is Python's own or ours, or none that can be imported."""
    library = os.path.join(os.path.dirname(os.__file__), stem)
    return "." in stem or stem in sys.modules or stem in sys.builtin_module_names or stem == "runnable" or os.path.exists(library + ".py") or os.path.isdir(library)

