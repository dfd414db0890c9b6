"""The pages as a browser gets them: addresses, headers, settings, and what a missing build says."""

import asyncio
import gzip
import json
import re
from collections.abc import AsyncIterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import httpx2
import pytest

from server.pages.pages import ADDRESSES, BUILT
from tests.support.client import Client
from tests.support.operations import VIEWER
from tests.support.places import Place
from tests.support.raw import codes, request
from tests.support.service import Service, serving

HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
LMS = "https://lms.example"
PHOTOS = "https://photos.example"
PAGE = "<!doctype html><head><!-- page-settings --></head>"
SCRIPT = "console.log('Hello');\n" * 200


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """A build of two pages and a few files, with something secret beside it."""
    (tmp_path / "secret").write_text("hunter2")
    built = tmp_path / "built"
    assets = built / "assets"
    assets.mkdir(parents=True)
    (built / "index.html").write_text(f"{PAGE}Messages")
    (built / "explorer.html").write_text(f"{PAGE}Explorer")
    (assets / "index-1a2b.js").write_text(SCRIPT)
    (assets / "index-1a2b.js.gz").write_bytes(gzip.compress(SCRIPT.encode()))
    (assets / "index-3c4d.css").write_text("body {}")
    return built


@pytest.fixture
async def pages(place: Place, built: Path) -> AsyncIterator[Service]:
    """The service with that build, the explorer on, inside an LMS, with photos from elsewhere."""
    odd = f"{LMS.upper()}:443"
    settings = place.settings(explorer=True, allowed_origins=odd, photo_origins=PHOTOS)
    async with serving(settings, built=built) as service:
        yield service


async def get(service: Service, path: str, method: str = "GET", **headers: str) -> httpx2.Response:
    """What a browser gets at a path."""
    return await request(service.url + path, method, headers={**HTML, **headers})


def policy(response: httpx2.Response) -> dict[str, list[str]]:
    """The response's Content-Security-Policy by its parts."""
    parts = response.headers["content-security-policy"].split("; ")
    return {name: sources for name, *sources in (part.split(" ") for part in parts)}


def page_settings(response: httpx2.Response) -> Any:
    """What the page is told of its server."""
    [text] = re.findall(
        r'<script type="application/json" id="page-settings">(.*?)</script>', response.text
    )
    return json.loads(text)


async def test_every_address_of_the_page(pages: Service) -> None:
    """Messages is one page at each of its addresses, and at no other."""
    for address in ADDRESSES:
        response = await get(pages, address.format(id="course_1"))
        assert response.status_code == 200
        assert response.headers["content-type"] == "text/html; charset=utf-8"
        assert response.text.endswith("Messages")
    for other in ("/chats", "/chats/1/2", "/index.html", "/built/index.html", "/x"):
        assert (await get(pages, other)).status_code == 404
    assert (await get(pages, "/", "POST")).status_code == 405


async def test_nothing_of_another_host(pages: Service) -> None:
    """The policy names this host, listed photos and listed parents, and nothing else."""
    host = pages.url.removeprefix("http://")
    sockets = [f"ws://{host}", f"wss://{host}"]
    common = {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "connect-src": ["'self'", *sockets],
        "base-uri": ["'none'"],
        "form-action": ["'none'"],
    }
    assert policy(await get(pages, "/")) == {
        **common,
        "style-src": ["'self'"],
        "img-src": ["'self'", PHOTOS],
        "font-src": ["'self'"],
        "frame-ancestors": ["'self'", LMS],
    }
    assert policy(await get(pages, "/graphql")) == {
        **common,
        "style-src": ["'self'", "'unsafe-inline'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'", "data:"],
        "frame-ancestors": ["'self'"],
    }
    worker = policy(await get(pages, "/assets/index-1a2b.js"))
    assert worker["default-src"] == ["'none'"]
    assert {source for sources in worker.values() for source in sources} == {"'none'", "'self'"}


@pytest.mark.parametrize(
    "host", ["evil.example; script-src *", "a b", "x'unsafe-inline'", "", "[::1", "a\\b"]
)
async def test_a_host_that_is_none(pages: Service, host: str) -> None:
    """What stands in the Host header adds no words to the policy."""
    response = await get(pages, "/", Host=host)
    if response.status_code == 200:
        assert policy(response)["connect-src"] == ["'self'"]
        assert policy(response)["script-src"] == ["'self'"]
    else:
        assert response.status_code == 400


async def test_the_other_headers(pages: Service) -> None:
    """A page is asked for anew each time, tells nobody where it was, and asks for no device."""
    for path in ("/", "/graphql"):
        headers = (await get(pages, path)).headers
        assert headers["cache-control"] == "no-cache"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert "camera=()" in headers["permissions-policy"]
        assert "access-control-allow-origin" not in headers


