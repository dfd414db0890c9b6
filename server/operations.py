"""One operation of a connection, in a task of its own."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Iterable, Mapping
from contextlib import aclosing, suppress
from typing import Any, Protocol

from graphql import GraphQLError
from strawberry.types import ExecutionResult

from gql.context import Context
from gql.errors import (
    INTERNAL,
    TRY_AGAIN,
    UNAUTHENTICATED,
    WENT_WRONG,
    coded,
    is_about_the_request,
    is_retriable,
)
from gql.execution.schema import Schema
from messaging.patience import BRIEFLY_SECONDS, patiently
from models.outages import outages
from server.bounded import Gone, Peer
from server.closing import TIMED_OUT, UNAUTHORIZED

logger = logging.getLogger(__name__)

# Of an operation. One that is longer is an operation that is not there.
_LONGEST_NAME = 255
_UNAUTHORIZED = UNAUTHORIZED, "Unauthorized"
_TRY_AGAIN = TIMED_OUT, "Internal error: try again"


class Connection(Protocol):
    """What an operation needs of the connection that it runs on."""

    schema: Schema
    peer: Peer
    # By their ids, while these are in use.
    operations: "dict[str, Operation]"
    # Those too whose id is free again: they have a last word to tell, or to tidy up.
    running: "set[Operation]"
    turns: asyncio.Lock

    async def context(self) -> Context | None:
        """A context under the rights of now; None for who may not be here any more."""


class Operation:
    """One operation, from `subscribe` to its last message (PROTOCOL.md § Subscribe)."""

    __slots__ = ("_connection", "_id", "has_one_answer", "task")

    def __init__(self, connection: Connection, id_: str, asked: Mapping[str, Any]) -> None:
        """``asked`` is the payload of `subscribe`; runs from now on, under this id."""
        self._connection = connection
        self._id = id_
        self.has_one_answer = has_one_answer(
            connection.schema, asked["query"], asked.get("operationName")
        )
        connection.operations[id_] = self
        connection.running.add(self)
        self.task = asyncio.create_task(self._run(asked))

    def stop(self) -> None:
        """Say nothing more; the id may be used again."""
        self._forget()
        # Once: what it tidies up is left alone.
        if not self.task.cancelling():
            self.task.cancel()

    async def _run(self, asked: Mapping[str, Any]) -> None:
        try:
            results = await self._begun(asked)
            # A text of a kilobyte or two, for as long as a feed goes on.
            del asked
            if results is None:
                await self._connection.peer.close(*_UNAUTHORIZED)
                return
            async with aclosing(results):
                async for result in results:
                    if not await self._tell(result):
                        return
            await self._say_last({"id": self._id, "type": "complete"})
        except Gone:
            return
        except asyncio.CancelledError as error:
            if self.task.cancelling():
                raise
            # Of something within: as silent as an exception.
            await self._fail(error)
        except Exception as error:  # noqa: BLE001  # told to the client or to the log
            await self._fail(error)
        finally:
            self._forget()
            self._connection.running.discard(self)

    async def _begun(self, asked: Mapping[str, Any]) -> AsyncGenerator[Any, None] | None:
        """The results, under the viewer's rights of now; None for who may not be here any more."""
        # A feed waits for the database; whoever asked for an answer is told to ask again.
        limit = BRIEFLY_SECONDS if self.has_one_answer else float("inf")
        context = await patiently(self._connection.context, limit_seconds=limit)
        if context is None:
            return None
        # One write may bring a hundred, whose rights are read together. Each is read and checked
        # in a turn of its own, so that others are served in between.
        async with self._connection.turns:
            await asyncio.sleep(0)
        return await self._connection.schema.stream(
            asked["query"],
            variable_values=asked.get("variables"),
            context_value=context,
            operation_name=asked.get("operationName"),
        )

    async def _tell(self, result: object) -> bool:
        """Tell a result; false where nothing may follow it."""
        if not isinstance(result, ExecutionResult):
            raise TypeError("@defer and @stream are off")
        payload: dict[str, object] = {"data": result.data}
        if result.errors:
            if not self.has_one_answer and is_retriable(result.errors):
                # The entry would be missed: the client comes back, and reads it after its cursor.
                await self._connection.peer.close(*_TRY_AGAIN)
                return False
            result.errors = coded(result.errors)
            if any((error.extensions or {})["code"] == UNAUTHENTICATED for error in result.errors):
                await self._connection.peer.close(*_UNAUTHORIZED)
                return False
            if is_about_the_request(result):
                await self._refuse(result.errors)
                return False
            payload["errors"] = [error.formatted for error in result.errors]
        if result.extensions:
            payload["extensions"] = result.extensions
        await self._say({"id": self._id, "type": "next", "payload": payload})
        return True

    async def _refuse(self, errors: Iterable[GraphQLError]) -> None:
        """Say what is wrong with the operation, which is its last message (§ Error)."""
        formatted = [error.formatted for error in errors]
        await self._say_last({"id": self._id, "type": "error", "payload": formatted})

    async def _fail(self, error: BaseException) -> None:
        """End what nobody awaits: without a word here, delivery would simply stop."""
        is_outage = outages.note(error)
        if not is_outage:
            logger.error("An operation failed outside its fields.", exc_info=error)
        with suppress(Gone):
            if self.has_one_answer:
                text = TRY_AGAIN if is_outage else WENT_WRONG
                await self._refuse([GraphQLError(text, extensions={"code": INTERNAL})])
            else:
                await self._connection.peer.close(*_TRY_AGAIN)

    async def _say_last(self, message: Mapping[str, object]) -> None:
        # Before it is told, so that its id may be used again by who hears it.
        if self._is_on():
            self._forget()
            await self._connection.peer.send(message)

    async def _say(self, message: Mapping[str, object]) -> None:
        if self._is_on():
            await self._connection.peer.send(message)

    def _is_on(self) -> bool:
        return self._connection.operations.get(self._id) is self

    def _forget(self) -> None:
        if self._is_on():
            del self._connection.operations[self._id]


def has_one_answer(schema: Schema, document: str, operation_name: str | None) -> bool:
    """Whether an operation is a query or a mutation, or nonsense, which is answered too."""
    is_a_name = len(operation_name or "") <= _LONGEST_NAME
    return not is_a_name or schema.has_one_answer(document, operation_name)
