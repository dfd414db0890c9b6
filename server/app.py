"""The one place that wires the parts."""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute

from messaging.doorbell import Doorbell
from messaging.feed.announcements import Announcer
from messaging.feed.poll import Poll
from messaging.feed.retention import Pruner
from messaging.work import UnitOfWork
from models import database
from models.outages import outages
from server.ending import EndsInTime
from server.endpoint import Endpoint, Parts
from server.opening import opened
from server.pages.pages import BUILT, Pages
from server.settings import Settings, load_settings
from server.tokens import TokenVerifier

logger = logging.getLogger(__name__)


def create_app(
    settings: Settings,
    parts: Parts | None = None,
    *,
    built: Path = BUILT,
    demo: Sequence[BaseRoute] = (),
) -> Starlette:
    """The service by its settings; its parts start and stop with it.

    ``built`` is where its pages were built, ``demo`` what only a demo has. Raises SettingsWrong;
    starting raises DatabaseUnusable.
    """
    parts = parts or make_parts(settings)
    pages = Pages(settings, built, is_demo=bool(demo))
    endpoint = Endpoint(settings, parts, pages.explorer if settings.explorer else None)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with running(settings, parts):
            yield

    routes: list[BaseRoute] = [
        Route("/graphql", endpoint),
        WebSocketRoute("/graphql", endpoint),
        Route("/health", _health_of(parts.doorbell)),
        *demo,
        *pages.routes(),
    ]
    middleware = Middleware(
        CORSMiddleware,
        allow_origins=settings.allowed_origins,
        allow_methods=["GET", "POST"],
        allow_headers=["Authorization", "Content-Type"],
        max_age=86_400,
    )
    return Starlette(routes=routes, middleware=[middleware], lifespan=lifespan)


def app_from_environment() -> EndsInTime:
    """The service by the environment, for servers that make their own processes."""
    return EndsInTime(create_app(load_settings()))


def make_parts(settings: Settings) -> Parts:
    """The parts by the settings."""
    doorbell = Doorbell(settings.broadcast_url)
    return Parts(TokenVerifier(settings), doorbell, UnitOfWork(doorbell))


@asynccontextmanager
async def running(settings: Settings, parts: Parts) -> AsyncIterator[None]:
    """The parts opened, and what works in the background at work."""
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(opened(settings, parts.doorbell, parts.office))
        for part in (
            Poll(parts.doorbell, interval_seconds=settings.poll_seconds),
            Announcer(parts.office),
            Pruner(parts.office, timedelta(days=settings.feed_retention_days)),
        ):
            await part.start()
            stack.push_async_callback(part.stop)
        yield


def _health_of(doorbell: Doorbell) -> Callable[[Request], Awaitable[Response]]:
    async def health(_: Request) -> Response:
        """200 while the database answers, 503 while it does not.

        A doorbell that is down is told, and costs latency only.
        """
        report = {"database": "ok", "doorbell": "ok" if doorbell.is_connected else "down"}
        try:
            await database.for_reading().values("SELECT 1")
        except Exception as error:
            if not outages.is_lost(error):
                logger.exception("The database cannot be asked.")
            report["database"] = "unreachable"
        return JSONResponse(report, 200 if report["database"] == "ok" else 503)

    return health
