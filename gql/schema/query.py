"""What can be asked, and who passes."""

from gql.fields import object_type, query
from gql.gates import ADMINISTRATORS, ALL_ADMINISTRATORS
from gql.resolvers import conversations as _conversations
from gql.resolvers import courses as _courses
from gql.resolvers import nodes as _nodes
from gql.resolvers import people as _people
from gql.schema.connection import Connection
from gql.schema.conversations import Conversation
from gql.schema.courses import Course
from gql.schema.node import Node
from gql.schema.people import User, Viewer


@object_type
class Query:
    """What can be asked."""

    viewer: Viewer = query(_people.viewer)
    conversations: Connection[Conversation] = query(_conversations.conversations)
    conversation: Conversation | None = query(_nodes.conversation)
    course: Course | None = query(_nodes.course)
    courses: Connection[Course] = query(_courses.courses)
    recipients: Connection[User] = query(_people.recipients, roles=ALL_ADMINISTRATORS)
    users: Connection[User] = query(_people.users, roles=ADMINISTRATORS)
    node: Node | None = query(_nodes.node)
