"""Cursors and ids that nobody gave out, and hostile texts, wherever the schema takes one."""

import base64
import json
import re
from collections.abc import Iterator

from hypothesis import strategies as st

from gql.ids import Kind
from tests.fuzz.playing import Game, Play
from tests.fuzz.target import ASKING, FEEDS, THREADS, Target
from tests.wall.calls import Call, calls
from tests.wall.usual import usual_ids

_TEXT_PARTS = st.one_of(
    st.text(max_size=8),
    st.sampled_from(["people", "messages", "courses", "conversations", "0" * 32]),
    st.sampled_from(["2026-01-01T00:00:00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59Z"]),
)
_PARTS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    _TEXT_PARTS,
)
_PLACES = st.recursive(_PARTS, lambda inner: st.lists(inner, max_size=4), max_leaves=6)
_FEED_PLACE = re.compile(r"[0-9a-f]{24}")
# What databases, patterns, pages and encoders trip over, alone and among other characters.
_TRAPS = [
    "\x00",
    "\ud800",
    "\udfff",
    "\u202e",
    "%",
    "_",
    "\\",
    "'",
    "<b>",
    "\u0301" * 300,
    "\ufeff",
]
_HOSTILE = st.lists(
    st.sampled_from(_TRAPS) | st.text(st.characters(exclude_categories=()), max_size=6),
    max_size=4,
).map("".join)
_THREAD = """query ($id: ID!, $after: String, $before: String) {
    conversation(id: $id) { messages(after: $after, before: $before) { edges { cursor } } } }"""


@st.composite
def damaged(draw: st.DrawFn, whole: list[str]) -> str:
    """A real text with a piece of it replaced."""
    text = draw(st.sampled_from(whole))
    begin = draw(st.integers(0, len(text)))
    end = draw(st.integers(begin, len(text)))
    return text[:begin] + draw(st.text(max_size=3)) + text[end:]


@st.composite
def altered(draw: st.DrawFn, given_out: list[str]) -> str:
    """A cursor of a list with one part of its place another; of a feed, damaged."""
    cursor = draw(st.sampled_from(given_out))
    if _FEED_PLACE.fullmatch(cursor):
        return draw(damaged([cursor]))
    parts = json.loads(base64.urlsafe_b64decode(cursor + "=="))
    at = draw(st.integers(1, len(parts) - 1))
    # Of the same type: another type is told at first sight.
    parts[at] = draw(st.integers() if isinstance(parts[at], int) else _TEXT_PARTS)
    return _cursor(parts)


def cursors(own: list[str], given_out: list[str]) -> st.SearchStrategy[str]:
    """Cursors: given out here or elsewhere, altered, made of any places, or no cursors at all."""
    made = _PLACES.map(_cursor)
    any_bytes = st.binary(max_size=40).map(_encoded)
    real = st.sampled_from(given_out)
    places = st.from_regex(_FEED_PLACE, fullmatch=True)
    others = st.one_of(real, damaged(given_out), made, any_bytes, places, st.text(max_size=30))
    # Most of those are told at first sight; what is nearly right goes further.
    return st.one_of(altered(own), others)


def ids(given_out: list[str]) -> st.SearchStrategy[str]:
    """Ids that nobody gave out: damaged, of the form of one, or no ids at all."""
    formed = st.from_regex(f"({'|'.join(Kind)}|file)_[0-9a-fA-F]{{31,33}}", fullmatch=True)
    made = st.one_of(damaged(given_out), formed, st.text(max_size=60))
    # Of a real one a mutation would do what it is for, to somebody who is needed here.
    return made.filter(lambda text: text not in given_out)


def _cursor(place: object) -> str:
    return _encoded(json.dumps(place).encode())


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def text_games(target: Target) -> Iterator[Game]:
    """Every id and every cursor that a root field takes, and those of a thread."""
    for call in calls():
        for path in call.ids:
            yield Game(f"ids {path}", _id_game(target, call, path))
        for path in call.texts:
            if path.rpartition(".")[2] in ("after", "before"):
                yield Game(f"cursors {path}", _cursor_game(target, call, path))
            else:
                yield Game(f"texts {path}", _text_game(target, call, path))
    yield Game("cursors Conversation.messages", _thread_game(target))


def _id_game(target: Target, call: Call, path: str) -> Play:
    def play(data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(ASKING))
        usual = {each: thing.id for each, thing in usual_ids(target.world, name, call).items()}
        handed = {**usual, path: data.draw(ids(target.ids))}
        _call(target, name, call, handed)

    return play


def _text_game(target: Target, call: Call, path: str) -> Play:
    def play(data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(ASKING))
        usual = {each: thing.id for each, thing in usual_ids(target.world, name, call).items()}
        text = data.draw(_HOSTILE)
        _call(target, name, call, usual, **{path.rpartition(".")[2]: text})

    return play


def _cursor_game(target: Target, call: Call, path: str) -> Play:
    own = target.given_out[call.name if call.root == "Query" else FEEDS]

    def play(data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(ASKING))
        usual = {each: thing.id for each, thing in usual_ids(target.world, name, call).items()}
        cursor = data.draw(cursors(own, target.cursors))
        _call(target, name, call, usual, **{path.rpartition(".")[2]: cursor})

    return play


def _thread_game(target: Target) -> Play:
    any_cursor = st.none() | cursors(target.given_out[THREADS], target.cursors)
    chats = [thing.id for thing in target.world.of(Kind.CONVERSATION)]

    def play(data: st.DataObject) -> None:
        handed = {
            "id": data.draw(st.sampled_from(chats)),
            "after": data.draw(any_cursor),
            "before": data.draw(any_cursor),
        }
        target.ask(data.draw(st.sampled_from(ASKING)), _THREAD, handed)

    return play


def _call(target: Target, name: str, call: Call, ids_: dict[str, str], **others: str) -> None:
    variables = call.variables(ids_, **others)
    if call.root == "Subscription" and target.callers[name].has_socket:
        target.follow(name, call.document(1), variables)
    else:
        target.ask(name, call.document(1), variables)
