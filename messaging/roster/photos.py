"""Which photo addresses a roster may bring."""

import re
from collections.abc import Collection
from urllib.parse import urlsplit

# models.user.User.photo_url
LONGEST_ADDRESS = 2048
HTTPS_PORT = 443

# Browsers read a backslash as a slash and drop control characters: "/\\host" and "/\t/host" leave
# the server.
_MISLEADING = re.compile(r"[\\\s\x00-\x1f\x7f-\x9f\ud800-\udfff]")


class PhotoRule:
    """A path on this server, or https on an origin of the list; anything else is no photo."""

    def __init__(self, origins: Collection[str]) -> None:
        self._origins = {origin for origin in map(_https_origin, origins) if origin}

    def allows(self, address: str) -> bool:
        """Whether pages may show the photo at this address."""
        if len(address) > LONGEST_ADDRESS or _MISLEADING.search(address):
            return False
        if address.startswith("/"):
            return not address.startswith("//")
        origin = _https_origin(address)
        return origin is not None and origin in self._origins


def _https_origin(address: str) -> tuple[str, int] | None:
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme != "https" or not parts.hostname or "@" in parts.netloc:
        return None
    return parts.hostname, port or HTTPS_PORT
