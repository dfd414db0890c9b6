"""Rule A5: what was set by hand stands until undone by hand, and the report says so."""

from pathlib import Path

import pytest

from models import Course, InstructorAssignment, Role, RoleGrant, UserStatus
from tests.messaging.roster.sets import Importer, facts, school, without


@pytest.mark.parametrize("status", [UserStatus.DEACTIVATED, UserStatus.REMOVED])
async def test_a5_whoever_a_hand_deactivated_or_removed_stays_so(
    importer: Importer, tmp_path: Path, status: UserStatus
) -> None:
    """An active row brings nobody back against a hand's word; each import lists it as kept."""
    folder = school(tmp_path / "set")
    await importer(folder)
    user = await importer.user("l1")
    user.set_status_by_hand(status)
    await user.save()
    for _ in range(2):
        report = await importer(folder)
        assert not report.has_changes
        assert report.kept.lines == [f'user "l1" stays {status.lower()}; by the roster active']
        assert (await importer.user("l1")).status is status


async def test_a5_whoever_a_hand_activated_stays_though_missing(
    importer: Importer, tmp_path: Path
) -> None:
    """Missing from a full file does not deactivate whom a hand activated against the roster."""
    folder = school(tmp_path / "set")
    await importer(folder)
    user = await importer.user("l1")
    user.set_status_by_roster(UserStatus.DEACTIVATED)
    user.set_status_by_hand(UserStatus.ACTIVE)
    await user.save()
    cut = school(
        folder,
        users=without(folder, "users", "l1,"),
        enrollments=["classSourcedId,userSourcedId,role", "c1,t1,teacher"],
        roles=without(folder, "roles", "l1,"),
    )
    for _ in range(2):
        report = await importer(cut, allow_mass_removal=True)
        assert report.kept.lines == ['user "l1" stays active; by the roster gone or disabled']
        user = await importer.user("l1")
        assert (user.status, user.roster_status) == (UserStatus.ACTIVE, UserStatus.DEACTIVATED)


async def test_a_removal_is_never_a_rosters(importer: Importer, tmp_path: Path) -> None:
    """A5: whatever a roster takes away, it removes nobody for good."""
    folder = school(tmp_path / "set")
    await importer(folder)
    await importer(
        school(
            folder,
            users=without(folder, "users", "l"),
            roles=without(folder, "roles", "l"),
            enrollments=without(folder, "enrollments", "c1,l", "c2,l"),
        ),
        allow_mass_removal=True,
    )
    assert {row[7] for row in (await facts())["people"]} == {"ACTIVE", "DEACTIVATED"}


async def test_a5_instructors_set_by_hand(importer: Importer, tmp_path: Path) -> None:
    """Unassigned by hand stays unassigned, assigned by hand stays assigned."""
    folder = school(tmp_path / "set")
    await importer(folder)
    teacher, course = await importer.user("t1"), await Course.get(source_id="c2")
    own = await InstructorAssignment.get(user_id=teacher.id)
    own.set_by_hand(False)
    await own.save()
    other = InstructorAssignment(user_id=teacher.id, course_id=course.id)
    other.set_by_hand(True)
    await other.save()
    for _ in range(2):
        report = await importer(folder)
        assert not report.has_changes
        assert sorted(report.kept.lines) == [
            'user "t1" stays an instructor of class "c2"',
            'user "t1" stays no instructor of class "c1"',
        ]
    found = [row for row in (await facts())["instructors"] if row[0] == "t1"]
    assert found == [("t1", "c1", 1, 0, 0), ("t1", "c2", 0, 1, 1)]


async def test_a5_roles_set_by_hand(importer: Importer, tmp_path: Path) -> None:
    """Revoked by hand stays revoked, granted by hand stays granted."""
    folder = school(tmp_path / "set")
    await importer(folder)
    head, teacher = await importer.user("head"), await importer.user("t1")
    revoked = await RoleGrant.get(user_id=head.id)
    revoked.set_by_hand(False)
    await revoked.save()
    granted = RoleGrant(user_id=teacher.id, role=Role.OWNER, department_id=None)
    granted.set_by_hand(True)
    await granted.save()
    for _ in range(2):
        report = await importer(folder)
        assert not report.has_changes
        assert sorted(report.kept.lines) == [
            'user "head" stays without the role DEPARTMENT_ADMIN',
            'user "t1" keeps the role OWNER',
        ]
        assert "kept as set by hand: 2" in str(report)
    assert [row[5] for row in (await facts())["roles"]] == [0, 1]


async def test_a4_a_roster_may_assign_whoever_it_names(importer: Importer, tmp_path: Path) -> None:
    """A4 speaks of hands: a roster assigns a deactivated person too."""
    folder = school(tmp_path / "set")
    users = [*without(folder, "users"), "off,Off,Line"]
    users = [f"{users[0]},enabledUser", *(f"{line},{line[:3] != 'off'}" for line in users[1:])]
    await importer(
        school(folder, users=users, enrollments=[*without(folder, "enrollments"), "c1,off,teacher"])
    )
    assert ("off", "c1", 1, None, 1) in (await facts())["instructors"]
    assert (await importer.user("off")).status is UserStatus.DEACTIVATED
