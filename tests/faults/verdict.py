"""The comparison: what was acknowledged, what every subscriber saw, what the database has."""

from bisect import bisect_right
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from tests.faults.history import Entry, Fault, History, Message, Truth, Watch

SENT = "MESSAGE_SENT"

# So many of each kind of finding are told in words.
TOLD_AT_MOST = 5

LOST, DUPLICATED, OUT_OF_ORDER = "LOST", "DUPLICATED", "OUT OF ORDER"
GAPS, PHANTOMS = "GAPS", "PHANTOMS"
FIVE = (LOST, DUPLICATED, OUT_OF_ORDER, GAPS, PHANTOMS)
# Not among the five, and no run with them is a good one.
MISCOUNTED, UNANSWERED = "MISCOUNTED", "UNANSWERED"


@dataclass(frozen=True, slots=True)
class Targets:
    """How late things may be: what the issue names, for a machine that does nothing else."""

    # Of 99 in 100 deliveries, from what ``_latencies`` counts from.
    latency_seconds: float = 1.5
    # Until everybody has everything, from the end of the last fault.
    catch_up_seconds: float = 2.0


@dataclass
class Verdict:
    """What a run showed."""

    faults: Counter[str]
    messages: int
    deliveries: int
    targets: Targets = field(default_factory=Targets)
    counts: Counter[str] = field(default_factory=Counter)
    # Some findings in words, for whoever looks for the reason.
    findings: list[str] = field(default_factory=list)
    latencies: list[float] = field(default_factory=list)
    caught_up_after: float | None = None

    @property
    def is_good(self) -> bool:
        """Whether nothing at all was found, and everything came in time."""
        return not +self.counts and self.caught_up_after is not None and not self.missed

    @property
    def missed(self) -> list[str]:
        """Which targets were missed, in words."""
        found = []
        if (late := self.latency(0.99)) > self.targets.latency_seconds:
            found.append(f"p99 {late:.2f} s, at most {self.targets.latency_seconds} s")
        late = self.caught_up_after or 0.0
        if late > self.targets.catch_up_seconds:
            found.append(f"caught up in {late:.2f} s, at most {self.targets.catch_up_seconds} s")
        return found

    @property
    def line(self) -> str:
        """All of it in one line."""
        broken = ", ".join(f"{kind} {count}" for kind, count in sorted(self.faults.items()))
        shown = [*FIVE, *(name for name in (MISCOUNTED, UNANSWERED) if self.counts[name])]
        caught_up = (
            "never caught up"
            if self.caught_up_after is None
            else f"caught up in {self.caught_up_after:.1f} s"
        )
        latency = (
            f"latency p50 {self._milliseconds(0.50)}, p99 {self._milliseconds(0.99)} "
            f"of {len(self.latencies):,} deliveries"
        )
        return " | ".join(
            [
                f"{self.faults.total()} faults: {broken or 'none'}",
                f"{self.messages:,} messages, {self.deliveries:,} deliveries",
                ", ".join(f"{name} {self.counts[name]}" for name in shown),
                latency,
                caught_up,
                *(f"TOO LATE: {what}" for what in self.missed),
            ]
        )

    def latency(self, share: float) -> float:
        """The latency that this share of the deliveries stayed within; 0 without any."""
        if not self.latencies:
            return 0.0
        ordered = sorted(self.latencies)
        return ordered[min(int(share * len(ordered)), len(ordered) - 1)]

    def _milliseconds(self, share: float) -> str:
        return f"{self.latency(share) * 1000:.0f} ms"

    def found(self, what: str, sentence: str) -> None:
        """Count a finding."""
        self.counts[what] += 1
        if self.counts[what] <= TOLD_AT_MOST:
            self.findings.append(f"{what}: {sentence}")


def judge(history: History, truth: Truth, targets: Targets = Targets()) -> Verdict:  # frozen
    """Compare all that is known."""
    verdict = Verdict(
        faults=Counter(fault.kind for fault in history.faults),
        messages=len(truth.messages),
        deliveries=sum(len(watch.seen) for watch in history.watches),
        targets=targets,
        caught_up_after=history.caught_up_after,
    )
    verdict.counts[UNANSWERED] = history.unanswered
    _check_answers(verdict, history, truth)
    _check_threads(verdict, truth)
    _check_feeds(verdict, truth)
    _check_audiences(verdict, truth)
    _check_counters(verdict, truth)
    entries: dict[str, dict[int, Entry]] = defaultdict(dict)
    for entry in truth.entries:
        entries[entry.person][entry.place] = entry
    messages = {message.id: message for message in truth.messages}
    for watch in history.watches:
        _check_places(verdict, watch, entries[watch.person])
        _check_messages(verdict, watch, messages)
        faults = [fault for fault in history.faults if fault.touches(watch)]
        verdict.latencies += _latencies(watch, entries[watch.person], faults)
    return verdict


def _check_answers(verdict: Verdict, history: History, truth: Truth) -> None:
    stored = {(each.id, each.conversation_id, each.seq, each.body) for each in truth.messages}
    wanted = {(attempt.sender, attempt.body) for attempt in history.attempts}
    for attempt in history.attempts:
        for answer in set(attempt.answers):
            if (*answer, attempt.body) not in stored:
                verdict.found(LOST, f"{attempt.body} was acknowledged as {answer}, not stored so")
    times = Counter((message.sender, message.body) for message in truth.messages)
    for (sender, body), count in times.items():
        if (sender, body) not in wanted:
            verdict.found(PHANTOMS, f"nobody sent {body}, stored {count} times for {sender}")
        elif count > 1:
            verdict.found(DUPLICATED, f"{body} is stored {count} times")


