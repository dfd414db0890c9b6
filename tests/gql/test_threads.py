"""A conversation's messages, window by window."""

from typing import Any

from tests.support.many import write
from tests.support.people import Person
from tests.support.service import Service

THREAD = """query ($id: ID!, $first: Int, $after: String, $last: Int, $before: String) {
    conversation(id: $id) { messages(first: $first, after: $after, last: $last, before: $before) {
        edges { cursor node { seq body } }
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } }"""


async def make_thread(service: Service, length: int) -> str:
    """A chat in which adam has written so often to lena; its global id."""
    await write(service, "adam", "lena", *(f"Message {seq}" for seq in range(1, length + 1)))
    [chat] = await Person(service, "lena").chats()
    return str(chat["id"])


async def page_of(service: Service, chat: str, **window: Any) -> Any:
    """What lena is shown of the thread."""
    found = await service.as_("lena").data(THREAD, id=chat, **window)
    return found["conversation"]["messages"]


def seqs(page: Any) -> list[int]:
    """Which messages a page shows."""
    return [edge["node"]["seq"] for edge in page["edges"]]


def further(page: Any) -> tuple[bool, bool]:
    """Whether there is more before the page, and after it."""
    return page["pageInfo"]["hasPreviousPage"], page["pageInfo"]["hasNextPage"]


async def test_the_last_fifty_unless_told(service: Service) -> None:
    """Where neither end is named a thread shows its last 50, oldest first."""
    chat = await make_thread(service, 60)
    page = await page_of(service, chat)
    assert seqs(page) == list(range(11, 61))
    assert further(page) == (True, False)
    assert [edge["node"]["body"] for edge in page["edges"]][:2] == ["Message 11", "Message 12"]


async def test_windows(service: Service) -> None:
    """A window is counted from its end, shown oldest first, and says what lies beyond."""
    chat = await make_thread(service, 10)
    everything = await page_of(service, chat, first=100)
    assert seqs(everything) == list(range(1, 11))
    assert further(everything) == (False, False)
    at = {edge["node"]["seq"]: edge["cursor"] for edge in everything["edges"]}
    for window, expected, beyond in (
        ({"first": 3}, [1, 2, 3], (False, True)),
        ({"first": 3, "after": at[3]}, [4, 5, 6], (True, True)),
        ({"first": 3, "after": at[7]}, [8, 9, 10], (True, False)),
        ({"first": 3, "after": at[10]}, [], (True, False)),
        ({"last": 3}, [8, 9, 10], (True, False)),
        ({"last": 3, "before": at[8]}, [5, 6, 7], (True, True)),
        ({"last": 3, "before": at[4]}, [1, 2, 3], (False, True)),
        ({"last": 3, "before": at[1]}, [], (False, True)),
        ({"after": at[8]}, [9, 10], None),
        ({"before": at[3]}, [1, 2], (False, True)),
        ({"first": 2, "after": at[3], "before": at[7]}, [4, 5], (True, True)),
        ({"last": 2, "after": at[3], "before": at[7]}, [5, 6], (True, True)),
        ({"last": 9, "after": at[7], "before": at[4]}, [], None),
    ):
        page = await page_of(service, chat, **window)
        assert seqs(page) == expected, window
        assert beyond is None or further(page) == beyond, window


async def test_both_ends_at_once(service: Service) -> None:
    """Asking for the first and the last at once is BAD_INPUT, as are sizes beyond 1 to 100."""
    chat = await make_thread(service, 1)
    for window in (
        {"first": 2, "last": 2},
        {"first": 0},
        {"first": 101},
        {"last": 0},
        {"last": -1},
        {"last": 101},
        {"after": "x"},
        {"before": ""},
    ):
        answer = await service.as_("lena").ask(THREAD, id=chat, **window)
        assert answer.codes == ["BAD_INPUT"], window


async def test_walking_back_while_messages_come_in(service: Service) -> None:
    """Read backwards from its end, a thread shows each message once, though it grows meanwhile."""
    chat = await make_thread(service, 12)
    shown: list[int] = []
    page = await page_of(service, chat, last=5)
    while True:
        shown = [*seqs(page), *shown]
        if not page["pageInfo"]["hasPreviousPage"]:
            break
        await write(service, "adam", "lena", "One more")
        before = page["pageInfo"]["startCursor"]
        page = await page_of(service, chat, last=5, before=before)
    assert shown == list(range(1, 13))


async def test_walking_on_while_messages_come_in(service: Service) -> None:
    """Read forwards, a thread shows each message once and ends with the newest."""
    chat = await make_thread(service, 6)
    shown: list[int] = []
    page = await page_of(service, chat, first=4)
    while True:
        shown += seqs(page)
        if not page["pageInfo"]["hasNextPage"]:
            break
        await write(service, "adam", "lena", "One more")
        page = await page_of(service, chat, first=4, after=page["pageInfo"]["endCursor"])
    assert shown == list(range(1, 8))


async def test_holes_are_deletions(service: Service) -> None:
    """Pages stay full where messages are gone: deleted, hidden, or cleared with the chat."""
    chat = await make_thread(service, 9)
    lena, adam = Person(service, "lena"), Person(service, "adam")
    document = """query ($id: ID!) { conversation(id: $id) {
        messages(first: 100) { edges { node { id } } } } }"""
    found = await lena.client.data(document, id=chat)
    ids = [edge["node"]["id"] for edge in found["conversation"]["messages"]["edges"]]
    await adam.delete(ids[1])
    await lena.delete(ids[3], "FOR_ME")
    assert seqs(await page_of(service, chat, first=3)) == [1, 3, 5]
    assert further(await page_of(service, chat, first=6)) == (False, True)
    assert further(await page_of(service, chat, first=7)) == (False, False)
    await lena.delete_chat(chat)
    assert seqs(await page_of(service, chat)) == []
    await write(service, "adam", "lena", "New")
    for window in ({}, {"first": 5}, {"last": 5}):
        page = await page_of(service, chat, **window)
        assert (seqs(page), further(page)) == ([10], (False, False))
