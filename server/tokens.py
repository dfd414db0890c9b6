"""Tokens of the host LMS: JSON Web Tokens (RFC 7519), checked by RFC 8725's advice.

The algorithm is never the token's choice, and a token without an end, a person or an account is
none.

TokenRefused      it will never be good
└── TokenExpired  it was good; the client should fetch a new one
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
from cachetools import TTLCache
from jwt import PyJWK

from messaging.text import is_storable
from server.keys import ALGORITHMS, FetchedKeys, KeyFile
from server.settings import Settings, SettingsWrong

DEFAULT_LIFETIME = timedelta(hours=1)
SECRET_ALGORITHMS = ("HS256",)

# By so much the host's clock may be ahead: its newest tokens begin a moment from now.
CLOCK_SKEW = timedelta(seconds=30)

# A page's token comes with each of its requests, and is not checked anew each time. A key that the
# provider takes back is believed for so much longer.
VERIFIED_SECONDS = 60
_VERIFIED_AT_MOST = 20_000

# Ten times what a token of an LMS takes; nobody is to have us hash a quarter of a megabyte.
LONGEST_TOKEN = 16 * 1024


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


class TokenVerifier:
    """Checks tokens by the settings. Raises SettingsWrong where these give no one way to."""

    def __init__(self, settings: Settings) -> None:
        settings.check_tokens()
        self._issuer = settings.jwt_issuer
        self._audience = settings.jwt_audience
        self._secret = settings.jwt_secret
        self._keys: KeyFile | FetchedKeys | None = None
        if settings.jwt_jwks_file is not None:
            self._keys = KeyFile(settings.jwt_jwks_file)
        elif settings.jwt_jwks_url is not None:
            self._keys = FetchedKeys(settings.jwt_jwks_url)
        self._verified: TTLCache[str, Claims] = TTLCache(_VERIFIED_AT_MOST, VERIFIED_SECONDS)

    async def verify(self, token: str) -> Claims:
        """Whom the token names. Raises TokenExpired, TokenRefused.

        KeysOutOfReach, RateLimited where keys have to be fetched and cannot be.
        """
        if len(token) > LONGEST_TOKEN:
            raise TokenRefused("The token is too long.")
        claims = self._verified.get(token)
        if claims is None:
            claims = self._verified[token] = await self._check(token)
        elif claims.expires_at <= datetime.now(UTC):
            raise TokenExpired(_EXPIRED)
        return claims

    async def _check(self, token: str) -> Claims:
        try:
            return _claims(await self._signed_claims(token))
        except jwt.ExpiredSignatureError as error:
            raise TokenExpired(_EXPIRED) from error
        except (jwt.PyJWTError, ValueError, TypeError, OverflowError, RecursionError) as error:
            raise TokenRefused("The token is not valid.") from error

    async def _signed_claims(self, token: str) -> dict[str, Any]:
        if self._keys is None:
            return self._decoded(token, self._secret, SECRET_ALGORITHMS)
        header = jwt.get_unverified_header(token)
        if header.get("alg") not in ALGORITHMS:
            raise TokenRefused("The token is signed in a way that is not taken.")
        found = await self._keys.find(header.get("kid"))
        # The algorithm is the key's. Of two keys with one name, either may have signed.
        keys = [key for key in found if key.algorithm_name == header["alg"]]
        for key in keys[:-1]:
            try:
                return self._decoded(token, key, (key.algorithm_name,))
            except jwt.InvalidSignatureError:
                continue
        if not keys:
            raise TokenRefused("The token is signed with a key that is not known.")
        return self._decoded(token, keys[-1], (keys[-1].algorithm_name,))

    def _decoded(
        self, token: str, key: str | PyJWK | None, algorithms: Sequence[str]
    ) -> dict[str, Any]:
        claims: dict[str, Any] = jwt.decode(
            token,
            key,  # type: ignore[arg-type]  # one way to check tokens is set
            algorithms=list(algorithms),
            leeway=CLOCK_SKEW,
            issuer=self._issuer,
            audience=self._audience,
            options={
                "require": ["exp", "sub", "account"],
                "verify_aud": self._audience is not None,
            },
        )
        return claims


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
