"""The commands `run` and `doctor`: start Staffroom, and check what it needs."""

import argparse
import asyncio
import errno
import logging
import signal
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from aiohttp import web

from bot import app
from bot.channels.connections import LimitedSite
from bot.cli.command import AddCommand
from bot.cli.doctor import calendar_file, doctor, installed_parts
from bot.demo.clock import DemoClock
from bot.errors import StaffroomError
from bot.log import set_up
from bot.outbox.send import Progress
from bot.run_local import open_local
from bot.run_school import open_school
from bot.school_pages import Doctor, Finding
from bot.settings import Settings

BAR_WIDTH = 30
COPY_KEPT = (
    "The store was brought up to date for this release. {file} is a copy of what it was before. Delete the copy once "
    "Staffroom has run well for some days: details that are erased from the store stay in the copy."
)
MIN_MESSAGES_FOR_BAR = 10  # for fewer messages a bar would only flicker


def add_commands(add: AddCommand) -> None:
    """Adds these commands to the others."""
    run = add("run", "start Staffroom", _run)
    run.add_argument("--local", action="store_true", help="the demo web chat on this machine")
    check = add("doctor", "what is installed and what is missing", _doctor)
    check.add_argument("--slack-message", default="", help="a member ID of Slack, to try a message")


def _run(settings: Settings, options: argparse.Namespace) -> int:
    set_up(logging.WARNING if options.local else logging.INFO)
    asyncio.run(_serve_local(settings) if options.local else _serve_school(settings))
    return 0


async def _serve_local(settings: Settings) -> None:
    async with open_local(
        settings, clock=DemoClock(app.now), show=_show_progress, doctor=_doctor_beside(settings)
    ) as local:
        ready = "Staffroom (demo) is at {address}  Press Ctrl+C to stop."
        await _listen(local.server, settings, ready, _about_copy(local.staffroom.books.copy_before_migration))


def _doctor_beside(settings: Settings) -> Doctor:
    """`doctor` for the page of health. It reads files, so it runs in a thread and holds nobody up."""

    async def findings() -> Sequence[Finding]:
        return await asyncio.to_thread(lambda: asyncio.run(doctor(settings)))

    return findings


async def _serve_school(settings: Settings) -> None:
    async with open_school(settings, show=_show_progress, doctor=_doctor_beside(settings)) as school:
        ready = f"Staffroom answers {_where(settings)}  Press Ctrl+C to stop."
        await _listen(school.server, settings, ready, _about_copy(school.staffroom.books.copy_before_migration))


def _where(settings: Settings) -> str:
    """What is answered at which addresses."""
    teams = ["Teams at {address}api/messages"] if settings.has_teams else []
    way_in = "over a connection of its own" if settings.slack.app_token else "at {address}api/slack"
    slack = [f"Slack {way_in}"] if settings.has_slack else []
    return " and ".join([*teams, *slack])


def _about_copy(copy: Path | None) -> list[str]:
    """What an IT lead should know of the copy that was made before a new release changed the store."""
    return [COPY_KEPT.format(file=copy)] if copy else []


async def _listen(server: web.Application, settings: Settings, ready: str, notes: list[str]) -> None:
    """Prints notes and address, and serves until somebody stops it; raises StaffroomError if it cannot listen."""
    runner = web.AppRunner(server, shutdown_timeout=2.0)
    await runner.setup()
    try:
        await LimitedSite(runner, settings.host, settings.port).start()
    except OSError as error:
        await runner.cleanup()
        if error.errno != errno.EADDRINUSE:
            raise StaffroomError(f"Staffroom cannot listen on {settings.host}; look at STAFFROOM_HOST.") from error
        raise StaffroomError(f"Port {settings.port} is in use; set STAFFROOM_PORT to another.") from error
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    for line in [*notes, *_warnings(settings)]:
        print(line, file=sys.stderr)
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    print(ready.format(address=f"http://{host}:{settings.port}/"), flush=True)
    await stop.wait()
    await runner.cleanup()


def _show_progress(progress: Progress) -> None:
    """A bar in the terminal while messages go out."""
    if not sys.stderr.isatty() or progress.total < MIN_MESSAGES_FOR_BAR:
        return
    filled = progress.done * BAR_WIDTH // progress.total
    end = "\n" if progress.is_over else "\r"
    bar = f"[{'#' * filled}{'.' * (BAR_WIDTH - filled)}]"
    print(f"Sending  {bar} {progress.done} of {progress.total}", end=end, file=sys.stderr, flush=True)


def _warnings(settings: Settings) -> Iterator[str]:
    for part in [*installed_parts(settings), *calendar_file(settings)]:
        if not part.is_well:
            yield f"Note: {part.name}: {part.says}"


def _doctor(settings: Settings, options: argparse.Namespace) -> int:
    lines = asyncio.run(doctor(settings, slack_message_to=options.slack_message))
    for line in lines:
        print(f"{'well ' if line.is_well else 'TO DO'}  {line.name:18}  {line.says}")
        if line.remedy and not line.is_well:
            print(f"{'':27}what to do: {line.remedy}")
    return 1 if any(line.is_needed and not line.is_well for line in lines) else 0
