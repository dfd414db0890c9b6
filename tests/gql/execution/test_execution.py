"""What compiled operations promise beside their answers: batches, acts done once, a bound."""

import asyncio
from typing import Any

import pytest
from graphql import get_introspection_query
from strawberry.extensions import SchemaExtension
from strawberry.types import ExecutionResult

from gql.api import build_schema
from gql.execution import operations
from gql.execution.admission import Admission
from gql.execution.documents import CHARACTERS_KEPT
from gql.execution.operations import MOST_FIELDS, OPERATIONS_KEPT
from gql.execution.schema import Schema
from gql.limits import table
from gql.limits.table import Limit
from tests.gql.execution.orchard import (
    TYPES,
    Mutation,
    Query,
    Sun,
    orchard,
)
from tests.gql.execution.rows import AppleRow, Rows, SeedRow, ShiftyRow, Size
from tests.support.client import PATIENCE_SECONDS
from tests.support.people import Person
from tests.support.places import Place
from tests.support.service import serving

pytestmark = pytest.mark.sqlite_only("no database")


def apple(**others: Any) -> AppleRow:
    """An apple with nothing wrong."""
    given: dict[str, Any] = {
        "key": 1, "label": "a", "colour": None, "weight": 1, "ripe": True, "picked": None,
        "strict": "s", "tags": [], "grid": None, "next": None, "seeds": [], "fruits": None,
    }  # fmt: skip
    return AppleRow(**given | others)


class Same(Rows):
    """The loader finds the same apple everywhere."""

    def loaded(self, key: int) -> Any:
        """The apple."""
        return apple(key=key, seeds=seeds(3))


def seeds(count: int) -> list[SeedRow]:
    """So many seeds."""
    return [SeedRow(number, 0, None) for number in range(count)]


async def ask(schema: Schema, text: str, row: Any, **variables: Any) -> tuple[ExecutionResult, Sun]:
    """What the schema answers where its root fields find that row."""
    sun = Sun(Same(1, 0))
    result = await schema.execute(text, variables, sun, [row] * 3)
    return result, sun


