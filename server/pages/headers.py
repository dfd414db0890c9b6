"""What a browser is told with each answer: above all, that nothing comes from another host."""

import re
from collections.abc import Collection, Mapping

# A page holds a token: it is told to nobody where it was opened, and asks for no device.
_EVERYWHERE = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}
_NO_DEVICES = "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()"

# What a Host header may hold that is repeated in a policy.
_HOST = re.compile(r"[A-Za-z0-9.\-]+(:\d+)?|\[[0-9A-Fa-f:.]+\](:\d+)?")

Policy = Mapping[str, Collection[str]]
POLICY = "Content-Security-Policy"


def answer_headers() -> dict[str, str]:
    """The headers of what is for programs: nobody keeps it, nor is it ever a document."""
    return {
        **_EVERYWHERE,
        POLICY: written({"default-src": ("'none'",), "frame-ancestors": ("'none'",)}),
        "Cache-Control": "no-store",
    }


def page_headers(policy: Policy) -> dict[str, str]:
    """The headers of a page; browsers ask each time whether it is still the newest."""
    return {
        **_EVERYWHERE,
        "Permissions-Policy": _NO_DEVICES,
        POLICY: written(policy),
        "Cache-Control": "no-cache",
    }


def asset_headers() -> dict[str, str]:
    """The headers of a file whose name changes with its contents.

    Workers live under the policy of their own file, not under that of the page.
    """
    return {
        **_EVERYWHERE,
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


def written(policy: Policy) -> str:
    """A policy as the header has it."""
    return "; ".join(" ".join((name, *sources)) for name, sources in policy.items())


def _sockets(host: str, scheme: str) -> tuple[str, ...]:
    """The socket's addresses; not every browser counts them to 'self'.

    Without TLS here, a proxy in front may still have it.
    """
    if not _HOST.fullmatch(host):
        return ()
    return (f"wss://{host}",) if scheme == "https" else (f"ws://{host}", f"wss://{host}")
