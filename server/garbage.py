"""When Python looks for garbage that its reference counts have not found."""

import gc

# Requests make no cycles to speak of; by default a third of their time went into looking for them.
_NEW_OBJECTS = 20_000
_YOUNG_ROUNDS, _MIDDLE_ROUNDS = 20, 50


def collect_rarely() -> None:
    """Look rarely, and never again at what is there now: modules, the schema, the settings.

    For a process that serves and does nothing else.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_NEW_OBJECTS, _YOUNG_ROUNDS, _MIDDLE_ROUNDS)
