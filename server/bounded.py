"""A WebSocket whose peer must take what it is sent."""

import asyncio
from collections.abc import Coroutine, Mapping
from typing import Any

from starlette import websockets as starlette
from strawberry.asgi import ASGIWebSocketAdapter
from strawberry.http.exceptions import WebSocketDisconnected

# A peer that takes nothing for so long is gone, or wants the server's memory. Its transport holds
# up what is written to it, and a close would wait as long: such a connection is given up. The peer
# sees 1006, after which clients connect again and resume.
SEND_LIMIT_SECONDS = 10.0


class BoundedWebSocket(ASGIWebSocketAdapter):
    """Strawberry's adapter, made in the task that serves the connection."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._serving = asyncio.current_task()
        self.is_given_up = False

    async def send_json(self, message: Mapping[str, object]) -> None:
        """Send a message. Raises WebSocketDisconnected."""
        await self._bounded(super().send_json(message))

    async def close(self, code: int, reason: str) -> None:
        """Close the connection. Raises WebSocketDisconnected."""
        await self._bounded(super().close(code, reason))

    async def _bounded(self, sending: Coroutine[Any, Any, None]) -> None:
        try:
            async with asyncio.timeout(SEND_LIMIT_SECONDS):
                await sending
        except TimeoutError:
            self._give_up()
            raise WebSocketDisconnected from None
        except (starlette.WebSocketDisconnect, starlette.WebSocketDisconnected) as closed:
            # Several tasks of a connection may find at once that it must end.
            raise WebSocketDisconnected from closed

    def _give_up(self) -> None:
        if self._serving is not None and not self.is_given_up:
            self.is_given_up = True
            self._serving.cancel()
