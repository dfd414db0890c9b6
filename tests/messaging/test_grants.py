"""Granting and revoking administrative roles by hand."""

import asyncio
from itertools import product
from uuid import UUID

import pytest

from messaging.actions.grants import grant_role, revoke_role
from messaging.errors import BadInput
from messaging.policy.pairs import may_start
from messaging.roles import refresh_roles
from messaging.work import UnitOfWork, Work
from models import Account, Department, FeedKind, Role, RoleGrant, User
from models.database import Database
from tests.support.cast import ACCOUNT, user_id, viewer_of
from tests.support.snapshot import rows_of, unchanged
from tests.support.threads import set_department_archived


async def _account() -> UUID:
    return (await Account.get(slug=ACCOUNT)).id


async def _grant(office: UnitOfWork, name: str, role: Role, department: str | None = None) -> bool:
    return await office.run(grant_role, await _account(), name, role, department)


async def _revoke(office: UnitOfWork, name: str, role: Role, department: str | None = None) -> bool:
    return await office.run(revoke_role, await _account(), name, role, department)


async def _refresh(office: UnitOfWork, name: str) -> None:
    async def refresh(work: Work, user: UUID) -> None:
        await refresh_roles(work.db, [user])

    await office.run(refresh, await user_id(name))


async def _assert_roles_follow() -> None:
    """Everybody's stored role is the highest that their grants give, counted again here."""
    archived = {each.id for each in await Department.filter(is_archived=True)}
    grants = await RoleGrant.filter(is_active=True)
    for user in await User.all():
        held = {
            grant.role
            for grant in grants
            if grant.user_id == user.id and grant.department_id not in archived
        }
        expected = next((role for role in Role if role in held), Role.LEARNER)
        assert user.role is expected, user.source_id


async def test_a_grant_gives_what_the_role_may(db: Database, office: UnitOfWork) -> None:
    """S2: granted a department, a learner may start with its people; revoked, no longer."""
    nora, ines = await user_id("nora"), await user_id("ines")
    assert not await may_start(db, nora, await user_id("leo"))
    assert await _grant(office, "nora", Role.DEPARTMENT_ADMIN, "physics")
    assert await may_start(db, nora, await user_id("leo"))
    assert (await viewer_of("nora")).roles == {Role.DEPARTMENT_ADMIN, Role.LEARNER}
    assert await _revoke(office, "nora", Role.DEPARTMENT_ADMIN, "physics")
    assert not await may_start(db, nora, await user_id("leo"))
    assert await may_start(db, nora, ines)
    assert (await viewer_of("nora")).roles == {Role.LEARNER}


async def test_repeating_a_grant_says_that_it_stood(office: UnitOfWork) -> None:
    """Granting what is held and revoking what is not are no errors, and say so."""
    assert await _grant(office, "nora", Role.ACCOUNT_ADMIN)
    async with unchanged():
        assert not await _grant(office, "nora", Role.ACCOUNT_ADMIN)
    assert await _revoke(office, "nora", Role.ACCOUNT_ADMIN)
    async with unchanged():
        assert not await _revoke(office, "nora", Role.ACCOUNT_ADMIN)


async def test_a5_revoking_what_is_not_held_stands_against_the_roster(office: UnitOfWork) -> None:
    """A5: it says that nothing changed, tells nobody, and leaves the hand's mark."""
    before = await rows_of("feed_entries")
    assert not await _revoke(office, "lena", Role.DEPARTMENT_ADMIN, "arts")
    [grant] = await RoleGrant.filter(user_id=await user_id("lena"))
    assert (grant.by_hand, grant.is_active) == (False, False)
    assert grant.set_by_roster(holds=True) is False
    assert await rows_of("feed_entries") == before


async def test_the_stored_role_is_always_what_the_grants_say(office: UnitOfWork) -> None:
    """Whatever is granted and revoked, in whichever order, users.role is the highest held."""
    await _assert_roles_follow()
    grants: list[tuple[Role, str | None]] = [
        (Role.DEPARTMENT_ADMIN, "physics"),
        (Role.OWNER, None),
        (Role.DEPARTMENT_ADMIN, "sciences"),
        (Role.ACCOUNT_ADMIN, None),
    ]
    for change, names in product((_grant, _revoke, _grant), ("leo", "lena", "adam")):
        for role, department in grants:
            await change(office, names, role, department)
            await _assert_roles_follow()


