"""A September in which one request holds four documents, one of them with clauses only: from publishing to the pack."""

import asyncio
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from bot.app import understanding_of
from bot.config import read_config
from bot.evidence.rules.ledger import verify
from bot.outbox.rules.message import MessageKind
from bot.settings import ROOT, Settings
from tests.journeys.campaign import ASSISTANT, HEAD, OFFICE, TEACHER, agreement_of, summary
from tests.journeys.school import School, parts, school, words

ACADEMY = "wyvern-moor-academy"
TITLES = [
    "Digital Conduct Code",
    "Mobile Devices and Images Procedure",
    "Standards of Dress and Gifts",
    "Safeguarding, part one",
]
SAFEGUARDING = """\
[document]
id = "SG"
title = "Safeguarding, part one"
short = "Safeguarding, part one"
version = "September 2026"

[[clause]]
id = "SG-1"
ref = "1"
heading = "What everybody does"
text = "Whoever is worried about a student tells the Designated Safeguarding Lead on the same day."
modality = "must"
binds = ["staff"]
"""


def academy(folder: Path) -> Path:
    """A policies folder with the academy's example, which asks for one more document that nothing is ruled on."""
    home = folder / ACADEMY
    shutil.copytree(ROOT / "policies" / "examples" / ACADEMY, home)
    (folder / "staffroom").symlink_to(ROOT / "policies" / "staffroom")
    (home / "safeguarding.toml").write_text(SAFEGUARDING, encoding="utf-8")
    clause = "Safeguarding, part one\n\nWhat everybody does\n\n1  " + SAFEGUARDING.split('text = "')[1].split('"')[0]
    (home / "source.txt").write_text(
        f"{(home / 'source.txt').read_text(encoding='utf-8')}\n{clause}\n", encoding="utf-8"
    )
    in_list(home, '"conduct.toml"]', '"conduct.toml", "safeguarding.toml"]')
    in_list(home, '"MD", "SC"]', '"MD", "SC", "SG"]')
    return folder


def in_list(home: Path, old: str, new: str) -> None:
    file = home / "school.toml"
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1
    file.write_text(text.replace(old, new), encoding="utf-8")


@pytest.fixture
async def autumn(settings: Settings) -> AsyncIterator[School]:
    policies = academy(settings.data.parent / "policies")
    own = replace(settings, policies=policies, school=ACADEMY)
    config = read_config(own, date(2026, 9, 7), demo=True)
    async with school(own, understanding_of(own, config, local=True)) as at:
        yield at


async def opened(at: School) -> None:
    """Every document is published by the head, who opens the request and sends it."""
    form = await at.says(HEAD, "publish")
    for _ in TITLES:
        form = await at.press_on(HEAD, form["card"], "Publish")
    assert "Published: Safeguarding, part one, version September 2026." in form["text"]
    form = await at.says(HEAD, "open campaign")
    assert "Digital Conduct Code, version" in form["text"] and "and Safeguarding, part one" in form["text"]
    reply = await at.press_on(HEAD, form["card"], "Open", audience="staff,volunteer,governor", due="2026-09-28")
    assert "18 people are asked" in reply["text"]
    sent = await at.press_on(HEAD, reply["card"], "Send")
    assert "All 17 people will get it during their working hours" in sent["text"]
    await at.tick()


def ticks(card: dict[str, Any], *titles: str) -> dict[str, str]:
    """The ticks under these documents of a card, or under all of them."""
    toggles = [part for part in parts(card) if part.get("type") == "Input.Toggle"]
    return {t["id"]: "true" for t in toggles if not titles or any(title in t["label"] for title in titles)}


async def acknowledge(at: School, account: str, *titles: str) -> dict[str, Any]:
    card = await agreement_of(at, account)
    return await at.press_on(account, card, "Acknowledge", **ticks(card, *titles))


async def test_one_card_asks_for_all_of_it_and_says_what_is_done(autumn: School):
    await opened(autumn)
    (message,) = await autumn.opens_page(TEACHER, 1)
    card = message["card"]

    assert card["id"] == "agreements" and len(ticks(card)) == 4
    assert all(title in words(message) for title in TITLES)
    assert "tells the Designated Safeguarding Lead on the same day" in words(message)
    nothing = await autumn.press_on(TEACHER, card, "Acknowledge")
    assert "Nothing was recorded yet" in nothing["text"]
    partly = await autumn.press_on(TEACHER, card, "Acknowledge", **ticks(card, TITLES[0], TITLES[3]))

    assert partly["card"]["id"] == "agreements" and partly["takes_place"]
    assert len(ticks(partly["card"])) == 2 and "You have acknowledged" in words(partly)
    done = await autumn.press_on(TEACHER, partly["card"], "Acknowledge", **ticks(partly["card"]))
    assert done["card"]["id"] == "receipt"
    assert [title for title in TITLES if f"{title}: receipt " in done["text"]] == TITLES
    assert done["card"] == await agreement_of(autumn, TEACHER)


