"""Refusals as part of the answer: what a person caused is data, not a failure."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import strawberry

from messaging.errors import Refused, UserErrorCode
from messaging.policy.reasons import RefusalReason
from messaging.reads.columns import ConversationRow, CourseRow, MessageRow, UserRow
from messaging.viewers import Viewer

P = ParamSpec("P")


@dataclass(slots=True)
class UserErrorRow:
    """A refusal as data: graphql-core would raise an exception that it finds in a list."""

    code: UserErrorCode
    message: str
    field: str | None
    reason: RefusalReason | None


@dataclass(slots=True, kw_only=True)
class Payload:
    """What every mutation answers."""

    errors: list[UserErrorRow] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class MessagePayload(Payload):
    """Of the mutations that send."""

    message: MessageRow | None = None
    conversation: ConversationRow | None = None


@dataclass(slots=True, kw_only=True)
class DeletedMessagePayload(Payload):
    """Of deleteMessage."""

    message_id: strawberry.ID | None = None
    conversation: ConversationRow | None = None


@dataclass(slots=True, kw_only=True)
class ConversationPayload(Payload):
    """Of deleteChat and markRead."""

    conversation_id: strawberry.ID | None = None
    conversation: ConversationRow | None = None


@dataclass(slots=True, kw_only=True)
class ViewerPayload(Payload):
    """Of setMessagingMode."""

    viewer: Viewer | None = None


@dataclass(slots=True, kw_only=True)
class InstructorPayload(Payload):
    """Of the mutations about who teaches what."""

    course: CourseRow | None = None
    user: UserRow | None = None


@dataclass(slots=True, kw_only=True)
class UserPayload(Payload):
    """Of the mutations about who may be here."""

    user: UserRow | None = None


AnyPayload = TypeVar("AnyPayload", bound=Payload)
Resolver = Callable[P, Coroutine[Any, Any, AnyPayload]]


def refusable(
    payload: type[AnyPayload],
) -> Callable[[Resolver[P, AnyPayload]], Resolver[P, AnyPayload]]:
    """Have a resolver answer with a payload of errors where its action refuses."""

    def decorate(resolver: Resolver[P, AnyPayload]) -> Resolver[P, AnyPayload]:
        @wraps(resolver)
        async def resolve(*args: P.args, **kwargs: P.kwargs) -> AnyPayload:
            try:
                return await resolver(*args, **kwargs)
            except Refused as refused:
                row = UserErrorRow(refused.code, refused.message, refused.field, refused.reason)
                return payload(errors=[row])

        return resolve

    return decorate
