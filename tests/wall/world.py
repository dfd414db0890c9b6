"""Two accounts with chats in them, and who may see what there, from the design's sentences.

Beside the cast, sid studies and sue teaches in sam's account. Each thing carries texts that stand
nowhere else, so that the bytes of an answer tell whether it shows the thing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gql.ids import Kind, encode
from messaging.roster import ImportOptions, import_roster
from models import Account, Course
from tests.properties.rules import COURSES, DEPARTMENT, STUDIES
from tests.properties.rules import World as Rules
from tests.support.cast import (
    ACCOUNT,
    EVERYBODY,
    ORGS,
    OTHER_ACCOUNT,
    STRANGERS,
    course_id,
    write_csv,
    write_roster,
)
from tests.support.people import Person, done
from tests.support.service import Service
from tests.support.snapshot import rows_of
from tests.support.waiting import until_asked

_ELSEWHERE = (
    ("sam", "systemAdministrator", "academy"),
    ("sid", "student", "physics"),
    ("sue", "teacher", "physics"),
)
_STUDENTS = {course: {name for each, name in STUDIES if each == course} for course in COURSES}
_TEACHERS = {"mechanics": {"ines"}, "painting": {"tina"}}


@dataclass(frozen=True)
class Thing:
    """Something with a global id."""

    kind: Kind
    id: str
    account: str
    # Whose it is: the person, the two of a chat, who studies or teaches a course.
    people: frozenset[str]
    department: str
    # What stands nowhere but in answers that show it.
    text: str | None
    # Of a message: those for whom it is deleted, and those who cleared it away.
    gone_for: frozenset[str] = frozenset()
    cleared_by: frozenset[str] = frozenset()
    # Of a message: the course it is about.
    course: str | None = None

    @property
    def key(self) -> str:
        """The part of the id that nothing else has."""
        return self.id.partition("_")[2]


@dataclass
class World:
    """All things, and who may see them."""

    things: list[Thing] = field(default_factory=list)
    # Each person's place in their feed before anything was written.
    beginnings: dict[str, str] = field(default_factory=dict)
    _rules: Rules = field(default_factory=Rules)

    def of(self, kind: Kind) -> list[Thing]:
        """The things of one kind."""
        return [thing for thing in self.things if thing.kind is kind]

    def peers(self, name: str) -> set[str]:
        """Those with whom somebody has a chat."""
        chats = [chat.people for chat in self.of(Kind.CONVERSATION) if name in chat.people]
        return set().union(*chats) - {name}

    def roles(self, name: str) -> frozenset[str]:
        """The roles that somebody holds."""
        if name in STRANGERS:
            return frozenset({"OWNER"} if name == "sam" else {"LEARNER"})
        return frozenset(self._rules.roles(name))

    def is_administrative(self, name: str) -> bool:
        """Whether somebody is told departments."""
        return name == "sam" or (name not in STRANGERS and self._rules.is_administrative(name))

    def sees(self, name: str, thing: Thing) -> bool:
        """Whether node(id) shows a thing to somebody; nothing to who cannot sign in."""
        if name not in self.beginnings or account_of(name) != thing.account:
            return False
        match thing.kind:
            case Kind.USER:
                [other] = thing.people
                return other in self.peers(name) or self._sees_by_standing(name, other)
            case Kind.COURSE:
                return self._sees_course(name, thing)
            case _:
                return name in thing.people - thing.gone_for - thing.cleared_by

    def may_delete(self, name: str, thing: Thing) -> bool:
        """Whether deleteMessage finds a message: deleted before, it is found again."""
        return name in thing.people - thing.cleared_by

    def is_told(self, name: str, thing: Thing) -> bool:
        """Whether an answer may show a thing: whoever sees a message sees its course, too."""
        if self.sees(name, thing):
            return True
        asked = (each for each in self.of(Kind.MESSAGE) if each.course == thing.id)
        return thing.kind is Kind.COURSE and any(self.sees(name, each) for each in asked)

    def _sees_by_standing(self, name: str, other: str) -> bool:
        if name in STRANGERS:
            return name in ("sam", other) or (name, other) == ("sid", "sue")
        return self._rules.sees_by_standing(name, other)

    def _sees_course(self, name: str, thing: Thing) -> bool:
        if name in STRANGERS:
            return name == "sam" or name in thing.people
        [course] = [each for each, (title, _) in COURSES.items() if title == thing.text]
        return self._rules.sees_course(name, course)


def account_of(name: str) -> str:
    """The slug of somebody's account."""
    return OTHER_ACCOUNT if name in STRANGERS else ACCOUNT


