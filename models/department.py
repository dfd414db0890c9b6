"""The account's tree and who belongs where in it."""

from uuid import UUID

from tortoise import fields
from tortoise.models import Model

from models.account import Account
from models.ids import new_id
from models.user import User


class Department(Model):
    """A node of the account's tree."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "models.Account", on_delete=fields.OnDelete.RESTRICT, related_name=False
    )
    account_id: UUID
    source_id = fields.CharField(max_length=255)
    name = fields.CharField(max_length=255)
    parent: fields.ForeignKeyNullableRelation["Department"] = fields.ForeignKeyField(
        "models.Department", null=True, on_delete=fields.OnDelete.RESTRICT, related_name=False
    )
    parent_id: UUID | None
    is_archived = fields.BooleanField(default=False)

    class Meta:
        table = "departments"
        unique_together = (("account", "source_id"),)


class DepartmentSubtree(Model):
    """One row for each department and each department above it, itself included."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    top: fields.ForeignKeyRelation[Department] = fields.ForeignKeyField(
        "models.Department", on_delete=fields.OnDelete.CASCADE, related_name=False
    )
    top_id: UUID
    department: fields.ForeignKeyRelation[Department] = fields.ForeignKeyField(
        "models.Department", on_delete=fields.OnDelete.CASCADE, related_name=False
    )
    department_id: UUID

    class Meta:
        table = "department_subtrees"
        unique_together = (("top", "department"),)
        indexes = (("department_id", "top_id"),)


class Membership(Model):
    """A person belongs to a department."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", on_delete=fields.OnDelete.CASCADE, related_name=False
    )
    user_id: UUID
    department: fields.ForeignKeyRelation[Department] = fields.ForeignKeyField(
        "models.Department", on_delete=fields.OnDelete.CASCADE, related_name=False
    )
    department_id: UUID

    class Meta:
        table = "memberships"
        unique_together = (("user", "department"),)
        indexes = (("department_id", "user_id"),)
