"""The tables, one concept a file, and the way to reach them. Imports nothing of ours."""

from models.account import Account
from models.announcement import PendingAnnouncement
from models.conversation import Conversation, Participant
from models.course import Course, Enrolment, InstructorAssignment
from models.department import Department, DepartmentSubtree, Membership
from models.enums import FeedKind, MessagingMode, Role, UserStatus
from models.mailbox import Mailbox
from models.message import HiddenMessage, Message
from models.role import RoleGrant
from models.user import User

__all__ = [
    "Account",
    "Conversation",
    "Course",
    "Department",
    "DepartmentSubtree",
    "Enrolment",
    "FeedKind",
    "HiddenMessage",
    "InstructorAssignment",
    "Mailbox",
    "Membership",
    "Message",
    "MessagingMode",
    "Participant",
    "PendingAnnouncement",
    "Role",
    "RoleGrant",
    "User",
    "UserStatus",
]
