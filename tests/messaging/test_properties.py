"""Whatever the cast does, in whichever order, the counters and the sequences hold."""

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from typing import Any, TypeAlias
from uuid import UUID

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from messaging.actions.administration import (
    activate_user,
    assign_instructor,
    deactivate_user,
    remove_user,
    set_messaging_mode,
    unassign_instructor,
)
from messaging.actions.deleting import DeleteScope, delete_chat, delete_message
from messaging.actions.reading import mark_read
from messaging.actions.sending import contact_instructor, send_message, start_chat
from messaging.doorbell import Doorbell
from messaging.errors import NotFound, Refused
from messaging.feed.announcements import Announcer
from messaging.policy.pairs import may_start
from messaging.reads.conversations import conversations_with
from messaging.work import UnitOfWork
from models import Conversation, Message, MessagingMode, database
from models.database import for_reading
from tests.support.cast import course_id, user_id, viewer_of
from tests.support.places import Place, Places
from tests.support.recount import assert_consistent

ACTORS = ("olga", "leo", "ines", "lena")
# (what, who, then places in lists that are taken modulo their lengths)
Step: TypeAlias = tuple[str, str, int, int]
Action: TypeAlias = Callable[[UnitOfWork, Any, int, int], Coroutine[Any, Any, object]]

STEPS: dict[str, Action] = {}


def step(weight: int) -> Callable[[Action], Action]:
    """Have an action among the steps, so many times as often as the rarest."""

    def register(action: Action) -> Action:
        for number in range(weight):
            STEPS[f"{action.__name__} {number}"] = action
        return action

    return register


async def _nth(model: Any, place: int) -> Any:
    found = await model.all().order_by("id")
    return found[place % len(found)].id if found else None


async def _user(place: int) -> UUID:
    return await user_id(ACTORS[place % len(ACTORS)])


@step(4)
async def _start(office: UnitOfWork, viewer: Any, place: int, key: int) -> object:
    key_text = str(key) if key < 3 else None
    return await office.run(start_chat, viewer, await _user(place), "Hello", key_text)


@step(2)
async def _contact(office: UnitOfWork, viewer: Any, _place: int, _key: int) -> object:
    course, ines = await course_id("mechanics"), await user_id("ines")
    return await office.run(contact_instructor, viewer, course, ines, "Hello", None)


@step(6)
async def _send(office: UnitOfWork, viewer: Any, place: int, key: int) -> object:
    chat = await _nth(Conversation, place)
    return chat and await office.run(
        send_message, viewer, chat, "Hello", str(key) if key < 3 else None
    )


@step(4)
async def _read(office: UnitOfWork, viewer: Any, place: int, up_to: int) -> object:
    chat = await _nth(Conversation, place)
    return chat and await office.run(mark_read, viewer, chat, up_to)


@step(4)
async def _delete(office: UnitOfWork, viewer: Any, place: int, scope: int) -> object:
    message = await _nth(Message, place)
    scopes = list(DeleteScope)
    return message and await office.run(
        delete_message, viewer, message, scopes[scope % len(scopes)]
    )


@step(2)
async def _delete_chat(office: UnitOfWork, viewer: Any, place: int, _: int) -> object:
    chat = await _nth(Conversation, place)
    return chat and await office.run(delete_chat, viewer, chat)


@step(1)
async def _decide_about_a_user(office: UnitOfWork, _: Any, place: int, what: int) -> object:
    action = (deactivate_user, remove_user, activate_user)[what % 3]
    return await office.run(action, await viewer_of("olga"), await _user(place))


@step(1)
async def _decide_who_teaches(office: UnitOfWork, _: Any, place: int, what: int) -> object:
    action = (assign_instructor, unassign_instructor)[what % 2]
    course = await course_id("mechanics")
    return await office.run(action, await viewer_of("olga"), course, await _user(place))


@step(1)
async def _switch(office: UnitOfWork, _: Any, _place: int, what: int) -> object:
    mode = list(MessagingMode)[what % 2]
    return await office.run(set_messaging_mode, await viewer_of("olga"), mode)


async def _play(database_url: str, steps: list[Step]) -> None:
    await database.connect(database_url)
    try:
        office = UnitOfWork(Doorbell("memory://"))
        for what, who, place, number in steps:
            viewer = await viewer_of(who)
            if viewer.is_active:
                with contextlib.suppress(Refused, NotFound):
                    await STEPS[what](office, viewer, place, number)
        await Announcer(office).announce_pending()
        await assert_consistent()
        await _assert_open_where_one_may_start()
    finally:
        await database.disconnect()


async def _assert_open_where_one_may_start() -> None:
    """W1, as the chat of each two of the cast has it in the end."""
    db = for_reading()
    for chat in await Conversation.all():
        one, other = chat.lower_user_id, chat.higher_user_id
        either = await may_start(db, one, other) or await may_start(db, other, one)
        for viewer, peer in ((one, other), (other, one)):
            [found] = (await conversations_with(db, viewer, [peer])).values()
            assert found.may_reply is either


_numbers = st.integers(min_value=0, max_value=30)
_steps = st.lists(
    st.tuples(st.sampled_from(list(STEPS)), st.sampled_from(ACTORS), _numbers, _numbers),
    min_size=15,
    max_size=40,
)


# Not shrunk: replaying against a database takes longer than a test may.
@settings(max_examples=60, deadline=None, database=None, phases=(Phase.generate,))
@given(steps=_steps)
def test_counters_and_sequences_hold_whatever_the_cast_does(
    places: Places, cast_template: Place, steps: list[Step]
) -> None:
    """D5, W1: after any steps, counts are what a recount says and sequences have no gaps."""
    with places.lent(cast_template) as place:
        asyncio.run(_play(place.database_url, steps))
