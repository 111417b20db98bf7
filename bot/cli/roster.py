"""The commands for the staff list: who is on it, whether a file can be taken, and confirming one that waits."""

import argparse
import asyncio
import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from bot import app
from bot.cli.command import AddCommand
from bot.config import read_config
from bot.errors import BadInput, NotAllowed
from bot.people.rules.permissions import Permission, refuse_unless
from bot.people.rules.person import Person, Role
from bot.roster.rules.list_change import ListChange
from bot.roster.rules.staff_list import StaffList
from bot.settings import Settings
from bot.tenant.group_roster import GroupRoster
from bot.tenant.staff_file import check_file

NEEDS_FILE = "Which file? Write: python -m bot roster check FILE"
NEEDS_PERSON = "Who confirms it? Write: python -m bot roster confirm --as ID, with your id of the staff list."
TO_CONFIRM = "Nothing was changed. If this is right: python -m bot roster confirm {mark} --as {id}"
NOTHING_WAITS = "No change of the staff list is waiting. Nothing was changed."


def add_commands(add: AddCommand) -> None:
    """Adds these commands to the others."""
    roster = add("roster", "who is asked, and who in the groups is not and why; `check FILE` tries a staff list", _run)
    roster.add_argument("what", nargs="?", choices=["show", "check", "confirm"], default="show")
    roster.add_argument("file", nargs="?", default="", help="with `check`: a staff list; with `confirm`: its mark")
    roster.add_argument("--json", action="store_true", help="print people and problems as JSON, with `check`")
    roster.add_argument("--as", dest="actor", default="", help="who confirms: an id of the staff list, with `confirm`")


def _run(settings: Settings, options: argparse.Namespace) -> int:
    if options.what == "check":
        print(_checked(options))
    elif options.what == "confirm":
        print(_confirmed(settings, options))
    else:
        print(asyncio.run(_shown(settings)))
    return 0


def _checked(options: argparse.Namespace) -> str:
    """What a file says. It reads that file and nothing else."""
    if not options.file:
        raise BadInput(NEEDS_FILE)
    staff_list = check_file(Path(options.file))
    return _as_json(staff_list) if options.json else _in_words(staff_list)


def _as_json(staff_list: StaffList) -> str:
    people = [
        {"id": person.id, "name": person.name, "email": person.email, "roles": sorted(person.roles)}
        for person in staff_list.people
    ]
    problems = [{"line": problem.line, "says": problem.says} for problem in staff_list.problems]
    return json.dumps({"people": people, "problems": problems}, ensure_ascii=False, indent=1)


def _in_words(staff_list: StaffList) -> str:
    lines = [_listed(person) for person in staff_list.people]
    lines += [f"line {row.line} is left out: {row.says}" for row in staff_list.left_out]
    lines += [f"line {problem.line}: {problem.says}" for problem in staff_list.problems]
    columns = staff_list.columns
    if columns and columns.left_alone and not columns.problem:
        lines.append(f"Nothing is taken from the columns {', '.join(columns.left_alone)}.")
    number = len(staff_list.problems)
    verdict = (
        f"Problems: {number}. Staffroom would not take this list." if number else "Staffroom would take this list."
    )
    return "\n".join([*lines, f"People: {len(staff_list.people)}. {verdict}"])


def _listed(person: Person) -> str:
    return f"{person.id:10}  {person.name}  ({' '.join(sorted(person.roles))})"


async def _shown(settings: Settings) -> str:
    is_demo = not settings.credentials
    async with app.open_books(settings, local=is_demo, writes=False) as books:
        roster = books.context.roster
        lines = [_listed(person) for person in roster.people()]
        if isinstance(roster, GroupRoster):
            lines += [f"left out    {person.name}, who {person.why}" for person in roster.directory.left_out]
        lines += _of_file(books.staff_list.waiting, books.staff_list.problem)
    return "\n".join(["DEMO."] * is_demo + lines)


def _of_file(waiting: ListChange | None, problem: str) -> list[str]:
    if waiting:
        return [f"A new list waits: {' '.join(waiting.doubts)}", *waiting.lines]
    return [f"The new list was not taken: {problem}"] if problem else []


def _confirmed(settings: Settings, options: argparse.Namespace) -> str:
    """Accepts the list that waits, also while Staffroom runs: it takes over what was accepted within a minute."""
    if not options.actor:
        raise BadInput(NEEDS_PERSON)
    config = read_config(settings, app.today(), with_calendar_file=False)
    staff_list, roster = app.rosters(settings, config, local=not settings.credentials, writes=False)
    waiting = staff_list.waiting
    if waiting is None:
        return NOTHING_WAITS
    _refuse_unless_confirmer(options.actor, roster.people(), app.today())
    if options.file != waiting.digest:
        return "\n".join([*_of_file(waiting, ""), TO_CONFIRM.format(mark=waiting.digest, id=options.actor)])
    staff_list.confirm(waiting.digest)
    return f"Confirmed. The staff list has {len(waiting.after)} people in its file."


def _refuse_unless_confirmer(id: str, people: Sequence[Person], today: date) -> None:
    """As in chat. If the list has neither IT lead nor headteacher, anybody on it will do: this is the server."""
    working = [person for person in people if person.works_here(today)]
    person = next((person for person in working if person.id == id), None)
    if person is None:
        raise NotAllowed(f"Nobody on the accepted staff list has the id {id!r} and works here today.")
    if any(Role.IT in person.roles for person in working):
        refuse_unless(person, Permission.TAKE_OVER, today)
    elif any(Role.HEAD in person.roles for person in working):
        refuse_unless(person, Permission.SYNC, today)
