"""Who may be here, who teaches, whether anybody may write: A1-A4 and W4 through the API."""

import asyncio

import pytest

from messaging.actions.administration import activate_user, deactivate_user
from messaging.actions.grants import grant_role
from messaging.errors import Refused
from models import InstructorAssignment, Role, User, UserStatus
from tests.support.cast import course_id, user_id, viewer_of
from tests.support.client import Closed
from tests.support.people import Person, done, refusals, types
from tests.support.service import Service
from tests.support.snapshot import rows_of, unchanged

TAKING_AWAY = ("deactivateUser", "removeUser")
MAY_NOT_MANAGE = [("MAY_NOT_MANAGE", None)]


async def _grant(service: Service, name: str, role: Role) -> None:
    account = (await viewer_of("olga")).account_id
    await service.parts.office.run(grant_role, account, name, role, None)


async def _marks(name: str) -> tuple[UserStatus, UserStatus | None]:
    """Somebody's status, and what the hand says of it."""
    user = await User.get(id=await user_id(name))
    return user.status, user.hand_status


@pytest.mark.parametrize("mutation", TAKING_AWAY)
@pytest.mark.parametrize("name", ["olga", "adam"])
async def test_a1_nobody_takes_themselves_away(service: Service, name: str, mutation: str) -> None:
    """A1: neither owner nor account administrator deactivates or removes themselves."""
    async with unchanged():
        assert refusals(await Person(service, name).manage(mutation, name)) == MAY_NOT_MANAGE
    # One of two owners, whom neither A2 nor A3 would keep from it.
    await _grant(service, "adam", Role.OWNER)
    async with unchanged():
        assert refusals(await Person(service, name).manage(mutation, name)) == MAY_NOT_MANAGE


@pytest.mark.parametrize("mutation", TAKING_AWAY)
async def test_a2_only_an_owner_decides_about_those_who_administer_the_account(
    service: Service, mutation: str
) -> None:
    """A2: an account administrator is refused for the owner and their like; the owner is not."""
    await _grant(service, "mia", Role.ACCOUNT_ADMIN)
    adam, olga = Person(service, "adam"), Person(service, "olga")
    async with unchanged():
        for name in ("olga", "mia"):
            assert refusals(await adam.manage(mutation, name)) == MAY_NOT_MANAGE
    done(await olga.manage(mutation, "mia"))
    async with unchanged():
        assert refusals(await adam.manage("activateUser", "mia")) == MAY_NOT_MANAGE
    done(await olga.manage("activateUser", "mia"))


async def test_a2_account_administrators_decide_about_everybody_else(service: Service) -> None:
    """A2: department administrators, instructors and learners are theirs to deactivate."""
    adam = Person(service, "adam")
    for name in ("rita", "ines", "lena"):
        payload = done(await adam.manage("deactivateUser", name))
        assert payload["user"] == {"id": await service.user(name), "status": "DEACTIVATED"}


async def test_a3_of_two_owners_who_deactivate_each_other_one_stays(service: Service) -> None:
    """A3: however close together they do it, the account keeps an active owner."""
    await _grant(service, "adam", Role.OWNER)
    office = service.parts.office
    olga, adam = await viewer_of("olga"), await viewer_of("adam")
    for _ in range(3):
        outcomes = await asyncio.gather(
            office.run(deactivate_user, olga, adam.id),
            office.run(deactivate_user, adam, olga.id),
            return_exceptions=True,
        )
        assert sorted(type(each).__name__ for each in outcomes) == ["Refused", "UserRow"]
        left = await User.filter(role=Role.OWNER, status=UserStatus.ACTIVE, account__slug="academy")
        assert len(left) == 1
        for owner in (olga, adam):
            await office.run(activate_user, owner, olga.id)
            await office.run(activate_user, owner, adam.id)


@pytest.mark.parametrize(
    ("name", "reason"), [("dora", "PEER_DEACTIVATED"), ("remo", "PEER_REMOVED")]
)
async def test_a4_only_active_users_are_assigned(service: Service, name: str, reason: str) -> None:
    """A4: a deactivated or removed user is refused as an instructor, with the reason."""
    async with unchanged():
        refused = await Person(service, "olga").staff("assignInstructor", "mechanics", name)
    assert refusals(refused) == [("MAY_NOT_MANAGE", reason)]


