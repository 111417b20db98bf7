"""The commands for the school's records. Each returns the text to print.

Commands that change something only run while the bot is stopped, and need `--as`: the staff list's id of the person
who does it.
"""

import argparse
import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from bot import app
from bot.ask.rules.tallies import readable_questions
from bot.ask.rules.wall_sheet import wall_sheet
from bot.campaigns import progress_picture
from bot.campaigns.book import CampaignBook
from bot.campaigns.pack import export
from bot.campaigns.paper import sheet_page
from bot.campaigns.preview import preview
from bot.campaigns.publish import documents_to_publish, publish, text_to_publish
from bot.campaigns.rules.versions import Difference, Weight
from bot.campaigns.summary_card import SummaryCards
from bot.cards import Pages
from bot.cli.books import is_demo, is_demo_store, open_books
from bot.cli.command import AddCommand
from bot.cli.store import RunRecords, add_store_command
from bot.errors import BadInput, LedgerBroken, LedgerMoved, NothingYet, StaffroomError
from bot.evidence.context import Context
from bot.evidence.erase import ERASED, erase
from bot.evidence.personal_record import record_of
from bot.evidence.rules.ledger import Head, verify
from bot.evidence.side_tables import check_side_tables
from bot.outside import clean_text
from bot.people.rules.person import Person
from bot.recordings.overview import Overview
from bot.school.rules.documents import listed
from bot.settings import Settings
from bot.stores.open import store_file
from bot.stores.sqlite import backup
from bot.stores.sqlite.copies import NO_NAME
from bot.stores.sqlite.open_files import BELONGS_TO_A_STORE, belongs_to_a_store

ASIDE = (
    "What was there is kept. Delete it once you are sure that nothing in it is missing here: details that are erased "
    "from now on stay in it.\n{files}"
)
ASK_WEIGHT_HERE = "Is this change material (everybody is asked again) or minor (nobody is)? Add --material or --minor."
BEING_SENT = "Messages that were being sent at the time are looked at again within minutes."


def add_commands(add: AddCommand) -> None:
    """Adds these commands to the others."""

    def command(name: str, help: str, run: RunRecords) -> argparse.ArgumentParser:
        return add(name, help, lambda settings, options: _print_result(run, settings, options))

    publish_command = command("publish", "make the policy's text a version that campaigns can ask for", _publish)
    publish_command.add_argument("--material", action="store_const", const=Weight.MATERIAL, dest="weight")
    publish_command.add_argument("--minor", action="store_const", const=Weight.MINOR, dest="weight")
    publish_command.add_argument("--document", default="", help="one of several documents that wait, by its id")
    ledger_command = command("ledger", "check that no evidence was changed or taken away", _ledger)
    ledger_command.add_argument("what", choices=["verify"])
    ledger_command.add_argument("--head", default="", help="a head of the ledger kept outside, NUMBER:HASH")
    evidence_command = command("evidence", "a campaign's evidence as a file for outsiders", _evidence)
    evidence_command.add_argument("--out", required=True, help="the zip to write")
    summary_command = command("summary", "how the campaign is doing", _summary)
    command("person", "everything kept about one person", _person).add_argument("id")
    erase_command = command(
        "erase", "delete all personal details of somebody who is no longer on the staff list", _erase
    )
    erase_command.add_argument("id")
    for parser in (publish_command, evidence_command, erase_command):
        parser.add_argument("--as", dest="actor", required=True, help="who does it: an id of the staff list")
    print_command = command("print", "sheets to sign, or a wall sheet of common answers", _print)
    print_command.add_argument("what", choices=["sheets", "answers"])
    print_command.add_argument("--out", required=True, help="the HTML file to write")
    print_command.add_argument("--large", action="store_true", help="large print")
    print_command.add_argument("--person", default="", help="for one person only: an id of the staff list")
    _add_store_commands(command)
    nudge_command = command("nudge", "a campaign's next messages: to whom, when, and why not to others", _nudge)
    nudge_command.add_argument("what", choices=["preview"])
    for parser in (evidence_command, summary_command, nudge_command):
        parser.add_argument("--campaign", default="", help="a campaign's id; without it, the campaign that is open")
    command("lessons", "this week's recorded lessons, and the state of each recording", _lessons)
    command(
        "questions", "the questions staff sent to the school, and how often each subject is asked about", _questions
    )


