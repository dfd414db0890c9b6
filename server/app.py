"""The one place that wires the parts."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.types import ASGIApp

from messaging.doorbell import Doorbell
from messaging.feed.announcements import Announcer
from messaging.feed.poll import Poll
from messaging.feed.retention import Pruner
from messaging.overwriting import Overwriter
from messaging.work import UnitOfWork
from server import opening
from server.ending import EndsInTime
from server.endpoint import Endpoint, Parts
from server.headers import WithHeaders
from server.health import Health
from server.pages.pages import BUILT, Pages
from server.refusals import Refusals
from server.settings import Settings, load_settings
from server.tokens import TokenVerifier
from server.workers import end_with_the_parent


def create_app(
    settings: Settings,
    parts: Parts | None = None,
    *,
    built: Path = BUILT,
    demo: Sequence[BaseRoute] = (),
) -> ASGIApp:
    """The service by its settings; its parts start and stop with it.

    ``built`` is where its pages were built, ``demo`` what only a demo has. Raises SettingsWrong;
    starting raises DatabaseUnusable.
    """
    parts = parts or make_parts(settings)
    pages = Pages(settings, built, is_demo=bool(demo))
    endpoint = Endpoint(settings, parts, pages.explorer if settings.explorer else pages.nowhere)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with running(settings, parts):
            yield

    routes: list[BaseRoute] = [
        Route("/graphql", endpoint),
        WebSocketRoute("/graphql", endpoint),
        Route("/health", Health(parts.doorbell).answer),
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
    return WithHeaders(
        Starlette(
            routes=routes,
            middleware=[middleware],
            exception_handlers={HTTPException: Refusals(pages).answer},
            lifespan=lifespan,
        )
    )


def app_from_environment() -> EndsInTime:
    """The service by the environment, for servers that make their own processes."""
    end_with_the_parent()
    return EndsInTime(create_app(load_settings()))


def make_parts(settings: Settings) -> Parts:
    """The parts by the settings."""
    doorbell = Doorbell(settings.broadcast_url)
    return Parts(TokenVerifier(settings), doorbell, UnitOfWork(doorbell))


@asynccontextmanager
async def running(settings: Settings, parts: Parts) -> AsyncIterator[None]:
    """The parts opened, and what works in the background at work."""
    async with AsyncExitStack() as stack:
        limit = opening.SERVING_SECONDS
        await stack.enter_async_context(
            opening.opened(settings, parts.doorbell, parts.office, statement_limit_seconds=limit)
        )
        for part in (
            Poll(parts.doorbell, interval_seconds=settings.poll_seconds),
            Announcer(parts.office),
            Overwriter(parts.office.erased),
            Pruner(parts.office, timedelta(days=settings.feed_retention_days)),
        ):
            await part.start()
            stack.push_async_callback(part.stop)
        yield
