"""The fields of one selection set, written as one function: a call for each costs twice as much.

In its source stand names of our own attributes, and places in a list; whatever a client chose, the
names in its response too, is only ever handed to it (docs/decisions/execution.md).
"""

from typing import Any, cast

from gql.execution.leaves import Leaf
from gql.execution.reading import Read
from gql.execution.run import Complete, NotCompiled, Put

_HEAD = "def complete(row, run, place):\n part = {}\n"
_END = " return part\n"


class Written:
    """Takes the fields in the order of the response."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._names: dict[str, Any] = {}

    def constant(self, name: str, value: Any) -> None:
        """A field that is the same in every row."""
        self._write(f"part[{self._of(name)}] = {self._of(value)}")

    def leaf(self, name: str, read: Read, passing: type | None, complete: Leaf) -> None:
        """A scalar or an enum; of exactly the class ``passing``, a value is complete as it is.

        None where no value is.
        """
        part, completed = f"part[{self._of(name)}]", self._of(complete)
        if passing is None:
            self._write(f"{part} = {completed}({self._read(read)})")
            return
        self._write(f"value = {self._read(read)}")
        self._write(f"{part} = value if type(value) is {self._of(passing)} else {completed}(value)")

    def composite(self, name: str, read: Read, complete: Complete, parent: str) -> None:
        """A field with fields of its own, or a list."""
        key = self._of(name)
        place = f"(place, {key}, {self._of(parent)})"
        self._write(f"part[{key}] = {self._of(complete)}({self._read(read)}, run, {place})")

    def put(self, put: Put) -> None:
        """A field that is put among its siblings, now or later."""
        self._write(f"{self._of(put)}(row, part, run, place)")

    @property
    def source(self) -> str:
        """The function's source."""
        return "".join((_HEAD, *self._lines, _END))

    def completer(self) -> Complete:
        """What completes rows with these fields."""
        exec(self.source, self._names)  # noqa: S102  # of our own names, see above
        return cast(Complete, self._names["complete"])

    def _write(self, line: str) -> None:
        self._lines.append(f" {line}\n")

    def _read(self, read: Read) -> str:
        if not isinstance(read, str):
            return f"{self._of(read)}(row)"
        if not read.isidentifier():
            raise NotCompiled
        return f"row.{read}"

    def _of(self, thing: Any) -> str:
        """The name by which the function has something."""
        name = f"of_{len(self._names)}"
        self._names[name] = thing
        return name
