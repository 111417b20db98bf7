"""What is done with the school's records from a terminal: each command gives back the words to print.

Whatever changes something needs the bot stopped, and `--as`, the staff list's id of whoever does it.
"""

import argparse
import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeAlias

from bot import app, policies
from bot.campaigns.preview import preview
from bot.campaigns.publish import publish, to_publish
from bot.campaigns.rules.sheets import answers, sheets
from bot.campaigns.rules.versions import Weight
from bot.campaigns.summary_card import SummaryCards
from bot.cards import Pages
from bot.errors import BadInput, StaffroomError
from bot.evidence.erase import erase
from bot.evidence.export import export, record_of
from bot.evidence.records import Records
from bot.evidence.rules.ledger import Head, verify
from bot.people.rules.person import Person
from bot.recordings.overview import Overview
from bot.school.rules.year_picture import warnings, year_picture
from bot.settings import Settings
from bot.tenant.group_roster import GroupRoster

Does: TypeAlias = Callable[[Settings, argparse.Namespace], Coroutine[Any, Any, str]]
Command: TypeAlias = Callable[[str, str, object], argparse.ArgumentParser]


def add(command: Command) -> None:
    """Adds these commands to the others."""

    def made(name: str, what: str, does: Does) -> argparse.ArgumentParser:
        return command(name, what, lambda settings, given: _printed(does, settings, given))

    published = made("publish", "make the policy's text a version that campaigns can ask for", _publish)
    published.add_argument("--material", action="store_const", const=Weight.MATERIAL, dest="weight")
    published.add_argument("--minor", action="store_const", const=Weight.MINOR, dest="weight")
    ledger = made("ledger", "check that no evidence was changed or taken away", _ledger)
    ledger.add_argument("what", choices=["verify"])
    ledger.add_argument("--head", default="", help="a head of the ledger kept outside, NUMBER:HASH")
    packed = made("evidence", "a campaign's evidence as a file for outsiders", _evidence)
    packed.add_argument("--out", required=True, help="the zip to write")
    summed = made("summary", "how the campaign stands", _summary)
    made("person", "everything kept about one person", _person).add_argument("id")
    erased = made("erase", "take away everything that names somebody who has left the staff list", _erase)
    erased.add_argument("id")
    for one in (published, packed, erased):
        one.add_argument("--as", dest="actor", required=True, help="who does it: an id of the staff list")
    printed = made("print", "sheets to sign, or a wall sheet of common answers", _print)
    printed.add_argument("what", choices=["sheets", "answers"])
    printed.add_argument("--out", required=True, help="the HTML file to write")
    printed.add_argument("--large", action="store_true", help="large print")
    printed.add_argument("--person", default="", help="for one person only: an id of the staff list")
    copied = made("backup", "copy the store, also while Staffroom runs", _backup)
    restored = made("restore", "put a backup in the place of the stopped store", _restore)
    for one in (copied, restored):
        one.add_argument("file")
        one.add_argument("--demo", action="store_true", help="local mode's store")
    nudged = made("nudge", "every message to come in a campaign: to whom, when, and why not to others", _nudge)
    nudged.add_argument("what", choices=["preview"])
    for one in (packed, summed, nudged):
        one.add_argument("--campaign", default="", help="a campaign's id; the one that runs where none is given")
    for name, what, does in (
        ("calendar", "the school year as it is known here, and what is missing in it", _calendar),
        ("roster", "who is asked, and who of the groups is left out and why", _roster),
        ("lessons", "this week's recorded lessons, and where each recording stands", _lessons),
        ("questions", "what staff sent to the school, and what is asked", _questions),
    ):
        made(name, what, does)


def _printed(does: Does, settings: Settings, given: argparse.Namespace) -> int:
    print(asyncio.run(does(settings, given)))
    return 0


def _is_demo(settings: Settings) -> bool:
    return not settings.credentials


def _person_in(records: Records, id: str) -> Person:
    found = [one for one in records.roster.people() if one.id == id]
    if not found:
        raise BadInput(f"The staff list has nobody with the id {id!r}.")
    return found[0]


async def _publish(settings: Settings, given: argparse.Namespace) -> str:
    async with app.open_records(settings, local=_is_demo(settings)) as records:
        version, changed = await to_publish(records)
        lines = [f"{one.change.value}: {one.ref}\n  before: {one.before}\n  now:    {one.now}" for one in changed or ()]
        if changed is not None and given.weight is None:
            ask = "Is this change material (everybody is asked again) or minor (nobody is)? Add --material or --minor."
            raise BadInput("\n".join([*lines, ask]))
        await publish(records, _person_in(records, given.actor), given.weight)
    return "\n".join([*lines, f"Published: {version.title}, version {version.label}. SHA-256 {version.digest}"])


async def _ledger(settings: Settings, given: argparse.Namespace) -> str:
    witness = Head.read(given.head) if given.head else None
    async with app.open_records(settings, local=_is_demo(settings), writes=False) as records:
        entries = await records.store.entries()
        last = verify(entries, witness)
    erased = sum(not one.who.is_open for one in entries)
    seen = " It holds the entry you kept the head of." if witness else ""
    return f"The ledger is whole: {len(entries)} entries, {erased} of them about people erased.{seen}\nHead {last}"


