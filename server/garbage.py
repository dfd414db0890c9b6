"""When Python looks for garbage that its reference counts have not found."""

import gc

# Requests make no cycles to speak of; by default a third of their time went into looking for them.
# While it looks, the loop is held: 3 ms for so many, where three times as many take 10 to 28 ms.
_NEW_OBJECTS = 7_000
_YOUNG_ROUNDS, _MIDDLE_ROUNDS = 60, 50


def collect_rarely() -> None:
    """Look rarely, and never again at what is there now: modules, the schema, the settings.

    For a process that serves and does nothing else.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_NEW_OBJECTS, _YOUNG_ROUNDS, _MIDDLE_ROUNDS)
