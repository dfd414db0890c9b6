"""The cast's service as processes of its own, and its people, known only by what it tells."""

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import pytest

from server.tokens import DEFAULT_LIFETIME, issue_token
from tests.support import operations
from tests.support.cast import ACCOUNT
from tests.support.client import Client
from tests.support.places import Place
from tests.support.process import Served, served_process
from tests.support.service import SECRET, WITHOUT_RATES


@asynccontextmanager
async def serving(
    place: Place, workers: int = 1, variables: Mapping[str, str] | None = None
) -> AsyncIterator[Served]:
    """The cast's service as a process of its own."""
    if workers > 1 and not place.is_postgres:
        pytest.skip("SQLite has one process")
    without_rates = {f"LMS_MESSAGES_{name.upper()}": str(it) for name, it in WITHOUT_RATES.items()}
    secret = {"LMS_MESSAGES_JWT_SECRET": SECRET}
    settings = {**place.variables, **secret, **without_rates, **(variables or {})}
    async with served_process(settings, workers) as service:
        yield service


def front_end(place: Place, service: Served, name: str) -> Client:
    """The front end of one of the cast."""
    return Client(service.url, issue_token(place.settings(), ACCOUNT, name, DEFAULT_LIFETIME))


async def start_chat(leo: Client) -> str:
    """Have leo write to lena; their chat."""
    found = (await leo.data(operations.RECIPIENTS))["recipients"]["edges"]
    [lena] = [edge["node"]["id"] for edge in found if edge["node"]["name"] == "Lena Cast"]
    given = {"recipientId": lena, "body": "Hello"}
    started = await leo.data(operations.MUTATIONS["startChat"], input=given)
    chat: str = started["startChat"]["conversation"]["id"]
    return chat


def workers_of(service: Served) -> list[int]:
    """The processes that serve, and served, in the order of their start."""
    return [
        int(pid) for pid in re.findall(r"Started server process \[(\d+)\]", "".join(service.said))
    ]
