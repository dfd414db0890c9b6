"""A few chats of the sample organisation, written through the real actions.

Every message has its idempotency key: written again, nothing is doubled, and a set-up that was
interrupted is finished.
"""

from dataclasses import dataclass
from itertools import cycle
from uuid import UUID

from messaging.actions.reading import mark_read
from messaging.actions.sending import contact_instructor, send_message, start_chat
from messaging.errors import Refused
from messaging.viewers import Viewer, find_viewer
from messaging.work import UnitOfWork
from models import Course
from models.database import for_reading


@dataclass(frozen=True, slots=True)
class Chat:
    """Who starts, with whom, about which course, and what is said in turns, a message a line."""

    starter: str
    peer: str
    course: str | None
    turns: tuple[str, ...]
    # The last turn was not read yet.
    is_unread: bool = False


CHATS = (
    Chat(
        "amina",
        "isaac",
        "mechanics-1",
        (
            "Dear Mr Ferreira, in problem 4, is the rope massless?",
            "Good question! Yes, take it as massless, and the pulley as free of friction.",
            "Thank you, now the tension comes out right.",
            "Well done. Problem 5 is the same on an incline: try it before Thursday.",
            "I will! May we bring a sheet of formulas to the test?",
        ),
        is_unread=True,
    ),
    Chat(
        "bjorn",
        "isaac",
        "mechanics-1",
        (
            "Is Friday's lecture recorded?",
            "It is. You will find it on the course page in the evening.",
            "Great, thanks!",
        ),
    ),
    Chat(
        "chidi",
        "isaac",
        "mechanics-1",
        ("I have worked through Kepler's third law.\nWhy does the constant come out odd?",),
        is_unread=True,
    ),
    Chat(
        "daria",
        "isaac",
        "mechanics-1",
        ("Здравствуйте! Можно сдать лабораторную в пятницу?", "Да, до шести вечера."),
    ),
    Chat(
        "amina",
        "rosalind",
        "mechanics-1",
        (
            "Is there an office hour this week?",
            "Yes, on Wednesday from three to four.\nRoom 1.08. Bring your questions 🙂",
        ),
        is_unread=True,
    ),
    Chat(
        "daria",
        "rosalind",
        "genetics-1",
        ("Which chapters are for Monday?", "Four and five; skip the appendix."),
    ),
    Chat(
        "farid",
        "nadia",
        "harmony-1",
        (
            "سلام، آیا تمرین سوم را می‌توانم هفته آینده تحویل بدهم؟",
            "Yes, by Tuesday please.",
        ),
    ),
    Chat(
        "mei",
        "amina",
        None,
        (
            "Hello Amina, your laboratory card is ready at the office.",
            "Great, I will come by after the lecture.",
        ),
    ),
    Chat(
        "mei",
        "isaac",
        None,
        (
            "Two more learners would like to join Mechanics. Is there room?",
            "There is, send them along.",
        ),
    ),
    Chat(
        "ines",
        "isaac",
        None,
        ("The faculty meets on Tuesday at ten, in room 2.14. Could you show the new laboratory?",),
        is_unread=True,
    ),
    Chat(
        "grace",
        "amina",
        None,
        ("Your scholarship has been extended until the summer. Congratulations!",),
        is_unread=True,
    ),
    Chat(
        "grace",
        "maria-1",
        None,
        ("Welcome to Larkfield! Write to me if anything about your enrolment is unclear.",),
        is_unread=True,
    ),
    Chat(
        "grace",
        "linh",
        None,
        ("Your timetable for the winter is in the courses now.", "Found it, thank you!"),
        is_unread=True,
    ),
    Chat(
        "ada",
        "isaac",
        None,
        ("Could you take the open day on Saturday?", "With pleasure."),
    ),
    Chat(
        "ada",
        "grace",
        None,
        ("Are all rosters of the autumn in?", "All but Music, which comes tomorrow."),
        is_unread=True,
    ),
)


async def write_chats(office: UnitOfWork, account: str) -> None:
    """Write the chats that are not yet written."""
    for chat in CHATS:
        try:
            await _write(office, account, chat)
        except Refused:
            # Somebody has tried things out since: the chat is theirs now.
            continue


async def _write(office: UnitOfWork, account: str, chat: Chat) -> None:
    starter, peer = await _viewer(account, chat.starter), await _viewer(account, chat.peer)
    key = f"demo-{chat.starter}-{chat.peer}"
    authors = cycle((starter, peer))
    messages = [
        (author, body)
        for author, turn in zip(authors, chat.turns, strict=False)
        for body in turn.splitlines()
    ]
    [(_, first), *others] = messages
    if chat.course is None:
        sent = await office.run(start_chat, starter, peer.id, first, f"{key}-0")
    else:
        course_id = await _course_id(account, chat.course)
        sent = await office.run(contact_instructor, starter, course_id, peer.id, first, f"{key}-0")
    for number, (author, body) in enumerate(others, start=1):
        sent = await office.run(send_message, author, sent.conversation.id, body, f"{key}-{number}")
    # Whoever answered had read what they answered to.
    unread = len(chat.turns[-1].splitlines()) if chat.is_unread else 0
    for person in (starter, peer):
        await office.run(mark_read, person, sent.conversation.id, len(messages) - unread)


async def _viewer(account: str, source_id: str) -> Viewer:
    viewer = await find_viewer(for_reading(), account, source_id)
    if viewer is None:
        raise LookupError(f"the sample has no {source_id}")
    return viewer


async def _course_id(account: str, source_id: str) -> UUID:
    return (await Course.get(account__slug=account, source_id=source_id)).id
