"""Progress, for whoever waits."""

import sys
import time

_STARTED = time.monotonic()


def say(text: str) -> None:
    """Write a line to standard error, with the seconds since the start."""
    elapsed = time.monotonic() - _STARTED
    print(f"[{elapsed:5.0f} s] {text}", file=sys.stderr, flush=True)  # noqa: T201  # progress
