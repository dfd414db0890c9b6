"""The main job, end to end: a real roster, a served process, real HTTP and real WebSockets."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from server.settings import Settings
from server.tokens import DEFAULT_LIFETIME, issue_token
from tests.support.client import Answer, Client
from tests.support.places import Place, Places
from tests.support.process import ROSTERS, command, served

ROSTER = ROSTERS / "sds-v2"
SECRET = "a secret of the main job, long enough"

pytestmark = pytest.mark.skipif(
    not ROSTER.is_dir(), reason="the rosters of other projects are not on this machine"
)

# People of the roster, by what they are after the grants.
OWNER = "14008"
DEPARTMENT_ADMIN = "14010"
INSTRUCTOR = "14001"
OTHER_INSTRUCTOR = "14002"
LEARNER = "13001"
OTHER_LEARNER = "13002"
MATHEMATICS, OTHER_COURSE = "Math - Algebra 1", "Math - Algebra 2"

FEED = """subscription ($after: String) { feed(after: $after) {
    __typename cursor unreadCount
    ... on MessageSent { message { id seq body isMine course { title } }
        conversation { id unreadCount mayReply } }
    ... on MessageDeleted { messageId conversation { id lastMessage { body } } }
    ... on ChatDeleted { conversationId }
    ... on ChatRead { userId upToSeq }
    ... on ChatStateChanged { conversation { id mayReply closedReason } }
    ... on AccessChanged { viewer { messagingMode } } } }"""
SEND = """mutation ($input: SendMessageInput!) { sendMessage(input: $input) {
    message { id seq } conversation { id } errors { code reason } } }"""
START = """mutation ($input: StartChatInput!) { startChat(input: $input) {
    message { id } conversation { id } errors { code reason } } }"""
CONTACT = """mutation ($input: ContactInstructorInput!) { contactInstructor(input: $input) {
    message { id course { title } } conversation { id } errors { code reason } } }"""
DELETE = """mutation ($input: DeleteMessageInput!) { deleteMessage(input: $input) {
    messageId errors { code } } }"""
CHATS = """{ viewer { unreadCount feedCursor } conversations { edges { node {
    id unreadCount mayReply closedReason peer { name }
    messages(last: 30) { edges { node { id body } } } } } } }"""


class Person(Client):
    """Somebody of the roster at their page."""

    async def id(self) -> str:
        """Their global id."""
        found: str = (await self.data("{ viewer { user { id } } }"))["viewer"]["user"]["id"]
        return found

    async def unread(self) -> int:
        """Their unread messages in all chats."""
        count: int = (await self.data("{ viewer { unreadCount } }"))["viewer"]["unreadCount"]
        return count

    async def cursor(self) -> str:
        """The place in their feed."""
        cursor: str = (await self.data("{ viewer { feedCursor } }"))["viewer"]["feedCursor"]
        return cursor

    async def chats(self) -> list[dict[str, Any]]:
        """Their chats, with what they see in them."""
        edges = (await self.data(CHATS))["conversations"]["edges"]
        return [edge["node"] for edge in edges]

    async def bodies(self, conversation_id: str) -> list[str]:
        """What they read in one chat of their list."""
        [chat] = [chat for chat in await self.chats() if chat["id"] == conversation_id]
        return [edge["node"]["body"] for edge in chat["messages"]["edges"]]

    async def send(self, conversation_id: str, body: str) -> Any:
        """Write in a chat."""
        given = {"conversationId": conversation_id, "body": body}
        return (await self.data(SEND, input=given))["sendMessage"]

    async def course(self, title: str) -> dict[str, Any] | None:
        """One of their courses, by its title."""
        found = await self.data(
            """{ courses { edges { node { id title
                 instructors { user { id name photoUrl } mayContact contactRefusal } } } } }"""
        )
        courses = [edge["node"] for edge in found["courses"]["edges"]]
        return next((course for course in courses if course["title"] == title), None)


class Office:
    """A served process with the roster in it."""

    def __init__(self, url: str) -> None:
        self.url = url

    async def as_(self, source_id: str) -> Person:
        """Somebody of the roster at their page."""
        settings = Settings(jwt_secret=SECRET)
        return Person(self.url, issue_token(settings, "contoso", source_id, DEFAULT_LIFETIME))


def variables(place: Place) -> dict[str, str]:
    """The service's settings, as an operator makes them."""
    return {**place.variables, "LMS_MESSAGES_JWT_SECRET": SECRET}


