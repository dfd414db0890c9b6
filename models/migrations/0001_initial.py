import functools
from json import dumps, loads

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from models.account import new_epoch
from models.enums import MessagingMode, Role, UserStatus
from models.ids import new_id


class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name="Account",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
                ),
                ("slug", fields.CharField(unique=True, max_length=64)),
                ("name", fields.CharField(max_length=255)),
                (
                    "messaging_mode",
                    fields.CharEnumField(
                        default=MessagingMode.ON,
                        description="ON: ON\nOFF: OFF",
                        enum_type=MessagingMode,
                        max_length=8,
                    ),
                ),
                ("feed_epoch", fields.CharField(default=new_epoch, max_length=8)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            ],
            options={
                "table": "accounts",
                "app": "models",
                "pk_attr": "id",
                "table_description": "One organisation. Not a login.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Department",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
                ),
                (
                    "account",
                    fields.ForeignKeyField(
                        "models.Account",
                        source_field="account_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("source_id", fields.CharField(max_length=255)),
                ("name", fields.CharField(max_length=255)),
                (
                    "parent",
                    fields.ForeignKeyField(
                        "models.Department",
                        source_field="parent_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("is_archived", fields.BooleanField(default=False)),
            ],
            options={
                "table": "departments",
                "app": "models",
                "unique_together": (("account", "source_id"),),
                "pk_attr": "id",
                "table_description": "A node of the account's tree.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Course",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
                ),
                (
                    "account",
                    fields.ForeignKeyField(
                        "models.Account",
                        source_field="account_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("source_id", fields.CharField(max_length=255)),
                ("title", fields.CharField(max_length=255)),
                (
                    "department",
                    fields.ForeignKeyField(
                        "models.Department",
                        source_field="department_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("is_archived", fields.BooleanField(default=False)),
            ],
            options={
                "table": "courses",
                "app": "models",
                "unique_together": (("account", "source_id"),),
                "indexes": [
                    Index(fields=["account_id", "title", "id"]),
                    Index(fields=["department_id", "id"]),
                ],
                "pk_attr": "id",
                "table_description": "Something that is studied and taught.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="DepartmentSubtree",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
                ),
                (
                    "top",
                    fields.ForeignKeyField(
                        "models.Department",
                        source_field="top_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "department",
                    fields.ForeignKeyField(
                        "models.Department",
                        source_field="department_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
            ],
            options={
                "table": "department_subtrees",
                "app": "models",
                "unique_together": (("top", "department"),),
                "indexes": [Index(fields=["department_id", "top_id"])],
                "pk_attr": "id",
                "table_description": "One row for each department and each department above it, itself included.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="PendingAnnouncement",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
                ),
                (
                    "account",
                    fields.ForeignKeyField(
                        "models.Account",
                        source_field="account_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "user_ids",
                    fields.JSONField(
                        null=True,
                        encoder=functools.partial(dumps, separators=(",", ":")),
                        decoder=loads,
                    ),
                ),
                ("concerns_chats", fields.BooleanField()),
                ("told_users_to", fields.UUIDField(null=True)),
                ("users_are_told", fields.BooleanField(default=False)),
                ("told_chats_to", fields.UUIDField(null=True)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            ],
            options={
                "table": "pending_announcements",
                "app": "models",
                "pk_attr": "id",
                "table_description": "A committed fact whose feed entries still have to follow, in batches.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="User",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
                ),
                (
                    "account",
                    fields.ForeignKeyField(
                        "models.Account",
                        source_field="account_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("source_id", fields.CharField(max_length=255)),
                ("name", fields.CharField(max_length=255)),
                ("search_name", fields.CharField(max_length=765)),
                ("photo_url", fields.CharField(null=True, max_length=2048)),
                (
                    "role",
                    fields.CharEnumField(
                        default=Role.LEARNER,
                        description="OWNER: OWNER\nACCOUNT_ADMIN: ACCOUNT_ADMIN\nDEPARTMENT_ADMIN: DEPARTMENT_ADMIN\nINSTRUCTOR: INSTRUCTOR\nLEARNER: LEARNER",
                        enum_type=Role,
                        max_length=16,
                    ),
                ),
                (
                    "roster_status",
                    fields.CharEnumField(
                        default=UserStatus.ACTIVE,
                        description="ACTIVE: ACTIVE\nDEACTIVATED: DEACTIVATED\nREMOVED: REMOVED",
                        enum_type=UserStatus,
                        max_length=16,
                    ),
                ),
                (
                    "hand_status",
                    fields.CharEnumField(
                        null=True,
                        description="ACTIVE: ACTIVE\nDEACTIVATED: DEACTIVATED\nREMOVED: REMOVED",
                        enum_type=UserStatus,
                        max_length=16,
                    ),
                ),
                (
                    "status",
                    fields.CharEnumField(
                        default=UserStatus.ACTIVE,
                        description="ACTIVE: ACTIVE\nDEACTIVATED: DEACTIVATED\nREMOVED: REMOVED",
                        enum_type=UserStatus,
                        max_length=16,
                    ),
                ),
            ],
            options={
                "table": "users",
                "app": "models",
                "unique_together": (("account", "source_id"),),
                "indexes": [Index(fields=["account_id", "search_name", "id"])],
                "pk_attr": "id",
                "table_description": "A person. Nothing else is held of anybody: no address, no birthday, no password.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Conversation",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
                ),
                (
                    "account",
                    fields.ForeignKeyField(
                        "models.Account",
                        source_field="account_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "lower_user",
                    fields.ForeignKeyField(
                        "models.User",
                        source_field="lower_user_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "higher_user",
                    fields.ForeignKeyField(
                        "models.User",
                        source_field="higher_user_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("last_seq", fields.IntField(default=0)),
                ("last_activity_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "conversations",
                "app": "models",
                "unique_together": (("lower_user", "higher_user"),),
                "pk_attr": "id",
                "table_description": "The thread between two people, one for each pair.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Enrolment",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
                ),
                (
                    "course",
                    fields.ForeignKeyField(
                        "models.Course",
                        source_field="course_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "user",
                    fields.ForeignKeyField(
                        "models.User",
                        source_field="user_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("is_active", fields.BooleanField(default=True)),
            ],
            options={
                "table": "enrolments",
                "app": "models",
                "unique_together": (("user", "course"),),
                "indexes": [Index(fields=["course_id", "user_id"])],
                "pk_attr": "id",
                "table_description": "A person studies a course.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="InstructorAssignment",
            fields=[
                ("by_roster", fields.BooleanField(default=False)),
                ("by_hand", fields.BooleanField(null=True)),
                ("is_active", fields.BooleanField(default=False)),
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
                ),
                (
                    "course",
                    fields.ForeignKeyField(
                        "models.Course",
                        source_field="course_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "user",
                    fields.ForeignKeyField(
                        "models.User",
                        source_field="user_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
            ],
            options={
                "table": "instructor_assignments",
                "app": "models",
                "unique_together": (("user", "course"),),
                "indexes": [Index(fields=["course_id", "user_id"])],
                "pk_attr": "id",
                "table_description": "A person teaches a course. Ended, never deleted: chats remember why they closed.",
            },
            bases=["Standing"],
        ),
        ops.CreateModel(
            name="Mailbox",
            fields=[
                (
                    "user",
                    fields.OneToOneField(
                        "models.User",
                        source_field="user_id",
                        primary_key=True,
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("seq", fields.BigIntField(default=0)),
                ("pruned_seq", fields.BigIntField(default=0)),
                ("unread_count", fields.IntField(default=0)),
            ],
            options={
                "table": "mailboxes",
                "app": "models",
                "pk_attr": "user_id",
                "table_description": "The head of a person's feed. Its row lock makes the feed gapless and ordered by commit.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Membership",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
                ),
                (
                    "user",
                    fields.ForeignKeyField(
                        "models.User",
                        source_field="user_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "department",
                    fields.ForeignKeyField(
                        "models.Department",
                        source_field="department_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
            ],
            options={
                "table": "memberships",
                "app": "models",
                "unique_together": (("user", "department"),),
                "indexes": [Index(fields=["department_id", "user_id"])],
                "pk_attr": "id",
                "table_description": "A person belongs to a department.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Message",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
                ),
                (
                    "conversation",
                    fields.ForeignKeyField(
                        "models.Conversation",
                        source_field="conversation_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("seq", fields.IntField()),
                (
                    "sender",
                    fields.ForeignKeyField(
                        "models.User",
                        source_field="sender_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("body", fields.TextField(null=True, unique=False)),
                ("sent_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                (
                    "course",
                    fields.ForeignKeyField(
                        "models.Course",
                        source_field="course_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("deleted_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("idempotency_key", fields.CharField(null=True, max_length=128)),
                ("idempotency_hash", fields.CharField(null=True, max_length=64)),
            ],
            options={
                "table": "messages",
                "app": "models",
                "unique_together": (("conversation", "seq"), ("sender", "idempotency_key")),
                "pk_attr": "id",
                "table_description": "What one person wrote. Deleted for everyone, the row stays and the text goes (D1).",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="HiddenMessage",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
                ),
                (
                    "message",
                    fields.ForeignKeyField(
                        "models.Message",
                        source_field="message_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "user",
                    fields.ForeignKeyField(
                        "models.User",
                        source_field="user_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
            ],
            options={
                "table": "hidden_messages",
                "app": "models",
                "unique_together": (("message", "user"),),
                "pk_attr": "id",
                "table_description": "A message that one person deleted for themselves only (D2).",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Participant",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
                ),
                (
                    "conversation",
                    fields.ForeignKeyField(
                        "models.Conversation",
                        source_field="conversation_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "user",
                    fields.ForeignKeyField(
                        "models.User",
                        source_field="user_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "peer",
                    fields.ForeignKeyField(
                        "models.User",
                        source_field="peer_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("read_seq", fields.IntField(default=0)),
                ("cleared_seq", fields.IntField(default=0)),
                ("unread_count", fields.IntField(default=0)),
                ("last_message_id", fields.UUIDField(null=True)),
                ("listed_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "participants",
                "app": "models",
                "unique_together": (("conversation", "user"), ("user", "peer")),
                "indexes": [Index(fields=["user_id", "listed_at", "conversation_id"])],
                "pk_attr": "id",
                "table_description": "One person's own side of a conversation, never shown to the peer.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="RoleGrant",
            fields=[
                ("by_roster", fields.BooleanField(default=False)),
                ("by_hand", fields.BooleanField(null=True)),
                ("is_active", fields.BooleanField(default=False)),
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
                ),
                (
                    "user",
                    fields.ForeignKeyField(
                        "models.User",
                        source_field="user_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "role",
                    fields.CharEnumField(
                        description="OWNER: OWNER\nACCOUNT_ADMIN: ACCOUNT_ADMIN\nDEPARTMENT_ADMIN: DEPARTMENT_ADMIN\nINSTRUCTOR: INSTRUCTOR\nLEARNER: LEARNER",
                        enum_type=Role,
                        max_length=16,
                    ),
                ),
                (
                    "department",
                    fields.ForeignKeyField(
                        "models.Department",
                        source_field="department_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
            ],
            options={
                "table": "role_grants",
                "app": "models",
                "unique_together": (("user", "role", "department"),),
                "pk_attr": "id",
                "table_description": "A person holds an administrative role: for the account, or for a department's subtree.",
            },
            bases=["Standing"],
        ),
        # Nulls are distinct: the table's own constraint holds for departments only.
        ops.RunSQL(
            """
            CREATE UNIQUE INDEX uid_role_grants_of_account ON role_grants (user_id, role)
            WHERE department_id IS NULL
            """,
            reverse_sql="DROP INDEX uid_role_grants_of_account",
        ),
        # Tortoise has no composite primary keys. The column types are PostgreSQL's; SQLite takes
        # any, and keeps such ids and times as the texts they are.
        ops.RunSQL(
            """
            CREATE TABLE feed_entries (
                user_id UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
                seq BIGINT NOT NULL,
                kind VARCHAR(24) NOT NULL,
                conversation_id UUID,
                message_id UUID,
                reader_id UUID,
                up_to_seq INT,
                created_at TIMESTAMPTZ NOT NULL,
                PRIMARY KEY (user_id, seq)
            )
            """,
            reverse_sql="DROP TABLE feed_entries",
        ),
    ]
