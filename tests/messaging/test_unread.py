"""Unread counts, read positions and the time of last activity (D5)."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tests.support.cast import user_id
from tests.support.people import Person, done
from tests.support.recount import assert_consistent
from tests.support.service import Service
from tests.support.snapshot import rows_of, unchanged


async def _chat_with(service: Service, count: int) -> tuple[str, list[str]]:
    """A chat in which leo has sent lena so many messages; its id, and theirs."""
    leo = Person(service, "leo")
    sent = [done(await leo.start("lena", f"Number {number}")) for number in range(1, count + 1)]
    return sent[0]["conversation"]["id"], [each["message"]["id"] for each in sent]


async def _counts(person: Person, chat: str) -> tuple[int, int]:
    """What a person has not read: in the chat, and in all chats."""
    unread: int = (await person.chat(chat))["unreadCount"]
    total: int = (await person.viewer())["unreadCount"]
    return unread, total


async def _read_seq(name: str) -> int:
    key = str(await user_id(name))
    [seq] = [side["read_seq"] for side in await rows_of("participants") if side["user_id"] == key]
    return int(seq)


async def test_d5_unread_counts_are_right_after_every_action(service: Service) -> None:
    """D5: after each action of a chat's life, both stored counts equal a recount."""
    leo, lena, olga = (Person(service, name) for name in ("leo", "lena", "olga"))
    chat, messages = await _chat_with(service, 5)
    by_olga = done(await olga.start("lena"))["conversation"]["id"]
    steps: list[tuple[Callable[[], Awaitable[Any]], int]] = [
        (lambda: lena.read(chat, 2), 3),
        (lambda: leo.delete(messages[4]), 2),
        (lambda: leo.delete(messages[0]), 2),
        (lambda: lena.delete(messages[3], "FOR_ME"), 1),
        (lambda: leo.delete(messages[3]), 1),
        (lambda: lena.send(chat, "Mine"), 1),
        (lambda: leo.send(chat, "Number 6"), 2),
        (lambda: lena.delete_chat(chat), 0),
        (lambda: leo.send(chat, "Number 7"), 1),
        (lambda: leo.read(chat, 6), 1),
        (lambda: lena.read(chat, 100), 0),
    ]
    for step, unread in steps:
        done(await step())
        await assert_consistent()
        assert await _counts(lena, chat) == (unread, unread + 1)
    assert await _counts(lena, by_olga) == (1, 1)
    assert await _counts(leo, chat) == (0, 0)


async def test_d5_sending_does_not_mark_read(service: Service) -> None:
    """D5: one who answers without having read keeps the peer's messages unread."""
    lena = Person(service, "lena")
    chat, _ = await _chat_with(service, 2)
    sent = done(await lena.send(chat))
    assert sent["conversation"]["unreadCount"] == 2
    [first, *_] = (await Person(service, "leo").chat(chat))["messages"]["edges"]
    assert first["node"]["isReadByPeer"] is False


async def test_d5_the_read_position_never_goes_back(service: Service) -> None:
    """D5: marking read up to an earlier place, or up to none, changes and tells nothing."""
    lena = Person(service, "lena")
    chat, _ = await _chat_with(service, 3)
    done(await lena.read(chat, 2))
    async with unchanged():
        for place in (2, 1, 0, -1):
            assert done(await lena.read(chat, place))["conversation"]["unreadCount"] == 1


async def test_d5_the_read_position_stops_at_the_last_message(service: Service) -> None:
    """D5: read up to beyond the end is up to the end: what comes later is unread."""
    leo, lena = Person(service, "leo"), Person(service, "lena")
    chat, _ = await _chat_with(service, 2)
    async with leo.feed() as stream:
        done(await lena.read(chat, 2**31 - 1))
        entry = await stream.entry()
    assert (entry["__typename"], entry["upToSeq"]) == ("ChatRead", 2)
    assert entry["userId"] == await service.user("lena")
    assert await _read_seq("lena") == 2
    done(await leo.send(chat))
    assert await _counts(lena, chat) == (1, 1)


async def test_d5_reading_is_shown_to_the_peer_and_to_ones_other_devices(service: Service) -> None:
    """D5: the peer's open page and the reader's own learn how far; then it shows as read."""
    leo, lena = Person(service, "leo"), Person(service, "lena")
    chat, _ = await _chat_with(service, 2)
    async with leo.feed() as leos, lena.feed() as phone, lena.feed() as laptop:
        done(await lena.read(chat, 1))
        for stream, unread in ((leos, 0), (phone, 1), (laptop, 1)):
            entry = await stream.entry()
            assert (entry["__typename"], entry["upToSeq"]) == ("ChatRead", 1)
            assert entry["conversation"]["unreadCount"] == entry["unreadCount"] == unread
    edges = (await leo.chat(chat))["messages"]["edges"]
    assert [edge["node"]["isReadByPeer"] for edge in edges] == [True, False]


async def test_d5_a_stranger_marks_nothing_read(service: Service) -> None:
    """D5: who takes no part has no read position in a chat, nor a list to delete it from."""
    chat, _ = await _chat_with(service, 1)
    async with unchanged():
        for name in ("nora", "olga", "sam"):
            stranger = Person(service, name)
            for answer in (
                await stranger.attempt("markRead", conversationId=chat, upToSeq=1),
                await stranger.attempt("deleteChat", conversationId=chat),
            ):
                assert answer.codes == ["NOT_FOUND"]


@pytest.mark.parametrize("way", ["FOR_EVERYONE", "FOR_ME", "chat", "read"])
async def test_d5_only_messages_move_the_last_activity(service: Service, way: str) -> None:
    """D5: neither deleting nor reading moves the time of last activity, nor the list's order."""
    leo = Person(service, "leo")
    chat, messages = await _chat_with(service, 2)
    done(await leo.start("nora"))
    before = (await leo.chat(chat))["lastActivityAt"]
    order = [each["id"] for each in await leo.chats()]
    if way == "chat":
        done(await Person(service, "lena").delete_chat(chat))
    elif way == "read":
        done(await Person(service, "lena").read(chat, 2))
    else:
        done(await leo.delete(messages[1], way))
    assert (await leo.chat(chat))["lastActivityAt"] == before
    assert [each["id"] for each in await leo.chats()] == order


async def test_d5_counts_stay_right_when_everything_happens_at_once(service: Service) -> None:
    """D5: sends, reads and deletions of both at the same time end in what a recount says."""
    leo, lena = Person(service, "leo"), Person(service, "lena")
    chat, messages = await _chat_with(service, 8)
    payloads = await asyncio.gather(
        *(leo.delete(message) for message in messages[:3]),
        *(lena.delete(message, "FOR_ME") for message in messages[2:5]),
        *(lena.read(chat, place) for place in (3, 6, 2)),
        *(person.send(chat) for person in (leo, lena, leo, lena)),
    )
    for payload in payloads:
        done(payload)
    await assert_consistent()
