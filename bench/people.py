"""Who asks, and the requests as bytes: the same for every server."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import count, cycle
from secrets import token_hex

from bench.dataset import (
    CHATS_EACH,
    DEACTIVATED_AT,
    DEACTIVATED_EVERY,
    LONG_EVERY,
    UNASSIGNED_AT,
    UNASSIGNED_EVERY,
    Scale,
    chat_id,
    user_id,
)
from bench.documents import document
from server.settings import Settings
from server.tokens import issue_token

SECRET = "a secret of the benchmark, long enough"  # noqa: S105  # it guards nothing
# So many different people ask in turn, or as many as there are.
_PEOPLE = 500
_BODY = "Thank you, that helps. I shall try it with the second example tonight, and ask again."


@dataclass(frozen=True)
class Person:
    """Somebody who asks, by the number of their row."""

    number: int
    source_id: str
    account: str = "bench"

    @property
    def id(self) -> str:
        """The id in the database, as a text."""
        return user_id(self.number)

    def token(self) -> str:
        """What the learning platform would have given them."""
        settings = Settings(jwt_secret=SECRET)
        return issue_token(settings, self.account, self.source_id, timedelta(days=1))


@dataclass(frozen=True)
class Question:
    """An operation of the page, and its variables in turn."""

    name: str
    operation: str
    path: str
    # Each with who asks.
    variables: Iterator[tuple[Person, dict[str, object]]]


def staff(scale: Scale) -> list[Person]:
    """People with twenty chats each."""
    step = max(scale.staff // _PEOPLE, 1)
    return [Person(n, f"staff{n}") for n in range(0, scale.staff, step)]


def inbox(scale: Scale) -> Question:
    """The list of chats, with the cursor of the feed."""
    asked: list[tuple[Person, dict[str, object]]] = [
        (person, {"unreadOnly": False}) for person in staff(scale)
    ]
    return Question("inbox", "Chats", "/inbox", cycle(asked))


def thread(scale: Scale) -> Question:
    """A chat with its last fifty messages, of sixty."""
    asked: list[tuple[Person, dict[str, object]]] = [
        (person, {"id": global_chat_id(person.number * CHATS_EACH + place)})
        for person in staff(scale)
        for place in range(0, CHATS_EACH, LONG_EVERY)
    ]
    return Question("thread", "Thread", "/thread", cycle(asked))


# The rows may be those that an earlier run was asked to send.
_run, _keys = token_hex(4), count(1)


def sends(scale: Scale) -> Question:
    """A message in a chat that is open, each in another one and under a key of its own."""
    open_chats = [
        (person, global_chat_id(person.number * CHATS_EACH + place))
        for place in range(CHATS_EACH)
        for person in staff(scale)
        if is_open(scale, person.number * CHATS_EACH + place)
    ]

    def variables() -> Iterator[tuple[Person, dict[str, object]]]:
        for person, chat in cycle(open_chats):
            key = f"bench-{_run}-{next(_keys)}"
            written = {"conversationId": chat, "body": _BODY, "idempotencyKey": key}
            yield person, {"input": written}

    return Question("send", "SendMessage", "/send", variables())


def global_chat_id(number: int) -> str:
    """The id of a chat by number, as clients know it."""
    return "conversation_" + chat_id(number).replace("-", "")


def learner(scale: Scale, chat: int) -> Person:
    """Who studies, of the two in a chat."""
    number = chat % scale.learners
    return Person(scale.staff + number, f"learner{number}")


def is_active(number: int) -> bool:
    """Whether a learner may sign in."""
    return number % DEACTIVATED_EVERY != DEACTIVATED_AT


def is_open(scale: Scale, chat: int) -> bool:
    """Whether the two may write in a chat."""
    return (
        chat // CHATS_EACH % UNASSIGNED_EVERY != UNASSIGNED_AT
        and chat % 40 != 7
        and is_active(chat % scale.learners)
    )


class Requests:
    """Questions as requests to one kind of server."""

    def __init__(self, *, is_graphql: bool, paths: Mapping[str, str]) -> None:
        self._is_graphql = is_graphql
        # Instead of a question's own.
        self._paths = paths
        self._heads: dict[tuple[str, Person], str] = {}

    def of(self, question: Question) -> Iterator[bytes]:
        """One request after the other, as bytes."""
        path = "/graphql" if self._is_graphql else self._paths.get(question.path, question.path)
        for person, variables in question.variables:
            body = json.dumps(self._asked(question, variables)).encode()
            head = self._head(path, person)
            yield f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body

    def _asked(self, question: Question, variables: dict[str, object]) -> dict[str, object]:
        if not self._is_graphql:
            return variables
        return {
            "operationName": question.operation,
            "query": document(question.operation),
            "variables": variables,
        }

    def _head(self, path: str, person: Person) -> str:
        if (path, person) not in self._heads:
            self._heads[path, person] = (
                f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
                "Accept: application/graphql-response+json, application/json\r\n"
                f"Authorization: Bearer {person.token()}\r\nX-Viewer: {person.id}\r\n"
            )
        return self._heads[path, person]
