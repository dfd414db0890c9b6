"""The database that everything is measured on: the same rows in each run, made by the server.

``staff<n>`` is an instructor with a course of twenty learners, all of whom chat with them; every
25th administers a department instead, and the first owns the account. A second account holds what
grows: ``few`` and ``many`` chats of one person, a ``short`` and a ``long`` thread.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from models.database import migrate
from models.migrations import __path__ as migrations

CHATS_EACH = 20
# Every 50th instructor was unassigned, and every 100th learner is deactivated: closed chats.
UNASSIGNED_EVERY, UNASSIGNED_AT = 50, 10
DEACTIVATED_EVERY, DEACTIVATED_AT = 100, 99
LONG_EVERY = 5


@dataclass(frozen=True)
class Scale:
    """How much there is, as a share of 10,000 people, 50,000 chats and 1,000,000 messages."""

    share: float = 1.0

    @property
    def staff(self) -> int:
        """How many people have a course or a department."""
        return max(int(2500 * self.share), 20)

    @property
    def learners(self) -> int:
        """How many people study."""
        return self.staff * 3

    @property
    def chats(self) -> int:
        """How many chats there are in the account that is asked."""
        return self.staff * CHATS_EACH

    @property
    def many(self) -> int:
        """The chats of one person: two hundred of them grow to as many."""
        return max(int(20_000 * self.share), 200)

    @property
    def long(self) -> int:
        """The messages of one thread: a thousand of them grow to as many."""
        return max(int(100_000 * self.share), 1_000)


def fingerprint() -> str:
    """What tells whether a stored database is what this code would make."""
    made_by = [Path(__file__), *sorted(Path(migrations[0]).glob("*.py"))]
    return hashlib.sha256(b"".join(path.read_bytes() for path in made_by)).hexdigest()


def user_id(number: int) -> str:
    """The id of a person by number, as a text; staff come before learners."""
    return f"01900000-0001-7000-8000-{number:012x}"


def chat_id(number: int) -> str:
    """The id of a chat by number, as a text."""
    return f"01900000-0003-7000-8000-{number:012x}"


def _id(kind: int, number: str) -> str:
    return f"('01900000-{kind:04x}-7000-8000-' || lpad(to_hex({number}), 12, '0'))::uuid"


ACCOUNT, USER, COURSE, CHAT, MESSAGE, SIDE, DEPARTMENT, OTHER = 0, 1, 2, 3, 4, 5, 6, 7
# Numbers from here on are of the second account.
GROWTH = 10_000_000

# {staff}, {learners}, {chats}, {many} and {long} are numbers; words in capitals make ids.
_STATEMENTS = f"""
INSERT INTO accounts (id, slug, name, messaging_mode, feed_epoch, created_at) VALUES
    ({_id(ACCOUNT, "0")}, 'bench', 'Bench', 'ON', 'bec0ffee', now()),
    ({_id(ACCOUNT, "1")}, 'growth', 'Growth', 'ON', 'bec0ffee', now());

CREATE TEMP TABLE people AS
    SELECT n::bigint AS n, 0 AS account, 'staff' || n AS source,
        CASE WHEN n = 0 THEN 'OWNER' WHEN n % 25 = 0 THEN 'DEPARTMENT_ADMIN' ELSE 'LEARNER' END
            AS role, 'ACTIVE' AS status
    FROM generate_series(0, {{staff}} - 1) n
    UNION ALL
    SELECT {{staff}} + n, 0, 'learner' || n, 'LEARNER',
        CASE WHEN n % {DEACTIVATED_EVERY} = {DEACTIVATED_AT} THEN 'DEACTIVATED' ELSE 'ACTIVE' END
    FROM generate_series(0, {{learners}} - 1) n
    UNION ALL
    SELECT {GROWTH} + n, 1, (ARRAY['few', 'many', 'short', 'long'])[n + 1], 'OWNER', 'ACTIVE'
    FROM generate_series(0, 3) n
    UNION ALL
    SELECT {GROWTH} + 4 + n, 1, 'peer' || n, 'LEARNER', 'ACTIVE'
    FROM generate_series(0, {{many}} - 1) n;
INSERT INTO users (id, account_id, source_id, name, search_name, photo_url, role, roster_status,
        hand_status, status)
    SELECT {_id(USER, "n")}, {_id(ACCOUNT, "account")}, source, 'Person ' || source,
        'person ' || source, CASE WHEN n % 2 = 0 THEN '/photos/' || n || '.jpg' END, role, status,
        NULL, status FROM people;

