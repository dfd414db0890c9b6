"""What is taken for a build of the sources as they are: a whole one, begun after they were."""

import os
import time
from pathlib import Path

import pytest

import build_pages
from tests.support.checkout import Checkout


def test_what_is_newer(checkout: Checkout) -> None:
    """Newer sources or a newer schema make a build old; what npm keeps for itself does not."""
    checkout.has_node("v22.14.0")
    assert not build_pages.is_current(checkout.root)
    build_pages.build(checkout.root)
    page = checkout.built / "index.html"
    assert build_pages.is_current(checkout.root)
    checkout.touch("web/node_modules/.package-lock.json", after=page)
    assert build_pages.is_current(checkout.root)
    for source in ("web/src/main.tsx", "schema.graphql", "web/package-lock.json"):
        old = (checkout.root / source).stat().st_mtime
        checkout.touch(source, after=page)
        assert not build_pages.is_current(checkout.root), source
        os.utime(checkout.root / source, (old, old))
    assert build_pages.is_current(checkout.root)


def test_an_older_build_stays(checkout: Checkout) -> None:
    """A build that fails leaves the last good one to be served."""
    checkout.has_node("v22.14.0")
    assert build_pages.main([]) == 0
    checkout.fails_with("EUNKNOWN")
    assert build_pages.main([]) == 1
    assert (checkout.built / "index.html").exists()


def test_half_a_build(checkout: Checkout) -> None:
    """A build that ends half done is none: the next one builds, and the last whole one stays."""
    checkout.has_node("v22.14.0")
    checkout.builds_half()
    assert build_pages.main(["--if-needed"]) == 0
    assert not build_pages.is_current(checkout.root)
    assert [file.name for file in checkout.built.iterdir()] == ["why-not.txt"]
    checkout.monkeypatch.delenv("HALF")
    assert build_pages.main(["--if-needed"]) == 0
    assert build_pages.is_current(checkout.root)
    whole = {file.name for file in (checkout.built / "assets").iterdir()}
    assert whole == {"app-1.js", "app-1.js.gz", "tiny-2.js"}

    checkout.touch("web/src/main.tsx", after=checkout.built / "index.html")
    checkout.builds_half()
    assert build_pages.main([]) == 1
    assert not build_pages.is_current(checkout.root)
    assert {file.name for file in (checkout.built / "assets").iterdir()} == whole


def test_an_interrupted_build(checkout: Checkout) -> None:
    """Interrupted before all is packed, it leaves what was there, and nothing of its own."""
    checkout.has_node("v22.14.0")

    def interrupt(_: Path) -> None:
        raise KeyboardInterrupt

    with checkout.monkeypatch.context() as interrupted:
        interrupted.setattr(build_pages, "_pack", interrupt)
        with pytest.raises(KeyboardInterrupt):
            build_pages.build(checkout.root)
    assert not build_pages.is_current(checkout.root)
    assert [path.name for path in (checkout.root / "server").iterdir()] == ["__init__.py"]


def test_a_source_that_changes_while_it_is_built(checkout: Checkout) -> None:
    """What was changed after the build began is not in it."""
    checkout.has_node("v22.14.0")
    npm = build_pages._npm

    def change_before(web: Path, node: build_pages.Node, *words: str) -> None:
        now = time.time()
        os.utime(web / "src" / "main.tsx", (now, now))
        npm(web, node, *words)
        for page in (checkout.root / "server").rglob("index.html"):
            os.utime(page, (now + 1, now + 1))

    with checkout.monkeypatch.context() as changed:
        changed.setattr(build_pages, "_npm", change_before)
        build_pages.build(checkout.root)
    assert not build_pages.is_current(checkout.root)
    build_pages.build(checkout.root)
    assert build_pages.is_current(checkout.root)
