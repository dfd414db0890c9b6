"""What only a demo has: people to choose, signing in as one of them, their photos."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from models import Role
from server.demo.demo import SAMPLE, demo_settings, set_up
from server.demo.people import ACCOUNT, DESCRIPTIONS, KINDS
from server.demo.portraits import LOOKS, portrait
from server.demo.visiting import demo_routes
from server.settings import Settings
from tests.support.client import Client
from tests.support.operations import MUTATIONS
from tests.support.raw import JSON, codes, request
from tests.support.service import Service, serving

SIGN_IN = "/demo/sign-in"


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The settings of a demo that is set up."""
    settings = demo_settings(tmp_path_factory.mktemp("demo"))
    asyncio.run(set_up(settings))
    return settings


@pytest.fixture
async def demo(settings: Settings) -> AsyncIterator[Service]:
    """A demo, served."""
    async with serving(settings, demo=demo_routes(settings, "127.0.0.1")) as service:
        yield service


async def people(demo: Service) -> list[dict[str, Any]]:
    """Whom the demo offers."""
    response = await request(f"{demo.url}/demo/people", "GET")
    found: list[dict[str, Any]] = response.json()
    return found


async def client(demo: Service, source_id: str) -> Client:
    """The front end of one of them."""
    response = await request(demo.url + SIGN_IN, content=b'{"sourceId": "%s"}' % source_id.encode())
    assert response.status_code == 200
    assert response.json()["expiresInSeconds"] == 3600
    assert response.headers["cache-control"] == "no-store"
    return Client(demo.url, response.json()["token"])


async def test_everybody_offered_signs_in(demo: Service) -> None:
    """Each person that is offered signs in as who they are, and every kind is among them."""
    offered = await people(demo)
    assert [person["sourceId"] for person in offered] == list(DESCRIPTIONS)
    assert set(KINDS) <= set(DESCRIPTIONS)
    roles: set[str] = set()
    for person in offered:
        assert person["description"] == DESCRIPTIONS[person["sourceId"]]
        mine = await client(demo, person["sourceId"])
        viewer = (await mine.data("{ viewer { user { name photoUrl } roles } }"))["viewer"]
        assert viewer["user"] == {"name": person["name"], "photoUrl": person["photoUrl"]}
        roles.update(viewer["roles"])
    assert roles == set(Role)


async def test_photos(demo: Service) -> None:
    """Each photo that a person has is there, drawn by ourselves; some people have none."""
    photos = [person["photoUrl"] for person in await people(demo)]
    assert None in photos
    for photo in filter(None, photos):
        response = await request(demo.url + photo, "GET")
        assert response.status_code == 200
        assert response.headers["content-type"] == "image/svg+xml"
        assert response.headers["content-security-policy"] == "default-src 'none'"
        assert response.headers["x-content-type-options"] == "nosniff"
        assert response.headers["referrer-policy"] == "no-referrer"
    missing = await request(f"{demo.url}/photos/henrik.svg", "GET")
    assert (missing.status_code, codes(missing)) == (404, ["NOT_FOUND"])


def test_portraits_are_whole() -> None:
    """A portrait is sound XML, different from all others, and asks nobody for anything."""
    drawn = [portrait(source_id) or "" for source_id in LOOKS]
    assert len(set(drawn)) == len(LOOKS) >= 10
    for each in drawn:
        ET.fromstring(each)  # noqa: S314  # ours
        assert "href" not in each
        assert "url(" not in each


def test_the_roster_names_no_photo_that_is_missing() -> None:
    """The sample's photo addresses are those of the portraits."""
    rows = (SAMPLE / "users.csv").read_text().splitlines()
    named = {row.rsplit(",", 1)[1] for row in rows[1:]} - {""}
    assert named == {f"/photos/{source_id}.svg" for source_id in LOOKS}