async def test_unchanged_pages(pages: Service, built: Path) -> None:
    """A page that the browser has is not sent again, until it is built anew."""
    tag = (await get(pages, "/")).headers["etag"]
    for known in (tag, f'"x", W/{tag}'):
        same = await get(pages, "/", **{"If-None-Match": known})
        assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", tag)
        assert policy(same)["default-src"] == ["'none'"]
    (built / "index.html").write_text(f"{PAGE}Newer")
    newer = await get(pages, "/", **{"If-None-Match": tag})
    assert (newer.status_code, newer.text.endswith("Newer")) == (200, True)


async def test_head(pages: Service) -> None:
    """HEAD says what GET would, without it."""
    for path in ("/", "/graphql", "/assets/index-1a2b.js"):
        head, whole = await get(pages, path, "HEAD"), await get(pages, path)
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["content-type"] == whole.headers["content-type"]
        assert head.headers["etag"] == whole.headers["etag"]


async def test_what_the_page_is_told(pages: Service) -> None:
    """The page learns what it is part of, and nothing in it can end the element."""
    told = {"isDemo": False, "hasExplorer": True, "parentOrigins": [LMS]}
    assert page_settings(await get(pages, "/")) == told
    assert page_settings(await get(pages, "/graphql")) == told


async def test_an_origin_with_a_bracket(place: Place, built: Path) -> None:
    """An origin cannot end the element either, were it one that the settings do not know."""
    origin = "https://x<!--<script>"
    settings = place.settings().model_copy(update={"allowed_origins": (origin,)})
    async with serving(settings, built=built) as service:
        response = await get(service, "/")
    assert response.text.count("<script") == 1
    assert "<!--" not in response.text
    assert page_settings(response)["parentOrigins"] == [origin]


async def test_the_explorer_shares_its_address(pages: Service) -> None:
    """Who opens /graphql gets the explorer; who asks there, also by GET, gets an answer."""
    page = await get(pages, "/graphql")
    assert page.text.endswith("Explorer")
    assert "Accept" in page.headers["vary"]
    asked = await get(pages, "/graphql?query={viewer{unreadCount}}")
    assert (asked.status_code, codes(asked)) == (405, ["BAD_INPUT"])
    curl = await request(f"{pages.url}/graphql", "GET", headers={"Accept": "*/*"})
    assert (curl.status_code, codes(curl)) == (400, ["BAD_INPUT"])
    assert (await pages.as_("lena").data(VIEWER))["viewer"]


@pytest.mark.parametrize("path", ["/nowhere", "/chats/1/2", "/assets/none.js", "/assets/", "/%ff"])
async def test_where_nothing_is(pages: Service, path: str) -> None:
    """A browser gets the page all the same, which takes a token off the address; others a code."""
    page = await get(pages, path)
    assert (page.status_code, page.text.endswith("Messages")) == (404, True)
    assert policy(page) == policy(await get(pages, "/"))
    assert page_settings(page)["parentOrigins"] == [LMS]
    assert page.headers["cache-control"] == "no-store"
    assert "etag" not in page.headers
    head = await get(pages, path, "HEAD")
    assert (head.status_code, head.headers["content-type"]) == (404, page.headers["content-type"])
    for method, accept in (("GET", "*/*"), ("GET", "application/json"), ("POST", HTML["Accept"])):
        response = await request(pages.url + path, method, headers={"Accept": accept})
        if method == "GET" or not path.startswith("/assets"):
            assert (response.status_code, codes(response)) == (404, ["NOT_FOUND"])


async def test_an_explorer_that_is_off(place: Place, built: Path) -> None:
    """Who opens /graphql where there is no explorer gets the page, saying that nothing is there."""
    async with serving(place.settings(), built=built) as service:
        page = await get(service, "/graphql")
        assert (page.status_code, page.text.endswith("Messages")) == (404, True)
        asked = await get(service, "/graphql?query={viewer{unreadCount}}")
        assert (asked.status_code, codes(asked)) == (405, ["BAD_INPUT"])
        curl = await request(f"{service.url}/graphql", "GET", headers={"Accept": "*/*"})
        assert (curl.status_code, codes(curl)) == (400, ["BAD_INPUT"])


async def test_another_method(pages: Service) -> None:
    """A route that takes other methods says which, with a code."""
    response = await get(pages, "/courses", "POST")
    assert (response.status_code, codes(response)) == (405, ["BAD_INPUT"])
    assert set(response.headers["allow"].split(", ")) == {"GET", "HEAD"}


