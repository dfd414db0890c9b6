"""What people do at random: hypothesis draws each step from what is there, the office compares."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

from hypothesis import strategies as st

from tests.properties.chats import Chat, Message
from tests.properties.model import STRANGER
from tests.properties.office import Office
from tests.properties.rules import COURSES, ROLE

T = TypeVar("T")

EVERYBODY = tuple(ROLE)
# Those around whom the rules turn come more often; now and then one to whom they do not apply.
STARTERS = ("olga", "adam", "rita", "mia", "leo", "leo", "leo", "lena", STRANGER)
LEARNERS = ("lena", "lena", "nora", "luca", "dora", "remo", "ines", "olga")
TEACHERS = ("ines", "ivan", "tina", "leo", "luca", "lena", "adam")
MANAGERS = (*("olga", "adam") * 4, "rita", STRANGER)
MANAGED = ("ines", "tina", "ivan", "lena", "nora", "dora", "remo", "leo", "adam", "olga", "olga")
BODIES = ("Hello", "Hello", "Hi", "Hi", "Hi", " \n")
KEYS = (None, None, "one", "two")
STATUSES = {
    "activateUser": "ACTIVE",
    "deactivateUser": "DEACTIVATED",
    "removeUser": "REMOVED",
}


class Play:
    """One run of steps, each drawn when it is its turn."""

    def __init__(self, office: Office, draw: Callable[..., Any]) -> None:
        self._office = office
        self._model = office.model
        self._draw = draw
        # Sends with a key, to be repeated as they were.
        self._keyed: list[Callable[[], Awaitable[None]]] = []

    async def run(self, at_most: int) -> None:
        """Begin with some chats, do some steps, and hold everything against the model once more."""
        await self._start("olga", "lena", "Hello", None)
        await self._contact("lena", "ines", "mechanics", "Hello", None)
        await self._start("leo", "nora", "Hello", None)
        await self._write("nora", next(reversed(self._model.chats.values())), "Hi", None)
        for _ in range(self._draw(st.integers(5, at_most), label="steps")):
            name = self._one("step", _WEIGHTED)
            await STEPS[name][1](self)
        await self._office.replay_all()

    def _one(self, label: str, among: Sequence[T]) -> T:
        found: T = self._draw(st.sampled_from(among), label=label)
        return found

    def _chat(self) -> Chat:
        return self._one("chat", list(self._model.chats.values()))

    def _taking_part(self, chat: Chat) -> str:
        """Mostly one of the two."""
        return self._one("who", (*chat.people * 4, "olga", "nora", STRANGER))

    # People who write

    async def start(self) -> None:
        """Of startChat."""
        who, whom = self._one("who", STARTERS), self._one("whom", EVERYBODY)
        body, key = self._one("body", BODIES), self._one("key", KEYS)
        await self._send(key, lambda: self._start(who, whom, body, key))

    async def contact(self) -> None:
        """Of contactInstructor."""
        who, course = self._one("who", LEARNERS), self._one("course", tuple(COURSES))
        shown = self._model.world.instructors(course)
        whom = self._one("whom", (*TEACHERS, *shown * 3))
        body, key = self._one("body", BODIES), self._one("key", KEYS)
        await self._send(key, lambda: self._contact(who, whom, course, body, key))

    async def write(self) -> None:
        """Of sendMessage."""
        chat = self._chat()
        who, body, key = self._taking_part(chat), self._one("body", BODIES), self._one("key", KEYS)
        await self._send(key, lambda: self._write(who, chat, body, key))

    async def repeat(self) -> None:
        """Of a send whose answer was lost."""
        if self._keyed:
            await self._one("repeated", self._keyed)()

    async def _send(self, key: str | None, send: Callable[[], Awaitable[None]]) -> None:
        await send()
        if key is not None:
            self._keyed.append(send)

    async def _start(self, who: str, whom: str, body: str, key: str | None) -> None:
        await self._office.act(
            who,
            "startChat",
            lambda: self._model.start(who, whom, body, key),
            recipientId=self._office.user_ids[whom],
            body=body,
            idempotencyKey=key,
        )

    async def _contact(self, who: str, whom: str, course: str, body: str, key: str | None) -> None:
        await self._office.act(
            who,
            "contactInstructor",
            lambda: self._model.contact(who, whom, course, body, key),
            courseId=self._office.course_ids[course],
            instructorId=self._office.user_ids[whom],
            body=body,
            idempotencyKey=key,
        )

    async def _write(self, who: str, chat: Chat, body: str, key: str | None) -> None:
        await self._office.act(
            who,
            "sendMessage",
            lambda: self._model.send(who, chat, body, key),
            conversationId=chat.id,
            body=body,
            idempotencyKey=key,
        )

    # People who delete and read

    async def delete_message(self) -> None:
        """Of deleteMessage."""
        message: Message = self._one("message", self._chat().messages[::-1])
        who = self._taking_part(message.chat)
        scope = self._one("scope", ("FOR_EVERYONE", "FOR_EVERYONE", "FOR_ME"))
        await self._office.act(
            who,
            "deleteMessage",
            lambda: self._model.delete_message(who, message, scope),
            messageId=message.id,
            scope=scope,
        )

    async def delete_chat(self) -> None:
        """Of deleteChat."""
        chat = self._chat()
        who = self._taking_part(chat)
        await self._office.act(
            who,
            "deleteChat",
            lambda: self._model.delete_chat(who, chat),
            conversationId=chat.id,
        )

    async def mark_read(self) -> None:
        """Of markRead."""
        chat = self._chat()
        who = self._taking_part(chat)
        up_to = self._one("up to", range(-1, len(chat.messages) + 2))
        await self._office.act(
            who,
            "markRead",
            lambda: self._model.mark_read(who, chat, up_to),
            conversationId=chat.id,
            upToSeq=up_to,
        )

    # People who administer

    async def set_mode(self) -> None:
        """Of setMessagingMode, mostly back to ON."""
        who = self._one("who", MANAGERS[:-1])
        is_on = self._model.world.mode == "ON"
        mode = self._one("mode", ("ON", "OFF") if is_on else ("ON", "ON", "OFF"))
        await self._office.act(
            who, "setMessagingMode", lambda: self._model.set_mode(who, mode), mode=mode
        )

    async def set_teaching(self) -> None:
        """Of assignInstructor and unassignInstructor."""
        who, course = self._one("who", MANAGERS), self._one("course", tuple(COURSES))
        teaches = self._one("teaches", (False, True))
        taught = [name for name in TEACHERS if self._model.world.teaches(name, course)]
        whom = self._one("whom", TEACHERS if teaches else (*TEACHERS, *taught * 4))
        await self._office.act(
            who,
            "assignInstructor" if teaches else "unassignInstructor",
            lambda: self._model.set_teaching(who, course, whom, teaches=teaches),
            courseId=self._office.course_ids[course],
            userId=self._office.user_ids[whom],
        )

    async def set_status(self) -> None:
        """Of deactivateUser, activateUser and removeUser, mostly what is not so already."""
        who, whom = self._one("who", MANAGERS), self._one("whom", MANAGED)
        is_active = self._model.world.is_active(whom)
        mutation = self._one("how", (*STATUSES, *(() if is_active else ("activateUser",))))
        await self._office.act(
            who,
            mutation,
            lambda: self._model.set_status(who, whom, STATUSES[mutation]),
            userId=self._office.user_ids[whom],
        )

    async def set_role(self) -> None:
        """Of grant-role and revoke-role, mostly back to what it was."""
        whom = self._one("whom", ("adam", "mia", "leo", "leo"))
        has_it = self._model.world.is_administrative(whom)
        is_held = self._one("holds", (False, True) if has_it else (True, True, False))
        await self._office.set_role(whom, is_held=is_held)

    async def pry(self) -> None:
        """Ask for what is behind every id, and read a feed from its beginning."""
        who = self._one("who", EVERYBODY)
        await self._office.pry(who)
        await self._office.replay(who)


# Each with how often it comes.
STEPS: dict[str, tuple[int, Callable[[Play], Awaitable[None]]]] = {
    "write": (6, Play.write),
    "start": (2, Play.start),
    "contact": (3, Play.contact),
    "repeat": (2, Play.repeat),
    "delete message": (6, Play.delete_message),
    "delete chat": (4, Play.delete_chat),
    "mark read": (4, Play.mark_read),
    "set mode": (2, Play.set_mode),
    "set teaching": (3, Play.set_teaching),
    "set status": (3, Play.set_status),
    "set role": (1, Play.set_role),
    "pry": (1, Play.pry),
}
_WEIGHTED = tuple(name for name, (weight, _) in STEPS.items() for _ in range(weight))
