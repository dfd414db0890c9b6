"""The next import: what goes, what stays, what comes back."""

from pathlib import Path

import pytest

from messaging.roster import Kind
from models import Role
from tests.messaging.roster.sets import (
    CLASSES,
    ENROLLMENTS,
    ORGS,
    ROLES,
    STATUS,
    USERS,
    Importer,
    counts,
    delta,
    facts,
    school,
    without,
    write_set,
)


async def statuses() -> dict[str, str]:
    """Everybody's status."""
    return {row[0]: row[7] for row in (await facts())["people"]}


@pytest.mark.parametrize(
    "row", ["l1,Lea,L1,tobedeleted,true", "l1,,,ToBeDeleted,", "l1,Lea,L1,inactive,", "l1,,,,0"]
)
async def test_whoever_is_to_go_is_deactivated_and_may_return(
    importer: Importer, tmp_path: Path, row: str
) -> None:
    """Tobedeleted, inactive and enabledUser=false deactivate; an active row brings back."""
    await importer(school(tmp_path / "set"))
    report = await importer(delta(tmp_path / "gone", users=[STATUS, row]))
    assert counts(report.tallies[Kind.PEOPLE]) == (0, 0, 1, 0)
    assert (await statuses())["l1"] == "DEACTIVATED"
    assert (await importer.user("l1")).name == "Lea L1"
    report = await importer(delta(tmp_path / "back", users=[STATUS, "l1,Lea,L1,active,true"]))
    assert counts(report.tallies[Kind.PEOPLE]) == (0, 1, 0, 0)
    assert (await statuses())["l1"] == "ACTIVE"


async def test_nothing_is_held_of_somebody_who_is_to_go_and_never_was_here(
    importer: Importer, tmp_path: Path
) -> None:
    """A person to be deleted is not created; their enrolments are passed over."""
    folder = write_set(
        tmp_path / "set",
        users=[f"{USERS},status", "a,Ann,One,tobedeleted"],
        classes=[CLASSES, "c,Class,"],
        enrollments=[ENROLLMENTS, "c,a,student"],
    )
    dry = await importer(folder, dry_run=True)
    report = await importer(folder)
    assert (await facts())["people"] == []
    assert (await facts())["enrolments"] == []
    assert report.passed_over == dry.passed_over == 2


async def test_whoever_is_missing_from_a_full_file_goes(importer: Importer, tmp_path: Path) -> None:
    """Missing from full files: people are deactivated, enrolments and assignments end."""
    folder = school(tmp_path / "set")
    await importer(folder)
    files = {stem: without(folder, stem, "l1,", "l2,") for stem in ("users", "roles")}
    files["enrollments"] = without(folder, "enrollments", "c2,l1,", "c1,l2,")
    files["roles"] = without(folder, "roles", "l1,", "l2,", "head,")
    report = await importer(school(tmp_path / "set", **files))
    assert counts(report.tallies[Kind.PEOPLE]) == (0, 0, 2, 11)
    assert counts(report.tallies[Kind.ENROLMENTS]) == (0, 0, 2, 8)
    found = await facts()
    assert {row[0] for row in found["people"] if row[7] != "ACTIVE"} == {"l1", "l2"}
    assert {row[0] for row in found["enrolments"] if not row[2]} == {"l1", "l2"}
    # Who is there without a role has lost it; who is gone keeps what nobody spoke of.
    assert ("head", Role.DEPARTMENT_ADMIN, "low", 0, None, 0) in found["roles"]
    assert (await importer.user("head")).role is Role.LEARNER
    assert ("head", "low") not in found["memberships"]
    assert ("l1", "low") in found["memberships"]
    repeated = await importer(tmp_path / "set")
    assert not repeated.has_changes


async def test_a_delta_takes_nothing_away_unsaid(importer: Importer, tmp_path: Path) -> None:
    """Whoever a delta does not name stays; references reach what the account has."""
    await importer(school(tmp_path / "set"))
    before = await facts()
    report = await importer(
        delta(
            tmp_path / "delta",
            orgs=[ORGS, "new,New,low"],
            users=[USERS, "n,New,Comer"],
            roles=[ROLES, "n,low,student"],
            classes=[CLASSES, "c3,Class Three,low"],
            enrollments=[ENROLLMENTS, "c1,n,student", "c3,t1,teacher"],
        )
    )
    after = await facts()
    for part, rows in before.items():
        assert set(rows) <= set(after[part])
    assert [tally.created for tally in report.tallies.values()] == [1, 1, 1, 0, 1, 1, 1]
    assert ("top", "new") in after["subtrees"]


async def test_deltas_end_what_they_name(importer: Importer, tmp_path: Path) -> None:
    """Rows to be deleted end enrolments, assignments, roles and memberships; nothing else."""
    await importer(school(tmp_path / "set"))
    report = await importer(
        delta(
            tmp_path / "delta",
            roles=[f"{ROLES},status", "head,low,principal,tobedeleted", "x,y,student,tobedeleted"],
            enrollments=[
                f"{ENROLLMENTS},status",
                "c1,l0,student,tobedeleted",
                "c1,t1,teacher,tobedeleted",
                "c9,nobody,student,tobedeleted",
            ],
        )
    )
    found = await facts()
    assert ("head", Role.DEPARTMENT_ADMIN, "low", 0, None, 0) in found["roles"]
    assert ("head", "low") not in found["memberships"]
    assert ("l0", "c1", 0) in found["enrolments"]
    assert ("t1", "c1", 0, None, 0) in found["instructors"]
    ended = {kind: tally.ended for kind, tally in report.tallies.items() if tally.ended}
    assert ended == {
        Kind.MEMBERSHIPS: 1,
        Kind.ROLES: 1,
        Kind.ENROLMENTS: 1,
        Kind.INSTRUCTORS: 1,
    }


