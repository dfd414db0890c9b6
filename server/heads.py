"""The head of a request, as far as GraphQL looks at it."""

from typing import NamedTuple

from starlette.types import Scope


class Head(NamedTuple):
    """What stands in it, looked up once for all who ask."""

    method: str
    # Of several headers with one name the first; None where there is none.
    authorization: str | None
    content_type: str | None
    # Of several all: they are as good as one (RFC 9110 §5.3).
    accept: str


def head_of(scope: Scope) -> Head:
    """The head of a request over HTTP."""
    headers = scope["headers"]
    first = dict(reversed(headers))
    accepted = b",".join([value for name, value in headers if name == b"accept"])
    return Head(
        scope["method"],
        _text(first.get(b"authorization")),
        _text(first.get(b"content-type")),
        accepted.decode("latin-1"),
    )


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode("latin-1")