INSERT INTO departments (id, account_id, source_id, name, parent_id, is_archived)
    SELECT {_id(DEPARTMENT, "n")}, {_id(ACCOUNT, "0")}, 'd' || n,
        CASE WHEN n = 0 THEN 'School' WHEN n <= 10 THEN 'Faculty ' || n ELSE 'Department ' || n END,
        CASE WHEN n = 0 THEN NULL WHEN n <= 10 THEN {_id(DEPARTMENT, "0")}
            ELSE {_id(DEPARTMENT, "1 + (n - 11) / 10")} END, FALSE
    FROM generate_series(0, 110) n;
INSERT INTO department_subtrees (id, top_id, department_id)
    WITH RECURSIVE below AS (
        SELECT id AS top_id, id AS department_id FROM departments
        UNION ALL
        SELECT below.top_id, d.id FROM below
        JOIN departments d ON d.parent_id = below.department_id)
    SELECT {_id(OTHER, "row_number() OVER (ORDER BY top_id, department_id)")}, * FROM below;
INSERT INTO memberships (id, user_id, department_id)
    SELECT {_id(OTHER, "n")}, {_id(USER, "n")},
        {_id(DEPARTMENT, "11 + (n * 100 / {learners}) % 100")}
    FROM people WHERE account = 0;

CREATE TEMP TABLE chats AS
    SELECT n::bigint AS n, 0 AS account, n / {CHATS_EACH} AS one,
        {{staff}} + n % {{learners}} AS other,
        CASE WHEN n % {LONG_EVERY} = 0 THEN 60 ELSE 10 END AS size,
        n % 40 <> 7 AS is_enrolled
    FROM generate_series(0, {{chats}} - 1) n
    UNION ALL
    SELECT {GROWTH} + n, 1, {GROWTH} + 0, {GROWTH} + 4 + n, 3, FALSE
    FROM generate_series(0, 199) n
    UNION ALL
    SELECT {GROWTH} + 200 + n, 1, {GROWTH} + 1, {GROWTH} + 4 + n, 3, FALSE
    FROM generate_series(0, {{many}} - 1) n
    UNION ALL
    SELECT {GROWTH} + 200 + {{many}} + n, 1, {GROWTH} + 2 + n, {GROWTH} + 4,
        (ARRAY[1000, {{long}}])[n + 1], FALSE
    FROM generate_series(0, 1) n;

INSERT INTO role_grants (id, user_id, role, department_id, by_roster, by_hand, is_active)
    SELECT {_id(OTHER, "row_number() OVER (ORDER BY n)")}, {_id(USER, "n")}, role,
        department_id, TRUE, NULL, TRUE
    FROM (
        SELECT n, role, NULL::uuid AS department_id FROM people WHERE role = 'OWNER'
        UNION ALL
        SELECT DISTINCT p.n, p.role, d.parent_id FROM people p
        JOIN chats c ON c.one = p.n
        JOIN memberships m ON m.user_id = {_id(USER, "c.other")}
        JOIN departments d ON d.id = m.department_id
        WHERE p.role = 'DEPARTMENT_ADMIN') AS granted;

INSERT INTO courses (id, account_id, source_id, title, department_id, is_archived)
    SELECT {_id(COURSE, "n")}, {_id(ACCOUNT, "0")}, 'c' || n, 'Course number ' || n, NULL, FALSE
    FROM people WHERE account = 0 AND n < {{staff}} AND role = 'LEARNER';
INSERT INTO instructor_assignments (id, course_id, user_id, by_roster, by_hand, is_active)
    SELECT {_id(OTHER, "n")}, {_id(COURSE, "n")}, {_id(USER, "n")}, TRUE, NULL,
        n % {UNASSIGNED_EVERY} <> {UNASSIGNED_AT}
    FROM people WHERE account = 0 AND n < {{staff}} AND role = 'LEARNER';
INSERT INTO enrolments (id, course_id, user_id, is_active)
    SELECT {_id(OTHER, "c.n")}, k.id, {_id(USER, "c.other")}, c.is_enrolled
    FROM chats c JOIN courses k ON k.id = {_id(COURSE, "c.one")} WHERE c.account = 0;

