"""Tokens signed with the host LMS's own keys: RS256 and ES256, from a file or from an address."""

import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.support.client import Client
from tests.support.operations import VIEWER
from tests.support.places import Place
from tests.support.raw import codes, request, wire
from tests.support.service import Service, serving
from tests.support.tokens import KeyPair, claims, forged, key_set, unsigned

RSA = KeyPair("RS256", "rsa-1")
EC = KeyPair("ES256", "ec-1")
STRANGER = KeyPair("RS256", "rsa-1")


@contextmanager
def key_server(keys: str) -> Iterator[tuple[str, list[str]]]:
    """A server of this key set; its address, and the requests it had."""
    asked: list[str] = []

    class Keys(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(keys.encode())

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # http.server's name
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Keys) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/keys", asked
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    """A file with both public keys."""
    path = tmp_path / "jwks.json"
    path.write_text(key_set(RSA, EC))
    return path


async def status(service: Service, token: str) -> int:
    """How HTTP answers a token."""
    body = b'{"query": "{ viewer { unreadCount } }"}'
    response = await request(f"{service.url}/graphql", content=body, token=token)
    assert codes(response) == ([] if response.status_code == 200 else ["UNAUTHENTICATED"])
    return response.status_code


def confused(pair: KeyPair) -> list[str]:
    """Tokens signed with a public key taken for a secret."""
    public = pair.private.public_key()
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return [forged(claims(), key, kid=pair.key_id) for key in (pem, pem.strip(), b"")]


async def test_keys_from_a_file(place: Place, key_file: Path) -> None:
    """RS256 and ES256 tokens are good by the keys of a file, whichever stands first."""
    settings = place.settings(jwt_secret=None, jwt_jwks_file=key_file)
    async with serving(settings) as service:
        for pair in (RSA, EC):
            token = pair.token(claims("lena"))
            assert (await Client(service.url, token).ask(VIEWER)).codes == []
            async with Client(service.url, token).socket() as socket:
                stream = await socket.subscribe(VIEWER)
                assert (await stream.next())["viewer"]["unreadCount"] == 0


async def test_tokens_that_the_keys_did_not_sign(place: Place, key_file: Path) -> None:
    """The algorithm is never the token's choice, nor is the key."""
    settings = place.settings(jwt_secret=None, jwt_jwks_file=key_file)
    bad = {
        "another's key under our name": STRANGER.token(claims()),
        "unknown key": RSA.token(claims(), kid="rsa-2"),
        "no key named": RSA.token(claims(), kid=None),
        "signed with the other": RSA.token(claims(), kid=EC.key_id),
        "no signature": unsigned(claims()),
        "no end": RSA.token(claims(exp=None)),
        "nobody": RSA.token(claims("nobody")),
        **{f"confused {n}": token for n, token in enumerate([*confused(RSA), *confused(EC)])},
    }
    async with serving(settings) as service:
        for why, token in bad.items():
            assert await status(service, token) == 401, why
            async with wire(service.url) as socket:
                payload = {"Authorization": f"Bearer {token}"}
                await socket.send({"type": "connection_init", "payload": payload})
                assert await socket.closed() == 4401, why


async def test_keys_from_an_address(place: Place) -> None:
    """Keys are fetched when first needed, and kept: no stranger's token makes us ask for more."""
    with key_server(key_set(RSA, EC)) as (url, asked):
        settings = place.settings(jwt_secret=None, jwt_jwks_url=url)
        async with serving(settings) as service:
            assert asked == []
            for pair in (RSA, EC, RSA):
                assert await status(service, pair.token(claims("lena"))) == 200
            for token in (
                STRANGER.token(claims()),
                RSA.token(claims(), kid="rsa-2"),
                RSA.token(claims(), kid=None),
                *confused(RSA),
                unsigned(claims()),
            ):
                assert await status(service, token) == 401
            assert asked == ["/keys"]


async def test_keys_out_of_reach(place: Place) -> None:
    """While the keys cannot be fetched nobody's token is called bad: clients may try again."""
    with key_server(key_set(RSA)) as (url, _):
        pass
    settings = place.settings(jwt_secret=None, jwt_jwks_url=url)
    async with serving(settings) as service:
        token = RSA.token(claims("lena"))
        response = await request(f"{service.url}/graphql", content=b"{}", token=token)
        assert (response.status_code, codes(response)) == (500, ["INTERNAL"])
        async with wire(service.url) as socket:
            payload = {"Authorization": f"Bearer {token}"}
            await socket.send({"type": "connection_init", "payload": payload})
            assert await socket.closed() == 4408
