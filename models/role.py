"""Who administers what."""

from uuid import UUID

from tortoise import fields

from models.department import Department
from models.enums import Role
from models.ids import new_id
from models.standing import Standing
from models.user import User


class RoleGrant(Standing):
    """A person holds an administrative role: for the account, or for a department's subtree."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", on_delete=fields.OnDelete.CASCADE, related_name=False
    )
    user_id: UUID
    role = fields.CharEnumField(Role, max_length=16)
    # Set for DEPARTMENT_ADMIN and for nothing else.
    department: fields.ForeignKeyNullableRelation[Department] = fields.ForeignKeyField(
        "models.Department", null=True, on_delete=fields.OnDelete.CASCADE, related_name=False
    )
    department_id: UUID | None

    class Meta:
        table = "role_grants"
        unique_together = (("user", "role", "department"),)
