"""Turns of the loop: whoever brings much in one write has others served in between."""

import asyncio
from uuid import UUID

import pytest
from starlette.types import Message as Event

from messaging.viewers import Viewer
from server.bounded import Peer
from server.connections import SLICE_BYTES
from server.sockets import OPERATIONS_AT_ONCE
from tests.support.crowd import frame
from tests.support.raw import Wire, wire
from tests.support.service import Service

PING, PONG = {"type": "ping"}, {"type": "pong"}
PINGS = 500
QUERY = "{ __typename }"


def neighbour_pings(monkeypatch: pytest.MonkeyPatch, neighbour: Wire) -> list[Peer]:
    """Whom the server tells something from now on, in order; after the first a neighbour pings."""
    told: list[Peer] = []
    push = Peer.push

    async def push_and_note(peer: Peer, event: Event) -> None:
        await push(peer, event)
        told.append(peer)
        if len(told) == 1:
            neighbour.connection.transport.write(frame(PING))

    monkeypatch.setattr(Peer, "push", push_and_note)
    return told


def assert_served_in_between(told: list[Peer]) -> None:
    """The neighbour was told theirs before the first that was served had heard all."""
    greedy = told[0]
    [place] = [number for number, peer in enumerate(told) if peer is not greedy]
    assert place < len(told) - 1


async def test_messages_of_one_write(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each message has a turn of its own, however many come at once."""
    written = frame(PING) * PINGS
    assert len(written) < SLICE_BYTES
    async with wire(service.url) as greedy, wire(service.url) as neighbour:
        told = neighbour_pings(monkeypatch, neighbour)
        greedy.connection.transport.write(written)
        for _ in range(PINGS):
            assert await greedy.receive() == PONG
        assert await neighbour.receive() == PONG
        assert_served_in_between(told)


async def test_operations_of_one_write(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each operation is read and checked in a turn of its own, though rights are read together."""
    all_asked, asked = asyncio.Event(), 0
    load = service.parts.viewers.load

    async def load_with_all(user_id: UUID) -> Viewer:
        nonlocal asked
        asked += 1
        if asked >= OPERATIONS_AT_ONCE:
            all_asked.set()
        await all_asked.wait()
        return await load(user_id)

    async with wire(service.url) as greedy, wire(service.url) as neighbour:
        await greedy.init(service.token("ines"))
        # A known document: what is quickest is most at once.
        await greedy.subscribe(QUERY)
        assert [(await greedy.receive())["type"] for _ in range(2)] == ["next", "complete"]
        monkeypatch.setattr(service.parts.viewers, "load", load_with_all)
        told = neighbour_pings(monkeypatch, neighbour)
        subscribe = {"type": "subscribe", "payload": {"query": QUERY}}
        ids = [str(number) for number in range(OPERATIONS_AT_ONCE)]
        written = b"".join(frame({**subscribe, "id": id_}) for id_ in ids)
        greedy.connection.transport.write(written)
        answers = [await greedy.receive() for _ in range(2 * len(ids))]
        assert sorted(each["id"] for each in answers) == sorted(ids * 2)
        assert {each["type"] for each in answers} == {"next", "complete"}
        assert await neighbour.receive() == PONG
        assert_served_in_between(told)
