"""The pages as they are built now, and Chromium to open them."""

import fcntl
import shutil
from functools import cache

import build_pages
from tests.support.checkout import ROOT

# Chromium's own errands would leave this machine.
_ARGUMENTS = (
    "--disable-gpu",
    "--no-proxy-server",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)


def arguments() -> list[str]:
    """How Chromium is started."""
    return list(_ARGUMENTS)


def chromium() -> str | None:
    """The machine's Chromium."""
    return shutil.which("chromium")


@cache
def why_not() -> str | None:
    """Why the pages cannot be opened here; None where they can.

    What is older than its sources is built first. Raises BuildFailed where it cannot be built
    though all that it needs is there.
    """
    if chromium() is None:
        return "there is no Chromium on this machine: install Debian's package chromium"
    # Several workers may find nothing at once.
    with (ROOT / "web" / "package.json").open() as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if build_pages.is_current(ROOT):
            return None
        try:
            build_pages.build(ROOT)
        except build_pages.Unavailable as failed:
            return f"the pages are not built: {failed}"
    return None
