"""Texts that every database takes."""


def is_storable(text: str) -> bool:
    """Whether there is neither NUL, which PostgreSQL refuses, nor half of a surrogate pair."""
    if "\x00" in text:
        return False
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
