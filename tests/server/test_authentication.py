"""Who gets in: tokens signed with a secret, over HTTP and over WebSocket."""

import contextlib
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest
from websockets.exceptions import ConnectionClosed

from server.tokens import LONGEST_TOKEN
from tests.support.client import Client
from tests.support.key_server import answering, key_server
from tests.support.operations import VIEWER
from tests.support.places import Place
from tests.support.raw import codes, request, wire
from tests.support.service import SECRET, Service, serving
from tests.support.snapshot import unchanged
from tests.support.tokens import (
    KeyPair,
    claims,
    forged,
    forged_text,
    key_set,
    signed,
    unsigned,
)
from tests.support.waiting import until_asked

BODY = b'{"query": "{ viewer { unreadCount } }"}'
LATER = datetime.now(UTC) + timedelta(hours=2)

ISSUER, AUDIENCE = "https://lms", "messages"


def said(name: str = "olga", **changes: Any) -> dict[str, Any]:
    """What a good token says where issuer and audience are set; None leaves a claim out."""
    return claims(name, **{"iss": ISSUER, "aud": AUDIENCE, **changes})


# No Authorization says who calls and is good.
MALFORMED = {
    "empty": "",
    "no scheme": signed(claims()),
    "no token": "Bearer",
    "another scheme": f"Basic {signed(claims())}",
    "no JWT": "Bearer hello",
    "two parts": f"Bearer {signed(claims()).rpartition('.')[0]}",
    "cut": f"Bearer {signed(claims())[:-2]}",
    "not ASCII": "Bearer \u00e9.\u00e9.\u00e9",
    "two tokens": f"Bearer {signed(claims())} {signed(claims())}",
}
REFUSED: dict[str, str] = {
    "no signature": unsigned(said()),
    "no signature, in other letters": forged(said(), b"", alg="nOnE"),
    "HS384": forged(said(), SECRET, "sha384", alg="HS384"),
    "HS512": forged(said(), SECRET, "sha512", alg="HS512"),
    "no algorithm": forged(said(), SECRET, alg=None),
    "another key": signed(said(), "another secret, quite long enough"),
    "an empty key": forged(said(), b""),
    "not yet valid": signed(said(nbf=LATER)),
    "issued in the future": signed(said(iat=LATER)),
    "no end": signed(said(exp=None)),
    "no person": signed(said(sub=None)),
    "no account": signed(said(account=None)),
    "end a text": signed(said(exp="soon")),
    "end a list": forged(said(exp=[1]), SECRET),
    "end beyond the calendar": forged(said(exp=10**18), SECRET),
    "end not finite": forged(said(exp=float("inf")), SECRET),
    "person a number": forged(said(sub=5), SECRET),
    "person empty": signed(said(sub="")),
    "person with NUL": signed(said(sub="ol\x00ga")),
    "person with half a surrogate pair": signed(said(sub="ol\ud800ga")),
    "account a list": signed(said(account=["academy"])),
    "account empty": signed(said(account="")),
    "account a number": signed(said(account=1)),
    "claims a list": forged([said()], SECRET),
    "unknown person": signed(said("nobody")),
    "person in other letters": signed(said("OLGA")),
    "deactivated": signed(said("dora")),
    "removed": signed(said("remo")),
    "another account": signed(said("olga", account="elsewhere")),
    "person of another account": signed(said("sam")),
    "unknown account": signed(said(account="nowhere")),
    "no issuer": signed(said(iss=None)),
    "another issuer": signed(said(iss=f"{ISSUER}/")),
    "issuer a list": forged(said(iss=[ISSUER]), SECRET),
    "no audience": signed(said(aud=None)),
    "another audience": signed(said(aud=AUDIENCE[:-1])),
    "other audiences": signed(said(aud=["a", "b"])),
    "audience a number": forged(said(aud=5), SECRET),
    "end not a number": forged(said(exp=float("nan")), SECRET),
    "end a truth": forged(said(exp=[True]), SECRET),
    "begin a text": forged(said(nbf="now"), SECRET),
    "person a list": forged(said(sub=["olga"]), SECRET),
    "claims a text": forged("olga", SECRET),
    "too deep": forged_text('{"a":' * 1_500 + "1" + "}" * 1_500),
    "more is critical than we know": forged(said(), SECRET, crit=["exp"], exp=1),
    "critical, and nothing named": forged(said(), SECRET, crit=[]),
    "payload apart": forged(said(), SECRET, b64=False, crit=["b64"]),
    "payload apart, and not critical": forged(said(), SECRET, b64=False),
    "a token within": forged(signed(said()), SECRET, cty="JWT"),
    "encrypted": ".".join([*forged(said(), SECRET, enc="A256GCM", alg="dir").split("."), "a", "b"]),
    "algorithm a list": forged(said(), SECRET, alg=["HS256"]),
    "key id a number": forged(said(), SECRET, kid=5),
    "header a list": forged_text("[]", header="[]"),
    "longer than any": signed(said(more="x" * LONGEST_TOKEN)),
}
EXPIRED = signed(claims(exp=datetime.now(UTC) - timedelta(seconds=1)))


