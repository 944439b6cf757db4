"""Where flows find the exceptions of some decorators."""
