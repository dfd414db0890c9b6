"""graphql-core's executor as Strawberry uses it, completing root values by what was compiled."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeAlias, cast

from graphql import (
    ExecutionResult,
    GraphQLOutputType,
    GraphQLResolveInfo,
    MiddlewareManager,
    get_named_type,
    is_leaf_type,
)
from graphql.execution.collect_fields import FieldDetailsList
from graphql.pyutils import Path
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext
from strawberry.utils.await_maybe import await_maybe

from gql.execution.event import Event
from gql.execution.field import Field
from gql.execution.operations import Operations, Plan
from gql.execution.run import NotCompiled, Run
from gql.execution.straight import Straight

# What complete_value is given.
Given: TypeAlias = tuple[
    GraphQLOutputType, FieldDetailsList, GraphQLResolveInfo[Any], Path, Any, Any
]


class CompilingExecutor(StrawberryGraphQLCoreExecutionContext):
    """Executes one operation, or one event of a subscription.

    graphql-core resolves the root fields; this completes what they found. Whatever goes wrong,
    graphql-core completes the same values again: errors and null propagation are its own, and no
    root resolver runs twice. The resolvers of nested fields may, which only read.
    """

    operations: ClassVar[Operations]
    plan: Plan | None
    """What was compiled of the operation; None where nothing is to be."""

    _is_core_to_complete = False
    # What the rest is made of, until it is.
    _given: tuple[tuple[Any, ...], dict[str, Any]] | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        manager = self.middleware_manager
        has_middleware = manager is not None and bool(manager.middlewares)
        self.plan = None if has_middleware else self.operations.plan(self)

    @classmethod
    def late(cls, *args: Any, **kwargs: Any) -> Self:
        """An executor by the same arguments, without middleware, of which little is made at first.

        A compiled operation needs no more. The rest takes longer to make than what was compiled to
        look up, and has the executor hold itself: the garbage collector would have to come for it
        and for all that was read.
        """
        executor = cls.__new__(cls)
        executor._given = args, kwargs
        (
            executor.schema, executor.fragment_definitions, _,
            executor.root_value, executor.context_value,
            executor.operation, executor.variable_values, *_,
        ) = args  # fmt: skip
        executor.is_awaitable = kwargs["is_awaitable"]
        executor.plan = cls.operations.plan(executor)
        return executor

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            """What graphql-core asks for, and was not made yet."""
            if self._given is None:
                raise AttributeError(name)
            self._make_the_rest()
            return getattr(self, name)

    def __copy__(self) -> Self:
        """A whole one: who copies an executor is about to change the copy."""
        self._make_the_rest()
        copied = self.__class__.__new__(self.__class__)
        copied.__dict__.update(self.__dict__)
        return copied

    def _make_the_rest(self) -> None:
        """Make it, before anything of it is changed."""
        if self._given is not None:
            (args, kwargs), self._given = self._given, None
            super().__init__(*args, **kwargs)

    async def execute_straight(self) -> ExecutionResult:
        """Execute the operation, its root fields resolved and completed as they were compiled.

        Whatever goes wrong, graphql-core executes it with what was resolved.
        """
        roots = self.plan.roots(self) if self.plan is not None else None
        if roots is None:
            return await self._by_core()
        straight = Straight(self, roots)
        try:
            data = await straight.data()
        except Exception:  # noqa: BLE001  # graphql-core will say it
            straight.abandon()
        else:
            self.operations.compiled += len(roots)
            return ExecutionResult(data, None)
        self.operations.left_to_core += len(roots)
        self._make_the_rest()
        self.middleware_manager = MiddlewareManager(handing_out(straight.found))
        self._is_core_to_complete = True
        return await self._by_core()

    async def _by_core(self) -> ExecutionResult:
        self._make_the_rest()
        return cast(ExecutionResult, await await_maybe(self.execute_operation()))

    def build_per_event_executor(self, payload: Any) -> "CompilingExecutor":
        """What executes one event."""
        roots = self.plan.roots(self) if self.plan is not None else None
        if roots is None:
            return cast(CompilingExecutor, super().build_per_event_executor(payload))
        [root] = roots
        event = Event(self, root, payload, lambda: self._core_for(payload))
        return cast(CompilingExecutor, event)

    def _core_for(self, payload: Any) -> "CompilingExecutor":
        executor = cast(CompilingExecutor, super().build_per_event_executor(payload))
        executor._is_core_to_complete = True
        return executor

    def complete_value(
        self,
        return_type: GraphQLOutputType,
        field_details_list: FieldDetailsList,
        info: GraphQLResolveInfo[Any],
        path: Path,
        result: Any,
        position_context: Any,
    ) -> Any:
        """Complete the value of a root field, or what graphql-core comes to below one."""
        given = (return_type, field_details_list, info, path, result, position_context)
        if self._is_core_to_complete or path.prev is not None or not _is_composite(info):
            return super().complete_value(*given)
        run = Run(self)
        # Whatever it is, graphql-core will say it.
        with suppress(Exception):
            part = self._compiled(run, given)
            if run.awaited:
                return self._settled(run, part, given)
            self.operations.compiled += 1
            return part
        return self._left_to_core(run, given)

    def _compiled(self, run: Run, given: Given) -> Any:
        _, details, info, path, result, _ = given
        definition = self.schema.get_field(info.parent_type, info.field_name)
        if self.plan is None or definition is None:
            raise NotCompiled
        field = Field(info.parent_type, definition, details)
        return self.plan.completer(path.key, field)(result, run, path)

    async def _settled(self, run: Run, part: Any, given: Given) -> Any:
        with suppress(Exception):
            await run.settle()
            self.operations.compiled += 1
            return part
        part = self._left_to_core(run, given)
        return await part if self.is_awaitable(part) else part

    def _left_to_core(self, run: Run, given: Given) -> Any:
        run.abandon()
        self.operations.left_to_core += 1
        self._is_core_to_complete = True
        return super().complete_value(*given)


def compiling(operations: Operations) -> type[CompilingExecutor]:
    """The executor's class for a schema, which keeps what it compiles in ``operations``."""
    return type("Executor", (CompilingExecutor,), {"operations": operations})


def handing_out(found: Mapping[str, Any]) -> Callable[..., Any]:
    """What stands before the resolvers so that none of the root fields' runs again."""

    def resolve(resolve: Callable[..., Any], source: Any, info: Any, **arguments: Any) -> Any:
        if info.path.prev is not None or info.path.key not in found:
            return resolve(source, info, **arguments)
        value = found[info.path.key]
        if isinstance(value, BaseException):
            raise value
        return value

    return resolve


def _is_composite(info: GraphQLResolveInfo[Any]) -> bool:
    """Whether there is something to compile: not in a scalar, not in the schema itself."""
    return not info.field_name.startswith("__") and not is_leaf_type(
        get_named_type(info.return_type)
    )
