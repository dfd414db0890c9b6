"""Deleting a message for everyone, for oneself, and a chat from one's list (D1-D4)."""

import asyncio
import sqlite3
from contextlib import closing
from typing import Any

import pytest

from models.configuration import SQLITE_BUSY_TIMEOUT_MS
from tests.support.client import Stream
from tests.support.people import Person, done, refusals
from tests.support.places import Place
from tests.support.recount import assert_consistent
from tests.support.service import Service, serving
from tests.support.snapshot import rows_of, unchanged
from tests.support.waiting import until


async def _sent(service: Service, body: str = "A secret", key: str | None = None) -> Any:
    return done(await Person(service, "leo").start("lena", body, key))


async def _expect_deleted(stream: Stream, message: str) -> None:
    entry = await stream.entry()
    assert (entry["__typename"], entry["messageId"]) == ("MessageDeleted", message)


async def test_d1_the_sender_deletes_a_message_for_everyone(service: Service) -> None:
    """D1: it goes from both open pages at once, and its text and hash leave the database."""
    leo, lena = Person(service, "leo"), Person(service, "lena")
    sent = await _sent(service, key="key")
    chat, message = sent["conversation"]["id"], sent["message"]["id"]
    async with leo.feed() as leos, lena.feed() as lenas:
        done(await leo.delete(message))
        await _expect_deleted(leos, message)
        await _expect_deleted(lenas, message)
    assert await leo.bodies(chat) == await lena.bodies(chat) == []
    [row] = await rows_of("messages")
    assert (row["body"], row["idempotency_hash"]) == (None, None)
    assert (row["idempotency_key"], row["seq"]) == ("key", 1)
    assert row["deleted_at"] is not None


def is_in_files(place: Place, text: bytes) -> bool:
    """Whether the database's file or its log shows the text."""
    files = [place.path, place.path.with_name(place.path.name + "-wal")]
    return any(text in file.read_bytes() for file in files)


@pytest.mark.sqlite_only("PostgreSQL overwrites in its own time; its files are not ours to read")
async def test_d1_no_rest_of_the_text_stays_in_the_files(service: Service, place: Place) -> None:
    """D1: neither the database's file nor its log shows the text of a message deleted."""
    olga = Person(service, "olga")
    message = done(await olga.start("lena", "A secret in the files"))["message"]["id"]
    assert is_in_files(place, b"A secret in the files")
    done(await olga.delete(message))
    await until(lambda: not is_in_files(place, b"A secret in the files"))


@pytest.mark.sqlite_only("PostgreSQL overwrites in its own time; its files are not ours to read")
async def test_d1_who_reads_the_file_holds_nobody_up(service: Service, place: Place) -> None:
    """D1: with a backup under way all is answered, and the text is gone once it has ended."""
    olga, leo = Person(service, "olga"), Person(service, "leo")
    message = done(await olga.start("lena", "A secret in the files"))["message"]["id"]
    with closing(sqlite3.connect(place.path, isolation_level=None)) as backup:
        backup.execute("BEGIN")
        backup.execute("SELECT count(*) FROM messages").fetchone()
        done(await olga.start("lena", "Behind what is read"))
        async with asyncio.timeout(SQLITE_BUSY_TIMEOUT_MS / 1_000 / 3):
            done(await olga.delete(message))
            for _ in range(3):
                done(await leo.start("lena"))
        assert is_in_files(place, b"A secret in the files")
        backup.execute("ROLLBACK")
    await until(lambda: not is_in_files(place, b"A secret in the files"))


