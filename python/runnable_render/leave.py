"""Ends a fork as an interpreter ends, but for what belongs to its parent: that is left as it is, which also saves time."""
import _weakref
import gc
import os
import sys


def leave(code, shared):
    """Ends the process. shared: the names of the modules that were there before the fork."""
    try:
        flush_native = _native_flush()
        _finish("threading", "_shutdown")
        _finish("atexit", "_run_exitfuncs")
        _flush()
        _forget(shared)
        _close_files()
        _flush()
        if flush_native is not None:
            flush_native(None)
    finally:
        os._exit(code)


def _finish(module, function):
    if module not in sys.modules:
        return
    try:
        getattr(sys.modules[module], function)()
    except BaseException as e:
        if module != "atexit":  # which has told it itself
            sys.excepthook(type(e), e, e.__traceback__)


def _flush():
    for s in (sys.stdout, sys.stderr):
        try:
            s.flush()
        except Exception:
            pass


def _forget(shared):
    """Drops the modules of the task; what outlives that is emptied, the last that was imported first. So finalizers run
    in an interpreter, and in the same order: after a collection what holds others stands before these, as a text before its file."""
    gc.collect()
    names = [n for n in sys.modules if n not in shared]
    refs = []
    for name in names:
        try:
            refs.append(_weakref.ref(sys.modules[name]))
        except TypeError:
            pass  # no module, but what one has put in its place
        del sys.modules[name]
    sys.path_importer_cache.clear()
    gc.collect()
    for ref in reversed(refs):
        module = ref()
        if module is not None:
            _empty(vars(module))
    gc.collect()


def _empty(names):
    for private in (True, False):
        for n in list(names):
            if isinstance(n, str) and n != "__builtins__" and (n[:1] == "_" and n[1:2] != "_") == private:
                names[n] = None


def _close_files():
    """Closes the files that something of the parent's still refers to, those in front of others first."""
    if not _holds_files():
        return
    from io import IOBase

    files = [o for o in gc.get_objects() if isinstance(o, IOBase) and o not in (sys.stdout, sys.stderr, sys.stdin)]
    for native in (False, True):
        for f in files:
            if (type(f).__module__ == "_io" and not hasattr(f, "buffer")) == native and _fileno(f) not in (0, 1, 2):
                try:
                    f.close()
                except Exception:
                    pass


def _fileno(f):
    try:
        return f.fileno()
    except Exception:
        return None


def _holds_files():
    """Reports whether anything but the log and the leash is open, and so may hold what has not been written yet."""
    try:
        return len(os.listdir("/proc/self/fd")) > 5
    except OSError:
        return True


def _native_flush():
    """What writes out the streams of C, where native code may have written to some."""
    if not any(_is_foreign(getattr(m, "__file__", None)) for m in list(sys.modules.values())):
        return None
    try:
        import ctypes

        return ctypes.CDLL(None).fflush
    except (ImportError, AttributeError, OSError):
        return None


def _is_foreign(file):
    return isinstance(file, str) and file.endswith(".so") and "lib-dynload" not in file
