"""The benchmark starts, on rows that are right, and every server answers as the service does."""

import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bench import answering, compare, dataset, npm
from bench.answering import Pace
from bench.dataset import Scale
from models.database import connect, disconnect
from tests.support.npm import NpmMissing
from tests.support.recount import assert_consistent
from tests.support.servers import Postgres

TINY = Scale(0.0)

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="the benchmark pins processes, and reads /proc"
)


@pytest.fixture
async def url(tmp_path: Path) -> AsyncIterator[str]:
    """A database with the benchmark's rows, few of them."""
    server = Postgres(tmp_path / "postgres")
    await server.start()
    await dataset.load(server.url(), TINY)
    yield server.url()
    await server.stop()


async def test_every_stored_counter_is_what_a_recount_says(url: str) -> None:
    """The rows are made by hand, past every action, and fit together as if people had written."""
    await connect(url)
    try:
        tables = await assert_consistent()
    finally:
        await disconnect()
    assert len(tables["messages"]) > 1000


async def test_all_servers_answer_alike_and_are_measured(url: str) -> None:
    """Floor, Strawberry, Yoga and Mercurius: inbox, thread and send, each checked before."""
    try:
        npm.install()
    except NpmMissing as missing:
        pytest.skip(str(missing))
    core = max(os.sched_getaffinity(0))
    pace = Pace(rounds=1, seconds=0.3, warm_seconds=0.1)
    tables = await answering.measure(("inbox", "thread", "send"), url, TINY, core, pace)
    assert [len(table.lines) for table in tables] == [6, 6, 7]


def test_an_answer_that_differs_is_noticed() -> None:
    """Times may be written in two ways, and cursors of lists be others; nothing else."""
    ours = {"sentAt": "2026-01-01T00:00:00.120999+00:00", "endCursor": "abc", "seq": 1}
    same = {"sentAt": "2026-01-01T00:00:00.120Z", "endCursor": "xyz", "seq": 1}
    assert compare.alike(ours) == compare.alike(same)
    for change in ({"seq": 2}, {"endCursor": None}, {"sentAt": "2026-01-01T00:00:00.121Z"}):
        assert compare.alike(ours) != compare.alike(same | change)
