"""Print what requests cost that are made to cost.

    .venv/bin/python -m bench.hostile [PART_OF_A_NAME …]

Each goes through the door of GraphQL over HTTP, in process: its JSON is read, its document parsed,
counted, weighed and validated, its variables coerced, its answer written. Nobody signed in, so that
nothing is read. Milliseconds of CPU, the best and the worst of some rounds, the costliest last.
"""

# ruff: noqa: T201  # a benchmark prints what it measured

import asyncio
import gc
import json
import sys
import time
from collections.abc import MutableMapping
from typing import Any, NamedTuple, cast

from gql.api import build_schema
from server.app import make_parts
from server.garbage import collect_rarely
from server.over_http import OverHttp
from server.settings import Settings
from tests.support.hostile import bodies

ROUNDS = 5
# What the issue permits.
LIMIT_MS = 50.0


class Cost(NamedTuple):
    """What a request cost, and how it ended."""

    worst_ms: float
    best_ms: float
    name: str
    kilobytes: float
    status: int
    outcome: str


async def _no_page(_request: Any) -> None:
    return None


def door(*, open_handed: bool) -> OverHttp:
    """GraphQL over HTTP without a database; with all that a demo tells or with nothing."""
    settings = Settings(jwt_secret="s" * 32, introspection=open_handed, suggestions=open_handed)
    schema = build_schema(introspection=open_handed, suggestions=open_handed)
    return OverHttp(schema, make_parts(settings), _no_page, get_queries=False)


async def ask(door: OverHttp, body: bytes) -> tuple[int, Any]:
    """The status and the answer."""
    answer: list[bytes] = []
    status = 0

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: MutableMapping[str, Any]) -> None:
        nonlocal status
        status = message.get("status", status)
        answer.append(message.get("body", b""))

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/graphql",
        "query_string": b"",
        "headers": [(b"content-type", b"application/json")],
    }
    await door(scope, receive, send)
    return status, json.loads(b"".join(answer))


async def measure(door: OverHttp, name: str, body: bytes, rounds: int = ROUNDS) -> Cost:
    """What one request costs that was never asked before."""
    spent: list[float] = []
    status, answer = 0, cast(Any, None)
    for _ in range(rounds):
        door._schema.documents.clear()
        started = time.process_time()
        status, answer = await ask(door, body)
        spent.append((time.process_time() - started) * 1_000)
    codes = {each["extensions"]["code"] for each in answer.get("errors", ())}
    outcome = ", ".join(sorted(codes)) or "answered"
    return Cost(max(spent), min(spent), name, len(body) / 1024, status, outcome)


async def run(parts: list[str]) -> None:
    """Print the table."""
    chosen = {
        name: body
        for name, body in bodies().items()
        if not parts or any(part in name for part in parts)
    }
    for open_handed in (False, True):
        at = door(open_handed=open_handed)
        costs = sorted([await measure(at, name, body) for name, body in chosen.items()])
        print(f"\nintrospection and suggestions {'on' if open_handed else 'off'}\n")
        print("| request | KB | worst ms | best ms | status | outcome |\n|---|---|---|---|---|---|")
        for each in costs:
            print(
                f"| {each.name} | {each.kilobytes:.0f} | {each.worst_ms:.1f} | {each.best_ms:.1f} "
                f"| {each.status} | {each.outcome} |"
            )
        above = sum(each.worst_ms > LIMIT_MS for each in costs)
        print(f"\n{len(costs)} requests, {above} above {LIMIT_MS:.0f} ms")


def main() -> None:
    """Run the benchmark."""
    gc.collect()
    # As a serving process does.
    collect_rarely()
    asyncio.run(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
