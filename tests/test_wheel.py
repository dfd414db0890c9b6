"""The real wheel: installed where there is no Node, it serves its pages."""

import fcntl
import re
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest

import build_pages
from tests.support.checkout import ROOT
from tests.support.process import served_installed

# Installing twenty packages beside other work.
_LIMIT_SECONDS = 300
_OUT_OF_REACH = "Temporary failure|Connection|Could not find a version|No matching distribution"


def run(*words: str) -> str:
    """Run a program that must succeed. Skips where pip reaches no registry."""
    ended = subprocess.run(  # noqa: S603  # this Python, or the one of the new environment
        words,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=_LIMIT_SECONDS,
        check=False,
    )
    if ended.returncode and re.search(_OUT_OF_REACH, ended.stdout):
        pytest.skip("pip reaches no registry for what the wheel needs")
    assert ended.returncode == 0, ended.stdout
    return ended.stdout


@pytest.fixture(scope="module")
def pages() -> None:
    """The pages as they are now, built where they are older than their sources."""
    with (ROOT / "web" / "package.json").open() as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if build_pages.is_current(ROOT):
            return
        try:
            build_pages.build(ROOT)
        except build_pages.Unavailable as failed:
            pytest.skip(f"the pages are not built: {failed}")


@pytest.mark.timeout(2 * _LIMIT_SECONDS)
@pytest.mark.sqlite_only(reason="what is tested is the wheel")
@pytest.mark.usefixtures("pages")
async def test_the_wheel_serves_its_pages(tmp_path: Path) -> None:
    """Built, and installed into an empty environment without Node, it serves page and assets."""
    pip = ("-m", "pip", "--quiet", "--disable-pip-version-check")
    wheels, environment = tmp_path / "wheels", tmp_path / "environment"
    isolated = ("--no-deps", "--no-build-isolation", "--wheel-dir", str(wheels))
    run(sys.executable, *pip, "wheel", *isolated, str(ROOT))
    [wheel] = wheels.iterdir()
    run(sys.executable, "-m", "venv", str(environment))
    programs = environment / "bin"
    run(str(programs / "python"), *pip, "install", "-c", "constraints.txt", str(wheel))
    assert not (programs / "node").exists()

    async with (
        served_installed(programs / "lms-messages", tmp_path / "data") as address,
        httpx2.AsyncClient(base_url=address) as client,
    ):
        page = await client.get("/", headers={"Accept": "text/html"})
        assert page.status_code == 200
        assert '<div id="root">' in page.text
        assets = re.findall(r'(?:src|href)="(/assets/[^"]+)"', page.text)
        assert {Path(asset).suffix for asset in assets} >= {".js", ".css"}
        for asset in assets:
            answer = await client.get(asset)
            assert answer.status_code == 200
            built = build_pages.built_in(ROOT) / asset.lstrip("/")
            assert answer.content == built.read_bytes()
