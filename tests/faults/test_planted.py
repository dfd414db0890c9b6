"""The suite has teeth: each planted fault is found within a minute of breaking things.

It takes minutes, so it runs only where asked for: ``make teeth``.
"""

import os
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from tests.faults.planted import FAULTS
from tests.faults.run import Plan, play
from tests.faults.verdict import DUPLICATED, GAPS, LOST, UNANSWERED, Targets

pytestmark = [
    pytest.mark.skipif("PLANTED" not in os.environ, reason="takes minutes: set PLANTED=1"),
    pytest.mark.timeout(600),
]

LIMIT_SECONDS = 60
ROUND_SECONDS = 10

# Found as what it does to messages, not as lateness, which a busy machine makes too.
_ANY_TIME = Targets(float("inf"), float("inf"))
_PLAN = Plan(
    seconds=ROUND_SECONDS, seed=0, is_postgres=True, fault_every_seconds=0.7, targets=_ANY_TIME
)


@dataclass(frozen=True)
class Planted:
    """A fault, how the suite runs to find it, and as what it must be found."""

    name: str
    found_as: set[str]
    plan: Plan = field(default=_PLAN)


PLANTED = [
    Planted("payloads_through_the_broker", {LOST}),
    Planted("cursor_over_a_sequence", {LOST, GAPS}),
    # The poll would hide it: it makes late what would else be lost.
    Planted("read_before_registering", {LOST}, replace(_PLAN, poll_seconds=3600)),
    Planted("no_idempotency_key", {DUPLICATED}),
    Planted("answer_before_commit", {LOST}, replace(_PLAN, only="kill", fault_every_seconds=0.3)),
    # On SQLite, which has one lock for all; and a server that is killed would start anew.
    Planted(
        "not_shielded",
        {UNANSWERED, LOST},
        replace(_PLAN, is_postgres=False, servers=1, only="reset", haste=0.5),
    ),
]


def test_planted_faults_are_all_looked_for() -> None:
    """There is no planted fault that nobody looks for."""
    assert {planted.name for planted in PLANTED} == set(FAULTS)


@pytest.mark.parametrize("planted", PLANTED, ids=lambda planted: planted.name)
async def test_planted_fault(planted: Planted, tmp_path: Path) -> None:
    """Round after round, each with another seed, until it is found; a minute at most."""
    for number in range(1, LIMIT_SECONDS // ROUND_SECONDS + 1):
        directory = tmp_path / str(number)
        directory.mkdir()
        module = ("tests.faults.planted", planted.name)
        said: list[str] = []
        verdict = await play(
            replace(planted.plan, seed=number, module=module), directory, said.append
        )
        if not verdict.is_good:
            assert set(+verdict.counts) & planted.found_as, [verdict.line, *verdict.findings]
            print(f"{planted.name}: found within {number * ROUND_SECONDS} s: {verdict.line}")  # noqa: T201  # the proof
            return
    pytest.fail(f"{planted.name} was not found: {verdict.line}, {said}")


@pytest.mark.parametrize("planted", PLANTED, ids=lambda planted: planted.name)
async def test_without_the_planted_fault(planted: Planted, tmp_path: Path) -> None:
    """The same run of the product finds nothing."""
    verdict = await play(replace(planted.plan, seed=1), tmp_path, lambda _: None)
    assert verdict.is_good, [verdict.line, *verdict.findings]
