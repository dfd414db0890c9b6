"""Who is at the other end, as far as the network knows."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv6Address, ip_address, ip_network

from starlette.types import Scope

from messaging.viewers import Viewer

# In the scope of a socket that is counted.
CALLER = "lms_messages.caller"

# A household or a machine has so many addresses of version 6, and may use them all.
_IPV6_PREFIX = 64


def _admit(_viewer: Viewer) -> None:
    """Let everybody in."""


@dataclass(frozen=True, slots=True)
class Caller:
    """One request, or one socket."""

    host: str | None = None
    # Called with whoever signs in; raises RateLimited.
    admit: Callable[[Viewer], None] = _admit

    @property
    def address(self) -> str | None:
        """The address that limits count by; None where there is none, as on a Unix socket."""
        return None if self.host is None else counted_as(self.host)


def caller_of(scope: Scope) -> Caller:
    """Who calls. Behind a proxy that is trusted, uvicorn has put its client in the scope."""
    known: Caller | None = scope.get(CALLER)
    if known is not None:
        return known
    client = scope.get("client")
    return Caller(client[0] or None) if client else Caller()


@lru_cache(maxsize=10_000)
def counted_as(host: str) -> str:
    """An address as limits count it: one of version 6 by its network."""
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return host
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ip_network((address, _IPV6_PREFIX), strict=False))
    return str(address)
