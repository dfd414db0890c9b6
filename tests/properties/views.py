"""What the API should give each person, put together from the model in the API's form."""

from typing import Any

from tests.properties.chats import Chat, Message, Told
from tests.properties.model import Model
from tests.properties.rules import COURSES

Json = dict[str, Any]


class Views:
    """The model through the eyes of each person, with the ids that the service gave."""

    def __init__(self, model: Model, user_ids: dict[str, str], course_ids: dict[str, str]) -> None:
        self._model = model
        self._world = model.world
        self._user_ids = user_ids
        self._course_ids = course_ids

    def all(self, name: str) -> Json:
        """Whatever somebody may ask for: their page, and what stands beside it."""
        page = self.page(name)
        return {
            "page": page,
            "unread": [chat["id"] for chat in page["chats"] if chat["unreadCount"]],
            "courses": self.courses(name),
            "recipients": self.recipients(name),
        }

    def viewer(self, name: str) -> Json:
        """What stands above somebody's chats."""
        return {
            "roles": self._world.roles(name),
            "messagingMode": self._world.mode,
            "user": {"status": self._world.status[name]},
        }

    def unread(self, name: str) -> int:
        """Somebody's total of unread messages."""
        return sum(chat.unread(name) for chat in self._model.chats_of(name))

    def page(self, name: str) -> Json:
        """Somebody's page: their listed chats with all that is in them."""
        listed = [chat for chat in self._model.chats_of(name) if chat.sides[name].is_listed]
        return {
            "viewer": self.viewer(name),
            "unread": self.unread(name),
            "chats": [
                self.card(name, chat) | {"thread": self.thread(name, chat)} for chat in listed
            ],
        }

    def card(self, name: str, chat: Chat) -> Json:
        """A chat without its thread, as one of its two sees it."""
        peer = chat.peer_of(name)
        reason = self._world.closed_reason(name, peer)
        return {
            "id": chat.id,
            "unreadCount": chat.unread(name),
            "lastActivityAt": chat.messages[-1].sent_at,
            "mayReply": reason is None,
            "closedReason": reason,
            "peer": {
                "id": self._user_ids[peer],
                "name": f"{peer.title()} Cast",
                "status": self._world.status[peer],
            },
            "lastMessage": next(reversed(self.thread(name, chat)), None),
        }

    def thread(self, name: str, chat: Chat) -> list[Json]:
        """The messages of a chat, as one of its two sees them."""
        return [self.message(name, message) for message in chat.thread(name)]

    def message(self, name: str, message: Message) -> Json:
        """A message, as one of the two sees it."""
        course = None
        if message.course is not None:
            course = {"id": self._course_ids[message.course], "title": COURSES[message.course][0]}
        return {
            "id": message.id,
            "seq": message.seq,
            "body": message.body,
            "sentAt": message.sent_at,
            "isMine": message.sender == name,
            "isReadByPeer": message.chat.is_read_by_peer(name, message),
            "sender": {"id": self._user_ids[message.sender]},
            "course": course,
        }

    def courses(self, name: str) -> list[Json]:
        """The courses that somebody sees, by title, and whom they may contact there."""
        return [
            {"title": title, "instructors": self._instructors(name, course)}
            for course, (title, _) in COURSES.items()
            if self._world.sees_course(name, course)
        ]

    def _instructors(self, name: str, course: str) -> list[Json]:
        return [
            {
                "user": {"id": self._user_ids[other], "status": self._world.status[other]},
                "mayContact": self._world.contact_refusal(name, other, course) is None,
                "contactRefusal": self._world.contact_refusal(name, other, course),
            }
            for other in self._world.instructors(course)
        ]

    def recipients(self, name: str) -> list[str]:
        """Whom somebody may start a chat with, by name."""
        return [self._user_ids[other] for other in self._world.recipients(name)]

    def entries(self, name: str, after: int) -> list[tuple[object, ...]]:
        """What somebody's feed tells behind its so many first entries of the play."""
        return [self._entry(name, told) for told in self._model.feeds[name][after:]]

    def _entry(self, name: str, told: Told) -> tuple[object, ...]:
        match told.about:
            case Message() as message:
                is_gone = not message.chat.sees(name, message)
                return ("MessageDeleted" if is_gone else told.kind, message.id)
            case Chat() as chat:
                return (told.kind, chat.id)
            case (Chat() as chat, who, up_to):
                return (told.kind, chat.id, self._user_ids[who], up_to)
            case _:
                return (told.kind,)
