"""The pages as a browser gets them: addresses, headers, and what the page is told."""

from pathlib import Path

import pytest

from server.pages.pages import ADDRESSES
from tests.support.operations import VIEWER
from tests.support.pages import HTML, LMS, PAGE, PHOTOS, get, page_settings, policy
from tests.support.places import Place
from tests.support.raw import codes, request
from tests.support.service import Service, serving


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
