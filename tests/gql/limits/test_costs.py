"""What operations cost: fields, those in a list as many times as it is long."""

from typing import Any

import pytest

from gql.api import build_schema
from gql.errors import OperationTooComplex
from gql.execution.admission import Admission
from gql.limits.table import (
    FIELD,
    READ,
    SHORT_LIST,
    SUBSCRIPTIONS_SHARE,
    TEXT,
    TEXTS,
)

pytestmark = pytest.mark.sqlite_only("no database")

ADMISSION = Admission(build_schema()._schema, 1_000_000)
ROOT = FIELD + READ
PAGE = ROOT + READ


def cost(document: str, **variables: Any) -> int:
    """What the document's only operation costs."""
    shown: dict[str, int] = ADMISSION.check(ADMISSION.read(document), None, variables)["cost"]
    return shown["requested"]


def test_fields() -> None:
    """Each field counts, and more where the database is asked."""
    assert cost("{ __typename }") == ROOT
    assert cost("{ viewer { unreadCount user { id name } } }") == ROOT + 4
    assert cost("{ a: viewer { unreadCount } b: viewer { unreadCount } }") == 2 * (ROOT + 1)
    assert cost("subscription { feed { cursor } }") == ROOT + 1


def test_lists() -> None:
    """What is in a list counts as often as was asked for, and a page's own fields once."""
    page = "{ edges { cursor node { id } } pageInfo { hasNextPage } }"
    for size, asked in ((20, ""), (3, "(first: 3)"), (100, "(first: 100)")):
        assert cost(f"{{ courses{asked} {page} }}") == PAGE + 1 + size * 3 + 2
    thread = "{ conversation(id: 1) { messages%s { edges { node { id } } } } }"
    own = ROOT + FIELD + READ + 1
    assert cost(thread % "") == own + 50 * 2
    assert cost(thread % "(last: 7)") == own + 7 * 2
    assert cost(thread % "(first: 8)") == own + 8 * 2
    nested = "{ conversations(first: 10) { edges { node { messages(last: 5) { edges { cursor }}}}}}"
    assert cost(nested) == PAGE + 1 + 10 * (1 + FIELD + READ + 1 + 5)


def test_lists_of_no_size() -> None:
    """A list for whose size nobody can ask counts as a short one, where anything is in it."""
    assert cost("{ course(id: 1) { instructors { mayContact } } }") == ROOT + 1 + SHORT_LIST
    assert cost("{ viewer { roles } }") == ROOT + 1


def test_variables() -> None:
    """Sizes come by variables, with their defaults; each outcome has its own cost."""
    document = """query ($n: Int = 4, $m: Int) {
        a: courses(first: $n) { edges { cursor } } b: courses(first: $m) { edges { cursor } } }"""
    known = ADMISSION.read(document)

    def of(**variables: Any) -> int:
        shown: dict[str, int] = ADMISSION.check(known, None, variables)["cost"]
        return shown["requested"] - 2 * (PAGE + 1)

    for _ in range(2):
        assert of() == 4 + 20
        assert of(n=10) == 10 + 20
        assert of(n=10, m=1) == 11
        assert of(n=None, m=None) == 20 + 20
        # As GraphQL takes it.
        assert of(n=30.0, m=30) == 60
        # Out of range is refused when it is read, by whatever it would have cost.
        assert of(n=10**30, m=-5) == 100 + 1
        assert of(n="90", m=[90]) == 20 + 20
        assert of(n=True, m=float("nan")) == 20 + 20
    for number in range(1_000):
        assert of(n=number % 100 + 1, m=number // 100 + 1) == number % 100 + number // 100 + 2
    assert len(known.weighed._costs) <= 64


def test_fragments() -> None:
    """A fragment costs what stands in it, in a page as often as the page has rows."""
    assert cost(
        """{ courses(first: 9) { ...page } }
        fragment page on CourseConnection { edges { ...edge } }
        fragment edge on CourseEdge { ... { cursor node { ... on Node { id } } } }"""
    ) == cost("{ courses(first: 9) { edges { cursor node { id } } } }")


def test_operations_of_one_document() -> None:
    """Each operation of a document costs what is its own."""
    known = ADMISSION.read("query a { viewer { unreadCount } } query b { __typename }")
    assert ADMISSION.check(known, "a", {})["cost"]["requested"] == ROOT + 1
    assert ADMISSION.check(known, "b", {})["cost"]["requested"] == ROOT
    assert ADMISSION.check(known, None, {}) == {}


def test_what_is_not_there() -> None:
    """What validation will refuse is weighed all the same."""
    for document in (
        "{ a { b(first: 3) { c } } }",
        "{ ...a viewer { ...on Nothing { b } } }",
        "{ viewer(first: 5) }",
        "{ courses(first: a, last: {b: 1}) { edges { cursor } } }",
        "{ courses(first: $a) { edges { cursor } } }",
        "{ courses(first: " + "9" * 10_000 + ") { edges { cursor } } }",
        "query ($a: Nothing = 1) { viewer }",
        "fragment a on Query { viewer } { ...a }",
        "{ __schema { types { fields { args { type { name } } } } } }",
        '{ __type(name: "User") { possibleTypes { name } } }',
        "mutation { a } ",
    ):
        assert cost(document) >= 1


def test_the_limit() -> None:
    """An operation of exactly the limit passes; of one point more it is refused, with both."""
    document = "{ courses(first: 10) { edges { cursor } } }"
    requested = cost(document)
    Admission(build_schema()._schema, requested).check(ADMISSION.read(document), None, {})
    with pytest.raises(OperationTooComplex, match=f"costs {requested}") as refused:
        Admission(build_schema()._schema, requested - 1).check(ADMISSION.read(document), None, {})
    assert refused.value.extensions == {
        "code": "OPERATION_TOO_COMPLEX",
        "cost": {"requested": requested, "limit": requested - 1},
    }


def test_texts_weigh_more() -> None:
    """What people wrote counts as many fields; it is in the schema under that name."""
    for kind, field in TEXTS:
        assert field in build_schema()._schema.type_map[kind].fields  # type: ignore[attr-defined]  # an object
    page = "{ conversation(id: 1) { messages(last: 100) { edges { node { %s } } } } }"
    assert cost(page % "body") - cost(page % "seq") == 100 * TEXT


def test_subscriptions_have_a_share() -> None:
    """What is asked at each event may cost a tenth of what is asked once."""
    text = "subscription { feed { cursor unreadCount } }"
    most = cost(text) * SUBSCRIPTIONS_SHARE
    schema = build_schema()._schema
    assert Admission(schema, most).check(ADMISSION.read(text), None, {})
    with pytest.raises(OperationTooComplex):
        Admission(schema, most - 1).check(ADMISSION.read(text), None, {})
