"""A PostgreSQL of the benchmark's own, whose rows are made once and kept under var/."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bench import dataset
from bench.dataset import Scale
from bench.saying import say
from tests.support.servers import Postgres

VAR = Path(__file__).parents[1] / "var" / "bench"

# What a small server of its own would be given; the rest are PostgreSQL's own defaults.
_OPTIONS = {
    "shared_buffers": "1GB",
    "effective_cache_size": "4GB",
    "max_wal_size": "4GB",
    "random_page_cost": "1.1",
    "max_connections": "200",
    # Every start of a run copies the database; a checkpoint amid the measuring is nobody's fault.
    "checkpoint_timeout": "1h",
}
_KEPT, _USED = "kept", "used"


@asynccontextmanager
async def running(scale: Scale) -> AsyncIterator[str]:
    """A fresh copy of the database, in a server that commits durably; its address."""
    directory = VAR / f"postgres-{scale.share:g}"
    server = Postgres(directory, is_durable=True, options=_OPTIONS)
    await server.start()
    try:
        await _load_once(server, directory / "loaded", scale)
        await server.execute(
            f"DROP DATABASE IF EXISTS {_USED} WITH (FORCE)",
            f"CREATE DATABASE {_USED} TEMPLATE {_KEPT} STRATEGY FILE_COPY",
            "CHECKPOINT",
        )
        yield server.url(_USED)
    finally:
        await server.shut_down()


async def _load_once(server: Postgres, marker: Path, scale: Scale) -> None:
    wanted = dataset.fingerprint()
    if marker.exists() and marker.read_text() == wanted:
        return
    marker.unlink(missing_ok=True)
    say(f"Loading {scale.chats:,} chats, kept for the next run …")
    started = time.monotonic()
    await server.execute(
        f"DROP DATABASE IF EXISTS {_KEPT} WITH (FORCE)", f"CREATE DATABASE {_KEPT}"
    )
    await dataset.load(server.url(_KEPT), scale)
    marker.write_text(wanted)
    say(f"… loaded in {time.monotonic() - started:.0f} s.")
