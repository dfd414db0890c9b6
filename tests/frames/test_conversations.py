"""Conversations at random: in whichever order things are said, the protocol holds.

`make test` holds the same few each time, `make frames EXAMPLES=… SEED=…` as many others as you
like.
"""

from typing import TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.frames.model import OPERATIONS
from tests.frames.running import CHOSEN_SEED, chosen, one_service
from tests.frames.talk import Talk
from tests.support.people import Person
from tests.support.places import Place
from tests.support.raw import wire
from tests.support.service import Service

Step: TypeAlias = tuple[str, ...]

_IDS = st.sampled_from(("1", "2", "3", "x" * 128, "\ud800"))
_NAMES = st.sampled_from(tuple(OPERATIONS))
_STEPS: st.SearchStrategy[Step] = st.one_of(
    st.tuples(st.sampled_from(("subscribe", "again")), _IDS, _NAMES),
    st.tuples(st.just("complete"), _IDS | st.just("never begun")),
    st.sampled_from([("ping",), ("pong",), ("tell",)]),
)
_BEFORE = st.sampled_from([("ping",), ("pong",), ("complete", "1")])
# Rare, or no conversation would be long.
_ENDS = st.none() | st.sampled_from([("init",), ("noise",), ("in use",)])


@pytest.mark.timeout(120 if CHOSEN_SEED is None else 0)
def test_conversations(place: Place, caplog: pytest.LogCaptureFixture) -> None:
    """Every answer is one that the protocol permits, and one operation is not another's.

    A feed that was there first hears every entry, in order, whatever else is asked for meanwhile.
    """
    with one_service(place, caplog) as run:

        @given(
            before=st.lists(_BEFORE, max_size=2),
            is_signed_in=st.sampled_from((True, True, True, False)),
            steps=st.lists(_STEPS, max_size=25),
            end=_ENDS,
        )
        def converse(
            before: list[Step], steps: list[Step], end: Step | None, *, is_signed_in: bool
        ) -> None:
            steps = [*steps, end] if end is not None else steps
            run(lambda service: _converse(service, before, steps, is_signed_in=is_signed_in))

        chosen(converse)


async def _converse(
    service: Service, before: list[Step], steps: list[Step], *, is_signed_in: bool
) -> None:
    after = (await Person(service, "ines").viewer())["feedCursor"]
    async with wire(service.url) as socket:
        talk = Talk(socket, Person(service, "rita"))
        for step in before:
            await talk.take(step)
        if is_signed_in:
            await talk.sign_in(service.token("ines"), after)
        for step in steps:
            if talk.must_close is None:
                await talk.take(step)
        await talk.hear_out()
        talk.judge()
