"""The served service beside the model: each action, and everybody's view of it, held to the model.

Everybody who may be here has a page open all the time, and is asked anew after each action.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Coroutine, Iterable
from contextlib import AsyncExitStack
from typing import Any, Self, TypeVar

from messaging.actions.grants import grant_role, revoke_role
from messaging.feed.cursor import Cursor
from models import Account, Role
from tests.properties.chats import Chat, Message
from tests.properties.desk import Desk, kind_of
from tests.properties.model import STRANGER, Model, Refused
from tests.properties.rules import COURSES, DEPARTMENT, ROLE
from tests.properties.views import Views
from tests.support.cast import ACCOUNT
from tests.support.client import Answer
from tests.support.people import Person, refusals
from tests.support.places import Place
from tests.support.recount import assert_consistent
from tests.support.service import serving

T = TypeVar("T")

# In so many steps everybody is asked once.
_TURNS = 4


class Office:
    """The account, served, with an open page for each who may be there."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._stack = AsyncExitStack()
        self.model = Model()
        self._people: dict[str, Person] = {}
        self._desks: dict[str, Desk] = {}
        self.user_ids: dict[str, str] = {}
        self.course_ids: dict[str, str] = {}
        self._failures = _Failures(logging.ERROR)
        self._turn = 0
        # What the model last had each person see.
        self._seen: dict[str, dict[str, Any]] = {}

    async def __aenter__(self) -> Self:
        """Start the service; everybody opens their page."""
        logging.getLogger().addHandler(self._failures)
        self._stack.callback(logging.getLogger().removeHandler, self._failures)
        service = await self._stack.enter_async_context(
            serving(self._place.settings(cost_limit=1_000_000))
        )
        self._service = service
        self._people = {name: Person(service, name) for name in (*ROLE, STRANGER)}
        self.user_ids = {name: await service.user(name) for name in ROLE}
        self.course_ids = {course: await service.course(course) for course in COURSES}
        self._views = Views(self.model, self.user_ids, self.course_ids)
        self._desks = {name: Desk(service, name, self.user_ids[name]) for name in ROLE}
        for desk in self._desks.values():
            self._stack.push_async_callback(desk.close)
        await self.compare()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Have everybody leave, and stop the service."""
        await self._stack.aclose()

    # What is done

    async def act(
        self, who: str, mutation: str, foreseen: Callable[[], T], **fields: object
    ) -> T | None:
        """Have somebody do what the model foresees; all must be as it says. None where refused."""
        try:
            result, expected = foreseen(), []
        except Refused as refused:
            result, expected = None, [(refused.code, refused.reason)]
        answer = await self._people[who].attempt(mutation, **fields)
        assert _refusals(answer, mutation) == expected
        if not expected:
            self._check_payload(who, answer.data[mutation], result)
        await self.compare()
        return result

    async def set_role(self, name: str, *, is_held: bool) -> None:
        """Have an operator grant or revoke somebody's administrative role."""
        set_role = grant_role if is_held else revoke_role
        account = await Account.get(slug=ACCOUNT)
        department = DEPARTMENT[name] if ROLE[name] == "DEPARTMENT_ADMIN" else None
        self.model.set_role(name, is_held=is_held)
        await self._service.parts.office.run(
            set_role, account.id, name, Role(ROLE[name]), department
        )
        await self.compare()

    def _check_payload(self, who: str, payload: Any, result: object) -> None:
        """What was done answers with the things as they stand now."""
        if isinstance(result, Message):
            given, chat = payload["message"], result.chat
            if not result.id:
                result.id, result.sent_at = given["id"], given["sentAt"]
                chat.id = chat.id or given["conversationId"]
                assert given["sentAt"] == max(each.sent_at for each in chat.messages)
            expected = self._views.message(who, result)
            assert _part(given, expected) == expected | {"sender": given["sender"]}
            result = chat
        if isinstance(result, Chat):
            expected = self._views.card(who, result)
            given = payload["conversation"]
            # Of the last message a payload is asked for less.
            last, expected_last = given.pop("lastMessage"), expected.pop("lastMessage")
            assert given == expected
            assert (last or {}).get("id") == (expected_last or {}).get("id")

    # What is seen

    async def compare(self, *, is_last: bool = False) -> None:
        """Pages, and what their people are answered, are what the model says.

        Asked is whose view the model changes, and by turns whose it does not; in the end everybody.
        """
        await self._of(self._desks, self._catch_up)
        self._turn += 1
        await self._of(
            [
                name
                for place, name in enumerate(self._desks)
                if self._has_changed(name) or is_last or (place + self._turn) % _TURNS == 0
            ],
            self._look,
        )
        await assert_consistent()
        assert self._failures.messages == []

    def _has_changed(self, name: str) -> bool:
        before, self._seen[name] = self._seen.get(name), self._views.all(name)
        return self._seen[name] != before

    async def _of(
        self, names: Iterable[str], do: Callable[[str], Coroutine[Any, Any, None]]
    ) -> None:
        async with asyncio.TaskGroup() as group:
            for name in names:
                group.create_task(do(name))

    async def _catch_up(self, name: str) -> None:
        """Have somebody's page hear what is new, and no more than that."""
        desk = self._desks[name]
        if not self.model.world.is_active(name):
            if desk.is_open:
                await desk.expect_end()
            return
        if not desk.is_open:
            is_first = not desk.page.cursor
            await desk.open()
            if is_first:
                desk.told = len(self.model.feeds[name])
        expected = self._views.entries(name, desk.told)
        try:
            heard = await desk.hear(len(expected))
        except TimeoutError:
            raise AssertionError(f"{name} was not told all of {expected}") from None
        assert Counter(map(kind_of, heard)) == Counter(expected), name

    async def _look(self, name: str) -> None:
        desk = self._desks[name]
        if not desk.is_open:
            return
        expected = self._views.all(name)
        asked, rest = await desk.look(is_administrative=self.model.world.is_administrative(name))
        assert asked.shown() == expected["page"], name
        assert desk.page.shown() == expected["page"], name
        assert asked.cursor == desk.page.cursor, name
        assert rest == {part: expected[part] for part in rest}, name

    async def replay(self, name: str) -> None:
        """The whole feed, told to an empty page, gives the page that the queries give."""
        desk = self._desks[name]
        if not desk.is_open:
            return
        nowhere = str(Cursor(Cursor.parse(desk.page.cursor).epoch, 0))
        page = await desk.replay(nowhere)
        expected = self._views.page(name)
        # A feed tells the viewer only where something changed.
        expected["viewer"] = page.viewer and expected["viewer"]
        assert page.shown() == expected, name

    async def pry(self, name: str) -> None:
        """Behind the ids of all people, chats and messages is what this person may see."""
        desk = self._desks[name]
        if not desk.is_open:
            return
        model = self.model
        for chat in model.chats.values():
            is_own = name in chat.people
            expected = [message.id for message in chat.thread(name)] if is_own else None
            assert await desk.thread(chat.id) == expected, name
        seen = [self.user_ids[other] for other in ROLE if model.sees(name, other)]
        assert await desk.sees(list(self.user_ids.values())) == seen, name
        messages = model.messages()
        visible = [
            message.id
            for message in messages
            if name in message.chat.people and message.chat.sees(name, message)
        ]
        assert await desk.sees([message.id for message in messages]) == visible, name

    async def replay_all(self) -> None:
        """Hold every feed, told from its beginning, and every view against the model."""
        await self._of(self._desks, self.replay)
        await self.compare(is_last=True)


class _Failures(logging.Handler):
    """Keeps what the service logs as its own failures."""

    def __init__(self, level: int) -> None:
        super().__init__(level)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(self.format(record))


def _refusals(answer: Answer, mutation: str) -> list[tuple[str, str | None]]:
    return [(code, None) for code in answer.codes] or refusals(answer.data[mutation])


def _part(whole: dict[str, Any], keys: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in whole.items() if key in keys}
