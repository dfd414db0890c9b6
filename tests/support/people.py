"""The cast at their front ends: what each of them does, over HTTP and WebSocket."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from tests.support import operations
from tests.support.client import PATIENCE_SECONDS, Answer, Stream
from tests.support.service import Service
from tests.support.snapshot import rows_of


class Person:
    """One of the cast, signed in. What they do returns the mutation's payload."""

    def __init__(self, service: Service, name: str) -> None:
        self.service = service
        self.name = name
        self.client = service.as_(name)

    async def attempt(self, mutation: str, **fields: object) -> Answer:
        """Ask for a mutation, which may fail as a whole."""
        return await self.client.ask(operations.MUTATIONS[mutation], input=fields)

    async def do(self, mutation: str, **fields: object) -> Any:
        """Ask for a mutation; its payload, refused or not."""
        return (await self.attempt(mutation, **fields)).data[mutation]

    async def start(self, recipient: str, body: str = "Hello", key: str | None = None) -> Any:
        """Write to somebody by S1 or S2."""
        return await self.do(
            "startChat",
            recipientId=await self.service.user(recipient),
            body=body,
            idempotencyKey=key,
        )

    async def contact(
        self, instructor: str, course: str, body: str = "Hello", key: str | None = None
    ) -> Any:
        """Write to an instructor by S3."""
        return await self.do(
            "contactInstructor",
            courseId=await self.service.course(course),
            instructorId=await self.service.user(instructor),
            body=body,
            idempotencyKey=key,
        )

    async def send(self, chat: str, body: str = "Hello", key: str | None = None) -> Any:
        """Write in a chat."""
        return await self.do("sendMessage", conversationId=chat, body=body, idempotencyKey=key)

    async def delete(self, message: str, scope: str = "FOR_EVERYONE") -> Any:
        """Delete a message."""
        return await self.do("deleteMessage", messageId=message, scope=scope)

    async def delete_chat(self, chat: str) -> Any:
        """Delete a chat."""
        return await self.do("deleteChat", conversationId=chat)

    async def read(self, chat: str, up_to: int) -> Any:
        """Mark a chat read."""
        return await self.do("markRead", conversationId=chat, upToSeq=up_to)

    async def set_mode(self, mode: str) -> Any:
        """Turn messaging ON or OFF, and wait until the background has told everybody."""
        payload = await self.do("setMessagingMode", mode=mode)
        async with asyncio.timeout(PATIENCE_SECONDS):
            while await rows_of("pending_announcements"):  # noqa: ASYNC110  # no event tells
                await asyncio.sleep(0.005)
        return payload

    async def manage(self, mutation: str, name: str) -> Any:
        """Ask for deactivateUser, activateUser or removeUser."""
        return await self.do(mutation, userId=await self.service.user(name))

    async def staff(self, mutation: str, course: str, name: str) -> Any:
        """Ask for assignInstructor or unassignInstructor."""
        return await self.do(
            mutation,
            courseId=await self.service.course(course),
            userId=await self.service.user(name),
        )

    async def viewer(self) -> Any:
        """What the service says of them."""
        return (await self.client.data(operations.VIEWER))["viewer"]

    async def chat(self, chat: str) -> Any:
        """One chat, or None."""
        return (await self.client.data(operations.CONVERSATION, id=chat))["conversation"]

    async def bodies(self, chat: str) -> list[str]:
        """What stands in one chat."""
        found = await self.chat(chat)
        return [edge["node"]["body"] for edge in found["messages"]["edges"]]

    async def chats(self) -> list[Any]:
        """Their list of chats."""
        found = await self.client.data(operations.CONVERSATIONS)
        return [edge["node"] for edge in found["conversations"]["edges"]]

    @asynccontextmanager
    async def feed(self, after: str | None = None) -> AsyncIterator[Stream]:
        """Their feed behind a cursor, else from this moment on."""
        if after is None:
            after = (await self.viewer())["feedCursor"]
        async with self.client.follow(operations.FEED, after=after) as stream:
            yield stream


def refusals(payload: Any) -> list[tuple[str, str | None]]:
    """The codes of a payload's errors, each with its reason."""
    return [(error["code"], error["reason"]) for error in payload["errors"]]


def done(payload: Any) -> Any:
    """A payload without errors."""
    assert payload["errors"] == []
    return payload


async def types(stream: Stream, count: int) -> list[str]:
    """The kinds of the next entries of a feed."""
    return [(await stream.entry())["__typename"] for _ in range(count)]
