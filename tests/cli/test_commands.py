"""The school's records from a terminal, over the store a campaign left behind; where it counts in their own process."""

import asyncio
import io
import shutil
import zipfile
from contextlib import redirect_stdout
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot import app
from bot.ask.rules.tallies import SentQuestion
from bot.ask.understanding import Understanding
from bot.cli.books import open_books
from bot.cli.main import parser
from bot.errors import StaffroomError
from bot.school.rules.calendar import monday_of
from bot.settings import ROOT, Settings
from tests.cli.terminal import process
from tests.journeys.school import school

PICNIC = (
    "BEGIN:VCALENDAR",
    "VERSION:2.0",
    "PRODID:-//test//",
    "BEGIN:VEVENT",
    "UID:1",
    f"DTSTART:{app.today():%Y%m%d}",
    "SUMMARY:A picnic",
    "END:VEVENT",
    "END:VCALENDAR",
)


@pytest.fixture
async def left(settings: Settings, understanding: Understanding) -> Settings:
    """Settings with a store in which a teacher has acknowledged; the bot is stopped."""
    async with school(settings, understanding) as at:
        await at.presses("demo-head", "publish", weight="material")
        await at.presses("demo-head", "open", audience="staff,volunteer", due="2026-09-28", anyway="true")
        await at.tick()
        card = (await at.says("demo-teacher", "agreement"))["card"]
        await at.press_on("demo-teacher", card, "Acknowledge", agree="true")
    return settings


def run(settings: Settings, *arguments: str) -> tuple[int, str]:
    """What a command says, and its status."""
    given = parser().parse_args(arguments)
    reply = io.StringIO()
    try:
        with redirect_stdout(reply):
            status = given.run(settings, given)
    except StaffroomError as seen:
        return 1, str(seen)
    return status, reply.getvalue()


def apart(folder: Path, *arguments: str) -> tuple[int, str]:
    """The same in a process of its own."""
    outcome = process(*arguments, STAFFROOM_DATA=str(folder))
    assert "Traceback" not in outcome.err, outcome.err
    return outcome.status, outcome.out + outcome.err


def test_several_documents_are_published_at_once_the_first_time_and_by_name_later(settings: Settings):
    shutil.copytree(ROOT / "policies" / "examples" / "wyvern-moor-academy", settings.data.parent / "own" / "academy")
    (settings.data.parent / "own" / "staffroom").symlink_to(ROOT / "policies" / "staffroom")
    own = replace(settings, policies=settings.data.parent / "own", school="academy")

    status, reply = run(own, "publish", "--as", "he1")
    assert (status, reply.count("Published: ")) == (0, 3), reply
    assert "is published already, word for word" in run(own, "publish", "--as", "he1")[1]

    for file, old in (("conduct.toml", "lanyard"), ("digital-conduct.toml", "password")):
        text = (own.policies / "academy" / file).read_text(encoding="utf-8")
        (own.policies / "academy" / file).write_text(text.replace(old, "badge", 1), encoding="utf-8")
    assert "Publish one at a time: add --document ID" in run(own, "publish", "--as", "he1", "--minor")[1]
    assert "school.toml asks for DC, MD and SC" in run(own, "publish", "--as", "he1", "--document", "XX")[1]
    assert "Add --material or --minor" in run(own, "publish", "--as", "he1", "--document", "SC")[1]
    status, reply = run(own, "publish", "--as", "he1", "--document", "SC", "--minor")
    assert (status, "Published: Standards of Dress and Gifts" in reply) == (0, True), reply


@pytest.mark.long
def test_publishing_is_for_those_who_may_and_happens_once(settings: Settings):
    assert "Only the headteacher" in run(settings, "publish", "--as", "t1")[1]
    assert "nobody with the id" in run(settings, "publish", "--as", "nobody")[1]
    status, reply = apart(settings.data, "publish", "--as", "he1")
    assert (status, reply.startswith("Published: Acceptable Use Policy")) == (0, True)
    status, reply = apart(settings.data, "publish", "--as", "he1")
    assert (status, "is published already, word for word" in reply) == (1, True)


def test_the_ledger_is_checked_against_a_head_kept_outside(left: Settings):
    status, reply = run(left, "ledger", "verify")
    head = reply.split("Head ")[1].strip()
    assert (status, "3 entries" in reply) == (0, True)

    assert run(left, "ledger", "verify", "--head", head)[0] == 0
    status, reply = run(left, "ledger", "verify", "--head", head.replace("3:", "9:"))
    assert (status, "entry 9 was seen outside" in reply) == (1, True)
    assert run(left, "ledger", "verify", "--head", "nonsense")[0] == 1


