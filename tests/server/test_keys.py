"""Tokens signed with the host LMS's own keys: RS256 and ES256, from a file or from an address."""

import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.support.client import Client
from tests.support.key_server import answering, key_server
from tests.support.operations import VIEWER
from tests.support.places import Place
from tests.support.raw import codes, request, wire
from tests.support.service import Service, serving
from tests.support.tokens import KeyPair, claims, forged, key_set, unsigned

RSA = KeyPair("RS256", "rsa-1")
EC = KeyPair("ES256", "ec-1")
STRANGER = KeyPair("RS256", "rsa-1")


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


async def test_keys_with_odd_names(place: Place, tmp_path: Path) -> None:
    """A key without a name signs tokens that name none; of two with one name, either does."""
    nameless, first, second = (KeyPair("RS256", "twin") for _ in range(3))
    other = KeyPair("ES256", "twin")
    nameless.jwk.pop("kid")
    path = tmp_path / "jwks.json"
    path.write_text(key_set(nameless, first, second, other))
    settings = place.settings(jwt_secret=None, jwt_jwks_file=path)
    async with serving(settings) as service:
        for pair in (first, second, other):
            assert await status(service, pair.token(claims("lena"))) == 200
        assert await status(service, nameless.token(claims("lena"), kid=None)) == 200
        for token in (
            nameless.token(claims("lena")),
            first.token(claims("lena"), kid=None),
            STRANGER.token(claims("lena"), kid="twin"),
            STRANGER.token(claims("lena"), kid=None),
        ):
            assert await status(service, token) == 401


async def test_a_secret_among_the_keys(place: Place, tmp_path: Path) -> None:
    """A secret in a key set is known to everybody, and no token is checked with it."""
    secret = {"kty": "oct", "kid": "s", "alg": "HS256", "k": "c2VjcmV0"}
    for_encryption = {**EC.jwk, "use": "enc"}
    path = tmp_path / "jwks.json"
    path.write_text(json.dumps({"keys": [secret, RSA.jwk, for_encryption]}))
    settings = place.settings(jwt_secret=None, jwt_jwks_file=path)
    async with serving(settings) as service:
        assert await status(service, RSA.token(claims("lena"))) == 200
        assert await status(service, forged(claims("lena"), b"secret", kid="s")) == 401
        assert await status(service, EC.token(claims("lena"))) == 401


async def test_keys_from_an_address(place: Place) -> None:
    """Keys are fetched when first needed, and kept: no stranger's token makes us ask for more."""
    async with key_server(answering(key_set(RSA, EC))) as provider:
        settings = place.settings(jwt_secret=None, jwt_jwks_url=provider.url)
        async with serving(settings) as service:
            assert provider.asked == []
            for pair in (RSA, EC, RSA):
                assert await status(service, pair.token(claims("lena"))) == 200
            for token in (STRANGER.token(claims()), *confused(RSA), unsigned(claims())):
                assert await status(service, token) == 401
            assert len(provider.asked) == 1


async def test_keys_out_of_reach(place: Place) -> None:
    """While the keys cannot be fetched nobody's token is called bad: clients may try again."""
    async with key_server(answering(key_set(RSA))) as provider:
        pass
    settings = place.settings(jwt_secret=None, jwt_jwks_url=provider.url)
    async with serving(settings) as service:
        token = RSA.token(claims("lena"))
        response = await request(f"{service.url}/graphql", content=b"{}", token=token)
        assert (response.status_code, codes(response)) == (503, ["INTERNAL"])
        async with wire(service.url) as socket:
            payload = {"Authorization": f"Bearer {token}"}
            await socket.send({"type": "connection_init", "payload": payload})
            assert await socket.closed() == 4408
