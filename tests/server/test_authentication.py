"""Who gets in: tokens signed with a secret, over HTTP and over WebSocket."""

import time
from datetime import UTC, datetime, timedelta

import pytest

from tests.support.client import Client
from tests.support.operations import VIEWER
from tests.support.places import Place
from tests.support.raw import codes, request, wire
from tests.support.service import SECRET, Service, serving
from tests.support.snapshot import unchanged
from tests.support.tokens import claims, forged, signed, unsigned
from tests.support.waiting import until_asked

BODY = b'{"query": "{ viewer { unreadCount } }"}'
LATER = datetime.now(UTC) + timedelta(hours=2)

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
REFUSED = {
    "no signature": unsigned(claims()),
    "no signature, in other letters": forged(claims(), b"", alg="nOnE"),
    "HS384": forged(claims(), SECRET, "sha384", alg="HS384"),
    "HS512": forged(claims(), SECRET, "sha512", alg="HS512"),
    "no algorithm": forged(claims(), SECRET, alg=None),
    "another key": signed(claims(), "another secret, quite long enough"),
    "an empty key": forged(claims(), b""),
    "not yet valid": signed(claims(nbf=LATER)),
    "issued in the future": signed(claims(iat=LATER)),
    "no end": signed(claims(exp=None)),
    "no person": signed(claims(sub=None)),
    "no account": signed(claims(account=None)),
    "end a text": signed(claims(exp="soon")),
    "end a list": forged(claims(exp=[1]), SECRET),
    "end beyond the calendar": forged(claims(exp=10**18), SECRET),
    "end not finite": forged(claims(exp=float("inf")), SECRET),
    "person a number": forged(claims(sub=5), SECRET),
    "person empty": signed(claims(sub="")),
    "person with NUL": signed(claims(sub="ol\x00ga")),
    "person with half a surrogate pair": signed(claims(sub="ol\ud800ga")),
    "account a list": signed(claims(account=["academy"])),
    "account empty": signed(claims(account="")),
    "account a number": signed(claims(account=1)),
    "claims a list": forged([claims()], SECRET),
    "unknown person": signed(claims("nobody")),
    "person in other letters": signed(claims("OLGA")),
    "deactivated": signed(claims("dora")),
    "removed": signed(claims("remo")),
    "another account": signed(claims("olga", account="elsewhere")),
    "person of another account": signed(claims("sam")),
    "unknown account": signed(claims(account="nowhere")),
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


async def test_bad_tokens(service: Service) -> None:
    """Whatever will never be good is 401 over HTTP and the final 4401 on a socket."""
    async with unchanged():
        for why, authorization in MALFORMED.items():
            await assert_refused(service, authorization, 4401, why)
        for why, token in REFUSED.items():
            await assert_refused(service, f"Bearer {token}", 4401, why)


async def test_expired_tokens(service: Service) -> None:
    """A token that was good once closes a socket with 4403, so that the client fetches another."""
    await assert_refused(service, f"Bearer {EXPIRED}", 4403, "expired")


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


async def test_issuer_and_audience(place: Place) -> None:
    """Once set, the issuer and the audience of a token have to be these."""
    settings = place.settings(jwt_issuer="https://lms", jwt_audience="messages")
    good = {"iss": "https://lms", "aud": "messages"}
    async with serving(settings) as service:
        assert (await service.as_("lena").ask(VIEWER)).codes == []
        listed = signed(claims("lena", **{**good, "aud": ["other", "messages"]}))
        assert (await Client(service.url, listed).ask(VIEWER)).codes == []
        faults: dict[str, dict[str, object]] = {
            "no issuer": {"iss": None},
            "another issuer": {"iss": "https://lms/"},
            "issuer a list": {"iss": ["https://lms"]},
            "no audience": {"aud": None},
            "another audience": {"aud": "message"},
            "other audiences": {"aud": ["a", "b"]},
            "audience a number": {"aud": 5},
        }
        for why, changes in faults.items():
            token = forged(claims("lena", **{**good, **changes}), SECRET)
            await assert_refused(service, f"Bearer {token}", 4401, why)


@pytest.mark.parametrize("mutation", ["deactivateUser", "removeUser"])
async def test_a_good_token_of_somebody_put_out(service: Service, mutation: str) -> None:
    """A token ends with its person, and is good again with them (W4)."""
    lena = service.token("lena")
    user = await service.user("lena")
    document = "mutation ($id: ID!) { %s(input: {userId: $id}) { errors { code } } }"
    await service.as_("olga").data(document % mutation, id=user)
    await assert_refused(service, f"Bearer {lena}", 4401, mutation)
    await service.as_("olga").data(document % "activateUser", id=user)
    assert (await Client(service.url, lena).ask(VIEWER)).codes == []
