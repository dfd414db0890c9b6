"""Who passes a field, declared with the field and nowhere else.

A declared role prints in the schema as ``@requiresRole`` and is enforced by the same declaration;
resolvers never ask again.
"""

from collections.abc import Iterable
from typing import Any

import strawberry
from strawberry.permission import BasePermission, PermissionExtension
from strawberry.schema_directive import Location

from gql.context import Info
from gql.errors import Forbidden
from messaging.errors import BadInput, SignedOut
from messaging.text import is_storable
from models import Role

ANYBODY = tuple(Role)
ADMINISTRATORS = (Role.OWNER, Role.ACCOUNT_ADMIN)
ALL_ADMINISTRATORS = (*ADMINISTRATORS, Role.DEPARTMENT_ADMIN)


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION],
    name="requiresRole",
    description="The field answers FORBIDDEN to whoever holds none of these roles.",
    print_definition=True,
)
class RequiresRole:
    """The directive as it stands in the schema."""

    any_of: list[Role]


class _Gate(BasePermission):
    @property
    def schema_directive(self) -> object:
        """Most gates need no words: they stand before every root field."""
        return None


class SignedInGate(_Gate):
    """Lets nobody pass who has not signed in or is not active."""

    def has_permission(self, source: Any, info: Info, **_: Any) -> bool:
        """Whether somebody signed in."""
        return info.context.viewer_or_none is not None

    def on_unauthorized(self) -> None:
        """Raise SignedOut."""
        raise SignedOut


class TextGate(_Gate):
    """Lets no text pass that a database would refuse; of a body, the action says so itself."""

    def has_permission(self, source: Any, info: Any, **arguments: Any) -> bool:
        """Whether every string in the arguments is storable."""
        return _holds_storable(arguments)

    def on_unauthorized(self) -> None:
        """Raise BadInput."""
        raise BadInput("A text contains NUL or half of a surrogate pair.")


class RoleGate(BasePermission):
    """Lets pass whoever holds one of the roles."""

    def __init__(self, roles: Iterable[Role]) -> None:
        self._roles = frozenset(roles)
        self._directive = RequiresRole(any_of=[role for role in Role if role in self._roles])

    @property
    def schema_directive(self) -> object:
        """What the schema says of it."""
        return self._directive

    def has_permission(self, source: Any, info: Info, **_: Any) -> bool:
        """Whether the viewer holds one of the roles."""
        return not self._roles.isdisjoint(info.context.viewer.roles)

    def on_unauthorized(self) -> None:
        """Raise Forbidden."""
        raise Forbidden


def gates(roles: Iterable[Role] | None) -> PermissionExtension:
    """What stands before a root field; None for every role."""
    permissions: list[BasePermission] = [SignedInGate(), TextGate()]
    if roles is not None:
        permissions.append(RoleGate(roles))
    return PermissionExtension(permissions)


def _holds_storable(parts: dict[str, Any]) -> bool:
    return all(_is_storable_throughout(part) for name, part in parts.items() if name != "body")


def _is_storable_throughout(value: Any) -> bool:
    if isinstance(value, str):
        return is_storable(value)
    if isinstance(value, dict):
        return _holds_storable(value)
    if hasattr(value, "__strawberry_definition__"):
        return _holds_storable(vars(value))
    return True
