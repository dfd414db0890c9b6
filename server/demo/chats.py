"""A few chats of the sample organisation, written through the real actions.

Every message has its idempotency key: written again, nothing is doubled, and a set-up that was
interrupted is finished.
"""

from dataclasses import dataclass
from uuid import UUID

from messaging.actions.sending import contact_instructor, send_message, start_chat
from messaging.errors import Refused
from messaging.viewers import Viewer, find_viewer
from messaging.work import UnitOfWork
from models import Course
from models.database import for_reading


@dataclass(frozen=True, slots=True)
class Chat:
    """Who starts, with whom, about which course, and what is said in turns."""

    starter: str
    peer: str
    course: str | None
    turns: tuple[str, ...]


CHATS = (
    Chat(
        "amina",
        "isaac",
        "mechanics-1",
        (
            "Dear Mr Ferreira, in problem 4, is the rope massless?",
            "Good question! Yes, take it as massless, and the pulley as free of friction.",
            "Thank you, now the tension comes out right.",
        ),
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
        "grace",
        "maria-1",
        None,
        ("Welcome to Larkfield! Write to me if anything about your enrolment is unclear.",),
    ),
    Chat(
        "ada",
        "isaac",
        None,
        ("Could you take the open day on Saturday?", "With pleasure."),
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
    first, *others = chat.turns
    if chat.course is None:
        sent = await office.run(start_chat, starter, peer.id, first, f"{key}-0")
    else:
        course_id = await _course_id(account, chat.course)
        sent = await office.run(contact_instructor, starter, course_id, peer.id, first, f"{key}-0")
    for turn, body in enumerate(others, start=1):
        author = (starter, peer)[turn % 2]
        await office.run(send_message, author, sent.conversation.id, body, f"{key}-{turn}")


async def _viewer(account: str, source_id: str) -> Viewer:
    viewer = await find_viewer(for_reading(), account, source_id)
    if viewer is None:
        raise LookupError(f"the sample has no {source_id}")
    return viewer


async def _course_id(account: str, source_id: str) -> UUID:
    return (await Course.get(account__slug=account, source_id=source_id)).id
