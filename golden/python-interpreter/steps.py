import sys


def works():
    return sys.version_info[0] == 3
