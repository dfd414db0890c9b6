"""The npm packages of the client tests, installed once and kept beside their lock."""

import fcntl
import hashlib
import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest

HERE = Path(__file__).parent
PACKAGES = HERE / "node_modules"
_INSTALL_LIMIT_SECONDS = 100.0


def node() -> str:
    """The path of Node, with the packages installed. Skips the test where that cannot be."""
    found, why = _installed()
    if found is None:
        pytest.skip(why)
    return found


@cache
def _installed() -> tuple[str | None, str]:
    program, npm = shutil.which("node"), shutil.which("npm")
    if program is None or npm is None:
        return None, "there is no Node with npm on this machine"
    lock = hashlib.sha256((HERE / "package-lock.json").read_bytes()).hexdigest()
    done = PACKAGES / ".installed"
    # Several runs may find nothing at once; the file itself says nothing.
    with (HERE / ".npmrc").open() as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if not done.exists() or done.read_text() != lock:
            try:
                subprocess.run(  # noqa: S603  # npm, by the path where it was found
                    [npm, "ci", "--ignore-scripts", "--prefer-offline", "--fetch-retries=1"],
                    cwd=HERE,
                    check=True,
                    capture_output=True,
                    timeout=_INSTALL_LIMIT_SECONDS,
                    text=True,
                )
            except subprocess.TimeoutExpired:
                return None, "npm cannot install the packages: the registry does not answer"
            except subprocess.CalledProcessError as error:
                if _is_out_of_reach(error.stderr):
                    return None, "npm cannot install the packages: the registry is out of reach"
                raise AssertionError(error.stderr) from error
            done.write_text(lock)
    return program, ""


def _is_out_of_reach(said: str) -> bool:
    codes = ("ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "ENOTCACHED")
    return any(code in said for code in codes)
