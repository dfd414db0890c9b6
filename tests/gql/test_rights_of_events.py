"""What is nested in an event is shown under the rights of that moment."""

import pytest

from messaging.actions.grants import grant_role, revoke_role
from models import Account, Role
from tests.support.cast import ACCOUNT
from tests.support.people import Person, done
from tests.support.service import Service

EVENTS = """subscription ($after: String!) { feed(after: $after) { ... on ChatStateChanged {
    conversation { closedReason peer { department conversation { closedReason } } } } } }"""


@pytest.mark.parametrize("streams", [1, 3])
async def test_an_open_feed_shows_departments_to_administrators_only(
    service: Service, streams: int
) -> None:
    """Revoked, no feed on the socket shows one, from the entry that says so; granted, all do."""
    mia = Person(service, "mia")
    done(await mia.start("lena"))
    after = (await mia.viewer())["feedCursor"]
    grant = (await Account.get(slug=ACCOUNT)).id, "mia", Role.DEPARTMENT_ADMIN, "sciences"
    async with mia.client.socket() as socket:
        feeds = [await socket.subscribe(EVENTS, after=after) for _ in range(streams)]
        for change, department, reason in (
            (revoke_role, None, "NO_LONGER_PERMITTED"),
            (grant_role, "Physics", None),
        ):
            await service.parts.office.run(change, *grant)
            for feed in feeds:
                # The others say that mia's access is another one, or who has read what.
                while not (entry := await feed.entry()):
                    pass
                assert entry["conversation"] == {
                    "closedReason": reason,
                    "peer": {"department": department, "conversation": {"closedReason": reason}},
                }
