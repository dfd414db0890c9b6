"""The code blocks of docs/embedding.md, and the page that runs them."""

import asyncio
import json
import os
import re
import shutil
import subprocess
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from tests.clients import npm

# The longest that a test waits for a page, which pauses for up to 10 s between its attempts.
PATIENCE_SECONDS = 40.0
# The examples' own default.
TIMEOUT_SECONDS = 15.0
GUIDE = (Path(__file__).parents[2] / "docs" / "embedding.md").read_text()
# Those that follow over a WebSocket, and the one that does over HTTP.
ON_SOCKETS = ("urql", "apollo", "relay", "plain")
LIBRARIES = (*ON_SOCKETS, "sse")

_SCHEMA = npm.HERE.parents[1] / "schema.graphql"
_BLOCK = re.compile(r"^```(\w+) (\S+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_CHOICE = "import { connect } from './urql.js';"


def blocks(language: str) -> dict[str, str]:
    """The named blocks of a language, as they stand in the guide."""
    return {name: text for found, name, text in _BLOCK.findall(GUIDE) if found == language}


def write_examples(directory: Path, library: str) -> None:
    """Lay the files out as the guide says, with the choice of a library made."""
    directory.mkdir(exist_ok=True)
    files = blocks("js")
    assert _CHOICE in files["main.js"]
    files["main.js"] = files["main.js"].replace(_CHOICE, _CHOICE.replace("urql", library))
    for name, text in files.items():
        (directory / name).write_text(text)
    for ours in npm.HERE.glob("*.js"):
        shutil.copy(ours, directory)
    (directory / "package.json").write_text('{"type": "module"}')
    (directory / "node_modules").symlink_to(npm.PACKAGES)
    if library == "relay":
        _compile(directory)


def _compile(directory: Path) -> None:
    """Have Relay's compiler make its modules, as the guide says."""
    for name, text in blocks("json").items():
        (directory / name).write_text(text)
    shutil.copy(_SCHEMA, directory)
    compiler = npm.PACKAGES / "relay-compiler" / "cli.js"
    subprocess.run(  # noqa: S603  # Node, by the path where it was found
        [npm.node(), compiler, "relay.config.json"],
        cwd=directory,
        check=True,
        capture_output=True,
        timeout=PATIENCE_SECONDS,
    )


class Page:
    """The quick start in a process of its own, told what its person does."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.heard: list[tuple[str, Any]] = []

    async def next(self, kind: str) -> Any:
        """The next of what happens that is of this kind; what comes before it is kept in heard."""
        assert self.process.stdout is not None
        async with asyncio.timeout(PATIENCE_SECONDS):
            while line := await self.process.stdout.readline():
                told = json.loads(line)
                self.heard.append((told["kind"], told["value"]))
                if told["kind"] == kind:
                    return told["value"]
        raise AssertionError(f"it ended before {kind!r}: {self.heard}")

    async def do(self, kind: str, value: object = None) -> None:
        """Have the page's person do something, or its LMS answer with a token."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps({"kind": kind, "value": value}).encode() + b"\n")
        await self.process.stdin.drain()

    async def sign_in(self, token: str) -> None:
        """Answer the page, which asks for a token."""
        await self.next("token wanted")
        await self.do("token", token)

    async def live(self) -> None:
        """Wait until the feed's connection is acknowledged."""
        while await self.next("state") != "live":
            pass

    async def bodies(self, until: str) -> list[str]:
        """The texts of the messages that were applied so far, from the start up to that one."""
        while (await self.next("entry")).get("message", {}).get("body") != until:
            pass
        entries = [value for kind, value in self.heard if kind == "entry"]
        return [entry["message"]["body"] for entry in entries]

    def count(self, kind: str) -> int:
        """How often it happened so far."""
        return [told for told, _ in self.heard].count(kind)

    async def ended(self) -> None:
        """Wait until the feed ends and nothing keeps the process alive."""
        await self.next("ended")
        async with asyncio.timeout(PATIENCE_SECONDS):
            assert await self.process.wait() == 0


@asynccontextmanager
async def opened_page(
    directory: Path,
    library: str,
    url: str,
    timeout_seconds: float = TIMEOUT_SECONDS,
    script: str = "run.js",
) -> AsyncIterator[Page]:
    """The quick start of the guide with one of the libraries, or another script, at that server."""
    node = npm.node()
    write_examples(directory, library)
    settings = {"MESSAGES_URL": f"{url}/graphql", "TIMEOUT_SECONDS": str(timeout_seconds)}
    process = await asyncio.create_subprocess_exec(
        node,
        "--expose-gc",
        script,
        cwd=directory,
        env={**os.environ, **settings},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=1 << 20,
    )
    try:
        yield Page(process)
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


@asynccontextmanager
async def opened_pages(
    directory: Path,
    url: str,
    timeout_seconds: float = TIMEOUT_SECONDS,
    libraries: Sequence[str] = LIBRARIES,
) -> AsyncIterator[list[Page]]:
    """The quick start once with each of the libraries, all at that server."""
    async with AsyncExitStack() as stack:
        yield [
            await stack.enter_async_context(
                opened_page(directory / library, library, url, timeout_seconds)
            )
            for library in libraries
        ]
