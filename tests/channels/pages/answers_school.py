"""An invented school whose answers are worked through on the pages, in a folder of its own."""

import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from bot.ask.policy_file import read_signs
from bot.ask.rules.tallies import Count, Outcome
from bot.ask.understanding import Understanding
from bot.config import read_config
from bot.evidence.rules.ledger import Entry, EventKind
from bot.school.rules.calendar import monday_of
from bot.settings import ROOT, Settings
from tests.channels.pages.pages_school import NOW, Answer, PagesSchool, pages_school
from tests.fakes import SURE, FakeQuestionReader

SCHOOL = "larkmead-infants"
PERMISSION, FORBIDDEN = "own-phone-break", "wearables"  # of its rulings, one that allows and one that does not
QUESTION = "can i have my phone out at lunch"
TRIED = tuple(f"may i use my phone beside zebra{number}" for number in range(40))


def school_folder(settings: Settings, folder: Path) -> Settings:
    """Settings with a copy of the example school, in which every answer is a proposal."""
    shutil.copytree(ROOT / "policies" / "examples" / SCHOOL, folder / SCHOOL)
    (folder / "staffroom").symlink_to(ROOT / "policies" / "staffroom")
    file = folder / SCHOOL / "rulings.toml"
    text = re.sub(r"^(\[[a-z0-9-]+\])$", r"\1\nproposed = true", file.read_text(encoding="utf-8"), flags=re.M)
    file.write_text(text, encoding="utf-8")
    return replace(settings, policies=folder, school=SCHOOL)


def understands_one(settings: Settings) -> Understanding:
    """Reads one question, as one about phones at lunch."""
    policy = read_config(settings, NOW.date(), demo=True).policy
    about = {PERMISSION: 0.97, FORBIDDEN: 0.03}
    reader = FakeQuestionReader(dict.fromkeys([QUESTION, *TRIED], about))
    return Understanding(policy, reader, SURE, read_signs(settings.policies), trusts_drafts=True)


@asynccontextmanager
async def answers_school(settings: Settings) -> AsyncIterator[PagesSchool]:
    async with pages_school(settings, understanding=understands_one(settings)) as opened:
        asked = Count(monday_of(NOW.date()), PERMISSION, Outcome.ASKED)
        await opened.server.staffroom.books.tallies.count(asked)  # so that it is the first on the page
        yield opened


def card_of(page: Answer, situation: str) -> Answer:
    """The part of the page about one answer."""
    match = re.search(rf'<section class="ruling" id="{situation}".*?</section>', page.text, re.DOTALL)
    part = match or re.search(rf'<li id="{situation}">.*?</li>', page.text, re.DOTALL)
    assert part, situation
    return replace(page, text=part[0])


async def press(at: PagesSchool, page: Answer, situation: str, title: str, **fields: str) -> Answer:
    return await at.press(card_of(page, situation), "answers", title, **fields)


async def entries(at: PagesSchool, kind: EventKind) -> tuple[Entry, ...]:
    return await at.server.staffroom.books.context.store.entries_of(kind)


def rulings_file(settings: Settings) -> Path:
    return settings.policies / SCHOOL / "rulings.toml"
