"""The named cast: an organisation set up once through real actions, copied for each test.

    Academy (root)            rita administers it
    ├── Sciences              mia administers it
    │   └── Physics           leo administers it; ines, ivan, lena, nora, dora, remo belong here
    └── Arts                  luca and tina belong here

olga owns the account, adam administers it. Mechanics is taught by ines and, until unassigned, by
ivan; lena, nora, dora and remo study it. Painting is taught by tina; luca studies it. dora is
deactivated, remo removed. sam owns another account.
"""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from uuid import UUID

from messaging.actions.administration import deactivate_user, remove_user, unassign_instructor
from messaging.doorbell import Doorbell
from messaging.feed.announcements import Announcer
from messaging.roster import ImportOptions, import_roster
from messaging.viewers import Viewer, find_viewer
from messaging.work import UnitOfWork
from models import Account, Course, User, database
from models.database import for_reading

ACCOUNT = "academy"
OTHER_ACCOUNT = "elsewhere"
# Of the other account: its owner, and whom some tests add.
STRANGERS = frozenset({"sam", "sid", "sue"})

ORGS = (
    ("academy", "Academy", "district", ""),
    ("sciences", "Sciences", "school", "academy"),
    ("physics", "Physics", "department", "sciences"),
    ("arts", "Arts", "school", "academy"),
)
# (name, role word, org)
PEOPLE = (
    ("olga", "systemAdministrator", "academy"),
    ("adam", "districtAdministrator", "academy"),
    ("rita", "siteAdministrator", "academy"),
    ("mia", "siteAdministrator", "sciences"),
    ("leo", "siteAdministrator", "physics"),
    ("ines", "teacher", "physics"),
    ("ivan", "teacher", "physics"),
    ("lena", "student", "physics"),
    ("nora", "student", "physics"),
    ("dora", "student", "physics"),
    ("remo", "student", "physics"),
    ("luca", "student", "arts"),
    ("tina", "teacher", "arts"),
)
CLASSES = (("mechanics", "Mechanics", "physics"), ("painting", "Painting", "arts"))
ENROLLMENTS = (
    ("mechanics", "ines", "teacher"),
    ("mechanics", "ivan", "teacher"),
    ("mechanics", "lena", "student"),
    ("mechanics", "nora", "student"),
    ("mechanics", "dora", "student"),
    ("mechanics", "remo", "student"),
    ("painting", "tina", "teacher"),
    ("painting", "luca", "student"),
)
EVERYBODY = tuple(name for name, _, _ in PEOPLE)
# Those who can sign in.
ACTIVE = tuple(name for name in EVERYBODY if name not in ("dora", "remo"))


def write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write one file of a roster."""
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)


def write_roster(directory: Path, people: Iterable[tuple[str, str, str]] = PEOPLE) -> Path:
    """Write the cast's roster, OneRoster 1.1."""
    directory.mkdir(parents=True, exist_ok=True)
    write_csv(directory / "orgs.csv", ("sourcedId", "name", "type", "parentSourcedId"), ORGS)
    write_csv(
        directory / "users.csv",
        ("sourcedId", "givenName", "familyName", "role", "orgSourcedIds"),
        [(name, name.title(), "Cast", role, org) for name, role, org in people],
    )
    write_csv(directory / "classes.csv", ("sourcedId", "title", "schoolSourcedId"), CLASSES)
    write_csv(
        directory / "enrollments.csv", ("classSourcedId", "userSourcedId", "role"), ENROLLMENTS
    )
    return directory


async def make_cast(database_url: str, workspace: Path) -> None:
    """Make a database in which the whole cast stands ready."""
    await database.migrate(database_url)
    await database.connect(database_url)
    try:
        office = UnitOfWork(Doorbell("memory://"))
        account = await Account.create(slug=ACCOUNT, name="Academy")
        await import_roster(office, account, write_roster(workspace / "cast"), ImportOptions())
        elsewhere = await Account.create(slug=OTHER_ACCOUNT, name="Elsewhere")
        others = write_roster(workspace / "others", [("sam", "systemAdministrator", "academy")])
        (others / "enrollments.csv").unlink()
        await import_roster(office, elsewhere, others, ImportOptions())
        olga = await viewer_of("olga")
        await office.run(
            unassign_instructor, olga, await course_id("mechanics"), await user_id("ivan")
        )
        await office.run(deactivate_user, olga, await user_id("dora"))
        await office.run(remove_user, olga, await user_id("remo"))
        await Announcer(office).announce_pending()
    finally:
        await database.disconnect()


async def viewer_of(name: str, account: str = ACCOUNT) -> Viewer:
    """One of the cast as the one calling."""
    viewer = await find_viewer(for_reading(), account, name)
    assert viewer is not None
    return viewer


async def user_id(name: str) -> UUID:
    """The id of one of the cast."""
    return (await User.get(source_id=name)).id


async def course_id(source_id: str, account: str = ACCOUNT) -> UUID:
    """The id of one of the courses."""
    return (await Course.get(source_id=source_id, account__slug=account)).id