def test_the_summary_says_all_that_the_headteachers_says(left: Settings):
    async def keep_question() -> None:
        async with open_books(left) as books:
            last_week = monday_of(books.context.today) - timedelta(weeks=1)
            await books.tallies.keep_question(SentQuestion("May I?", last_week))

    asyncio.run(keep_question())

    assert "1 question was sent to the school" in run(left, "summary")[1]


def test_the_summary_and_a_persons_record_are_read(left: Settings):
    assert "1 of 16 have acknowledged" in run(left, "summary")[1]
    reply = run(left, "person", "t1")[1]
    assert "acknowledged AUP, version September 2021: receipt 3" in reply
    assert "In the evidence the school keeps" in reply
    assert "nobody with the id" in run(left, "person", "t99")[1]


def test_an_evidence_pack_says_whether_it_is_encrypted_and_never_overwrites(left: Settings, tmp_path: Path):
    out = str(tmp_path / "pack.zip")

    reply = run(left, "evidence", "--as", "he1", "--out", out)[1]

    assert "NOT encrypted: the school set no key" in reply
    assert "verify.py" in zipfile.ZipFile(out).namelist()
    assert "exists already" in run(left, "evidence", "--as", "he1", "--out", out)[1]
    kept = str(tmp_path / "kept.zip")
    reply = run(replace(left, evidence_key="a key"), "evidence", "--as", "he1", "--out", kept)[1]
    assert "encrypted with the school's key" in reply
    with pytest.raises(RuntimeError, match="password"):
        zipfile.ZipFile(kept).read("statement.txt")


def test_nobody_is_erased_while_on_the_staff_list(left: Settings):
    assert "Take the row 't1' out of the staff list first" in run(left, "erase", "t1", "--as", "it1")[1]
    assert "Nothing is kept about 'x9'" in run(left, "erase", "x9", "--as", "it1")[1]
    assert "Only the headteacher" in run(left, "erase", "t1", "--as", "t1")[1]


def test_sheets_are_printed_for_whoever_is_left(left: Settings, tmp_path: Path):
    out = tmp_path / "sheets.html"

    assert run(left, "print", "sheets", "--out", str(out), "--large")[0] == 0

    text = out.read_text(encoding="utf-8")
    assert text.count('<article class="sheet"') == 15
    assert "A volunteer without an account" in text and "A class teacher" not in text
    assert "18pt" in text and "DEMO" in text and "Cut here" in text
    single = tmp_path / "one.html"
    run(left, "print", "sheets", "--out", str(single), "--person", "vo2")
    assert single.read_text(encoding="utf-8").count('<article class="sheet"') == 1
    assert "Nobody is left" in run(left, "print", "sheets", "--out", str(tmp_path / "x"), "--person", "t1")[1]


def test_the_wall_sheet_marks_drafts_in_the_demo(left: Settings, tmp_path: Path):
    out = tmp_path / "answers.html"

    assert run(left, "print", "answers", "--out", str(out))[0] == 0

    assert out.read_text(encoding="utf-8").count("(draft, not approved)") == 20


def test_the_year_the_messages_to_come_and_the_roster_are_told(left: Settings):
    assert "DEMO: made-up terms." in run(left, "calendar")[1]
    reply = run(left, "nudge", "preview")[1]
    assert "A class teacher: has acknowledged already" in reply and reply.startswith("DEMO. 16 people are asked")
    assert "A reminder says: A reminder, no more. The Acceptable Use Policy is waiting for you" in reply
    assert "This is my last reminder. After [a later day] I will tell the headteacher" in reply
    assert "of1" in run(left, "roster")[1]
    assert "No lessons with a notice in this week." in run(left, "lessons")[1]
    (left.data / "calendar.ics").write_text("\n".join(PICNIC))
    reply = run(left, "calendar")[1]
    assert "calendar.ics has 1 entries: 0 taken, 1 left alone." in reply and "Sep 20" in reply
    (left.data / "calendar.ics").write_text("nonsense")
    assert "cannot be read as a calendar" in run(left, "calendar")[1]


def test_a_backup_is_restored_while_the_bot_is_stopped(left: Settings, tmp_path: Path):
    copy = str(tmp_path / "copy.db")
    assert run(left, "backup", copy, "--demo")[0] == 0

    assert "Restored from" in run(left, "restore", copy, "--demo")[1]
    assert "4 entries" in run(left, "ledger", "verify")[1]


@pytest.mark.long
async def test_while_the_bot_runs_it_is_read_beside_it_and_nothing_is_changed(
    settings: Settings, understanding: Understanding
):
    async with school(settings, understanding) as at:
        await at.presses("demo-head", "publish", weight="material")

        assert "1 entries" in apart(settings.data, "ledger", "verify")[1]
        assert "already using" in apart(settings.data, "publish", "--as", "he1")[1]
        assert "already using" in apart(settings.data, "restore", "nothing.db", "--demo")[1]
