"""The Node servers' packages, installed once beside their lock."""

import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path

from bench.saying import say

HERE = Path(__file__).parent / "node"
_INSTALL_LIMIT_SECONDS = 180.0


def install() -> None:
    """Install what package-lock.json names. Ends the program, saying what to do, where it cannot."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        sys.exit("The benchmark needs Node 20 or newer with npm: install it from nodejs.org.")
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
        sys.exit("npm could not install the peers in time: is the registry within reach?")
    except subprocess.CalledProcessError as error:
        sys.exit(f"npm could not install the peers:\n{error.stderr}")
    done.write_text(lock)


def versions(*names: str) -> str:
    """The versions of these packages."""
    lock = json.loads((HERE / "package-lock.json").read_text())["packages"]
    return ", ".join(f"{name} {lock[f'node_modules/{name}']['version']}" for name in names)
