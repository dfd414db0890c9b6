"""One read for all who ask at once: a thousand who are woken together ask in twenty statements."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


class Together(Generic[Key, Value]):
    """Reads for whoever asks in a process, together those who ask meanwhile.

    One read is under way at a time; who asks during it is in the next, so that nobody is answered
    by a read that began before they asked. Alone, nobody waits.
    """

    def __init__(
        self,
        read_many: Callable[[list[Key]], Awaitable[Sequence[Value | Exception]]],
        *,
        most: int,
        name: str,
    ) -> None:
        """``read_many`` finds a value, or what is to be raised, for each of so many keys."""
        self._read_many = read_many
        self._most = most
        self._name = name
        self._asked: list[tuple[Key, asyncio.Future[Value]]] = []
        self._task: asyncio.Task[None] | None = None

    def ask(self, key: Key) -> asyncio.Future[Value]:
        """The key's value to come, or what its read raises."""
        answer: asyncio.Future[Value] = asyncio.get_running_loop().create_future()
        self._asked.append((key, answer))
        if self._task is None:
            # Of its own: whoever asked first may leave, and the others still wait.
            self._task = asyncio.create_task(self._read_all(), name=self._name)
        return answer

    async def _read_all(self) -> None:
        try:
            while self._asked:
                some = self._asked[: self._most]
                del self._asked[: self._most]
                waiting = [(key, answer) for key, answer in some if not answer.done()]
                if waiting:
                    await self._answer(waiting)
        finally:
            self._task = None

    async def _answer(self, waiting: list[tuple[Key, asyncio.Future[Value]]]) -> None:
        found: Sequence[Value | Exception]
        try:
            found = await self._read_many([key for key, _ in waiting])
        except asyncio.CancelledError as error:
            # Of something within: whoever asked would wait for ever.
            found = [_cancelled(error)] * len(waiting)
        except Exception as error:  # noqa: BLE001  # raised where each of them waits
            found = [error] * len(waiting)
        for (_, answer), value in zip(waiting, found, strict=True):
            if answer.done():
                continue
            if isinstance(value, Exception):
                answer.set_exception(value)
            else:
                answer.set_result(value)


def _cancelled(error: asyncio.CancelledError) -> Exception:
    """What a cancelled read raises where somebody waits who was not cancelled."""
    failure = RuntimeError("A read was cancelled.")
    failure.__cause__ = error
    return failure
