"""Strawberry as its guide shows it: ORM objects, resolvers, a DataLoader for each relation."""

import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from hashlib import sha256
from uuid import UUID

import strawberry
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL

import models
from bench.peers.plain_loaders import Loaders
from bench.peers.plain_types import (
    Conversation,
    ConversationConnection,
    ConversationEdge,
    Info,
    Message,
    PageInfo,
    Viewer,
    conversation_of,
    cursor_of,
    key_in,
    message_of,
)
from bench.statements import SEND
from models.configuration import PoolSize
from models.database import connect, disconnect, for_reading
from models.ids import new_id


@strawberry.type
class Query:
    """What can be asked."""

    @strawberry.field
    async def viewer(self, info: Info) -> Viewer:
        user = await models.User.get(id=info.context.viewer_id).select_related("account")
        box = await models.Mailbox.get(user_id=user.id)
        return Viewer(feed_cursor=f"{user.account.feed_epoch}{box.seq:016x}")

    @strawberry.field
    async def conversations(
        self,
        info: Info,
        first: int = 20,
        after: str | None = None,
        unread_only: bool = False,
        search: str | None = None,
    ) -> ConversationConnection:
        if after is not None or unread_only or search:
            raise NotImplementedError("not asked for here")
        found = (
            await models.Participant.filter(user_id=info.context.viewer_id, listed_at__isnull=False)
            .select_related("conversation")
            .order_by("-listed_at", "-conversation_id")
            .limit(first + 1)
        )
        shown = found[:first]
        end = None
        if shown:
            last = shown[-1]
            assert last.listed_at is not None
            end = cursor_of("conversations", last.listed_at.isoformat(), last.conversation_id.hex)
        return ConversationConnection(
            edges=[ConversationEdge(node=conversation_of(side)) for side in shown],
            page_info=PageInfo(
                has_next_page=len(found) > first,
                has_previous_page=False,
                start_cursor=None,
                end_cursor=end,
            ),
        )

    @strawberry.field
    async def conversation(self, info: Info, id: strawberry.ID) -> Conversation | None:  # noqa: A002  # the API's name
        return conversation_of(await _side(info.context.viewer_id, key_in(id)))


@strawberry.input
class SendMessageInput:
    """What to send."""

    conversation_id: strawberry.ID
    body: str
    idempotency_key: str | None = None


@strawberry.type
class UserError:
    """A refusal."""

    code: str
    message: str
    reason: str | None


@strawberry.type
class SendMessagePayload:
    """What was sent."""

    message: Message | None
    conversation: Conversation | None
    errors: list[UserError]


@strawberry.type
class Mutation:
    """What can be done."""

    @strawberry.mutation
    async def send_message(self, info: Info, input: SendMessageInput) -> SendMessagePayload:  # noqa: A002  # the API's name
        viewer_id, chat_id = info.context.viewer_id, key_in(input.conversation_id)
        side = await _side(viewer_id, chat_id)
        reason = await info.context.closed_reason.load(side.peer_id)
        is_repeated = await models.Message.exists(
            sender_id=viewer_id, idempotency_key=input.idempotency_key
        )
        if reason is not None or is_repeated:
            error = UserError(code="CHAT_CLOSED", message="No.", reason=reason)
            return SendMessagePayload(message=None, conversation=None, errors=[error])
        digest = sha256(json.dumps(["sendMessage", str(chat_id), input.body]).encode()).hexdigest()
        message_id = new_id()
        await for_reading().execute(
            SEND, chat_id, datetime.now(UTC), message_id, viewer_id, input.body, None,
            input.idempotency_key, digest,
        )  # fmt: skip
        message = await models.Message.get(id=message_id)
        conversation = conversation_of(await _side(viewer_id, chat_id))
        return SendMessagePayload(message=message_of(message), conversation=conversation, errors=[])


async def _side(viewer_id: UUID, chat_id: UUID) -> models.Participant:
    return await models.Participant.get(user_id=viewer_id, conversation_id=chat_id).select_related(
        "conversation"
    )


class Endpoint(GraphQL[Loaders, None]):
    """Strawberry's own, with the viewer from a header."""

    async def get_context(
        self,
        request: Request | WebSocket,
        response: Response | WebSocket,  # noqa: ARG002  # Strawberry's signature
    ) -> Loaders:
        return Loaders(UUID(request.headers["x-viewer"]))


@asynccontextmanager
async def _lifespan(_: Starlette) -> AsyncIterator[None]:
    await connect(os.environ["LMS_MESSAGES_DATABASE_URL"], PoolSize(10, 10))
    yield
    await disconnect()


_endpoint = Endpoint(strawberry.Schema(query=Query, mutation=Mutation))
app = Starlette(routes=[Route("/graphql", _endpoint)], lifespan=_lifespan)
