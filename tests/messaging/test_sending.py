"""Sending through the API: who may start, in which chat it lands, what a message may say."""

import asyncio

import pytest

from tests.support.people import Person, done, refusals
from tests.support.recount import assert_consistent
from tests.support.service import Service
from tests.support.snapshot import rows_of, unchanged

# An astral character: one code point, two in UTF-16, four bytes in UTF-8.
ASTRAL = "\N{GRINNING FACE}"


@pytest.mark.parametrize(
    ("sender", "recipient"),
    [("olga", "luca"), ("adam", "olga"), ("rita", "tina"), ("mia", "leo"), ("leo", "nora")],
)
async def test_s1_s2_administrators_start_a_chat(
    service: Service, sender: str, recipient: str
) -> None:
    """S1, S2: the administrator's message arrives with the recipient, unread."""
    sent = done(await Person(service, sender).start(recipient, "Welcome"))
    assert (sent["message"]["seq"], sent["message"]["isMine"]) == (1, True)
    [chat] = await Person(service, recipient).chats()
    assert chat["id"] == sent["conversation"]["id"]
    assert chat["peer"]["name"] == f"{sender.title()} Cast"
    assert (chat["unreadCount"], chat["lastMessage"]["body"]) == (1, "Welcome")


async def test_s2_a_department_administrator_starts_below_only(service: Service) -> None:
    """S2: who is seen (by a chat) but not administered is refused; who is not seen is not found."""
    mia = Person(service, "mia")
    done(await Person(service, "rita").start("mia"))
    async with unchanged():
        assert refusals(await mia.start("rita")) == [("MAY_NOT_START", "NOT_PERMITTED")]
        unseen = await mia.attempt(
            "startChat", recipientId=await service.user("luca"), body="Hello"
        )
    assert unseen.codes == ["NOT_FOUND"]


async def test_s1_the_deactivated_and_the_removed_get_no_chat(service: Service) -> None:
    """S0, S1: not even the owner starts a chat with somebody who is not active, or with oneself."""
    olga = Person(service, "olga")
    async with unchanged():
        assert refusals(await olga.start("dora")) == [("MAY_NOT_START", "PEER_DEACTIVATED")]
        assert refusals(await olga.start("remo")) == [("MAY_NOT_START", "PEER_REMOVED")]
        assert refusals(await olga.start("olga")) == [("MAY_NOT_START", "SELF")]


async def test_s0_nobody_is_reached_in_another_account(service: Service) -> None:
    """S0: somebody of another account is answered like somebody who does not exist."""
    async with unchanged():
        for one, other in (("olga", "sam"), ("sam", "olga")):
            answer = await Person(service, one).attempt(
                "startChat", recipientId=await service.user(other), body="Hello"
            )
            assert answer.codes == ["NOT_FOUND"]


@pytest.mark.parametrize("name", ["lena", "ines", "ivan"])
async def test_s4_learners_and_instructors_do_not_start(service: Service, name: str) -> None:
    """S4: a learner or an instructor starts a chat with nobody, whoever it is."""
    person = Person(service, name)
    async with unchanged():
        for recipient in ("olga", "leo", "nora", "tina", name):
            answer = await person.attempt(
                "startChat", recipientId=await service.user(recipient), body="Hello"
            )
            assert answer.codes == ["FORBIDDEN"]


async def test_s3_a_learner_contacts_the_instructor_of_a_course(service: Service) -> None:
    """S3: the message arrives and remembers its course, for both; an answer is about none."""
    lena, ines = Person(service, "lena"), Person(service, "ines")
    sent = done(await lena.contact("ines", "mechanics", "Why?"))
    chat = sent["conversation"]["id"]
    course = {"id": await service.course("mechanics"), "title": "Mechanics"}
    assert sent["message"]["course"] == course
    [question] = (await ines.chat(chat))["messages"]["edges"]
    assert question["node"]["course"] == course
    answer = done(await ines.send(chat, "Because."))
    assert answer["message"]["course"] is None


