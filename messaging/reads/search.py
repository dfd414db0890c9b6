"""Finding people by a part of their name, on both databases alike."""

from messaging.errors import BadInput
from models.user import search_form

# The escape character stands for itself in no pattern that search_pattern makes.
NAME_CONTAINS = "{user}.search_name LIKE {pattern} ESCAPE '!'"


# No name is longer, and SQLite refuses patterns of 50,000 characters.
LONGEST_NEEDLE = 255


def search_pattern(search: str) -> str:
    """The LIKE pattern for names that contain the text. Raises BadInput for too long a text."""
    if len(search) > LONGEST_NEEDLE:
        raise BadInput(f"`search` has at most {LONGEST_NEEDLE} characters.")
    text = search_form(search)
    for special in "!%_":
        text = text.replace(special, "!" + special)
    return f"%{text}%"
