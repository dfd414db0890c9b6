"""The checkout that is built."""

from pathlib import Path

import pytest

from tests.support.checkout import Checkout, bare_checkout


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Checkout:
    """A checkout on a machine with neither Node nor pip's Node."""
    return bare_checkout(tmp_path, monkeypatch)
