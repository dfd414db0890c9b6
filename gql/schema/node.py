"""Relay's Node (https://relay.dev/graphql/objectidentification.htm)."""

import strawberry

from gql.fields import interface


@interface
class Node:
    """Anything with a global id."""

    id: strawberry.ID
