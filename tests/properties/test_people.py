"""Whatever people do, in whichever order, everybody sees what the rules say.

`make test` runs the same few plays each time. `make properties PLAYS=300 SEED=7` runs as many
others as you like, and makes a play that fails as short as it can.
"""

import asyncio
import os
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests.properties.office import Office
from tests.properties.play import Play
from tests.support.places import Place, Places

STEPS_AT_MOST = 60

_SEED = os.environ.get("PROPERTIES_SEED")
_IS_LONG = _SEED is not None


def _profile(test: Any) -> Any:
    if not _IS_LONG:
        # Not shortened: that takes longer than a test may.
        chosen = settings(max_examples=10, derandomize=True, phases=(Phase.generate,))
    else:
        plays = int(os.environ.get("PROPERTIES_PLAYS", "100"))
        chosen = settings(max_examples=plays, phases=(Phase.generate, Phase.shrink))
        test = pytest.mark.timeout(0)(seed(int(_SEED or 0))(test))
    # A play takes a second or two, and draws from what it has come to.
    slow = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]
    return settings(chosen, deadline=None, database=None, suppress_health_check=slow)(test)


@_profile
@given(data=st.data())
def test_everybody_sees_what_the_rules_say(
    places: Places, cast_template: Place, data: st.DataObject
) -> None:
    """S0-S4, W1-W4, D1-D5, A1-A4, after each step.

    Answers and refusals, inbox, threads, courses, recipients, unread counts and who is there are
    those of the model; open pages that only hear the feed show the same, and so does an empty page
    to which the whole feed is told; counters are what a recount says, sequences gapless.
    """
    with places.lent(cast_template) as place:
        asyncio.run(_play(place, data))


async def _play(place: Place, data: st.DataObject) -> None:
    async with Office(place) as office:
        await Play(office, data.draw).run(STEPS_AT_MOST)