async def test_s3_a_learner_contacts_no_other_instructor(service: Service) -> None:
    """S3, S4: not of a course one does not study, nor a colleague who teaches nothing there."""
    lena = Person(service, "lena")
    async with unchanged():
        for instructor, course in (
            ("tina", "painting"),
            ("tina", "mechanics"),
            ("ivan", "mechanics"),
            ("nora", "mechanics"),
        ):
            answer = await lena.attempt(
                "contactInstructor",
                courseId=await service.course(course),
                instructorId=await service.user(instructor),
                body="Hello",
            )
            assert answer.codes == ["NOT_FOUND"], instructor


async def test_s3_a_known_instructor_who_teaches_no_longer_is_refused_with_the_reason(
    service: Service,
) -> None:
    """S3: an instructor known from a chat is refused by reason, not as if they did not exist."""
    lena = Person(service, "lena")
    done(await lena.contact("ines", "mechanics"))
    done(await Person(service, "olga").staff("unassignInstructor", "mechanics", "ines"))
    async with unchanged():
        refused = await lena.contact("ines", "mechanics")
    assert refusals(refused) == [("MAY_NOT_START", "INSTRUCTOR_UNASSIGNED")]


async def test_s3_who_teaches_a_course_without_studying_it_is_not_enrolled(
    service: Service,
) -> None:
    """S3: a learner elsewhere who sees a course as its teacher is told they are not enrolled."""
    olga = Person(service, "olga")
    done(await olga.staff("assignInstructor", "painting", "ines"))
    luca = Person(service, "luca")
    done(await luca.contact("ines", "painting"))
    done(await olga.staff("assignInstructor", "mechanics", "luca"))
    async with unchanged():
        refused = await luca.contact("ines", "mechanics")
    assert refusals(refused) == [("MAY_NOT_START", "NOT_ENROLLED")]


async def test_w1_both_answer_in_a_chat_that_one_may_start(service: Service) -> None:
    """W1: a learner answers an administrator, an instructor a learner, in the chat there is."""
    lena, ines = Person(service, "lena"), Person(service, "ines")
    by_leo = done(await Person(service, "leo").start("lena"))["conversation"]["id"]
    assert done(await lena.send(by_leo, "Yes?"))["message"]["seq"] == 2
    by_lena = done(await lena.contact("ines", "mechanics"))["conversation"]["id"]
    assert done(await ines.send(by_lena, "Yes?"))["message"]["seq"] == 2
    await assert_consistent()


async def test_w1_a_stranger_cannot_write_in_a_chat(service: Service) -> None:
    """W1: for who takes no part, owner or not, a chat does not exist."""
    chat = done(await Person(service, "leo").start("lena"))["conversation"]["id"]
    async with unchanged():
        for name in ("olga", "nora", "sam"):
            answer = await Person(service, name).attempt(
                "sendMessage", conversationId=chat, body="Hello"
            )
            assert answer.codes == ["NOT_FOUND"]


