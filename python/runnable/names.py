"""Runnable's names for runs: two random words."""
import random

_FIRST = "amber brisk calm clever daring eager fair gentle golden hidden humble keen lively lucid mellow nimble patient quiet rapid serene silent silver steady sunny tidy vivid warm wise".split()
_SECOND = "aspen badger beacon birch brook cedar comet condor ember falcon fern harbor heron island lark maple meadow orchid otter pebble pine raven ridge river sparrow summit willow wren".split()


def get_random_name(sep="-"):
    """Two random words. It is no run id of its own: two runs may get the same; add the time."""
    choose = random.SystemRandom().choice
    return choose(_FIRST) + sep + choose(_SECOND)
