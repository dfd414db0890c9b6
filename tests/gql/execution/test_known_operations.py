"""What is kept of an operation serves further requests, and is never another request's."""

import gc
import weakref
from copy import copy
from typing import Any

import pytest
import strawberry
from strawberry.types import Info

from gql.execution.prepared import Asked
from gql.execution.schema import Schema
from tests.gql.execution.orchard import Sun, orchard
from tests.gql.execution.test_execution import Same, apple, ask, seeds

pytestmark = pytest.mark.sqlite_only("no database")

PLANT = "mutation ($n: Int, $b: Box) { plant(number: $n, box: $b) { __typename } }"
WITH_DEFAULTS = """mutation ($n: Int = 1, $b: Box = {size: SMALL}) {
    plant(number: $n, box: $b) { __typename } }"""
WITHIN = """mutation ($n: Int!, $s: String!) {
    plant(number: $n, box: {size: LARGE, notes: [$s]}) { __typename } }"""
ECHO = "query ($t: String!) { apple { seeds { echo(text: $t) } } }"
NUMBERS: tuple[Any, ...] = (0, 1, 2.0, 2.5, None, True, "1", [1], {}, 2**31, 10**30)
BOXES: tuple[Any, ...] = (
    None,
    {},
    {"size": "SMALL"},
    {"size": "small"},
    {"size": None},
    {"size": "LARGE", "other": 1},
    {"size": "LARGE", "notes": "one", "inner": {"size": "SMALL", "notes": ["two", None]}},
    {"size": "LARGE", "notes": ["one"], "inner": {"size": "SMALL"}},
    [{"size": "LARGE"}],
    "LARGE",
)
REQUESTS = [
    *[(text, {"n": number}) for text in (PLANT, WITH_DEFAULTS) for number in NUMBERS],
    *[(WITHIN, {"n": number, "s": "s"}) for number in NUMBERS],
    *[(text, {"b": box}) for text in (PLANT, WITH_DEFAULTS) for box in BOXES],
    *[(text, variables) for text in (PLANT, WITH_DEFAULTS, WITHIN) for variables in ({}, {"z": 1})],
    *[(ECHO, variables) for variables in ({"t": "x"}, {"t": None}, {"t": 1}, {})],
]
FIRST: dict[str, dict[str, Any]] = {
    PLANT: {},
    WITH_DEFAULTS: {},
    WITHIN: {"n": 2, "s": "first"},
    ECHO: {"t": "first"},
}


async def answer(schema: Schema, text: str, variables: dict[str, Any]) -> tuple[Any, ...]:
    """What came of it, and what the resolvers were given."""
    result, sun = await ask(schema, text, apple(seeds=seeds(1)), **variables)
    return result.data, [each.formatted for each in result.errors or ()], sun.log


@pytest.mark.parametrize("is_compiled", [True, False])
@pytest.mark.parametrize(("text", "variables"), REQUESTS)
async def test_variables(text: str, variables: dict[str, Any], *, is_compiled: bool) -> None:
    """Whoever asks again with other variables is answered as if nobody had asked before."""
    alone = await answer(orchard(is_compiled=is_compiled), text, variables)
    schema = orchard(is_compiled=is_compiled)
    for _ in range(2):
        await answer(schema, text, FIRST[text])
    assert await answer(schema, text, variables) == alone
    assert await answer(schema, text, FIRST[text]) == await answer(
        orchard(is_compiled=is_compiled), text, FIRST[text]
    )


async def resolve_told(text: str | None = strawberry.UNSET, number: int = 5) -> str:
    """What was given."""
    return f"{number} {text or type(text).__name__}"


async def resolve_done(info: Info[list[str], None]) -> Any:
    """Does something, and finds nothing where something has to be."""
    info.context.append("done")


@strawberry.type
class Teller:
    """Queries that ask no more of an executor than the service's own."""

    told: str = strawberry.field(resolver=resolve_told)
    done: str = strawberry.field(resolver=resolve_done)


async def test_what_is_left_out() -> None:
    """An argument that a request leaves out is none, and not that of the request before."""
    schema = Schema(query=Teller)
    text = "query ($text: String, $number: Int) { told(text: $text, number: $number) }"
    for _ in range(2):
        for variables, told in (
            ({}, "5 UnsetType"),
            ({"text": "secret", "number": 1}, "1 secret"),
            ({}, "5 UnsetType"),
            ({"text": None}, "5 NoneType"),
        ):
            result = await schema.execute(text, variables)
            assert (result.data, result.errors) == ({"told": told}, None)


async def test_acts_are_done_once() -> None:
    """Where graphql-core has to say what is wrong with an answer, nothing is done again."""
    schema = Schema(query=Teller)
    acts: list[str] = []
    for number in range(3):
        result = await schema.execute("{ done }", {}, acts)
        assert [error.path for error in result.errors or ()] == [["done"]]
        assert len(acts) == number + 1


async def test_a_copy_is_whole() -> None:
    """What is changed of a copy stays as it was changed, whatever else is made later."""
    schema = orchard(is_compiled=True)
    for _ in range(2):
        await ask(schema, "{ count }", apple())
    document = schema.documents.get("{ count }")
    assert document is not None
    executor = document.prepared[None].executor(Asked(document, None, {}, "context", "root", None))
    copied = copy(executor)
    assert copied is not None
    copied.root_value = "other"
    assert (copied.hooks, copied.root_value, copied.context_value) == (None, "other", "context")


async def test_operations_of_one_document() -> None:
    """Each has variables and a meaning of its own."""
    schema = orchard(is_compiled=True)
    text = """query A($yes: Boolean!) { apple @include(if: $yes) { label } }
        query B { count }"""
    for _ in range(3):
        for name, yes, data in (
            ("A", True, {"apple": {"label": "a"}}),
            ("B", True, {"count": 3}),
            ("A", False, {}),
        ):
            sun = Sun(Same(1, 0))
            result = await schema.execute(
                text, {"yes": yes}, sun, [apple()] * 3, operation_name=name
            )
            assert (result.data, result.errors) == (data, None)


class Found(list[Any]):
    """What a request had at hand."""


async def test_nothing_is_left_for_the_garbage_collector() -> None:
    """What a request had at hand goes with its answer, once the operation is compiled."""
    schema, sun = orchard(is_compiled=True), Sun(Same(1, 0))
    watched = []
    gc.disable()
    try:
        for _ in range(4):
            found = Found([apple()])
            result = await schema.execute("{ count }", {}, sun, found)
            assert result.data
            watched.append(weakref.ref(found))
            del result, found
        assert [each() is None for each in watched[2:]] == [True, True]
        gc.collect()
        assert [each() for each in watched] == [None] * 4
    finally:
        gc.enable()
