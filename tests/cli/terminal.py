"""Commands as somebody types them: in this process where that is the same, else in a process of their own."""

import os
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from typing import NamedTuple

from bot.cli.main import run_command
from bot.settings import PREFIX, ROOT


class Outcome(NamedTuple):
    """What a command left: its exit status, and what it wrote to both streams."""

    status: int
    out: str
    err: str


def command(*arguments: str, **environment: str) -> Outcome:
    """Runs a command in this process, with these settings and no others but the cache."""
    out, err = StringIO(), StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        status = run_command(arguments, {**_cache(), **environment})
    return Outcome(status, out.getvalue(), err.getvalue())


def process(*arguments: str, stdin: bytes = b"", **environment: str) -> Outcome:
    """Runs `python -m bot`, with these settings and no others but the cache."""
    others = {name: text for name, text in os.environ.items() if not name.startswith(PREFIX)}
    finished = subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        input=stdin,
        capture_output=True,
        cwd=ROOT,
        env={**others, **_cache(), **environment},
        timeout=300,
    )
    return Outcome(finished.returncode, finished.stdout.decode(), finished.stderr.decode())


def _cache() -> dict[str, str]:
    name = f"{PREFIX}CACHE"
    return {name: os.environ[name]} if name in os.environ else {}