async def test_assets(pages: Service) -> None:
    """A file of the build is kept for good, and comes packed to whoever takes that."""
    plain = await get(pages, "/assets/index-1a2b.js", **{"Accept-Encoding": "identity"})
    packed = await get(pages, "/assets/index-1a2b.js", **{"Accept-Encoding": "br, gzip"})
    refused = await get(pages, "/assets/index-1a2b.js", **{"Accept-Encoding": "gzip;q=0"})
    small = await get(pages, "/assets/index-3c4d.css", **{"Accept-Encoding": "gzip"})
    for response in (plain, packed, refused):
        assert response.text == SCRIPT
        assert response.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert response.headers["x-content-type-options"] == "nosniff"
        assert response.headers["content-type"].startswith("text/javascript")
        assert "Accept-Encoding" in response.headers["vary"]
    assert packed.headers["content-encoding"] == "gzip"
    assert int(packed.headers["content-length"]) < int(plain.headers["content-length"]) / 10
    assert "content-encoding" not in plain.headers
    assert "content-encoding" not in refused.headers
    assert packed.headers["etag"] != plain.headers["etag"]
    assert (small.text, "content-encoding" in small.headers) == ("body {}", False)


@pytest.mark.parametrize(
    "path",
    [
        "/assets/none.js",
        "/assets/",
        "/assets",
        "/assets/index-1a2b.js.gz",
        "/assets/../index.html",
        "/assets/../../secret",
        "/assets/%2e%2e/%2e%2e/secret",
        "/assets/..%2f..%2fsecret",
        "/assets/....//....//secret",
        "/assets//etc/passwd",
        "/assets/%2fetc/passwd",
        "/assets/..%5c..%5csecret",
        "/assets/%00",
        "/assets/" + "x" * 1000,
    ],
)
async def test_what_is_no_asset(pages: Service, path: str) -> None:
    """Nothing outside the assets is served, however it is written."""
    host, port = pages.url.removeprefix("http://").split(":")
    # Raw, because clients tidy addresses up.
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
    async with asyncio.timeout(10):
        answer = (await reader.read()).decode()
    writer.close()
    await writer.wait_closed()
    status = int(answer.split(" ")[1])
    assert status in (400, 404), answer
    assert "hunter2" not in answer
    assert "root:" not in answer


async def test_no_build(place: Place, tmp_path: Path) -> None:
    """Without a build the service starts, the page says what to run, and the API works."""
    missing = tmp_path / "nothing"
    async with serving(place.settings(explorer=True), built=missing) as service:
        for path in ("/", "/courses", "/graphql"):
            response = await get(service, path)
            assert response.status_code == 503
            assert "make demo" in response.text
            assert "LMS_MESSAGES_PAGES=false" in response.text
            assert response.headers["cache-control"] == "no-store"
            assert policy(response) == {"default-src": ["'none'"]}
        nothing = await get(service, "/assets/index-1a2b.js")
        assert (nothing.status_code, codes(nothing)) == (404, ["NOT_FOUND"])
        assert (await service.as_("lena").data(VIEWER))["viewer"]
        missing.mkdir()
        (missing / "why-not.txt").write_text("`npm ci` failed (ENOTFOUND <b>).\n")
        assert "`npm ci` failed (ENOTFOUND &lt;b&gt;)." in (await get(service, "/")).text
        (missing / "index.html").write_text(f"{PAGE}Messages")
        assert (await get(service, "/")).text.endswith("Messages")


async def test_the_api_alone(place: Place, built: Path) -> None:
    """With pages and explorer off a browser gets nothing, and the API works."""
    async with serving(place.settings(pages=False), built=built) as service:
        for path in ("/", "/courses", "/assets/index-1a2b.js"):
            assert (await get(service, path)).status_code == 404
        off = await get(service, "/graphql")
        assert (off.status_code, codes(off)) == (404, ["BAD_INPUT"])
        assert await Client(service.url).data("{ __typename }") == {"__typename": "Query"}


async def test_the_explorer_without_the_page(place: Place, built: Path) -> None:
    """The explorer needs its files also where the Messages page is off."""
    async with serving(place.settings(pages=False, explorer=True), built=built) as service:
        assert (await get(service, "/")).status_code == 404
        assert (await get(service, "/graphql")).text.endswith("Explorer")
        assert (await get(service, "/assets/index-1a2b.js")).status_code == 200


class Addresses(HTMLParser):
    """What a page asks for by itself."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.inline: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the addresses of scripts, styles and pictures, and what is inline."""
        given = dict(attrs)
        for name in ("src", "href"):
            if tag != "a" and given.get(name):
                self.found.append(str(given[name]))
        if tag == "style" or "style" in given or any(name.startswith("on") for name in given):
            self.inline.append(tag)


@pytest.mark.skipif(
    not (BUILT / "index.html").exists(), reason="the pages are not built: make pages"
)
@pytest.mark.parametrize("path", ["/", "/graphql"])
async def test_the_real_build(place: Place, path: str) -> None:
    """Of the real build each file is found, none is of another host, and nothing is inline."""
    async with serving(place.settings(explorer=True)) as service:
        page = await get(service, path)
        assert page_settings(page)["isDemo"] is False
        addresses = Addresses(page.text)
        assert addresses.inline == []
        assert any(address.endswith(".js") for address in addresses.found)
        for address in addresses.found:
            assert address.startswith("/assets/")
            assert (await get(service, address)).status_code == 200
