"""The command `policy import FILE --over DOCUMENT`: a new version of a document in place of the old one."""

import argparse
import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bot.ask.rulings_file import RulingsFile
from bot.cli.books import is_demo, open_books
from bot.errors import BadInput
from bot.evidence.context import details
from bot.import_policy.import_policy import read_policy
from bot.new_version.exchange import Exchange
from bot.new_version.plan import Plan, Planner
from bot.new_version.report import marked, report
from bot.outside import clean_text
from bot.policies import RULINGS, home_of
from bot.ruling_pages import BEFORE_LAST_CHANGE
from bot.settings import Settings

ONE_FILE = "A new version is one file: policy import FILE --over DOCUMENT. Nothing was changed."
NAME_WHO = (
    "Name who does it, by their id on the staff list: --as ID. With --try nothing is changed. Nothing was changed."
)
NOBODY = "The staff list has nobody with the id {id!r}. Nothing was changed."
TRIED = "Nothing was changed. Leave out --try and add --as ID to use it."


def add_over_options(parser: argparse.ArgumentParser) -> None:
    """Adds what the command takes."""
    parser.add_argument("--over", metavar="DOCUMENT", help="the document of STAFFROOM_SCHOOL that the file replaces")
    parser.add_argument("--try", action="store_true", dest="only_try", help="with --over: only show what would change")
    parser.add_argument("--as", dest="actor", default="", help="with --over: who does it, an id of the staff list")


def import_over(settings: Settings, options: argparse.Namespace) -> int:
    """Shows every difference and, unless it is only tried, uses the new version. Runs while the bot is stopped."""
    if len(options.files) > 1:
        raise BadInput(ONE_FILE)
    if not (options.actor or options.only_try):
        raise BadInput(NAME_WHO)
    draft = read_policy(Path(options.files[0]))
    home = home_of(settings.policies, settings.school)
    rulings = RulingsFile(home / RULINGS, settings.data / BEFORE_LAST_CHANGE)
    planner = Planner(settings, rulings, demo=is_demo(settings))
    plan = planner.plan(options.over, draft)
    shown = "\n".join(_lines(report(plan)))
    print(clean_text(shown, 3 * len(shown)))  # a terminal obeys control characters
    if options.only_try:
        print(TRIED)
        return 0
    asyncio.run(_use(settings, planner, plan, options.actor))
    print(f"The new version of {plan.held.short} is in use. What was there before is in policies/{home.name}/history.")
    return 0


async def _use(settings: Settings, planner: Planner, plan: Plan, actor: str) -> None:
    async with open_books(settings) as books:
        person = next((person for person in books.context.roster.people() if person.id == actor), None)
        if person is None:
            raise BadInput(NOBODY.format(id=actor))
        await Exchange(books.context, planner).use(plan, report(plan), person, details(person))


def _lines(shown: dict[str, Any]) -> Iterator[str]:
    yield f"{shown['document']}. {shown['versions']}"
    yield "; ".join(f"{title}: {count}" for title, count in shown["counts"])
    for line in shown["differences"]:
        yield f"\n{line['ref']}: {line['what']}"
        yield from [f"  {line['around']}"] if line["around"] else []
        yield f"  {marked(line['runs'])}"
    yield f"\n{shown['kept']}"
    for answer in shown["answers"]:
        yield f"\n[{answer['id']}] {answer['verdict']}: {answer['said']}"
        yield f"  {answer['now']}"
        for clause in answer["clauses"]:
            yield f"  {clause['ref']} before: {clause['before']}\n  {clause['ref']} now:    {clause['now']}"
    yield from (f"\n{line}" for line in shown["notes"])