async def test_an_assigned_instructor_is_contacted_and_learns_of_their_role(
    service: Service,
) -> None:
    """S3: assigning makes the instructor contactable; their feed says what they are now."""
    ivan, adam = Person(service, "ivan"), Person(service, "adam")
    async with ivan.feed() as stream:
        done(await adam.staff("assignInstructor", "mechanics", "ivan"))
        entry = await stream.entry()
        assert (entry["__typename"], entry["viewer"]["roles"]) == (
            "AccessChanged",
            ["INSTRUCTOR", "LEARNER"],
        )
        done(await adam.staff("unassignInstructor", "mechanics", "ivan"))
        assert (await stream.entry())["viewer"]["roles"] == ["LEARNER"]


async def test_w2_unassigning_says_so_on_the_feeds_of_both(service: Service) -> None:
    """W2: both sides of the instructor's chats hear that they closed, and that they opened."""
    lena, ines, olga = (Person(service, name) for name in ("lena", "ines", "olga"))
    done(await lena.contact("ines", "mechanics"))
    async with lena.feed() as lenas, ines.feed() as iness:
        done(await olga.staff("unassignInstructor", "mechanics", "ines"))
        closed = await lenas.entry()
        assert closed["__typename"] == "ChatStateChanged"
        assert closed["conversation"]["closedReason"] == "INSTRUCTOR_UNASSIGNED"
        assert await types(iness, 2) == ["AccessChanged", "ChatStateChanged"]
        done(await olga.staff("assignInstructor", "mechanics", "ines"))
        assert (await lenas.entry())["conversation"]["mayReply"] is True


@pytest.mark.parametrize("mutation", TAKING_AWAY)
async def test_w4_who_is_taken_away_is_out_at_once(service: Service, mutation: str) -> None:
    """W4: open connections end with 4401, a token signs in no more, by HTTP or by socket."""
    lena = Person(service, "lena")
    async with lena.client.socket() as idle, lena.feed() as stream:
        done(await Person(service, "olga").manage(mutation, "lena"))
        assert await idle.closed() == 4401
        assert await stream.socket.closed() == 4401
    answer = await lena.client.ask("{ viewer { unreadCount } }")
    assert (answer.status, answer.codes) == (401, ["UNAUTHENTICATED"])
    with pytest.raises(Closed) as closed:
        async with lena.client.socket():
            pass
    assert closed.value.code == 4401
    done(await Person(service, "olga").manage("activateUser", "lena"))
    assert (await lena.viewer())["user"]["status"] == "ACTIVE"


async def test_w4_the_chats_of_who_is_taken_away_stay_with_their_name(service: Service) -> None:
    """W4: the peer hears that the chat is closed, and keeps it with the name and all messages."""
    leo = Person(service, "leo")
    chat = done(await leo.start("lena"))["conversation"]["id"]
    async with leo.feed() as stream:
        done(await Person(service, "olga").manage("removeUser", "lena"))
        assert (await stream.entry())["conversation"] == {
            "id": chat,
            "mayReply": False,
            "closedReason": "PEER_REMOVED",
        }
    [listed] = await leo.chats()
    assert (listed["peer"]["name"], listed["peer"]["status"]) == ("Lena Cast", "REMOVED")
    assert await leo.bodies(chat) == ["Hello"]


async def test_repeating_a_decision_changes_nothing(service: Service) -> None:
    """Each decision that takes something away, and the mode, may be repeated without effect."""
    olga = Person(service, "olga")
    for mutation in ("deactivateUser", "removeUser"):
        done(await olga.manage(mutation, "lena"))
        async with unchanged():
            done(await olga.manage(mutation, "lena"))
    done(await olga.staff("unassignInstructor", "mechanics", "ines"))
    async with unchanged():
        done(await olga.staff("unassignInstructor", "mechanics", "ines"))
        done(await olga.staff("unassignInstructor", "painting", "lena"))
        assert done(await olga.set_mode("ON"))["viewer"]["messagingMode"] == "ON"


