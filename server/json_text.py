"""JSON as it comes in and goes out (RFC 8259)."""

import json
from datetime import datetime

import orjson


def _refuse(constant: str) -> None:
    """Refuse NaN and Infinity, which Python would take."""
    raise ValueError(constant)


_DECODER = json.JSONDecoder(parse_constant=_refuse)


def read_json(data: str | bytes) -> object:
    """Read JSON; JSONDecodeError for whatever is none, or too deep or too large.

    It is UTF-8; by itself Python would take UTF-16 and halves of surrogate pairs too.
    """
    try:
        return _DECODER.decode(data.decode("utf-8-sig") if isinstance(data, bytes) else data)
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
