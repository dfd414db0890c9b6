"""What nested fields ask for one by one, read in one statement for all of a level.

Nothing is kept between two levels: a subscription would go on showing what it once read.
"""

from collections import defaultdict
from functools import cached_property, partial
from typing import TypeAlias
from uuid import UUID

from messaging.reads.columns import ConversationRow, MessageRow
from messaging.reads.conversations import conversations_with
from messaging.reads.courses import InstructorRow, instructors_of
from messaging.reads.messages import Window, list_messages
from messaging.reads.paging import Page
from messaging.reads.people import department_names
from messaging.together import Together
from messaging.viewers import Viewer
from models.database import for_reading

# SQLite joins at most 500 SELECTs by UNION.
THREADS_AT_ONCE = 100
# A page of a page, and fewer than a statement takes arguments on either database.
_AT_ONCE = 10_000

Thread: TypeAlias = tuple[ConversationRow, Window]


class Loaders:
    """The loaders of one viewer in one operation; few operations need one.

    None of them knows the loaders: what knows itself is left to Python's look for garbage.
    """

    def __init__(self, viewer: Viewer) -> None:
        self._viewer = viewer

    @cached_property
    def conversation_with(self) -> Together[UUID, ConversationRow | None]:
        """The viewer's chat with a person."""
        read = partial(_conversations_with, self._viewer)
        return Together(read, most=_AT_ONCE, name="chats by person")

    @cached_property
    def department_of(self) -> Together[UUID, str | None]:
        """A person's department."""
        return Together(_departments_of, most=_AT_ONCE, name="departments")

    @cached_property
    def instructors_of(self) -> Together[UUID, list[InstructorRow]]:
        """Who teaches a course."""
        read = partial(_instructors_of, self._viewer)
        return Together(read, most=_AT_ONCE, name="instructors")

    @cached_property
    def messages_in(self) -> Together[Thread, Page[MessageRow]]:
        """A part of a thread."""
        read = partial(_messages_in, self._viewer)
        return Together(read, most=THREADS_AT_ONCE, name="threads")


async def _conversations_with(viewer: Viewer, peer_ids: list[UUID]) -> list[ConversationRow | None]:
    found = await conversations_with(for_reading(), viewer.user, _distinct(peer_ids))
    return [found.get(peer_id) for peer_id in peer_ids]


async def _departments_of(user_ids: list[UUID]) -> list[str | None]:
    found = await department_names(for_reading(), _distinct(user_ids))
    return [found.get(user_id) for user_id in user_ids]


async def _instructors_of(viewer: Viewer, course_ids: list[UUID]) -> list[list[InstructorRow]]:
    found = await instructors_of(for_reading(), viewer.id, _distinct(course_ids))
    return [found[course_id] for course_id in course_ids]


async def _messages_in(viewer: Viewer, threads: list[Thread]) -> list[Page[MessageRow]]:
    by_window: dict[Window, dict[UUID, ConversationRow]] = defaultdict(dict)
    for chat, window in threads:
        by_window[window][chat.id] = chat
    pages: dict[tuple[UUID, Window], Page[MessageRow]] = {}
    for window, chats in by_window.items():
        found = await list_messages(for_reading(), viewer.user, list(chats.values()), window)
        pages.update(((each, window), page) for each, page in zip(chats, found, strict=True))
    return [pages[chat.id, window] for chat, window in threads]


def _distinct(ids: list[UUID]) -> list[UUID]:
    return list(dict.fromkeys(ids))
