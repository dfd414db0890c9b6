"""Reads that something within cancels: nobody waits for them in vain."""

import asyncio

import pytest

from messaging.doorbell import Ring, Topic
from tests.support.cast import user_id
from tests.support.operations import VIEWER
from tests.support.service import Service


async def cancelled(*_: object) -> None:
    """What a library does that cancels more than it should."""
    raise asyncio.CancelledError


async def test_of_who_signs_in(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """A request whose read is cancelled is answered INTERNAL, the next one as ever."""
    lena = service.as_("lena")
    with monkeypatch.context() as broken:
        broken.setattr("messaging.viewer_reader.find_viewers", cancelled)
        answer = await lena.ask(VIEWER)
        assert (answer.status, answer.codes) == (500, ["INTERNAL"])
    assert (await lena.ask(VIEWER)).codes == []


async def test_of_who_is_here(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """A socket whose rights cannot be read for it is closed with 4408, the next one stays."""
    lena = service.as_("lena")
    async with lena.socket() as socket:
        await (await socket.subscribe(VIEWER)).next()
        with monkeypatch.context() as broken:
            broken.setattr("messaging.viewer_reader.load_viewers", cancelled)
            service.parts.doorbell.wake([Ring(Topic.ACCESS, await user_id("lena"))])
            assert await socket.closed() == 4408
    async with lena.socket() as socket:
        assert await (await socket.subscribe(VIEWER)).next()
