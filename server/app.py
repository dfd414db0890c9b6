"""The one place that wires the parts."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from gql.api import build_schema
from messaging.doorbell import Doorbell
from messaging.feed.announcements import Announcer
from messaging.feed.poll import Poll
from messaging.feed.retention import Pruner
from messaging.overwriting import Overwriter
from messaging.work import UnitOfWork
from server import opening
from server.allowing import allowances_of
from server.counted_sockets import CountedSockets
from server.ending import EndsInTime
from server.garbage import collect_rarely
from server.headers import WithHeaders
from server.health import Health
from server.over_http import OverHttp
from server.over_sockets import OverSockets
from server.pages.pages import BUILT, Pages
from server.parts import Parts
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
    schema = build_schema(
        introspection=settings.introspection,
        suggestions=settings.suggestions,
        compiled=settings.compiled,
        cost_limit=settings.cost_limit,
    )
    page = pages.explorer if settings.explorer else pages.nowhere
    sockets = OverSockets(schema, parts, settings.allowed_origins)
    doors: dict[str, ASGIApp] = {
        "http": OverHttp(schema, parts, page, get_queries=settings.get_queries),
        "websocket": CountedSockets(sockets, parts.allowances),
    }

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with running(settings, parts):
            yield

    routes: list[BaseRoute] = [
        Route("/health", Health(parts.doorbell).answer),
        *demo,
        *pages.routes(),
    ]
    rest = Starlette(
        routes=routes,
        exception_handlers={HTTPException: Refusals(pages).answer},
        lifespan=lifespan,
    )
    # It would redirect to whatever host the request names.
    rest.router.redirect_slashes = False
    return WithHeaders(Doors(doors, rest), settings.allowed_origins)


class Doors:
    """GraphQL has doors of its own: a list of routes would cost it as much as a read."""

    def __init__(self, doors: Mapping[str, ASGIApp], rest: ASGIApp) -> None:
        """``doors`` are by what they serve, as ASGI calls it."""
        self._doors = doors
        self._rest = rest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve."""
        app = self._doors.get(scope["type"]) if scope.get("path") == "/graphql" else None
        await (app or self._rest)(scope, receive, send)


def app_from_environment() -> EndsInTime:
    """The service by the environment, for servers that make their own processes."""
    end_with_the_parent()
    app = EndsInTime(create_app(load_settings()))
    collect_rarely()
    return app


def make_parts(settings: Settings) -> Parts:
    """The parts by the settings."""
    doorbell = Doorbell(settings.broadcast_url)
    office = UnitOfWork(doorbell)
    return Parts(TokenVerifier(settings), doorbell, office, allowances=allowances_of(settings))


@asynccontextmanager
async def running(settings: Settings, parts: Parts) -> AsyncIterator[None]:
    """The parts opened, and what works in the background at work."""
    async with AsyncExitStack() as stack:
        await parts.allowances.rates.start()
        stack.push_async_callback(parts.allowances.rates.stop)
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
