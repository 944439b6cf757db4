import LIBRARY


def f():
    import atexit, decimal, os, signal, sys, threading, warnings, zlib

    kept = open(f"/proc/{os.getppid()}/maps").read()
    state = {
        "signals": [str(signal.getsignal(s)).partition(" at ")[0] for s in sorted(signal.valid_signals())],
        "blocked": [int(s) for s in signal.pthread_sigmask(signal.SIG_BLOCK, [])],
        "environment": {k: zlib.crc32(v.encode()) for k, v in sorted(os.environ.items()) if k not in ("RUNNABLE_LEASH", "PYTHONPATH")},
        "here": os.getcwd() == sys.path[0],
        "umask": os.umask(0o022),
        "descriptors": [n for n in sorted(map(int, os.listdir("/proc/self/fd"))) if n <= 3],
        "path": [p for p in sys.path[1:] if not os.path.exists(os.path.join(p, "rr_boot.py"))],
        "modules": sorted(m for m in sys.modules if not m.startswith("runnable_render")),
        "finders": len(sys.meta_path),
        "warnings": [str(w) for w in warnings.filters],
        "atexit": atexit._ncallbacks(),
        "threads": threading.active_count(),
        "main thread": threading.main_thread() is threading.current_thread(),
        "decimal": str(decimal.getcontext()),
        "limits": [sys.getrecursionlimit(), sys.getswitchinterval()],
        "hooks": [sys.excepthook is sys.__excepthook__, sys.stdout is sys.__stdout__, sys.getprofile(), sys.gettrace()],
    }
    return state, "NATIVE" in kept
