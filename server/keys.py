"""The host LMS's public keys, from a file or from an address (RFC 7517).

KeysOutOfReach  no key can be had at the moment; nothing is said about the token
"""

import asyncio
import json
import logging
import time
from collections.abc import Sequence
from http import HTTPStatus
from pathlib import Path
from typing import Any

import httpx2
import jwt
from jwt import PyJWK
from limits import RateLimitItemPerMinute
from limits.strategies import SlidingWindowCounterRateLimiter

from messaging.errors import RateLimited
from messaging.rates.local import LocalCounts
from messaging.rates.rates import seconds_until
from server.settings import SettingsWrong

logger = logging.getLogger(__name__)

ALGORITHMS = ("RS256", "ES256")

# How long fetched keys serve before they are fetched again, and how long a fetch may take.
LIFESPAN_SECONDS = 300.0
FETCH_SECONDS = 5.0
# So long a token waits for its keys. Where others are known, an old one does for less.
WAIT_SECONDS = 6.0
WAIT_WITH_KEYS_SECONDS = 1.0
# After a fetch that failed, for whoever brings what needs another.
PAUSE_SECONDS = 2.0
LARGEST_SET_BYTES = 256 * 1024
# As it is: what comes packed may be of any size.
_HEADERS = {"Accept": "application/json", "Accept-Encoding": "identity"}
# A key that was rotated in is asked for at once; names that strangers make up soon are not.
UNKNOWN_IDS = RateLimitItemPerMinute(10)


class KeysOutOfReach(Exception):
    """No key can be had at the moment: the client may try again."""

    def __init__(self) -> None:
        super().__init__("The keys that tokens are checked with are out of reach: try again.")


class NoKeySet(Exception):
    """What was found is no key set, or has no key that we could use."""


class Keys:
    """The keys of one set, by their ids."""

    def __init__(self, text: bytes | str) -> None:
        """Read a JSON Web Key Set. Raises NoKeySet."""
        try:
            found = list(json.loads(text)["keys"])
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            raise NoKeySet(f"it is no JSON Web Key Set: {error}") from error
        self._keys: dict[str | None, list[PyJWK]] = {}
        for key in map(_key_of, found):
            if key is not None and _signs(key):
                self._keys.setdefault(key.key_id, []).append(key)
        if not self._keys:
            raise NoKeySet(f"no key in it is for {' or '.join(ALGORITHMS)}")

    def named(self, key_id: str | None) -> Sequence[PyJWK]:
        """The keys of that name; of none, those that have none."""
        return self._keys.get(key_id, ())


class KeyFile:
    """Keys of a file, read once. Raises SettingsWrong."""

    def __init__(self, path: Path) -> None:
        try:
            self._keys = Keys(path.read_bytes())
        except (OSError, NoKeySet) as error:
            raise SettingsWrong(
                f"LMS_MESSAGES_JWT_JWKS_FILE: {path} holds no JSON Web Key Set."
            ) from error

    async def find(self, key_id: str | None) -> Sequence[PyJWK]:
        """The keys of that name."""
        return self._keys.named(key_id)


class FetchedKeys:
    """Keys that are fetched when first needed, kept for a while, and for as long as they must be.

    A key that is not known is asked for at once: the provider may just have begun to sign with it.
    One fetch is under way at a time, whoever waits for it, and only so many a minute are made for
    keys that turn out to be nobody's.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._keys: Keys | None = None
        self._fetched_at = self._failed_at = -float("inf")
        self._is_told_down = False
        self._fetch: asyncio.Task[None] | None = None
        self._unknown = SlidingWindowCounterRateLimiter(LocalCounts())

    async def find(self, key_id: str | None) -> Sequence[PyJWK]:
        """The keys of that name. Raises KeysOutOfReach, RateLimited."""
        if time.monotonic() - self._fetched_at > LIFESPAN_SECONDS:
            await self._renew()
        if self._keys is None:
            raise KeysOutOfReach
        found = self._keys.named(key_id)
        if found:
            return found
        before = self._fetched_at
        # What is under way, or failed a moment ago, is no fetch of this one's.
        if self._may_fetch() and not self._unknown.hit(UNKNOWN_IDS):
            stats = self._unknown.get_window_stats(UNKNOWN_IDS)
            raise RateLimited(seconds_until(stats.reset_time))
        await self._renew()
        found = self._keys.named(key_id)
        if not found and self._fetched_at == before:
            # Whether the provider knows it by now, nobody can tell.
            raise KeysOutOfReach
        return found

    async def _renew(self) -> None:
        """Wait for a fetch that began now or is under way, but not for long."""
        if self._may_fetch():
            self._fetch = asyncio.create_task(self._fetch_anew(), name="keys")
        if self._fetch is None:
            return
        patience = WAIT_SECONDS if self._keys is None else WAIT_WITH_KEYS_SECONDS
        await asyncio.wait([self._fetch], timeout=patience)

    def _may_fetch(self) -> bool:
        return self._fetch is None and time.monotonic() - self._failed_at >= PAUSE_SECONDS

    async def _fetch_anew(self) -> None:
        try:
            async with asyncio.timeout(FETCH_SECONDS):
                # One each time: keys are fetched once in minutes, and a client would want closing.
                async with httpx2.AsyncClient(headers=_HEADERS, timeout=FETCH_SECONDS) as http:
                    self._keys = Keys(await _fetched(http, self._url))
            self._fetched_at = time.monotonic()
            if self._is_told_down:
                logger.info("The keys of tokens were fetched again.")
            self._is_told_down = False
        except (OSError, httpx2.HTTPError, httpx2.InvalidURL, NoKeySet) as error:
            self._failed_at = time.monotonic()
            if not self._is_told_down:
                logger.warning(
                    "The keys of tokens cannot be fetched: %s", str(error) or type(error).__name__
                )
            self._is_told_down = True
        finally:
            self._fetch = None


async def _fetched(http: httpx2.AsyncClient, url: str) -> bytes:
    """What is at the address. Raises HTTPError, NoKeySet."""
    text = bytearray()
    async with http.stream("GET", url) as response:
        if response.status_code != HTTPStatus.OK:
            # Nor is a redirect followed: keys come from where the operator said.
            raise NoKeySet(f"the answer is {response.status_code}")
        async for part in response.aiter_raw():
            text += part
            if len(text) > LARGEST_SET_BYTES:
                raise NoKeySet("it is too large")
    return bytes(text)


def _key_of(found: Any) -> PyJWK | None:
    """The key, or None for one that cannot be read: the others of its set are no worse for it."""
    try:
        return PyJWK(found)
    # PyJWT looks for what ought to be there, and raises what that comes to.
    except (jwt.PyJWTError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def _signs(key: PyJWK) -> bool:
    """Whether it is a public key of ours; a secret in the open would be anybody's."""
    is_ours = key.algorithm_name in ALGORITHMS and key.public_key_use in (None, "sig")
    return is_ours and isinstance(key.key_id, str | None)
