"""What each viewer sees; what they do not see is as if it were not there."""

from typing import Any

import pytest

from tests.gql.walk import Things, make_things
from tests.support.cast import ACTIVE, EVERYBODY
from tests.support.people import Person, types
from tests.support.service import Service

NODE = "query ($id: ID!) { node(id: $id) { __typename id } }"
COURSE = "query ($id: ID!) { course(id: $id) { title instructors { user { name } } } }"
COURSES = "{ courses(first: 100) { edges { node { title } } } }"
USER = "query ($id: ID!) { node(id: $id) { ... on User { name department role status } } }"

PHYSICISTS = {"ines", "ivan", "lena", "nora", "dora", "remo"}
# Whom each sees before anybody has written: themselves, their instructors, whom they administer.
SEES_PEOPLE = {
    "olga": set(EVERYBODY),
    "adam": set(EVERYBODY),
    "rita": set(EVERYBODY),
    "mia": {"mia", "leo", *PHYSICISTS},
    "leo": {"leo", *PHYSICISTS},
    "ines": {"ines"},
    "ivan": {"ivan"},
    "lena": {"lena", "ines"},
    "nora": {"nora", "ines"},
    "luca": {"luca", "tina"},
    "tina": {"tina"},
    "sam": set(),
}
SEES_COURSES = {
    "olga": {"Mechanics", "Painting"},
    "adam": {"Mechanics", "Painting"},
    "rita": {"Mechanics", "Painting"},
    "mia": {"Mechanics"},
    "leo": {"Mechanics"},
    "ines": {"Mechanics"},
    "ivan": set(),
    "lena": {"Mechanics"},
    "nora": {"Mechanics"},
    "luca": {"Painting"},
    "tina": {"Painting"},
}


async def sees(service: Service, name: str, id_: str) -> bool:
    """Whether node(id) answers somebody."""
    answer = await service.as_(name).data(NODE, id=id_)
    return answer["node"] is not None


def test_the_tables_speak_of_everybody() -> None:
    """Nobody who can sign in is left out below."""
    assert set(SEES_PEOPLE) == {*ACTIVE, "sam"}
    assert set(SEES_COURSES) == set(ACTIVE)


async def test_people(service: Service) -> None:
    """One sees oneself, one's instructors, whom one administers, and nobody else."""
    ids = {name: await service.user(name) for name in EVERYBODY}
    for viewer, expected in SEES_PEOPLE.items():
        seen = {name for name, id_ in ids.items() if await sees(service, viewer, id_)}
        assert seen == expected, viewer


async def test_courses(service: Service) -> None:
    """One sees the courses one studies or teaches, and those of the departments one administers."""
    ids = {each.title(): await service.course(each) for each in ("mechanics", "painting")}
    for viewer, expected in SEES_COURSES.items():
        client = service.as_(viewer)
        listed = await client.data(COURSES)
        assert {edge["node"]["title"] for edge in listed["courses"]["edges"]} == expected, viewer
        for title, id_ in ids.items():
            found = (await client.data(COURSE, id=id_))["course"]
            assert (found is not None) == (title in expected), (viewer, title)
            assert await sees(service, viewer, id_) == (title in expected), (viewer, title)


async def test_chats_and_messages(service: Service) -> None:
    """A chat and its messages are for its two people, not for those who administer them."""
    things = await make_things(service)
    for viewer in (*ACTIVE, "sam"):
        takes_part = viewer in ("rita", "ines")
        for id_ in (things.conversation, things.message):
            assert await sees(service, viewer, id_) == takes_part, viewer
        if viewer != "sam":
            chats = [chat["id"] for chat in await Person(service, viewer).chats()]
            assert chats == ([things.conversation] if takes_part else []), viewer
            assert (
                await Person(service, viewer).chat(things.conversation) is not None
            ) == takes_part


async def test_peers_see_each_other(service: Service) -> None:
    """Whoever has a chat sees its other side, also once nothing else would let them."""
    lena, adam = await service.user("lena"), await service.user("adam")
    assert not await sees(service, "lena", adam)
    await Person(service, "adam").start("lena")
    assert await sees(service, "lena", adam)
    assert not await sees(service, "nora", adam)
    await Person(service, "olga").manage("removeUser", "adam")
    found = (await service.as_("lena").data(USER, id=adam))["node"]
    assert (found["name"], found["status"]) == ("Adam Cast", "REMOVED")
    await Person(service, "lena").delete_chat((await Person(service, "lena").chats())[0]["id"])
    assert await sees(service, "lena", adam)
    assert await sees(service, "leo", lena)


