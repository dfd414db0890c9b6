"""What a browser is told with pages and their files: that nothing comes from another host."""

import re
from collections.abc import Collection

from server.headers import EVERYWHERE, POLICY, Policy, written

_NO_DEVICES = "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()"

# What a Host header may hold that is repeated in a policy.
_HOST = re.compile(r"[A-Za-z0-9.\-]+(:\d+)?|\[[0-9A-Fa-f:.]+\](:\d+)?")


def page_headers(policy: Policy) -> dict[str, str]:
    """The headers of a page; browsers ask each time whether it is still the newest."""
    return {
        **EVERYWHERE,
        "Permissions-Policy": _NO_DEVICES,
        POLICY: written(policy),
        "Cache-Control": "no-cache",
    }


def asset_headers() -> dict[str, str]:
    """The headers of a file whose name changes with its contents.

    Workers live under the policy of their own file, not under that of the page.
    """
    return {
        **EVERYWHERE,
        POLICY: "default-src 'none'; script-src 'self'; connect-src 'self'",
        "Cache-Control": "public, max-age=31536000, immutable",
    }


def messages_policy(
    host: str, scheme: str, photo_origins: Collection[str], parent_origins: Collection[str]
) -> dict[str, Collection[str]]:
    """What the Messages page may do, served under that host."""
    return {
        "default-src": ("'none'",),
        "script-src": ("'self'",),
        "style-src": ("'self'",),
        "img-src": ("'self'", *photo_origins),
        "connect-src": ("'self'", *_sockets(host, scheme)),
        "font-src": ("'self'",),
        "base-uri": ("'none'",),
        "form-action": ("'none'",),
        "frame-ancestors": ("'self'", *parent_origins),
    }


def explorer_policy(host: str, scheme: str) -> dict[str, Collection[str]]:
    """What the explorer may do: also what its editor cannot do without."""
    return {
        **messages_policy(host, scheme, (), ()),
        "style-src": ("'self'", "'unsafe-inline'"),
        "img-src": ("'self'", "data:"),
        "font-src": ("'self'", "data:"),
    }


def _sockets(host: str, scheme: str) -> tuple[str, ...]:
    """The socket's addresses; not every browser counts them to 'self'.

    Without TLS here, a proxy in front may still have it.
    """
    if not _HOST.fullmatch(host):
        return ()
    return (f"wss://{host}",) if scheme == "https" else (f"ws://{host}", f"wss://{host}")
