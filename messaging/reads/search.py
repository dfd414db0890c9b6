"""Finding people by a part of their name, on both databases alike."""

from models.user import search_form

# The escape character stands for itself in no pattern that search_pattern makes.
NAME_CONTAINS = "{user}.search_name LIKE {pattern} ESCAPE '!'"


def search_pattern(search: str) -> str:
    """The LIKE pattern for names that contain the text."""
    text = search_form(search)
    for special in "!%_":
        text = text.replace(special, "!" + special)
    return f"%{text}%"
