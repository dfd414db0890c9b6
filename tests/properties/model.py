"""What each action does and answers, and whose feed tells it: D1-D5, A1-A4 and idempotency."""

from collections import defaultdict
from dataclasses import dataclass
from itertools import count

from tests.properties.chats import Chat, Message, Told
from tests.properties.rules import ROLE, World

# Signed in, and of another account.
STRANGER = "sam"


class Refused(Exception):
    """The code of a refusal or an error, and its reason."""

    def __init__(self, code: str, reason: str | None = None) -> None:
        super().__init__(code, reason)
        self.code = code
        self.reason = reason


@dataclass(frozen=True)
class Request:
    """A send as it may be repeated."""

    mutation: str
    target: tuple[str | Chat, ...]
    body: str


class Model:
    """The account: its rules, its chats and what each feed tells."""

    def __init__(self) -> None:
        self.world = World()
        self.chats: dict[frozenset[str], Chat] = {}
        self.feeds: dict[str, list[Told]] = defaultdict(list)
        self._keys: dict[tuple[str, str], tuple[Request, Message]] = {}
        self._moments = count(1)

    def chats_of(self, name: str) -> list[Chat]:
        """The chats in which somebody takes part, the latest activity first."""
        own = (chat for chat in self.chats.values() if name in chat.people)
        return sorted(own, key=lambda chat: -chat.moment)

    def sees(self, who: str, whom: str) -> bool:
        """Whether somebody is there for somebody."""
        return frozenset((who, whom)) in self.chats or self.world.sees_by_standing(who, whom)

    def messages(self) -> list[Message]:
        """All messages, those of the oldest chat first."""
        return [message for chat in self.chats.values() for message in chat.messages]

    # People who write

    def start(self, who: str, whom: str, body: str, key: str | None) -> Message:
        """Of startChat."""
        self._admit(who, who == STRANGER or self.world.is_administrative(who))
        request = Request("startChat", (whom,), body)
        if earlier := self._earlier(who, key, request):
            return earlier
        self._check_sees(who, whom)
        pair = frozenset((who, whom))
        reason = self.world.start_refusal(who, whom, have_chat=pair in self.chats)
        if reason is not None:
            raise Refused("MAY_NOT_START", reason)
        return self._send(who, self._chat_of(who, whom), request, key)

    def contact(self, who: str, whom: str, course: str, body: str, key: str | None) -> Message:
        """Of contactInstructor."""
        self._admit(who, who != STRANGER and "LEARNER" in self.world.roles(who))
        request = Request("contactInstructor", (course, whom), body)
        if earlier := self._earlier(who, key, request):
            return earlier
        if not self.world.sees_course(who, course):
            raise Refused("NOT_FOUND")
        self._check_sees(who, whom)
        if reason := self.world.contact_refusal(who, whom, course):
            raise Refused("MAY_NOT_START", reason)
        return self._send(who, self._chat_of(who, whom), request, key, course)

    def send(self, who: str, chat: Chat, body: str, key: str | None) -> Message:
        """Of sendMessage."""
        self._admit(who)
        request = Request("sendMessage", (chat,), body)
        if earlier := self._earlier(who, key, request):
            return earlier
        self._check_takes_part(who, chat)
        if reason := self.world.closed_reason(who, chat.peer_of(who)):
            raise Refused("CHAT_CLOSED", reason)
        return self._send(who, chat, request, key)

    def _earlier(self, who: str, key: str | None, request: Request) -> Message | None:
        if not request.body.strip():
            raise Refused("EMPTY_BODY")
        if key is None or (who, key) not in self._keys:
            return None
        first, message = self._keys[who, key]
        # What the request was is forgotten with the text (D1).
        if message.is_deleted:
            raise Refused("MESSAGE_DELETED")
        if first != request:
            raise Refused("IDEMPOTENCY_KEY_REUSED")
        if not message.chat.sees(who, message):
            raise Refused("MESSAGE_DELETED")
        return message

    def _chat_of(self, one: str, other: str) -> Chat:
        return self.chats.setdefault(frozenset((one, other)), Chat.of(one, other))

    def _send(
        self, who: str, chat: Chat, request: Request, key: str | None, course: str | None = None
    ) -> Message:
        message = Message(chat, len(chat.messages) + 1, who, request.body, course)
        chat.messages.append(message)
        chat.moment = next(self._moments)
        if key is not None:
            self._keys[who, key] = request, message
        for name, side in chat.sides.items():
            side.is_listed = True
            self._tell(name, "MessageSent", message)
        return message

    # People who delete and read

    def delete_message(self, who: str, message: Message, scope: str) -> Chat:
        """Of deleteMessage."""
        self._admit(who)
        chat = message.chat
        self._check_takes_part(who, chat)
        if message.seq <= chat.sides[who].cleared:
            raise Refused("NOT_FOUND")
        if scope == "FOR_ME":
            if not message.is_deleted and who not in message.hidden_from:
                self._tell(who, "MessageDeleted", message)
            message.hidden_from.add(who)
            return chat
        if message.sender != who and not self.world.administers_account(who):
            raise Refused("MAY_NOT_DELETE")
        if not message.is_deleted:
            for name, side in chat.sides.items():
                if message.seq > side.cleared:
                    self._tell(name, "MessageDeleted", message)
        message.is_deleted = True
        return chat

    def delete_chat(self, who: str, chat: Chat) -> Chat:
        """Of deleteChat."""
        self._admit(who)
        self._check_takes_part(who, chat)
        side = chat.sides[who]
        if side.is_listed:
            side.is_listed = False
            side.cleared = len(chat.messages)
            self._tell(who, "ChatDeleted", chat)
        return chat

    def mark_read(self, who: str, chat: Chat, up_to: int) -> Chat:
        """Of markRead."""
        self._admit(who)
        self._check_takes_part(who, chat)
        side = chat.sides[who]
        read = min(up_to, len(chat.messages))
        if read > side.read:
            side.read = read
            for name in chat.people:
                self._tell(name, "ChatRead", (chat, who, read))
        return chat

    # People who administer

    def set_mode(self, who: str, mode: str) -> None:
        """Of setMessagingMode."""
        self._admit(who, self.world.administers_account(who))
        if mode != self.world.mode:
            self.world.mode = mode
            for name in ROLE:
                self._tell(name, "AccessChanged")

    def set_teaching(self, who: str, course: str, whom: str, *, teaches: bool) -> None:
        """Of assignInstructor and unassignInstructor."""
        self._admit(who, who == STRANGER or self.world.administers_account(who))
        if who == STRANGER:
            raise Refused("NOT_FOUND")
        if teaches and not self.world.is_active(whom):
            raise Refused("MAY_NOT_MANAGE", f"PEER_{self.world.status[whom]}")
        if teaches != self.world.teaches(whom, course):
            self.world.teaching[course, whom] = teaches
            self._tell_of_access(whom)

    def set_status(self, who: str, whom: str, status: str) -> None:
        """Of deactivateUser, activateUser and removeUser."""
        self._admit(who, who == STRANGER or self.world.administers_account(who))
        if who == STRANGER:
            raise Refused("NOT_FOUND")
        if self.world.manage_refusal(who, whom, status):
            raise Refused("MAY_NOT_MANAGE")
        was = self.world.status[whom]
        # Who was removed stays removed until activated.
        if status != was and not (was == "REMOVED" and status == "DEACTIVATED"):
            self.world.status[whom] = status
            self._tell_of_access(whom)

    def set_role(self, name: str, *, is_held: bool) -> None:
        """Of the commands grant-role and revoke-role, for the role of the cast's roster."""
        role = ROLE[name] if is_held else "LEARNER"
        if role != self.world.role[name]:
            self.world.role[name] = role
            self._tell_of_access(name)

    # What all of them have in common

    def _admit(self, who: str, is_for_them: bool = True) -> None:
        if who != STRANGER and not self.world.is_active(who):
            raise Refused("UNAUTHENTICATED")
        if not is_for_them:
            raise Refused("FORBIDDEN")

    def _check_sees(self, who: str, whom: str) -> None:
        if who == STRANGER or not self.sees(who, whom):
            raise Refused("NOT_FOUND")

    def _check_takes_part(self, who: str, chat: Chat) -> None:
        if who not in chat.people:
            raise Refused("NOT_FOUND")

    def _tell(self, name: str, kind: str, about: object = None) -> None:
        self.feeds[name].append(Told(kind, about))

    def _tell_of_access(self, name: str) -> None:
        self._tell(name, "AccessChanged")
        for chat in self.chats_of(name):
            for each in chat.people:
                self._tell(each, "ChatStateChanged", chat)
