"""The command line: ``python -m tests.faults``."""

import argparse
import asyncio
import shutil
import signal
import sys
import tempfile
from pathlib import Path

from tests.faults.planted import FAULTS
from tests.faults.run import Plan, play
from tests.faults.verdict import Targets, Verdict

# Beyond the run itself: to start, to catch up, to compare and to end.
MARGIN_SECONDS = 120.0


def main() -> int:
    """Run, print the line, and return how it ended: 0 only where nothing was found."""
    words = _parser().parse_args()
    plan = Plan(
        seconds=words.seconds,
        seed=words.seed,
        is_postgres=words.database == "postgres",
        servers=words.servers if words.database == "postgres" else 1,
        devices=words.devices,
        fault_every_seconds=words.fault_every,
        message_every_seconds=words.message_every,
        poll_seconds=words.poll,
        only=words.only,
        targets=Targets(words.latency_limit, words.catch_up_limit),
        module=("tests.faults.planted", words.plant) if words.plant else ("server",),
    )
    directory = Path(tempfile.mkdtemp(prefix="lms-messages-faults-"))
    try:
        verdict = asyncio.run(_bounded(plan, directory))
    except (KeyboardInterrupt, asyncio.CancelledError):
        _say("Interrupted; all processes are ended.")
        return 130
    except TimeoutError:
        _say(f"Something did not come to its end; all processes are ended. See {directory}.")
        return 2
    for finding in verdict.findings:
        _say(f"  {finding}")
    print(f"{words.database}, seed {plan.seed}, {plan.seconds:.0f} s: {verdict.line}")  # noqa: T201  # the result
    if not verdict.is_good:
        return 1
    shutil.rmtree(directory)
    return 0


async def _bounded(plan: Plan, directory: Path) -> Verdict:
    task = asyncio.current_task()
    assert task is not None
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    async with asyncio.timeout(plan.seconds + MARGIN_SECONDS):
        return await play(plan, directory, _say)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.faults",
        description="Break the service at random, and say what was lost. Ends with 1 if anything.",
    )
    add = parser.add_argument
    add("--seconds", type=float, default=60, help="how long to break things (%(default)s)")
    add("--seed", type=int, default=1, help="of what is broken when (%(default)s)")
    add(
        "--database",
        choices=("postgres", "sqlite"),
        default="postgres",
        help="postgres: several servers, PostgreSQL, Redis; sqlite: one server (%(default)s)",
    )
    add("--servers", type=int, default=2, help="served processes on PostgreSQL (%(default)s)")
    add("--devices", type=int, default=3, help="subscribers of each person (%(default)s)")
    add("--fault-every", type=float, default=1.5, help="seconds between faults (%(default)s)")
    add("--message-every", type=float, default=0.05, help="seconds between sends (%(default)s)")
    add("--poll", type=float, default=1.0, help="the servers' poll interval (%(default)s)")
    add(
        "--only",
        choices=("reset", "kill", "freeze", "stop"),
        help="break in this one way, instead of in all",
    )
    targets = Targets()
    add(
        "--latency-limit",
        type=float,
        default=targets.latency_seconds,
        help="seconds in which 99 of 100 deliveries must be made (%(default)s)",
    )
    add(
        "--catch-up-limit",
        type=float,
        default=targets.catch_up_seconds,
        help="seconds in which everybody must have everything at the end (%(default)s)",
    )
    add("--plant", choices=sorted(FAULTS), help="serve with this fault planted, to see it found")
    return parser


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)  # noqa: T201  # progress


if __name__ == "__main__":
    sys.exit(main())
