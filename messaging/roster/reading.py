"""Reading all the files of a set into staging."""

import asyncio
from collections.abc import Callable

from messaging.roster.csvfile import WESTERN, Broken, Table, encoding_of, open_table
from messaging.roster.files import FILES, LAYOUTS, MANIFEST, Mode, Shape
from messaging.roster.manifest import read_manifest
from messaging.roster.photos import PhotoRule
from messaging.roster.report import ImportReport
from messaging.roster.rows import Reading, stage
from messaging.roster.source import Source
from messaging.roster.staging import CHUNK, Staging

# (step, rows done, rows in all or None where nobody knows)
Progress = Callable[[str, int, int | None], None]


async def read_set(
    source: Source,
    staging: Staging,
    report: ImportReport,
    photos: PhotoRule,
    progress: Progress,
) -> Shape:
    """Put every row of every file into staging, with all that is wrong with it.

    Raises RosterUnreadable where a file is no text.
    """
    shape = Shape(modes=_modes(source, staging, report))
    reading = Reading(staging, shape, report, photos)
    for file in FILES:
        if shape.modes[file] is not Mode.ABSENT:
            with open_table(source, file, _encoding(source, file, report)) as table:
                await _read(reading, table, progress)
    await staging.in_thread(staging.index)
    if report.refused_photos:
        report.warn(
            f"{report.refused_photos:,} photos are neither on this server nor on an origin of "
            "PHOTO_ORIGINS: pages show initials"
        )
    return shape


def _modes(source: Source, staging: Staging, report: ImportReport) -> dict[str, Mode]:
    said: dict[str, Mode] = {}
    if MANIFEST in source:
        with open_table(source, MANIFEST, _encoding(source, MANIFEST, report)) as table:
            if _has_sound_header(table, staging):
                said = read_manifest(table, staging)
            else:
                said = dict.fromkeys(FILES, Mode.DELTA)
    modes = {}
    for file in FILES:
        is_there = file in source
        modes[file] = said.get(file, Mode.FULL) if is_there else Mode.ABSENT
        if is_there and modes[file] is Mode.ABSENT:
            report.warn(f"{file} is passed over: {MANIFEST} calls it absent")
        if not is_there and said.get(file, Mode.ABSENT) is not Mode.ABSENT:
            report.warn(f"{file} is not there, though {MANIFEST} calls it {said[file].value}")
    return modes


def _encoding(source: Source, file: str, report: ImportReport) -> str:
    encoding = encoding_of(source, file)
    if encoding == WESTERN:
        report.warn(f"{file} is not in UTF-8 and was read as Windows-1252")
    return encoding


async def _read(reading: Reading, table: Table, progress: Progress) -> None:
    file, step = table.name, f"reading {table.name}"
    progress(step, 0, None)
    if not _has_sound_header(table, reading.staging):
        # None of its rows can be understood, so none of them may take anything away.
        reading.shape.modes[file] = Mode.ABSENT
        reading.shape.unread.add(file)
        return
    reading.shape.columns[file] = frozenset(table.columns)
    _advise(reading, file)
    done = 0
    try:
        for done, row in enumerate(table.rows(), 1):
            stage(reading, file, row)
            if done % CHUNK == 0:
                progress(step, done, None)
                # Whoever shares this event loop gets a turn.
                await asyncio.sleep(0)
    except Broken as broken:
        reading.staging.fault(file, broken.line, broken.reason)
        reading.shape.illegible.add(file)
    progress(step, done, done)


def _has_sound_header(table: Table, staging: Staging) -> bool:
    if table.broken is not None:
        staging.fault(table.name, table.broken.line, table.broken.reason)
        return False
    columns = table.columns
    missing = [column for column in LAYOUTS[table.name].required if column not in columns]
    twice = sorted({column for column in columns if columns.count(column) > 1})
    for column in missing:
        staging.fault(table.name, 1, f"there is no column {column}")
    for column in twice:
        staging.fault(table.name, 1, f"there are two columns {column}")
    return not missing and not twice


def _advise(reading: Reading, file: str) -> None:
    layout = LAYOUTS[file]
    if layout.advisable and not reading.shape.has(file, *layout.advisable):
        reading.report.warn(
            f"{file} has no column {' or '.join(layout.advisable)}: {layout.without}"
        )
