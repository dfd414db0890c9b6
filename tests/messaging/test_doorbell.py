"""The doorbell within a process: it rings, and coalesces."""

import asyncio
import contextlib

import pytest

from messaging.doorbell import WOKEN_AT_ONCE, Doorbell, Ring, Topic, words_in
from models.ids import new_id
from tests.support.bells import is_silent, ring, rings

LENA, LEO = new_id(), new_id()
NO_RINGS = {
    "no person": "f",
    "no such topic": "x" + LENA.hex,
    "no topic": LENA.hex,
    "no id": "fnonsense",
    "too long": f"f{LENA.hex}0",
    "two in one": f"f{LENA.hex}f{LEO.hex}",
    "one that is and one that is none": f"f{LENA.hex} nonsense",
}


@pytest.mark.parametrize("topic", Topic)
def test_a_ring_survives_its_text(topic: Topic) -> None:
    """What is sent over the wire is read back as it was, in one short word."""
    words = [str(Ring(topic, LENA)), str(Ring(topic, LEO))]
    assert words_in(" ".join(words)) == words
    assert words_in(words[0]) == words[:1]
    assert words_in("") == []


@pytest.mark.parametrize("text", NO_RINGS.values(), ids=NO_RINGS)
def test_what_is_no_ring_is_noring(text: str) -> None:
    """Anything else on the channel is told apart."""
    with pytest.raises(ValueError, match=r".+"):
        words_in(text)


async def test_a_ring_wakes_all_who_wait_for_it_and_nobody_else() -> None:
    """Both devices of a person wake; other people and other topics sleep on."""
    doorbell = Doorbell("memory://")
    with (
        doorbell.listen(Topic.FEED, LENA) as phone,
        doorbell.listen(Topic.FEED, LENA) as laptop,
        doorbell.listen(Topic.ACCESS, LENA) as other_topic,
        doorbell.listen(Topic.FEED, LEO) as other_person,
    ):
        bells = (phone, laptop, other_topic, other_person)
        await doorbell.start()
        # Being connected wakes everybody, once.
        for bell in bells:
            await rings(bell)
            bell.clear()
        doorbell.ring(ring(LENA))
        await rings(phone)
        await rings(laptop)
        await is_silent(other_topic)
        await is_silent(other_person)
        await doorbell.stop()


async def test_many_rings_make_one_waking() -> None:
    """However often it rang before one looked, one look is enough: nothing queues up."""
    doorbell = Doorbell("memory://")
    with doorbell.listen(Topic.FEED, LENA) as bell:
        for _ in range(1_000):
            doorbell.wake(ring(LENA))
        await rings(bell)
        bell.clear()
        await is_silent(bell)
        doorbell.wake(ring(LENA))
        await rings(bell)


def test_nobody_is_remembered_who_stopped_listening() -> None:
    """When the last of a person's waiters is gone, so is all that was kept for them."""
    doorbell = Doorbell("memory://")
    with doorbell.listen(Topic.FEED, LENA):
        with doorbell.listen(Topic.FEED, LENA), doorbell.listen(Topic.ACCESS, LEO):
            assert doorbell.listening_users() == {LENA, LEO}
        assert doorbell.listening_users() == {LENA}
    assert doorbell.listening_users() == set()
    doorbell.wake(ring(LENA))


async def test_a_ring_before_the_doorbell_is_connected_stays_in_the_house() -> None:
    """Without a broker the waiters of this process are woken all the same, and nothing raises."""
    doorbell = Doorbell("memory://")
    with doorbell.listen(Topic.FEED, LENA) as bell:
        doorbell.ring(ring(LENA))
        await rings(bell)


async def test_a_crowd_is_woken_in_parts() -> None:
    """Others are served between two parts of a crowd, and nobody of it is left out."""
    doorbell = Doorbell("memory://")
    people = [new_id() for _ in range(2 * WOKEN_AT_ONCE + 1)]
    with contextlib.ExitStack() as stack:
        bells = [stack.enter_context(doorbell.listen(Topic.FEED, each)) for each in people]
        doorbell.wake(Ring(Topic.FEED, each) for each in people)
        counts = []
        for _ in range(3):
            counts.append(sum(bell.is_rung for bell in bells))
            await asyncio.sleep(0)
        assert counts == [WOKEN_AT_ONCE, 2 * WOKEN_AT_ONCE, len(people)]


async def test_who_has_seen_the_newest_entry_is_not_woken() -> None:
    """Of the devices of a person only those that are elsewhere look again."""
    doorbell = Doorbell("memory://")
    with (
        doorbell.listen(Topic.FEED, LENA) as behind,
        doorbell.listen(Topic.FEED, LENA) as there,
        doorbell.listen(Topic.FEED, LENA) as ahead,
        doorbell.listen(Topic.ACCESS, LENA) as other_topic,
    ):
        behind.reached, there.reached, ahead.reached = 6, 7, 8
        doorbell.wake_unless_at(LENA, 7)
        bells = behind, there, ahead, other_topic
        assert [bell.is_rung for bell in bells] == [True, False, True, False]
