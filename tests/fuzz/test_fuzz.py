"""Whatever is asked, no answer is a 5xx, every error has a code, and none was unforeseen.

`make test` plays the same few games each time; `make fuzz SECONDS=600 SEED=7` plays on.
"""

import pytest
from schemathesis import GenerationMode

from tests.fuzz.operations import OPERATIONS, operations
from tests.fuzz.playing import play
from tests.fuzz.rosters import importing
from tests.fuzz.target import target
from tests.fuzz.texts import text_games
from tests.support.places import Place

SEED = 1


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
def test_operations_written_from_the_schema(place: Place, mode: GenerationMode) -> None:
    """Every query and mutation, with values of the right types and of wrong ones."""
    with target(place) as asked:
        before = asked.asked
        for game in operations(asked, mode):
            play(game, SEED, times=6)
        assert asked.asked - before >= len(OPERATIONS)


def test_texts(place: Place) -> None:
    """Wherever the schema takes a text: cursors and ids, damaged or none at all, and traps."""
    with target(place) as asked:
        for game in text_games(asked):
            play(game, SEED, times=16)


def test_rosters(place: Place) -> None:
    """Any bytes are imported, or refused with the line; what is refused changes nothing."""
    with importing(place) as imports:
        for game in imports.games():
            play(game, SEED, times=60)
        assert imports.imported
        assert imports.refused