async def assert_refused(service: Service, authorization: str, code: int, why: str) -> None:
    """Neither HTTP nor a socket lets in whoever comes with it."""
    headers = {"Authorization": authorization.encode("utf-8", "replace").decode("latin-1")}
    response = await request(f"{service.url}/graphql", content=BODY, headers=headers)
    assert (response.status_code, codes(response)) == (401, ["UNAUTHENTICATED"]), why
    assert response.headers["www-authenticate"] == "Bearer", why
    async with wire(service.url) as socket:
        payload = {"Authorization": authorization}
        await socket.send({"type": "connection_init", "payload": payload})
        assert await socket.closed() == code, why


@pytest.fixture
async def strict_service(place: Place) -> AsyncIterator[Service]:
    """The service that takes tokens of one issuer, for one audience."""
    settings = place.settings(jwt_issuer=ISSUER, jwt_audience=AUDIENCE)
    async with serving(settings) as service:
        yield service


async def test_bad_tokens(strict_service: Service) -> None:
    """Whatever will never be good is 401 over HTTP and the final 4401 on a socket."""
    service = strict_service
    async with unchanged():
        for why, authorization in MALFORMED.items():
            await assert_refused(service, authorization, 4401, why)
        for why, token in REFUSED.items():
            await assert_refused(service, f"Bearer {token}", 4401, why)


async def test_expired_tokens(service: Service) -> None:
    """A token that was good once closes a socket with 4403, so that the client fetches another."""
    await assert_refused(service, f"Bearer {EXPIRED}", 4403, "expired")
    for end in (0, -1, -(10**18), time.time() - 0.5):
        token = forged(claims(exp=end), SECRET)
        await assert_refused(service, f"Bearer {token}", 4403, f"ended at {end}")


async def test_a_token_that_was_good_ends_in_time(service: Service) -> None:
    """A token is refused from its end on, also where it was found good a moment before."""
    short = signed(claims("lena", exp=int(time.time()) + 2))

    async def is_refused() -> bool:
        headers = {"Authorization": f"Bearer {short}"}
        response = await request(f"{service.url}/graphql", content=BODY, headers=headers)
        return response.status_code == 401

    assert not await is_refused()
    await until_asked(is_refused)
    await assert_refused(service, f"Bearer {short}", 4403, "ended")


async def test_no_token_at_all(service: Service) -> None:
    """Without a token HTTP answers UNAUTHENTICATED, and a socket is closed for good."""
    response = await request(f"{service.url}/graphql", content=BODY)
    assert (response.status_code, codes(response)) == (200, ["UNAUTHENTICATED"])
    for payload in ({}, None, {"Authorization": None}, {"Authorization": 5}, {"token": "x"}):
        async with wire(service.url) as socket:
            await socket.send({"type": "connection_init", "payload": payload})
            assert await socket.closed() == 4401, payload
    async with wire(service.url) as socket:
        await socket.send({"type": "connection_init"})
        assert await socket.closed() == 4401


async def test_an_expired_token_of_somebody_else(service: Service) -> None:
    """Only whose signature is good is told that the token has expired."""
    old = claims(exp=datetime.now(UTC) - timedelta(hours=1))
    await assert_refused(service, f"Bearer {signed(old, 'x' * 40)}", 4401, "forged")


