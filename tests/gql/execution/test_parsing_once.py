"""A new document is parsed once, however often it is asked what it is."""

from unittest.mock import patch

import pytest
from graphql import GraphQLSyntaxError

from gql.execution import admission
from gql.execution.admission import _PARSED_AHEAD, Admission
from gql.limits.parsing import parse_bounded
from server.operations import has_one_answer
from tests.gql.execution.orchard import Sun, orchard
from tests.gql.execution.test_execution import Same, apple, ask

pytestmark = pytest.mark.sqlite_only("no database")

RIPENED = "subscription A { ripened { __typename } }"


async def test_a_new_document_is_parsed_once() -> None:
    """Its kind is asked first, then it is executed; once it is known, it is parsed no more."""
    schema = orchard(is_compiled=True)
    with patch.object(admission, "parse_bounded", wraps=parse_bounded) as parsing:
        for _ in range(3):
            assert schema.has_one_answer("{ apple { label } }", None)
            result, _ = await ask(schema, "{ apple { label } }", apple())
            assert result.data == {"apple": {"label": "a"}}
    assert parsing.call_count == 1


@pytest.mark.parametrize("is_known", [False, True])
async def test_kinds(*, is_known: bool) -> None:
    """What has one answer is said of known documents as of new ones, of nonsense too."""
    schema = orchard(is_compiled=True)
    both = f"{RIPENED} query B {{ count }}"
    for text, name, has_one in (
        (RIPENED, None, False),
        (RIPENED, "A", False),
        (RIPENED, "B", True),
        (RIPENED, "", True),
        (both, "A", False),
        (both, "B", True),
        (both, None, True),
        ("{ count }", None, True),
        ("{", None, True),
        ("{ none }", None, True),
    ):
        if is_known:
            known_as = "B" if text == both else None
            results = await schema.stream(text, {}, Sun(Same(1, 0)), [], known_as)
            async for _ in results:
                pass
            is_valid = text not in ("{", "{ none }")
            assert (schema.documents.get(text) is not None) is is_valid
        assert has_one_answer(schema, text, name) is has_one


def test_what_is_parsed_ahead_is_bounded() -> None:
    """Neither long names nor documents that nobody executes fill the memory."""
    schema = orchard(is_compiled=True)
    for number in range(10):
        assert has_one_answer(schema, RIPENED, f"{number}" + "a" * 100_000)
    held = Admission(schema._schema, 1_000)
    for number in range(_PARSED_AHEAD * 2):
        held.parse(f"{{ a{number}: count }}")
    assert len(held._parsed) == _PARSED_AHEAD
    held.read(f"{{ a{_PARSED_AHEAD * 2 - 1}: count }}")
    assert len(held._parsed) == _PARSED_AHEAD - 1
    with pytest.raises(GraphQLSyntaxError):
        held.parse("{")
    assert len(held._parsed) == _PARSED_AHEAD - 1
