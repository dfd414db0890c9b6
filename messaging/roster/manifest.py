"""What manifest.csv says about the other files."""

from messaging.roster.csvfile import Broken, Table
from messaging.roster.files import FILES, MANIFEST, Mode
from messaging.roster.staging import Staging

_PROPERTIES = {f"file.{file.removesuffix('.csv')}".casefold(): file for file in FILES}
_MODES = {mode.value: mode for mode in Mode}


def read_manifest(table: Table, staging: Staging) -> dict[str, Mode]:
    """The modes of the files that it mentions; what it says of them with no sense is a fault.

    A file with a senseless mode counts as a delta: so it takes nothing away.
    """
    modes: dict[str, Mode] = {}
    try:
        for row in table.rows():
            file = _PROPERTIES.get(row.cells.get("propertyName", "").casefold())
            word = row.cells.get("value", "").casefold()
            if file is None or not word:
                continue
            if word not in _MODES:
                staging.fault(
                    MANIFEST, row.line, f"{file} is neither bulk, delta nor absent: {word[:40]!r}"
                )
            modes[file] = _MODES.get(word, Mode.DELTA)
    except Broken as broken:
        staging.fault(MANIFEST, broken.line, broken.reason)
        return dict.fromkeys(FILES, Mode.DELTA)
    return modes
