import hashlib
import os

NAMES = ("QUOTES", "SHELL_TEXT", "TEMPLATE", "PAGE", "FLAG", "LINES_")


def check(quotes, shell, template, page, flag, lines):
    print(*(os.environ[n] for n in NAMES))
    got = [hashlib.sha256(os.environ[n].encode()).hexdigest()[:16] for n in NAMES]
    return got == [quotes, shell, template, page, flag, lines]