async def test_one_enrolment_that_holds_is_enough(importer: Importer, tmp_path: Path) -> None:
    """Of two enrolments of one person in one class, one ended and one not, the latter counts."""
    await importer(school(tmp_path / "set"))
    rows = ["c1,l0,student,tobedeleted", "c1,l0,student,active"]
    report = await importer(delta(tmp_path / "delta", enrollments=[f"{ENROLLMENTS},status", *rows]))
    assert not report.has_changes


async def test_a_full_file_of_roles_speaks_of_everybody(importer: Importer, tmp_path: Path) -> None:
    """A full roles.csv beside no users.csv takes the roles of those it does not name."""
    folder = school(tmp_path / "set")
    await importer(folder)
    roles = without(folder, "roles", "head,")
    report = await importer(write_set(tmp_path / "roles", roles=roles))
    assert report.tallies[Kind.ROLES].ended == 1
    assert report.tallies[Kind.MEMBERSHIPS].ended == 1
    assert (await importer.user("head")).role is Role.LEARNER


async def test_a_changed_role_of_11_replaces_the_old_one(
    importer: Importer, tmp_path: Path
) -> None:
    """A row of a 1.1 users.csv says all about somebody's place, even in a delta."""
    header = f"{USERS},orgSourcedIds,role"
    orgs = [ORGS, "top,Top,", "a,A,top", "b,B,top"]
    await importer(
        write_set(tmp_path / "set", orgs=orgs, users=[header, "ann,Ann,One,a,principal"])
    )
    await importer(delta(tmp_path / "delta", users=[header, "ann,Ann,One,b,teacher"]))
    found = await facts()
    assert found["memberships"] == [("ann", "b")]
    assert [row[5] for row in found["roles"]] == [0]
    assert (await importer.user("ann")).role is Role.LEARNER


async def test_courses_and_departments_are_archived_and_return(
    importer: Importer, tmp_path: Path
) -> None:
    """Missing or to be deleted they are archived; listed as active again they come back."""
    folder = school(tmp_path / "set", orgs=[ORGS, "top,The Top,", "low,The Low,top", "x,X,low"])
    classes = [CLASSES, "c1,Class One,low", "c2,Class Two,low", "c3,Class Three,x"]
    await importer(school(folder, orgs=without(folder, "orgs"), classes=classes))
    before = await facts()
    full = await importer(
        school(folder, orgs=without(folder, "orgs", "x,"), classes=without(folder, "classes", "c3"))
    )
    assert full.tallies[Kind.DEPARTMENTS].ended == full.tallies[Kind.COURSES].ended == 1
    archived = await facts()
    assert ("x", "X", "low", 1) in archived["departments"]
    assert ("c3", "Class Three", "x", 1) in archived["courses"]
    assert ("top", "x") in archived["subtrees"]
    back = await importer(
        delta(tmp_path / "back", orgs=[ORGS, "x,X,low"], classes=[CLASSES, "c3,Class Three,x"])
    )
    assert back.tallies[Kind.DEPARTMENTS].updated == back.tallies[Kind.COURSES].updated == 1
    assert await facts() == before
    gone = await importer(
        delta(
            tmp_path / "gone",
            orgs=["sourcedId,status,name,parentSourcedId", "x,tobedeleted,,"],
            classes=["sourcedId,status,title,schoolSourcedId", "c3,tobedeleted,,"],
        )
    )
    assert gone.tallies[Kind.DEPARTMENTS].ended == gone.tallies[Kind.COURSES].ended == 1
    assert await facts() == archived


async def test_an_archived_department_gives_its_administrators_nothing(
    importer: Importer, tmp_path: Path
) -> None:
    """The role goes with the department and comes back with it."""
    await importer(school(tmp_path / "set"))
    assert (await importer.user("head")).role is Role.DEPARTMENT_ADMIN
    header = "sourcedId,name,parentSourcedId,status"
    await importer(delta(tmp_path / "gone", orgs=[header, "low,The Low,top,tobedeleted"]))
    assert (await importer.user("head")).role is Role.LEARNER
    await importer(delta(tmp_path / "back", orgs=[header, "low,The Low,top,active"]))
    assert (await importer.user("head")).role is Role.DEPARTMENT_ADMIN


async def test_a_moved_department_takes_its_subtree_along(
    importer: Importer, tmp_path: Path
) -> None:
    """The rows of who stands above whom follow the tree."""
    orgs = [ORGS, "r,R,", "a,A,r", "b,B,r", "c,C,a", "d,D,c"]
    await importer(write_set(tmp_path / "set", orgs=orgs))
    await importer(delta(tmp_path / "delta", orgs=[ORGS, "c,C,b"]))
    assert set((await facts())["subtrees"]) == {
        *((org, org) for org in "rabcd"),
        *(("r", org) for org in "abcd"),
        ("b", "c"),
        ("b", "d"),
        ("c", "d"),
    }


async def test_a_column_that_is_not_there_changes_nothing(
    importer: Importer, tmp_path: Path
) -> None:
    """Names, photos and places in the tree stand where a file does not state them."""
    orgs, classes = [ORGS, "top,Top,", "low,Low,top"], [CLASSES, "c,Class,low"]
    users = [f"{USERS},metadata.photoUrl", "a,Ann,One,/a.jpg"]
    await importer(write_set(tmp_path / "set", orgs=orgs, users=users, classes=classes))
    before = await facts()
    report = await importer(
        write_set(
            tmp_path / "bare",
            orgs=["sourcedId,name", "top,Top", "low,Low"],
            users=["sourcedId", "a"],
            classes=["sourcedId,title", "c,Class"],
        )
    )
    assert await facts() == before
    assert report.warnings.total == 3
