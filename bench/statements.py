"""The statements that the peers share: what may be asked of two people is the same for all.

The floor and the Node servers evaluate the service's own policy, built from its own relations, in
SQL of one column where the service reads the facts and decides in Python; and they write with the
service's own statement. So what is compared is how an answer is made, not what it says.
"""

from messaging.actions.posting import _POST
from messaging.policy.chats import may_one_start
from messaging.policy.relations import was_unassigned

# Over rows of users called viewer and peer, and one of accounts called account.
CLOSED_REASON = f"""CASE
    WHEN viewer.id = peer.id THEN 'SELF'
    WHEN account.messaging_mode = 'OFF' THEN 'MESSAGING_OFF'
    WHEN peer.status = 'REMOVED' THEN 'PEER_REMOVED'
    WHEN peer.status = 'DEACTIVATED' THEN 'PEER_DEACTIVATED'
    WHEN viewer.status = 'ACTIVE' AND viewer.account_id = peer.account_id
        AND {may_one_start("viewer", "peer")} THEN NULL
    WHEN {was_unassigned("viewer", "peer")} THEN 'INSTRUCTOR_UNASSIGNED'
    ELSE 'NO_LONGER_PERMITTED' END"""

# The peer's departments, for administrators only.
_DEPARTMENT = """CASE WHEN viewer.role IN ('OWNER', 'ACCOUNT_ADMIN', 'DEPARTMENT_ADMIN') THEN (
    SELECT string_agg(d.name, ', ' ORDER BY d.name) FROM memberships b
    JOIN departments d ON d.id = b.department_id WHERE b.user_id = peer.id) END"""

# A chat as the page shows it: 22 columns, all that its answer needs and nothing else.
_CHAT_COLUMNS = f"""c.id AS chat_id, peer.id AS peer_id, peer.name, peer.photo_url, peer.role,
    peer.status, {_DEPARTMENT} AS department, p.unread_count, c.last_activity_at,
    {CLOSED_REASON} AS closed_reason, other.read_seq AS peer_read_seq,
    m.id AS message_id, m.seq, m.body, m.sent_at, m.sender_id,
    course.id AS course_id, course.title, p.listed_at"""

_FROM_SIDE = """FROM participants p
    JOIN conversations c ON c.id = p.conversation_id
    JOIN users peer ON peer.id = p.peer_id
    JOIN participants other ON other.conversation_id = p.conversation_id
        AND other.user_id = p.peer_id
    LEFT JOIN messages m ON m.id = p.last_message_id
    LEFT JOIN courses course ON course.id = m.course_id"""

_LISTED = """WHERE p.user_id = $1 AND p.listed_at IS NOT NULL
        ORDER BY p.listed_at DESC, p.conversation_id DESC LIMIT 31"""

# Cursor and list in one statement: one snapshot, so that they fit together.
INBOX = f"""SELECT account.feed_epoch, box.seq AS feed_seq, chat.*
    FROM users viewer
    JOIN accounts account ON account.id = viewer.account_id
    JOIN mailboxes box ON box.user_id = viewer.id
    LEFT JOIN LATERAL (SELECT {_CHAT_COLUMNS} {_FROM_SIDE} {_LISTED}) AS chat ON TRUE
    WHERE viewer.id = $1"""

# SQLite knows no LATERAL: the cursor first, then the list.
CURSOR = """SELECT account.feed_epoch, box.seq FROM users viewer
    JOIN accounts account ON account.id = viewer.account_id
    JOIN mailboxes box ON box.user_id = viewer.id WHERE viewer.id = $1"""
INBOX_LIST = f"""SELECT {_CHAT_COLUMNS} {_FROM_SIDE}
    JOIN users viewer ON viewer.id = p.user_id
    JOIN accounts account ON account.id = viewer.account_id {_LISTED}"""

THREAD_CHAT = f"""SELECT account.feed_epoch, box.seq AS feed_seq, p.cleared_seq, {_CHAT_COLUMNS}
    {_FROM_SIDE}
    JOIN users viewer ON viewer.id = p.user_id
    JOIN accounts account ON account.id = viewer.account_id
    JOIN mailboxes box ON box.user_id = viewer.id
    WHERE p.user_id = $1 AND p.conversation_id = $2"""

THREAD_MESSAGES = """SELECT m.id, m.seq, m.body, m.sent_at, m.sender_id, course.id, course.title
    FROM messages m LEFT JOIN courses course ON course.id = m.course_id
    WHERE m.conversation_id = $2
        AND m.seq > (SELECT cleared_seq FROM participants
            WHERE conversation_id = $2 AND user_id = $1)
        AND m.deleted_at IS NULL
        AND NOT EXISTS (SELECT 1 FROM hidden_messages h
            WHERE h.message_id = m.id AND h.user_id = $1)
    ORDER BY m.seq DESC LIMIT 51"""

