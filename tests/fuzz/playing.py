"""Games of one seed: what is drawn is the same wherever the same seed is played."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

_PROFILE = settings(
    deadline=None,
    database=None,
    phases=(Phase.generate, Phase.shrink),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


Play: TypeAlias = Callable[[st.DataObject], None]


@dataclass(frozen=True)
class Game:
    """Something to be done with whatever is drawn, over and over."""

    name: str
    play: Play


def play(game: Game, number: int, times: int) -> None:
    """Play so many times by a seed; what fails says how it is played again."""

    @given(data=st.data())
    def once(data: st.DataObject) -> None:
        game.play(data)

    try:
        seed(number)(settings(_PROFILE, max_examples=times)(once))()
    except BaseException as error:
        error.add_note(f'Again: make fuzz SEED={number} TIMES={times} ONLY="{game.name}"')
        raise
