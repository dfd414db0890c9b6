"""What uvicorn may write to the log."""

import copy
import logging
from typing import Any

from uvicorn.config import LOGGING_CONFIG


class WithoutQueries(logging.Filter):
    """Takes the query from the address of each socket that opens: a token may be in it.

    uvicorn writes that line also where its log of requests is off.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Keep the line."""
        if isinstance(record.args, tuple) and '"WebSocket %s"' in str(record.msg):
            client, address, *others = record.args
            record.args = (client, str(address).partition("?")[0], *others)
        return True


def log_config() -> dict[str, Any]:
    """The settings of uvicorn for its log, without queries; each of its workers reads them."""
    config = copy.deepcopy(LOGGING_CONFIG)
    config["filters"] = {"without_queries": {"()": WithoutQueries}}
    config["loggers"]["uvicorn.error"]["filters"] = ["without_queries"]
    return config
