"""Users become people."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from messaging.roster.cells import quoted
from messaging.roster.changes import Changes
from messaging.roster.files import USERS
from messaging.roster.job import Job
from messaging.roster.lookups import held
from messaging.roster.owners import Owners, owners_of, stays
from messaging.roster.report import Kind
from models import Role, User, UserStatus
from models.database import Database
from models.ids import new_id
from models.user import search_form

_PEOPLE = "SELECT id, name, photo, is_active, is_gone FROM people WHERE NOT bad"
_STANDING = """
SELECT id, source_id, name, photo_url, roster_status, hand_status, status FROM users WHERE
"""
_NAMED = _STANDING + "account_id = $1 AND source_id IN ({keys})"
_MISSING = _STANDING + "id IN ({keys})"
_INSERT = """
INSERT INTO users
    (id, account_id, source_id, name, search_name, photo_url, role, roster_status, status)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
"""
_INSERT_MAILBOX = """
INSERT INTO mailboxes (user_id, seq, pruned_seq, unread_count) VALUES ($1, $2, $3, $4)
"""
_UPDATE = """
UPDATE users SET name = $1, search_name = $2, photo_url = $3, roster_status = $4, status = $5
WHERE id = $6
"""


@dataclass(frozen=True, slots=True)
class _Person:
    source_id: str
    name: str | None
    photo: str | None
    is_active: bool
    is_gone: bool

    @property
    def status(self) -> UserStatus:
        return UserStatus.ACTIVE if self.is_active else UserStatus.DEACTIVATED


@dataclass(frozen=True, slots=True)
class _Standing:
    id: UUID
    source_id: str
    name: str
    photo_url: str | None
    roster_status: UserStatus
    hand_status: UserStatus | None
    status: UserStatus


async def take_people(job: Job) -> None:
    """Create and update whom the set names."""
    total = job.staging.number("SELECT count(*) FROM people WHERE NOT bad")

    async def compare(db: Database, chunk: Sequence[tuple[Any, ...]]) -> Changes:
        return await _compare(job, db, [_Person(*row) for row in chunk])

    await job.take("people", total, job.staging.chunks(_PEOPLE, "id"), compare)


async def deactivate_missing_people(job: Job) -> None:
    """Deactivate whom the full file leaves out."""

    async def compare(db: Database, chunk: Sequence[UUID]) -> Changes:
        changes, owners = Changes(), await owners_of(job, db)
        for user in await held(db, _Standing, _MISSING, chunk):
            _update(user, user.name, user.photo_url, UserStatus.DEACTIVATED, owners, changes)
        return changes

    await job.take_missing("people", compare)


async def _compare(job: Job, db: Database, people: Sequence[_Person]) -> Changes:
    changes, owners = Changes(), await owners_of(job, db)
    has_photos = job.shape.has(USERS, "metadata.photoUrl")
    names = [person.source_id for person in people]
    rows = await held(db, _Standing, _NAMED, names, job.account_id)
    standing = {user.source_id: user for user in rows}
    for person in people:
        user = standing.get(person.source_id)
        if user is not None:
            photo = person.photo if has_photos else user.photo_url
            _update(user, person.name or user.name, photo, person.status, owners, changes)
        elif person.is_gone:
            # Nothing is held of somebody who is to be deleted and never was here.
            changes.passed_over += 1
        else:
            _create(job.account_id, person, changes)
    return changes


def _create(account_id: UUID, person: _Person, changes: Changes) -> None:
    user_id, name = new_id(), person.name or person.source_id
    own = (user_id, account_id, person.source_id)
    shown = (name, search_form(name), person.photo)
    changes.inserts[_INSERT].append((*own, *shown, Role.LEARNER, person.status, person.status))
    changes.inserts[_INSERT_MAILBOX].append((user_id, 0, 0, 0))
    changes.new_people.append(person.source_id)
    changes.tallies[Kind.PEOPLE].created += 1


def _update(
    user: _Standing,
    name: str,
    photo: str | None,
    said: UserStatus,
    owners: Owners,
    changes: Changes,
) -> None:
    """Write what differs, and count it as what it means to the person."""
    goes = user.hand_status is None and said is not UserStatus.ACTIVE
    if goes and not owners.may_go(user.id):
        changes.kept.append(stays(user.source_id))
        said = user.roster_status
    status = _status(user, said, changes)
    has_changed = (name, photo, status) != (user.name, user.photo_url, user.status)
    if has_changed or said is not user.roster_status:
        changes.writes[_UPDATE].append((name, search_form(name), photo, said, status, user.id))
    if has_changed:
        changes.concerned.add(user.id)
        is_end = status is not user.status and status is not UserStatus.ACTIVE
        changes.tallies[Kind.PEOPLE].count_change(is_end=is_end)
    else:
        # What the roster says beneath a hand's word changes nothing for anybody.
        changes.tallies[Kind.PEOPLE].unchanged += 1


def _status(user: _Standing, said: UserStatus, changes: Changes) -> UserStatus:
    row = User(roster_status=user.roster_status, hand_status=user.hand_status, status=user.status)
    if not row.set_status_by_roster(said):
        roster = "active" if said is UserStatus.ACTIVE else "gone or disabled"
        changes.kept.append(
            f"user {quoted(user.source_id)} stays {row.status.lower()}; by the roster {roster}"
        )
    return row.status
