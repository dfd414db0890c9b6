"""Every ordered pair of the cast under the rules of starting and writing."""

from itertools import combinations, pairwise

import pytest

from messaging.policy.pairs import may_start, pair_of
from messaging.policy.reasons import REASONS, Case, RefusalReason, refusal
from messaging.policy.rules import ADMINISTRATIVE
from messaging.reads.conversations import list_conversations
from messaging.reads.people import list_recipients
from messaging.viewers import load_viewer
from messaging.work import UnitOfWork
from models import Account, MessagingMode, User, UserStatus
from models.database import Database
from tests.support.cast import ACCOUNT, EVERYBODY, user_id
from tests.support.threads import make_chat

# Who starts with whom, while no chat exists: the line's person with the column's.
# S1, S2, S3: may, by that rule; else the reason: not (NOT_PERMITTED), una (INSTRUCTOR_UNASSIGNED),
# dea and rem (PEER_DEACTIVATED, PEER_REMOVED), self.
GRID = """
      olga adam rita mia  leo  ines ivan lena nora luca tina dora remo sam
olga  self S1   S1   S1   S1   S1   S1   S1   S1   S1   S1   dea  rem  not
adam  S1   self S1   S1   S1   S1   S1   S1   S1   S1   S1   dea  rem  not
rita  S2   S2   self S2   S2   S2   S2   S2   S2   S2   S2   dea  rem  not
mia   not  not  not  self S2   S2   S2   S2   S2   not  not  dea  rem  not
leo   not  not  not  not  self S2   S2   S2   S2   not  not  dea  rem  not
ines  not  not  not  not  not  self not  not  not  not  not  dea  rem  not
ivan  not  not  not  not  not  not  self una  una  not  not  dea  rem  not
lena  not  not  not  not  not  S3   una  self not  not  not  dea  rem  not
nora  not  not  not  not  not  S3   una  not  self not  not  dea  rem  not
luca  not  not  not  not  not  not  not  not  not  self S3   dea  rem  not
tina  not  not  not  not  not  not  not  not  not  not  self dea  rem  not
dora  not  not  not  not  not  not  una  not  not  not  not  self rem  not
remo  not  not  not  not  not  not  una  not  not  not  not  dea  self not
sam   not  not  not  not  not  not  not  not  not  not  not  dea  rem  self
"""
WORDS = {
    "self": RefusalReason.SELF,
    "rem": RefusalReason.PEER_REMOVED,
    "dea": RefusalReason.PEER_DEACTIVATED,
    "una": RefusalReason.INSTRUCTOR_UNASSIGNED,
    "not": RefusalReason.NOT_PERMITTED,
}


def _table() -> dict[tuple[str, str], str]:
    header, *lines = [line.split() for line in GRID.strip().splitlines()]
    return {(line[0], b): cell for line in lines for b, cell in zip(header, line[1:], strict=True)}


TABLE = _table()
OF_ACADEMY = [pair for pair in TABLE if "sam" not in pair]


def _refused_start(a: str, b: str) -> RefusalReason | None:
    return WORDS.get(TABLE[a, b])


def _closed(a: str, b: str) -> RefusalReason | None:
    """The reason for which the chat of two is closed to ``a``, by W1 and W2."""
    cells = {TABLE[a, b], TABLE[b, a]}
    if not cells.isdisjoint({"S1", "S2", "S3"}):
        return None
    refused = WORDS[TABLE[a, b]]
    if refused is RefusalReason.NOT_PERMITTED:
        return RefusalReason.NO_LONGER_PERMITTED
    return refused


async def _turn_off() -> None:
    await Account.filter(slug=ACCOUNT).update(messaging_mode=MessagingMode.OFF)


async def test_s0_to_s4_every_pair_starts_or_is_refused_by_the_table(db: Database) -> None:
    """S0, S1, S2, S3, S4: each ordered pair may start by its rule, or is refused for its reason."""
    found = {}
    for a, b in TABLE:
        pair = await pair_of(db, await user_id(a), await user_id(b))
        reason = pair.start_refusal()
        assert await may_start(db, await user_id(a), await user_id(b)) is (reason is None)
        found[a, b] = reason if reason is not None else pair.starts_by
    expected = {pair: WORDS.get(cell, cell) for pair, cell in TABLE.items()}
    assert found == expected


async def test_s3_is_no_way_to_start_by_the_administrators_door(db: Database) -> None:
    """S3: what only a learner's course permits is refused where S1 and S2 are asked for."""
    for a, b in TABLE:
        pair = await pair_of(db, await user_id(a), await user_id(b))
        is_administrative = TABLE[a, b] in ("S1", "S2")
        assert (pair.start_refusal(ADMINISTRATIVE) is None) is is_administrative, (a, b)


async def test_w3_nobody_starts_while_messaging_is_off(db: Database) -> None:
    """S0, W3: while OFF every start is refused for it, but for oneself; other accounts go on."""
    await _turn_off()
    for a, b in TABLE:
        reason = (await pair_of(db, await user_id(a), await user_id(b))).start_refusal()
        if a == "sam":
            assert reason is _refused_start(a, b)
        elif a == b:
            assert reason is RefusalReason.SELF
        else:
            assert reason is RefusalReason.MESSAGING_OFF, (a, b)