async def test_one_reminder_names_what_is_left_and_the_summary_counts_each_document(autumn: School):
    await opened(autumn)
    await acknowledge(autumn, TEACHER)
    await acknowledge(autumn, ASSISTANT, TITLES[1], TITLES[2])
    await autumn.after(days=10)  # seven school days before the last day

    reminders = [
        m for m in await autumn.messages(MessageKind.NUDGE) if m.recipient == await pseudonym(autumn, ASSISTANT)
    ]
    assert len(reminders) == 1
    assert await pseudonym(autumn, TEACHER) not in {m.recipient for m in await autumn.messages(MessageKind.NUDGE)}
    _, mail = await autumn.opens_page(ASSISTANT, 2)
    assert f"Waiting for you, by Monday 28 September 2026: {TITLES[0]} and {TITLES[3]}." in mail["text"]

    says = await summary(autumn)
    assert "1 of 18 have acknowledged everything (6%)." in says
    assert f"{TITLES[0]}: 1 of 18 (6%)." in says and f"{TITLES[1]}: 2 of 18 (11%)." in says
    left = (await autumn.says(HEAD, "who is left"))["text"]
    assert f"left: {TITLES[0]} and {TITLES[3]}" in left


async def pseudonym(at: School, account: str) -> str:
    return next(known.pseudonym for known in (await at.store.everybody_known()).values() if known.account == account)


async def test_a_sheet_for_somebody_without_an_account_has_all_of_it_and_is_recorded_once(autumn: School):
    await opened(autumn)
    sheets = await autumn.says(OFFICE, "print sheets")
    assert autumn.http
    async with autumn.http.get(f"{autumn.address}{sheets['file']['address']}") as answer:
        page = await answer.text()
    assert page.count('<article class="sheet"') == 18
    assert [page.count(f"<h1>{title}</h1>") for title in TITLES] == [18, 18, 18, 18]

    form = await autumn.says(OFFICE, "record paper")
    choices = {c["title"]: c["value"] for part in parts(form["card"]) for c in part.get("choices", ())}
    sheet = {"person": choices["A volunteer without an account"], "signed": "2026-09-07", "reason": ""}
    reply = await autumn.press_on(OFFICE, form["card"], "Record it", **sheet, witness=choices["The site manager"])

    assert "Receipts " in reply["text"]
    assert "1 on paper" in await summary(autumn)


async def test_the_pack_holds_every_text_and_verifies_without_us(autumn: School, tmp_path: Path):
    await opened(autumn)
    await acknowledge(autumn, TEACHER)
    await acknowledge(autumn, ASSISTANT, TITLES[1])
    closing = await autumn.says(HEAD, "close campaign")
    assert "17 people have not acknowledged all 4 documents yet" in closing["text"]
    await autumn.press_on(HEAD, closing["card"], "Close it now")

    reply = await autumn.says(HEAD, "export")
    assert autumn.http
    async with autumn.http.get(f"{autumn.address}{reply['file']['address']}") as answer:
        zipfile.ZipFile(BytesIO(await answer.read())).extractall(tmp_path / "pack")
    head = verify(await autumn.store.entries())

    whole = await checked(tmp_path / "pack", f"{head}")
    assert whole.returncode == 0, whole.stdout
    assert "5 acknowledgements" in whole.stdout
    texts = sorted((tmp_path / "pack").glob("policy-*.json"))
    assert len(texts) == 4
    readme = (tmp_path / "pack" / "README.txt").read_text(encoding="utf-8")
    assert f"{', '.join(TITLES[:3])} and {TITLES[3]}, 2026/27" in readme
    statements = (tmp_path / "pack" / "statement.txt").read_text(encoding="utf-8")
    assert all(f"I have read and understood this document: {title}." in statements for title in TITLES)
    texts[0].write_bytes(texts[0].read_bytes() + b" ")
    assert (await checked(tmp_path / "pack", f"{head}")).returncode == 1


async def checked(pack: Path, head: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-I", str(pack / "verify.py"), "--head", head]
    return await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("old", "new", "code", "says"),
    [
        ("", "", 0, "To be read and acknowledged; no ruling quotes it: Safeguarding, part one."),
        (
            '"MD", "SC", "SG"]',
            '"MD", "XX", "MD"]',
            1,
            "there is no document 'XX'.\nschool.toml: agreement: document names",
        ),
    ],
)
def test_check_allows_a_document_without_rulings_and_names_what_is_wrong_with_the_list(
    settings: Settings, old: str, new: str, code: int, says: str
):
    folder = academy(settings.data.parent / "policies")
    if old:
        in_list(folder / ACADEMY, old, new)
    own = {"STAFFROOM_POLICIES": str(folder), "STAFFROOM_SCHOOL": ACADEMY, "STAFFROOM_DATA": str(settings.data)}

    command = [sys.executable, "-m", "bot", "check"]
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, **own}, capture_output=True, text=True, check=False)

    assert (done.returncode, says in done.stdout + done.stderr) == (code, True), done.stdout + done.stderr
