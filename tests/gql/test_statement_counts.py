"""Lists cost the same number of SQL statements, however long they are."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tests.support.many import add_course, add_people, write
from tests.support.people import Person
from tests.support.service import Service, counted_statements

MANY = 24

CHATS = """{ conversations(first: 50) { edges { node {
    lastMessage { body sender { name department conversation { id } } course { id title } }
    peer { name department conversation { id unreadCount peer { name } } }
    closedReason messages(last: 5) { edges { node {
        body sender { name conversation { id } } course { title instructors { user { name } } }
    } } } } } } }"""
RECIPIENTS = """{ recipients(first: 100) { edges { node {
    name department role conversation { id lastMessage { body } } } } } }"""
USERS = RECIPIENTS.replace("recipients", "users")
COURSES = """{ courses(first: 100) { edges { node { title instructors {
    mayContact contactRefusal user { name department conversation { id } } } } } } }"""
THREADS = """{ conversations(first: 1) { edges { node { messages(first: 50) { edges { node {
    body isReadByPeer sender { name department conversation { id } }
    course { title instructors { user { name } } } } } } } } } }"""


async def grow_chats(service: Service, count: int) -> None:
    """So many chats more for olga, each of some messages of both."""
    for person in await add_people(*(f"Person {number}" for number in range(count))):
        await write(service, "olga", person, *"abcdefg")


async def grow_people(_: Service, count: int) -> None:
    """So many people more, of two departments."""
    await add_people(*(f"Person {number}" for number in range(count)))
    await add_people(*(f"Person {number}" for number in range(count)), department="arts")


async def grow_courses(_: Service, count: int) -> None:
    """So many courses more, with several instructors each."""
    for number in range(count):
        await add_course(f"Course {number}", ["ines", "ivan", "tina"], ["lena", "nora"])


async def grow_thread(service: Service, count: int) -> None:
    """So many messages more from olga to ines."""
    await write(service, "olga", "ines", *(f"Message {number}" for number in range(count)))


Grow = Callable[[Service, int], Awaitable[None]]

LISTS: dict[str, tuple[str, Grow]] = {
    "conversations": (CHATS, grow_chats),
    "recipients": (RECIPIENTS, grow_people),
    "users": (USERS, grow_people),
    "courses": (COURSES, grow_courses),
    "a thread": (THREADS, grow_thread),
}


def rows_in(answer: Any) -> int:
    """How many edges an answer has, on all levels."""
    if isinstance(answer, dict):
        own = len(answer["edges"]) if "edges" in answer else 0
        return own + sum(rows_in(each) for each in answer.values())
    return sum(rows_in(each) for each in answer) if isinstance(answer, list) else 0


async def cost(service: Service, document: str) -> tuple[int, int]:
    """How many rows a document shows olga, and how many statements it costs."""
    # Opens the connection for reads, which would count.
    await service.as_("olga").data("{ viewer { unreadCount } }")
    with counted_statements() as statements:
        answer = await service.as_("olga").data(document)
    return rows_in(answer), of_the_answer(statements)


def of_the_answer(statements: list[str]) -> int:
    """How many statements; the service also looks after announcements and feeds by itself."""
    others = (
        "pending_announcements",
        "SELECT user_id, seq FROM mailboxes",
        "SELECT id FROM users WHERE id",
        # Entries that are too old, once at the start.
        "SELECT now()",
        "SELECT box.user_id FROM mailboxes box",
    )
    return sum(not any(other in each for other in others) for each in statements)


@pytest.mark.parametrize(("document", "grow"), LISTS.values(), ids=LISTS)
async def test_a_list_costs_the_same(service: Service, document: str, grow: Grow) -> None:
    """One row or many: every level of a list is read in one statement."""
    await grow(service, 1)
    few, cost_of_few = await cost(service, document)
    await grow(service, MANY)
    many, cost_of_many = await cost(service, document)
    assert many >= few + MANY
    # Who asks, and the list.
    assert 2 <= cost_of_many == cost_of_few <= 8


async def test_a_course_question_costs_the_same(service: Service) -> None:
    """A thread of questions about several courses costs what one question costs."""
    await Person(service, "nora").contact("ines", "mechanics")
    document = """{ conversations(first: 5) { edges { node { messages(first: 50) { edges { node {
        body course { title instructors { mayContact user { name } } } } } } } } } }"""
    with counted_statements() as few:
        await service.as_("ines").data(document)
    for _ in range(MANY):
        await Person(service, "nora").contact("ines", "mechanics")
    with counted_statements() as many:
        answer = await service.as_("ines").data(document)
    assert rows_in(answer) == MANY + 2
    assert of_the_answer(many) == of_the_answer(few) >= 2


async def test_a_slice_of_the_feed_costs_the_same(service: Service) -> None:
    """A follower who has fallen behind reads the next entry, and then all others at once."""
    costs = []
    document = """subscription ($after: String) { feed(after: $after) { cursor unreadCount
        ... on MessageSent { message { body sender { name } } conversation { id unreadCount
            peer { name } lastMessage { body } mayReply } } } }"""
    async with service.as_("ines").socket() as socket:
        for count in (2, MANY):
            after = (await Person(service, "ines").viewer())["feedCursor"]
            await grow_thread(service, count)
            with counted_statements() as statements:
                stream = await socket.subscribe(document, after=after)
                for _ in range(count):
                    await stream.entry()
                await stream.complete()
                # Answered behind the stream's last read.
                alive = await socket.subscribe("{ __typename }")
                await alive.next()
            costs.append(of_the_answer(statements))
    assert 2 <= costs[0] == costs[1] <= 10
