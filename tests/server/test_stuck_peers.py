"""Peers that do not read what they are sent."""

import asyncio
import socket

import pytest

from tests.support.cast import user_id
from tests.support.crowd import frame, upgrade
from tests.support.operations import FEED
from tests.support.people import Person, done
from tests.support.service import Service
from tests.support.waiting import until

# Enough to fill what the kernel and the transport hold between server and peer.
MESSAGES, LENGTH = 60, 4_000
SUBSCRIPTIONS = 90


async def stuck_peer(service: Service, name: str) -> socket.socket:
    """A socket with many feeds whose other end takes in next to nothing and never reads."""
    host, port = service.url.removeprefix("http://").split(":")
    peer = socket.socket()
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2_048)
    peer.setblocking(False)
    loop = asyncio.get_running_loop()
    await loop.sock_connect(peer, (host, int(port)))
    await loop.sock_sendall(peer, upgrade(host))
    assert b"101 " in await loop.sock_recv(peer, 1_024)
    authorization = {"Authorization": f"Bearer {service.token(name)}"}
    await loop.sock_sendall(peer, frame({"type": "connection_init", "payload": authorization}))
    await loop.sock_recv(peer, 1_024)
    for number in range(SUBSCRIPTIONS):
        payload = {"query": FEED.replace("body", "body more: body")}
        message = {"id": str(number), "type": "subscribe", "payload": payload}
        await loop.sock_sendall(peer, frame(message))
    return peer


async def test_a_peer_that_never_reads_is_given_up(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its subscriptions end and its bells are gone, while everybody else is served as ever."""
    monkeypatch.setattr("server.bounded.SEND_LIMIT_SECONDS", 0.5)
    leo, lena = Person(service, "leo"), await user_id("lena")
    doorbell = service.parts.doorbell
    with await stuck_peer(service, "lena"):
        await until(lambda: lena in doorbell.listening_users())
        chat = done(await leo.start("lena"))["conversation"]["id"]
        for _ in range(MESSAGES):
            done(await leo.send(chat, "x" * LENGTH))
        await until(lambda: lena not in doorbell.listening_users())
        assert (await Person(service, "lena").viewer())["unreadCount"] == MESSAGES + 1
