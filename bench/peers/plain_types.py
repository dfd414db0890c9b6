"""The types of the straightforward Strawberry peer, each over a row of the ORM."""

import base64
import json
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import strawberry

import models
from bench.peers.plain_loaders import Loaders
from models.enums import MessagingMode, Role, UserStatus

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
        return global_id("user", self.row.id)

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
        return global_id("message", self.row.id)

    @strawberry.field
    def conversation_id(self) -> strawberry.ID:
        return global_id("conversation", self.row.conversation_id)

    @strawberry.field
    async def course(self, info: Info) -> Course | None:
        if self.row.course_id is None:
            return None
        found = await info.context.course.load(self.row.course_id)
        return Course(id=global_id("course", found.id), title=found.title)

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
        return global_id("conversation", self.side.conversation_id)

    @strawberry.field
    async def peer(self, info: Info) -> User:
        return user_of(await info.context.user.load(self.side.peer_id))

    @strawberry.field
    async def last_message(self, info: Info) -> Message | None:
        if self.side.last_message_id is None:
            return None
        return message_of(await info.context.message.load(self.side.last_message_id))

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
            edges=[MessageEdge(node=message_of(row)) for row in shown],
            page_info=PageInfo(
                has_next_page=before is not None,
                has_previous_page=len(found) > last,
                start_cursor=cursor_of("messages", shown[0].seq) if shown else None,
                end_cursor=cursor_of("messages", shown[-1].seq) if shown else None,
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


async def _hidden(viewer_id: UUID, chat_id: UUID) -> Sequence[UUID]:
    found = models.HiddenMessage.filter(user_id=viewer_id, message__conversation_id=chat_id)
    return [each.message_id for each in await found]


def user_of(row: models.User) -> User:
    """A person by their row."""
    return User(row=row, name=row.name, photo_url=row.photo_url, role=row.role, status=row.status)


def message_of(row: models.Message) -> Message:
    """A message by its row."""
    return Message(row=row, seq=row.seq, body=row.body or "", sent_at=row.sent_at)


def conversation_of(side: models.Participant) -> Conversation:
    """A chat by the viewer's side of it."""
    return Conversation(
        side=side,
        unread_count=side.unread_count,
        last_activity_at=side.conversation.last_activity_at,
    )


def global_id(kind: str, key: UUID) -> strawberry.ID:
    """An id as clients have it."""
    return strawberry.ID(f"{kind}_{key.hex}")


def key_in(text: str) -> UUID:
    """The key in such an id."""
    return UUID(text.partition("_")[2])


def cursor_of(*key: str | int) -> str:
    """A place in a list."""
    text = json.dumps(key, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


def _place(cursor: str) -> int:
    return int(json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))[1])