@pytest.fixture(scope="session")
def prepared(places: Places) -> Place:
    """A place as an operator sets it up: migrated, a roster imported, roles granted."""
    return places.made(prepare)


async def prepare(place: Place) -> None:
    """Set up the service by its commands."""
    settings = variables(place)
    await command(settings, "migrate")
    await command(settings, "create-account", "contoso", "--name", "Contoso")
    report = await command(settings, "import-roster", str(ROSTER), "--account", "contoso")
    assert "people: 29 created" in report
    grant = ("grant-role", "--account", "contoso", "--user")
    await command(settings, *grant, OWNER, "--role", "OWNER")
    await command(
        settings, *grant, DEPARTMENT_ADMIN, "--role", "DEPARTMENT_ADMIN", "--department", "10000"
    )


@pytest.fixture
def place(places: Places, prepared: Place) -> Iterator[Place]:
    """A place of the test's own with the same in it."""
    with places.lent(prepared) as place:
        yield place


@pytest.fixture
async def office(place: Place) -> AsyncIterator[Office]:
    """The service, served over a database of the test's own."""
    async with served(variables(place)) as url:
        yield Office(url)


async def test_an_administrator_and_a_learner_write_to_each_other(office: Office) -> None:
    """S2, W1, D1, D2, D4: chat, unread counts, deleting, and the chat that comes back."""
    admin, learner = await office.as_(DEPARTMENT_ADMIN), await office.as_(LEARNER)
    async with learner.follow(FEED) as feed, admin.follow(FEED) as admins_feed:
        await feed.nothing()
        given = {"recipientId": await learner.id(), "body": "Welcome!"}
        started = (await admin.data(START, input=given))["startChat"]
        assert started["errors"] == []
        chat = started["conversation"]["id"]
        entry = await feed.entry()
        assert entry["message"]["body"] == "Welcome!"
        assert entry["unreadCount"] == entry["conversation"]["unreadCount"] == 1
        assert (await admins_feed.entry())["message"]["isMine"]
        assert await learner.unread() == 1
        assert await admin.unread() == 0

        await learner.send(chat, "Thank you!")
        assert (await admins_feed.entry())["message"]["body"] == "Thank you!"
        assert (await feed.entry())["message"]["isMine"]
        assert await admin.unread() == 1

        given = {"messageId": started["message"]["id"], "scope": "FOR_EVERYONE"}
        await admin.data(DELETE, input=given)
        entry = await feed.entry()
        assert (entry["__typename"], entry["messageId"]) == ("MessageDeleted", given["messageId"])
        assert entry["unreadCount"] == 0
        assert await learner.bodies(chat) == ["Thank you!"]

        sent = (await admin.send(chat, "See you on Monday."))["message"]
        assert (await feed.entry())["message"]["id"] == sent["id"]
        await learner.data(DELETE, input={"messageId": sent["id"], "scope": "FOR_ME"})
        assert (await feed.entry())["messageId"] == sent["id"]
        assert await learner.bodies(chat) == ["Thank you!"]
        assert await admin.bodies(chat) == ["Thank you!", "See you on Monday."]

        await learner.data(
            """mutation ($chat: ID!) { deleteChat(input: {conversationId: $chat}) {
               errors { code } } }""",
            chat=chat,
        )
        assert (await feed.entry())["conversationId"] == chat
        assert await learner.chats() == []
        assert await admin.bodies(chat) == ["Thank you!", "See you on Monday."]
        await admin.send(chat, "One more thing.")
        assert (await feed.entry())["message"]["body"] == "One more thing."
        assert await learner.bodies(chat) == ["One more thing."]


