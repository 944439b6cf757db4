import hashlib

TEXTS = ["x", "{{workflow.name}}", "\"'\\", "\x1b[31m", "\n\t", "\u00fc\u6f22\U0001f600", "a.b/c.d", "{\"k\": [1, 2.0]}"]


def make():
    return [(t * (100_000 // len(t) + 1))[:100_000] for t in TEXTS]


def look(item):
    return hashlib.sha256(item.encode()).hexdigest()[:16]
