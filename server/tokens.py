"""Tokens of the host LMS: JSON Web Tokens (RFC 7519), checked by RFC 8725's advice.

The algorithm is never the token's choice, and a token without an end, a person or an account is
none.

TokenRefused      it will never be good
└── TokenExpired  it was good; the client should fetch a new one
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
from cachetools import TTLCache
from jwt import PyJWK, PyJWKClient, PyJWKSet
from jwt.exceptions import PyJWKClientConnectionError

from messaging.text import is_storable
from server.settings import Settings, SettingsWrong

DEFAULT_LIFETIME = timedelta(hours=1)
SECRET_ALGORITHMS = ("HS256",)
KEY_ALGORITHMS = ("RS256", "ES256")

# By so much the host's clock may be ahead: its newest tokens begin a moment from now.
CLOCK_SKEW = timedelta(seconds=30)

# How long fetched keys serve before they are fetched again, and how long a fetch may take.
JWKS_LIFESPAN_SECONDS = 300
JWKS_TIMEOUT_SECONDS = 5


# A page's token comes with each of its requests, and is not checked anew each time. A key that the
# provider takes back is believed for so much longer.
VERIFIED_SECONDS = 60
_VERIFIED_AT_MOST = 20_000


class TokenRefused(Exception):
    """The token will never be good."""


class TokenExpired(TokenRefused):
    """The token was good once."""


@dataclass(frozen=True, slots=True)
class Claims:
    """Whom a good token names, and until when."""

    account: str
    source_id: str
    expires_at: datetime


_EXPIRED = "The token has expired."

Key = Any
FindKey = Callable[[str], Awaitable[Key]]


class TokenVerifier:
    """Checks tokens by the settings. Raises SettingsWrong where these give no one way to."""

    def __init__(self, settings: Settings) -> None:
        settings.check_tokens()
        self._issuer = settings.jwt_issuer
        self._audience = settings.jwt_audience
        self._algorithms: tuple[str, ...]
        if settings.jwt_secret is not None:
            self._algorithms = SECRET_ALGORITHMS
            self._find_key = _secret(settings.jwt_secret)
        else:
            self._algorithms = KEY_ALGORITHMS
            self._find_key = _jwks(settings)
        self._verified: TTLCache[str, Claims] = TTLCache(_VERIFIED_AT_MOST, VERIFIED_SECONDS)

    async def verify(self, token: str) -> Claims:
        """Whom the token names. Raises TokenExpired, TokenRefused.

        PyJWKClientConnectionError where keys have to be fetched and cannot be.
        """
        claims = self._verified.get(token)
        if claims is None:
            claims = self._verified[token] = await self._check(token)
        elif claims.expires_at <= datetime.now(UTC):
            raise TokenExpired(_EXPIRED)
        return claims

    async def _check(self, token: str) -> Claims:
        try:
            key = await self._find_key(token)
            claims = jwt.decode(
                token,
                key,
                algorithms=list(self._algorithms),
                leeway=CLOCK_SKEW,
                issuer=self._issuer,
                audience=self._audience,
                options={
                    "require": ["exp", "sub", "account"],
                    "verify_aud": self._audience is not None,
                },
            )
            return _claims(claims)
        except PyJWKClientConnectionError:
            # The keys are out of reach: nothing is said about the token, the client may try again.
            raise
        except jwt.ExpiredSignatureError as error:
            raise TokenExpired(_EXPIRED) from error
        except (jwt.PyJWTError, ValueError, TypeError, OverflowError, RecursionError) as error:
            raise TokenRefused("The token is not valid.") from error


def issue_token(settings: Settings, account: str, source_id: str, lifetime: timedelta) -> str:
    """A token as the host LMS would make it. Raises SettingsWrong without a secret."""
    settings.check_tokens()
    if settings.jwt_secret is None:
        raise SettingsWrong(
            "Set LMS_MESSAGES_JWT_SECRET: with public keys only, the host LMS alone makes tokens."
        )
    now = datetime.now(UTC)
    claims: dict[str, Any] = {
        "sub": source_id,
        "account": account,
        "iat": now,
        "exp": now + lifetime,
    }
    if settings.jwt_issuer is not None:
        claims["iss"] = settings.jwt_issuer
    if settings.jwt_audience is not None:
        claims["aud"] = settings.jwt_audience
    return jwt.encode(claims, settings.jwt_secret, algorithm=SECRET_ALGORITHMS[0])


def _claims(claims: dict[str, Any]) -> Claims:
    account, source_id = claims["account"], claims["sub"]
    if not (isinstance(account, str) and isinstance(source_id, str) and account and source_id):
        raise TypeError("account and sub must be texts")
    if not (is_storable(account) and is_storable(source_id)):
        raise ValueError("account and sub must be texts that a database takes")
    try:
        expires_at = datetime.fromtimestamp(int(claims["exp"]), UTC)
    except OSError as error:
        raise ValueError("exp lies beyond the calendar") from error
    if expires_at <= datetime.now(UTC):
        # The leeway is for a host whose clock is ahead, not for tokens that have ended.
        raise jwt.ExpiredSignatureError
    return Claims(account, source_id, expires_at)


def _secret(secret: str) -> FindKey:
    async def find(_: str) -> Key:
        return secret

    return find


def _jwks(settings: Settings) -> FindKey:
    if settings.jwt_jwks_file is not None:
        try:
            keys = PyJWKSet.from_json(settings.jwt_jwks_file.read_text())
        except (OSError, ValueError, TypeError, AttributeError, jwt.PyJWTError) as error:
            raise SettingsWrong(
                f"LMS_MESSAGES_JWT_JWKS_FILE: {settings.jwt_jwks_file} holds no JSON Web Key Set."
            ) from error
        return _in_set(keys)
    client = PyJWKClient(
        str(settings.jwt_jwks_url),
        lifespan=JWKS_LIFESPAN_SECONDS,
        timeout=JWKS_TIMEOUT_SECONDS,
    )

    async def find(token: str) -> Key:
        # The client fetches in the calling thread.
        return await asyncio.to_thread(client.get_signing_key_from_jwt, token)

    return find


def _in_set(keys: PyJWKSet) -> FindKey:
    async def find(token: str) -> PyJWK:
        key_id = jwt.get_unverified_header(token).get("kid")
        for key in keys.keys:
            if key.key_id == key_id:
                return key
        raise TokenRefused("The token is signed with a key that is not known.")

    return find
