"""A conversation on one connection: what is said, what is heard, and what may be."""

from typing import Any

from tests.frames.model import OPERATIONS, Book
from tests.support.client import Closed
from tests.support.operations import FEED
from tests.support.people import Person, done
from tests.support.raw import Wire

WITNESS = "the witness"


class Talk:
    """What happens on one connection, step by step."""

    def __init__(self, socket: Wire, rita: Person) -> None:
        # What the connection must end by, once something must end it.
        self.must_close: int | None = None
        self._socket = socket
        self._rita = rita
        self._books: dict[str, Book] = {}
        self._heard: list[dict[str, Any]] = []
        self._code: int | None = None
        self._is_signed_in = False
        self._pings = 0
        self._told: list[str] = []

    async def sign_in(self, token: str, after: str) -> None:
        """Sign in, and have a feed that hears all from a place on."""
        payload = {"authorization": f"Bearer {token}"}
        await self._socket.send({"type": "connection_init", "payload": payload})
        self._is_signed_in = True
        self._books[WITNESS] = Book(["n*"])
        await self._socket.subscribe(FEED, WITNESS, variables={"after": after})

    async def take(self, step: tuple[str, ...]) -> None:
        """Do what was drawn."""
        match step:
            case "subscribe", id_, name:
                await self._subscribe(id_, name)
            case "complete", id_:
                self._complete(id_)
                await self._socket.send({"type": "complete", "id": id_})
            case "again", id_, name:
                await self._complete_and_subscribe(id_, name)
            case ("tell",) if self._is_signed_in:
                self._told.append(f"entry {len(self._told)}")
                done(await self._rita.start("ines", self._told[-1]))
            case ("ping",):
                await self._ping()
            case ("pong",):
                await self._socket.send({"type": "pong", "payload": {"any": ["thing"]}})
            case ("init",):
                # Before any sign-in it is one, of nobody.
                self.must_close = 4429 if self._is_signed_in else 4401
                await self._socket.send({"type": "connection_init"})
            case ("noise",):
                self.must_close = 4400
                await self._socket.send([])
            case ("in use",):
                self.must_close = 4409 if self._is_signed_in else 4401
                await self._socket.subscribe(FEED, WITNESS)

    async def hear_out(self) -> None:
        """Listen until all is answered that must be, or the connection ends."""
        if self.must_close is None:
            # What is heard after it was said after all that came before.
            await self._ping()
        while self._code is None and not (self.must_close is None and self._is_all_heard()):
            await self._hear()

    def judge(self) -> None:
        """Hold what was heard against what may be."""
        assert self._code == self.must_close
        kinds = [message["type"] for message in self._heard]
        assert kinds.count("connection_ack") == int(self._is_signed_in)
        assert kinds.count("pong") == self._pings
        assert {message["id"] for message in self._heard if "id" in message} <= set(self._books)
        for id_, book in self._books.items():
            assert book.may_be(self._frames(id_), is_cut=self._code is not None), id_
        bodies = self._witnessed()
        assert bodies == self._told[: len(bodies)]

    async def _subscribe(self, id_: str, name: str) -> None:
        document, answers = OPERATIONS[name]
        if not self._is_signed_in:
            self.must_close = 4401
        elif (book := self._books.get(id_)) is None:
            self._books[id_] = Book([answers])
        elif book.is_a_feed:
            self.must_close = 4409
        elif len(book.answers) > 1 or book.is_completed:
            # Which of its frames are whose could not be told apart.
            return
        else:
            while not book.may_be(self._frames(id_), is_cut=False):
                await self._hear()
            self._heard = [message for message in self._heard if message.get("id") != id_]
            self._books[id_] = Book([answers])
        await self._socket.subscribe(document, id_)

    def _complete(self, id_: str) -> None:
        if id_ in self._books:
            self._books[id_].is_completed = True

    async def _complete_and_subscribe(self, id_: str, name: str) -> None:
        """Use an id anew before anything tells that it is free; it is."""
        document, answers = OPERATIONS[name]
        book = self._books.get(id_)
        if book is None:
            return
        await self._socket.send({"type": "complete", "id": id_})
        book.answers.append(answers)
        book.is_completed = False
        await self._socket.subscribe(document, id_)

    async def _ping(self) -> None:
        self._pings += 1
        await self._socket.send({"type": "ping", "payload": None})

    async def _hear(self) -> None:
        try:
            self._heard.append(await self._socket.receive())
        except Closed as closed:
            self._code = closed.code

    def _is_all_heard(self) -> bool:
        return (
            sum(message["type"] == "pong" for message in self._heard) == self._pings
            and (not self._is_signed_in or self._witnessed() == self._told)
            and all(
                book.may_be(self._frames(id_), is_cut=False) for id_, book in self._books.items()
            )
        )

    def _frames(self, id_: str) -> str:
        """The kinds of the frames that an id was answered with, by their first letters."""
        return "".join(each["type"][0] for each in self._heard if each.get("id") == id_)

    def _witnessed(self) -> list[str]:
        return [
            each["payload"]["data"]["feed"]["message"]["body"]
            for each in self._heard
            if each.get("id") == WITNESS
        ]
