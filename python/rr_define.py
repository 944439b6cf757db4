"""Starts the reading of a Python definition: rr_define.py FILE NAME [flow], where NAME is what the user calls
the file, and flow says that it is a flow of Metaflow's."""
import json
import os
import sys

if __name__ == "__main__":
    if sys.version_info < (3, 9):  # told as an answer, in words that old ones understand too
        _text = "%s is Python %d.%d, and a definition needs Python 3.9 or later; name one with --python" % ((sys.executable,) + tuple(sys.version_info[:2]))
        _answer = json.dumps({"errors": [{"code": "RR0509", "message": _text, "file": sys.argv[2]}]})
        os.write(int(os.environ["RUNNABLE_DEFINE_FD"]), _answer.encode("ascii"))
        sys.exit(0)
    # Our package is loaded before the user's folder is on the path, as rr_boot.py does.
    _here = os.path.dirname(os.path.abspath(__file__))
    _file, _name = os.path.abspath(sys.argv[1]), sys.argv[2]
    sys.path[0] = _here
    sys.dont_write_bytecode = False  # compiled once: the folder is ours
    from runnable import _define

    _answer = None
    if sys.argv[3:] == ["flow"]:
        sys.path.insert(0, os.path.join(_here, "flow"))
        from metaflow._record import answer as _answer

    sys.path[0:1] = json.loads(os.environ["RUNNABLE_MODULES"])["first"]
    sys.dont_write_bytecode = True  # reading a definition writes nothing
    _define.main(_file, _name, _answer)
