"""Courses, who studies and who teaches them."""

from uuid import UUID

from tortoise import fields
from tortoise.models import Model

from models.account import Account
from models.department import Department
from models.ids import new_id
from models.standing import Standing
from models.user import User


class Course(Model):
    """Something that is studied and taught."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "models.Account", on_delete=fields.OnDelete.RESTRICT, related_name=False
    )
    account_id: UUID
    source_id = fields.CharField(max_length=255)
    title = fields.CharField(max_length=255)
    department: fields.ForeignKeyNullableRelation[Department] = fields.ForeignKeyField(
        "models.Department", null=True, on_delete=fields.OnDelete.RESTRICT, related_name=False
    )
    department_id: UUID | None
    # Nobody studies or teaches an archived course; it keeps its title for the messages about it.
    is_archived = fields.BooleanField(default=False)

    class Meta:
        table = "courses"
        unique_together = (("account", "source_id"),)
        indexes = (("account_id", "title", "id"), ("department_id", "id"))


class Enrolment(Model):
    """A person studies a course."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    course: fields.ForeignKeyRelation[Course] = fields.ForeignKeyField(
        "models.Course", on_delete=fields.OnDelete.CASCADE, related_name=False
    )
    course_id: UUID
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", on_delete=fields.OnDelete.CASCADE, related_name=False
    )
    user_id: UUID
    is_active = fields.BooleanField(default=True)

    class Meta:
        table = "enrolments"
        unique_together = (("user", "course"),)
        indexes = (("course_id", "user_id"),)


class InstructorAssignment(Standing):
    """A person teaches a course. Ended, never deleted: chats remember why they closed."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    course: fields.ForeignKeyRelation[Course] = fields.ForeignKeyField(
        "models.Course", on_delete=fields.OnDelete.CASCADE, related_name=False
    )
    course_id: UUID
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", on_delete=fields.OnDelete.CASCADE, related_name=False
    )
    user_id: UUID

    class Meta:
        table = "instructor_assignments"
        unique_together = (("user", "course"),)
        indexes = (("course_id", "user_id"),)