@pytest.mark.sqlite_only("PostgreSQL overwrites in its own time; its files are not ours to read")
async def test_d1_what_an_earlier_process_left_is_overwritten(place: Place) -> None:
    """D1: a process that died between a deletion and the overwriting leaves it to the next."""
    with closing(sqlite3.connect(place.path, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM messages").fetchone()
        async with serving(place.settings()) as service:
            olga = Person(service, "olga")
            message = done(await olga.start("lena", "A secret in the files"))["message"]["id"]
            done(await olga.delete(message))
        assert is_in_files(place, b"A secret in the files")
        async with serving(place.settings()):
            reader.execute("ROLLBACK")
            await until(lambda: not is_in_files(place, b"A secret in the files"))


async def test_d1_only_the_sender_deletes_for_everyone(service: Service) -> None:
    """D1, D3: peers who do not administer the account, department administrators too, may not."""
    leo, lena = Person(service, "leo"), Person(service, "lena")
    sent = await _sent(service)
    answer = done(await lena.send(sent["conversation"]["id"], "An answer"))
    async with unchanged():
        assert refusals(await lena.delete(sent["message"]["id"])) == [("MAY_NOT_DELETE", None)]
        assert refusals(await leo.delete(answer["message"]["id"])) == [("MAY_NOT_DELETE", None)]


async def test_d2_one_deletes_a_message_for_oneself(service: Service) -> None:
    """D2: it goes from the deleter's devices, all of them; the peer keeps it and hears nothing."""
    leo, lena = Person(service, "leo"), Person(service, "lena")
    sent = await _sent(service)
    chat, message = sent["conversation"]["id"], sent["message"]["id"]
    async with lena.feed() as phone, lena.feed() as laptop, leo.feed() as leos:
        payload = done(await lena.delete(message, "FOR_ME"))
        assert payload["conversation"]["lastMessage"] is None
        for device in (phone, laptop):
            await _expect_deleted(device, message)
        await leos.nothing()
    assert await lena.bodies(chat) == []
    assert await leo.bodies(chat) == ["A secret"]
    [row] = await rows_of("messages")
    assert row["body"] == "A secret"


async def test_d1_a_message_deleted_for_oneself_is_still_deleted_for_everyone(
    service: Service,
) -> None:
    """D1, D2: who hid a message first may take it back from everyone afterwards."""
    leo, lena = Person(service, "leo"), Person(service, "lena")
    sent = await _sent(service)
    done(await leo.delete(sent["message"]["id"], "FOR_ME"))
    done(await leo.delete(sent["message"]["id"]))
    assert await lena.bodies(sent["conversation"]["id"]) == []
    await assert_consistent()


@pytest.mark.parametrize("name", ["olga", "adam"])
async def test_d3_owner_and_account_administrators_delete_any_message(
    service: Service, name: str
) -> None:
    """D3: in a conversation they take part in, they delete for everyone what the peer wrote."""
    admin, lena = Person(service, name), Person(service, "lena")
    chat = done(await admin.start("lena"))["conversation"]["id"]
    answer = done(await lena.send(chat, "Rude"))["message"]["id"]
    async with lena.feed() as lenas:
        done(await admin.delete(answer))
        await _expect_deleted(lenas, answer)
    assert await lena.bodies(chat) == ["Hello"]
    assert "Rude" not in [row["body"] for row in await rows_of("messages")]


async def test_d3_a_conversation_of_others_is_closed_to_administrators(service: Service) -> None:
    """D3: a message of a conversation that they take no part in does not exist for them."""
    message = (await _sent(service))["message"]["id"]
    async with unchanged():
        for name in ("olga", "adam", "nora", "sam"):
            for scope in ("FOR_EVERYONE", "FOR_ME"):
                answer = await Person(service, name).attempt(
                    "deleteMessage", messageId=message, scope=scope
                )
                assert answer.codes == ["NOT_FOUND"]


async def test_d4_a_deleted_chat_goes_from_one_list_only(service: Service) -> None:
    """D4: it goes from all of the deleter's devices; the peer keeps it, hears and sees nothing."""
    leo, lena = Person(service, "leo"), Person(service, "lena")
    chat = (await _sent(service))["conversation"]["id"]
    async with lena.feed() as phone, lena.feed() as laptop, leo.feed() as leos:
        done(await lena.delete_chat(chat))
        for device in (phone, laptop):
            entry = await device.entry()
            assert (entry["__typename"], entry["conversationId"]) == ("ChatDeleted", chat)
        await leos.nothing()
    assert await lena.chats() == []
    assert await leo.bodies(chat) == ["A secret"]
    [edge] = (await leo.chat(chat))["messages"]["edges"]
    assert edge["node"]["isReadByPeer"] is False


async def test_d4_a_cleared_chat_still_answers_empty(service: Service) -> None:
    """D4: by its id the chat is found, without a message; a message of it is found no more."""
    lena = Person(service, "lena")
    sent = await _sent(service)
    chat = sent["conversation"]["id"]
    done(await lena.delete_chat(chat))
    found = await lena.chat(chat)
    assert (found["id"], found["lastMessage"], found["unreadCount"]) == (chat, None, 0)
    assert found["messages"]["edges"] == []
    async with unchanged():
        answer = await lena.attempt(
            "deleteMessage", messageId=sent["message"]["id"], scope="FOR_ME"
        )
    assert answer.codes == ["NOT_FOUND"]


@pytest.mark.parametrize("next_sender", ["leo", "lena"])
async def test_d4_a_later_message_brings_the_chat_back_with_only_what_is_new(
    service: Service, next_sender: str
) -> None:
    """D4: whoever of the two writes next, the deleter's list shows the chat with that message."""
    leo, lena = Person(service, "leo"), Person(service, "lena")
    chat = (await _sent(service, "Old"))["conversation"]["id"]
    done(await lena.delete_chat(chat))
    done(await Person(service, next_sender).send(chat, "New"))
    [listed] = await lena.chats()
    assert (listed["id"], listed["lastMessage"]["body"]) == (chat, "New")
    assert await lena.bodies(chat) == ["New"]
    assert await leo.bodies(chat) == ["Old", "New"]
    [old, *_] = (await leo.chat(chat))["messages"]["edges"]
    assert old["node"]["isReadByPeer"] is False
    await assert_consistent()


async def test_d4_a_cleared_chat_hears_nothing_of_its_old_messages(service: Service) -> None:
    """D1, D4: who deleted the chat is not told of a message in it that goes; others are."""
    leo, lena = Person(service, "leo"), Person(service, "lena")
    sent = await _sent(service)
    done(await lena.delete_chat(sent["conversation"]["id"]))
    async with leo.feed() as leos, lena.feed() as lenas:
        done(await leo.delete(sent["message"]["id"]))
        await _expect_deleted(leos, sent["message"]["id"])
        await lenas.nothing()
    await assert_consistent()


async def test_deleting_twice_is_as_good_as_once(service: Service) -> None:
    """D5: every deletion repeated succeeds, and neither changes nor tells anything."""
    leo, lena = Person(service, "leo"), Person(service, "lena")
    first, second = await _sent(service), await _sent(service)
    chat = first["conversation"]["id"]
    done(await leo.delete(first["message"]["id"]))
    done(await lena.delete(second["message"]["id"], "FOR_ME"))
    done(await leo.delete_chat(chat))
    async with unchanged():
        # Leo has cleared both, so his messages are lena's alone to name.
        repeated = done(await lena.delete(second["message"]["id"], "FOR_ME"))
        assert repeated["messageId"] == second["message"]["id"]
        done(await leo.delete_chat(chat))
    third = await _sent(service)
    done(await leo.delete(third["message"]["id"]))
    async with unchanged():
        done(await leo.delete(third["message"]["id"]))


async def test_d5_everything_is_deletable_while_messaging_is_off(service: Service) -> None:
    """D1-D5, W3: deleting and reading go on while nobody may write."""
    leo, lena = Person(service, "leo"), Person(service, "lena")
    first, second = await _sent(service, "One"), await _sent(service, "Two")
    chat = first["conversation"]["id"]
    done(await Person(service, "olga").set_mode("OFF"))
    done(await leo.delete(first["message"]["id"]))
    assert await lena.bodies(chat) == ["Two"]
    assert done(await lena.read(chat, 2))["conversation"]["unreadCount"] == 0
    done(await lena.delete(second["message"]["id"], "FOR_ME"))
    done(await leo.delete_chat(chat))
    assert await leo.chats() == []
    await assert_consistent()