@pytest.mark.parametrize(
    ("body", "content_type", "status", "code"),
    [
        (b'{"sourceId": "henrik"}', JSON, 404, "NOT_FOUND"),
        (b'{"sourceId": "nobody"}', JSON, 404, "NOT_FOUND"),
        (b'{"sourceId": ["ada"]}', JSON, 404, "NOT_FOUND"),
        (b"{}", JSON, 404, "NOT_FOUND"),
        (b"[]", JSON, 404, "NOT_FOUND"),
        (b"ada", JSON, 404, "NOT_FOUND"),
        (b"\xff", JSON, 404, "NOT_FOUND"),
        (b"[" * 1000, JSON, 404, "NOT_FOUND"),
        (b'{"sourceId": "ada"}', "text/plain", 415, "BAD_INPUT"),
        (b'{"sourceId": "ada"}', None, 415, "BAD_INPUT"),
        (b"sourceId=ada", "application/x-www-form-urlencoded", 415, "BAD_INPUT"),
    ],
)
async def test_what_signs_nobody_in(
    demo: Service, body: bytes, content_type: str | None, status: int, code: str
) -> None:
    """Only JSON that names one of the offered people signs in."""
    response = await request(demo.url + SIGN_IN, content=body, content_type=content_type)
    assert (response.status_code, codes(response)) == (status, [code])
    assert "token" not in response.json()


async def test_too_much(demo: Service) -> None:
    """More than a name could need is not read."""
    response = await request(demo.url + SIGN_IN, content=b" " * 2000)
    assert response.status_code == 413
    assert (await request(demo.url + SIGN_IN, "GET")).status_code == 405


@pytest.mark.parametrize(
    ("host", "is_ours"),
    [
        ("127.0.0.1:8000", True),
        ("localhost:9000", True),
        ("LOCALHOST", True),
        ("192.168.1.7:8000", True),
        ("[::1]:8000", True),
        ("[::1]", True),
        ("evil.example", False),
        ("evil.example:8000", False),
        ("localhost.evil.example", False),
        ("127.0.0.1.evil.example", False),
        ("127.0.0.1@evil.example", False),
        ("", False),
        ("[::1", False),
        ("2130706433.evil", False),
    ],
)
async def test_names_of_others(demo: Service, host: str, is_ours: bool) -> None:
    """A page elsewhere that points its own name at this machine gets neither people nor tokens."""
    for path, method in (("/demo/people", "GET"), (SIGN_IN, "POST")):
        response = await request(
            demo.url + path, method, b'{"sourceId": "ada"}', headers={"Host": host}
        )
        if is_ours:
            assert response.status_code == 200
        else:
            assert response.status_code in (400, 403)
            assert "token" not in response.text
            assert "Larkfield" not in response.text


async def test_the_name_it_is_served_under(settings: Settings) -> None:
    """A demo that is served under a name answers under it."""
    async with serving(settings, demo=demo_routes(settings, "demo.example")) as service:
        for host, status in (("demo.example:8000", 200), ("other.example", 403)):
            response = await request(f"{service.url}/demo/people", "GET", headers={"Host": host})
            assert response.status_code == status


async def test_w4_in_the_demo(demo: Service) -> None:
    """W4: who is deactivated is not offered and cannot sign in, until activated again."""
    ada = await client(demo, "ada")
    found = await ada.data('{ users(search: "Дарья") { edges { node { id } } } }')
    given = {"userId": found["users"]["edges"][0]["node"]["id"]}
    await ada.data(MUTATIONS["deactivateUser"], input=given)
    assert "daria" not in [person["sourceId"] for person in await people(demo)]
    response = await request(demo.url + SIGN_IN, content=b'{"sourceId": "daria"}')
    assert (response.status_code, codes(response)) == (403, ["FORBIDDEN"])
    await ada.data(MUTATIONS["activateUser"], input=given)
    await client(demo, "daria")


async def test_only_in_the_demo(service: Service) -> None:
    """Elsewhere there are neither people nor sign-in nor photos."""
    assert (await request(f"{service.url}/demo/people", "GET")).status_code == 404
    response = await request(service.url + SIGN_IN, content=b'{"sourceId": "lena"}')
    assert response.status_code == 404
    assert (await request(f"{service.url}/photos/ada.svg", "GET")).status_code == 404


async def test_the_page_knows_that_it_is_a_demo(settings: Settings, tmp_path: Path) -> None:
    """The page is told that people can be chosen."""
    (tmp_path / "index.html").write_text("<!-- page-settings -->")
    routes = demo_routes(settings, "127.0.0.1")
    async with serving(settings, built=tmp_path, demo=routes) as service:
        page = await request(f"{service.url}/", "GET")
    assert '"isDemo": true, "hasExplorer": true' in page.text
    assert ACCOUNT not in page.text
