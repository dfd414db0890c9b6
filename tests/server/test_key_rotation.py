"""Keys that are fetched: they change without a restart, whatever the provider answers meanwhile."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

import pytest

from tests.support.key_server import Answer, KeyServer, answering, key_server
from tests.support.operations import VIEWER
from tests.support.places import Place
from tests.support.raw import codes, request, wire
from tests.support.service import Service, serving
from tests.support.tokens import KeyPair, claims, forged, key_set
from tests.support.waiting import until

BODY = json.dumps({"query": VIEWER}).encode()
OLD, NEW = KeyPair("RS256", "old"), KeyPair("ES256", "new")
SECRET = {"kty": "oct", "kid": "old", "alg": "HS256", "k": "c2VjcmV0"}
FOR_ENCRYPTION = {**OLD.jwk, "use": "enc"}
OF_ANOTHER_KIND = {"kty": "OKP", "crv": "Ed25519", "kid": "old", "x": "11qYAYKxCrfVS_7TyWQHOg7h"}
# As server/keys.py bounds it, the first fetch apart.
UNKNOWN_IDS_PER_MINUTE = 10

pytestmark = pytest.mark.sqlite_only("no database knows of keys")


def dripping(beginning: bytes) -> Answer:
    """Begin an answer, and go on with a space from time to time, for ever."""

    async def drip(writer: asyncio.StreamWriter) -> None:
        writer.write(beginning)
        while not writer.is_closing():
            writer.write(b" ")
            await writer.drain()
            await asyncio.sleep(0.01)

    return drip


async def be_silent(writer: asyncio.StreamWriter) -> None:
    """Answer nothing, for ever."""
    while not writer.is_closing():  # noqa: ASYNC110  # nothing tells
        await asyncio.sleep(0.01)


async def hang_up(_: asyncio.StreamWriter) -> None:
    """Answer nothing."""


NO_KEY_SETS: dict[str, Answer] = {
    "a page": answering("<!doctype html><title>Sign in</title>", headers="Content-Type: text/html"),
    "nothing": answering(""),
    "no keys": answering("{}"),
    "an empty set": answering('{"keys": []}'),
    "keys that are no list": answering('{"keys": {"old": 1}}'),
    "keys that are none": answering('{"keys": [1, null, "x"]}'),
    "a list": answering("[]"),
    "a number": answering("5"),
    "no UTF-8": answering(b"\xff\xfe{}"),
    "too deep": answering("[" * 100_000),
    "an error": answering(key_set(OLD, NEW), "500 Internal Server Error"),
    "not found": answering(key_set(OLD, NEW), "404 Not Found"),
    "a redirect": answering("", "302 Found", "Location: /elsewhere"),
    "nothing new": answering("", "204 No Content"),
    "too large": answering(key_set(OLD, NEW) + " " * 300_000),
    "packed": answering(b"\x1f\x8b\x08\x00", headers="Content-Encoding: gzip"),
    "a secret": answering(json.dumps({"keys": [SECRET]})),
    "keys for encryption": answering(json.dumps({"keys": [FOR_ENCRYPTION]})),
    "keys of another kind": answering(json.dumps({"keys": [OF_ANOTHER_KIND]})),
    "no HTTP": answering("", "hello"),
    "hung up": hang_up,
    "slow": dripping(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"),
    "slow before it begins": dripping(b"HTTP/1.1 200 OK\r\nX: "),
    "silent": be_silent,
}


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give up on a slow provider soon, and ask it again at once."""
    monkeypatch.setattr("server.keys.FETCH_SECONDS", 0.5)
    monkeypatch.setattr("server.keys.PAUSE_SECONDS", 0.0)


@asynccontextmanager
async def provided(place: Place, answer: Answer) -> AsyncIterator[tuple[Service, KeyServer]]:
    """The service, and the provider of its keys."""
    async with key_server(answer) as provider:
        settings = place.settings(jwt_secret=None, jwt_jwks_url=provider.url)
        async with serving(settings) as service:
            yield service, provider


async def answered(service: Service, token: str) -> tuple[int, list[str]]:
    """How HTTP answers a token: status and codes."""
    response = await request(f"{service.url}/graphql", content=BODY, token=token)
    if response.status_code in (429, 503):
        assert int(response.headers["retry-after"]) >= 1
    return response.status_code, codes(response)


async def closed_with(service: Service, token: str) -> int:
    """The code with which a socket ends that signs in with a token."""
    async with wire(service.url) as socket:
        payload = {"Authorization": f"Bearer {token}"}
        await socket.send({"type": "connection_init", "payload": payload})
        return await socket.closed()


def fresh(pair: KeyPair, **headers: object) -> str:
    """A token that was never seen."""
    return pair.token(claims("lena", jti=str(uuid4())), **headers)


GOOD: tuple[int, list[str]] = (200, [])
BAD = (401, ["UNAUTHENTICATED"])
LATER = (503, ["INTERNAL"])
LIMITED = (429, ["RATE_LIMITED"])


