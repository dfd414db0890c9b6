"""Frames at random: what is none of the protocol's ends its connection, by the right code.

`make test` sends the same few each time, `make frames EXAMPLES=… SEED=…` as many others as you
like.
"""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.frames import LONGEST_ID
from tests.frames.running import CHOSEN_SEED, chosen, one_service
from tests.support.client import Closed
from tests.support.places import Place
from tests.support.raw import Wire, wire
from tests.support.service import Service

TYPES = ("connection_init", "ping", "pong", "subscribe", "complete")
DOCUMENTS = ("{ __typename }", "{ nothing }", "{", "", "subscription { feed { cursor } }")

_TEXTS = st.text(max_size=20) | st.text(st.characters(categories=["Cs", "Cc", "L"]), max_size=5)
_LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | _TEXTS
_JSON = st.recursive(
    _LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXTS, inner, max_size=3)
)
_PAYLOADS = st.fixed_dictionaries(
    {"query": st.sampled_from(DOCUMENTS) | _JSON},
    optional={"variables": _JSON, "operationName": _JSON, "extensions": _JSON, "more": _JSON},
)
# Mostly as they should be: noise alone would never come past the first check.
_MESSAGES = st.fixed_dictionaries(
    {"type": st.sampled_from(TYPES)},
    optional={
        "id": st.sampled_from(("1", "2", "")) | _JSON,
        "payload": _PAYLOADS | st.none() | st.just({}) | _JSON,
        "more": _JSON,
    },
)
_WRITTEN = (_MESSAGES | _JSON).map(json.dumps)
FRAMES = _WRITTEN | _WRITTEN.map(lambda text: text[:-1]) | st.text(max_size=20) | st.binary()


@pytest.mark.timeout(120 if CHOSEN_SEED is None else 0)
def test_noise(place: Place, caplog: pytest.LogCaptureFixture) -> None:
    """Whatever comes, the connection goes on or ends by the protocol's code, and nothing breaks."""
    with one_service(place, caplog) as run:

        @given(frames=st.lists(FRAMES, min_size=1, max_size=8), bytes_are_text=st.booleans())
        def noise(frames: list[str | bytes], *, bytes_are_text: bool) -> None:
            run(lambda service: _speak(service, frames, bytes_are_text=bytes_are_text))

        chosen(noise)


async def _speak(service: Service, frames: list[str | bytes], *, bytes_are_text: bool) -> None:
    async with wire(service.url) as socket:
        await socket.init(service.token("ines"))
        in_use: set[str] = set()
        for frame in frames:
            raw = frame if isinstance(frame, bytes) else frame.encode("utf-8", "surrogatepass")
            is_text = isinstance(frame, str) or bytes_are_text
            await socket.connection.send(raw, text=is_text)
            codes = permitted(raw, is_text=is_text, in_use=in_use)
            code = await _code_after(socket)
            assert code in codes, (frame, is_text)
            if code is not None:
                return


async def _code_after(socket: Wire) -> int | None:
    """What ended the connection; None where it goes on, and answers."""
    witness = {"id": "the witness", "type": "subscribe", "payload": {"query": "{ __typename }"}}
    try:
        await socket.send(witness)
        while (await socket.receive()) != {"type": "complete", "id": "the witness"}:
            pass
    except Closed as closed:
        return closed.code
    return None


def permitted(raw: bytes, *, is_text: bool, in_use: set[str]) -> set[int | None]:
    """What a frame may do to a connection that has signed in, by the protocol's document.

    ``in_use`` are the ids that an operation may still have, and gets those that are begun.
    """
    if not is_text:
        return {4400}
    try:
        message: object = json.loads(raw.decode(), parse_constant=_refuse)
    except UnicodeDecodeError:
        return {1007}
    except ValueError:
        return {4400}
    return _permitted_message(message, in_use) if _is_of_the_protocol(message) else {4400}


def _permitted_message(message: Any, in_use: set[str]) -> set[int | None]:
    match message["type"]:
        case "connection_init":
            return {4429}
        case "complete":
            in_use.discard(message["id"])
        case "subscribe" if message["id"] in in_use:
            # Whether it is over by now is not for a client to know.
            return {4409, None}
        case "subscribe":
            in_use.add(message["id"])
    return {None}


def _is_of_the_protocol(message: object) -> bool:
    match message:
        case {"type": "connection_init" | "ping" | "pong"}:
            return _has(message, "payload", dict | None)
        case {"type": "complete", "id": str(id_)}:
            return 0 < len(id_) <= LONGEST_ID
        case {"type": "subscribe", "id": str(id_), "payload": {"query": str()} as asked}:
            return (
                0 < len(id_) <= LONGEST_ID
                and _has(asked, "variables", dict | None)
                and _has(asked, "extensions", dict | None)
                and _has(asked, "operationName", str | None)
            )
    return False


def _has(parts: Any, name: str, kind: Any) -> bool:
    return isinstance(parts.get(name), kind)


def _refuse(constant: str) -> None:
    raise ValueError(constant)
