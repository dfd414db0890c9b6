"""Running services learn of an import by their feeds."""

import json
from pathlib import Path
from uuid import UUID

import pytest

from models import User
from models.database import for_reading
from tests.messaging.roster.sets import CLASSES, ORGS, Importer, school, without


async def told(importer: Importer) -> set[str]:
    """Who has to be told, by source ids."""
    rows = await for_reading().values("SELECT user_ids, concerns_chats FROM pending_announcements")
    assert all(concerns_chats for _, concerns_chats in rows)
    assert all(len(json.loads(user_ids)) <= 1000 for user_ids, _ in rows)
    ids = {UUID(user_id) for user_ids, _ in rows for user_id in json.loads(user_ids)}
    people = await User.filter(account_id=importer.account.id, id__in=list(ids))
    return {person.source_id for person in people}


async def test_newcomers_are_told_nothing(importer: Importer, tmp_path: Path) -> None:
    """Nobody waits for news of people who have only just come."""
    await importer(school(tmp_path / "set"))
    assert await told(importer) == set()


@pytest.mark.parametrize(
    ("stem", "old", "new", "concerned"),
    [
        ("users", "l1,Lea,L1", "l1,Lee,L1", {"l1"}),
        ("users", "l1,Lea,L1\n", "", {"l1"}),
        ("roles", "l1,low,student", "l1,top,student", {"l1"}),
        ("roles", "head,low,principal", "head,low,teacher", {"head"}),
        ("roles", "t1,low,teacher", "t1,low,principal", {"t1"}),
        ("enrollments", "c1,l0,student\n", "", {"l0"}),
        ("enrollments", "c2,l1,student", "c2,l1,student\nc1,l1,student", {"l1"}),
        ("enrollments", "c1,t1,teacher\n", "", {"t1"}),
        ("orgs", "low,The Low,top", "low,The Low,", {"chief"}),
        ("orgs", "low,The Low,top", "low,Lower,top", set()),
        ("classes", "c1,Class One", "c1,Class 1", set()),
    ],
)
async def test_whoever_is_concerned_is_told(
    importer: Importer, tmp_path: Path, stem: str, old: str, new: str, concerned: set[str]
) -> None:
    """Each change is told to those whose facts it changes, and to nobody else."""
    folder = school(tmp_path / "set")
    chief = {
        "users": [*without(folder, "users"), "chief,Chief,Of All"],
        "roles": [*without(folder, "roles"), "chief,top,principal"],
    }
    path = school(folder, **chief) / f"{stem}.csv"
    await importer(path.parent)
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    if stem == "users" and not new:
        for other in ("roles", "enrollments"):
            (path.parent / f"{other}.csv").unlink()
    await importer(path.parent)
    assert await told(importer) == concerned


async def test_an_archived_course_is_told_to_its_people(importer: Importer, tmp_path: Path) -> None:
    """Whoever studies or teaches there has their chats closed."""
    folder = school(tmp_path / "set")
    await importer(folder)
    classes = [f"{CLASSES},status", "c1,Class One,low,tobedeleted", "c2,Class Two,low,active"]
    await importer(school(folder, classes=classes))
    assert await told(importer) == {"l0", "l2", "l4", "l6", "l8", "t1"}


async def test_an_archived_department_is_told_to_its_administrators(
    importer: Importer, tmp_path: Path
) -> None:
    """Whoever administers it may write to its people no more."""
    folder = school(tmp_path / "set")
    await importer(folder)
    orgs = [f"{ORGS},status", "top,The Top,,active", "low,The Low,top,tobedeleted"]
    await importer(school(folder, orgs=orgs))
    assert await told(importer) == {"head"}
    assert without(folder, "orgs") == orgs
