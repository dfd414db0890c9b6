"""Relay's Node (https://relay.dev/graphql/objectidentification.htm)."""

import strawberry


@strawberry.interface(description="Anything with a global id.")
class Node:
    """Anything with a global id."""

    id: strawberry.ID
