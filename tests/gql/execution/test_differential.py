"""Compiled operations answer what graphql-core answers: any operation, any rows."""

import asyncio
import json
import os
from collections import Counter
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from graphql import GraphQLError
from strawberry.types import ExecutionResult

from gql.execution.schema import Schema
from tests.gql.execution.author import Written, write
from tests.gql.execution.orchard import Sun, orchard
from tests.gql.execution.rows import Rows

# Of each kind; OPERATIONS=… asks for more.
OPERATIONS = int(os.environ.get("OPERATIONS", "400"))
SEED = int(os.environ.get("SEED", "1"))
# How many of a hundred values are wrong: in most operations none, in some many.
WRONG = (0, 0, 0.2, 1, 4, 30)

# Of a long run on a machine that has other work.
LONGEST_SECONDS = max(120, OPERATIONS // 2)

COMPILED, CORE = orchard(is_compiled=True), orchard(is_compiled=False)


async def answers(
    schema: Schema, written: Written, seed: int, wrong: float
) -> tuple[list[Any], Sun]:
    """What the schema answers, as it would be sent, and what its resolvers did."""
    rows = Rows(seed, wrong)
    sun = Sun(rows)
    given: Any = {
        "query": written.text,
        "variable_values": written.variables,
        "context_value": sun,
        "root_value": rows.roots(),
    }
    if written.kind == "subscription":
        results = await schema.subscribe(**given)
        return [_sent(result) async for result in results], sun
    return [_sent(await schema.execute(**given))], sun


def _otherwise(written: Written) -> Written:
    """The same document, asked with other conditions."""
    variables = {
        name: not value if isinstance(value, bool) else value
        for name, value in written.variables.items()
    }
    return replace(written, variables=variables)


def _sent(result: ExecutionResult) -> tuple[str, Counter[str]]:
    """The data as text, the order of its keys included; the errors, whose order is free."""
    errors = (_error(error) for error in result.errors or ())
    return json.dumps(result.data), Counter(errors)


def _error(error: GraphQLError) -> str:
    return json.dumps(error.formatted, sort_keys=True, default=repr)


@pytest.mark.timeout(LONGEST_SECONDS)
@pytest.mark.sqlite_only("no database")
@pytest.mark.parametrize("kind", ["query", "mutation", "subscription"])
async def test_random_operations(kind: str) -> None:
    """The same data, errors and acts as graphql-core's; and not by leaving everything to it."""
    random = Random(f"{SEED} {kind}")  # noqa: S311  # repeatable
    operations = COMPILED.operations
    operations.compiled = operations.left_to_core = 0
    with_errors = with_nulls = 0
    for number in range(OPERATIONS):
        written = write(CORE._schema, random, kind)
        wrong = random.choice(WRONG) / 100
        # The first time the long way, then with what was compiled.
        for asked in (written, written, _otherwise(written)):
            seed = random.randrange(10**6)
            found, sun = await answers(COMPILED, asked, seed, wrong)
            expected, core_sun = await answers(CORE, asked, seed, wrong)
            context = f"{number}: {asked} of rows {seed}, {wrong}"
            assert found == expected, context
            assert sun.log == core_sun.log, context
        with_errors += any(errors for _, errors in expected)
        with_nulls += any(data == "null" for data, _ in expected)
    # What graphql-core gave up on, it lets run to its end.
    await asyncio.gather(*asyncio.all_tasks() - {asyncio.current_task()}, return_exceptions=True)
    # Were everything left to graphql-core, or nothing ever wrong, this would prove nothing.
    assert operations.compiled > 2 * operations.left_to_core
    assert with_errors > OPERATIONS // 8
    assert with_nulls > OPERATIONS // 200