async def test_an_archived_department_gives_its_administrators_nothing(
    db: Database, office: UnitOfWork
) -> None:
    """S2: who administers only an archived department is no administrator, until it is back."""
    leo, lena = await user_id("leo"), await user_id("lena")
    await set_department_archived("physics", is_archived=True)
    await _refresh(office, "leo")
    assert (await viewer_of("leo")).roles == {Role.LEARNER}
    assert not await may_start(db, leo, lena)
    assert await may_start(db, await user_id("mia"), lena)
    await _assert_roles_follow()
    assert await _grant(office, "nora", Role.DEPARTMENT_ADMIN, "physics")
    assert (await viewer_of("nora")).roles == {Role.LEARNER}
    await set_department_archived("physics", is_archived=False)
    for name in ("leo", "nora"):
        await _refresh(office, name)
        assert Role.DEPARTMENT_ADMIN in (await viewer_of(name)).roles
    assert await may_start(db, leo, lena)


async def test_a3_the_last_owner_keeps_the_role(office: UnitOfWork) -> None:
    """A3: the only active owner's role is not revoked; of two revoked at once, one stays."""
    async with unchanged():
        with pytest.raises(BadInput, match="A3"):
            await _revoke(office, "olga", Role.OWNER)
    await _grant(office, "adam", Role.OWNER)
    outcomes = await asyncio.gather(
        _revoke(office, "olga", Role.OWNER),
        _revoke(office, "adam", Role.OWNER),
        return_exceptions=True,
    )
    assert sorted(type(each).__name__ for each in outcomes) == ["BadInput", "bool"]
    assert await User.filter(role=Role.OWNER, account__slug=ACCOUNT).count() == 1


async def test_a5_a_grant_by_hand_is_marked_until_undone(office: UnitOfWork) -> None:
    """A5: the hand's word stands on the grant, and goes when the hand takes it back."""
    await _revoke(office, "leo", Role.DEPARTMENT_ADMIN, "physics")
    [revoked] = await RoleGrant.filter(user_id=await user_id("leo"))
    assert (revoked.by_roster, revoked.by_hand, revoked.is_active) == (True, False, False)
    await _grant(office, "leo", Role.DEPARTMENT_ADMIN, "physics")
    [granted] = await RoleGrant.filter(user_id=await user_id("leo"))
    assert (granted.by_roster, granted.by_hand, granted.is_active) == (True, None, True)


async def test_a_grant_is_told_to_the_person(office: UnitOfWork) -> None:
    """The person's feed says that their access changed, once for each change."""
    await _grant(office, "nora", Role.ACCOUNT_ADMIN)
    await _grant(office, "nora", Role.ACCOUNT_ADMIN)
    key = str(await user_id("nora"))
    kinds = [each["kind"] for each in await rows_of("feed_entries") if each["user_id"] == key]
    assert kinds == [FeedKind.ACCESS_CHANGED]


@pytest.mark.parametrize(
    ("name", "role", "department"),
    [
        ("nobody", Role.OWNER, None),
        ("sam", Role.OWNER, None),
        ("nora", Role.LEARNER, None),
        ("nora", Role.INSTRUCTOR, None),
        ("nora", Role.OWNER, "physics"),
        ("nora", Role.DEPARTMENT_ADMIN, None),
        ("nora", Role.DEPARTMENT_ADMIN, "nowhere"),
    ],
)
async def test_a_grant_that_makes_no_sense_is_bad_input(
    office: UnitOfWork, name: str, role: Role, department: str | None
) -> None:
    """Unknown people and departments, roles that cannot be granted, a department too much."""
    async with unchanged():
        for change in (_grant, _revoke):
            with pytest.raises(BadInput):
                await change(office, name, role, department)
