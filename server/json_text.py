"""JSON as it comes in and goes out (RFC 8259)."""

import json
from datetime import datetime

import orjson

# Lists and objects, and braces in texts, of which a document within its limits has fewer. Each is a
# thing for the garbage collector to look at: 80,000 took 60 ms.
MOST_BRACKETS = 10_000


def read_json(data: str | bytes) -> object:
    """Read JSON; JSONDecodeError for whatever is none, or too deep or too large.

    It is UTF-8; by itself Python would take UTF-16 and halves of surrogate pairs too.
    """
    try:
        text = data.decode("utf-8-sig") if isinstance(data, bytes) else data
        if text.count("[") + text.count("{") > MOST_BRACKETS:
            raise json.JSONDecodeError("more brackets than a request has", "", 0)
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        if isinstance(error, json.JSONDecodeError):
            raise
        raise json.JSONDecodeError("not readable as JSON", "", 0) from error


def write_json(data: object) -> bytes:
    """Write JSON, in ASCII where a text holds half of a surrogate pair: UTF-8 has none."""
    try:
        return orjson.dumps(data)
    except TypeError:
        return json.dumps(data, separators=(",", ":"), default=datetime.isoformat).encode()