CREATE TEMP TABLE times AS
    SELECT *, TIMESTAMPTZ '2026-01-01 00:00:00+00' - (n % {GROWTH}) * interval '1 millisecond'
        AS newest FROM chats;
INSERT INTO conversations (id, account_id, lower_user_id, higher_user_id, last_seq,
        last_activity_at)
    SELECT {_id(CHAT, "n")}, {_id(ACCOUNT, "account")}, {_id(USER, "one")}, {_id(USER, "other")},
        size, newest FROM times;
INSERT INTO messages (id, conversation_id, seq, sender_id, body, sent_at, course_id, deleted_at)
    SELECT {_id(MESSAGE, "seq::bigint * 16777216 + n")}, {_id(CHAT, "n")}, seq,
        CASE WHEN seq % 2 = 1 THEN {_id(USER, "other")} ELSE {_id(USER, "one")} END,
        CASE WHEN is_deleted THEN NULL ELSE 'Message number ' || seq
            || ' of a thread: a sentence or two, as people write them when they ask for help.' END,
        newest - (size - seq) * interval '1 hour',
        CASE WHEN seq % 10 = 1 THEN course_id END,
        CASE WHEN is_deleted THEN newest END
    FROM (
        SELECT t.*, seq, k.id AS course_id,
            n % 10 = 3 AND size >= 10 AND seq = size - 5 AS is_deleted
        FROM times t CROSS JOIN LATERAL generate_series(1, size) seq
        LEFT JOIN courses k ON t.account = 0 AND k.id = {_id(COURSE, "t.one")}
        ORDER BY size - seq DESC, n) AS written;

CREATE TEMP TABLE sides AS
    SELECT n, 0 AS side, one AS own, other AS peer, 1 AS theirs, size, newest,
        size - (n % 3)::int AS read_seq FROM times
    UNION ALL
    SELECT n, 1, other, one, 0, size, newest, size - (n % 2)::int FROM times;
INSERT INTO participants (id, conversation_id, user_id, peer_id, read_seq, cleared_seq,
        unread_count, last_message_id, listed_at)
    SELECT {_id(SIDE, "n * 2 + side")}, {_id(CHAT, "n")}, {_id(USER, "own")}, {_id(USER, "peer")},
        read_seq, 0,
        (SELECT count(*) FROM generate_series(read_seq + 1, size) s WHERE s % 2 = theirs),
        {_id(MESSAGE, "size::bigint * 16777216 + n")}, newest FROM sides;

INSERT INTO mailboxes (user_id, seq, pruned_seq, unread_count)
    SELECT u.id, coalesce(sum(c.last_seq), 0), coalesce(sum(greatest(c.last_seq - 2, 0)), 0),
        coalesce(sum(p.unread_count), 0)
    FROM users u LEFT JOIN participants p ON p.user_id = u.id
    LEFT JOIN conversations c ON c.id = p.conversation_id GROUP BY u.id;
INSERT INTO feed_entries (user_id, seq, kind, conversation_id, message_id, created_at)
    SELECT p.user_id, box.pruned_seq
            + row_number() OVER (PARTITION BY p.user_id ORDER BY m.sent_at, m.id),
        'MESSAGE_SENT', m.conversation_id, m.id, m.sent_at
    FROM participants p JOIN conversations c ON c.id = p.conversation_id
    JOIN messages m ON m.conversation_id = c.id AND m.seq > c.last_seq - 2
    JOIN mailboxes box ON box.user_id = p.user_id
"""


async def load(url: str, scale: Scale) -> None:
    """Fill an empty database, everything in it consistent with everything else."""
    await migrate(url)
    numbers = {
        "{staff}": scale.staff,
        "{learners}": scale.learners,
        "{chats}": scale.chats,
        "{many}": scale.many,
        "{long}": scale.long,
    }
    statements = _STATEMENTS
    for name, number in numbers.items():
        statements = statements.replace(name, str(number))
    connection = await asyncpg.connect(url)
    try:
        # The rows fit together as they are made: a foreign key checked for each takes minutes.
        await connection.execute("SET session_replication_role = replica; SET work_mem = '256MB'")
        async with connection.transaction():
            for statement in statements.split(";\n"):
                await connection.execute(statement)
        await connection.execute("VACUUM (ANALYZE)")
    finally:
        await connection.close()
