"""Comes after the one of the standard library."""
