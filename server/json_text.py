"""JSON as it comes in and goes out (RFC 8259)."""

import json
import re
from datetime import datetime

import orjson

# Lists and objects, of which what is within the limits of variables has fewer. Each is a thing for
# the garbage collector to look at: 80,000 took 60 ms.
MOST_CONTAINERS = 10_000
# One without an end takes the rest, so that no character is looked at twice.
_TEXTS = re.compile(r'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)

# Some editors begin a text with it.
_BOM = "\ufeff"


def _refuse(constant: str) -> None:
    """Refuse NaN and Infinity, which Python would take."""
    raise ValueError(constant)


_DECODER = json.JSONDecoder(parse_constant=_refuse)


def read_json(data: str | bytes) -> object:
    """Read JSON; JSONDecodeError for whatever is none, or too deep or too large.

    It is UTF-8; by itself Python would take UTF-16 and halves of surrogate pairs too.
    """
    try:
        text = data.decode().removeprefix(_BOM) if isinstance(data, bytes) else data
        # A document may have any number of braces.
        if _brackets(text) > MOST_CONTAINERS and _brackets(_TEXTS.sub("", text)) > MOST_CONTAINERS:
            raise json.JSONDecodeError("more lists and objects than a request has", "", 0)
        return _DECODER.decode(text)
    except (ValueError, RecursionError) as error:
        if isinstance(error, json.JSONDecodeError):
            raise
        raise json.JSONDecodeError("not readable as JSON", "", 0) from error


def _brackets(text: str) -> int:
    return text.count("[") + text.count("{")


def write_json(data: object) -> bytes:
    """Write JSON, in ASCII where a text holds half of a surrogate pair: UTF-8 has none."""
    try:
        return orjson.dumps(data)
    except TypeError:
        return json.dumps(data, separators=(",", ":"), default=datetime.isoformat).encode()
