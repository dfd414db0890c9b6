"""Those who write: each message under a key of its own, again and again until answered."""

import asyncio
import contextlib
import random
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Protocol

import httpx2

from tests.faults.cluster import Cluster
from tests.faults.history import Attempt, History
from tests.faults.people import Person
from tests.faults.proxy import Proxy
from tests.faults.wire import GONE, open_socket
from tests.support.client import Socket
from tests.support.operations import MUTATIONS

ANSWER_LIMIT_SECONDS = 2.5
_PAUSE_SECONDS = (0.05, 0.3)
_HASTE_SECONDS = 0.03
_READS = 0.15


class Refused(Exception):
    """The answer is an answer, and a refusal."""


class Line(Protocol):
    """A way to ask a server."""

    async def ask(self, server: str, mutation: str, fields: dict[str, object]) -> dict[str, Any]:
        """The body of the answer. Raises one of GONE."""

    async def drop(self) -> None:
        """Leave the connection, if any."""


class HttpLine:
    """Asks over HTTP."""

    def __init__(self, person: Person, proxy: Proxy) -> None:
        self._proxy = proxy
        headers = {
            "Authorization": f"Bearer {person.token}",
            "Content-Type": "application/json",
        }
        self._http = httpx2.AsyncClient(
            timeout=ANSWER_LIMIT_SECONDS, verify=False, trust_env=False, headers=headers
        )

    async def ask(self, server: str, mutation: str, fields: dict[str, object]) -> dict[str, Any]:
        """The body of the answer."""
        answer = await self._http.post(
            f"{self._proxy.url(server)}/graphql",
            json={"query": MUTATIONS[mutation], "variables": {"input": fields}},
        )
        try:
            body: dict[str, Any] = answer.json()
        except ValueError as error:
            raise ConnectionError(f"status {answer.status_code}") from error
        return body

    async def drop(self) -> None:
        """Do nothing: connections mend themselves."""

    async def stop(self) -> None:
        """End."""
        await self._http.aclose()


class SocketLine:
    """Asks over a WebSocket that stays open; at times leaves in the middle of an operation."""

    def __init__(
        self, person: Person, proxy: Proxy, randomness: random.Random, haste: float
    ) -> None:
        self._person = person
        self._proxy = proxy
        self._random = randomness
        self._haste = haste
        self._open = contextlib.AsyncExitStack()
        self._socket: Socket | None = None

    async def ask(self, server: str, mutation: str, fields: dict[str, object]) -> dict[str, Any]:
        """The body of the answer."""
        if self._socket is None:
            url = self._proxy.url(server)
            self._socket = await self._open.enter_async_context(
                open_socket(url, self._person.token)
            )
        stream = await self._socket.subscribe(MUTATIONS[mutation], input=fields)
        if self._random.random() < self._haste:
            await asyncio.sleep(self._random.uniform(0, _HASTE_SECONDS))
            self._proxy.reset()
            raise ConnectionError("left on purpose")
        async with asyncio.timeout(ANSWER_LIMIT_SECONDS):
            frame = await stream.frames.get()
        if frame["type"] == "next":
            body: dict[str, Any] = frame["payload"]
            return body
        if frame["type"] == "error":
            return {"errors": frame["payload"]}
        raise ConnectionError(f"closed with {frame.get('code')}")

    async def drop(self) -> None:
        """Leave the connection, if any."""
        self._socket = None
        with contextlib.suppress(*GONE):
            await self._open.aclose()

    async def stop(self) -> None:
        """End."""
        await self.drop()


@dataclass
class Sender:
    """One who writes in their chats, and reads them now and then."""

    name: str
    person: Person
    # Each chat's id, with its peer's.
    chats: dict[str, str]
    cluster: Cluster
    history: History
    line: Line
    random: random.Random
    pause_seconds: float
    # Up to which message each chat was written in by them.
    written: Counter[str] = field(default_factory=Counter)

    async def run(self, end: asyncio.Event) -> None:
        """Write until told to end; what is begun then is finished first."""
        number = 0
        while not end.is_set():
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self.random.expovariate(1 / self.pause_seconds)):
                    await end.wait()
                    return
            number += 1
            await self._write(f"{self.name}-{number}")
            if self.written and self.random.random() < _READS:
                await self._read()

    async def _write(self, body: str) -> None:
        chat = self.random.choice(list(self.chats))
        fields: dict[str, object] = {"body": body, "idempotencyKey": body}
        if self.person.may_start and self.random.random() < 0.5:
            mutation = "startChat"
            fields["recipientId"] = self.chats[chat]
        else:
            mutation = "sendMessage"
            fields["conversationId"] = chat
        attempt = Attempt(self.person.name, body)
        self.history.attempts.append(attempt)
        payload = await self._until_answered(mutation, fields)
        message = payload["message"]
        place = bare(message["id"]), bare(message["conversationId"]), int(message["seq"])
        attempt.answers.append(place)
        self.written[message["conversationId"]] = place[2]

    async def _read(self) -> None:
        chat = self.random.choice(list(self.written))
        await self._until_answered(
            "markRead", {"conversationId": chat, "upToSeq": self.written[chat]}
        )

    async def _until_answered(self, mutation: str, fields: dict[str, object]) -> dict[str, Any]:
        server = self.random.choice(self.cluster.servers).name
        while True:
            try:
                body = await self.line.ask(server, mutation, fields)
                return _payload(body, mutation)
            except Refused as refused:
                self.history.remarks[f"refused: {refused}"] += 1
            except GONE as error:
                self.history.remarks[f"sender: {type(error).__name__}"] += 1
            await self.line.drop()
            await asyncio.sleep(self.random.uniform(*_PAUSE_SECONDS))
            server = self.random.choice(self.cluster.servers).name


def bare(global_id: str) -> str:
    """The key in a global id."""
    return global_id.partition("_")[2]


def _payload(body: dict[str, Any], mutation: str) -> dict[str, Any]:
    if errors := body.get("errors"):
        raise Refused(", ".join(error.get("extensions", {}).get("code", "?") for error in errors))
    payload: dict[str, Any] = body["data"][mutation]
    if payload["errors"]:
        raise Refused(", ".join(error["code"] for error in payload["errors"]))
    return payload