async def make_world(service: Service, directory: Path) -> World:
    """Make it through the API and a roster."""
    world = World()
    await _import_elsewhere(service, directory)
    everybody = [*EVERYBODY, *STRANGERS]
    for name in everybody:
        if name not in ("dora", "remo"):
            world.beginnings[name] = (await Person(service, name).viewer())["feedCursor"]
        world.things.append(
            Thing(
                Kind.USER,
                await service.user(name),
                account_of(name),
                frozenset({name}),
                DEPARTMENT.get(name, "elsewhere"),
                f"{name.title()} Cast",
            )
        )
    for course, (title, department) in COURSES.items():
        people = frozenset(_STUDENTS[course] | _TEACHERS[course])
        id_ = await service.course(course)
        world.things.append(Thing(Kind.COURSE, id_, ACCOUNT, people, department, title))
    for slug, title, people in (
        ("mechanics", "Clockwork", frozenset({"sid", "sue"})),
        ("painting", "Pottery", frozenset[str]()),
    ):
        id_ = encode(Kind.COURSE, await course_id(slug, OTHER_ACCOUNT))
        world.things.append(Thing(Kind.COURSE, id_, OTHER_ACCOUNT, people, "elsewhere", title))
    await _write(service, world)
    await until_asked(_has_told_all)
    return world


async def _has_told_all() -> bool:
    return not await rows_of("pending_announcements")


async def _import_elsewhere(service: Service, directory: Path) -> None:
    roster = write_roster(directory / "elsewhere", _ELSEWHERE)
    header = ("sourcedId", "name", "type", "parentSourcedId")
    far = [(id_, f"Faraway {name}", kind, parent) for id_, name, kind, parent in ORGS]
    write_csv(roster / "orgs.csv", header, far)
    titles = [("mechanics", "Clockwork", "physics"), ("painting", "Pottery", "arts")]
    write_csv(roster / "classes.csv", ("sourcedId", "title", "schoolSourcedId"), titles)
    enrolled = [("mechanics", "sue", "teacher"), ("mechanics", "sid", "student")]
    write_csv(roster / "enrollments.csv", ("classSourcedId", "userSourcedId", "role"), enrolled)
    elsewhere = await Account.get(slug=OTHER_ACCOUNT)
    options = ImportOptions(allow_mass_removal=True)
    await import_roster(service.parts.office, elsewhere, roster, options)
    assert await Course.filter(account=elsewhere, title="Clockwork").exists()


async def _write(service: Service, world: World) -> None:
    olga, mia, adam, lena = (Person(service, name) for name in ("olga", "mia", "adam", "lena"))
    await olga.manage("activateUser", "dora")
    _keep(world, await mia.start("dora", "said to dora"), {"mia", "dora"})
    await olga.manage("deactivateUser", "dora")
    _keep(world, await mia.start("lena", "said to lena"), {"mia", "lena"})
    chat = world.of(Kind.CONVERSATION)[-1].id
    erased = await mia.send(chat, "erased for all")
    _keep(world, erased, {"mia", "lena"}, gone_for={"mia", "lena"})
    done(await mia.delete(erased["message"]["id"]))
    hidden = await mia.send(chat, "hidden from lena")
    _keep(world, hidden, {"mia", "lena"}, gone_for={"lena"})
    done(await lena.delete(hidden["message"]["id"], "FOR_ME"))
    asked = await lena.contact("ines", "mechanics", "asked of ines")
    _keep(world, asked, {"lena", "ines"}, course=asked["message"]["course"]["id"])
    done(await Person(service, "ines").read(asked["conversation"]["id"], 1))
    cleared = await adam.start("ivan", "cleared by ivan")
    _keep(world, cleared, {"adam", "ivan"}, cleared_by={"ivan"})
    done(await Person(service, "ivan").delete_chat(cleared["conversation"]["id"]))
    _keep(world, await adam.start("ivan", "said to ivan"), {"adam", "ivan"})
    _keep(world, await olga.start("mia", "said to mia"), {"olga", "mia"})
    _keep(world, await Person(service, "rita").start("luca", "said to luca"), {"rita", "luca"})
    asked = await Person(service, "luca").contact("tina", "painting", "asked of tina")
    _keep(world, asked, {"luca", "tina"}, course=asked["message"]["course"]["id"])
    _keep(world, await Person(service, "sam").start("sid", "said to sid"), {"sam", "sid"})
    # Whoever teaches no longer knows a course from what was asked, and not who teaches it.
    done(await olga.staff("assignInstructor", "painting", "ivan"))
    asked = await Person(service, "luca").contact("ivan", "painting", "asked of ivan")
    _keep(world, asked, {"luca", "ivan"}, course=asked["message"]["course"]["id"])
    done(await olga.staff("unassignInstructor", "painting", "ivan"))


def _keep(
    world: World,
    sent: Mapping[str, Any],
    people: set[str],
    *,
    gone_for: set[str] | None = None,
    cleared_by: set[str] | None = None,
    course: str | None = None,
) -> None:
    done(sent)
    first = min(people)
    account, department = account_of(first), DEPARTMENT.get(first, "elsewhere")
    chat, message = sent["conversation"], sent["message"]
    if all(thing.id != chat["id"] for thing in world.things):
        world.things.append(
            Thing(Kind.CONVERSATION, chat["id"], account, frozenset(people), department, None)
        )
    world.things.append(
        Thing(
            Kind.MESSAGE,
            message["id"],
            account,
            frozenset(people),
            department,
            message["body"],
            frozenset(gone_for or ()),
            frozenset(cleared_by or ()),
            course,
        )
    )