@pytest.mark.parametrize("mode", MessagingMode)
async def test_recipients_agree_with_may_start(db: Database, mode: MessagingMode) -> None:
    """S0, S1, S2: a person's recipients are exactly those they may start with by S1 or S2."""
    await Account.all().update(messaging_mode=mode)
    names = {user.id: user.source_id for user in await User.all()}
    for a in names.values():
        page = await list_recipients(db, await user_id(a), search=None, first=100, after=None)
        listed = {names[edge.node.id] for edge in page.edges}
        by_table = {b for b in names.values() if TABLE[a, b] in ("S1", "S2")}
        assert listed == (by_table if mode is MessagingMode.ON else set()), a
        for b in names.values():
            pair = await pair_of(db, await user_id(a), await user_id(b))
            assert (pair.start_refusal(ADMINISTRATIVE) is None) is (b in listed), (a, b)


@pytest.mark.parametrize("mode", MessagingMode)
async def test_w1_w2_w3_every_chat_is_open_or_closed_by_the_table(
    db: Database, office: UnitOfWork, mode: MessagingMode
) -> None:
    """W1, W2, W3: the chat of any two is open exactly where one may start; a list says the same."""
    for a, b in combinations(EVERYBODY, 2):
        await make_chat(office, a, b)
    await Account.all().update(messaging_mode=mode)
    expected = {
        (a, b): _closed(a, b) if mode is MessagingMode.ON else RefusalReason.MESSAGING_OFF
        for a, b in OF_ACADEMY
        if a != b
    }
    listed = {}
    names = {user.id: user.source_id for user in await User.all()}
    for a in EVERYBODY:
        viewer = (await load_viewer(db, await user_id(a))).user
        page = await list_conversations(
            db, viewer, first=100, after=None, unread_only=False, search=None
        )
        for edge in page.edges:
            listed[a, names[edge.node.peer.id]] = edge.node.closed_reason
            assert edge.node.may_reply is (edge.node.closed_reason is None)
    assert listed == expected


async def test_a_lapsed_permission_is_told_apart_from_none(
    db: Database, office: UnitOfWork
) -> None:
    """W2: a start that was permitted once and no longer is says so; one that never was does not."""
    await make_chat(office, "lena", "luca")
    lapsed = await pair_of(db, await user_id("lena"), await user_id("luca"))
    never = await pair_of(db, await user_id("lena"), await user_id("tina"))
    assert lapsed.start_refusal() is RefusalReason.NO_LONGER_PERMITTED
    assert never.start_refusal() is RefusalReason.NOT_PERMITTED


# A case in which each reason holds; two of them put together are one in which both hold.
HOLDING: dict[RefusalReason, dict[str, object]] = {
    RefusalReason.SELF: {"is_self": True},
    RefusalReason.MESSAGING_OFF: {"messaging_mode": MessagingMode.OFF},
    RefusalReason.PEER_REMOVED: {"peer_status": UserStatus.REMOVED},
    RefusalReason.PEER_DEACTIVATED: {"peer_status": UserStatus.DEACTIVATED},
    RefusalReason.INSTRUCTOR_UNASSIGNED: {"is_permitted": False, "is_unassigned": True},
    RefusalReason.NOT_ENROLLED: {"is_permitted": False, "lacks_enrolment": True},
    RefusalReason.NO_LONGER_PERMITTED: {"is_permitted": False, "has_lapsed": True},
    RefusalReason.NOT_PERMITTED: {"is_permitted": False},
}


def _case(*reasons: RefusalReason) -> Case:
    facts: dict[str, object] = {
        "is_self": False,
        "messaging_mode": MessagingMode.ON,
        "peer_status": UserStatus.ACTIVE,
        "is_permitted": True,
    }
    # The first has the last word, where one fact serves both.
    for reason in reversed(reasons):
        facts |= HOLDING[reason]
    return Case(**facts)  # type: ignore[arg-type]  # of the right types, one by one


def test_the_reasons_stand_in_the_order_of_the_design() -> None:
    """The table of reasons is the enumeration's order, each once, and each case names its own."""
    assert [reason for reason, _ in REASONS] == list(RefusalReason) == list(HOLDING)
    assert refusal(_case()) is None
    assert [refusal(_case(reason)) for reason in RefusalReason] == list(RefusalReason)


@pytest.mark.parametrize(("first", "second"), list(pairwise(RefusalReason)))
def test_of_two_reasons_the_first_is_given(first: RefusalReason, second: RefusalReason) -> None:
    """Where two neighbours of the table hold at once, the earlier one is the answer."""
    assert refusal(_case(first, second)) is first


async def test_of_several_reasons_between_two_people_the_first_is_given(db: Database) -> None:
    """Between people: self before OFF, OFF before removed, deactivated before unassigned."""
    ids = {name: await user_id(name) for name in ("olga", "remo", "lena", "ivan")}
    await User.filter(id=ids["ivan"]).update(status=UserStatus.DEACTIVATED)
    pair = await pair_of(db, ids["lena"], ids["ivan"])
    assert pair.start_refusal() is RefusalReason.PEER_DEACTIVATED
    await _turn_off()
    pair = await pair_of(db, ids["olga"], ids["remo"])
    assert pair.start_refusal() is RefusalReason.MESSAGING_OFF
    pair = await pair_of(db, ids["olga"], ids["olga"])
    assert pair.start_refusal() is RefusalReason.SELF