async def test_a_pair_has_one_chat_whoever_starts_it(service: Service) -> None:
    """S1, S2: a second start, from either side and by either door, lands in the pair's chat."""
    olga, adam, lena = (Person(service, name) for name in ("olga", "adam", "lena"))
    first = done(await olga.start("adam"))
    second = done(await adam.start("olga"))
    third = done(await olga.start("adam"))
    chats = {sent["conversation"]["id"] for sent in (first, second, third)}
    assert (len(chats), third["message"]["seq"]) == (1, 3)
    done(await olga.staff("assignInstructor", "mechanics", "olga"))
    about_course = done(await lena.contact("olga", "mechanics"))["conversation"]["id"]
    by_start = done(await olga.start("lena"))["conversation"]["id"]
    assert about_course == by_start


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("", "EMPTY_BODY"),
        (" \t\r\n\N{NO-BREAK SPACE}\N{IDEOGRAPHIC SPACE}", "EMPTY_BODY"),
        ("\u200b\u200d\u2060\ufeff\u00ad\u202e\u2066", "EMPTY_BODY"),
        ("\u2800", "EMPTY_BODY"),
        ("\u3164\u115f\u1160\uffa0", "EMPTY_BODY"),
        ("\u034f\ufe0f\U000e0100\u17b4", "EMPTY_BODY"),
        ("\x01\x1b\x7f\x85", "EMPTY_BODY"),
        ("\u2028\u2029 \u180e\U000e0020", "EMPTY_BODY"),
        ("x" * 4_001, "BODY_TOO_LONG"),
        (" " * 4_001, "BODY_TOO_LONG"),
        (ASTRAL * 4_001, "BODY_TOO_LONG"),
        ("a\x00b", "INVALID_TEXT"),
        ("a\ud800b", "INVALID_TEXT"),
    ],
    ids=[
        "empty",
        "white",
        "formats",
        "braille",
        "fillers",
        "selectors",
        "controls",
        "separators",
        "long",
        "long-white",
        "long-astral",
        "nul",
        "surrogate",
    ],
)
async def test_a_text_that_is_no_message_is_refused(service: Service, body: str, code: str) -> None:
    """A body is 1 to 4,000 code points, some visible, without NUL or half surrogates."""
    lena, leo = Person(service, "lena"), Person(service, "leo")
    chat = done(await leo.start("lena"))["conversation"]["id"]
    async with unchanged():
        for refused in (
            await lena.send(chat, body),
            await leo.start("lena", body),
            await lena.contact("ines", "mechanics", body),
        ):
            assert [(error["code"], error["field"]) for error in refused["errors"]] == [
                (code, "body")
            ]


@pytest.mark.parametrize(
    "body",
    [
        "x",
        "x" * 4_000,
        ASTRAL * 4_000,
        "  <script>alert('1')</script> &amp; <b>\n\n",
        "\N{LATIN SMALL LETTER E}\N{COMBINING ACUTE ACCENT}\r\n\u202etxt",
    ],
    ids=["short", "longest", "longest-astral", "html", "unnormalised"],
)
async def test_a_body_is_stored_as_it_was_sent(service: Service, body: str) -> None:
    """What is sent is stored and shown to the last character, and is never HTML to the service."""
    sent = done(await Person(service, "leo").start("lena", body))
    assert sent["message"]["body"] == body
    assert await Person(service, "lena").bodies(sent["conversation"]["id"]) == [body]
    [message] = await rows_of("messages")
    assert message["body"] == body


async def test_two_who_start_with_each_other_at_once_make_one_chat(service: Service) -> None:
    """S1: starts of one pair from both sides at the same time end in one chat, none is lost."""
    olga, adam = Person(service, "olga"), Person(service, "adam")
    pairs = [(olga, "adam"), (adam, "olga")] * 5
    starts = [person.start(peer) for person, peer in pairs]
    sent = [done(payload) for payload in await asyncio.gather(*starts)]
    assert len({payload["conversation"]["id"] for payload in sent}) == 1
    assert sorted(payload["message"]["seq"] for payload in sent) == list(range(1, 11))
    await assert_consistent()


async def test_seq_is_gapless_under_concurrent_sends(service: Service) -> None:
    """W1: fifty sends at once, from both sides, get the places after the first, each one once."""
    lena, leo = Person(service, "lena"), Person(service, "leo")
    chat = done(await leo.start("lena"))["conversation"]["id"]
    sends = [(lena, leo)[number % 2].send(chat, f"Number {number}") for number in range(50)]
    sent = [done(payload) for payload in await asyncio.gather(*sends)]
    assert sorted(payload["message"]["seq"] for payload in sent) == list(range(2, 52))
    tables = await assert_consistent()
    assert len({message["body"] for message in tables["messages"]}) == 51
