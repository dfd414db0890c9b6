"""The function that completes a row of one selection set."""

from types import SimpleNamespace
from typing import Any

import pytest

from gql.execution.run import NotCompiled
from gql.execution.written import Written

pytestmark = pytest.mark.sqlite_only("no database")

# No name of GraphQL, and what would come of one that became source.
HOSTILE = 'x"] = 1; import os; raise SystemExit #'


def test_nothing_of_a_client_is_in_the_source() -> None:
    """Names in the response are values of the function: whatever they were, they are not run."""
    written = Written()
    written.leaf(HOSTILE, "label", str, str.upper)
    written.constant(HOSTILE + "2", HOSTILE)
    written.composite(HOSTILE + "3", "inner", lambda value, _run, place: (value, place), HOSTILE)

    def put(_row: Any, part: dict[str, Any], _run: Any, _place: Any) -> None:
        part["put"] = True

    written.put(put)
    row: Any = SimpleNamespace(label="a", inner=7)
    run: Any = None
    there = None, "there", None
    assert written.completer()(row, run, there) == {
        HOSTILE: "a",
        HOSTILE + "2": HOSTILE,
        HOSTILE + "3": (7, (there, HOSTILE + "3", HOSTILE)),
        "put": True,
    }
    assert "import" not in written.source


def test_what_is_no_attribute_is_not_compiled() -> None:
    """Only a name can be read of a row: anything else is left to graphql-core."""
    for name in (HOSTILE, "a.b", "a b", ""):
        with pytest.raises(NotCompiled):
            Written().leaf("name", name, str, str.upper)
