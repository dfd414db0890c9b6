"""The Node servers' packages."""

import json
from pathlib import Path

from bench.saying import say
from tests.support import npm

HERE = Path(__file__).parent / "node"


def install() -> None:
    """Install what package-lock.json names. Raises NpmMissing."""
    say("Installing the peers from npm, where they are not yet …")
    npm.install(HERE)


def versions(*names: str) -> str:
    """The versions of these packages."""
    lock = json.loads((HERE / "package-lock.json").read_text())["packages"]
    return ", ".join(f"{name} {lock[f'node_modules/{name}']['version']}" for name in names)