def _add_store_commands(command: Callable[[str, str, RunRecords], argparse.ArgumentParser]) -> None:
    add_store_command(command)
    for name, help, run in (
        ("backup", "copy the store, also while Staffroom runs", _backup),
        ("restore", "put a backup in place of the stopped store", _restore),
    ):
        copy_command = command(name, help, run)
        copy_command.add_argument("file")
        copy_command.add_argument("--demo", action="store_true", help="local mode's store")


def _print_result(run: RunRecords, settings: Settings, options: argparse.Namespace) -> int:
    try:
        text = asyncio.run(run(settings, options))
    except NothingYet as error:
        print(error)
        return 1 if "out" in options else 0  # a command that writes a file has not done what was asked
    print(clean_text(text, 3 * len(text)))  # a terminal obeys control characters
    return 0


def _person_with(id: str, context: Context) -> Person:
    for person in context.roster.people():
        if person.id == id:
            return person
    raise BadInput(f"The staff list has nobody with the id {id!r}.")


async def _publish(settings: Settings, options: argparse.Namespace) -> str:
    async with open_books(settings) as books:
        book, actor = books.campaigns, _person_with(options.actor, books.context)
        waiting = [options.document] if options.document else await documents_to_publish(book)
        if options.document and options.document not in book.agreement.documents:
            raise BadInput(f"school.toml asks for {listed(book.agreement.documents)}. Nothing was published.")
        texts = [await text_to_publish(book, document) for document in waiting or [""]]
        if len(texts) > 1 and any(changes is not None for _, changes in texts):
            raise BadInput(f"These wait to be published: {listed(waiting)}. Publish one at a time: add --document ID.")
        lines = [line for _, changes in texts for line in _change_lines(changes or ())]
        if texts[0][1] is not None and options.weight is None:
            raise BadInput("\n".join([*lines, ASK_WEIGHT_HERE]))
        for version, _ in texts:
            await publish_or_decide_again(book, actor, options.weight, version.document)
    published = [
        f"Published: {version.title}, version {version.label}. SHA-256 {version.digest}" for version, _ in texts
    ]
    return "\n".join([*lines, *published])


def _change_lines(changes: Sequence[Difference]) -> list[str]:
    return [f"{c.change.value}: {c.ref}\n  before: {c.before}\n  now:    {c.now}" for c in changes]


async def publish_or_decide_again(
    book: CampaignBook, person: Person, weight: Weight | None, document: str = ""
) -> None:
    """Publishes; decides again if the ledger moved on meanwhile, as it does when the clock went back."""
    try:
        await publish(book, person, weight, document)
    except LedgerMoved:
        await publish(book, person, weight, document)


async def _ledger(settings: Settings, options: argparse.Namespace) -> str:
    kept_head = Head.read(options.head) if options.head else None
    async with open_books(settings, writes=False) as books:
        entries = await books.context.store.entries()
        last = verify(entries, kept_head)
        if last != await books.context.store.head():
            raise LedgerBroken("The ledger ends before its last entry; restore the last backup.")
        await check_side_tables(books.context.store, books.campaigns.texts)
    erased = sum(not entry.who.is_open for entry in entries)
    head_note = " It has the entry whose head you kept." if kept_head else ""
    return f"The ledger is whole: {len(entries)} entries, {erased} of them about people erased.{head_note}\nHead {last}"


async def _evidence(settings: Settings, options: argparse.Namespace) -> str:
    out = _new_file(options.out)
    local = is_demo(settings)
    async with open_books(settings) as books:
        book = books.campaigns
        campaign = await book.campaign(options.campaign) if options.campaign else await book.last_campaign()
        person = _person_with(options.actor, books.context)
        exported = await export(book, campaign, person, app.pack_builder(settings, local=local))
    _write(out, exported.attachment.content)
    return f"{out}: {exported.attachment.description}\n{exported.advice}"


async def _summary(settings: Settings, options: argparse.Namespace) -> str:
    local = is_demo(settings)
    async with open_books(settings, writes=False) as books:
        book = books.campaigns
        campaign = await book.campaign(options.campaign) if options.campaign else await book.last_campaign()
        cards = SummaryCards(book, progress_picture.progress, partial(app.summary_remarks, books))
        text = (await cards.summary(campaign)).text
    return f"DEMO. {text}" if local else text


async def _person(settings: Settings, options: argparse.Namespace) -> str:
    async with open_books(settings, writes=False) as books:
        return await record_of(books.context, _person_with(options.id, books.context))