@pytest.fixture
def unlimited(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let operations be larger than the service takes: what is compiled has bounds of its own."""
    monkeypatch.setattr(Limit, "check", lambda *_: None)
    monkeypatch.setattr(table, "TOKENS", table.TOKENS._replace(most=1_000_000))
    monkeypatch.setattr(Admission, "check", lambda *_: {})


async def test_a_level_is_one_batch() -> None:
    """Nested resolvers of a list, whether they wait a step or not, meet in one batch per level."""
    schema = orchard(is_compiled=True)
    text = """{ thing { ... on Apple { seeds { promised { seeds { promised { label } } } }
        fruits { ... on Apple { seeds { other: promised { label } } } } } } }"""
    row = apple(seeds=seeds(30), fruits=[apple(seeds=seeds(10))] * 2)
    result, sun = await ask(schema, text, row)
    assert not result.errors
    assert sun.batches == [50, 90]
    _, sun = await ask(schema, "{ apple { seeds { slow { label } } } }", row)
    assert sun.batches == [30]
    assert schema.operations.left_to_core == 0


async def test_a_failure_beside_a_batch() -> None:
    """A resolver that fails while others of its level load leaves no load that never ends."""
    schema = orchard(is_compiled=True)
    text = "{ apple { seeds { refusable slow { label } promised { label } } } }"
    async with asyncio.timeout(PATIENCE_SECONDS):
        result, _ = await ask(schema, text, apple(seeds=seeds(3)))
    assert [error.path for error in result.errors or ()] == [["apple", "seeds", 0, "refusable"]]
    found = {"slow": {"label": "a"}, "promised": {"label": "a"}}
    assert result.data == {"apple": {"seeds": [
        {"refusable": None if number == 0 else "yes", **found} for number in range(3)
    ]}}  # fmt: skip
    assert schema.operations.left_to_core == 1


async def test_acts_are_done_once_and_in_order() -> None:
    """What fails behind a mutation is completed again; what was done is not done again."""
    schema = orchard(is_compiled=True)
    text = """mutation { one: plant(number: 1) { label }
        two: graft(number: 2) { strict seeds { refused } } }"""
    result, sun = await ask(schema, text, apple(strict=None))
    assert [error.path for error in result.errors or ()] == [["two", "strict"]]
    assert result.data is None
    acts = [f"{act} {number}" for number in (1, 2) for act in ("plant", "planted")]
    assert [each.removesuffix(" None") for each in sun.log] == acts
    assert schema.operations.left_to_core == 1


async def test_extensions_that_resolve() -> None:
    """Where an extension stands between fields and their resolvers, graphql-core executes."""

    class Shouting(SchemaExtension):
        def resolve(self, _next: Any, root: Any, info: Any, *args: str, **kwargs: Any) -> Any:
            value = _next(root, info, *args, **kwargs)
            return value.upper() if isinstance(value, str) else value

    schema = Schema(query=Query, mutation=Mutation, types=TYPES, extensions=[Shouting])
    result, _ = await ask(schema, "{ apple { label } }", apple())
    assert result.data == {"apple": {"label": "A"}}
    assert schema.operations.compiled == 0


async def test_introspection() -> None:
    """The schema's description of itself is the same."""
    text = get_introspection_query(input_value_deprecation=True)
    compiled = await orchard(is_compiled=True).execute(text)
    core = await orchard(is_compiled=False).execute(text)
    assert compiled.data == core.data is not None


@pytest.mark.parametrize("given", [{}, {"n": 1}, {"n": None}, {"n": 1, "m": None}, {"m": 2}])
async def test_variables_as_arguments(given: dict[str, Any]) -> None:
    """A variable stands for its argument: given, left out, and null where nothing may be null."""
    text = """query ($n: Int, $m: Int = 4, $b: String = "b") {
        thing(number: $n) { __typename }
        fruits(first: $m, box: {size: SMALL, notes: [$b]}) { __typename } }"""
    answers = []
    for schema in (orchard(is_compiled=True), orchard(is_compiled=False)):
        # The second time the document is known to be valid, and its arguments are compiled.
        for _ in range(2):
            result, sun = await ask(schema, text, apple(), **given)
            errors = [error.formatted for error in result.errors or ()]
            answers.append((result.data, errors, sun.log))
    assert answers[1:] == answers[:1] * 3
    assert bool(answers[0][1]) is (given.get("n", 0) is None)


@pytest.mark.parametrize("is_shown", [True, False])
async def test_each_outcome_of_a_condition(is_shown: bool) -> None:
    """What was compiled for one value of a variable is not used for another."""
    schema = orchard(is_compiled=True)
    text = """query ($yes: Boolean!) { apple { id label @skip(if: $yes) ...F @include(if: $yes) } }
        fragment F on Apple { strict }"""
    for value in (is_shown, not is_shown, is_shown):
        result, _ = await ask(schema, text, apple(), yes=value)
        expected = {"id": "fruit_1", **({"strict": "s"} if value else {"label": "a"})}
        assert result.data == {"apple": expected}
    assert schema.operations.left_to_core == 0


async def test_rows_of_one_class_and_two_types() -> None:
    """A row whose type is in it and not in its class is asked each time; so are mixed lists."""
    schema = orchard(is_compiled=True)
    rows = [ShiftyRow(is_round, "", Size.SMALL, []) for is_round in (True, False, True)]
    text = """{ thing { ... on Brick { near { __typename label ... on Ball { size }
        ... on Brick { s: size } ... on Apple { id } } } } }"""
    row = ShiftyRow(False, "", Size.SMALL, [*rows, apple(), None, *rows])
    result, _ = await ask(schema, text, row)
    ball = {"__typename": "Ball", "label": "", "size": "SMALL"}
    brick = {"__typename": "Brick", "label": "", "s": "SMALL"}
    fruit = {"__typename": "Apple", "label": "a", "id": "fruit_1"}
    shifty = [ball, brick, ball]
    assert result.data == {"thing": {"near": [*shifty, fruit, None, *shifty]}}
    assert schema.operations.left_to_core == 0


async def test_arguments_are_those_of_the_request() -> None:
    """What was compiled for one request's variables serves another's."""
    schema = orchard(is_compiled=True)
    text = "query ($t: String!) { apple { seeds { echo(text: $t) } } }"
    for given in ("one", "two"):
        result, _ = await ask(schema, text, apple(seeds=seeds(2)), t=given)
        assert result.data == {"apple": {"seeds": [{"echo": f"{given} 1 None"}] * 2}}
    assert schema.operations.left_to_core == 0


async def test_a_number_too_large() -> None:
    """Int has 32 bits, whatever Python has."""
    for weight in (2**31, -(2**31) - 1):
        result, _ = await ask(
            orchard(is_compiled=True), "{ apple { weight } }", apple(weight=weight)
        )
        assert result.data == {"apple": {"weight": None}}
        assert len(result.errors or ()) == 1


@pytest.mark.usefixtures("unlimited")
async def test_what_is_selected_is_compiled_where_rows_are() -> None:
    """Fragments in fragments select two to the power of forty fields; a row has few."""
    schema = orchard(is_compiled=True)
    fragments = [
        f"fragment F{n} on Apple {{ a: next {{ ...F{n + 1} }} b: next {{ ...F{n + 1} }} }}"
        for n in range(40)
    ]
    text = "{ apple { ...F0 } } fragment F40 on Apple { id } " + " ".join(fragments)
    result, _ = await ask(schema, text, apple())
    assert result.data == {"apple": {"a": None, "b": None}}
    assert schema.operations.compiled == 1


@pytest.mark.usefixtures("unlimited")
async def test_a_large_operation_is_left_to_core() -> None:
    """What one operation may take of the memory has a limit, its answer has none."""
    schema = orchard(is_compiled=True)
    fields = " ".join(f"f{n}: label" for n in range(MOST_FIELDS + 1))
    for _ in range(2):
        result, _ = await ask(schema, f"{{ apple {{ {fields} }} }}", apple())
        assert result.data is not None
        assert len(result.data["apple"]) == MOST_FIELDS + 1
    assert (schema.operations.compiled, schema.operations.left_to_core) == (0, 2)


async def test_the_last_field_that_is_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Once nothing more may be compiled, what was is still used, and the rest is executed."""
    # The plan, its root and the field below.
    monkeypatch.setattr(operations, "MOST_FIELDS", 3)
    schema = orchard(is_compiled=True)
    text = "query ($yes: Boolean!) { apple { label @include(if: $yes) id @skip(if: $yes) } }"
    for yes in (True, True, False, True):
        result, _ = await ask(schema, text, apple(), yes=yes)
        assert result.data == {"apple": {"label": "a"} if yes else {"id": "fruit_1"}}
    assert schema.operations.compiled == 3


@pytest.mark.usefixtures("unlimited")
async def test_the_long_way_and_the_straight_one_compile_once() -> None:
    """What was compiled when a document was new serves once it is known, out of one limit."""
    schema = orchard(is_compiled=True)
    fields = " ".join(f"f{n}: label" for n in range(MOST_FIELDS * 2 // 3))
    for _ in range(3):
        await ask(schema, f"{{ apple {{ {fields} }} }}", apple())
    assert (schema.operations.compiled, schema.operations.left_to_core) == (3, 0)


async def test_memory_is_bounded() -> None:
    """A stream of operations, each sent once, evicts and does not grow."""
    schema = orchard(is_compiled=True)
    for number in range(OPERATIONS_KEPT + 10):
        await ask(schema, f"{{ a{number}: apple {{ label }} }}", apple())
    assert len(schema.operations) == OPERATIONS_KEPT


async def test_documents_kept() -> None:
    """Valid documents are kept, up to so many characters; of others nothing is."""
    schema = Schema(query=Query, types=TYPES)
    documents = schema.documents
    for wrong in ("{ apple { none } }", "{ apple {", "{ apple }", ""):
        result = await schema.execute(wrong) if wrong else None
        assert result is None or result.errors
    assert len(documents) == 0
    long = "#" * 30_000
    for number in range(30):
        for text in (f"{{ count }} {long}{number}", "{ count }"):
            assert (await schema.execute(text)).data == {"count": 3}
    assert len(documents) == CHARACTERS_KEPT // 30_000 + 1


async def test_a_valid_document_is_valid_for_its_rules() -> None:
    """A document that was found valid is not by that valid where more is forbidden."""
    text = "{ __schema { queryType { name } } }"
    assert (await build_schema(introspection=True).execute(text)).data
    assert (await build_schema(introspection=False).execute(text)).errors


async def test_the_setting(place: Place) -> None:
    """Turned off, nothing is compiled, and the answers are the same."""
    answers = []
    for compiled in (True, False):
        operations = build_schema(introspection=True, compiled=compiled).operations
        before = operations.compiled
        async with serving(place.settings(compiled=compiled)) as service:
            answers.append(await Person(service, "ines").viewer())
        assert (operations.compiled > before) is compiled
    assert answers[0] == answers[1]
