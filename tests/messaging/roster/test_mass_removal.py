"""A full file that leaves out too many is a mistake until confirmed."""

from pathlib import Path

import pytest

from messaging.roster import Kind, MassRemovalRefused
from models import Course
from tests.messaging.roster.sets import (
    STATUS,
    Importer,
    delta,
    school,
    state,
    without,
    write_set,
)


@pytest.mark.parametrize("stem", ["users", "enrollments", "classes"])
async def test_a_mass_removal_is_refused_until_confirmed(
    importer: Importer, tmp_path: Path, stem: str
) -> None:
    """More than a fifth of the people or of the enrolments go only when that is meant."""
    folder = school(tmp_path / "set")
    await importer(folder)
    before = await state()
    gone = {
        "users": ("l1,", "l2,", "l3,"),
        "enrollments": ("c1,l0", "c1,l2", "c1,t1"),
        "classes": ("c1",),
    }[stem]
    cut = write_set(tmp_path / "cut", **{stem: without(folder, stem, *gone)})
    says = {
        "users": "leaves out 3 of 13 people\\.",
        "enrollments": "leaves out 3 of 12",
        "classes": "leaves out 6 of 12",
    }[stem]
    for is_dry in (True, False):
        with pytest.raises(MassRemovalRefused, match=says) as caught:
            await importer(cut, dry_run=is_dry)
        assert "--allow-mass-removal" in str(caught.value)
        assert await state() == before
    report = await importer(cut, allow_mass_removal=True)
    assert sum(tally.ended for tally in report.tallies.values()) == len(gone)


async def test_a_fifth_may_go_unasked(importer: Importer, tmp_path: Path) -> None:
    """Two of thirteen are no mass; nor are rows of a delta, however many."""
    folder = school(tmp_path / "set")
    await importer(folder)
    cut = write_set(tmp_path / "cut", users=without(folder, "users", "l1,", "l2,"))
    assert (await importer(cut)).tallies[Kind.PEOPLE].ended == 2
    gone = [f"l{n},,,tobedeleted," for n in range(10)]
    report = await importer(delta(tmp_path / "delta", users=[STATUS, *gone]))
    assert report.tallies[Kind.PEOPLE].ended == 8


async def test_enrolments_of_archived_courses_do_not_count(
    importer: Importer, tmp_path: Path
) -> None:
    """Where a course is archived already, nobody loses anything any more."""
    folder = school(tmp_path / "set")
    await importer(folder)
    await Course.filter(source_id="c1").update(is_archived=True)
    cut = write_set(tmp_path / "cut", enrollments=without(folder, "enrollments", "c1,"))
    report = await importer(cut)
    assert report.tallies[Kind.ENROLMENTS].ended == 5
    assert report.tallies[Kind.INSTRUCTORS].ended == 1
