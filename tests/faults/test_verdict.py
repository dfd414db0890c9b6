"""The comparison sees each kind of fault: hand-made histories with one fault in each."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import cast

import pytest

from tests.faults.cluster import Cluster
from tests.faults.history import (
    Attempt,
    Entry,
    Fault,
    History,
    Mailbox,
    Message,
    Seen,
    Side,
    Truth,
    Watch,
)
from tests.faults.nemesis import Nemesis
from tests.faults.people import Person
from tests.faults.proxy import Proxy
from tests.faults.subscribers import Subscriber
from tests.faults.verdict import (
    DUPLICATED,
    GAPS,
    LOST,
    MISCOUNTED,
    OUT_OF_ORDER,
    PHANTOMS,
    SENT,
    UNANSWERED,
    Targets,
    judge,
)

Change = Callable[[History, Truth], None]


def _history() -> History:
    """Three messages from ada to lena, whose page saw each 0.1 s after COMMIT."""
    return History(
        [Attempt("ada", f"m{number}", [(f"id{number}", "chat", number)]) for number in (1, 2, 3)],
        [
            Watch(
                "lena/1",
                "lena",
                0,
                [
                    Seen(number, SENT, number + 0.1, f"id{number}", "chat", number, f"m{number}")
                    for number in (1, 2, 3)
                ],
            )
        ],
        caught_up_after=0.1,
    )


def _truth() -> Truth:
    numbers = (1, 2, 3)
    return Truth(
        [Message(f"id{number}", "chat", number, "ada", f"m{number}") for number in numbers],
        [
            Entry(person, number, SENT, f"id{number}", float(number))
            for person in ("ada", "lena")
            for number in numbers
        ],
        [Mailbox("ada", 3, 0), Mailbox("lena", 3, 3)],
        [Side("chat", "ada", 0, 0), Side("chat", "lena", 0, 3)],
        {"chat": 3},
    )


def test_a_good_run() -> None:
    """Where all is as it should be, nothing is found."""
    verdict = judge(_history(), _truth())
    assert verdict.is_good
    assert (verdict.messages, verdict.deliveries, verdict.findings) == (3, 3, [])
    assert verdict.latency(0.5) == pytest.approx(0.1)
    assert "LOST 0, DUPLICATED 0, OUT OF ORDER 0, GAPS 0, PHANTOMS 0" in verdict.line


def _acknowledged_and_gone(history: History, _: Truth) -> None:
    history.attempts.append(Attempt("ada", "m4", [("id4", "chat", 4)]))


def _acknowledged_elsewhere(history: History, _: Truth) -> None:
    history.attempts[2].answers.append(("id3", "chat", 2))


def _never_told(history: History, _: Truth) -> None:
    history.watches[0].seen.pop()


def _in_no_feed(history: History, truth: Truth) -> None:
    history.watches[0].seen.pop()
    truth.entries.remove(Entry("lena", 3, SENT, "id3", 3.0))
    truth.mailboxes[1] = Mailbox("lena", 2, 3)


def _told_again(history: History, _: Truth) -> None:
    history.watches[0].repeated.append(2)


def _stored_twice(_: History, truth: Truth) -> None:
    truth.messages[2] = replace(truth.messages[2], body="m2")


def _in_a_feed_twice(history: History, truth: Truth) -> None:
    truth.entries.append(Entry("lena", 4, SENT, "id3", 3.5))
    truth.mailboxes[1] = Mailbox("lena", 4, 3)
    history.watches[0].seen.append(Seen(4, SENT, 3.6, "id3", "chat", 3, "m3"))


def _told_late(history: History, _: Truth) -> None:
    history.watches[0].belated.append(2)
    del history.watches[0].seen[1]


def _thread_out_of_order(history: History, truth: Truth) -> None:
    """The feed itself has the second and the third message the wrong way round."""
    for number, other in ((2, 3), (3, 2)):
        at = truth.entries.index(Entry("lena", number, SENT, f"id{number}", float(number)))
        truth.entries[at] = replace(truth.entries[at], message_id=f"id{other}")
    seen = history.watches[0].seen
    seen[1], seen[2] = replace(seen[2], place=2), replace(seen[1], place=3)


def _hole_in_what_was_told(history: History, _: Truth) -> None:
    del history.watches[0].seen[1]


def _hole_in_a_thread(_: History, truth: Truth) -> None:
    truth.last_seqs["chat"] = 4


def _hole_in_a_feed(_: History, truth: Truth) -> None:
    truth.mailboxes[0] = Mailbox("ada", 4, 0)


def _told_of_nothing(history: History, _: Truth) -> None:
    history.watches[0].seen.append(Seen(4, SENT, 4.0, "id4", "chat", 4, "m4"))


def _told_another_text(history: History, _: Truth) -> None:
    history.watches[0].seen[2] = replace(history.watches[0].seen[2], body="m9")


def _stored_unasked(history: History, _: Truth) -> None:
    history.attempts.pop()


def _told_to_a_stranger(_: History, truth: Truth) -> None:
    truth.entries.append(Entry("luca", 1, SENT, "id1", 1.0))


def _wrong_side(_: History, truth: Truth) -> None:
    truth.sides[1] = Side("chat", "lena", 1, 3)


def _wrong_total(_: History, truth: Truth) -> None:
    truth.mailboxes[1] = Mailbox("lena", 3, 4)


def _no_answer(history: History, _: Truth) -> None:
    history.unanswered = 1


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (_acknowledged_and_gone, {LOST}),
        (_acknowledged_elsewhere, {LOST}),
        (_never_told, {LOST}),
        (_in_no_feed, {LOST}),
        (_told_again, {DUPLICATED}),
        (_stored_twice, {DUPLICATED}),
        (_in_a_feed_twice, {DUPLICATED}),
        (_told_late, {OUT_OF_ORDER}),
        (_thread_out_of_order, {OUT_OF_ORDER}),
        (_hole_in_what_was_told, {GAPS, LOST}),
        (_hole_in_a_thread, {GAPS}),
        (_hole_in_a_feed, {GAPS}),
        (_told_of_nothing, {PHANTOMS}),
        (_told_another_text, {PHANTOMS}),
        (_stored_unasked, {PHANTOMS}),
        (_told_to_a_stranger, {PHANTOMS}),
        (_wrong_side, {MISCOUNTED}),
        (_wrong_total, {MISCOUNTED}),
        (_no_answer, {UNANSWERED}),
    ],
)
def test_each_fault_is_found(change: Change, expected: set[str]) -> None:
    """A history with this fault in it is not a good one, and is said to have this fault."""
    history, truth = _history(), _truth()
    change(history, truth)
    verdict = judge(history, truth)
    assert not verdict.is_good
    found = set(+verdict.counts)
    assert expected <= found
    assert verdict.findings or found == {UNANSWERED}
    for name in expected - {UNANSWERED}:
        assert f"{name} {verdict.counts[name]}" in verdict.line


def test_latency_counts_from_the_end_of_a_fault() -> None:
    """The last fault that touched the subscriber excuses what came after its end, no other."""
    history = _history()
    for touched, ended_at in (("lena/1", 3.05), ("ada/1", 1.09)):
        history.faults.append(Fault("kill server", "server1", 1.5, ended_at, touched={touched}))
    latencies = judge(history, _truth()).latencies
    # The second came while the fault lasted, and is in no count.
    assert latencies == pytest.approx([0.1, 0.05])


def test_a_fault_of_the_broker_excuses_nothing() -> None:
    """A dead broker may cost latency, and that is measured."""
    history = _history()
    history.faults.append(Fault("kill broker", "broker", 0.5, 3.05))
    assert judge(history, _truth()).latencies == pytest.approx([0.1, 0.1, 0.1])


async def test_a_reset_of_connections_excuses_nothing() -> None:
    """Whose connection is cut is at a process that goes on: coming back is part of the latency."""
    history = _history()
    cluster = Cluster(Path(), {}, [])
    [watch] = history.watches
    at_proxy = Proxy()
    subscriber = Subscriber(
        cast(Person, None),
        watch,
        "",
        cluster,
        at_proxy,
        history,
        Random(1),  # noqa: S311  # a seed
    )
    nemesis = Nemesis(cluster, [subscriber], [at_proxy], history, Random(1), 1.0)  # noqa: S311  # a seed
    await nemesis._reset()
    [fault] = history.faults
    assert not fault.touches(watch)


@pytest.mark.parametrize(
    ("targets", "said"),
    [
        (Targets(latency_seconds=0.09), "TOO LATE: p99 0.10 s, at most 0.09 s"),
        (Targets(catch_up_seconds=0.09), "TOO LATE: caught up in 0.10 s, at most 0.09 s"),
    ],
)
def test_what_comes_too_late(targets: Targets, said: str) -> None:
    """A run that misses a target is not a good one, and says which; the limits are the issue's."""
    assert Targets() == Targets(latency_seconds=1.5, catch_up_seconds=2.0)
    assert judge(_history(), _truth(), Targets(0.11, 0.11)).is_good
    verdict = judge(_history(), _truth(), targets)
    assert not verdict.is_good
    assert said in verdict.line


def test_what_never_catches_up() -> None:
    """A run in which somebody never had everything says so."""
    history = _history()
    history.caught_up_after = None
    verdict = judge(history, _truth())
    assert not verdict.is_good
    assert "never caught up" in verdict.line
