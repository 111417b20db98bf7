"""Logs carry an event's name and ids: never message text, never the name of a member of staff."""

import logging
import sys

OURS = "staffroom"


class Plain(logging.Formatter):
    """One line an event, in local time. Of other libraries' events only the library and the kind of error: their words
    and tracebacks may hold what somebody sent."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        error = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else "unknown"
        is_ours = record.name.partition(".")[0] == OURS
        words = record.getMessage() if is_ours else f"error={error}"
        return f"{self.formatTime(record)} {record.levelname} {record.name} {words}"


def set_up(level: int = logging.WARNING) -> None:
    """Sends what is logged to standard error; the web server's own access log, which has addresses, stays off."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Plain())
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    logging.getLogger(OURS).setLevel(level)
    logging.getLogger("aiohttp.access").setLevel(logging.CRITICAL)
