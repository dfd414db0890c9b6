"""Places in a feed. Opaque to clients, who may compare two of one life as strings."""

import re
from dataclasses import dataclass

from messaging.errors import ResyncRequired

_FORM = re.compile(r"([0-9a-f]{8})([0-9a-f]{16})")
HIGHEST_SEQ = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Cursor:
    """The place after entry ``seq`` in the feed's life called ``epoch``."""

    epoch: str
    seq: int

    def __str__(self) -> str:
        # Of fixed width, so that the order of texts is the order of places.
        return f"{self.epoch}{self.seq:016x}"

    @classmethod
    def parse(cls, text: str) -> "Cursor":
        """Undo str(). Raises ResyncRequired for anything else."""
        match = _FORM.fullmatch(text)
        if match is None or int(match[2], 16) > HIGHEST_SEQ:
            raise ResyncRequired
        return cls(match[1], int(match[2], 16))
