"""Lists, page by page: keyset pages that neither repeat nor leave out."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from tests.support.client import Client
from tests.support.many import add_course, add_people, write
from tests.support.people import Person
from tests.support.service import Service
from tests.support.snapshot import unchanged

PAGE = """{ edges { cursor node { %s } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor } }"""


@dataclass(frozen=True)
class Listing:
    """A list at the root: how its rows are shown, and who reads it here."""

    field: str
    shows: str
    text: Callable[[Any], str]
    reader: str = "olga"

    async def page(self, client: Client, **arguments: Any) -> Any:
        """One page."""
        passed = ", ".join(f"{name}: ${name}" for name in arguments)
        kinds = {"first": "Int", "status": "UserStatus", "unreadOnly": "Boolean"}
        declared = ", ".join(f"${name}: {kinds.get(name, 'String')}" for name in arguments)
        head, call = (f"({declared})", f"({passed})") if arguments else ("", "")
        document = f"query {head} {{ {self.field}{call} {PAGE % self.shows} }}"
        return (await client.data(document, **arguments))[self.field]

    async def names(self, client: Client, **arguments: Any) -> list[str]:
        """What one page shows."""
        return self.shown(await self.page(client, **arguments))

    def shown(self, page: Any) -> list[str]:
        """What a page shows."""
        return [self.text(edge["node"]) for edge in page["edges"]]


CHATS = Listing("conversations", "peer { name }", lambda node: str(node["peer"]["name"]), "adam")
COURSES = Listing("courses", "title", lambda node: str(node["title"]))
RECIPIENTS = Listing("recipients", "name", lambda node: str(node["name"]))
USERS = Listing("users", "name", lambda node: str(node["name"]))
LISTINGS = (CHATS, COURSES, RECIPIENTS, USERS)


async def fill(service: Service) -> None:
    """Enough of everything for several pages."""
    people = await add_people(*(f"Person {number:02}" for number in range(12)))
    for person in people:
        await write(service, "adam", person)
    for number in range(10):
        await add_course(f"Course {number}")


async def add_in_front(service: Service, number: int) -> None:
    """A row more at the front of every list."""
    name = f"Aaa {9 - number}"
    [person] = await add_people(name)
    await write(service, "adam", person)
    await add_course(name)


@pytest.mark.parametrize("listing", LISTINGS, ids=lambda listing: listing.field)
async def test_walking_while_rows_come_in(service: Service, listing: Listing) -> None:
    """Page by page, each row is shown once and none left out, though rows come in at the front."""
    await fill(service)
    client = service.as_(listing.reader)
    expected = await listing.names(client, first=100)
    assert len(expected) >= 12
    shown: list[str] = []
    page = await listing.page(client, first=5)
    assert not page["pageInfo"]["hasPreviousPage"]
    for number in range(10):
        shown += listing.shown(page)
        info = page["pageInfo"]
        assert info["startCursor"] == page["edges"][0]["cursor"]
        assert info["endCursor"] == page["edges"][-1]["cursor"]
        if not info["hasNextPage"]:
            break
        await add_in_front(service, number)
        page = await listing.page(client, first=5, after=info["endCursor"])
        assert page["pageInfo"]["hasPreviousPage"]
    assert shown == expected


@pytest.mark.parametrize("listing", LISTINGS, ids=lambda listing: listing.field)
async def test_the_size_of_a_page(service: Service, listing: Listing) -> None:
    """A page has 1 to 100 rows, 20 where nothing is said; other sizes are BAD_INPUT."""
    await fill(service)
    client = service.as_(listing.reader)
    everything = await listing.names(client, first=100)
    assert await listing.names(client) == everything[:20]
    assert await listing.names(client, first=None) == everything[:20]
    for size in (1, 3):
        page = await listing.page(client, first=size)
        assert listing.shown(page) == everything[:size]
        assert page["pageInfo"]["hasNextPage"]
    last = await listing.page(client, first=len(everything))
    assert not last["pageInfo"]["hasNextPage"]
    for size in (0, -1, 101, 2**31 - 1):
        answer = await client.ask(f"{{ {listing.field}(first: {size}) {{ __typename }} }}")
        assert answer.codes == ["BAD_INPUT"]


@pytest.mark.parametrize("listing", LISTINGS, ids=lambda listing: listing.field)
async def test_cursors_from_elsewhere(service: Service, listing: Listing) -> None:
    """A cursor that this list has not given out is BAD_INPUT."""
    await fill(service)
    client = service.as_("adam")
    document = f"query ($after: String) {{ {listing.field}(after: $after) {{ __typename }} }}"
    of_people = {USERS, RECIPIENTS}
    foreign = [
        (await other.page(client, first=1))["pageInfo"]["endCursor"]
        for other in LISTINGS
        if other is not listing and not {other, listing} <= of_people
    ]
    [own] = [(await listing.page(client, first=1))["pageInfo"]["endCursor"]]
    for cursor in (*foreign, "", "x", "é", "5", own[:-3], own + "AAAA", "W10", "bnVsbA"):
        answer = await client.ask(document, after=cursor)
        assert answer.codes == ["BAD_INPUT"], cursor
    assert (await client.ask(document, after=own)).codes == []


async def test_an_empty_list(service: Service) -> None:
    """A list without rows has no cursors and no further pages."""
    page = await CHATS.page(service.as_("luca"))
    assert page["edges"] == []
    assert page["pageInfo"] == {
        "hasNextPage": False,
        "hasPreviousPage": False,
        "startCursor": None,
        "endCursor": None,
    }


async def test_the_latest_chat_comes_first(service: Service) -> None:
    """Chats are listed by their last activity, and deleting a message moves none."""
    chats = [await write(service, "adam", name) for name in ("lena", "nora", "luca")]
    adam = Person(service, "adam")
    assert await CHATS.names(adam.client) == ["Luca Cast", "Nora Cast", "Lena Cast"]
    assert len(chats) == 3
    sent = await adam.start("lena")
    expected = ["Lena Cast", "Luca Cast", "Nora Cast"]
    assert await CHATS.names(adam.client) == expected
    await adam.delete(sent["message"]["id"])
    assert await CHATS.names(adam.client) == expected


async def test_chats_with_unread_messages(service: Service) -> None:
    """Asked for unread chats, the list shows those, page by page as without it."""
    for name in ("lena", "nora", "luca", "ines"):
        await write(service, "adam", name)
    for name in ("lena", "luca", "ines"):
        [chat] = await Person(service, name).chats()
        await Person(service, name).send(chat["id"])
    adam = service.as_("adam")
    assert await CHATS.names(adam, unreadOnly=True) == ["Ines Cast", "Luca Cast", "Lena Cast"]
    first = await CHATS.page(adam, unreadOnly=True, first=2)
    rest = await CHATS.page(adam, unreadOnly=True, first=2, after=first["pageInfo"]["endCursor"])
    assert CHATS.shown(first) + CHATS.shown(rest) == ["Ines Cast", "Luca Cast", "Lena Cast"]
    [chat] = [
        each
        for each in await Person(service, "adam").chats()
        if each["peer"]["name"] == "Luca Cast"
    ]
    await Person(service, "adam").read(chat["id"], 2)
    assert await CHATS.names(adam, unreadOnly=True) == ["Ines Cast", "Lena Cast"]
    assert len(await CHATS.names(adam, unreadOnly=None)) == 4


NAMES = ("Ärnö Öst", "100% Real", "Under_Score", "Bang! Bang", "STRASSE Straße", "Back\\Slash")


@pytest.mark.parametrize("listing", [CHATS, RECIPIENTS, USERS], ids=lambda each: each.field)
async def test_searching_names(service: Service, listing: Listing) -> None:
    """A search finds a part of the name in any case, and takes every character as it is."""
    for person in await add_people(*NAMES):
        await write(service, "adam", person)
    client = service.as_("adam")
    for search, found in {
        "ärn": "Ärnö Öst",
        "ÄRNÖ ö": "Ärnö Öst",
        "%": "100% Real",
        "0% r": "100% Real",
        "_": "Under_Score",
        "r_s": "Under_Score",
        "!": "Bang! Bang",
        "! b": "Bang! Bang",
        "strasse STRASSE": "STRASSE Straße",
        "\\": "Back\\Slash",
    }.items():
        assert await listing.names(client, search=search) == [found], search
    for nothing in ("%%", "__", "1_0", "nobody", "'; DROP TABLE users; --"):
        assert await listing.names(client, search=nothing) == [], nothing
    everything = await listing.names(client)
    assert await listing.names(client, search="") == everything
    assert await listing.names(client, search=None) == everything


async def test_users_by_status(service: Service) -> None:
    """Users are listed whatever their status, or of the status that is asked for."""
    client = service.as_("adam")
    assert await USERS.names(client, status="DEACTIVATED") == ["Dora Cast"]
    assert await USERS.names(client, status="REMOVED") == ["Remo Cast"]
    active = await USERS.names(client, status="ACTIVE")
    everybody = await USERS.names(client)
    assert sorted([*active, "Dora Cast", "Remo Cast"]) == everybody == sorted(everybody)
    assert await USERS.names(client, status="DEACTIVATED", search="remo") == []


@pytest.mark.parametrize("listing", [RECIPIENTS, USERS], ids=lambda each: each.field)
async def test_namesakes(service: Service, listing: Listing) -> None:
    """People of one name are all listed, once each, also where a page ends between them."""
    await add_people(*["Kim Kim"] * 5)
    await add_people(*["kim kim"] * 2, department="arts")
    client = service.as_("adam")
    with_ids = Listing(listing.field, "id name department", listing.text)
    shown, after = [], None
    async with unchanged():
        for _ in range(4):
            page = await with_ids.page(client, search="kim kim", first=2, after=after)
            shown += [edge["node"] for edge in page["edges"]]
            after = page["pageInfo"]["endCursor"]
    ids = {node["id"] for node in shown}
    assert len(shown) == len(ids) == 7
    assert sorted(node["department"] for node in shown) == ["Arts"] * 2 + ["Physics"] * 5
