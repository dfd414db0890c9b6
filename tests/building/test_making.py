"""What the Makefile does for the pages."""

import shutil
import subprocess
import sys

import pytest

from tests.support.checkout import ROOT, Checkout

MAKE = shutil.which("make")
# Serves what is built by then.
SERVER = """#!/bin/sh
[ -f server/built/index.html ] && page=with || page=without
echo "lms-messages $* $page a page" >> "$NOTES"
"""


@pytest.mark.skipif(MAKE is None, reason="there is no make")
def test_the_demo_is_built_before_it_is_served(checkout: Checkout) -> None:
    """`make demo` builds the pages where their sources are newer, then serves; also without."""
    checkout.has_node("v22.14.0")
    _install(checkout)
    served = "lms-messages demo --port 1234 --data var/demo"
    _make_demo(checkout)
    assert [call.split(" --outDir")[0] for call in checkout.calls] == [
        "npm ci --ignore-scripts --fetch-retries=1 --fetch-retry-mintimeout=1000",
        "npm run build --",
        f"{served} with a page",
    ]
    _make_demo(checkout)
    assert checkout.calls[3:] == [f"{served} with a page"]
    checkout.touch("web/src/main.tsx", after=checkout.built / "index.html")
    _make_demo(checkout)
    assert [call.split(" --")[0] for call in checkout.calls[4:]] == [
        "npm run build",
        "lms-messages demo",
    ]
    shutil.rmtree(checkout.built)
    checkout.fails_with("1")
    _make_demo(checkout)
    assert checkout.calls[-1] == f"{served} without a page"


def _install(checkout: Checkout) -> None:
    """Have an environment as `make install` leaves it."""
    for name in ("Makefile", "constraints.txt"):
        shutil.copy(ROOT / name, checkout.root)
    programs = checkout.root / ".venv" / "bin"
    programs.mkdir(parents=True)
    python = f'#!/bin/sh\nexec "{sys.executable}" "$@"\n'
    for name, text in (("python", python), ("lms-messages", SERVER)):
        (programs / name).write_text(text)
        (programs / name).chmod(0o755)
    (checkout.root / ".venv" / ".installed").touch()


def _make_demo(checkout: Checkout) -> None:
    assert MAKE is not None
    subprocess.run(  # noqa: S603  # make itself
        [MAKE, "demo", "PORT=1234"], cwd=checkout.root, check=True, timeout=60
    )
