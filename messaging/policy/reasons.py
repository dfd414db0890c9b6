"""Why a chat is closed, a contact refused, a start refused: one ordered table."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from models import MessagingMode, UserStatus


class RefusalReason(StrEnum):
    """Why two people may not write to each other; of several, the first in this order is given."""

    SELF = "SELF"
    MESSAGING_OFF = "MESSAGING_OFF"
    PEER_REMOVED = "PEER_REMOVED"
    PEER_DEACTIVATED = "PEER_DEACTIVATED"
    INSTRUCTOR_UNASSIGNED = "INSTRUCTOR_UNASSIGNED"
    NOT_ENROLLED = "NOT_ENROLLED"
    NO_LONGER_PERMITTED = "NO_LONGER_PERMITTED"
    NOT_PERMITTED = "NOT_PERMITTED"


@dataclass(frozen=True, slots=True)
class Case:
    """What a question about two people comes down to."""

    is_self: bool
    messaging_mode: MessagingMode
    peer_status: UserStatus
    # Whether a rule gives the permission that is asked for.
    is_permitted: bool
    # One of the two was assigned to teach the other, who is still enrolled in that course.
    is_unassigned: bool = False
    # A course was named in which the viewer is not enrolled.
    lacks_enrolment: bool = False
    # There is a chat, so it was permitted once, and is no longer.
    has_lapsed: bool = False


REASONS: tuple[tuple[RefusalReason, Callable[[Case], bool]], ...] = (
    (RefusalReason.SELF, lambda case: case.is_self),
    (RefusalReason.MESSAGING_OFF, lambda case: case.messaging_mode is MessagingMode.OFF),
    (RefusalReason.PEER_REMOVED, lambda case: case.peer_status is UserStatus.REMOVED),
    (RefusalReason.PEER_DEACTIVATED, lambda case: case.peer_status is UserStatus.DEACTIVATED),
    (
        RefusalReason.INSTRUCTOR_UNASSIGNED,
        lambda case: not case.is_permitted and case.is_unassigned,
    ),
    (RefusalReason.NOT_ENROLLED, lambda case: not case.is_permitted and case.lacks_enrolment),
    (RefusalReason.NO_LONGER_PERMITTED, lambda case: not case.is_permitted and case.has_lapsed),
    (RefusalReason.NOT_PERMITTED, lambda case: not case.is_permitted),
)


# Of a few hundred cases, each list asks for a dozen a hundred times.
@cache
def refusal(case: Case) -> RefusalReason | None:
    """The first reason that holds, or None where nothing stands in the way."""
    return next((reason for reason, holds in REASONS if holds(case)), None)
