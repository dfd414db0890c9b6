"""Texts that every database takes, and texts that somebody can read."""

import unicodedata

# Controls, formats (zero-width, direction) and all white space, as Unicode sorts characters.
# The page has the same in web/src/model/text.ts.
_INVISIBLE = frozenset({"Cc", "Cf", "Zl", "Zp", "Zs"})


def is_storable(text: str) -> bool:
    """Whether there is neither NUL, which PostgreSQL refuses, nor half of a surrogate pair."""
    if "\x00" in text:
        return False
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def is_visible(text: str) -> bool:
    """Whether anything of it shows."""
    return any(unicodedata.category(character) not in _INVISIBLE for character in text)
