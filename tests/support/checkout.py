"""A checkout of few files on a machine whose Node a test chooses."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

import build_pages
import hatch_build

ROOT = Path(__file__).parents[2]

# An npm that notes how it is called, and builds as Vite would; or a half of it.
NPM = """#!/bin/sh
echo "npm $*" >> "$NOTES"
[ -z "$FAIL" ] || { echo "npm error code $FAIL"; echo "at length"; exit 1; }
case "$1" in
ci) mkdir -p node_modules && touch node_modules/.package-lock.json ;;
run) out=../server/built
    for word; do case "$word" in --outDir=*) out="${word#--outDir=}" ;; esac; done
    rm -rf "$out" && mkdir -p "$out/assets" \
    && echo page > "$out/index.html" \
    && head -c 4000 /dev/zero > "$out/assets/app-1.js" \
    && { [ -z "$HALF" ] || exit 1; } \
    && echo small > "$out/assets/tiny-2.js" ;;
esac
"""


@dataclass
class Checkout:
    """A project of a few files, and a machine whose Node we choose."""

    root: Path
    machine: Path
    monkeypatch: pytest.MonkeyPatch

    def has_node(self, version: str) -> None:
        """Put Node and npm onto the machine."""
        self._program("node", f"#!/bin/sh\necho {version}\n")
        self._program("npm", NPM)

    def fails_with(self, code: str) -> None:
        """Have npm fail."""
        self.monkeypatch.setenv("FAIL", code)

    def builds_half(self) -> None:
        """Have npm end when some of the files are written."""
        self.monkeypatch.setenv("HALF", "1")

    @property
    def calls(self) -> list[str]:
        """How npm was called."""
        notes = self.machine / "notes"
        return notes.read_text().splitlines() if notes.exists() else []

    @property
    def built(self) -> Path:
        """Where the build goes."""
        return self.root / "server" / "built"

    def touch(self, name: str, *, after: Path) -> None:
        """Change a source a second after another file."""
        moment = after.stat().st_mtime + 1
        os.utime(self.root / name, (moment, moment))

    def has_pip(self, text: str) -> None:
        """Have another program run instead of Python with pip."""
        self._program("python", f'#!/bin/sh\necho "$*" >> "$NOTES"\n{text}\n')
        self.monkeypatch.setattr(sys, "executable", str(self.machine / "python"))

    def _program(self, name: str, text: str) -> None:
        path = self.machine / name
        path.write_text(text)
        path.chmod(0o755)


def bare_checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Checkout:
    """A checkout on a machine with neither Node nor pip's Node."""
    root, machine = tmp_path / "checkout", tmp_path / "machine"
    machine.mkdir()
    for name in (
        "web/package.json",
        "web/package-lock.json",
        "web/src/main.tsx",
        "schema.graphql",
        "server/__init__.py",
        "models/__init__.py",
        "messaging/__init__.py",
        "gql/__init__.py",
    ):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")
    for name in ("pyproject.toml", "README.md", "hatch_build.py", "build_pages.py", ".gitignore"):
        (root / name).write_text((ROOT / name).read_text())
    for name in ("sh", "mkdir", "touch", "rm", "head"):
        (machine / name).symlink_to(f"/bin/{name}" if name == "sh" else _found(name))
    monkeypatch.setenv("PATH", str(machine))
    monkeypatch.setenv("NOTES", str(machine / "notes"))
    monkeypatch.delenv("FAIL", raising=False)
    monkeypatch.delenv("HALF", raising=False)
    monkeypatch.delenv(hatch_build.SWITCH, raising=False)
    monkeypatch.setattr(sys, "argv", ["pip"])
    monkeypatch.setattr(build_pages, "_node_of_the_package", lambda: None)
    monkeypatch.setattr(build_pages, "__file__", str(root / "build_pages.py"))
    return Checkout(root, machine, monkeypatch)


def _found(name: str) -> str:
    return next(path for path in (f"/bin/{name}", f"/usr/bin/{name}") if Path(path).exists())
