"""Whatever imports and hands do, in whichever order, users.role is what the grants say."""

import asyncio
import random
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest

from messaging.actions.grants import grant_role, revoke_role
from messaging.errors import BadInput
from messaging.roles import GRANTABLE
from models import Role
from models.database import for_reading
from tests.messaging.roster.sets import Importer, delta, write_set

ROUNDS = 30
ORGS = ("a", "b", "c")
PEOPLE = ("p", "q", "r", "s", "t")
WORDS = ("student", "principal", "administrator", "districtAdministrator", "systemAdministrator")
STATUSES = ("active", "active", "tobedeleted")

# Whose role is another one than the highest that they hold.
ASTRAY = """SELECT u.source_id, u.role FROM users u WHERE u.role <> COALESCE((
    SELECT g.role FROM role_grants g LEFT JOIN departments d ON d.id = g.department_id
    WHERE g.user_id = u.id AND g.is_active AND NOT COALESCE(d.is_archived, FALSE)
    ORDER BY g.role = 'OWNER' DESC, g.role = 'ACCOUNT_ADMIN' DESC LIMIT 1), 'LEARNER')"""


@pytest.mark.parametrize("seed", [1, 2])
async def test_the_stored_role_follows_from_imports_and_hands(
    importer: Importer, tmp_path: Path, seed: int
) -> None:
    """Orgs come, go and come back, rosters and hands give and take, also at the same time."""
    chance = random.Random(seed)  # noqa: S311  # a play, no secret
    held: set[str] = set()
    for number in range(ROUNDS):
        await asyncio.gather(
            imported(importer, a_roster(chance, tmp_path / str(number))),
            *(by_hand(chance, importer) for _ in range(chance.randint(0, 2))),
        )
        db = for_reading()
        assert await db.values(ASTRAY) == []
        held.update(role for (role,) in await db.values("SELECT role FROM users"))
    assert held == {*GRANTABLE, Role.LEARNER}


def a_roster(chance: random.Random, folder: Path) -> Path:
    """Some of the orgs and roles, full or a delta; each row says that it holds, or does no more."""
    write = chance.choice((write_set, delta))
    status = partial(chance.choice, STATUSES)
    roles = [
        f"{chance.choice(PEOPLE)},{chance.choice(ORGS)},{chance.choice(WORDS)},{status()}"
        for _ in range(6)
    ]
    files = {
        "orgs": ["sourcedId,name,parentSourcedId,status", *(f"{org},,,{status()}" for org in ORGS)],
        "users": ["sourcedId,givenName,familyName", *(f"{person},P,P" for person in PEOPLE)],
        "roles": ["userSourcedId,orgSourcedId,role,status", *roles],
    }
    left_out = chance.choice((*files, None))
    return write(folder, **{stem: files[stem] for stem in files if stem != left_out})


async def imported(importer: Importer, roster: Path) -> None:
    """Import it, but for the rows that name what has never been there."""
    await importer(roster, skip_bad_rows=True, allow_mass_removal=True)


async def by_hand(chance: random.Random, importer: Importer) -> None:
    """Grant or revoke some role; whoever is not there yet, or is the last owner, is left alone."""
    role = chance.choice(GRANTABLE)
    org = chance.choice(ORGS) if role is Role.DEPARTMENT_ADMIN else None
    change = chance.choice((grant_role, revoke_role))
    with suppress(BadInput):
        person = chance.choice(PEOPLE)
        await importer.office.run(change, importer.account.id, person, role, org)
