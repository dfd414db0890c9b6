"""`lms-messages serve` with a watch on its loop, for one GET /stall to the next."""

import asyncio
import os
import time

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from server.app import create_app
from server.commands.serving import serve_app
from server.ending import EndsInTime
from server.settings import load_settings

_TICK_SECONDS = 0.001


class Watch:
    """Looks at the clock every millisecond, from every other question on."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._task: asyncio.Task[None] | None = None
        self._longest = 0.0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Begin to watch, or end and tell for how long the loop was held at the longest."""
        if scope["type"] != "http" or scope["path"] != "/stall":
            await self._app(scope, receive, send)
            return
        if self._task is None:
            self._longest = 0.0
            self._task = asyncio.create_task(self._watch())
        else:
            self._task.cancel()
            self._task = None
        await PlainTextResponse(str(self._longest))(scope, receive, send)

    async def _watch(self) -> None:
        while True:
            before = time.perf_counter()
            await asyncio.sleep(_TICK_SECONDS)
            self._longest = max(self._longest, time.perf_counter() - before - _TICK_SECONDS)


if __name__ == "__main__":
    serve_app(Watch(EndsInTime(create_app(load_settings()))), "127.0.0.1", int(os.environ["PORT"]))
