"""The command `calendar`: the school year, and what was taken from the school's calendar file, what not, and why."""

import argparse
import asyncio
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from bot import app
from bot.cli.books import is_demo
from bot.cli.books import today as day_of
from bot.cli.command import AddCommand
from bot.config import CALENDAR_FILE, read_config
from bot.school.calendar_file import read_ics
from bot.school.rules.calendar import Period, written
from bot.school.rules.school_year import CalendarFile, TakenEntry
from bot.school.rules.year_picture import warnings, year_picture
from bot.settings import Settings

MAX_LISTED = 500  # entries of each kind on the screen; --json has all
MAX_LISTED_PERIODS = 12


def add_commands(add: AddCommand) -> None:
    """Adds this command to the others."""
    command = add("calendar", "the school year, and what a calendar file says and does not say", _calendar)
    command.add_argument("file", nargs="?", default="", help="a calendar file to try; without it, the school's year")
    command.add_argument("--json", action="store_true", help="what the file says, for a program")


def _calendar(settings: Settings, options: argparse.Namespace) -> int:
    today = app.today()
    file = Path(options.file) if options.file else settings.data / CALENDAR_FILE
    if options.json:
        print(as_json(read_ics(file, today)))
        return 0
    if not options.file:
        print(_year(settings, asyncio.run(day_of(settings))))
    if options.file or file.is_file():
        print("\n".join(_in_words(read_ics(file, today), file.name)))
    return 0


def _year(settings: Settings, today: date) -> str:
    demo_terms = is_demo(settings)
    calendar = read_config(settings, today, demo=demo_terms).school.calendar
    first = today.replace(month=9, day=1, year=today.year if today.month >= 9 else today.year - 1)
    demo = ["DEMO: made-up terms."] if demo_terms and calendar.terms else []
    return "\n".join([*demo, year_picture(calendar, first), *warnings(calendar, today)])


def as_json(read: CalendarFile) -> str:
    """What a file says, as one line of JSON with days as ISO writes them."""
    return json.dumps(
        {
            "terms": [[term.begins.isoformat(), term.ends.isoformat()] for term in read.terms],
            "inset": [day.isoformat() for day in sorted(read.inset)],
            "closed": [day.isoformat() for day in read.closed_in_term],
            "left": [{"title": entry.title, "why": entry.says} for entry in read.left],
        }
    )


def _in_words(read: CalendarFile, name: str) -> Iterator[str]:
    taken_number, left_number = len(read.taken), len(read.left)
    yield f"{name} has {taken_number + left_number} entries: {taken_number} taken, {left_number} left alone."
    for term in read.terms:
        yield f"Term: {_days(term)}"
    taken = [f"  line {entry.line}: {entry.title} ({entry.counts_as}): {_all_days(entry)}" for entry in read.taken]
    in_doubt = [f"  {entry.title or 'no title'}: {entry.says}" for entry in read.in_doubt]
    others = [f"  line {entry.line}: {entry.title or 'no title'}" for entry in read.left if not entry.is_in_doubt]
    yield from _section("Taken:", taken)
    yield from _section("Left alone, and may matter:", in_doubt)
    yield from _section(
        "Left alone: their titles do not clearly say that there is a term, an INSET day or a day without school.",
        others,
    )


def _section(heading: str, lines: list[str]) -> Iterator[str]:
    if lines:
        yield heading
        yield from lines[:MAX_LISTED]
    if len(lines) > MAX_LISTED:
        yield f"  and {len(lines) - MAX_LISTED} more"


def _all_days(entry: TakenEntry) -> str:
    periods = [_days(period) for period in entry.periods[:MAX_LISTED_PERIODS]]
    more = len(entry.periods) - MAX_LISTED_PERIODS
    return "; ".join([*periods, f"and {more} times more"] if more > 0 else periods)


def _days(period: Period) -> str:
    if period.begins == period.ends:
        return written(period.begins)
    return f"{written(period.begins)} to {written(period.ends)}"
