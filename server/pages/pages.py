"""The two pages: Messages at the addresses it keeps, the explorer at /graphql."""

import asyncio
import hashlib
import html
import json
from pathlib import Path

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from server.headers import Policy
from server.pages.assets import Assets
from server.pages.policies import explorer_policy, messages_policy, page_headers
from server.settings import Settings

# Where `build_pages.py` puts what it built, and why it could not.
BUILT = Path(__file__).parents[1] / "built"
WHY_NOT = "why-not.txt"

# What the page shows by its address; it is the same file at each.
ADDRESSES = (
    "/",
    "/chats/{id}",
    "/new",
    "/courses",
    "/courses/{id}",
    "/administration",
)

_PLACE_OF_SETTINGS = "<!-- page-settings -->"


class Pages:
    """Serves what was built into the directory, which may be missing or come later."""

    def __init__(self, settings: Settings, directory: Path = BUILT, *, is_demo: bool) -> None:
        self._settings = settings
        self._directory = directory
        self._page_settings = _as_element(
            {
                "isDemo": is_demo,
                "hasExplorer": settings.explorer,
                "parentOrigins": settings.allowed_origins,
            }
        )

    def routes(self) -> list[BaseRoute]:
        """The routes of what the settings turn on; the explorer's address is the API's."""
        routes: list[BaseRoute] = []
        if self._settings.pages:
            routes += [Route(address, self.messages) for address in ADDRESSES]
        if self._settings.pages or self._settings.explorer:
            routes.append(Mount("/assets", Assets(self._directory / "assets")))
        return routes

    async def messages(self, request: Request) -> Response:
        """The Messages page."""
        return await self._page("index.html", request, self._messages_policy(request))

    async def explorer(self, request: Request) -> Response:
        """The explorer."""
        response = await self._page("explorer.html", request, explorer_policy(*_host_of(request)))
        # At the same address other requests get answers of the API.
        response.headers["Vary"] = "Accept"
        return response

    async def nowhere(self, request: Request) -> Response | None:
        """The Messages page where nothing is; None where there is no such page.

        It says so in words, and takes a token out of the address, which would stay there.
        """
        if not self._settings.pages:
            return None
        try:
            body = await self._built("index.html")
        except FileNotFoundError:
            return None
        headers = {**page_headers(self._messages_policy(request)), "Cache-Control": "no-store"}
        return HTMLResponse(body, 404, headers)

    def _messages_policy(self, request: Request) -> Policy:
        settings = self._settings
        return messages_policy(*_host_of(request), settings.photo_origins, settings.allowed_origins)

    async def _built(self, name: str) -> bytes:
        text = await asyncio.to_thread((self._directory / name).read_text, "utf-8")
        return text.replace(_PLACE_OF_SETTINGS, self._page_settings).encode()

    async def _page(self, name: str, request: Request, policy: Policy) -> Response:
        try:
            body = await self._built(name)
        except FileNotFoundError:
            return await asyncio.to_thread(missing, self._directory)
        tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        headers = {**page_headers(policy), "ETag": tag}
        if tag in _tags(request.headers.get("if-none-match", "")):
            return Response(status_code=304, headers=headers)
        return HTMLResponse(body, headers=headers)


def missing(directory: Path) -> Response:
    """What is shown where nothing was built: why, and what to run."""
    known = reason(directory)
    because = f"<p>{html.escape(known)}</p>" if known else ""
    return HTMLResponse(
        _MISSING.format(because=because),
        503,
        headers={**page_headers({"default-src": ("'none'",)}), "Cache-Control": "no-store"},
    )


def is_built(directory: Path = BUILT) -> bool:
    """Whether the Messages page is there."""
    return (directory / "index.html").exists()


def reason(directory: Path = BUILT) -> str | None:
    """Why the last build failed; None where none was tried."""
    try:
        return (directory / WHY_NOT).read_text("utf-8").strip()
    except FileNotFoundError:
        return None


_MISSING = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>No page yet</title>
<h1>The page is not built</h1>
<p>The API works, at <code>/graphql</code>; only its page is missing.</p>
{because}
<p>In a checkout run <code>make pages</code>, or <code>make demo</code>, which builds and serves
it; both bring Node where there is none. An installed package is to be installed anew, with the
network up and without <code>LMS_MESSAGES_BUILD_PAGES=0</code>.</p>
<p>Whoever wants the API alone sets <code>LMS_MESSAGES_PAGES=false</code>.</p>
</html>
"""


def _as_element(settings: dict[str, object]) -> str:
    # No text in it can end the element.
    text = json.dumps(settings).replace("<", "\\u003c")
    return f'<script type="application/json" id="page-settings">{text}</script>'


def _host_of(request: Request) -> tuple[str, str]:
    return request.headers.get("host", ""), request.url.scheme


def _tags(given: str) -> list[str]:
    return [tag.strip().removeprefix("W/") for tag in given.split(",")]
