"""Starts the Python side. Run by path, with the working folder as the current one."""
import os
import sys

if __name__ == "__main__":
    if sys.version_info < (3, 9):  # said in words that old ones understand too
        sys.exit("%s is Python %d.%d; a step needs Python 3.9 or later" % (sys.executable, sys.version_info[0], sys.version_info[1]))
    # Our own modules are loaded before the working folder is on the path, so that a user's `json.py` or
    # `select.py` does not become ours; then the folders of the user's modules stand first.
    _here = os.path.dirname(os.path.abspath(__file__))
    if sys.path and os.path.abspath(sys.path[0]) == _here:
        del sys.path[0]
    if _here not in sys.path:
        sys.path.append(_here)
    # Compiled once for all steps, whatever the user says of their own modules: the folder is ours.
    _dont, sys.dont_write_bytecode = sys.dont_write_bytecode, False
    from runnable_render import modules as _modules
    from runnable_render import worker as _worker

    if sys.argv.pop() == "task":
        sys.dont_write_bytecode = _dont
        _modules.install()
        sys.exit(_worker.task(3))
    # A parent. What a task's interpreter would not have imported is taken off the list of modules again.
    _cold = set(sys.modules)
    from runnable_render import leave as _leave
    from runnable_render import serve as _serve

    for _name in set(sys.modules) - _cold:
        del sys.modules[_name]
    sys.dont_write_bytecode = _dont
    _shared = _serve.serve()
    if _shared is not None:  # a fork: the frames below the task's are those of a cold start
        _code = 1
        try:
            _code = _worker.task(3)
        except BaseException:
            sys.excepthook(*sys.exc_info())
        _leave.leave(_code, _shared)
