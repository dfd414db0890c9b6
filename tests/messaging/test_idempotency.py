"""A send repeated under its key is one send."""

import asyncio

import pytest

from tests.support.people import Person, done, refusals
from tests.support.recount import assert_consistent
from tests.support.service import Service
from tests.support.snapshot import rows_of, unchanged


async def test_a_repeated_send_returns_the_first_result(service: Service) -> None:
    """Each of the three sending mutations, repeated with key and input, makes one message."""
    leo, lena = Person(service, "leo"), Person(service, "lena")
    started = done(await leo.start("lena", "One", "key"))
    contacted = done(await lena.contact("ines", "mechanics", "Two", "key"))
    chat = started["conversation"]["id"]
    answered = done(await lena.send(chat, "Three", "other key"))
    async with unchanged():
        again = [
            done(await leo.start("lena", "One", "key")),
            done(await lena.contact("ines", "mechanics", "Two", "key")),
            done(await lena.send(chat, "Three", "other key")),
        ]
    first = [started, contacted, answered]
    assert [each["message"]["id"] for each in again] == [each["message"]["id"] for each in first]


async def test_a_key_is_each_senders_own(service: Service) -> None:
    """Two senders may use the same key; without a key, the same words twice are two messages."""
    leo, lena = Person(service, "leo"), Person(service, "lena")
    chat = done(await leo.start("lena", "Hello", "key"))["conversation"]["id"]
    done(await lena.send(chat, "Hello", "key"))
    for _ in range(2):
        done(await lena.send(chat, "Hello"))
    assert len(await rows_of("messages")) == 4


async def test_a_key_used_for_something_else_is_refused(service: Service) -> None:
    """Another body, chat, course or mutation under a used key is IDEMPOTENCY_KEY_REUSED."""
    olga = Person(service, "olga")
    with_lena = done(await olga.start("lena", "Hello", "key"))["conversation"]["id"]
    with_adam = done(await olga.start("adam"))["conversation"]["id"]
    async with unchanged():
        for refused in (
            await olga.start("lena", "Something else", "key"),
            await olga.start("nora", "Hello", "key"),
            await olga.send(with_lena, "Hello", "key"),
            await olga.send(with_adam, "Hello", "key"),
        ):
            assert refusals(refused) == [("IDEMPOTENCY_KEY_REUSED", None)]
            assert refused["message"] is None


async def test_a_retry_succeeds_though_the_chat_has_closed(service: Service) -> None:
    """The key is looked up before the rules: what was sent was sent."""
    lena, olga = Person(service, "lena"), Person(service, "olga")
    sent = done(await lena.contact("ines", "mechanics", "Hello", "contact"))
    chat = sent["conversation"]["id"]
    answered = done(await lena.send(chat, "More", "send"))
    done(await olga.staff("unassignInstructor", "mechanics", "ines"))
    done(await olga.set_mode("OFF"))
    assert refusals(await lena.send(chat, "More", "new")) == [("CHAT_CLOSED", "MESSAGING_OFF")]
    contacted_again = done(await lena.contact("ines", "mechanics", "Hello", "contact"))
    sent_again = done(await lena.send(chat, "More", "send"))
    assert contacted_again["message"]["id"] == sent["message"]["id"]
    assert sent_again["message"]["id"] == answered["message"]["id"]
    assert sent_again["conversation"]["closedReason"] == "MESSAGING_OFF"


@pytest.mark.parametrize("scope", ["FOR_ME", "FOR_EVERYONE", "chat"])
async def test_a_retry_does_not_bring_a_deleted_message_back(service: Service, scope: str) -> None:
    """A late retry of a message deleted since answers MESSAGE_DELETED, and sends nothing."""
    leo = Person(service, "leo")
    sent = done(await leo.start("lena", "Hello", "key"))
    if scope == "chat":
        done(await leo.delete_chat(sent["conversation"]["id"]))
    else:
        done(await leo.delete(sent["message"]["id"], scope))
    async with unchanged():
        refused = await leo.start("lena", "Hello", "key")
    assert refusals(refused) == [("MESSAGE_DELETED", None)]
    assert refused["message"] is None


@pytest.mark.parametrize("key", ["k", "k" * 128, "\N{GRINNING FACE}" * 128])
async def test_a_key_has_1_to_128_characters(service: Service, key: str) -> None:
    """The shortest and the longest key work."""
    leo = Person(service, "leo")
    first = done(await leo.start("lena", "Hello", key))
    again = done(await leo.start("lena", "Hello", key))
    assert first["message"]["id"] == again["message"]["id"]


@pytest.mark.parametrize("key", ["", "k" * 129, "a\x00b", "a\ud800b"])
async def test_a_key_of_another_length_or_no_text_is_bad_input(service: Service, key: str) -> None:
    """A key that is empty, too long or not storable fails the request as a whole."""
    leo = Person(service, "leo")
    async with unchanged():
        answer = await leo.attempt(
            "startChat",
            recipientId=await service.user("lena"),
            body="Hello",
            idempotencyKey=key,
        )
    assert answer.codes == ["BAD_INPUT"]


async def test_concurrent_sends_under_one_key_make_one_message(service: Service) -> None:
    """Ten attempts at once, as of an impatient client, all name the one message they made."""
    leo = Person(service, "leo")
    attempts = [leo.start("lena", "Hello", "key") for _ in range(10)]
    sent = [done(payload) for payload in await asyncio.gather(*attempts)]
    assert len({payload["message"]["id"] for payload in sent}) == 1
    tables = await assert_consistent()
    assert len(tables["messages"]) == 1


async def test_a_refused_send_does_not_use_up_its_key(service: Service) -> None:
    """The key of a send that was refused may be tried again, once the cause is gone."""
    leo, olga = Person(service, "leo"), Person(service, "olga")
    done(await olga.set_mode("OFF"))
    assert refusals(await leo.start("lena", "Hello", "key")) == [("MAY_NOT_START", "MESSAGING_OFF")]
    done(await olga.set_mode("ON"))
    assert done(await leo.start("lena", "Hello", "key"))["message"]["seq"] == 1
