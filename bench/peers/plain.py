"""Strawberry as its guide shows it: ORM objects, resolvers, a DataLoader for each relation."""

import base64
import json
import os
from collections.abc import AsyncIterator, Sequence
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
from bench.statements import SEND
from models.configuration import PoolSize
from models.database import connect, disconnect, for_reading
from models.enums import MessagingMode, Role, UserStatus
from models.ids import new_id

_ADMINISTRATIVE = {Role.OWNER, Role.ACCOUNT_ADMIN, Role.DEPARTMENT_ADMIN}

strawberry.enum(Role)
strawberry.enum(UserStatus)
strawberry.enum(MessagingMode)


Info = strawberry.Info[Loaders, None]


@strawberry.type
class User:
    """A person."""

    row: strawberry.Private[models.User]
    name: str
    photo_url: str | None
    role: Role
    status: UserStatus

    @strawberry.field
    def id(self) -> strawberry.ID:
        return _global("user", self.row.id)

    @strawberry.field
    async def department(self, info: Info) -> str | None:
        viewer = await info.context.user.load(info.context.viewer_id)
        if viewer.role not in _ADMINISTRATIVE:
            return None
        return await info.context.department.load(self.row.id)


@strawberry.type
class Course:
    """A course."""

    id: strawberry.ID
    title: str


@strawberry.type
class Message:
    """A message."""

    row: strawberry.Private[models.Message]
    seq: int
    body: str
    sent_at: datetime

    @strawberry.field
    def id(self) -> strawberry.ID:
        return _global("message", self.row.id)

    @strawberry.field
    def conversation_id(self) -> strawberry.ID:
        return _global("conversation", self.row.conversation_id)

    @strawberry.field
    async def course(self, info: Info) -> Course | None:
        if self.row.course_id is None:
            return None
        found = await info.context.course.load(self.row.course_id)
        return Course(id=_global("course", found.id), title=found.title)

    @strawberry.field
    def is_mine(self, info: Info) -> bool:
        return self.row.sender_id == info.context.viewer_id

    @strawberry.field
    async def is_read_by_peer(self, info: Info) -> bool | None:
        if self.row.sender_id != info.context.viewer_id:
            return None
        other = await info.context.other_side.load(self.row.conversation_id)
        return bool(other.read_seq >= self.row.seq)


@strawberry.type
class MessageEdge:
    """A message in its place."""

    node: Message


@strawberry.type
class PageInfo:
    """A page's place."""

    has_next_page: bool
    has_previous_page: bool
    start_cursor: str | None
    end_cursor: str | None


@strawberry.type
class MessageConnection:
    """A part of a thread."""

    edges: list[MessageEdge]
    page_info: PageInfo


@strawberry.type
class Conversation:
    """A chat."""

    side: strawberry.Private[models.Participant]
    unread_count: int
    last_activity_at: datetime

    @strawberry.field
    def id(self) -> strawberry.ID:
        return _global("conversation", self.side.conversation_id)

    @strawberry.field
    async def peer(self, info: Info) -> User:
        return _user(await info.context.user.load(self.side.peer_id))

    @strawberry.field
    async def last_message(self, info: Info) -> Message | None:
        if self.side.last_message_id is None:
            return None
        return _message(await info.context.message.load(self.side.last_message_id))

    @strawberry.field
    async def closed_reason(self, info: Info) -> str | None:
        return await info.context.closed_reason.load(self.side.peer_id)

    @strawberry.field
    async def may_reply(self, info: Info) -> bool:
        return await info.context.closed_reason.load(self.side.peer_id) is None

    @strawberry.field
    async def messages(
        self, info: Info, last: int = 50, before: str | None = None
    ) -> MessageConnection:
        found = (
            await models.Message.filter(
                conversation_id=self.side.conversation_id,
                seq__gt=self.side.cleared_seq,
                deleted_at=None,
                **({} if before is None else {"seq__lt": _place(before)}),
            )
            .exclude(id__in=await _hidden(info.context.viewer_id, self.side.conversation_id))
            .order_by("-seq")
            .limit(last + 1)
        )
        shown = found[:last][::-1]
        return MessageConnection(
            edges=[MessageEdge(node=_message(row)) for row in shown],
            page_info=PageInfo(
                has_next_page=before is not None,
                has_previous_page=len(found) > last,
                start_cursor=_cursor("messages", shown[0].seq) if shown else None,
                end_cursor=_cursor("messages", shown[-1].seq) if shown else None,
            ),
        )


@strawberry.type
class ConversationEdge:
    """A chat in its place."""

    node: Conversation


@strawberry.type
class ConversationConnection:
    """A part of the list."""

    edges: list[ConversationEdge]
    page_info: PageInfo


@strawberry.type
class Viewer:
    """The one calling."""

    feed_cursor: str


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
            end = _cursor("conversations", last.listed_at.isoformat(), last.conversation_id.hex)
        return ConversationConnection(
            edges=[ConversationEdge(node=_conversation(side)) for side in shown],
            page_info=PageInfo(
                has_next_page=len(found) > first,
                has_previous_page=False,
                start_cursor=None,
                end_cursor=end,
            ),
        )

    @strawberry.field
    async def conversation(self, info: Info, id: strawberry.ID) -> Conversation | None:  # noqa: A002  # the API's name
        return _conversation(await _side(info.context.viewer_id, _key(id)))


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
        viewer_id, chat_id = info.context.viewer_id, _key(input.conversation_id)
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
        conversation = _conversation(await _side(viewer_id, chat_id))
        return SendMessagePayload(message=_message(message), conversation=conversation, errors=[])


async def _side(viewer_id: UUID, chat_id: UUID) -> models.Participant:
    return await models.Participant.get(user_id=viewer_id, conversation_id=chat_id).select_related(
        "conversation"
    )


async def _hidden(viewer_id: UUID, chat_id: UUID) -> Sequence[UUID]:
    found = models.HiddenMessage.filter(user_id=viewer_id, message__conversation_id=chat_id)
    return [each.message_id for each in await found]


def _user(row: models.User) -> User:
    return User(row=row, name=row.name, photo_url=row.photo_url, role=row.role, status=row.status)


def _message(row: models.Message) -> Message:
    return Message(row=row, seq=row.seq, body=row.body or "", sent_at=row.sent_at)


def _conversation(side: models.Participant) -> Conversation:
    return Conversation(
        side=side,
        unread_count=side.unread_count,
        last_activity_at=side.conversation.last_activity_at,
    )


def _global(kind: str, key: UUID) -> strawberry.ID:
    return strawberry.ID(f"{kind}_{key.hex}")


def _key(text: str) -> UUID:
    return UUID(text.partition("_")[2])


def _cursor(*key: str | int) -> str:
    text = json.dumps(key, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


def _place(cursor: str) -> int:
    return int(json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))[1])


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