async def _erase(settings: Settings, options: argparse.Namespace) -> str:
    async with open_books(settings) as books:
        number = await erase(books.context, options.id, _person_with(options.actor, books.context))
    return ERASED.format(id=options.id, number=number)


async def _print(settings: Settings, options: argparse.Namespace) -> str:
    out = _new_file(options.out)
    local = is_demo(settings)
    pages = Pages(settings.cards / "pages")
    async with open_books(settings, writes=False) as books:
        if options.what == "answers":
            values = wall_sheet(books.config.policy, await books.tallies.tallies(), drafts=local)
            page = pages.fill("answers", {**values, "is_demo": local})
        else:
            template, values = await _sheet_page(books, options.person)
            page = pages.fill(template, {**values, "is_demo": local, "is_large": options.large})
    _write(out, page.encode())
    return f"{out}: open it in a browser and print it."


async def _sheet_page(books: app.Books, person_id: str) -> tuple[str, dict[str, Any]]:
    """One sheet for each person who still has to sign, or for one of them; raises BadInput if nobody is left."""
    book = books.campaigns
    campaign = await book.campaign("")
    missing = [p for p in await book.signatories(campaign) if not p.receipt and p.person]
    if person_id:
        missing = [p for p in missing if p.person and p.person.id == person_id]
    if not missing:
        raise BadInput("Nobody is left to sign a sheet.")
    return await sheet_page(book, campaign, missing)


async def _backup(settings: Settings, options: argparse.Namespace) -> str:
    demo = options.demo or is_demo_store(settings)
    backup.back_up(store_file(settings.store_url(local=demo)), Path(options.file))
    return f"{options.file}: a complete copy of the {'demo' if demo else 'school'}'s store."


async def _restore(settings: Settings, options: argparse.Namespace) -> str:
    demo = options.demo or (is_demo(settings) and backup.is_of_a_demo(Path(options.file)))
    target = store_file(settings.store_url(local=demo))
    restored = await backup.restore(
        Path(options.file),
        target,
        settings.school,
        app.now(),
        demo=demo,
        witness_copy=None if demo else settings.witness_copy,
    )
    lines = [f"Restored from {options.file}; the ledger says so. {BEING_SENT}"]
    if restored.lost:
        lines.append(f"The ledger that was there had {restored.lost} entries more than the backup: they are lost.")
    if restored.erased_again:
        lines.append(f"It had details of {restored.erased_again} people who were erased since; they are erased again.")
    if restored.kept_aside:
        lines.append(ASIDE.format(files="\n".join(f"  {file}" for file in restored.kept_aside)))
    return "\n".join(lines)


async def _nudge(settings: Settings, options: argparse.Namespace) -> str:
    local = is_demo(settings)
    async with open_books(settings, writes=False) as books:
        text = (await preview(books.campaigns, await books.campaigns.campaign(options.campaign))).text
    return f"DEMO. {text}" if local else text


async def _lessons(settings: Settings, options: argparse.Namespace) -> str:
    async with open_books(settings, writes=False) as books:
        week = await Overview(books.recordings).card(books.context.today)
    return "\n".join(["DEMO."] * is_demo(settings) + [week.text])


async def _questions(settings: Settings, options: argparse.Namespace) -> str:
    local = is_demo(settings)
    async with open_books(settings, writes=False) as books:
        questions, tallies = await books.tallies.questions(), await books.tallies.tallies()
        weeks = readable_questions(questions, books.context.today)
    label = "DEMO. " if local else ""
    lines = [f"{label}Questions sent to the school before this week, without a sender, by week; kept for 90 days:"]
    lines += [f"  {week.isoformat()}  {text}" for week, texts in weeks.items() for text in texts]
    lines.append("What was asked about, by week:")
    for tally in tallies:
        count = tally.count
        lines.append(f"  {count.week.isoformat()}  {count.situation:28} {count.outcome.value:13} {tally.times}")
    return "\n".join(lines)


def _new_file(text: str) -> Path:
    file = Path(text)
    try:
        is_there = file.exists()
    except (OSError, ValueError) as error:
        raise BadInput(NO_NAME) from error
    if is_there:
        raise BadInput(f"{file.name or file} exists already; nothing was written. Give another name.")
    if belongs_to_a_store(file):
        raise BadInput(BELONGS_TO_A_STORE.format(file=file.name))
    return file


def _write(file: Path, content: bytes) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_bytes(content)
    except OSError as error:
        raise StaffroomError(f"{file.name} could not be written: {error.strerror}.") from error
