"""A memory that keeps what was used last."""

from collections import OrderedDict
from typing import Generic, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


class Recent(Generic[Key, Value]):
    """Values by key; beyond the weight it may keep, it forgets what was not used for longest."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._weight = 0
        self._values: OrderedDict[Key, tuple[Value, int]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._values)

    def clear(self) -> None:
        """Forget everything."""
        self._values.clear()
        self._weight = 0

    def get(self, key: Key) -> Value | None:
        """The value, now the one used last; None where it is not known."""
        found = self._values.get(key)
        if found is None:
            return None
        self._values.move_to_end(key)
        return found[0]

    def take(self, key: Key) -> Value | None:
        """The value, which is forgotten; None where it is not known."""
        found = self._values.pop(key, None)
        if found is None:
            return None
        self._weight -= found[1]
        return found[0]

    def put(self, key: Key, value: Value, weight: int = 1) -> None:
        """Keep a value, unless it alone weighs more than a tenth of all: it would evict many."""
        if weight * 10 > self._most:
            return
        if key in self._values:
            self._weight -= self._values.pop(key)[1]
        self._values[key] = value, weight
        self._weight += weight
        while self._weight > self._most:
            _, (_, forgotten) = self._values.popitem(last=False)
            self._weight -= forgotten
