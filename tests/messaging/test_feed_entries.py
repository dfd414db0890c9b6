"""What a feed's entries tell, under the rights of now, and whom they reach."""

import pytest

from tests.support.client import Failed
from tests.support.people import Person, done, types
from tests.support.service import Service

MESSAGE_SENT = """subscription ($chat: ID, $after: String) {
    messageSent(conversationId: $chat, after: $after) { cursor unreadCount message { body } } }"""


@pytest.mark.parametrize("way", ["FOR_EVERYONE", "FOR_ME", "chat"])
async def test_a_message_that_is_gone_replays_as_deleted(service: Service, way: str) -> None:
    """Sent, then deleted, hidden or cleared: its entry says MessageDeleted and no word of it."""
    leo, lena = Person(service, "leo"), Person(service, "lena")
    start = (await lena.viewer())["feedCursor"]
    sent = done(await leo.start("lena", "Gone"))
    chat, message = sent["conversation"]["id"], sent["message"]["id"]
    if way == "chat":
        done(await lena.delete_chat(chat))
    else:
        done(await (leo if way == "FOR_EVERYONE" else lena).delete(message, way))
    done(await leo.send(chat, "New"))
    last = "ChatDeleted" if way == "chat" else "MessageDeleted"
    async with lena.feed(start) as stream:
        entries = [await stream.entry() for _ in range(3)]
    assert [entry["__typename"] for entry in entries] == ["MessageDeleted", last, "MessageSent"]
    assert entries[0]["messageId"] == message
    assert [entry["unreadCount"] for entry in entries] == [1, 1, 1]
    assert "Gone" not in str(entries)


async def test_what_is_gone_for_one_still_replays_for_the_other(service: Service) -> None:
    """D2: the message that the recipient hid is still told to its sender as sent."""
    leo, lena = Person(service, "leo"), Person(service, "lena")
    start = (await leo.viewer())["feedCursor"]
    sent = done(await leo.start("lena"))
    done(await lena.delete(sent["message"]["id"], "FOR_ME"))
    async with leo.feed(start) as stream:
        assert await types(stream, 1) == ["MessageSent"]
        await stream.nothing()


async def test_both_devices_of_the_actor_hear_of_what_they_did(service: Service) -> None:
    """Every action is told to all devices of whoever did it, the acting one included."""
    leo, lena = Person(service, "leo"), Person(service, "lena")
    chat = done(await lena.contact("ines", "mechanics"))["conversation"]["id"]
    first = done(await leo.start("lena"))
    chat = first["conversation"]["id"]
    async with lena.feed() as phone, lena.feed() as laptop:
        message = done(await lena.send(chat))["message"]["id"]
        done(await lena.read(chat, 1))
        done(await lena.delete(message))
        done(await lena.delete(first["message"]["id"], "FOR_ME"))
        done(await lena.delete_chat(chat))
        expected = ["MessageSent", "ChatRead", "MessageDeleted", "MessageDeleted", "ChatDeleted"]
        phones, laptops = await types(phone, 5), await types(laptop, 5)
    # The message was deleted while the feed may not have told it yet.
    assert phones[1:] == laptops[1:] == expected[1:]
    assert {phones[0], laptops[0]} <= {"MessageSent", "MessageDeleted"}


async def test_a_feed_tells_nothing_of_others(service: Service) -> None:
    """Who takes no part in a chat hears nothing of it, the owner neither."""
    leo, lena = Person(service, "leo"), Person(service, "lena")
    async with Person(service, "olga").feed() as olgas, Person(service, "nora").feed() as noras:
        chat = done(await leo.start("lena"))["conversation"]["id"]
        done(await lena.read(chat, 1))
        await olgas.nothing()
        await noras.nothing()


async def test_the_mode_is_told_to_the_whole_account_and_to_nobody_else(service: Service) -> None:
    """W3: switching messaging reaches every feed of the account as AccessChanged, with the mode."""
    olga, lena, sam = (Person(service, name) for name in ("olga", "lena", "sam"))
    async with olga.feed() as olgas, lena.feed() as lenas, sam.feed() as sams:
        done(await olga.set_mode("OFF"))
        for stream in (olgas, lenas):
            entry = await stream.entry()
            assert entry["__typename"] == "AccessChanged"
            assert entry["viewer"]["messagingMode"] == "OFF"
        await sams.nothing()


async def test_the_total_in_an_entry_is_of_now(service: Service) -> None:
    """An entry carries the total as it stands: a replay over newer lists is harmless."""
    leo, olga, lena = (Person(service, name) for name in ("leo", "olga", "lena"))
    start = (await lena.viewer())["feedCursor"]
    chat = done(await leo.start("lena"))["conversation"]["id"]
    done(await olga.start("lena"))
    done(await lena.read(chat, 1))
    async with lena.feed(start) as stream:
        entries = [await stream.entry() for _ in range(3)]
    assert [entry["unreadCount"] for entry in entries] == [1, 1, 1]
    assert [entry["conversation"]["unreadCount"] for entry in entries] == [0, 1, 0]


async def test_message_sent_follows_all_chats_or_one(service: Service) -> None:
    """The subscription messageSent tells new messages only, of the chat that was asked for."""
    leo, olga, lena = (Person(service, name) for name in ("leo", "olga", "lena"))
    chat = done(await leo.start("lena"))["conversation"]["id"]
    after = (await lena.viewer())["feedCursor"]
    async with (
        lena.client.follow(MESSAGE_SENT, after=after) as all_chats,
        lena.client.follow(MESSAGE_SENT, after=after, chat=chat) as one_chat,
    ):
        done(await olga.start("lena", "By olga"))
        done(await lena.read(chat, 1))
        done(await leo.send(chat, "By leo"))
        bodies = [(await all_chats.entry())["message"]["body"] for _ in range(2)]
        assert bodies == ["By olga", "By leo"]
        assert (await one_chat.entry())["message"]["body"] == "By leo"
    async with olga.client.follow(MESSAGE_SENT, chat=chat) as foreign:
        with pytest.raises(Failed) as failed:
            await foreign.next()
    assert failed.value.codes == ["NOT_FOUND"]
