"""Reading SQLite at once: most reads take less time than handing them to a thread and back."""

import contextlib
import sqlite3
import time
from collections.abc import Sequence
from typing import Any

# A read that takes longer is left to the connection's thread, so that the loop is free meanwhile.
QUICK_SECONDS = 0.003
# So many of SQLite's instructions, some tens of microseconds, pass between two looks at the clock.
_INSTRUCTIONS = 1_000
# The service has about a hundred different statements.
_STATEMENTS_KEPT = 256


class QuickReads:
    """A connection of the loop's own, which cannot write and waits for nobody."""

    def __init__(self, path: str) -> None:
        self._connection = sqlite3.connect(
            path, timeout=0, isolation_level=None, cached_statements=_STATEMENTS_KEPT
        )
        self._connection.execute("PRAGMA query_only = ON")
        self._until = 0.0
        self._connection.set_progress_handler(self._is_late, _INSTRUCTIONS)
        # Of statements that were given up, the text that is asked instead.
        self._texts: dict[str, str] = {}
        self._given_up = 0

    def read(self, statement: str, args: Sequence[object]) -> list[tuple[Any, ...]] | None:
        """Every line of the statement; None where it would take long, or fails: ask elsewhere."""
        self._until = time.monotonic() + QUICK_SECONDS
        with contextlib.closing(self._connection.cursor()) as cursor:
            try:
                return cursor.execute(self._texts.get(statement, statement), args).fetchall()
            except sqlite3.Error:
                self._rename(statement)
                return None

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def _rename(self, statement: str) -> None:
        """Have a statement that was given up prepared once more, under another text.

        Python 3.11 takes it to be in use for ever, and would prepare it each time, which costs most
        of what running it does. A busy machine gives every statement up sooner or later.
        """
        self._given_up += 1
        self._texts.pop(statement, None)
        if len(self._texts) == _STATEMENTS_KEPT:
            del self._texts[next(iter(self._texts))]
        self._texts[statement] = f"{statement} -- {self._given_up}"

    def _is_late(self) -> bool:
        return time.monotonic() > self._until
