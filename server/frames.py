"""What a client may say in graphql-transport-ws, told from what is none of the protocol's.

https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md § Message types
"""

import json
from collections.abc import Mapping
from typing import Any, TypeAlias

from server.json_text import read_json

Message: TypeAlias = Mapping[str, Any]

_OBJECT_OR_NONE: Any = dict | None
# Of each message that a client sends; what else is in it is nobody's concern.
_TYPES_OF_PARTS: dict[str, dict[str, Any]] = {
    "connection_init": {"payload": _OBJECT_OR_NONE},
    "ping": {"payload": _OBJECT_OR_NONE},
    "pong": {"payload": _OBJECT_OR_NONE},
    "subscribe": {"id": str, "payload": dict},
    "complete": {"id": str},
}
_TYPES_IN_SUBSCRIBE = {
    "query": str,
    "operationName": str | None,
    "variables": _OBJECT_OR_NONE,
    "extensions": _OBJECT_OR_NONE,
}


# It is repeated with each event; a UUID has 36 characters.
LONGEST_ID = 128


class NoMessage(Exception):
    """A frame that is none of the protocol's. Its text is for the client."""


def read_message(text: str | None) -> Message:
    """The message in a frame, None for one of bytes. Raises NoMessage (§ Invalid message)."""
    if text is None:
        raise NoMessage("WebSocket message type must be text")
    try:
        message = read_json(text)
    except json.JSONDecodeError:
        raise NoMessage("WebSocket message must be valid JSON") from None
    if not isinstance(message, dict):
        raise NoMessage("A message must be a JSON object")
    kind = message.get("type")
    types = _TYPES_OF_PARTS.get(kind) if isinstance(kind, str) else None
    if types is None:
        raise NoMessage("Unknown message type")
    _check(message, types)
    if kind == "subscribe":
        _check(message["payload"], _TYPES_IN_SUBSCRIBE)
    return message


def _check(parts: Message, types: Mapping[str, Any]) -> None:
    for name, kind in types.items():
        if not isinstance(parts.get(name), kind):
            raise NoMessage(f"`{name}` has a value of a wrong type")
    if "id" in types and not 0 < len(parts["id"]) <= LONGEST_ID:
        raise NoMessage(f"`id` has 1 to {LONGEST_ID} characters")
