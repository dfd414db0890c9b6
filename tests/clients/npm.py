"""The npm packages of the client tests."""

from functools import cache
from pathlib import Path

import pytest

from tests.support.npm import NpmMissing, install

HERE = Path(__file__).parent
PACKAGES = HERE / "node_modules"


def node() -> str:
    """The path of Node, with the packages installed. Skips the test where that cannot be."""
    found, why = _installed()
    if found is None:
        pytest.skip(why)
    return found


@cache
def _installed() -> tuple[str | None, str]:
    try:
        return install(HERE), ""
    except NpmMissing as missing:
        return None, str(missing)
