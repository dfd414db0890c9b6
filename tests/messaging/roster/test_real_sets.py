"""Rosters of other projects import as they are."""

import pytest

from messaging.roster import Kind
from models import Role
from tests.messaging.roster.sets import Importer, counts, facts, state
from tests.support.places import Place
from tests.support.process import ROSTERS
from tests.support.snapshot import snapshot

ZIPS = ROSTERS / "oneroster-zips"
SETS = {
    "sds-v2": ROSTERS / "sds-v2",
    "sds-v2.1": ROSTERS / "sds-v2.1",
    "1.1": ZIPS / "Test_full_data_set.zip",
    "1.2": ZIPS / "v1p2_full_dataset.zip",
    "1.2-delta": ZIPS / "oneroster_test_data.zip",
}

pytestmark = pytest.mark.skipif(
    not ROSTERS.is_dir(), reason="the real sets are not on this machine"
)

# Departments, people, memberships, roles, courses, enrolments, instructors.
CREATED = {
    "sds-v2": (5, 29, 29, 0, 4, 22, 5),
    "sds-v2.1": (4, 8, 7, 0, 2, 4, 2),
    "1.1": (1, 6, 6, 0, 2, 4, 2),
    "1.2": (1, 6, 6, 1, 2, 4, 2),
    "1.2-delta": (1, 1, 1, 0, 1, 1, 0),
}


@pytest.mark.parametrize("name", SETS)
async def test_every_real_set_imports(importer: Importer, name: str) -> None:
    """Each set imports without a fault and brings what it says."""
    report = await importer(SETS[name])
    assert not report.skipped
    assert tuple(tally.created for tally in report.tallies.values()) == CREATED[name]
    assert all(counts(tally)[1:] == (0, 0, 0) for tally in report.tallies.values())


@pytest.mark.parametrize("name", SETS)
async def test_a_second_import_changes_nothing(importer: Importer, name: str) -> None:
    """The same set again changes nothing, tells nobody, and says so."""
    first = await importer(SETS[name])
    before = await state()
    second = await importer(SETS[name])
    assert await state() == before
    assert before["announcements"] == []
    assert not second.has_changes
    assert str(second).startswith("Nothing has changed.")
    for kind in Kind:
        assert counts(second.tallies[kind]) == (0, 0, 0, first.tallies[kind].created)


@pytest.mark.parametrize("name", SETS)
async def test_a_dry_run_reports_the_same_and_changes_nothing(
    importer: Importer, name: str
) -> None:
    """A dry run finds what the import then does."""
    before = await state()
    dry = await importer(SETS[name], dry_run=True)
    assert await state() == before
    real = await importer(SETS[name])
    assert str(dry).splitlines()[1:] == str(real).splitlines()[1:]
    assert (dry.tallies, dry.ignored_roles) == (real.tallies, real.ignored_roles)


async def test_sds_v2_brings_its_tree(importer: Importer) -> None:
    """A parent that stands further down in the file is a parent all the same."""
    report = await importer(SETS["sds-v2"])
    found = await facts()
    assert {(org, parent) for org, _, parent, _ in found["departments"]} == {
        ("10000", None),
        ("10001", "10000"),
        ("10002", "10000"),
        ("10003", "10004"),
        ("10004", None),
    }
    assert set(found["subtrees"]) == {(org, org) for org, _, _, _ in found["departments"]} | {
        ("10000", "10001"),
        ("10000", "10002"),
        ("10004", "10003"),
    }
    assert report.ignored_roles == {"staff": 1, "aide": 1}
    teachers = {(person, course) for person, course, *_ in found["instructors"]}
    assert ("14011", "11003") in teachers
    assert ("14009", "11002") in teachers


async def test_sds_v21_takes_all_rows_of_roles(importer: Importer) -> None:
    """Somebody with roles in two orgs belongs to both; guardians without roles to none."""
    await importer(SETS["sds-v2.1"])
    memberships = (await facts())["memberships"]
    assert [org for person, org in memberships if person == "114007"] == ["110003", "110004"]
    assert not [org for person, org in memberships if person == "114002"]


async def test_an_unknown_parent_is_a_warning(importer: Importer) -> None:
    """The org stands at the top; its site administrator administers it and no more."""
    report = await importer(SETS["1.2"])
    found = await facts()
    unknown = 'org "org-sch-222-456" stands at the top: its parent "org-sch-222-3456" is unknown'
    assert report.warnings.lines == [f"orgs.csv:2: {unknown}"]
    assert [parent for _, _, parent, _ in found["departments"]] == [None]
    assert found["roles"] == [
        ("usr-222-1234561", Role.DEPARTMENT_ADMIN, "org-sch-222-456", 1, None, 1)
    ]
    assert [(course, old) for course, _, _, old in found["courses"]] == [
        ("cls-222-123456", 0),
        ("cls-222-123478", 1),
    ]


async def test_no_password_or_address_is_ever_stored(importer: Importer, place: Place) -> None:
    """The database, SQLite's bytes too, holds no passwords, e-mail addresses or telephones."""
    for path in SETS.values():
        await importer(path, allow_mass_removal=True)
    held = repr(await snapshot()).encode()
    if not place.is_postgres:
        held += b"".join(path.read_bytes() for path in place.path.parent.glob("messages.db*"))
    assert b"Contoso" in held
    for secret in (b"P@ssword", b"Password1", b"Batman", b"@class", b"@my", b"@outlook", b"60377"):
        assert secret not in held
