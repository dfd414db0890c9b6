"""Media types: of requests, and what a client gets: a page, a stream, or GraphQL over HTTP's two.

https://graphql.github.io/graphql-over-http/draft/#sec-Media-Types
"""

from functools import lru_cache
from typing import NamedTuple

JSON = "application/json"
GRAPHQL_RESPONSE = "application/graphql-response+json"
EVENT_STREAM = "text/event-stream"

# Browsers and client libraries have a few each; a stream of unique ones evicts.
HEADERS_KEPT = 128
# What a range says of a type that no other says more precisely of.
_WIDER = ("application/*", "*/*")

# Browsers and libraries stay below; what is longer is there to keep us busy.
LONGEST_HEADER = 1_000


class Form(NamedTuple):
    """The form of an answer."""

    # Of one that is no stream.
    media_type: str
    # Whether it may be a stream of events: only where that is named.
    may_be_stream: bool
    # Whether it can be nothing else.
    must_be_stream: bool


_FORM_UNASKED = Form(JSON, may_be_stream=False, must_be_stream=False)


def media_type(content_type: str | None) -> str:
    """A Content-Type without its parameters, in lower case."""
    return (content_type or "").partition(";")[0].strip().lower()


def asks_for_a_page(method: str, accept: str) -> bool:
    """Whether somebody opened the address in a browser, instead of a program asking something."""
    return method in ("GET", "HEAD") and "text/html" in accept


def form_of_answer(accept: str) -> Form:
    """The form of the answer, by the request's Accept header (RFC 9110 §12.5.1)."""
    return _form(accept) if len(accept) <= LONGEST_HEADER else _FORM_UNASKED


def answered_as(accept: str) -> str:
    """The media type of an answer that is no stream.

    The newer one, whose status codes say more, is for who names it; application/json for all
    others, also who would take neither: an answer they can look at says more than none.
    """
    return form_of_answer(accept).media_type


@lru_cache(maxsize=HEADERS_KEPT)
def _form(accept: str) -> Form:
    wanted = _qualities(accept)
    named = {name for name, quality in wanted.items() if quality > 0}
    may_be_stream = EVENT_STREAM in named
    return Form(
        _preferred(wanted),
        may_be_stream,
        may_be_stream and named.isdisjoint((GRAPHQL_RESPONSE, JSON, *_WIDER)),
    )


def _preferred(wanted: dict[str, float]) -> str:
    newer, older = _quality(wanted, GRAPHQL_RESPONSE), _quality(wanted, JSON)
    is_named = GRAPHQL_RESPONSE in wanted
    if newer > older or (is_named and newer == older > 0):
        return GRAPHQL_RESPONSE
    return JSON


def _quality(wanted: dict[str, float], media_type: str) -> float:
    return next((wanted[each] for each in (media_type, *_WIDER) if each in wanted), 0.0)


def _qualities(accept: str) -> dict[str, float]:
    """How much each range is wanted, by its name in lower case."""
    wanted: dict[str, float] = {}
    for each in accept.lower().split(","):
        name, *parameters = (part.strip() for part in each.split(";"))
        quality = next((part[2:] for part in parameters if part.startswith("q=")), "1")
        # Named twice, it is wanted as much as it is wanted most.
        wanted[name] = max(wanted.get(name, 0.0), _as_number(quality))
    return wanted


def _as_number(quality: str) -> float:
    try:
        number = float(quality)
    except ValueError:
        return 1.0
    return number if 0 <= number <= 1 else 1.0
