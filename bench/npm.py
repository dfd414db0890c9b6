"""The Node servers' packages, installed once beside their lock."""

import hashlib
import json
import shutil
import subprocess
from pathlib import Path

from bench.saying import say

HERE = Path(__file__).parent / "node"
_INSTALL_LIMIT_SECONDS = 180.0


class PeersMissing(Exception):
    """The Node servers cannot run here; the message says what to do."""


def install() -> None:
    """Install what package-lock.json names. Raises PeersMissing."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        raise PeersMissing(
            "The benchmark needs Node 20 or newer with npm: install it from nodejs.org."
        )
    lock = hashlib.sha256((HERE / "package-lock.json").read_bytes()).hexdigest()
    done = HERE / "node_modules" / ".installed"
    if done.exists() and done.read_text() == lock:
        return
    say("Installing the peers from npm …")
    try:
        subprocess.run(  # noqa: S603  # npm, by the path where it was found
            [npm, "ci", "--ignore-scripts", "--prefer-offline"],
            cwd=HERE,
            check=True,
            capture_output=True,
            timeout=_INSTALL_LIMIT_SECONDS,
            text=True,
        )
    except subprocess.TimeoutExpired:
        raise PeersMissing(
            "npm could not install the peers in time: is its registry within reach?"
        ) from None
    except subprocess.CalledProcessError as error:
        raise PeersMissing(f"npm could not install the peers:\n{error.stderr}") from error
    done.write_text(lock)


def versions(*names: str) -> str:
    """The versions of these packages."""
    lock = json.loads((HERE / "package-lock.json").read_text())["packages"]
    return ", ".join(f"{name} {lock[f'node_modules/{name}']['version']}" for name in names)
