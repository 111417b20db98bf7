"""Sets up logging. Logs carry an event's name and ids: never message text, never the name of a member of staff."""

import logging
import sys

from bot.outside import clean_line

OUR_LOGGER = "staffroom"
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
        error = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else "unknown"
        is_ours = record.name.partition(".")[0] == OUR_LOGGER
        words = clean_line(record.getMessage(), MAX_EVENT_CHARS) if is_ours else f"error={error}"
        return f"{self.formatTime(record)} {record.levelname} {record.name} {words}"


def set_up(level: int = logging.WARNING) -> None:
    """Sends logs to standard error, ours from `level` on. The web server's access log stays off: it has addresses."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(PlainFormatter())
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    logging.getLogger(OUR_LOGGER).setLevel(level)
    logging.getLogger("aiohttp.access").setLevel(logging.CRITICAL)
