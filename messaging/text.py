"""Texts that every database takes, and texts that somebody can read."""

import unicodedata

# Controls, formats (zero-width, direction) and all white space, as Unicode sorts characters.
# The page has the same in web/src/model/text.ts.
_INVISIBLE = frozenset({"Cc", "Cf", "Zl", "Zp", "Zs"})

# Letters, marks and unassigned places that fonts show as nothing (Unicode's
# DerivedCoreProperties.txt, Default_Ignorable_Code_Point, as far as the categories above have them
# not): Hangul fillers, variation selectors and the like.
_IGNORABLE = (
    (0x034F, 0x034F),
    (0x115F, 0x1160),
    (0x17B4, 0x17B5),
    (0x180B, 0x180F),
    (0x2065, 0x2065),
    (0x3164, 0x3164),
    (0xFE00, 0xFE0F),
    (0xFFA0, 0xFFA0),
    (0xFFF0, 0xFFF8),
    (0xE0000, 0xE0FFF),
)
# A symbol by its category, and blank by its name: BRAILLE PATTERN BLANK.
_BLANKS = frozenset("\u2800").union(
    chr(point) for first, last in _IGNORABLE for point in range(first, last + 1)
)


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
    return any(
        unicodedata.category(character) not in _INVISIBLE and character not in _BLANKS
        for character in text
    )
