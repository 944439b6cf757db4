"""Plain functions: no decorators, nothing to import."""


def length(word: str) -> int:
    return len(word)


def report(letters: int, name: str = "world") -> str:
    message = f"Hello {name}: {letters} letters"
    print(message)
    return message