async def test_a_learner_starts_with_the_instructors_of_their_courses_only(
    office: Office,
) -> None:
    """S3, S4: no chat with an administrator, another learner, or somebody else's instructor."""
    learner, instructor = await office.as_(LEARNER), await office.as_(INSTRUCTOR)
    strangers = [
        await (await office.as_(who)).id()
        for who in (OWNER, DEPARTMENT_ADMIN, OTHER_LEARNER, OTHER_INSTRUCTOR)
    ]
    course = await learner.course(MATHEMATICS)
    assert course is not None
    assert await learner.course(OTHER_COURSE) is None
    for stranger in strangers:
        start = await learner.ask(START, input={"recipientId": stranger, "body": "Hi"})
        assert start.codes == ["FORBIDDEN"]
        given = {"courseId": course["id"], "instructorId": stranger, "body": "Hi"}
        contact = await learner.ask(CONTACT, input=given)
        assert contact.codes == ["NOT_FOUND"]
    assert await learner.chats() == []

    assert [each["user"]["name"] for each in course["instructors"]] == ["Craig Beane"]
    assert course["instructors"][0]["mayContact"]
    given = {
        "courseId": course["id"],
        "instructorId": course["instructors"][0]["user"]["id"],
        "body": "What is x?",
    }
    async with instructor.follow(FEED) as feed:
        contacted = (await learner.data(CONTACT, input=given))["contactInstructor"]
        assert contacted["errors"] == []
        entry = await feed.entry()
        assert entry["message"]["course"] == {"title": MATHEMATICS}
        answered = await instructor.send(entry["conversation"]["id"], "The unknown.")
        assert answered["errors"] == []
    assert await learner.bodies(contacted["conversation"]["id"]) == ["What is x?", "The unknown."]


async def test_messaging_off_and_an_unassigned_instructor_close_chats_that_stay(
    office: Office,
) -> None:
    """W2, W3: chats close with their reason, stay readable, and open when the cause goes."""
    owner, learner = await office.as_(OWNER), await office.as_(LEARNER)
    course = await learner.course(MATHEMATICS)
    assert course is not None
    instructor_id = course["instructors"][0]["user"]["id"]
    given = {"courseId": course["id"], "instructorId": instructor_id, "body": "What is x?"}
    chat = (await learner.data(CONTACT, input=given))["contactInstructor"]["conversation"]["id"]
    async with learner.follow(FEED) as feed:
        await feed.nothing()
        mode = """mutation ($m: MessagingMode!) {
            setMessagingMode(input: {mode: $m}) { errors { code } } }"""
        await owner.data(mode, m="OFF")
        assert (await feed.entry())["viewer"] == {"messagingMode": "OFF"}
        refused = await learner.send(chat, "Hello?")
        assert refused["errors"] == [{"code": "CHAT_CLOSED", "reason": "MESSAGING_OFF"}]
        course = await learner.course(MATHEMATICS)
        assert course is not None
        assert course["instructors"][0]["user"]["id"] == instructor_id
        assert course["instructors"][0]["mayContact"] is False
        assert course["instructors"][0]["contactRefusal"] == "MESSAGING_OFF"
        await owner.data(mode, m="ON")
        assert (await feed.entry())["viewer"] == {"messagingMode": "ON"}

        change = """mutation ($i: {}InstructorInput!) {{
            {}Instructor(input: $i) {{ errors {{ code }} }} }}"""
        who = {"courseId": course["id"], "userId": instructor_id}
        await owner.data(change.format("Unassign", "unassign"), i=who)
        state = (await feed.entry())["conversation"]
        assert state == {"id": chat, "mayReply": False, "closedReason": "INSTRUCTOR_UNASSIGNED"}
        refused = await learner.send(chat, "Hello?")
        assert refused["errors"] == [{"code": "CHAT_CLOSED", "reason": "INSTRUCTOR_UNASSIGNED"}]
        assert await learner.bodies(chat) == ["What is x?"]

        await owner.data(change.format("Assign", "assign"), i=who)
        assert (await feed.entry())["conversation"]["mayReply"]
        assert (await learner.send(chat, "Hello again"))["errors"] == []


async def test_a_client_that_was_away_resumes_and_misses_nothing(office: Office) -> None:
    """What happened meanwhile comes after the cursor, once and in order."""
    admin, learner = await office.as_(DEPARTMENT_ADMIN), await office.as_(LEARNER)
    given = {"recipientId": await learner.id(), "body": "0"}
    chat = (await admin.data(START, input=given))["startChat"]["conversation"]["id"]
    cursor = await learner.cursor()
    async with learner.follow(FEED, after=cursor) as feed:
        await admin.send(chat, "1")
        cursor = (await feed.entry())["cursor"]
    for number in range(2, 8):
        await admin.send(chat, str(number))
    async with learner.follow(FEED, after=cursor) as feed:
        heard = [await feed.entry() for _ in range(2, 8)]
        await feed.nothing()
    assert [entry["message"]["body"] for entry in heard] == [str(n) for n in range(2, 8)]
    cursors = [entry["cursor"] for entry in heard]
    assert cursors == sorted(set(cursors))
    answer: Answer = await learner.ask("{ viewer { feedCursor unreadCount } }")
    assert answer.data["viewer"] == {"feedCursor": cursors[-1], "unreadCount": 8}
