"""Whatever people do, in whichever order, everybody sees what the rules say.

`make test` runs the same few plays each time. `make properties PLAYS=300 SEED=7` runs as many
others as you like, and makes a play that fails as short as it can.
"""

import asyncio
import os

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests.properties.office import Office
from tests.properties.play import Play
from tests.support.places import Place, Places

STEPS_AT_MOST = 60
_SEED = os.environ.get("PROPERTIES_SEED")
_PLAYS = int(os.environ.get("PROPERTIES_PLAYS", "100"))

_PROFILE = settings(
    deadline=None,
    database=None,
    # A play takes a second or two, and draws from what it has come to.
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
        HealthCheck.large_base_example,
    ],
)
_LONG = settings(_PROFILE, max_examples=_PLAYS, phases=(Phase.generate, Phase.shrink))
# Not made shorter where they fail: that takes longer than a test may. Of fixed seeds, so that
# nobody's change fails by chance; other plays on each, fewer where each takes longer.
_QUICK = settings(_PROFILE, phases=(Phase.generate,))
_ON_SQLITE = settings(_QUICK, max_examples=14), 3
_ON_POSTGRES = settings(_QUICK, max_examples=4), 6


@pytest.mark.timeout(120 if _SEED is None else 0)
def test_everybody_sees_what_the_rules_say(places: Places, cast_template: Place) -> None:
    """S0-S4, W1-W4, D1-D5, A1-A4.

    After each step its answer or refusal is the model's; open pages, which only hear the feed, were
    told what the model says; counters are what a recount says, sequences gapless. Inbox, threads,
    courses, recipients and unread counts are asked of everybody whose view the step changes, of the
    others by turns, and of all in the end. At some steps, and in the end, the whole feed is told to
    an empty page, which then shows the same.
    """

    @given(data=st.data())
    def play(data: st.DataObject) -> None:
        with places.lent(cast_template) as place:
            asyncio.run(_play(place, data))

    quick = _ON_POSTGRES if cast_template.is_postgres else _ON_SQLITE
    chosen, number = quick if _SEED is None else (_LONG, int(_SEED))
    chosen(seed(number)(play))()


async def _play(place: Place, data: st.DataObject) -> None:
    async with Office(place) as office:
        await Play(office, data.draw).run(STEPS_AT_MOST)