@pytest.mark.parametrize("viewer", ["rita", "ines"])
async def test_node_of_every_kind(service: Service, viewer: str) -> None:
    """node(id) answers everything that has a global id, as the type it is."""
    things = await make_things(service)
    found = {
        (await service.as_(viewer).data(NODE, id=id_))["node"]["__typename"]
        for id_ in (things.user, things.course, things.conversation, things.message)
    }
    assert found == {"User", "Course", "Conversation", "Message"}


async def test_deleted_messages_are_not_seen(service: Service) -> None:
    """A message deleted, hidden or cleared is gone for whom it is gone, from node(id) too."""
    rita, ines = Person(service, "rita"), Person(service, "ines")
    sent = [(await rita.start("ines", body))["message"]["id"] for body in ("one", "two", "three")]
    [chat] = await ines.chats()
    await rita.delete(sent[0])
    await ines.delete(sent[1], "FOR_ME")
    await rita.delete_chat(chat["id"])
    visible = {
        name: [await sees(service, name, message) for message in sent] for name in ("rita", "ines")
    }
    assert visible == {"rita": [False, False, False], "ines": [False, False, True]}


async def question(service: Service) -> tuple[Things, Any]:
    """What nora asks ines about Mechanics."""
    sent = await Person(service, "nora").contact("ines", "mechanics", "Why does it move?")
    things = Things(
        user=await service.user("nora"),
        course=await service.course("mechanics"),
        conversation=sent["conversation"]["id"],
        message=sent["message"]["id"],
    )
    return things, sent


async def test_a_question_keeps_its_course(service: Service) -> None:
    """Unassigned, an instructor sees no course but still where a question came from."""
    things, _ = await question(service)
    document = """query ($id: ID!, $course: ID!) {
        course(id: $course) { id }
        node(id: $id) { ... on Message { course { id title instructors { user { name } } } } } }"""
    ines = service.as_("ines")
    before = await ines.data(document, id=things.message, course=things.course)
    assert before["course"] == {"id": things.course}
    instructors = [{"user": {"name": "Ines Cast"}}]
    shown = {"id": things.course, "title": "Mechanics"}
    assert before["node"]["course"] == {**shown, "instructors": instructors}
    await Person(service, "olga").staff("unassignInstructor", "mechanics", "ines")
    after = await ines.data(document, id=things.message, course=things.course)
    assert after == {"course": None, "node": {"course": {**shown, "instructors": []}}}
    assert not await sees(service, "ines", things.course)
    in_list = """{ conversations { edges { node {
        lastMessage { course { title instructors { user { name } } } } } } } }"""
    [edge] = (await ines.data(in_list))["conversations"]["edges"]
    assert edge["node"]["lastMessage"]["course"] == {"title": "Mechanics", "instructors": []}


async def test_departments_are_for_administrators(service: Service) -> None:
    """A person's department is told to administrators and to nobody else."""
    ines = await service.user("ines")
    for viewer in ("olga", "adam", "rita", "mia", "leo"):
        assert (await service.as_(viewer).data(USER, id=ines))["node"]["department"] == "Physics"
    for viewer in ("ines", "lena", "nora"):
        assert (await service.as_(viewer).data(USER, id=ines))["node"]["department"] is None


async def test_a_user_shows_the_viewers_own_chat(service: Service) -> None:
    """User.conversation is the viewer's chat with them, never somebody else's."""
    things = await make_things(service)
    document = "query ($id: ID!) { node(id: $id) { ... on User { conversation { id } } } }"
    ines = things.user
    assert (await service.as_("rita").data(document, id=ines))["node"]["conversation"] == {
        "id": things.conversation
    }
    for viewer in ("olga", "leo", "nora", "ines"):
        found = await service.as_(viewer).data(document, id=ines)
        assert found["node"]["conversation"] is None, viewer


async def test_lists_and_cursor_fit_together(service: Service) -> None:
    """Resumed after the cursor read with the lists, the feed tells exactly what came since."""
    document = """{ conversations { edges { node { id unreadCount lastMessage { seq } } } }
        viewer { feedCursor unreadCount } }"""
    things = await make_things(service)
    rita, ines = Person(service, "rita"), Person(service, "ines")
    read = await ines.client.data(document)
    [edge] = read["conversations"]["edges"]
    assert edge["node"]["lastMessage"] == {"seq": 1}
    assert read["viewer"]["unreadCount"] == 1
    await rita.start("ines", "Since then")
    await ines.read(things.conversation, 2)
    await ines.send(things.conversation, "Mine")
    async with ines.feed(read["viewer"]["feedCursor"]) as feed:
        entry = await feed.entry()
        assert (entry["__typename"], entry["message"]["seq"]) == ("MessageSent", 2)
        assert entry["cursor"] > read["viewer"]["feedCursor"]
        assert await types(feed, 2) == ["ChatRead", "MessageSent"]
        await feed.nothing()
