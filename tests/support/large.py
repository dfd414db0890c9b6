"""A database large enough that a plan without its index would show."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import UUID

from models import Account, Conversation, Mailbox, Message, Participant, Role, User, UserStatus
from models.database import Database, transaction
from tests.support.cast import ACCOUNT

PEOPLE = 8_000
CHATTING = 1_000
LONG_THREAD = 10_000
SHORT_THREAD = 1
ENTRIES = 50
_BATCH = 500


async def make_crowd() -> tuple[UUID, UUID]:
    """Many people, a thousand of whom write with one; that one, and the longest of the chats."""
    account = await Account.get(slug=ACCOUNT)
    people = [
        User(
            account=account,
            source_id=f"crowd-{number}",
            name=f"Crowd {number}",
            search_name=f"crowd {number}",
            role=Role.LEARNER,
            roster_status=UserStatus.ACTIVE,
            status=UserStatus.ACTIVE,
        )
        for number in range(PEOPLE)
    ]
    await User.bulk_create(people, batch_size=_BATCH)
    await Mailbox.bulk_create(
        [Mailbox(user_id=person.id, seq=ENTRIES) for person in people], batch_size=_BATCH
    )
    hub, *others = people[:CHATTING]
    pairs = [(hub, other) for other in others] + list(pairwise(people[1:]))
    chats = await _make_chats(account.id, pairs)
    await _fill_feeds([person.id for person in people[:CHATTING]], chats[0])
    return hub.id, chats[0].id


async def _make_chats(account_id: UUID, pairs: list[tuple[User, User]]) -> list[Conversation]:
    now = datetime.now(UTC)
    chats: list[Conversation] = []
    sides: list[Participant] = []
    messages: list[Message] = []
    for number, (one, other) in enumerate(pairs):
        lower, higher = sorted((one.id, other.id))
        length = LONG_THREAD if number == 0 else SHORT_THREAD
        at = now - timedelta(minutes=number)
        chat = Conversation(
            account_id=account_id,
            lower_user_id=lower,
            higher_user_id=higher,
            last_seq=length,
            last_activity_at=at,
        )
        thread = [
            Message(
                conversation_id=chat.id,
                seq=seq,
                sender_id=(lower, higher)[seq % 2],
                body=f"Number {seq}",
                sent_at=at,
                idempotency_key=f"{chat.id}-{seq}",
            )
            for seq in range(1, length + 1)
        ]
        chats.append(chat)
        messages += thread
        sides += [
            Participant(
                conversation_id=chat.id,
                user_id=own,
                peer_id=peer,
                listed_at=at,
                last_message_id=thread[-1].id,
                unread_count=number % 3,
            )
            for own, peer in ((lower, higher), (higher, lower))
        ]
    await Conversation.bulk_create(chats, batch_size=_BATCH)
    await Message.bulk_create(messages, batch_size=_BATCH)
    await Participant.bulk_create(sides, batch_size=_BATCH)
    return chats


async def _fill_feeds(user_ids: list[UUID], chat: Conversation) -> None:
    message = await Message.get(conversation_id=chat.id, seq=1)
    async with transaction() as db:
        for user_id in user_ids:
            lines = [(user_id, seq) for seq in range(1, ENTRIES + 1)]
            asked, args = db.table({"user_id": "uuid", "seq": "bigint"}, lines)
            await db.execute(
                f"""INSERT INTO feed_entries
                    (user_id, seq, kind, conversation_id, message_id, created_at)
                    SELECT asked.user_id, asked.seq, 'MESSAGE_SENT', ${len(args) + 1},
                        ${len(args) + 2}, ${len(args) + 3} FROM {asked}""",  # noqa: S608  # constants
                *args,
                chat.id,
                message.id,
                chat.last_activity_at,
            )


async def analyse(db: Database) -> None:
    """Let PostgreSQL know the tables, as its autovacuum does. SQLite plans without knowing them."""
    if db.is_postgres:
        await db.execute("ANALYZE")
