"""Runnable's name for the module of its classes."""
from . import *  # noqa: F401,F403
