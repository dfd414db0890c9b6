"""What is wrong is listed, and nothing is imported unless asked for."""

from pathlib import Path

import pytest

from messaging.roster import Kind, RosterFaulty
from tests.messaging.roster.sets import (
    CLASSES,
    ENROLLMENTS,
    ORGS,
    ROLES,
    USERS,
    Importer,
    facts,
    school,
    state,
    without,
    write_set,
)


def faulty(folder: Path) -> Path:
    """A set with every kind of fault."""
    return write_set(
        folder,
        manifest=["propertyName,value", "file.roles,sometimes"],
        orgs=[ORGS, "top,Top,", "a,A,b", "b,B,a", "under,Under a,a", "top,Again,", ",No id,top"],
        users=[
            f"{USERS},status,enabledUser,orgSourcedIds",
            "ann,Ann,One",
            "bob,Bob,Two,,,,beyond",
            "cid,Cid,Three,perhaps,maybe,",
            "dan,Dan\x00,Four",
            f"eve,{'e' * 256},",
            'fay,Fay,Six,,,"top,nowhere"',
            "ann,Ann,Again",
        ],
        roles=[f"sourcedId,{ROLES}", "r1,ann,nowhere,student", "r1,gus,top,student", ",ann,top,"],
        classes=[CLASSES, "c1,One,nowhere", "c2,Two,top"],
        enrollments=[ENROLLMENTS, "c2,gus,student", "c9,ann,student", "c2,,student"],
    )


FAULTS = [
    "manifest.csv:2: roles.csv is neither bulk, delta nor absent: 'sometimes'",
    'orgs.csv:3: org "a" is above itself: "a" → "b" → "a"',
    'orgs.csv:4: org "b" is above itself: "a" → "b" → "a"',
    'orgs.csv:6: sourcedId "top" stands in orgs.csv:2 already',
    "orgs.csv:7: sourcedId is missing",
    "users.csv:3: there are cells beyond the header",
    'users.csv:4: status is not active, inactive or tobedeleted: "perhaps"',
    'users.csv:4: enabledUser is not true or false: "maybe"',
    "users.csv:5: the name has control characters",
    "users.csv:6: the name is longer than 255 characters",
    'users.csv:7: there is no org "nowhere"',
    'users.csv:8: sourcedId "ann" stands in users.csv:2 already',
    'roles.csv:2: there is no org "nowhere"',
    'roles.csv:3: sourcedId "r1" stands in roles.csv:2 already',
    'roles.csv:3: there is no user "gus"',
    "roles.csv:4: sourcedId is missing",
    'classes.csv:2: there is no org "nowhere"',
    'enrollments.csv:2: there is no user "gus"',
    'enrollments.csv:3: there is no class "c9"',
    "enrollments.csv:4: userSourcedId is missing",
]


async def test_every_fault_is_listed_and_nothing_imported(
    importer: Importer, tmp_path: Path
) -> None:
    """All faults of all files come at once, as file:line: what is wrong."""
    before = await state()
    with pytest.raises(RosterFaulty) as caught:
        await importer(faulty(tmp_path / "set"))
    assert str(caught.value).splitlines() == FAULTS
    assert [str(fault) for fault in caught.value.faults] == FAULTS
    assert await state() == before


async def test_bad_rows_are_skipped_with_what_depends_on_them(
    importer: Importer, tmp_path: Path
) -> None:
    """With skip_bad_rows the sound rows are imported; all others are listed."""
    report = await importer(faulty(tmp_path / "set"), skip_bad_rows=True)
    found = await facts()
    assert [row[0] for row in found["departments"]] == ["top"]
    assert [row[0] for row in found["people"]] == ["ann"]
    assert [row[0] for row in found["courses"]] == ["c2"]
    assert found["enrolments"] == []
    skipped = [str(fault) for fault in report.skipped]
    assert set(FAULTS) < set(skipped)
    assert set(skipped) - set(FAULTS) == {'orgs.csv:5: org "a" is skipped'}


async def test_dependents_are_skipped_from_file_to_file(importer: Importer, tmp_path: Path) -> None:
    """A bad org takes its classes and people along, and these their enrolments."""
    folder = school(tmp_path / "set")
    (folder / "orgs.csv").write_text(f"{ORGS}\ntop,Top,\nlow,Lo\x07w,top\n")
    report = await importer(folder, skip_bad_rows=True)
    skipped = [str(fault) for fault in report.skipped]
    assert skipped[0] == "orgs.csv:3: name has control characters"
    assert 'roles.csv:2: org "low" is skipped' in skipped
    assert 'classes.csv:2: org "low" is skipped' in skipped
    assert 'enrollments.csv:2: class "c1" is skipped' in skipped
    assert report.skipped_total == 1 + 13 + 2 + 12
    assert report.tallies[Kind.PEOPLE].created == 13
    assert report.tallies[Kind.ENROLMENTS].created == 0


@pytest.mark.parametrize("bad", ["l3,Lea\x07,L3", "l3,Lea,L3,beyond", ",Lea,L3"])
async def test_a_skipped_row_takes_nothing_away(
    importer: Importer, tmp_path: Path, bad: str
) -> None:
    """Whom a bad row of a full file names, or may name, is not missing: all their facts stay."""
    folder = school(tmp_path / "set")
    await importer(folder)
    before = await facts()
    users = [*without(folder, "users", "l3"), bad]
    await importer(school(tmp_path / "set", users=users), skip_bad_rows=True)
    assert await facts() == before


async def test_an_unclosed_quote_is_a_fault(importer: Importer, tmp_path: Path) -> None:
    """A quote that swallows the rest of the file is a fault of the line where it opens."""
    folder = write_set(tmp_path / "set", users=[USERS, "a,Ann,One", 'b,"Bob,Two', "c,Cid,Three"])
    with pytest.raises(RosterFaulty, match=r"users\.csv:3: this is not CSV"):
        await importer(folder)


async def test_a_long_list_says_how_many_more(importer: Importer, tmp_path: Path) -> None:
    """The list of faults is bounded, its count is not."""
    folder = write_set(tmp_path / "set", users=[USERS, *(",Ann,One" for _ in range(1500))])
    with pytest.raises(RosterFaulty) as caught:
        await importer(folder)
    assert caught.value.total == 1500
    assert len(caught.value.faults) == 1000
    assert str(caught.value).endswith("… and 500 more")


async def test_a_delta_may_not_close_a_cycle(importer: Importer, tmp_path: Path) -> None:
    """The tree is checked as it will stand, with what the account has already."""
    await importer(school(tmp_path / "set"))
    before = await state()
    delta = write_set(
        tmp_path / "delta",
        manifest=["propertyName,value", "file.orgs,delta"],
        orgs=[ORGS, "top,The Top,low"],
    )
    with pytest.raises(RosterFaulty, match=r'orgs\.csv:2: org "top" is above itself'):
        await importer(delta)
    assert await state() == before


async def test_a_bottomless_tree_is_a_fault(importer: Importer, tmp_path: Path) -> None:
    """Everything deeper than a hundred levels is refused, for each level costs a row."""
    chain = [f"o{n},Org {n},{f'o{n - 1}' if n else ''}" for n in range(102)]
    with pytest.raises(RosterFaulty) as caught:
        await importer(write_set(tmp_path / "set", orgs=[ORGS, *chain]))
    assert [fault.line for fault in caught.value.faults] == [102, 103]
