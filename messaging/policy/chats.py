"""A chat of two people: whether they may write in it today, and if not, why."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from messaging.policy.reasons import Case, RefusalReason, refusal
from messaging.policy.relations import was_unassigned
from messaging.policy.rules import STARTING
from models import MessagingMode, UserStatus
from models.rows import interned


class Bond(StrEnum):
    """What there is between the two; of several, the first in this order."""

    # One of them may start a chat with the other.
    PERMITTED = "PERMITTED"
    # One was assigned to teach the other, who is still enrolled in that course.
    UNASSIGNED = "UNASSIGNED"
    LAPSED = "LAPSED"


@interned
@dataclass(frozen=True)
class ChatState:
    """What decides whether one of the two may write in a chat that they have."""

    messaging_mode: MessagingMode
    peer_status: UserStatus
    bond: Bond

    @cached_property
    def closed_reason(self) -> RefusalReason | None:
        """Why neither may write (W1, W2)."""
        return refusal(
            Case(
                is_self=False,
                messaging_mode=self.messaging_mode,
                peer_status=self.peer_status,
                is_permitted=self.bond is Bond.PERMITTED,
                is_unassigned=self.bond is Bond.UNASSIGNED,
                has_lapsed=self.bond is not Bond.PERMITTED,
            )
        )


def may_one_start(a: str, b: str) -> str:
    """The condition that one of the two may start with the other by a rule (W1), S0 apart.

    What costs least to find out is asked first, of both.
    """
    both_ways = (a, b), (b, a)
    ways = [rule.relation.format(a=x, b=y) for rule in STARTING for x, y in both_ways]
    return f"({' OR '.join(ways)})"


def chat_state_columns(viewer: str, peer: str, account: str) -> str:
    """The SELECT list of a ChatState over two rows of users and one of accounts."""
    # A viewer who signed in may have been deactivated since.
    return f"""{account}.messaging_mode, {peer}.status, CASE
        WHEN {viewer}.status = 'ACTIVE' AND {viewer}.account_id = {peer}.account_id
            AND {may_one_start(viewer, peer)} THEN '{Bond.PERMITTED}'
        WHEN {was_unassigned(viewer, peer)} THEN '{Bond.UNASSIGNED}'
        ELSE '{Bond.LAPSED}' END"""
