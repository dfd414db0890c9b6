"""Headers of forms that no client sends: answered sanely."""

import pytest

from server.negotiation import GRAPHQL_RESPONSE, JSON
from tests.support.raw import codes, request
from tests.support.service import Service

TYPENAME = b'{"query": "{ __typename }"}'
# Bytes that are no UTF-8, and text that is no Latin-1, as bytes.
ODD = ("\xff\xfe", "\xed\xa0\x80", "\xd0\x96", "a\x80b", "")


async def test_bytes_that_are_no_text(service: Service) -> None:
    """A header of any bytes is no reason to fail, and the token's is a token that is none."""
    url = f"{service.url}/graphql"
    for value in ODD:
        for name in ("Accept", "User-Agent", "Cookie", "Origin", "Accept-Language", "X-Odd"):
            response = await request(url, content=TYPENAME, headers={name: value})
            assert response.json()["data"] == {"__typename": "Query"}, (name, value)
        signed = await request(url, content=TYPENAME, headers={"Authorization": value})
        assert (signed.status_code, codes(signed)) == (401, ["UNAUTHENTICATED"]), value
        typed = await request(
            url, content=TYPENAME, content_type=None, headers={"Content-Type": value}
        )
        assert (typed.status_code, codes(typed)) == (415, ["BAD_INPUT"]), value


async def test_long_headers(service: Service) -> None:
    """A long header is refused by the server or not looked through; others are served."""
    url = f"{service.url}/graphql"
    for name in ("Accept", "Authorization", "Content-Type", "Cookie", "X-Long"):
        for size in (2_000, 30_000):
            headers = {"Content-Type": JSON, name: "a" * size}
            response = await request(url, content=TYPENAME, content_type=None, headers=headers)
            assert response.status_code in (200, 400, 401, 415, 431), (name, size)
    alive = await request(url, content=TYPENAME)
    assert alive.json()["data"] == {"__typename": "Query"}


@pytest.mark.parametrize("first", [GRAPHQL_RESPONSE, JSON, "text/html;q=0.1"])
async def test_several_accept_headers(service: Service, first: str) -> None:
    """Several Accept headers say together what one of them says with commas (RFC 9110 §5.3)."""
    wanted = [first, JSON, GRAPHQL_RESPONSE, "*/*"]
    url, body = f"{service.url}/graphql", b'{"query": "{"}'
    one = await request(url, content=body, headers={"Accept": ", ".join(wanted)})
    several = await request(url, content=body, headers=[("Accept", each) for each in wanted])
    assert several.headers["content-type"] == one.headers["content-type"] == GRAPHQL_RESPONSE
    assert several.status_code == one.status_code == 400


async def test_several_of_one_name(service: Service) -> None:
    """Of several headers that may stand once the first counts."""
    url, asked = f"{service.url}/graphql", b'{"query": "{ viewer { unreadCount } }"}'
    good, bad = f"Bearer {service.token('lena')}", "Bearer x"
    for first, second, status in ((good, bad, 200), (bad, good, 401), ("", good, 401)):
        headers = [("Authorization", first), ("Authorization", second)]
        answer = await request(url, content=asked, headers=headers)
        assert answer.status_code == status, (first, second)
    for first, second, status in ((JSON, "text/plain", 200), ("text/plain", JSON, 415)):
        headers = [("Content-Type", first), ("Content-Type", second)]
        answer = await request(url, content=TYPENAME, content_type=None, headers=headers)
        assert answer.status_code == status, (first, second)
