"""Who writes to whom: a few administrators, many learners, and their chats."""

from dataclasses import dataclass
from datetime import timedelta
from itertools import product

from server.settings import Settings
from server.tokens import issue_token
from tests.faults.cluster import SECRET, Cluster
from tests.support.cast import write_csv

ACCOUNT = "faults"
ADMINISTRATORS = ("ada", "ben", "cleo")
LEARNERS = ("lars", "lena", "lila", "liam", "lucy", "luis")
EVERYBODY = ADMINISTRATORS + LEARNERS
# Each chat is begun by an administrator: learners answer.
CHATS = tuple(product(ADMINISTRATORS, LEARNERS))
_TOKEN_LIFETIME = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody at a front end."""

    name: str
    token: str

    @property
    def may_start(self) -> bool:
        """Whether they may start chats."""
        return self.name in ADMINISTRATORS


def people() -> list[Person]:
    """Everybody, signed in."""
    settings = Settings(jwt_secret=SECRET)
    return [
        Person(name, issue_token(settings, ACCOUNT, name, _TOKEN_LIFETIME)) for name in EVERYBODY
    ]


async def import_people(cluster: Cluster) -> None:
    """Have the database know them."""
    roster = cluster.directory / "roster"
    roster.mkdir()
    write_csv(
        roster / "orgs.csv",
        ("sourcedId", "name", "type", "parentSourcedId"),
        [("school", "School", "district", "")],
    )
    write_csv(
        roster / "users.csv",
        ("sourcedId", "givenName", "familyName", "role", "orgSourcedIds"),
        [(name, name.title(), "Fault", _role(name), "school") for name in EVERYBODY],
    )
    await cluster.command("create-account", ACCOUNT, "--name", "Faults")
    await cluster.command("import-roster", str(roster), "--account", ACCOUNT)


def _role(name: str) -> str:
    return "districtAdministrator" if name in ADMINISTRATORS else "student"
