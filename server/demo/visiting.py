"""What only a demo has: a choice of people to be, signing in as one of them, and their photos."""

import ipaddress
import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from gql.errors import BAD_INPUT, FORBIDDEN, NOT_FOUND
from messaging.viewers import find_viewer
from models import User, UserStatus
from models.database import for_reading
from server.answers import error_response
from server.demo.people import ACCOUNT, DESCRIPTIONS
from server.demo.portraits import portrait
from server.headers import EVERYWHERE, POLICY, written
from server.negotiation import media_type
from server.settings import Settings
from server.tokens import issue_token

# The page fetches a new one in time, as it has to from an LMS.
TOKEN_LIFETIME = timedelta(hours=1)
LARGEST_BODY_BYTES = 1024
# An SVG that somebody opens by itself is a document.
PHOTO_HEADERS = {
    **EVERYWHERE,
    POLICY: written({"default-src": ("'none'",)}),
    "Cache-Control": "max-age=3600",
}

Handler = Callable[[Request], Awaitable[Response]]


def demo_routes(settings: Settings, host: str) -> list[BaseRoute]:
    """The routes of a demo that is served under that host."""
    return [
        Route("/demo/people", _only_here(host, _people)),
        Route(
            "/demo/sign-in",
            _only_here(host, _sign_in(settings)),
            methods=["POST"],
            max_body_size=LARGEST_BODY_BYTES,
        ),
        Route("/photos/{source_id}.svg", _photo),
    ]


async def _people(_: Request) -> Response:
    found = {
        source_id: (name, photo_url)
        for source_id, name, photo_url in await User.filter(
            account__slug=ACCOUNT, source_id__in=list(DESCRIPTIONS), status=UserStatus.ACTIVE
        ).values_list("source_id", "name", "photo_url")
    }
    people = [
        {
            "sourceId": source_id,
            "name": found[source_id][0],
            "photoUrl": found[source_id][1],
            "description": description,
        }
        for source_id, description in DESCRIPTIONS.items()
        if source_id in found
    ]
    return JSONResponse(people)


def _sign_in(settings: Settings) -> Handler:
    async def sign_in(request: Request) -> Response:
        """A token for one of the people, whoever asks: there are no passwords here."""
        if media_type(request.headers.get("content-type")) != "application/json":
            # Pages elsewhere may send other types without being asked for leave.
            return error_response(
                415, BAD_INPUT, "The request must be of the type application/json."
            )
        source_id = _source_id(await request.body())
        if source_id not in DESCRIPTIONS:
            return error_response(404, NOT_FOUND, "There is no such person in the demo.")
        viewer = await find_viewer(for_reading(), ACCOUNT, source_id)
        if viewer is None or not viewer.is_active:
            return error_response(403, FORBIDDEN, "This person may not sign in now.")
        return JSONResponse(
            {
                "token": issue_token(settings, ACCOUNT, source_id, TOKEN_LIFETIME),
                "expiresInSeconds": int(TOKEN_LIFETIME.total_seconds()),
            }
        )

    return sign_in


async def _photo(request: Request) -> Response:
    drawn = portrait(request.path_params["source_id"])
    if drawn is None:
        return error_response(404, NOT_FOUND, "There is no such photo.")
    return Response(drawn, media_type="image/svg+xml", headers=PHOTO_HEADERS)


def _only_here(host: str, handler: Handler) -> Handler:
    """Refuse requests under a foreign name: a page could point its own name at this address."""

    async def guarded(request: Request) -> Response:
        if not _is_ours(request.headers.get("host", ""), host):
            return error_response(403, FORBIDDEN, "The demo is not served under this name.")
        return await handler(request)

    return guarded


def _is_ours(given: str, host: str) -> bool:
    """Whether a Host header names this machine: by an address, which is nobody's to point."""
    name = given.rsplit(":", 1)[0] if not given.endswith("]") else given
    if name.lower() in ("localhost", host.lower()):
        return True
    try:
        ipaddress.ip_address(name.removeprefix("[").removesuffix("]"))
    except ValueError:
        return False
    return True


def _source_id(body: bytes) -> str:
    """The person that a body names, or nobody."""
    try:
        given: Any = json.loads(body)
        source_id = given["sourceId"]
    except (ValueError, TypeError, KeyError, RecursionError):
        return ""
    return source_id if isinstance(source_id, str) else ""
