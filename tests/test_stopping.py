"""A run of the tests that is told to stop leaves nothing behind."""

import asyncio
import contextlib
import os
import signal
import sys
from pathlib import Path

import pytest

from tests.support.client import PATIENCE_SECONDS

ROOT = Path(__file__).parents[1]

# A test that never ends, with a server of the run's own.
ENDLESS = """
import asyncio

async def test_endless(places):
    print("ready", flush=True)
    await asyncio.Event().wait()
"""


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
async def test_servers_end_with_a_run_that_is_stopped(tmp_path: Path, how: signal.Signals) -> None:
    """However the run is told to stop, its PostgreSQL and its Redis are gone when it is."""
    (tmp_path / "test_endless.py").write_text(ENDLESS)
    run = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "pytest", "-s", "-q", "-c", str(ROOT / "pyproject.toml"),
        "-p", "tests.conftest", "-p", "no:cacheprovider", "-k", "postgres",
        "--basetemp", str(tmp_path / "run"), str(tmp_path / "test_endless.py"),
        cwd=ROOT, stdout=asyncio.subprocess.PIPE, start_new_session=True,
        env={name: value for name, value in os.environ.items() if not name.startswith("TEST_")},
    )  # fmt: skip
    assert run.stdout is not None
    try:
        async with asyncio.timeout(6 * PATIENCE_SECONDS):
            while b"ready" not in (line := await run.stdout.readline()):
                assert line, "the run ended too early"
            assert running_in(run.pid) > 1
            run.send_signal(how)
            await run.stdout.read()
            await run.wait()
        assert running_in(run.pid) == 0
    finally:
        # What a failure leaves is of the run's own group.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(run.pid, signal.SIGKILL)


def running_in(session: int) -> int:
    """How many processes of a session run."""
    count = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:  # it ended meanwhile
            continue
        count += int(fields[3]) == session and fields[0] != "Z"
    return count
