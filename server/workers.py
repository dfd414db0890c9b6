"""The processes of `serve --workers`: they end in time, and not one of them stays behind."""

import contextlib
import logging
import multiprocessing
import os
import signal
import threading
import time
from types import FrameType

from uvicorn.supervisors import Multiprocess

from server.ending import END_LIMIT_SECONDS

logger = logging.getLogger(__name__)

# A little after they end by themselves, whatever hangs in them; what is left stands still.
KILL_AFTER_SECONDS = END_LIMIT_SECONDS + 0.1


class Workers(Multiprocess):
    """uvicorn's processes, whose parent keeps no door open behind them and waits for none long."""

    def run(self) -> None:
        """Serve until told to stop."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._begin_to_end)
        super().run()

    def terminate_all(self) -> None:
        """Tell every worker to stop."""
        # What the system accepts at the parent's socket nobody would ever answer.
        for listening in self.sockets:
            listening.close()
        super().terminate_all()

    def _begin_to_end(self, _number: int, _frame: FrameType | None) -> None:
        # A thread: this one may wait for an answer of a worker that stands still.
        threading.Thread(target=self._end_in_time, daemon=True).start()

    def _end_in_time(self) -> None:
        self.should_exit.set()
        self._tell(signal.SIGTERM)
        time.sleep(KILL_AFTER_SECONDS)
        self._tell(signal.SIGKILL)
        logger.warning("The service ends although a worker stood still.")
        # At once: a Python that ends by itself takes a second on a busy machine.
        os._exit(1)

    def _tell(self, number: signal.Signals) -> None:
        for process in list(self.processes):
            if process.pid is not None and process.exitcode is None:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(process.pid, number)


def end_with_the_parent() -> None:
    """Have this process stop once its parent is gone: nobody would tell it to, or replace it."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch() -> None:
        parent.join()
        logger.warning("The parent of this worker is gone.")
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, daemon=True).start()
