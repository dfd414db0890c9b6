"""Media types: of requests, and what a client gets: a page, a stream, or GraphQL over HTTP's two.

https://graphql.github.io/graphql-over-http/draft/#sec-Media-Types
"""

from functools import lru_cache

from starlette.requests import Request

JSON = "application/json"
GRAPHQL_RESPONSE = "application/graphql-response+json"
EVENT_STREAM = "text/event-stream"

# Browsers and client libraries have a few each; a stream of unique ones evicts.
HEADERS_KEPT = 128
# What a range says of a type that no other says more precisely of.
_WIDER = ("application/*", "*/*")


# Browsers and libraries stay below; what is longer is there to keep us busy.
LONGEST_HEADER = 1_000


def media_type(content_type: str | None) -> str:
    """A Content-Type without its parameters, in lower case."""
    return (content_type or "").partition(";")[0].strip().lower()


def asks_for_a_page(request: Request) -> bool:
    """Whether somebody opened the address in a browser, instead of a program asking something."""
    return request.method in ("GET", "HEAD") and "text/html" in _accept(request)


def media_type_of_answer(request: Request) -> str:
    """The media type of what that request is answered."""
    return answered_as(_accept(request))


def _accept(request: Request) -> str:
    """What the request accepts; several headers are as good as one (RFC 9110 §5.3)."""
    return ",".join(request.headers.getlist("accept"))


def takes_stream(request: Request) -> bool:
    """Whether it may be answered by a stream of events: only where that is named."""
    return EVENT_STREAM in _named(_accept(request))


def takes_only_stream(request: Request) -> bool:
    """Whether it can be answered by nothing but a stream of events."""
    named = _named(_accept(request))
    return EVENT_STREAM in named and named.isdisjoint((GRAPHQL_RESPONSE, JSON, *_WIDER))


def _named(accept: str) -> frozenset[str]:
    """The ranges that are wanted at all, where a stream of events may be among them."""
    is_far_from = len(accept) > LONGEST_HEADER or EVENT_STREAM not in accept.lower()
    return frozenset() if is_far_from else _wanted(accept)


@lru_cache(maxsize=HEADERS_KEPT)
def _wanted(accept: str) -> frozenset[str]:
    return frozenset(name for name, quality in _qualities(accept).items() if quality > 0)


def answered_as(accept: str) -> str:
    """The media type of the answer, by the request's Accept header (RFC 9110 §12.5.1).

    The newer one, whose status codes say more, is for who names it; application/json for all
    others, also who would take neither: an answer they can look at says more than none.
    """
    return _preferred(accept) if len(accept) <= LONGEST_HEADER else JSON


@lru_cache(maxsize=HEADERS_KEPT)
def _preferred(accept: str) -> str:
    wanted = _qualities(accept)
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