def _check_threads(verdict: Verdict, truth: Truth) -> None:
    seqs: dict[str, list[int]] = defaultdict(list)
    for message in truth.messages:
        seqs[message.conversation_id].append(message.seq)
    for conversation_id, last_seq in truth.last_seqs.items():
        if sorted(seqs[conversation_id]) != list(range(1, last_seq + 1)):
            verdict.found(GAPS, f"conversation {conversation_id}, stored up to {last_seq}")


def _check_feeds(verdict: Verdict, truth: Truth) -> None:
    """Each feed is gapless."""
    places: dict[str, list[int]] = defaultdict(list)
    for entry in truth.entries:
        places[entry.person].append(entry.place)
    for mailbox in truth.mailboxes:
        if sorted(places[mailbox.person]) != list(range(1, mailbox.place + 1)):
            verdict.found(GAPS, f"the feed of {mailbox.person}, stored up to {mailbox.place}")


def _check_audiences(verdict: Verdict, truth: Truth) -> None:
    """Each message is in the feeds of its conversation's people, once, and in no other."""
    told = Counter(
        (entry.person, entry.message_id)
        for entry in truth.entries
        if entry.kind == SENT and entry.message_id is not None
    )
    sides: dict[str, list[str]] = defaultdict(list)
    for side in truth.sides:
        sides[side.conversation_id].append(side.person)
    for message in truth.messages:
        for person in sides[message.conversation_id]:
            count = told.pop((person, message.id), 0)
            if count == 0:
                verdict.found(LOST, f"{message.body} is not in the feed of {person}")
            elif count > 1:
                verdict.found(DUPLICATED, f"{message.body} is {count} times in that of {person}")
    for person, message_id in told:
        verdict.found(PHANTOMS, f"the feed of {person} has the message {message_id}, not theirs")


def _check_counters(verdict: Verdict, truth: Truth) -> None:
    by_conversation: dict[str, list[Message]] = defaultdict(list)
    for message in truth.messages:
        by_conversation[message.conversation_id].append(message)
    totals: Counter[str] = Counter()
    for side in truth.sides:
        unread = sum(
            message.sender != side.person and message.seq > side.read_seq
            for message in by_conversation[side.conversation_id]
        )
        totals[side.person] += unread
        if unread != side.unread_count:
            verdict.found(MISCOUNTED, f"{side} has {unread} unread")
    for mailbox in truth.mailboxes:
        if mailbox.unread_count != totals[mailbox.person]:
            verdict.found(MISCOUNTED, f"{mailbox} has {totals[mailbox.person]} unread")


def _check_places(verdict: Verdict, watch: Watch, entries: dict[int, Entry]) -> None:
    """Whether one subscriber saw its person's feed: all of it, once, in order, nothing else."""
    for place in watch.repeated:
        verdict.found(DUPLICATED, f"{watch.name} was told {place} again")
    for place in watch.belated:
        verdict.found(OUT_OF_ORDER, f"{watch.name} was told {place} after a later one")
    last = watch.start
    for seen in watch.seen:
        if seen.place != last + 1:
            verdict.found(GAPS, f"{watch.name} was told {seen.place} after {last}")
        last = seen.place
        entry = entries.get(seen.place)
        if entry is None or (entry.kind, entry.message_id) != (seen.kind, seen.message_id):
            verdict.found(PHANTOMS, f"{watch.name} was told {seen}, stored is {entry}")
    missed = {place for place in entries if place > watch.start}
    missed -= {seen.place for seen in watch.seen}
    for place in sorted(missed):
        verdict.found(LOST, f"{watch.name} was never told {place}: {entries[place]}")


def _check_messages(verdict: Verdict, watch: Watch, messages: dict[str, Message]) -> None:
    """Whether one subscriber saw each message as it is, once, and each thread in order."""
    told: set[str] = set()
    last_seqs: Counter[str] = Counter()
    for seen in watch.seen:
        if seen.message_id is None or seen.conversation_id is None:
            continue
        stored = messages.get(seen.message_id)
        if stored is None or (stored.body, stored.seq) != (seen.body, seen.message_seq):
            verdict.found(PHANTOMS, f"{watch.name} was told {seen}, stored is {stored}")
        if seen.message_id in told:
            verdict.found(DUPLICATED, f"{watch.name} was told {seen.body} twice")
        elif seen.message_seq <= last_seqs[seen.conversation_id]:
            verdict.found(OUT_OF_ORDER, f"{watch.name} was told {seen.body} after a later one")
        told.add(seen.message_id)
        last_seqs[seen.conversation_id] = seen.message_seq


def _latencies(watch: Watch, entries: dict[int, Entry], faults: list[Fault]) -> list[float]:
    """From the later of COMMIT and the end of the last fault that touched.

    Faults that touch are those of the database and of the process that the subscriber is at, or
    tries to be; of the broker, of other processes and of connections none does. What was told
    while such a fault lasted would count from a moment to come, and is in no count.
    """
    ends = sorted(fault.ended_at for fault in faults if fault.ended_at is not None)
    found: list[float] = []
    for seen in watch.seen:
        entry = entries.get(seen.place)
        if entry is None or any(
            fault.started_at <= seen.at and (fault.ended_at is None or seen.at < fault.ended_at)
            for fault in faults
        ):
            continue
        over = bisect_right(ends, seen.at)
        begin = max(entry.committed_at, ends[over - 1] if over else 0.0)
        found.append(max(0.0, seen.at - begin))
    return found
