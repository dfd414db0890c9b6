"""Importing a roster, with its progress shown."""

from pathlib import Path

from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)

from messaging.roster import ImportOptions, ImportReport, import_roster
from server.commands.console import account_of, open_office, words
from server.settings import Settings


async def run_import(
    settings: Settings, path: Path, account_slug: str, options: ImportOptions
) -> ImportReport:
    """Import a roster into an account. Raises CommandFailed and the roster's own errors."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    async with open_office(settings) as office:
        account = await account_of(account_slug)
        with Progress(*columns, console=words) as bars:
            return await import_roster(
                office,
                account,
                path,
                options,
                photo_origins=settings.photo_origins,
                progress=_Steps(bars),
            )


class _Steps:
    """One bar for each step of the import."""

    def __init__(self, bars: Progress) -> None:
        self._bars = bars
        self._tasks: dict[str, TaskID] = {}

    def __call__(self, step: str, done: int, total: int | None) -> None:
        if step not in self._tasks:
            self._tasks[step] = self._bars.add_task(step, total=total)
        self._bars.update(self._tasks[step], completed=done, total=total)
