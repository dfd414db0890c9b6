"""What nested fields ask for one by one, read in one statement for all of a level.

Nothing is kept between two levels: a subscription would go on showing what it once read.
"""

from collections import defaultdict
from collections.abc import Callable
from functools import cached_property
from uuid import UUID

from strawberry.dataloader import DataLoader

from messaging.reads.columns import ConversationRow, MessageRow
from messaging.reads.conversations import conversations_with
from messaging.reads.courses import InstructorRow, instructors_of
from messaging.reads.messages import Window, list_messages
from messaging.reads.paging import Page
from messaging.reads.people import department_names
from models.database import for_reading

# SQLite joins at most 500 SELECTs by UNION.
THREADS_AT_ONCE = 100

Thread = tuple[UUID, Window]


class Loaders:
    """The loaders of one operation, all under the rights of its viewer; few operations need one."""

    def __init__(self, viewer_id: Callable[[], UUID]) -> None:
        self.viewer_id = viewer_id

    @cached_property
    def conversation_with(self) -> DataLoader[UUID, ConversationRow | None]:
        """The viewer's chat with a person."""
        return DataLoader(self._conversations_with, cache=False)

    @cached_property
    def department_of(self) -> DataLoader[UUID, str | None]:
        """A person's department."""
        return DataLoader(self._departments_of, cache=False)

    @cached_property
    def instructors_of(self) -> DataLoader[UUID, list[InstructorRow]]:
        """Who teaches a course."""
        return DataLoader(self._instructors_of, cache=False)

    @cached_property
    def messages_in(self) -> DataLoader[Thread, Page[MessageRow]]:
        """A part of a thread."""
        return DataLoader(self._messages_in, cache=False, max_batch_size=THREADS_AT_ONCE)

    async def _conversations_with(self, peer_ids: list[UUID]) -> list[ConversationRow | None]:
        found = await conversations_with(for_reading(), self.viewer_id(), _distinct(peer_ids))
        return [found.get(peer_id) for peer_id in peer_ids]

    async def _departments_of(self, user_ids: list[UUID]) -> list[str | None]:
        found = await department_names(for_reading(), _distinct(user_ids))
        return [found.get(user_id) for user_id in user_ids]

    async def _instructors_of(self, course_ids: list[UUID]) -> list[list[InstructorRow]]:
        found = await instructors_of(for_reading(), self.viewer_id(), _distinct(course_ids))
        return [found[course_id] for course_id in course_ids]

    async def _messages_in(self, threads: list[Thread]) -> list[Page[MessageRow]]:
        by_window: dict[Window, list[UUID]] = defaultdict(list)
        for conversation_id, window in dict.fromkeys(threads):
            by_window[window].append(conversation_id)
        pages: dict[Thread, Page[MessageRow]] = {}
        for window, conversation_ids in by_window.items():
            found = await list_messages(for_reading(), self.viewer_id(), conversation_ids, window)
            pages.update(
                ((each, window), page) for each, page in zip(conversation_ids, found, strict=True)
            )
        return [pages[thread] for thread in threads]


def _distinct(ids: list[UUID]) -> list[UUID]:
    return list(dict.fromkeys(ids))
