"""The counters counted again, in Python and from the messages alone, to hold against the stored."""

from collections import defaultdict
from typing import Any

from tests.support.snapshot import Snapshot, snapshot

Line = dict[str, Any]


async def assert_consistent() -> Snapshot:
    """Every stored counter is what a recount says, every sequence gapless; what was looked at."""
    tables = await snapshot()
    _check_unread(tables)
    _check_threads(tables)
    _check_feeds(tables)
    return tables


def visible_to(side: Line, tables: Snapshot) -> list[Line]:
    """The messages that one side of a conversation still shows, oldest first."""
    hidden = {
        line["message_id"]
        for line in tables["hidden_messages"]
        if line["user_id"] == side["user_id"]
    }
    return sorted(
        (
            message
            for message in tables["messages"]
            if message["conversation_id"] == side["conversation_id"]
            and message["deleted_at"] is None
            and message["seq"] > side["cleared_seq"]
            and message["id"] not in hidden
        ),
        key=lambda message: int(message["seq"]),
    )


def _check_unread(tables: Snapshot) -> None:
    totals: dict[str, int] = defaultdict(int)
    for side in tables["participants"]:
        visible = visible_to(side, tables)
        unread = [
            message
            for message in visible
            if message["sender_id"] != side["user_id"] and message["seq"] > side["read_seq"]
        ]
        assert side["unread_count"] == len(unread), side
        assert side["last_message_id"] == (visible[-1]["id"] if visible else None), side
        totals[side["user_id"]] += len(unread)
    for box in tables["mailboxes"]:
        assert box["unread_count"] == totals[box["user_id"]], box


def _check_threads(tables: Snapshot) -> None:
    seqs: dict[str, list[int]] = defaultdict(list)
    for message in tables["messages"]:
        seqs[message["conversation_id"]].append(message["seq"])
    for chat in tables["conversations"]:
        assert sorted(seqs[chat["id"]]) == list(range(1, chat["last_seq"] + 1)), chat


def _check_feeds(tables: Snapshot) -> None:
    seqs: dict[str, list[int]] = defaultdict(list)
    for entry in tables["feed_entries"]:
        seqs[entry["user_id"]].append(entry["seq"])
    for box in tables["mailboxes"]:
        expected = list(range(box["pruned_seq"] + 1, box["seq"] + 1))
        assert sorted(seqs[box["user_id"]]) == expected, box
