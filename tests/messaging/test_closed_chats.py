"""Chats close, each for its reason, and open again when the cause goes (W1-W3)."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import pytest

from messaging.actions.administration import deactivate_user
from messaging.actions.sending import send_message
from messaging.errors import SignedOut
from tests.support.cast import user_id, viewer_of
from tests.support.operations import COURSE
from tests.support.people import Person, done, refusals
from tests.support.service import Service
from tests.support.snapshot import unchanged
from tests.support.threads import (
    make_chat,
    move,
    set_course_archived,
    set_department_archived,
    set_enrolled,
)

Change = Callable[[Person], Awaitable[object]]


@dataclass(frozen=True)
class Cause:
    """What closes the chat of two, and what undoes it; olga is the one who does it."""

    one: str
    other: str
    reason: str
    happens: Change
    goes: Change
    # Whether the other can still sign in to look.
    is_seen_by_other: bool = True


async def _unassign_from_the_unenrolled(olga: Person) -> None:
    done(await olga.staff("unassignInstructor", "mechanics", "ines"))
    await set_enrolled("lena", "mechanics", is_active=False)


async def _assign_and_enrol(olga: Person) -> None:
    done(await olga.staff("assignInstructor", "mechanics", "ines"))
    await set_enrolled("lena", "mechanics", is_active=True)


CAUSES = {
    "messaging off": Cause(
        "lena",
        "ines",
        "MESSAGING_OFF",
        lambda olga: olga.set_mode("OFF"),
        lambda olga: olga.set_mode("ON"),
    ),
    "peer deactivated": Cause(
        "lena",
        "ines",
        "PEER_DEACTIVATED",
        lambda olga: olga.manage("deactivateUser", "ines"),
        lambda olga: olga.manage("activateUser", "ines"),
        is_seen_by_other=False,
    ),
    "peer removed": Cause(
        "lena",
        "ines",
        "PEER_REMOVED",
        lambda olga: olga.manage("removeUser", "ines"),
        lambda olga: olga.manage("activateUser", "ines"),
        is_seen_by_other=False,
    ),
    "instructor unassigned, learner still enrolled": Cause(
        "lena",
        "ines",
        "INSTRUCTOR_UNASSIGNED",
        lambda olga: olga.staff("unassignInstructor", "mechanics", "ines"),
        lambda olga: olga.staff("assignInstructor", "mechanics", "ines"),
    ),
    "instructor unassigned, learner no longer enrolled": Cause(
        "lena",
        "ines",
        "NO_LONGER_PERMITTED",
        _unassign_from_the_unenrolled,
        _assign_and_enrol,
    ),
    "learner no longer enrolled": Cause(
        "lena",
        "ines",
        "NO_LONGER_PERMITTED",
        lambda _: set_enrolled("lena", "mechanics", is_active=False),
        lambda _: set_enrolled("lena", "mechanics", is_active=True),
    ),
    "course archived": Cause(
        "lena",
        "ines",
        "INSTRUCTOR_UNASSIGNED",
        lambda _: set_course_archived("mechanics", is_archived=True),
        lambda _: set_course_archived("mechanics", is_archived=False),
    ),
    "moved out of the department": Cause(
        "leo",
        "lena",
        "NO_LONGER_PERMITTED",
        lambda _: move("lena", "arts"),
        lambda _: move("lena", "physics"),
    ),
    "department archived": Cause(
        "leo",
        "lena",
        "NO_LONGER_PERMITTED",
        lambda _: set_department_archived("physics", is_archived=True),
        lambda _: set_department_archived("physics", is_archived=False),
    ),
}


async def _open_chat(service: Service, cause: Cause) -> str:
    one = Person(service, cause.one)
    if cause.other == "ines":
        sent = done(await one.contact("ines", "mechanics", "Before"))
    else:
        sent = done(await one.start(cause.other, "Before"))
    return str(sent["conversation"]["id"])


@pytest.mark.parametrize("cause", CAUSES.values(), ids=CAUSES.keys())
async def test_w2_a_chat_closes_with_its_reason_and_opens_again(
    service: Service, cause: Cause
) -> None:
    """W1, W2: closed for its reason, kept and readable, takes no message; open when it goes."""
    chat = await _open_chat(service, cause)
    olga = Person(service, "olga")
    people = [Person(service, cause.one)]
    if cause.is_seen_by_other:
        people.append(Person(service, cause.other))
    await cause.happens(olga)
    for person in people:
        found = await person.chat(chat)
        assert (found["mayReply"], found["closedReason"]) == (False, cause.reason)
        assert [each["closedReason"] for each in await person.chats()] == [cause.reason]
        assert await person.bodies(chat) == ["Before"]
        async with unchanged():
            refused = await person.send(chat, "Too late")
        assert refusals(refused) == [("CHAT_CLOSED", cause.reason)]
        assert refused["message"] is None
    await cause.goes(olga)
    for person in [Person(service, cause.one), Person(service, cause.other)]:
        found = await person.chat(chat)
        assert (found["mayReply"], found["closedReason"]) == (True, None)
        done(await person.send(chat, "Again"))


async def test_w2_a_closed_chat_is_deletable(service: Service) -> None:
    """W2: in a closed chat one may still mark read, delete a message, and delete the chat."""
    lena, ines = Person(service, "lena"), Person(service, "ines")
    sent = done(await lena.contact("ines", "mechanics"))
    chat = sent["conversation"]["id"]
    done(await Person(service, "olga").staff("unassignInstructor", "mechanics", "ines"))
    assert done(await ines.read(chat, 1))["conversation"]["unreadCount"] == 0
    done(await lena.delete(sent["message"]["id"]))
    assert await ines.bodies(chat) == []
    done(await ines.delete_chat(chat))
    assert await ines.chats() == []


async def test_s2_a_department_archived_in_between_is_passed_through(service: Service) -> None:
    """S2: an archived department gives its own administrators nothing, those above it the same."""
    await set_department_archived("sciences", is_archived=True)
    rita, mia, leo = (Person(service, name) for name in ("rita", "mia", "leo"))
    done(await rita.start("lena"))
    done(await leo.start("lena"))
    async with unchanged():
        answer = await mia.attempt(
            "startChat", recipientId=await service.user("lena"), body="Hello"
        )
    assert answer.codes == ["FORBIDDEN"]


async def test_w3_a_course_shows_its_instructors_while_messaging_is_off(service: Service) -> None:
    """W3: while OFF a course still shows who teaches it, and that nobody may contact them."""
    lena = Person(service, "lena")
    done(await Person(service, "adam").set_mode("OFF"))
    found = await lena.client.data(COURSE, id=await service.course("mechanics"))
    [instructor] = found["course"]["instructors"]
    assert instructor["user"]["name"] == "Ines Cast"
    assert (instructor["mayContact"], instructor["contactRefusal"]) == (False, "MESSAGING_OFF")
    async with unchanged():
        refused = await lena.contact("ines", "mechanics")
    assert refusals(refused) == [("MAY_NOT_START", "MESSAGING_OFF")]


async def test_w1_somebody_deactivated_meanwhile_sends_nothing(service: Service) -> None:
    """W4, S0: a send by somebody who was deactivated since they signed in is refused."""
    office = service.parts.office
    chat = await make_chat(office, "olga", "lena")
    lena = await viewer_of("lena")
    await office.run(deactivate_user, await viewer_of("olga"), await user_id("lena"))
    async with unchanged():
        with pytest.raises(SignedOut):
            await office.run(send_message, lena, chat, "Still here", None)
