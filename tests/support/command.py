"""`lms-messages` as an operator runs it, in the test's own process."""

import asyncio
import sys
from dataclasses import dataclass

import pytest

from models.database import connect, disconnect
from server.cli import main
from server.settings import Settings
from tests.support.places import Place
from tests.support.service import SECRET
from tests.support.snapshot import Snapshot, snapshot


@dataclass
class Result:
    """How a command ended and what it said."""

    code: int
    out: str
    err: str

    @property
    def sentence(self) -> str:
        """What a failed command said, and nothing to standard output."""
        assert self.code == 1, self
        assert self.out == "", self
        return " ".join(self.err.split())


@dataclass
class Operator:
    """Somebody at a shell, with a place of their own."""

    place: Place
    monkeypatch: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture[str]

    def run(self, *words: str, **settings: str | None) -> Result:
        """Run a command under these settings; None leaves one out that is given otherwise."""
        given = {
            "database_url": self.place.database_url,
            "broadcast_url": self.place.doorbell_url,
            "jwt_secret": SECRET,
            **settings,
        }
        with self.monkeypatch.context() as shell:
            for name in Settings.model_fields:
                shell.delenv(f"LMS_MESSAGES_{name.upper()}", raising=False)
            for name, value in given.items():
                if value is not None:
                    shell.setenv(f"LMS_MESSAGES_{name.upper()}", value)
            shell.setattr(sys, "argv", ["lms-messages", *words])
            self.capsys.readouterr()
            code = 0
            try:
                main()
            except SystemExit as end:
                code = int(end.code or 0)
            said = self.capsys.readouterr()
        return Result(code, said.out, said.err)

    def stored(self) -> Snapshot:
        """What the database holds."""

        async def look() -> Snapshot:
            await connect(self.place.database_url)
            try:
                return await snapshot()
            finally:
                await disconnect()

        return asyncio.run(look())
