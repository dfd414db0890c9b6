"""Two people: what holds between them today, and what follows by the rules."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from messaging.policy.reasons import Case, RefusalReason, refusal
from messaging.policy.relations import was_unassigned
from messaging.policy.rules import ADMINISTRATIVE, STARTING, StartRule
from models import MessagingMode, UserStatus
from models.database import Database


@dataclass(frozen=True, slots=True)
class Pair:
    """What holds between one person and a peer."""

    is_self: bool
    messaging_mode: MessagingMode
    status: UserStatus
    peer_status: UserStatus
    # The ids of the first rules by which the one may start, and by which the peer may.
    starts_by: str | None
    peer_starts_by: str | None
    is_unassigned: bool
    has_chat: bool

    def start_refusal(self, rules: Iterable[StartRule] = STARTING) -> RefusalReason | None:
        """Why the one may not start a chat with the peer by any of these rules (S0-S4)."""
        # Asked for who signed in too: they may have been deactivated since.
        is_active = self.status is UserStatus.ACTIVE
        has_lapsed = self.has_chat and not (is_active and self._may_one_start)
        return refusal(
            Case(
                is_self=self.is_self,
                messaging_mode=self.messaging_mode,
                peer_status=self.peer_status,
                is_permitted=is_active and any(rule.id == self.starts_by for rule in rules),
                is_unassigned=self.is_unassigned,
                has_lapsed=has_lapsed,
            )
        )

    @property
    def _may_one_start(self) -> bool:
        return self.starts_by is not None or self.peer_starts_by is not None


def holds(rules: Iterable[StartRule], a: str, b: str) -> str:
    """The condition that ``a`` may start with ``b`` by one of the rules, S0 apart."""
    return "(" + " OR ".join(rule.relation.format(a=a, b=b) for rule in rules) + ")"


def _first_rule(a: str, b: str) -> str:
    whens = " ".join(f"WHEN {rule.relation.format(a=a, b=b)} THEN '{rule.id}'" for rule in STARTING)
    return f"CASE WHEN {a}.account_id <> {b}.account_id THEN NULL {whens} END"


_PAIR = f"""
    SELECT a.id = b.id, account.messaging_mode, a.status, b.status,
        {_first_rule("a", "b")}, {_first_rule("b", "a")}, {was_unassigned("a", "b")},
        EXISTS (SELECT 1 FROM participants p WHERE p.user_id = a.id AND p.peer_id = b.id)
    FROM users a JOIN accounts account ON account.id = a.account_id
    JOIN users b ON b.id = $2
    WHERE a.id = $1
"""


async def pair_of(db: Database, user_id: UUID, peer_id: UUID) -> Pair:
    """What holds between two people who exist."""
    pair = await db.row(Pair, _PAIR, user_id, peer_id)
    if pair is None:
        raise LookupError(f"no pair of {user_id} and {peer_id}")
    return pair


async def may_start(db: Database, user_id: UUID, peer_id: UUID) -> bool:
    """Whether the one may start a chat with the other (S0-S4), by whichever way."""
    return (await pair_of(db, user_id, peer_id)).start_refusal() is None


# Whom the row of users called viewer may list to start a chat with (S0-S2).
IS_RECIPIENT = f"""({{account}}.messaging_mode = 'ON' AND {{b}}.id <> {{a}}.id
    AND {{b}}.account_id = {{a}}.account_id AND {{b}}.status = 'ACTIVE' AND {{a}}.status = 'ACTIVE'
    AND {holds(ADMINISTRATIVE, "{a}", "{b}")})"""
