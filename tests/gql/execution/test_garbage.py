"""What an operation leaves behind for Python's look for garbage, which holds the loop: nothing."""

import gc
from typing import Any

from gql.context import Context
from tests.gql.execution.test_real_operations import COMPILED
from tests.support.cast import viewer_of
from tests.support.people import Person
from tests.support.service import Service

TIMES = 20

# Every loader has something to read.
LISTS = """query Chats { conversations(first: 5) { edges { node {
    peer { name department conversation { id } } closedReason
    lastMessage { body sender { name } course { title instructors { user { name } } } }
    messages(last: 5) { edges { node { body sender { name } } } } } } } }"""
SEND = """mutation Send($input: SendMessageInput!) {
    sendMessage(input: $input) { message { id } conversation { unreadCount } } }"""


async def test_no_operation_leaves_anything_to_collect(service: Service) -> None:
    """Reference counts free all that lists with their nested fields, and a send, were made of."""
    sent = await Person(service, "nora").contact("ines", "mechanics", "A question")
    chat = sent["conversation"]["id"]
    message = {"conversationId": chat, "body": "Hello"}
    for text, variables in ((LISTS, {}), (SEND, {"input": message})):
        # What is known of a document from then on is made with the first of them.
        for _ in range(3):
            await _ask(service, text, variables)
        gc.collect()
        gc.disable()
        try:
            for _ in range(TIMES):
                await _ask(service, text, variables)
            left = gc.collect()
        finally:
            gc.enable()
        assert left < TIMES, text


async def _ask(service: Service, text: str, variables: dict[str, Any]) -> None:
    parts = service.parts
    viewer = await viewer_of("ines")
    context = Context(parts.office, parts.doorbell, parts.reader, viewer)
    result = await COMPILED.execute(text, variables, context)
    assert not result.errors
