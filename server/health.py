"""What the service says of its own health, also where the database says nothing at all."""

import asyncio
import logging

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from messaging.doorbell import Doorbell
from models.database import for_reading
from models.outages import outages

logger = logging.getLogger(__name__)

# Whoever asks for the health of many has little patience.
ANSWER_LIMIT_SECONDS = 2.0


class Health:
    """Answers at /health."""

    def __init__(self, doorbell: Doorbell) -> None:
        self._doorbell = doorbell
        self._question: asyncio.Task[bool] | None = None

    async def answer(self, _: Request) -> Response:
        """200 while the database answers, 503 while it does not, within two seconds.

        A doorbell that is down is told, and costs latency only.
        """
        is_there = await self._hears_from_the_database()
        report = {
            "database": "ok" if is_there else "unreachable",
            "doorbell": "ok" if self._doorbell.is_connected else "down",
        }
        return JSONResponse(report, 200 if is_there else 503)

    async def _hears_from_the_database(self) -> bool:
        # One question at a time, however many ask for it: a silent database would keep a connection
        # for each.
        if self._question is None or self._question.done():
            self._question = asyncio.create_task(_ask_the_database())
        question = self._question
        await asyncio.wait({question}, timeout=ANSWER_LIMIT_SECONDS)
        return question.done() and question.result()


async def _ask_the_database() -> bool:
    try:
        await for_reading().values("SELECT 1")
    except Exception as error:
        if not outages.note(error):
            logger.exception("The database cannot be asked.")
        return False
    return True
