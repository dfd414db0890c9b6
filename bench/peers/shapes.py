"""What the endpoints by hand answer, made of the columns of bench.statements."""

from collections.abc import Callable, Sequence
from typing import Any

from messaging.reads.paging import encode_cursor

Json = dict[str, Any]
Row = Sequence[Any]
# An id without its dashes, a time as JSON is to show it: the databases differ in these.
AsHex = Callable[[Any], str]
AsTime = Callable[[Any], Any]

CHAT_WIDTH = 18


class Shapes:
    """Makes answers from one database's rows."""

    def __init__(self, as_hex: AsHex, as_time: AsTime) -> None:
        self._hex = as_hex
        self._time = as_time

    def inbox(self, viewer: Any, cursor: Row, chats: Sequence[Row], start: int) -> Json:
        """The answer to Chats; a chat begins at that column, 31 are one too many."""
        end = None
        if chats:
            last = chats[:30][-1]
            listed_at = self._time(last[start + CHAT_WIDTH])
            when = listed_at if isinstance(listed_at, str) else listed_at.isoformat()
            end = encode_cursor("conversations", when, self._hex(last[start]))
        return {
            "viewer": {"feedCursor": feed_cursor(cursor)},
            "conversations": {
                "edges": [{"node": self.chat(row, viewer, start)} for row in chats[:30]],
                "pageInfo": {"hasNextPage": len(chats) > 30, "endCursor": end},
            },
        }

    def thread(self, viewer: Any, chat: Row, start: int, messages: Sequence[Row]) -> Json:
        """The answer to Thread; the messages come newest first, 51 are one too many."""
        node = self.chat(chat, viewer, start)
        chat_id, peer_read_seq = node["id"], chat[start + 10]
        found = messages[49::-1]
        node["messages"] = {
            "edges": [
                {"node": self.message(chat_id, viewer, peer_read_seq, *row)} for row in found
            ],
            "pageInfo": {
                "hasPreviousPage": len(messages) > 50,
                "startCursor": encode_cursor("messages", found[0][1]) if found else None,
            },
        }
        return {"viewer": {"feedCursor": feed_cursor(chat)}, "conversation": node}

    def chat(self, row: Row, viewer: Any, start: int) -> Json:
        """A chat, from that column on."""
        (chat_id, peer_id, name, photo_url, role, status, department, unread_count,
         last_activity_at, reason, peer_read_seq, message_id, seq, body, sent_at, sender_id,
         course_id, title) = row[start : start + CHAT_WIDTH]  # fmt: skip
        chat = "conversation_" + self._hex(chat_id)
        return {
            "id": chat,
            "peer": {
                "id": "user_" + self._hex(peer_id),
                "name": name,
                "photoUrl": photo_url,
                "role": role,
                "status": status,
                "department": department,
            },
            "lastMessage": None
            if message_id is None
            else self.message(
                chat, viewer, peer_read_seq,
                message_id, seq, body, sent_at, sender_id, course_id, title,
            ),
            "unreadCount": unread_count,
            "lastActivityAt": self._time(last_activity_at),
            "mayReply": reason is None,
            "closedReason": reason,
        }  # fmt: skip

    def message(
        self,
        chat: str,
        viewer: Any,
        peer_read_seq: int,
        message_id: Any,
        seq: int,
        body: str,
        sent_at: Any,
        sender_id: Any,
        course_id: Any,
        title: str | None,
    ) -> Json:
        """A message."""
        is_mine = sender_id == viewer
        return {
            "id": "message_" + self._hex(message_id),
            "conversationId": chat,
            "seq": seq,
            "body": body,
            "sentAt": self._time(sent_at),
            "isMine": is_mine,
            "isReadByPeer": peer_read_seq >= seq if is_mine else None,
            "course": None
            if course_id is None
            else {"id": "course_" + self._hex(course_id), "title": title},
        }


def feed_cursor(row: Row) -> str:
    """The place in the feed, from a row's first two columns."""
    return f"{row[0]}{row[1]:016x}"
