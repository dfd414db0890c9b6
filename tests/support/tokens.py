"""Tokens of every kind, good and bad."""

import base64
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from tests.support.cast import ACCOUNT
from tests.support.service import SECRET


def claims(name: str = "olga", **changes: Any) -> dict[str, Any]:
    """What a good token says; None leaves a claim out."""
    good = {"sub": name, "account": ACCOUNT, "exp": datetime.now(UTC) + timedelta(hours=1)}
    return {key: value for key, value in {**good, **changes}.items() if value is not None}


def signed(
    payload: Mapping[str, Any], key: Any = SECRET, algorithm: str = "HS256", **headers: Any
) -> str:
    """A token as a library signs it."""
    return jwt.encode(dict(payload), key, algorithm, headers=headers)


def forged(payload: Any, key: str | bytes, digest: str = "sha256", **header: Any) -> str:
    """A token as no library signs it: an HMAC over whatever is given."""
    whole = {"alg": "HS256", "typ": "JWT", **header}
    said, payload_said = (json.dumps(each, default=_timestamp) for each in (whole, payload))
    return forged_text(payload_said, key, digest, header=said)


def forged_text(
    payload: str,
    key: str | bytes = SECRET,
    digest: str = "sha256",
    *,
    header: str = '{"alg": "HS256", "typ": "JWT"}',
) -> str:
    """A token whose parts are any texts."""
    parts = [_encoded(text.encode()) for text in (header, payload)]
    mac = hmac.new(key.encode() if isinstance(key, str) else key, digestmod=digest)
    mac.update(".".join(parts).encode())
    return ".".join([*parts, _encoded(mac.digest())])


def unsigned(payload: Mapping[str, Any]) -> str:
    """A token that says it needs no signature."""
    return jwt.encode(dict(payload), "", "none")


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _timestamp(moment: datetime) -> int:
    return int(moment.timestamp())


class KeyPair:
    """A private key, and its public half as a JSON Web Key."""

    def __init__(self, algorithm: str, key_id: str) -> None:
        self.algorithm = algorithm
        self.key_id = key_id
        self.private: Any
        if algorithm == "RS256":
            self.private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
            public: Any = RSAAlgorithm.to_jwk(self.private.public_key(), as_dict=True)
        else:
            self.private = ec.generate_private_key(ec.SECP256R1())
            public = ECAlgorithm.to_jwk(self.private.public_key(), as_dict=True)
        self.jwk = {**public, "kid": key_id, "alg": algorithm, "use": "sig"}

    def token(self, payload: Mapping[str, Any], **headers: Any) -> str:
        """A token that the pair signed; a header that is None is left out."""
        named = {"kid": self.key_id, **headers}
        named = {name: value for name, value in named.items() if value is not None}
        return signed(payload, self.private, self.algorithm, **named)


def key_set(*pairs: KeyPair) -> str:
    """A JSON Web Key Set."""
    return json.dumps({"keys": [pair.jwk for pair in pairs]})
