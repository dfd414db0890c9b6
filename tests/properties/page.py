"""A person's page as a front end keeps it: a reducer over the entries of a feed.

It is given an entry as the API tells it, never asks, and knows nothing of the rules. Entries carry
state, so it puts down what they say and never counts.
"""

from typing import Any

_MESSAGE = "id seq body sentAt isMine isReadByPeer sender { id } course { id title }"
_CARD = f"""id unreadCount lastActivityAt mayReply closedReason peer {{ id name status }}
    lastMessage {{ {_MESSAGE} }}"""
_VIEWER = "roles messagingMode user { status }"

FEED = f"""subscription ($after: String) {{ feed(after: $after) {{ __typename cursor unreadCount
    ... on MessageSent {{ message {{ {_MESSAGE} }} conversation {{ {_CARD} }} }}
    ... on MessageDeleted {{ messageId conversation {{ {_CARD} }} }}
    ... on ChatDeleted {{ conversationId }}
    ... on ChatRead {{ conversation {{ {_CARD} }} userId upToSeq }}
    ... on ChatStateChanged {{ conversation {{ {_CARD} }} }}
    ... on AccessChanged {{ viewer {{ {_VIEWER} }} }} }} }}"""

LISTS = f"""{{ viewer {{ feedCursor unreadCount {_VIEWER} }}
    conversations(first: 100) {{ edges {{ node {{ {_CARD}
        messages(first: 100) {{ edges {{ node {{ {_MESSAGE} }} }} }} }} }} }} }}"""


class Page:
    """The list of chats, their threads, and what stands above them."""

    def __init__(self, own_id: str) -> None:
        self._own_id = own_id
        self.cursor = ""
        self.unread = 0
        self.viewer: dict[str, Any] | None = None
        self.cards: dict[str, dict[str, Any]] = {}
        self._threads: dict[str, dict[str, dict[str, Any]]] = {}

    def load(self, lists: dict[str, Any]) -> None:
        """Begin anew with what the queries give, feedCursor included."""
        viewer = dict(lists["viewer"])
        self.cursor, self.unread = viewer.pop("feedCursor"), viewer.pop("unreadCount")
        self.viewer = viewer
        self.cards, self._threads = {}, {}
        for edge in lists["conversations"]["edges"]:
            card = dict(edge["node"])
            messages = [edge["node"] for edge in card.pop("messages")["edges"]]
            self.cards[card["id"]] = card
            self._threads[card["id"]] = {message["id"]: message for message in messages}

    def apply(self, entry: dict[str, Any]) -> None:
        """Put down what an entry says; one that was told before changes nothing."""
        if entry["cursor"] <= self.cursor:
            return
        self.cursor, self.unread = entry["cursor"], entry["unreadCount"]
        match entry["__typename"]:
            case "MessageSent":
                self._show(entry["conversation"])[entry["message"]["id"]] = entry["message"]
            case "MessageDeleted":
                self._show(entry["conversation"]).pop(entry["messageId"], None)
            case "ChatDeleted":
                self.cards.pop(entry["conversationId"], None)
                self._threads.pop(entry["conversationId"], None)
            case "ChatRead":
                self._update(entry["conversation"])
                self._mark_read(entry)
            case "ChatStateChanged":
                self._update(entry["conversation"])
            case "AccessChanged":
                self.viewer = entry["viewer"]

    def _show(self, card: dict[str, Any]) -> dict[str, dict[str, Any]]:
        """Have a chat in the list; its thread. Messages come, and go, only where it is listed."""
        self.cards[card["id"]] = card
        return self._threads.setdefault(card["id"], {})

    def _update(self, card: dict[str, Any]) -> None:
        if card["id"] in self.cards:
            self.cards[card["id"]] = card

    def _mark_read(self, entry: dict[str, Any]) -> None:
        if entry["userId"] == self._own_id:
            return
        for message in self._threads.get(entry["conversation"]["id"], {}).values():
            if message["isMine"] and message["seq"] <= entry["upToSeq"]:
                message["isReadByPeer"] = True

    def shown(self) -> dict[str, Any]:
        """What stands on it, chats with the latest activity first, messages oldest first."""
        cards = sorted(
            self.cards.values(),
            key=lambda card: (card["lastActivityAt"], card["id"]),
            reverse=True,
        )
        return {
            "viewer": self.viewer,
            "unread": self.unread,
            "chats": [
                card
                | {
                    "thread": sorted(
                        self._threads[card["id"]].values(), key=lambda message: int(message["seq"])
                    )
                }
                for card in cards
            ],
        }
