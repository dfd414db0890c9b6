"""Reading who calls, for all requests of a process."""

from collections.abc import Sequence
from uuid import UUID

from messaging.together import Together
from messaging.viewers import NameInToken, Viewer, find_viewers, load_viewers
from models.database import for_reading

# More in one read would hold the loop for too long while it is taken apart.
_VIEWERS_AT_ONCE = 100


class ViewerReader:
    """Reads viewers as they are now, together those of all requests that ask meanwhile."""

    def __init__(self) -> None:
        self._by_name: Together[NameInToken, Viewer | None] = Together(
            _find, most=_VIEWERS_AT_ONCE, name="viewers by name"
        )
        self._by_id: Together[UUID, Viewer] = Together(
            _load, most=_VIEWERS_AT_ONCE, name="viewers by id"
        )

    async def find(self, account_slug: str, source_id: str) -> Viewer | None:
        """The person a token names, whatever their status."""
        return await self._by_name.ask((account_slug, source_id))

    async def load(self, user_id: UUID) -> Viewer:
        """The person of that id, who exists. Raises LookupError otherwise."""
        return await self._by_id.ask(user_id)


async def _find(names: list[NameInToken]) -> Sequence[Viewer | None]:
    found = await find_viewers(for_reading(), names)
    return [found.get(name) for name in names]


async def _load(user_ids: list[UUID]) -> Sequence[Viewer | Exception]:
    found = await load_viewers(for_reading(), user_ids)
    return [found.get(user_id) or LookupError(f"no user {user_id}") for user_id in user_ids]
