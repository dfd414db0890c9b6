"""A fact that a roster and a hand may set: the hand's word stands until undone (A5)."""

import pytest

from models import InstructorAssignment, User, UserStatus

ACTIVE, DEACTIVATED, REMOVED = UserStatus.ACTIVE, UserStatus.DEACTIVATED, UserStatus.REMOVED


def _fact(*, by_roster: bool, by_hand: bool | None = None) -> InstructorAssignment:
    fact = InstructorAssignment()
    fact.set_by_roster(by_roster)
    if by_hand is not None:
        fact.set_by_hand(by_hand)
    return fact


@pytest.mark.parametrize("holds", [True, False])
def test_a5_the_roster_decides_while_no_hand_has(*, holds: bool) -> None:
    """A5: without a word by hand the fact follows the roster, each time."""
    fact = _fact(by_roster=not holds)
    assert fact.set_by_roster(holds) is True
    assert (fact.is_active, fact.by_hand) == (holds, None)


@pytest.mark.parametrize("holds", [True, False])
def test_a5_the_hands_word_stands_against_the_roster(*, holds: bool) -> None:
    """A5: what a hand set stands whatever the roster says, which is told that it was kept."""
    fact = _fact(by_roster=not holds, by_hand=holds)
    assert fact.is_active is holds
    assert fact.set_by_roster(not holds) is False
    assert fact.set_by_roster(holds) is True
    assert fact.set_by_roster(not holds) is False
    assert (fact.is_active, fact.by_hand) == (holds, holds)


def test_a5_giving_back_what_the_roster_gives_undoes_the_hands_word() -> None:
    """A5: a hand that gives again what it had taken gives the fact back to the roster."""
    fact = _fact(by_roster=True, by_hand=False)
    for _ in range(2):
        fact.set_by_hand(holds=True)
        assert (fact.is_active, fact.by_hand) == (True, None)
    assert fact.set_by_roster(holds=False) is True
    assert fact.is_active is False


@pytest.mark.parametrize("by_hand", [None, True, False])
def test_a5_what_a_hand_takes_stays_away(by_hand: bool | None) -> None:
    """A5: taken by hand, whoever had given it, a fact does not come back by the roster."""
    fact = _fact(by_roster=False, by_hand=by_hand)
    fact.set_by_hand(holds=False)
    assert fact.set_by_roster(holds=True) is False
    assert (fact.is_active, fact.by_hand) == (False, False)


@pytest.mark.parametrize("holds", [True, False])
def test_a5_a_hand_against_the_roster_twice_stands_all_the_same(*, holds: bool) -> None:
    """A5: repeating a word by hand is not taking it back."""
    fact = _fact(by_roster=not holds, by_hand=holds)
    fact.set_by_hand(holds)
    assert (fact.is_active, fact.by_hand) == (holds, holds)


def test_a5_a_hand_that_the_roster_came_to_agree_with_is_not_undone_by_repeating() -> None:
    """A5: once the roster agrees, the hand's word still stands; only the opposite changes it."""
    fact = _fact(by_roster=False, by_hand=True)
    fact.set_by_roster(holds=True)
    fact.set_by_hand(holds=True)
    assert fact.by_hand is True
    fact.set_by_hand(holds=False)
    assert (fact.is_active, fact.by_hand) == (False, False)


def _user(roster: UserStatus, hand: UserStatus | None = None) -> User:
    user = User(name="Somebody")
    user.set_status_by_roster(roster)
    if hand is not None:
        user.set_status_by_hand(hand)
    return user


@pytest.mark.parametrize(
    ("roster", "hand", "status", "mark"),
    [
        (ACTIVE, None, ACTIVE, None),
        (DEACTIVATED, None, DEACTIVATED, None),
        (ACTIVE, DEACTIVATED, DEACTIVATED, DEACTIVATED),
        (ACTIVE, REMOVED, REMOVED, REMOVED),
        (DEACTIVATED, ACTIVE, ACTIVE, ACTIVE),
        (DEACTIVATED, REMOVED, REMOVED, REMOVED),
    ],
)
def test_a5_a_users_status_is_the_hands_word_or_the_rosters(
    roster: UserStatus, hand: UserStatus | None, status: UserStatus, mark: UserStatus | None
) -> None:
    """A5: the hand's word where there is one, else what the roster says."""
    user = _user(roster, hand)
    assert (user.status, user.hand_status) == (status, mark)


@pytest.mark.parametrize("hand", [DEACTIVATED, REMOVED])
def test_a5_no_roster_brings_back_whom_a_hand_took_away(hand: UserStatus) -> None:
    """A5: the roster's word is recorded and kept from acting, and said to be."""
    user = _user(ACTIVE, hand)
    assert user.set_status_by_roster(DEACTIVATED) is (hand is DEACTIVATED)
    assert user.set_status_by_roster(ACTIVE) is False
    assert (user.status, user.roster_status) == (hand, ACTIVE)


def test_a5_activating_gives_a_user_back_to_the_roster() -> None:
    """A5: once undone by hand, the roster decides again."""
    user = _user(ACTIVE, REMOVED)
    user.set_status_by_hand(ACTIVE)
    assert (user.status, user.hand_status) == (ACTIVE, None)
    assert user.set_status_by_roster(DEACTIVATED) is True
    assert user.status is DEACTIVATED
