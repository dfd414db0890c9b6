"""What a connection may answer: the protocol as far as a client can tell.

https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md
"""

import re
from dataclasses import dataclass, field

from tests.support.operations import FEED

# Each operation, and the frames that answer it: next, error, complete.
OPERATIONS: dict[str, tuple[str, str]] = {
    "query": ("{ viewer { unreadCount } }", "nc"),
    "forbidden": (
        "mutation { setMessagingMode(input: {mode: OFF}) { errors { code } } }",
        "nc",
    ),
    "syntax error": ("{ viewer {", "e"),
    "unknown field": ("{ nothing }", "e"),
    "missing variable": ("query ($id: ID!) { node(id: $id) { id } }", "e"),
    "stale feed": ('subscription { feed(after: "x") { cursor } }', "e"),
    "feed": (FEED, "n*"),
}
# Broken off anywhere.
_BEGINNINGS = {"nc": "(?:nc?)?", "e": "e?", "n*": "n*"}


@dataclass
class Book:
    """What was asked for under one id, and the frames that may answer it."""

    # Of each operation in the order of asking; all but the last were completed by the client.
    answers: list[str] = field(default_factory=list)
    is_completed: bool = False

    @property
    def is_a_feed(self) -> bool:
        """Whether what was asked for last goes on for ever."""
        return self.answers[-1] == "n*" and not self.is_completed

    def may_be(self, frames: str, *, is_cut: bool) -> bool:
        """Whether these frames answer it; ``is_cut``: so far, or as far as it came."""
        *completed, last = self.answers
        is_whole = not is_cut and not self.is_completed
        parts = [*map(_BEGINNINGS.__getitem__, completed), last if is_whole else _BEGINNINGS[last]]
        return re.fullmatch("".join(parts), frames) is not None
