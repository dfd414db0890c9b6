"""Packages from npm, installed once beside their lock."""

import fcntl
import hashlib
import shutil
import subprocess
from pathlib import Path

_INSTALL_LIMIT_SECONDS = 100.0
_OUT_OF_REACH = ("ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "ENOTCACHED")


class NpmMissing(Exception):
    """There can be no packages on this machine; the message says why."""


def install(folder: Path) -> str:
    """Install what the folder's package-lock.json names; the path of Node.

    Raises NpmMissing; RuntimeError with npm's words where the packages are at fault.
    """
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        raise NpmMissing("there is no Node with npm on this machine")
    # Several runs may find nothing at once.
    with (folder / "package-lock.json").open("rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        digest = hashlib.sha256(lock.read()).hexdigest()
        done = folder / "node_modules" / ".installed"
        if not done.exists() or done.read_text() != digest:
            _install(npm, folder)
            done.write_text(digest)
    return node


def _install(npm: str, folder: Path) -> None:
    try:
        subprocess.run(  # noqa: S603  # npm, by the path where it was found
            [npm, "ci", "--ignore-scripts", "--prefer-offline", "--fetch-retries=1"],
            cwd=folder,
            check=True,
            capture_output=True,
            timeout=_INSTALL_LIMIT_SECONDS,
            text=True,
        )
    except subprocess.TimeoutExpired:
        raise NpmMissing("npm cannot install the packages: the registry does not answer") from None
    except subprocess.CalledProcessError as error:
        if any(code in error.stderr for code in _OUT_OF_REACH):
            raise NpmMissing(
                "npm cannot install the packages: the registry is out of reach"
            ) from None
        raise RuntimeError(f"npm cannot install the packages: {error.stderr}") from error
