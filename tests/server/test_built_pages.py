"""The files of the pages' build: kept, packed, missing, or of no page at all."""

import asyncio
from html.parser import HTMLParser
from pathlib import Path

import pytest

from server.pages.pages import BUILT
from tests.support.client import Client
from tests.support.operations import VIEWER
from tests.support.pages import PAGE, SCRIPT, get, page_settings, policy
from tests.support.places import Place
from tests.support.raw import codes
from tests.support.service import Service, serving


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