# What a send must know: the chat, its reason, and what the same request made before.
SEND_FACTS = f"""SELECT {_CHAT_COLUMNS}, first.id AS first_id {_FROM_SIDE}
    JOIN users viewer ON viewer.id = p.user_id
    JOIN accounts account ON account.id = viewer.account_id
    LEFT JOIN messages first ON first.sender_id = viewer.id AND first.idempotency_key = $3
    WHERE p.user_id = $1 AND p.conversation_id = $2"""

SEND = _POST


def _replaced(text: str, old: str, new: str) -> str:
    if text.count(old) != 1:
        raise LookupError(f"not once in the service's statement: {old!r}")
    return text.replace(old, new)


def _everything_in_one() -> str:
    """The service's writing statement, with the facts read at its start."""
    facts = SEND_FACTS.replace("$3", "$7").replace("p.user_id = $1", "p.user_id = $4::uuid")
    facts = facts.replace("p.conversation_id = $2", "p.conversation_id = $1")
    statement = _replaced(
        SEND.lstrip(),
        "WITH place AS",
        f"WITH facts AS MATERIALIZED ({facts}),\n    place AS",
    )
    statement = _replaced(
        statement,
        "WHERE id = $1 RETURNING",
        "WHERE id = (SELECT chat_id FROM facts WHERE closed_reason IS NULL AND first_id IS NULL)"
        " RETURNING",
    )
    return _replaced(
        statement,
        "SELECT message.seq, message.sent_at, sides.unread_count\n    FROM message JOIN sides ON",
        "SELECT facts.*, message.seq AS new_seq, message.sent_at AS new_sent_at,"
        " sides.unread_count AS new_unread_count\n"
        "    FROM facts LEFT JOIN message ON TRUE LEFT JOIN sides ON",
    )


SEND_IN_ONE = _everything_in_one()

# For the Node servers, whose loaders ask for each kind of thing in one statement.
FOR_NODE = {
    "viewer": """SELECT u.id, u.role, a.messaging_mode, a.feed_epoch, box.seq AS feed_seq,
        box.unread_count FROM users u JOIN accounts a ON a.id = u.account_id
        JOIN mailboxes box ON box.user_id = u.id WHERE u.id = $1""",
    "conversations": """SELECT c.id, p.peer_id, p.last_message_id, p.unread_count,
        c.last_activity_at, p.listed_at
        FROM participants p JOIN conversations c ON c.id = p.conversation_id
        WHERE p.user_id = $1 AND p.listed_at IS NOT NULL
        ORDER BY p.listed_at DESC, p.conversation_id DESC LIMIT $2""",
    "conversation": """SELECT c.id, p.peer_id, p.last_message_id, p.unread_count,
        c.last_activity_at
        FROM participants p JOIN conversations c ON c.id = p.conversation_id
        WHERE p.user_id = $1 AND p.conversation_id = $2""",
    "messages": """SELECT m.id, m.conversation_id, m.seq, m.sender_id, m.body, m.sent_at,
        m.course_id FROM messages m
        WHERE m.conversation_id = $2 AND m.seq < $4
            AND m.seq > (SELECT cleared_seq FROM participants
                WHERE conversation_id = $2 AND user_id = $1)
            AND m.deleted_at IS NULL
            AND NOT EXISTS (SELECT 1 FROM hidden_messages h
                WHERE h.message_id = m.id AND h.user_id = $1)
        ORDER BY m.seq DESC LIMIT $3""",
    "closedReasons": f"""SELECT peer.id, {CLOSED_REASON} AS closed_reason
        FROM users viewer JOIN accounts account ON account.id = viewer.account_id
        JOIN users peer ON peer.id = ANY($1::uuid[]) WHERE viewer.id = $2""",
    "facts": f"""SELECT p.peer_id, other.read_seq AS peer_read_seq, first.id AS first_id,
        {CLOSED_REASON} AS closed_reason
        FROM participants p
        JOIN users viewer ON viewer.id = p.user_id
        JOIN users peer ON peer.id = p.peer_id
        JOIN accounts account ON account.id = viewer.account_id
        JOIN participants other ON other.conversation_id = p.conversation_id
            AND other.user_id = p.peer_id
        LEFT JOIN messages first ON first.sender_id = viewer.id AND first.idempotency_key = $3
        WHERE p.user_id = $1 AND p.conversation_id = $2""",
    "send": SEND,
}
