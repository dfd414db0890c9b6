"""No server is measured before its answers are found to be the same as the service's."""

import json
import re
from datetime import datetime
from itertools import islice
from typing import Any

from bench.load import Connections
from bench.people import Question, Requests

_SAMPLES = 12
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[.\d]*(Z|\+00:00)")
# Opaque to clients, and made of times that JavaScript knows to the millisecond.
_LIST_CURSORS = ("endCursor", "startCursor")
# Each send is another one.
_OF_ONE_SEND = ("id", "conversationId", "seq", "sentAt", "lastActivityAt", "unreadCount")


class Differs(Exception):
    """A server answers otherwise than the service."""


async def check_reads(question: Question, ours: "Asked", other: "Asked") -> None:
    """Ask both the same. Raises Differs."""
    for variables in islice(question.variables, _SAMPLES):
        one = Question(question.name, question.operation, question.path, iter([variables]))
        again = Question(question.name, question.operation, question.path, iter([variables]))
        expected, found = await ours.answer(one), await other.answer(again)
        if alike(expected) != alike(found):
            raise Differs(f"{question.name} of {variables}:\n{expected}\n{found}")


async def check_sends(question: Question, ours: "Asked", other: "Asked") -> None:
    """Send by both, and read by the service what the other has written. Raises Differs."""
    expected = (await ours.answer(question))["sent"]
    [(person, variables)] = islice(question.variables, 1)
    again = Question(question.name, question.operation, question.path, iter([(person, variables)]))
    found = (await other.answer(again))["sent"]
    if _shape(expected) != _shape(found):
        raise Differs(f"{question.name}:\n{expected}\n{found}")
    chat = {"id": found["conversation"]["id"]}
    read = await ours.answer(Question("thread", "Thread", "/thread", iter([(person, chat)])))
    stored = read["conversation"]
    if alike(stored["lastMessage"]) != alike(found["message"]):
        raise Differs(f"{question.name}, read by the service:\n{stored}\n{found}")


class Asked:
    """A server that is asked, one question at a time."""

    def __init__(self, connections: Connections, requests: Requests) -> None:
        self._connections = connections
        self._requests = requests

    async def answer(self, question: Question) -> Any:
        """The data of an answer. Raises Differs where there is none."""
        text = await self._connections.ask(next(self._requests.of(question)))
        answer = json.loads(text) if text.startswith(b"{") else {}
        if answer.get("errors") or "data" not in answer:
            raise Differs(f"{question.name}: {text[:2000]!r}")
        return answer["data"]


def alike(value: Any) -> Any:
    """The answer with its times as moments of a millisecond, its cursors only there or not."""
    if isinstance(value, dict):
        return {
            name: part is not None if name in _LIST_CURSORS else alike(part)
            for name, part in value.items()
        }
    if isinstance(value, list):
        return [alike(part) for part in value]
    if isinstance(value, str) and _TIME.fullmatch(value):
        moment = datetime.fromisoformat(value)
        return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
    return value


def _shape(value: Any) -> Any:
    """What of an answer to a send does not depend on which send it was."""
    if isinstance(value, dict):
        return {
            name: type(part) if name in _OF_ONE_SEND else _shape(part)
            for name, part in value.items()
            if name != "peer"
        } | ({"peer": sorted(value["peer"])} if "peer" in value else {})
    if isinstance(value, list):
        return [_shape(part) for part in value]
    return value
