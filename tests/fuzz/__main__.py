"""The command line: ``python -m tests.fuzz``."""

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path

from schemathesis import GenerationMode

from tests.fuzz.operations import operations
from tests.fuzz.playing import Game, play
from tests.fuzz.rosters import importing
from tests.fuzz.target import target
from tests.fuzz.texts import text_games
from tests.support.cast import make_cast
from tests.support.places import KINDS, Place, places_of


def main() -> int:
    """Play until the time is over; 0 only where nothing was found."""
    words = _parser().parse_args()
    ends = time.monotonic() + words.seconds
    with tempfile.TemporaryDirectory(prefix="lms-messages-fuzz-") as name, ExitStack() as stack:
        directory = Path(name)
        places = stack.enter_context(places_of(words.database, directory))
        template = places.made(lambda place: make_cast(place.database_url, directory))
        for seed in count(words.seed):
            # What one seed has changed would have another find another world.
            with places.lent(template) as place:
                played = _round(place, seed, words.times, words.only, ends)
            if not played:
                _say("No game is called so.")
                return 2
            if time.monotonic() >= ends:
                return 0
    return 0


def _round(place: Place, seed: int, times: int, only: str, ends: float) -> int:
    """Play each game by one seed, while there is time; how many were played."""
    played = 0
    with ExitStack() as stack:
        for game in _games(stack, place):
            if only not in game.name:
                continue
            if played and time.monotonic() >= ends:
                _say("The time is over.")
                break
            begun = time.monotonic()
            play(game, seed, times)
            played += 1
            _say(f"seed {seed}: {game.name}, {times} times in {time.monotonic() - begun:.1f} s")
    _say(f"seed {seed}: {played} games, nothing found")
    return played


def _games(stack: ExitStack, place: Place) -> Iterator[Game]:
    with target(place) as asked:
        yield from text_games(asked)
        for mode in GenerationMode:
            yield from operations(asked, mode)
    yield from stack.enter_context(importing(place)).games()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.fuzz",
        description="Ask at random. What is found ends it, with how to find it again.",
    )
    add = parser.add_argument
    add("--seconds", type=float, default=60, help="begin no game after this long (%(default)s)")
    add("--seed", type=int, default=1, help="the first; each round takes the next (%(default)s)")
    add("--times", type=int, default=50, help="how often each game is played by a seed")
    add("--only", default="", help="the games with this in their names")
    add("--database", choices=KINDS, default="postgres", help="(%(default)s)")
    return parser


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)  # noqa: T201  # progress


if __name__ == "__main__":
    sys.exit(main())