async def _evidence(settings: Settings, given: argparse.Namespace) -> str:
    out = _new_file(given.out)
    local = _is_demo(settings)
    async with app.open_records(settings, local=local) as records:
        campaign = await records.campaign(given.campaign or next(reversed((await records.register()).campaigns), ""))
        file = await export(
            records, campaign, _person_in(records, given.actor), app.crafts(settings, local=local).build
        )
    _write(out, file.content)
    return f"{out}: {file.description}"


async def _summary(settings: Settings, given: argparse.Namespace) -> str:
    local = _is_demo(settings)
    async with app.open_records(settings, local=local, writes=False) as records:
        campaign = await records.campaign(given.campaign or next(reversed((await records.register()).campaigns), ""))
        said = (await SummaryCards(records, app.crafts(settings, local=local).picture).summary(campaign)).text
    return f"DEMO. {said}" if local else said


async def _person(settings: Settings, given: argparse.Namespace) -> str:
    async with app.open_records(settings, local=_is_demo(settings), writes=False) as records:
        return await record_of(records, _person_in(records, given.id))


async def _erase(settings: Settings, given: argparse.Namespace) -> str:
    async with app.open_records(settings, local=_is_demo(settings)) as records:
        number = await erase(records, given.id, _person_in(records, given.actor))
    return (
        f"Erased: nothing here names {given.id!r} any more. Entry {number} of the ledger says so, without a name. "
        "Backups made before still hold the details: delete them, or restore them here, which erases again."
    )


async def _print(settings: Settings, given: argparse.Namespace) -> str:
    out = _new_file(given.out)
    local = _is_demo(settings)
    pages = Pages(settings.cards / "pages")
    async with app.open_records(settings, local=local, writes=False) as records:
        if given.what == "answers":
            values = answers(records.policy, await records.store.tallies(), drafts=local)
            page = pages.fill("answers", {**values, "is_demo": local})
        else:
            campaign = await records.campaign("")
            version = await records.text(campaign.version)
            left = [one for one in await records.signatories(campaign) if not one.receipt and one.person]
            if given.person:
                left = [one for one in left if one.person and one.person.id == given.person]
            if not left:
                raise BadInput("Nobody is left to sign a sheet.")
            values = sheets(version, campaign, await records.asked(campaign), left)
            page = pages.fill("sheet", {**values, "is_demo": local, "is_large": given.large})
    _write(out, page.encode())
    return f"{out}: open it in a browser and print it."


async def _backup(settings: Settings, given: argparse.Namespace) -> str:
    app.back_up(app.store_of(settings, local=given.demo), Path(given.file))
    return f"{given.file}: a whole copy of the store."


async def _restore(settings: Settings, given: argparse.Namespace) -> str:
    again = await app.restore(settings, Path(given.file), local=given.demo)
    erased = f" {again} erased people were in it and are erased again." if again else ""
    return f"Restored from {given.file}. Messages that were under way are marked as doubtful.{erased}"


async def _calendar(settings: Settings, given: argparse.Namespace) -> str:
    policy = policies.read_policy(settings.policies, settings.school, demo=_is_demo(settings))
    calendar, today = app.calendar_of(settings, policy), app.today()
    first = today.replace(month=9, day=1, year=today.year if today.month >= 9 else today.year - 1)
    demo = ["DEMO: made-up terms."] if _is_demo(settings) and policy.calendar.terms else []
    return "\n".join([*demo, year_picture(calendar, first), *warnings(calendar, today)])


async def _roster(settings: Settings, given: argparse.Namespace) -> str:
    async with app.open_records(settings, local=_is_demo(settings), writes=False) as records:
        roster = records.roster
        lines = [f"{one.id:10}  {one.name}  ({' '.join(sorted(one.roles))})" for one in roster.people()]
        if isinstance(roster, GroupRoster):
            lines += [f"left out    {one.name}, who {one.why}" for one in roster.held.left_out]
    return "\n".join(["DEMO."] * _is_demo(settings) + lines)


async def _nudge(settings: Settings, given: argparse.Namespace) -> str:
    local = _is_demo(settings)
    async with app.open_records(settings, local=local, writes=False) as records:
        said = (await preview(records, await records.campaign(given.campaign))).text
    return f"DEMO. {said}" if local else said


async def _lessons(settings: Settings, given: argparse.Namespace) -> str:
    async with app.open_records(settings, local=_is_demo(settings), writes=False) as records:
        shown = await Overview(records).shown(records.today)
    return "\n".join(["DEMO."] * _is_demo(settings) + [shown.text])


async def _questions(settings: Settings, given: argparse.Namespace) -> str:
    local = _is_demo(settings)
    store = app.open_store(app.store_of(settings, local=local), settings.school, demo=local, writes=False)
    try:
        sent, tallies = await store.questions(), await store.tallies()
    finally:
        await store.close()
    mark = "DEMO. " if local else ""
    lines = [f"{mark}{len(sent)} questions sent to the school, kept for 90 days, without a sender:"]
    lines += [f"  {one.on.isoformat()}  {one.text}" for one in sent]
    lines.append("What was asked about, by week:")
    for tally in tallies:
        count = tally.count
        lines.append(f"  {count.week.isoformat()}  {count.situation:28} {count.what.value:13} {tally.times}")
    return "\n".join(lines)


def _new_file(text: str) -> Path:
    file = Path(text)
    if file.exists():
        raise BadInput(f"{file.name} exists already; nothing was written.")
    return file


def _write(file: Path, content: bytes) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_bytes(content)
    except OSError as seen:
        raise StaffroomError(f"{file.name} could not be written: {seen.strerror}.") from seen
