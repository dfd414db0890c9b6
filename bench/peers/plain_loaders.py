"""The loaders of the plain Strawberry peer."""

from typing import Any
from uuid import UUID

from strawberry.dataloader import DataLoader

import models
from bench.statements import FOR_NODE
from models.database import for_reading


class Loaders:
    """One loader for each kind of thing, for one request of one viewer."""

    def __init__(self, viewer_id: UUID) -> None:
        self.viewer_id = viewer_id
        self.user: DataLoader[UUID, Any] = DataLoader(_by_id(models.User))
        self.message: DataLoader[UUID, Any] = DataLoader(_by_id(models.Message))
        self.course: DataLoader[UUID, Any] = DataLoader(_by_id(models.Course))
        self.department: DataLoader[UUID, str | None] = DataLoader(_departments)
        self.other_side: DataLoader[UUID, Any] = DataLoader(self._other_sides)
        self.closed_reason: DataLoader[UUID, str | None] = DataLoader(self._closed_reasons)

    async def _other_sides(self, chat_ids: list[UUID]) -> list[Any]:
        sides = await models.Participant.filter(conversation_id__in=chat_ids).exclude(
            user_id=self.viewer_id
        )
        found = {side.conversation_id: side for side in sides}
        return [found[chat_id] for chat_id in chat_ids]

    async def _closed_reasons(self, peer_ids: list[UUID]) -> list[str | None]:
        lines = await for_reading().values(FOR_NODE["closedReasons"], peer_ids, self.viewer_id)
        found = dict(lines)
        return [found[peer_id] for peer_id in peer_ids]


def _by_id(model: Any) -> Any:
    async def load(ids: list[UUID]) -> list[Any]:
        found = await model.in_bulk(ids, "id")
        return [found.get(each) for each in ids]

    return load


async def _departments(user_ids: list[UUID]) -> list[str | None]:
    names: dict[UUID, list[str]] = {}
    found = models.Membership.filter(user_id__in=user_ids).select_related("department")
    async for each in found:
        names.setdefault(each.user_id, []).append(each.department.name)
    return [", ".join(sorted(names[each])) if each in names else None for each in user_ids]
