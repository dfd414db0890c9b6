"""The people at the wall, and what each of them would usually ask for."""

from gql.ids import Kind
from tests.wall.callers import NOBODY
from tests.wall.calls import REACHES, Call
from tests.wall.world import Thing, World

# Owner, account and department administrators, instructor, learner, one who is enrolled nowhere,
# an owner and a learner of another account, one without a token, one who is deactivated.
CALLERS = ("olga", "adam", "mia", "ines", "lena", "ivan", "sam", "sid", NOBODY, "dora")
SIGNED_IN = CALLERS[:-2]
# Somebody whom each sees.
_FRIENDS = {
    "olga": "mia",
    "adam": "ivan",
    "mia": "lena",
    "ines": "lena",
    "lena": "ines",
    "ivan": "adam",
    "sam": "sid",
    "sid": "sue",
}


def own(world: World, name: str, kind: Kind) -> Thing:
    """A thing of that kind that the caller may use; of those who have none, some other."""
    friend = _FRIENDS.get(name)
    for thing in world.of(kind):
        is_theirs = {friend} == thing.people if kind is Kind.USER else name in thing.people
        if is_theirs and world.sees(name, thing):
            return thing
    seen = [thing for thing in world.of(kind) if world.sees(name, thing)]
    return (seen or world.of(kind))[0]


def usual_ids(world: World, name: str, call: Call) -> dict[str, Thing]:
    """What somebody would hand over, by the paths of the ids that a call takes."""
    return {path: own(world, name, min(REACHES[path].kinds)) for path in call.ids}


def is_found(world: World, name: str, things: dict[str, Thing]) -> bool:
    """Whether all of these, at their paths, are there for somebody."""
    return all(REACHES[path].takes(world, name, thing) for path, thing in things.items())


def is_refused(world: World, name: str, call: Call) -> bool:
    """Whether somebody is refused whatever they hand over."""
    return name in (NOBODY, "dora") or call.is_refused_to(world.roles(name))
