"""The audits of GraphQL over HTTP, by npm's graphql-http, find nothing."""

import asyncio
import json

import pytest

from tests.clients import npm
from tests.support.places import Place
from tests.support.service import serving

AUDITS = 61
LIMIT_SECONDS = 60.0


async def audited(node: str, url: str) -> list[dict[str, str]]:
    """What each audit of that address found."""
    process = await asyncio.create_subprocess_exec(
        node, "audits.js", url, cwd=npm.HERE, stdout=asyncio.subprocess.PIPE
    )
    try:
        async with asyncio.timeout(LIMIT_SECONDS):
            told, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert process.returncode == 0
    results: list[dict[str, str]] = json.loads(told)
    return results


@pytest.mark.sqlite_only(reason="what is tested is no database's")
async def test_the_audits(place: Place) -> None:
    """Every audit passes, what the specification only recommends included."""
    node = npm.node()
    settings = place.settings(get_queries=True, introspection=True)
    async with serving(settings) as service:
        results = await audited(node, f"{service.url}/graphql")
    assert [result for result in results if result["status"] != "ok"] == []
    assert len({result["id"] for result in results}) == AUDITS
