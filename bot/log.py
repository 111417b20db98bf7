"""Sets up logging. Logs carry an event's name and ids: never message text, never the name of a member of staff."""

import logging
import sys
import time
from collections import Counter
from collections.abc import Callable
from typing import TextIO

from bot.outside import clean_line

OUR_LOGGER = "staffroom"
MAX_SAME_LINES = 10  # of the same words in one window; further ones are counted
WINDOW = 60.0  # seconds
MAX_COUNTED = 5_000  # different lines in a window; beyond them lines are only counted, all together
MAX_EVENT_CHARS = 2_000


class PlainFormatter(logging.Formatter):
    """One line for each event, in local time.

    For events of other libraries, only the library and the kind of error: their words and tracebacks may contain what
    somebody sent.
    """

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        """The line of an event, without a line break."""
        return f"{self.formatTime(record)} {words_of(record)}"


def words_of(record: logging.LogRecord) -> str:
    """A line without its time."""
    error = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else "unknown"
    is_ours = record.name.partition(".")[0] == OUR_LOGGER
    words = clean_line(record.getMessage(), MAX_EVENT_CHARS) if is_ours else f"error={error}"
    return f"{record.levelname} {record.name} {words}"


class CountingHandler(logging.StreamHandler[TextIO]):
    """Writes the first lines of a flood of the same words, and then how many came, once a minute.

    The count is written with the first event after the minute, or when logging ends.
    """

    def __init__(self, stream: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(stream)
        self.setFormatter(PlainFormatter())
        self._clock = clock
        self._since = clock()
        self._times: Counter[str] = Counter()
        self._others = 0

    def emit(self, record: logging.LogRecord) -> None:
        """Writes or counts a line."""
        try:
            if self._clock() - self._since >= WINDOW:
                self._write_counts()
            words = words_of(record)
        except Exception:  # noqa: BLE001 - a mistake in a log call must not stop what is logged
            self.handleError(record)
            return
        if words not in self._times and len(self._times) >= MAX_COUNTED:
            self._others += 1
            return
        self._times[words] += 1
        if self._times[words] <= MAX_SAME_LINES:
            super().emit(record)

    def close(self) -> None:
        """Writes the counts that are left."""
        self._write_counts()
        super().close()

    def _write_counts(self) -> None:
        for words, times in self._times.items():
            if times > MAX_SAME_LINES:
                self._write(f"the same line {times:,} times in the last minute: {words}")
        if self._others:
            self._write(f"{self._others:,} more lines in the last minute, too many different ones to write")
        self._times.clear()
        self._others, self._since = 0, self._clock()

    def _write(self, sentence: str) -> None:
        super().emit(logging.makeLogRecord({"name": OUR_LOGGER, "levelname": "WARNING", "msg": sentence}))


def set_up(level: int = logging.WARNING) -> None:
    """Sends logs to standard error, ours from `level` on. The web server's access log stays off: it has addresses."""
    logging.basicConfig(handlers=[CountingHandler(sys.stderr)], level=logging.WARNING, force=True)
    logging.getLogger(OUR_LOGGER).setLevel(level)
    logging.getLogger("aiohttp.access").setLevel(logging.CRITICAL)
