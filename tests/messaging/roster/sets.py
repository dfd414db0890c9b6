"""Small rosters to import, and what an account holds afterwards."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from messaging.roster import ImportOptions, ImportReport, Tally, import_roster
from messaging.work import UnitOfWork
from models import Account, User
from models.database import for_reading

ORGS = "sourcedId,name,parentSourcedId"
USERS = "sourcedId,givenName,familyName"
ROLES = "userSourcedId,orgSourcedId,role"
CLASSES = "sourcedId,title,schoolSourcedId"
STATUS = f"{USERS},status,enabledUser"
ENROLLMENTS = "classSourcedId,userSourcedId,role"

# What an import writes, by names instead of ids.
STATE = {
    "departments": """SELECT d.source_id, d.name, p.source_id, d.is_archived FROM departments d
        LEFT JOIN departments p ON p.id = d.parent_id""",
    "subtrees": """SELECT t.source_id, d.source_id FROM department_subtrees s
        JOIN departments t ON t.id = s.top_id JOIN departments d ON d.id = s.department_id""",
    "people": """SELECT u.source_id, u.name, u.search_name, u.photo_url, u.role, u.roster_status,
        u.hand_status, u.status FROM users u JOIN mailboxes m ON m.user_id = u.id""",
    "memberships": """SELECT u.source_id, d.source_id FROM memberships m
        JOIN users u ON u.id = m.user_id JOIN departments d ON d.id = m.department_id""",
    "roles": """SELECT u.source_id, g.role, d.source_id, g.by_roster, g.by_hand, g.is_active
        FROM role_grants g JOIN users u ON u.id = g.user_id
        LEFT JOIN departments d ON d.id = g.department_id""",
    "courses": """SELECT c.source_id, c.title, d.source_id, c.is_archived FROM courses c
        LEFT JOIN departments d ON d.id = c.department_id""",
    "enrolments": """SELECT u.source_id, c.source_id, e.is_active FROM enrolments e
        JOIN users u ON u.id = e.user_id JOIN courses c ON c.id = e.course_id""",
    "instructors": """SELECT u.source_id, c.source_id, i.by_roster, i.by_hand, i.is_active
        FROM instructor_assignments i
        JOIN users u ON u.id = i.user_id JOIN courses c ON c.id = i.course_id""",
    "announcements": "SELECT user_ids, concerns_chats FROM pending_announcements",
}

State = dict[str, list[tuple[Any, ...]]]


async def state() -> State:
    """All that imports write, in a fixed order."""
    db = for_reading()
    return {part: sorted(await db.values(select), key=repr) for part, select in STATE.items()}


async def facts() -> State:
    """The same without who has to be told."""
    found = await state()
    del found["announcements"]
    return found


def write_set(folder: Path, **files: Sequence[str]) -> Path:
    """Write files of lines, named by their stems; the first line is the header."""
    folder.mkdir(exist_ok=True)
    for stem, lines in files.items():
        (folder / f"{stem}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def school(folder: Path, **changed: Sequence[str]) -> Path:
    """Write a school: two levels, an administrator, ten learners, two teachers, two classes."""
    learners = [f"l{n}" for n in range(10)]
    files: dict[str, Sequence[str]] = {
        "orgs": [ORGS, "top,The Top,", "low,The Low,top"],
        "users": [USERS, "head,Hedda,Head", "t1,Tea,One", "t2,Tea,Two"]
        + [f"{learner},Lea,{learner.title()}" for learner in learners],
        "roles": [ROLES, "head,low,principal", "t1,low,teacher", "t2,low,teacher"]
        + [f"{learner},low,student" for learner in learners],
        "classes": [CLASSES, "c1,Class One,low", "c2,Class Two,low"],
        "enrollments": [ENROLLMENTS, "c1,t1,teacher", "c2,t2,teacher"]
        + [f"c{n % 2 + 1},{learner},student" for n, learner in enumerate(learners)],
    }
    return write_set(folder, **(files | changed))


def delta(folder: Path, **files: Sequence[str]) -> Path:
    """Write files that the manifest calls deltas."""
    manifest = ["propertyName,value", *(f"file.{stem},delta" for stem in files)]
    return write_set(folder, manifest=manifest, **files)


def without(lines_of: Path, stem: str, *starts: str) -> list[str]:
    """The lines of a written file but for those that start so."""
    lines = (lines_of / f"{stem}.csv").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if not line.startswith(starts)]


@dataclass(frozen=True, slots=True)
class Importer:
    """An account that rosters are imported into."""

    office: UnitOfWork
    account: Account

    async def __call__(self, path: Path, **options: bool) -> ImportReport:
        """Import the roster."""
        return await import_roster(self.office, self.account, path, ImportOptions(**options))

    async def user(self, source_id: str) -> User:
        """A person of the account."""
        return await User.get(account_id=self.account.id, source_id=source_id)


def counts(tally: Tally) -> tuple[int, int, int, int]:
    """Created, updated, ended, unchanged."""
    return tally.created, tally.updated, tally.ended, tally.unchanged
