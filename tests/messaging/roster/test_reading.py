"""Files as they come."""

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from messaging.roster import (
    ImportOptions,
    Kind,
    RosterFaulty,
    RosterUnreadable,
    import_roster,
)
from tests.messaging.roster.sets import USERS, Importer, facts, school, state, write_set

ENCODINGS = ["utf-8", "utf-8-sig", "utf-16"]
LINE_ENDS = ["\n", "\r", "\r\n"]


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("end", LINE_ENDS)
async def test_marks_and_line_ends(
    importer: Importer, tmp_path: Path, encoding: str, end: str
) -> None:
    """A byte order mark and any line end are read; the last line may lack its end."""
    lines = [USERS, "a,Zoë,Öz", "", "b,弘,山本"]
    folder = write_set(tmp_path / "set")
    (folder / "users.csv").write_bytes(end.join(lines).encode(encoding))
    await importer(folder)
    assert [row[:3] for row in (await facts())["people"]] == [
        ("a", "Zoë Öz", "zoë öz"),
        ("b", "弘 山本", "弘 山本"),
    ]


async def test_western_letters_are_read_with_a_warning(importer: Importer, tmp_path: Path) -> None:
    """A file that is no UTF-8 is read as Windows-1252, and the report says so."""
    folder = write_set(tmp_path / "set")
    (folder / "users.csv").write_bytes(f"{USERS}\na,Zoë,Öz\n".encode("cp1252"))
    report = await importer(folder)
    assert (await facts())["people"][0][1] == "Zoë Öz"
    assert report.warnings.lines == ["users.csv is not in UTF-8 and was read as Windows-1252"]


async def test_columns_in_any_order_and_case(importer: Importer, tmp_path: Path) -> None:
    """Headers count by name; blank, misspelt and unknown ones, and blank cells, are no fault."""
    folder = write_set(
        tmp_path / "set",
        USERS=[
            "FAMILYNAME, Given Name ,dataLastModified,sourced_id,,Enabled-User,,",
            "One,Ann,1/05/2023,a,left out,TRUE",
            "Two,Bob,,b,,1,,,,,,",
            "Three,Cid,,c,,true,,",
            "Four,Dan,,d,,FALSE",
            'Five,"Eve, the ""first""",,e',
        ],
    )
    (folder / "USERS.csv").rename(folder / "Users.CSV")
    await importer(folder)
    assert [(row[0], row[1], row[7]) for row in (await facts())["people"]] == [
        ("a", "Ann One", "ACTIVE"),
        ("b", "Bob Two", "ACTIVE"),
        ("c", "Cid Three", "ACTIVE"),
        ("d", "Dan Four", "DEACTIVATED"),
        ("e", 'Eve, the "first" Five', "ACTIVE"),
    ]


async def test_a_zip_may_hold_a_folder(importer: Importer, tmp_path: Path) -> None:
    """Archives hold one folder as often as bare files; what macOS adds is passed over."""
    folder = school(tmp_path / "set")
    with zipfile.ZipFile(tmp_path / "set.zip", "w") as archive:
        for path in folder.iterdir():
            archive.write(path, f"export/2026/{path.name}")
            archive.writestr(f"__MACOSX/export/2026/._{path.name}", b"\x00\x05")
    report = await importer(tmp_path / "set.zip")
    assert report.tallies[Kind.PEOPLE].created == 13


async def test_files_that_are_not_there_are_not_missed(importer: Importer, tmp_path: Path) -> None:
    """A set may bring one file only; the others then stand as they are."""
    folder = school(tmp_path / "set")
    await importer(folder)
    before = await facts()
    await importer(write_set(tmp_path / "users", users=(folder / "users.csv").read_text().split()))
    assert await facts() == before


def _write_bytes(path: Path, content: bytes) -> None:
    path.mkdir()
    (path / "users.csv").write_bytes(content)


def _zip_two(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a/users.csv", USERS)
        archive.writestr("b/users.csv", USERS)


def _zip_broken(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("users.csv", USERS + "\n" + "a,b,c\n" * 1000)
    content = bytearray(path.read_bytes())
    content[45:60] = b"\xff" * 15
    path.write_bytes(content)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda _path: None, "There is nothing at"),
        (lambda path: path.mkdir(), "holds none of orgs.csv, users.csv"),
        (lambda path: path.write_bytes(b"sourcedId"), "neither a directory of CSV files nor a zip"),
        (lambda path: write_set(path, users=[USERS], USERS=[USERS]), "holds users.csv twice"),
        (lambda path: _write_bytes(path, b"a,\x81\xff\n"), "users.csv is not text in UTF-8"),
        (lambda path: _write_bytes(path, b"\xff\xfe\x00"), "users.csv is not text in UTF-8"),
        (lambda path: _write_bytes(path, b"x" * 2_000_000), "a line of over a million"),
        (_zip_two, "holds several rosters, in a, b"),
        (_zip_broken, "users.csv cannot be read"),
    ],
)
async def test_what_cannot_be_read_says_what_to_mend(
    importer: Importer, tmp_path: Path, make: Callable[[Path], object], says: str
) -> None:
    """Whatever is no roster is refused in one sentence, and nothing changes."""
    path = tmp_path / "roster"
    make(path)
    before = await state()
    with pytest.raises(RosterUnreadable, match=says):
        await importer(path)
    assert await state() == before


async def test_a_file_without_its_columns_is_one_fault(importer: Importer, tmp_path: Path) -> None:
    """A header that lacks a column is the only fault, though every other file refers to it."""
    folder = school(tmp_path / "set", users=["id,givenName,familyName", "t1,Tea,One"])
    with pytest.raises(RosterFaulty) as caught:
        await importer(folder)
    assert str(caught.value) == "users.csv:1: there is no column sourcedId"


async def test_the_manifest_may_call_a_file_absent(importer: Importer, tmp_path: Path) -> None:
    """What the manifest calls absent is passed over with a warning."""
    folder = school(
        tmp_path / "set",
        manifest=["propertyName,value", "file.enrollments,absent", "file.users,bulk"],
    )
    report = await importer(folder)
    assert report.tallies[Kind.ENROLMENTS].created == 0
    assert report.warnings.lines == ["enrollments.csv is passed over: manifest.csv calls it absent"]


async def test_progress_is_told_throughout(importer: Importer, tmp_path: Path) -> None:
    """Each step says how far it is, and ends with all of it done."""
    told: list[tuple[str, int, int | None]] = []

    def note(step: str, done: int, total: int | None) -> None:
        told.append((step, done, total))

    path = school(tmp_path / "set")
    await import_roster(importer.office, importer.account, path, ImportOptions(), progress=note)
    assert ("reading users.csv", 13, 13) in told
    assert ("people", 13, 13) in told
    assert ("enrolments", 12, 12) in told
