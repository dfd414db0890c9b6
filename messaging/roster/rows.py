"""What each line of each file says, put into staging."""

from collections.abc import Callable
from dataclasses import dataclass

from messaging.roster.cells import Cells, quoted
from messaging.roster.csvfile import Row
from messaging.roster.files import CLASSES, ENROLLMENTS, ORGS, ROLES, USERS, Shape
from messaging.roster.photos import PhotoRule
from messaging.roster.report import ImportReport
from messaging.roster.staging import Staging
from messaging.roster.vocabulary import CLAIMS, PARTS, Claim, RowStatus, plain


@dataclass(frozen=True, slots=True)
class Reading:
    """Where the rows go, and what has to be known to read them."""

    staging: Staging
    shape: Shape
    report: ImportReport
    photos: PhotoRule


def stage(reading: Reading, file: str, row: Row) -> None:
    """Put one row of a file into staging, with its faults."""
    cells = Cells(row)
    _STAGE[file](reading, cells)
    for problem in cells.problems:
        reading.staging.fault(file, cells.line, problem)
    if not cells.is_legible:
        reading.shape.illegible.add(file)


def _stage_org(reading: Reading, cells: Cells) -> None:
    source_id = cells.identifier("sourcedId")
    name = cells.text("name")
    parent = cells.text("parentSourcedId")
    is_gone = cells.status() is RowStatus.GONE
    # Rows of what has gone are often blank but for the id.
    states_parent = reading.shape.has(ORGS, "parentSourcedId") and not (is_gone and not parent)
    values = (name or None, parent or None, states_parent, is_gone)
    _stage_unique(reading, cells, ORGS, "orgs", source_id, values)


def _stage_person(reading: Reading, cells: Cells) -> None:
    source_id = cells.identifier("sourcedId")
    name = f"{cells.words('givenName')} {cells.words('familyName')}".strip()
    cells.checked(name, "the name")
    is_gone = cells.status() is RowStatus.GONE
    is_active = cells.flag("enabledUser") and not is_gone
    orgs = [part.strip() for part in cells.words("orgSourcedIds").split(",") if part.strip()]
    for listed in orgs:
        cells.checked(listed, "orgSourcedIds")
    values = (name or None, _photo(reading, cells), is_active, is_gone)
    if not _stage_unique(reading, cells, USERS, "people", source_id, values) or is_gone:
        return
    claim = CLAIMS.get(plain(cells.words("role")))
    places: list[str | None] = list(dict.fromkeys(orgs))
    _warn_of_no_place(reading, USERS, cells, claim, bool(orgs))
    for org in places or ([None] if claim else []):
        reading.staging.insert(
            "claims", (USERS, cells.line, source_id, org, claim, True, cells.is_bad)
        )


def _stage_role(reading: Reading, cells: Cells) -> None:
    person = cells.identifier("userSourcedId")
    org = cells.text("orgSourcedId")
    claim = CLAIMS.get(plain(cells.words("role")))
    is_active = cells.status() is RowStatus.ACTIVE
    _check_row_id(reading, cells, ROLES)
    _warn_of_no_place(reading, ROLES, cells, claim, bool(org))
    reading.staging.insert(
        "claims", (ROLES, cells.line, person, org or None, claim, is_active, cells.is_bad)
    )


def _warn_of_no_place(
    reading: Reading, file: str, cells: Cells, claim: Claim | None, has_org: bool
) -> None:
    if claim in (Claim.DEPARTMENT_ADMIN, Claim.ADMINISTRATOR) and not has_org:
        reading.report.warn(
            f"{file}:{cells.line}: {cells.words('role')} of no org: there is nothing to administer"
        )


def _stage_class(reading: Reading, cells: Cells) -> None:
    source_id = cells.identifier("sourcedId")
    title = cells.text("title")
    org = cells.text("schoolSourcedId") or cells.text("orgSourcedId")
    is_gone = cells.status() is RowStatus.GONE
    has_org = reading.shape.has(CLASSES, "schoolSourcedId", "orgSourcedId")
    values = (title or None, org or None, has_org and not (is_gone and not org), is_gone)
    _stage_unique(reading, cells, CLASSES, "classes", source_id, values)


def _stage_enrolment(reading: Reading, cells: Cells) -> None:
    course = cells.identifier("classSourcedId")
    person = cells.identifier("userSourcedId")
    word = cells.words("role")
    part = PARTS.get(plain(word))
    is_active = cells.status() is RowStatus.ACTIVE
    _check_row_id(reading, cells, ENROLLMENTS)
    if part is None and is_active and not cells.is_bad:
        reading.report.ignore_role(word)
    reading.staging.insert(
        "enrolments", (cells.line, person, course, part, is_active, cells.is_bad)
    )


_STAGE: dict[str, Callable[[Reading, Cells], None]] = {
    ORGS: _stage_org,
    USERS: _stage_person,
    ROLES: _stage_role,
    CLASSES: _stage_class,
    ENROLLMENTS: _stage_enrolment,
}


def _stage_unique(
    reading: Reading,
    cells: Cells,
    file: str,
    table: str,
    source_id: str,
    values: tuple[object, ...],
) -> bool:
    """Put a row with an id of its own into staging, unless the id is there already."""
    if not source_id:
        return False
    if reading.staging.insert(table, (source_id, cells.line, *values, cells.is_bad)):
        return True
    first = reading.staging.number(
        f"SELECT line FROM {table} WHERE id = ?",  # our own names
        source_id,
    )
    cells.problems.append(_duplicate(file, source_id, first))
    return False


def _check_row_id(reading: Reading, cells: Cells, file: str) -> None:
    """OneRoster gives these rows ids, which concern us only as a sign of mistakes; SDS does not."""
    if not reading.shape.has(file, "sourcedId"):
        return
    row_id = cells.text("sourcedId")
    if not row_id:
        cells.problems.append("sourcedId is missing")
    elif not reading.staging.insert("row_ids", (file, row_id, cells.line)):
        first = reading.staging.number(
            "SELECT line FROM row_ids WHERE file = ? AND id = ?", file, row_id
        )
        cells.problems.append(_duplicate(file, row_id, first))


def _duplicate(file: str, source_id: str, first: int) -> str:
    return f"sourcedId {quoted(source_id)} stands in {file}:{first} already"


def _photo(reading: Reading, cells: Cells) -> str | None:
    address = cells.words("metadata.photoUrl")
    if not address:
        return None
    if reading.photos.allows(address):
        return address
    reading.report.refuse_photo()
    return None
