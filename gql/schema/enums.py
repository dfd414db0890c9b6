"""The closed sets of values: the domain's own, made known to the schema."""

import strawberry

from messaging.actions.deleting import DeleteScope
from messaging.errors import UserErrorCode
from messaging.policy.reasons import RefusalReason
from models import MessagingMode, Role, UserStatus

# strawberry.enum returns the class it was given, marked.
strawberry.enum(
    Role,
    description=(
        "What a person is in the account. INSTRUCTOR follows from teaching a course, LEARNER is "
        "also whoever is enrolled in one."
    ),
)
strawberry.enum(
    MessagingMode, description="Whether the account's people may write to each other at all."
)
strawberry.enum(UserStatus, description="Whether a person may sign in and be written to.")
strawberry.enum(DeleteScope, description="For whom a message is deleted.")
strawberry.enum(
    RefusalReason,
    description=(
        "Why two people may not write to each other. Of several that hold, the first in this "
        "order is given."
    ),
)
strawberry.enum(UserErrorCode, description="What a person can cause and mend.")

__all__ = ["DeleteScope", "MessagingMode", "RefusalReason", "Role", "UserErrorCode", "UserStatus"]