async def test_the_removed_are_not_merely_deactivated_again(service: Service) -> None:
    """Deactivating somebody removed leaves them removed; activating undoes the removal."""
    olga = Person(service, "olga")
    async with unchanged():
        assert done(await olga.manage("deactivateUser", "remo"))["user"]["status"] == "REMOVED"
    assert done(await olga.manage("activateUser", "remo"))["user"]["status"] == "ACTIVE"


async def test_a5_decisions_leave_the_hands_mark_until_undone(service: Service) -> None:
    """A5: a decision is marked as the hand's; going back to the roster's word removes the mark."""
    olga = Person(service, "olga")
    done(await olga.manage("deactivateUser", "lena"))
    assert await _marks("lena") == (UserStatus.DEACTIVATED, UserStatus.DEACTIVATED)
    done(await olga.manage("removeUser", "lena"))
    assert await _marks("lena") == (UserStatus.REMOVED, UserStatus.REMOVED)
    done(await olga.manage("activateUser", "lena"))
    assert await _marks("lena") == (UserStatus.ACTIVE, None)
    done(await olga.staff("assignInstructor", "painting", "ines"))
    added = await InstructorAssignment.get(
        user_id=await user_id("ines"), course_id=await course_id("painting")
    )
    assert (added.by_roster, added.by_hand, added.is_active) == (False, True, True)


async def test_a5_who_the_roster_deactivated_is_activated_by_hand(service: Service) -> None:
    """A5: the hand's ACTIVE is marked too, where the roster says otherwise."""
    await User.filter(id=await user_id("lena")).update(
        roster_status=UserStatus.DEACTIVATED, status=UserStatus.DEACTIVATED
    )
    done(await Person(service, "olga").manage("activateUser", "lena"))
    assert await _marks("lena") == (UserStatus.ACTIVE, UserStatus.ACTIVE)


async def test_a5_deactivating_whom_the_roster_deactivated_is_marked(service: Service) -> None:
    """A5: who was deactivated by hand as well stays out when the roster brings them back."""
    await User.filter(id=await user_id("lena")).update(
        roster_status=UserStatus.DEACTIVATED, status=UserStatus.DEACTIVATED
    )
    done(await Person(service, "olga").manage("deactivateUser", "lena"))
    assert await _marks("lena") == (UserStatus.DEACTIVATED, UserStatus.DEACTIVATED)


async def test_repeating_what_undid_a_decision_tells_nobody_again(service: Service) -> None:
    """Activating or assigning whoever is active or assigned already is not told as a change."""
    olga = Person(service, "olga")
    for _ in range(2):
        done(await olga.manage("activateUser", "dora"))
        done(await olga.staff("assignInstructor", "mechanics", "ivan"))
    keys = {str(await user_id(name)): name for name in ("dora", "ivan")}
    told = [keys.get(entry["user_id"]) for entry in await rows_of("feed_entries")]
    # Once when the cast was set up, and once now.
    assert (told.count("dora"), told.count("ivan")) == (2, 2)


async def test_a5_a_repeated_undoing_leaves_no_mark(service: Service) -> None:
    """A5: what a hand took back is the roster's again, the taking back retried or not."""
    olga = Person(service, "olga")
    done(await olga.manage("activateUser", "dora"))
    done(await olga.staff("assignInstructor", "mechanics", "ivan"))
    async with unchanged():
        done(await olga.manage("activateUser", "dora"))
        done(await olga.staff("assignInstructor", "mechanics", "ivan"))


async def test_an_action_under_way_meets_the_rules_of_the_moment(service: Service) -> None:
    """A3: an owner deactivated meanwhile cannot take the last owner along."""
    await _grant(service, "adam", Role.OWNER)
    office = service.parts.office
    adam = await viewer_of("adam")
    await office.run(deactivate_user, await viewer_of("olga"), adam.id)
    async with unchanged():
        with pytest.raises(Refused):
            await office.run(deactivate_user, adam, await user_id("olga"))
