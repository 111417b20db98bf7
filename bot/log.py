"""Logs carry an event's name and ids: never message text, never the name of a member of staff."""

import logging
import sys

FORMAT = "%(asctime)s %(levelname)s %(name)s %(message)s"


def set_up(level: int = logging.WARNING) -> None:
    """Sends what is logged to standard error; the web server's own access log, which has addresses, stays off."""
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format=FORMAT)
    logging.getLogger("staffroom").setLevel(level)
    logging.getLogger("aiohttp.access").setLevel(logging.CRITICAL)
