"""A few seconds of the fault suite; ``make faults`` runs it for longer."""

import os
from pathlib import Path

import pytest

from tests.faults.run import Plan, play

SECONDS = 8


@pytest.mark.skipif("FAULTS" not in os.environ, reason="`make faults` does it: set FAULTS=1")
@pytest.mark.parametrize("database", ["postgres", "sqlite"])
async def test_a_few_faults(database: str, tmp_path: Path) -> None:
    """Nothing is lost, doubled, disordered, missing or made up while things break."""
    is_postgres = database == "postgres"
    plan = Plan(
        seconds=SECONDS,
        seed=7,
        is_postgres=is_postgres,
        servers=2 if is_postgres else 1,
        fault_every_seconds=0.7,
    )
    said: list[str] = []
    verdict = await play(plan, tmp_path, said.append)
    assert verdict.is_good, [verdict.line, *verdict.findings, *said]
    assert verdict.faults.total() >= 3
    assert verdict.deliveries > 100
