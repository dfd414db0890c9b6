"""What nested fields ask for one by one, read in one statement for all of a level.

Nothing is kept between two levels: a subscription would go on showing what it once read.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
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


@dataclass(slots=True)
class Loaders:
    """The loaders of one operation, all under the rights of its viewer."""

    viewer_id: Callable[[], UUID]
    conversation_with: DataLoader[UUID, ConversationRow | None] = field(init=False)
    department_of: DataLoader[UUID, str | None] = field(init=False)
    instructors_of: DataLoader[UUID, list[InstructorRow]] = field(init=False)
    messages_in: DataLoader[Thread, Page[MessageRow]] = field(init=False)

    def __post_init__(self) -> None:
        self.conversation_with = DataLoader(self._conversations_with, cache=False)
        self.department_of = DataLoader(self._departments_of, cache=False)
        self.instructors_of = DataLoader(self._instructors_of, cache=False)
        self.messages_in = DataLoader(
            self._messages_in, cache=False, max_batch_size=THREADS_AT_ONCE
        )

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
