"""Whether everything that the rows name is there."""

from dataclasses import dataclass
from uuid import UUID

from messaging.roster.cells import quoted
from messaging.roster.files import CLASSES, ENROLLMENTS, ORGS, ROLES, USERS, Shape
from messaging.roster.lookups import ids_of
from messaging.roster.staging import Staging
from models.database import Database


@dataclass(frozen=True, slots=True)
class Reference:
    """A column of staging that names rows of another table."""

    holder: str
    column: str
    target: str
    noun: str
    # Whose fault it is: an SQL expression for the file.
    file: str
    # Which rows need what they name; those that take something away do not.
    needs: str = "is_active"
    key: str = "rowid"


REFERENCES = (
    Reference("claims", "org", "orgs", "org", "file"),
    Reference("claims", "person", "people", "user", "file", f"is_active AND file = '{ROLES}'"),
    Reference(
        "classes", "org", "orgs", "org", f"'{CLASSES}'", "states_org AND NOT is_archived", key="id"
    ),
    Reference("enrolments", "class", "classes", "class", f"'{ENROLLMENTS}'"),
    Reference("enrolments", "person", "people", "user", f"'{ENROLLMENTS}'"),
)

_TABLES = {"people": "users", "classes": "courses"}
_FILES = {"orgs": ORGS, "people": USERS, "classes": CLASSES}


async def load_known(db: Database, account_id: UUID, shape: Shape, staging: Staging) -> None:
    """Note who and what the set names and only the account has, where the set need not tell."""
    for reference in REFERENCES:
        target = reference.target
        if target == "orgs" or shape.is_full(_FILES[target]):
            continue
        for chunk in staging.chunks(
            _unknown(reference, f"DISTINCT {reference.column}"), reference.column
        ):
            names = [name for (name,) in chunk]
            standing = await ids_of(db, _TABLES[target], account_id, names)
            staging.insert_all("known", ((target, name) for name in standing))


def check_references(staging: Staging) -> None:
    """Fault every row that needs something which is nowhere."""
    for reference in REFERENCES:
        columns = f"{reference.key}, {reference.file}, line, {reference.column}"
        for chunk in staging.chunks(_unknown(reference, columns), reference.key):
            for key, file, line, name in chunk:
                staging.fault(file, line, f"there is no {reference.noun} {quoted(name)}")
                _mark(staging, reference, key)
    # The row goes, so it says nothing of a department that nobody knows.
    staging.execute(
        "UPDATE classes SET states_org = 0, org = NULL WHERE is_archived AND org IS NOT NULL "
        "AND NOT EXISTS (SELECT 1 FROM orgs o WHERE o.id = classes.org) "
        "AND NOT EXISTS (SELECT 1 FROM known k WHERE k.kind = 'orgs' AND k.id = classes.org)"
    )


def skip_dependents(staging: Staging) -> None:
    """Fault every row that depends on a bad one, so that it is skipped with it."""
    _skip_orgs(staging)
    for reference in REFERENCES:
        if reference.target == "people":
            _skip_people(staging)
        columns = f"{reference.key}, {reference.file}, line, {reference.column}"
        select = (
            f"SELECT {columns} FROM {reference.holder} h WHERE NOT bad "  # ours
            f"AND EXISTS (SELECT 1 FROM {reference.target} t "
            f"WHERE t.id = h.{reference.column} AND t.bad)"
        )
        for chunk in staging.chunks(select, reference.key):
            for key, file, line, name in chunk:
                staging.fault(file, line, f"{reference.noun} {quoted(name)} is skipped")
                _mark(staging, reference, key)


def _skip_orgs(staging: Staging) -> None:
    select = (
        "SELECT id, line, parent FROM orgs WHERE NOT bad "
        "AND EXISTS (SELECT 1 FROM orgs o WHERE o.id = orgs.parent AND o.bad)"
    )
    found = True
    while found:
        found = False
        for chunk in staging.chunks(select, "id"):
            found = True
            for org, line, parent in chunk:
                staging.fault(ORGS, line, f"org {quoted(parent)} is skipped")
                staging.execute("UPDATE orgs SET bad = 1 WHERE id = ?", org)


def _skip_people(staging: Staging) -> None:
    """Whoever's own row names a bad org is bad; and so is all else that the row says."""
    staging.execute(
        f"UPDATE people SET bad = 1 WHERE id IN "  # of constants
        f"(SELECT person FROM claims WHERE bad AND file = '{USERS}')"
    )
    staging.execute(
        f"UPDATE claims SET bad = 1 WHERE file = '{USERS}' "  # of constants
        f"AND person IN (SELECT id FROM people WHERE bad)"
    )


def _unknown(reference: Reference, columns: str) -> str:
    column, target = reference.column, reference.target
    return (
        f"SELECT {columns} FROM {reference.holder} h "  # of constants
        f"WHERE {reference.needs} AND {column} IS NOT NULL AND {column} != '' "
        f"AND NOT EXISTS (SELECT 1 FROM {target} t WHERE t.id = h.{column}) "
        f"AND NOT EXISTS (SELECT 1 FROM known k WHERE k.kind = '{target}' AND k.id = h.{column})"
    )


def _mark(staging: Staging, reference: Reference, key: object) -> None:
    staging.execute(f"UPDATE {reference.holder} SET bad = 1 WHERE {reference.key} = ?", key)  # ours
