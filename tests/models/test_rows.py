"""Lines of raw SQL become light objects, nested and optional ones too."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import pytest

from models import Role
from models.ids import new_id
from models.rows import interned, reader_of

KEY = UUID(int=7)
MOMENT = datetime(2026, 11, 23, 6, 30, 0, 250, tzinfo=UTC)


@dataclass
class Person:
    """A row within a row."""

    id: UUID
    role: Role


@dataclass
class Letter:
    """A row with every kind of field."""

    id: UUID
    sender: Person
    course: Person | None
    sent_at: datetime | None
    is_mine: bool
    is_read: bool | None
    body: str


AS_SQLITE_SAYS_IT = (str(KEY), str(KEY), "OWNER", str(KEY), "LEARNER", str(MOMENT), 1, 0, "Hello")
AS_POSTGRES_SAYS_IT = (KEY, KEY, "OWNER", KEY, "LEARNER", MOMENT, True, False, "Hello")


@pytest.mark.parametrize(
    ("values", "is_sqlite"), [(AS_SQLITE_SAYS_IT, True), (AS_POSTGRES_SAYS_IT, False)]
)
def test_both_databases_make_the_same_row(values: tuple[object, ...], *, is_sqlite: bool) -> None:
    """Ids, times, truths and enumerations are the same, however a database hands them out."""
    letter = reader_of(Letter, is_sqlite=is_sqlite)(values)
    assert letter == Letter(
        KEY, Person(KEY, Role.OWNER), Person(KEY, Role.LEARNER), MOMENT, True, False, "Hello"
    )
    assert (type(letter.is_mine), type(letter.sender.role)) == (bool, Role)


@pytest.mark.parametrize("is_sqlite", [True, False])
def test_a_nested_row_that_may_be_missing_is_none(*, is_sqlite: bool) -> None:
    """It is None where its first column is, and the columns behind it stay in their places."""
    values = list(AS_SQLITE_SAYS_IT if is_sqlite else AS_POSTGRES_SAYS_IT)
    values[3:6] = [None, None, None]
    values[7] = None
    letter = reader_of(Letter, is_sqlite=is_sqlite)(values)
    assert (letter.course, letter.sent_at, letter.is_read) == (None, None, None)
    assert (letter.is_mine, letter.body) == (True, "Hello")


def test_a_nested_row_that_must_be_there_is_never_none() -> None:
    """Only a field that says it may be None hides a line whose columns are empty."""
    values = [KEY, None, "OWNER", None, None, None, True, None, "Hello"]
    assert reader_of(Letter, is_sqlite=False)(values).sender == Person(None, Role.OWNER)  # type: ignore[arg-type]  # what is tested


@interned
@dataclass(frozen=True)
class Case:
    """One of few."""

    role: Role
    is_open: bool


@dataclass
class Chat:
    """A row with a case, and with none."""

    id: UUID
    case: Case
    other: Case | None
    title: str


@pytest.mark.parametrize("is_sqlite", [True, False])
def test_equal_lines_of_an_interned_class_are_one_object(*, is_sqlite: bool) -> None:
    """They are so within rows too, and are converted all the same."""
    read = reader_of(Chat, is_sqlite=is_sqlite)
    key = str(KEY) if is_sqlite else KEY
    one = read((key, "OWNER", True, None, None, "one"))
    two = read((key, "OWNER", True, "LEARNER", False, "two"))
    assert one == Chat(KEY, Case(Role.OWNER, True), None, "one")
    assert two == Chat(KEY, Case(Role.OWNER, True), Case(Role.LEARNER, False), "two")
    assert one.case is two.case


@pytest.mark.parametrize("width", [5, 7])
def test_a_line_of_another_width_is_no_row(width: int) -> None:
    """A SELECT list that does not fit its class is told at once, and fills no field wrongly."""
    with pytest.raises(ValueError, match="values to unpack"):
        reader_of(Chat, is_sqlite=False)([KEY, "OWNER", True, "OWNER", True, "x", 1][:width])


def test_new_ids_sort_by_their_birth() -> None:
    """Keys are UUIDv7: a later one is greater, so rows written together lie together."""
    ids = [new_id() for _ in range(1_000)]
    assert ids == sorted(set(ids))
    assert {each.version for each in ids} == {7}
