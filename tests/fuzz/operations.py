"""Operations that schemathesis writes from the schema, right ones and wrong ones."""

from collections.abc import Iterator
from typing import Any

import schemathesis
from graphql import (
    ArgumentNode,
    IntValueNode,
    ObjectFieldNode,
    StringValueNode,
    ValueNode,
    Visitor,
    parse,
    print_ast,
    visit,
)
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.core.result import Ok

from gql.api import sdl
from tests.fuzz.playing import Game
from tests.fuzz.target import ASKING, Target

_SCHEMA = schemathesis.graphql.from_file(sdl())
OPERATIONS = tuple(found.ok() for found in _SCHEMA.get_all_operations() if isinstance(found, Ok))


def operations(target: Target, mode: GenerationMode) -> Iterator[Game]:
    """A game for each root field that schemathesis calls: queries and mutations."""
    for operation in OPERATIONS:
        cases = operation.as_strategy(generation_mode=mode)

        def play(data: st.DataObject, cases: st.SearchStrategy[Any] = cases) -> None:
            document = data.draw(cases).body
            assert isinstance(document, str)
            if mode is GenerationMode.POSITIVE:
                document = print_ast(visit(parse(document), _Substitution(target, data)))
            target.ask(data.draw(st.sampled_from(ASKING)), document)

        yield Game(f"{mode.value} {operation.label}", play)


class _Substitution(Visitor):
    """Puts what exists where an operation speaks of something, or the walk ends at NOT_FOUND."""

    def __init__(self, target: Target, data: st.DataObject) -> None:
        super().__init__()
        self._target = target
        self._data = data

    def leave_argument(self, node: ArgumentNode, *_: object) -> ArgumentNode | None:
        """Put another value to an argument."""
        value = self._other(node.name.value)
        return None if value is None else ArgumentNode(name=node.name, value=value)

    def leave_object_field(self, node: ObjectFieldNode, *_: object) -> ObjectFieldNode | None:
        """Put another value into an input object."""
        value = self._other(node.name.value)
        return None if value is None else ObjectFieldNode(name=node.name, value=value)

    def _other(self, name: str) -> ValueNode | None:
        draw = self._data.draw
        if name == "id" or name.endswith("Id"):
            return StringValueNode(value=draw(st.sampled_from(self._target.ids)))
        if name in ("after", "before") and draw(st.booleans()):
            return StringValueNode(value=draw(st.sampled_from(self._target.cursors)))
        if name in ("first", "last") and draw(st.booleans()):
            return IntValueNode(value=str(draw(st.integers(1, 100))))
        return None
