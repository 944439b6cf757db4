"""Starts the reading of a Python definition: rr_define.py FILE NAME, where NAME is what the user calls the file."""
import os
import sys

if __name__ == "__main__":
    # Our package is loaded before the user's folder is on the path, as rr_boot.py does.
    _here = os.path.dirname(os.path.abspath(__file__))
    _file, _name = os.path.abspath(sys.argv[1]), sys.argv[2]
    sys.path[0] = _here
    sys.dont_write_bytecode = False  # compiled once: the folder is ours
    from runnable import _define

    sys.path[0] = os.path.dirname(_file)
    sys.dont_write_bytecode = True  # reading a definition writes nothing
    _define.main(_file, _name)