async def test_the_ways_to_say_it(service: Service) -> None:
    """The scheme and connection_init's key are taken in any case."""
    token = service.token("lena")
    for scheme in ("Bearer", "bearer", "BEARER"):
        headers = {"Authorization": f"{scheme} {token}"}
        response = await request(f"{service.url}/graphql", content=BODY, headers=headers)
        assert response.json()["data"] == {"viewer": {"unreadCount": 0}}
    for key in ("Authorization", "authorization", "AUTHORIZATION", "aUTHORIZATION"):
        async with service.as_("lena").socket({key: f"Bearer {token}"}) as socket:
            stream = await socket.subscribe(VIEWER)
            assert (await stream.next())["viewer"]["user"]["status"] == "ACTIVE"


async def test_claims_that_are_not_asked_for(service: Service) -> None:
    """Issuer and audience are anybody's business until they are set."""
    token = signed(claims("lena", iss="anybody", aud=["a", "b"], email="lena@school.example"))
    assert (await Client(service.url, token).ask(VIEWER)).codes == []


async def test_good_tokens(strict_service: Service) -> None:
    """What the table's cases are made from is good, and so is what only looks odd."""
    in_an_hour = time.time() + 3600
    for token in (
        strict_service.token("lena"),
        signed(said("lena")),
        signed(said("lena", aud=["other", AUDIENCE])),
        forged(said("lena", exp=in_an_hour + 0.5), SECRET),
        forged(said("lena", exp=str(int(in_an_hour))), SECRET),
        forged(said("lena"), SECRET, kid="any", typ="at+jwt"),
        # The host's clock may be a little ahead.
        signed(said("lena", nbf=datetime.now(UTC) + timedelta(seconds=10))),
    ):
        assert (await Client(strict_service.url, token).ask(VIEWER)).codes == []


async def test_where_keys_are_is_not_the_tokens_to_say(place: Place) -> None:
    """No address in a token's header is asked for anything, whichever way tokens are checked."""
    pair = KeyPair("RS256", "mine")
    async with (
        key_server(answering(key_set(pair))) as theirs,
        key_server(answering(key_set(KeyPair("RS256", "ours")))) as ours,
    ):
        headers = {"jku": theirs.url, "x5u": theirs.url, "jwk": pair.jwk, "x5c": ["MIIB"]}
        token = pair.token(claims("lena"), **headers)
        by_keys = {"jwt_secret": None, "jwt_jwks_url": ours.url}
        for way in ({}, by_keys):
            async with serving(place.settings(**way)) as service:
                await assert_refused(service, f"Bearer {token}", 4401, str(way))
        assert theirs.asked == []
        assert ours.asked


@pytest.mark.parametrize("size", [20_000, 200_000, 10_000_000])
async def test_enormous_tokens(service: Service, size: int) -> None:
    """A token that would take long to look at is not looked at, however well it is signed."""
    token = signed(claims("x" * size))
    try:
        response = await request(f"{service.url}/graphql", content=BODY, token=token)
        assert 400 <= response.status_code < 500
    except httpx2.TransportError:
        # Nobody reads so much.
        assert size > 100_000
    async with wire(service.url) as socket:
        with contextlib.suppress(ConnectionClosed):
            payload = {"Authorization": f"Bearer {token}"}
            await socket.send({"type": "connection_init", "payload": payload})
        assert await socket.closed() in (4401, 1009)
    assert (await service.as_("lena").ask(VIEWER)).codes == []


@pytest.mark.parametrize("mutation", ["deactivateUser", "removeUser"])
async def test_a_good_token_of_somebody_put_out(service: Service, mutation: str) -> None:
    """A token ends with its person, and is good again with them (W4)."""
    lena = service.token("lena")
    # Found good a moment before.
    assert (await Client(service.url, lena).ask(VIEWER)).codes == []
    user = await service.user("lena")
    document = "mutation ($id: ID!) { %s(input: {userId: $id}) { errors { code } } }"
    await service.as_("olga").data(document % mutation, id=user)
    await assert_refused(service, f"Bearer {lena}", 4401, mutation)
    await service.as_("olga").data(document % "activateUser", id=user)
    assert (await Client(service.url, lena).ask(VIEWER)).codes == []
