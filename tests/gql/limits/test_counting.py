"""What a document may have: each limit is met, and each part looked at once."""

from collections.abc import Callable

import pytest
from graphql import GraphQLError, get_introspection_query, parse
from graphql.language.visitor import Visitor, visit

from bench.completion import documents
from gql.api import build_schema
from gql.errors import OperationTooComplex
from gql.execution.admission import Admission
from gql.limits import table
from gql.limits.counting import count
from gql.limits.parsing import parse_bounded
from gql.limits.sizes import Sizes
from gql.limits.table import DEFAULT_COST_LIMIT, Limit
from gql.limits.variables import check_variables
from gql.limits.weighing import Weighed, Weighing
from tests.support.hostile import bodies, hostile_documents

pytestmark = pytest.mark.sqlite_only("no database")

SIZES = Sizes(build_schema()._schema)

# A document with so many of something.
FORMS: dict[Limit, Callable[[int], str]] = {
    table.CHARACTERS: "{a}".ljust,
    table.LINES: lambda most: "{a}" + "\n" * most,
    table.COMMENTS: lambda most: "#\n" * most + "{a}",
    table.OPERATIONS: lambda most: "query a{b}" * most,
    table.FRAGMENTS: lambda most: "fragment a on b{c}" * most,
    table.SPREADS: lambda most: "{" + "...a " * (most - 1) + "...{b}}",
    table.FIELDS: lambda most: "{" + "a " * most + "}",
    table.ALIASES: lambda most: "{" + "a:b " * most + "}",
    table.DIRECTIVES: lambda most: "query a " + "@b " * most + "{c}",
    table.VALUES: lambda most: "query($a:b){c(d:[{e:1}" + " 1" * (most - 4) + "])}",
    table.DEPTH: lambda most: "{a" * most + "}" * most,
}


def read(document: str) -> Weighed:
    """The document, if it is within the limits."""
    return Weighed(SIZES, parse_bounded(document))


@pytest.mark.parametrize("limit", FORMS)
def test_each_limit(limit: Limit) -> None:
    """As much as is permitted passes; one more is refused, with the number and what to mend."""
    form = FORMS[limit]
    read(form(limit.most))
    with pytest.raises(OperationTooComplex) as refused:
        read(form(limit.most + 1))
    assert refused.value.message == (
        f"There are more than {limit.most:,} {limit.of}: {limit.mend}."
    )


def test_tokens() -> None:
    """A document has so many tokens and no more, comments apart."""
    assert parse_bounded("#\n{" + "a " * (table.TOKENS.most - 2) + "}")
    with pytest.raises(OperationTooComplex, match="tokens"):
        parse_bounded("{" + "a " * (table.TOKENS.most - 1) + "}")


def test_depth_through_fragments() -> None:
    """Levels count through fragments, also in those that nobody uses where they stand alone."""
    chain = "".join(f"fragment a{n} on Query{{a{{b{{...a{n + 1}}}}}}}" for n in range(9))
    read("{...a0}" + chain + "fragment a9 on Query{a{b}}")
    with pytest.raises(OperationTooComplex, match="levels"):
        read("{a{...a0}}" + chain + "fragment a9 on Query{a{b}}")


def test_variables() -> None:
    """Variables are counted and their levels measured, to a limit."""
    most, deepest = table.VARIABLE_VALUES.most, table.VARIABLE_DEPTH.most
    deep: object = 1
    for _ in range(deepest - 1):
        deep = [deep]
    check_variables({"a": deep})
    check_variables({"a": [1] * (most - 1)})
    check_variables(None)
    for wrong in ({"a": [deep]}, {"a": [1] * most}, {"a": {str(n): n for n in range(most)}}):
        with pytest.raises(OperationTooComplex):
            check_variables(wrong)


def test_nothing_is_visited_twice() -> None:
    """However fragments are nested and used, each part is counted and weighed once."""
    last = table.FRAGMENTS.most - 1
    for times, operations in ((1, 1), (2, 1), (3, 1), (1, 20)):
        spreads = " ".join(["...a%d"] * times)
        asked = " ".join(f"query q{n} {{ ...a0 }}" for n in range(operations))
        text = asked + " ".join(
            f"fragment a{n} on Query {{ {spreads.replace('%d', str(n + 1))} }}" for n in range(last)
        )
        document = parse(text + f" fragment a{last} on Query {{ __typename }}")
        nodes = Nodes()
        visit(document, nodes)
        # All but the document itself and the names.
        assert count(document).visits <= nodes.seen
        weighings: list[Weighing] = []
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("gql.limits.weighing.Weighing", _noted(weighings))
            weighed = Weighed(SIZES, document)
        [weighing] = weighings
        assert weighing.visits == operations + last * times + 1
        operation = count(document).operations[0]
        assert weighed.cost(operation, {}) == min(11 * times**last, 1_000_000_000)


class Nodes(Visitor):
    """Counts the nodes of a document."""

    def __init__(self) -> None:
        super().__init__()
        self.seen = 0

    def enter(self, *_: object) -> None:
        """Count."""
        self.seen += 1


def _noted(weighings: list[Weighing]) -> object:
    def make(*given: object) -> Weighing:
        weighings.append(Weighing(*given))  # type: ignore[arg-type]  # as they come
        return weighings[-1]

    return make


def test_circles_end() -> None:
    """Fragments that spread each other are weighed; that they may not, validation says."""
    for text in (
        "{ ...a } fragment a on Query { ...a __typename }",
        "{ ...a } fragment a on Query { ...b } fragment b on Query { ...a __typename }",
        "{ ...a } fragment b on Query { ...a ...b ...c } fragment a on Query { ...b }",
    ):
        weighed = read(text)
        [operation] = count(parse(text)).operations
        assert weighed.cost(operation, {}) < 100


async def test_what_clients_ask_passes_with_room() -> None:
    """The page's operations, one by one and all in one document, and asking for the schema."""
    asking = get_introspection_query(
        specified_by_url=True,
        directive_is_repeatable=True,
        schema_description=True,
        input_value_deprecation=True,
    )
    admission = Admission(SIZES.schema, DEFAULT_COST_LIMIT)
    operations = {"the schema": asking, **documents()}
    for name, text in operations.items():
        shown = admission.check(admission.read(text), None, {})["cost"]
        assert shown["requested"] * 2 < shown["limit"], name
        # A fragment or a field more, and still.
        assert len(text) * 4 < table.CHARACTERS.most, name
        counted = count(parse(text))
        assert counted.visits * 2 < table.TOKENS.most, name
    assert len(operations) > 15
    assert (await build_schema(introspection=True).execute(asking)).data


def test_what_is_made_to_cost_is_within_a_request() -> None:
    """The hostile documents go to the limits: some pass the counting, and are refused behind it."""
    assert len(bodies()) > 90
    assert sum(map(_passes, hostile_documents().values())) > 25


def _passes(text: str) -> bool:
    try:
        read(text)
    except GraphQLError:
        return False
    return True
