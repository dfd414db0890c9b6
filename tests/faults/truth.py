"""What the database has, read past the service."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from tests.faults.cluster import Cluster
from tests.faults.history import Entry, Mailbox, Message, Side, Truth

_PEOPLE = "SELECT id, source_id FROM users"
_MESSAGES = "SELECT id, conversation_id, seq, sender_id, body FROM messages"
# On PostgreSQL the moment of COMMIT, on SQLite one shortly before.
_ENTRIES = """SELECT user_id, seq, kind, message_id, {committed_at} FROM feed_entries"""
_MAILBOXES = "SELECT user_id, seq, unread_count FROM mailboxes"
_SIDES = "SELECT conversation_id, user_id, read_seq, unread_count FROM participants"
_CONVERSATIONS = "SELECT id, last_seq FROM conversations"

Rows = list[Sequence[Any]]


async def read_truth(cluster: Cluster) -> Truth:
    """All that a run is judged by."""
    postgres = cluster.postgres is not None
    committed_at = "pg_xact_commit_timestamp(xmin)" if postgres else "created_at"
    statements = [
        _PEOPLE,
        _MESSAGES,
        _ENTRIES.format(committed_at=committed_at),
        _MAILBOXES,
        _SIDES,
        _CONVERSATIONS,
    ]
    people, messages, entries, mailboxes, sides, conversations = await _read(cluster, statements)
    names = {_hex(key): str(name) for key, name in people}
    return Truth(
        [
            Message(_hex(key), _hex(chat), seq, names[_hex(sender)], body)
            for key, chat, seq, sender, body in messages
        ],
        [
            Entry(names[_hex(user)], seq, kind, message and _hex(message), _seconds(at))
            for user, seq, kind, message, at in entries
        ],
        [Mailbox(names[_hex(user)], seq, unread) for user, seq, unread in mailboxes],
        [Side(_hex(chat), names[_hex(user)], read, unread) for chat, user, read, unread in sides],
        {_hex(chat): seq for chat, seq in conversations},
    )


async def heads(cluster: Cluster) -> dict[str, int]:
    """Where each person's feed ends now."""
    people, mailboxes = await _read(cluster, [_PEOPLE, _MAILBOXES])
    names = {_hex(key): str(name) for key, name in people}
    return {names[_hex(user)]: seq for user, seq, _ in mailboxes}


async def _read(cluster: Cluster, statements: Sequence[str]) -> list[Rows]:
    if cluster.postgres is None:
        with closing(sqlite3.connect(cluster.directory / "messages.db")) as file:
            return [file.execute(statement).fetchall() for statement in statements]
    connection = await asyncpg.connect(cluster.postgres.url())
    try:
        return [await connection.fetch(statement) for statement in statements]
    finally:
        await connection.close()


def _hex(key: UUID | str) -> str:
    return UUID(str(key)).hex


def _seconds(moment: datetime | str) -> float:
    if isinstance(moment, str):
        moment = datetime.fromisoformat(moment)
    return moment.timestamp()