async def test_a_key_that_was_rotated_in(place: Place) -> None:
    """A new key is known with its first token, and one that was taken back no longer."""
    async with provided(place, answering(key_set(OLD))) as (service, provider):
        assert await answered(service, fresh(OLD)) == GOOD
        assert len(provider.asked) == 1
        provider.answer = answering(key_set(OLD, NEW))
        assert await answered(service, fresh(NEW)) == GOOD
        assert await answered(service, fresh(OLD)) == GOOD
        assert len(provider.asked) == 2
        provider.answer = answering(key_set(KeyPair("RS256", "third")))
        assert await answered(service, fresh(NEW, kid="third")) == BAD
        assert await answered(service, fresh(OLD)) == BAD


async def test_a_key_that_was_taken_back(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys are fetched again after their time, and those that are gone are good no longer."""
    async with provided(place, answering(key_set(OLD, NEW))) as (service, provider):
        assert await answered(service, fresh(OLD)) == GOOD
        provider.answer = answering(key_set(NEW))
        assert await answered(service, fresh(OLD)) == GOOD
        monkeypatch.setattr("server.keys.LIFESPAN_SECONDS", 0.0)
        assert await answered(service, fresh(NEW)) == GOOD
        assert await answered(service, fresh(OLD)) == BAD


async def test_ids_that_nobody_knows(place: Place) -> None:
    """Made-up ids have the provider asked a few times a minute in all, and cost others nothing."""
    async with provided(place, answering(key_set(OLD))) as (service, provider):
        found = [await answered(service, fresh(OLD, kid=f"made up {n}")) for n in range(30)]
        assert found == [BAD] * UNKNOWN_IDS_PER_MINUTE + [LIMITED] * 20
        assert len(provider.asked) == 1 + UNKNOWN_IDS_PER_MINUTE
        at_once = (answered(service, fresh(OLD, kid=str(uuid4()))) for _ in range(20))
        assert await asyncio.gather(*at_once) == [LIMITED] * 20
        assert await closed_with(service, fresh(OLD, kid="made up")) == 1013
        assert await answered(service, fresh(OLD)) == GOOD
        # Nor do ids that need no asking.
        others = [forged(claims(), "x", alg=alg, kid="x") for alg in ("HS256", "none", "RS512")]
        for token in (fresh(NEW, kid="old"), *others, "x"):
            assert await answered(service, token) == BAD
        assert len(provider.asked) == 1 + UNKNOWN_IDS_PER_MINUTE


async def test_many_who_need_the_keys_at_once(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One fetch is under way at a time, for all who wait for it, known ids and unknown ones."""
    monkeypatch.setattr("server.keys.FETCH_SECONDS", 5.0)
    may_answer = asyncio.Event()

    async def answer_late(writer: asyncio.StreamWriter) -> None:
        await may_answer.wait()
        await answering(key_set(OLD, NEW))(writer)

    async with provided(place, answer_late) as (service, provider):
        tasks = [
            asyncio.create_task(answered(service, fresh(pair)))
            for pair in (OLD, NEW)
            for _ in range(10)
        ]
        await until(lambda: len(provider.asked) == 1)
        may_answer.set()
        assert await asyncio.gather(*tasks) == [GOOD] * 20
        assert len(provider.asked) == 1


@pytest.mark.parametrize("why", NO_KEY_SETS)
async def test_no_key_set(
    place: Place, why: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """What is no key set says nothing of tokens; keys that were known stay, and the log tells."""
    async with provided(place, NO_KEY_SETS[why]) as (service, provider):
        # With none, nobody's token is called bad.
        assert await answered(service, fresh(OLD)) == LATER
        assert await closed_with(service, fresh(OLD)) == 4408
        provider.answer = answering(key_set(OLD))
        assert await answered(service, fresh(OLD)) == GOOD
        monkeypatch.setattr("server.keys.LIFESPAN_SECONDS", 0.0)
        monkeypatch.setattr("server.keys.WAIT_WITH_KEYS_SECONDS", 0.05)
        provider.answer = NO_KEY_SETS[why]
        for _ in range(2):
            assert await answered(service, fresh(OLD)) == GOOD
        # It may have been rotated in.
        assert await answered(service, fresh(NEW)) == LATER
        await until(lambda: len(complaints(caplog)) == 2)
        provider.answer = answering(key_set(OLD, NEW))
        monkeypatch.setattr("server.keys.WAIT_WITH_KEYS_SECONDS", 1.0)
        assert await answered(service, fresh(OLD)) == GOOD
        assert await answered(service, fresh(NEW)) == GOOD
    # Once for each time, without a traceback.
    assert len(complaints(caplog)) == 2
    assert [line for line in caplog.records if line.exc_info] == []
    assert not any("/elsewhere" in asked for asked in provider.asked)


def complaints(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What the log says of keys that cannot be had."""
    return [line for line in caplog.messages if "keys of tokens cannot be fetched" in line]


async def test_a_key_that_cannot_be_read(place: Place) -> None:
    """The others of its set are no worse for it; a token that names no algorithm is a bad one."""
    keys = json.loads(key_set(OLD))["keys"]
    broken = [{"kty": "oct"}, {"kty": "RSA", "kid": "half"}, {}, *keys]
    async with provided(place, answering(json.dumps({"keys": broken}))) as (service, provider):
        assert await answered(service, fresh(OLD)) == GOOD
        _, rest = fresh(OLD).split(".", 1)
        header = base64.urlsafe_b64encode(b'{"typ":"JWT","kid":"old"}').rstrip(b"=").decode()
        assert await answered(service, f"{header}.{rest}") == BAD
        assert len(provider.asked) == 1
