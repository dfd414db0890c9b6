"""The pages as a browser gets them, of a small build."""

import gzip
import json
import re
from pathlib import Path
from typing import Any

import httpx2

from tests.support.raw import request
from tests.support.service import Service

HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
LMS = "https://lms.example"
PHOTOS = "https://photos.example"
PAGE = "<!doctype html><head><!-- page-settings --></head>"
SCRIPT = "console.log('Hello');\n" * 200


def build(folder: Path) -> Path:
    """Make a build of two pages and a few files, with something secret beside it."""
    (folder / "secret").write_text("hunter2")
    built = folder / "built"
    assets = built / "assets"
    assets.mkdir(parents=True)
    (built / "index.html").write_text(f"{PAGE}Messages")
    (built / "explorer.html").write_text(f"{PAGE}Explorer")
    (assets / "index-1a2b.js").write_text(SCRIPT)
    (assets / "index-1a2b.js.gz").write_bytes(gzip.compress(SCRIPT.encode()))
    (assets / "index-3c4d.css").write_text("body {}")
    return built


async def get(service: Service, path: str, method: str = "GET", **headers: str) -> httpx2.Response:
    """What a browser gets at a path."""
    return await request(service.url + path, method, headers={**HTML, **headers})


def policy(response: httpx2.Response) -> dict[str, list[str]]:
    """The response's Content-Security-Policy by its parts."""
    parts = response.headers["content-security-policy"].split("; ")
    return {name: sources for name, *sources in (part.split(" ") for part in parts)}


def page_settings(response: httpx2.Response) -> Any:
    """What the page is told of its server."""
    [text] = re.findall(
        r'<script type="application/json" id="page-settings">(.*?)</script>', response.text
    )
    return json.loads(text)
