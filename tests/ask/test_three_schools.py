"""Slyne-with-Hest is one school among three: the two examples load, check clean, and answer from their own policy."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from bot import manifest
from bot.app import understanding_of
from bot.ask.answer_card import answer_card, as_json
from bot.ask.ask import ask, look_up
from bot.ask.capability import Ask
from bot.ask.held_understanding import HeldUnderstanding
from bot.ask.policy_file import read_bank
from bot.ask.rules.answers import NOTHING_DECIDED
from bot.ask.rules.lint import check
from bot.ask.rules.passages import PassageKind, PassageRequest, passage
from bot.ask.understanding import Understanding
from bot.ask.vocabulary import stem
from bot.cli.policy import _sentences_of_others
from bot.config import read_config
from bot.desk.rules.messages import Incoming
from bot.policies import read_source
from bot.settings import ROOT
from tests.conftest import settings_with
from tests.fake_store import FakeStore
from tests.fakes import MONDAY, TEACHER, caller

INFANTS, ACADEMY, SLYNE = "larkmead-infants", "wyvern-moor-academy", "slyne-with-hest"
NAMES = {INFANTS: "Larkmead", ACADEMY: "Wyvern Moor", SLYNE: "Slyne"}
WORDS_OF = {
    INFANTS: ("Larkmead", "PC-", "rainbow locker"),
    ACADEMY: ("Wyvern", "DC-", "MD-", "Digital Conduct"),
    SLYNE: ("Slyne", "AUP-", "SM-", "social media policy", "Acceptable Use Policy", "21 days"),
}
QUESTIONS = {
    INFANTS: {
        "can I have my phone in the classroom?": ("no", "PC-7"),
        "can I use my phone in the staffroom at lunch": ("yes_if", "PC-6"),
        "may I take a photo of a child on my own phone": ("no", "PC-12"),
        "do I have to lock the computer when I go out of the room": ("must", "PC-24"),
        "I clicked on a dodgy link, what now": ("report", "PC-29"),
        "can I wear my apple watch": ("info", "PC-10"),
        "can I add a mum as a friend on facebook": ("no", "PC-20"),
        "can I tell my colleague my password": ("no", "PC-25"),
        "can visitors keep their mobiles with them?": ("must", "PC-31"),
        "how long may photos stay on the tablet": ("must", "PC-14"),
        "a volunteer wants to take photos on the class ipad, is that allowed": ("no", "PC-13"),
    },
    ACADEMY: {
        "can heads of year answer a phone on the corridor": ("no", "MD-1.1"),
        "can I connect my own phone to the wifi": ("yes_if", "MD-1.4"),
        "can a volunteer join the wifi with his own phone": ("no", "MD-1.4"),
        "how long must my password be": ("must", "DC-2.1(d)"),
        "can I put pupil data into chatgpt": ("no", "DC-2.2(d)"),
        "I lost a memory stick with pupil data on it": ("report", "DC-2.2(c)"),
        "may my daughter use my school laptop": ("no", "DC-2.4(b)"),
        "can I wear trainers to work": ("must", "SC-1.1"),
        "can I use hands free when driving the minibus": ("no", "MD-1.5"),
        "is a one to one zoom with a student ok": ("no", "MD-3.2"),
        "how do I get a website unblocked": ("must", "MD-A.2"),
    },
}
SCHOOLS = tuple(QUESTIONS)


@pytest.fixture(scope="module")
def schools(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Understanding]:
    settings = settings_with(tmp_path_factory.mktemp("data"))
    return {school: _understanding(replace(settings, school=school)) for school in SCHOOLS}


def _understanding(settings):
    return understanding_of(settings, read_config(settings, MONDAY, demo=True), local=True)


@pytest.mark.parametrize(("school", "question"), [(school, line) for school in SCHOOLS for line in QUESTIONS[school]])
def test_each_school_answers_from_its_own_clauses(schools, school: str, question: str):
    verdict, clause = QUESTIONS[school][question]

    reply = as_json(ask(question, schools[school], MONDAY), question, schools[school].policy)

    assert (reply["verdict"], reply["clauses"][0]["ref"]) == (verdict, clause)


@pytest.mark.parametrize("school", SCHOOLS)
def test_what_an_example_has_not_ruled_on_is_undecided(schools, school: str):
    question = "which copyright rules are there for worksheets"

    reply = as_json(ask(question, schools[school], MONDAY), question, schools[school].policy)

    assert reply["in_short"] == NOTHING_DECIDED


@pytest.mark.parametrize("school", SCHOOLS)
def test_lunch_and_low_spirits_are_answered_in_staffrooms_own_words(schools, school: str):
    lines = ("what is for lunch today", "I feel so low lately")
    lunch, low = (
        answer_card(ask(line, schools[school], MONDAY), schools[school].policy, is_private=True) for line in lines
    )

    assert "food and drink" in lunch.text
    assert "Samaritans" in low.text


@pytest.mark.parametrize("school", SCHOOLS)
def test_the_examples_check_clean(settings, school: str):
    settings = replace(settings, school=school)
    config = read_config(settings, MONDAY)
    source, bank = read_source(settings.policies, school), read_bank(settings.policies)

    findings = check(config.policy, source, bank, stem, MONDAY, _sentences_of_others(settings))

    assert [str(f) for f in findings if "absent" not in f.place] == []
    assert sum(not ruling.is_common for ruling in config.policy.rulings.values()) >= 40


@pytest.mark.parametrize("school", SCHOOLS)
async def test_no_card_page_or_manifest_speaks_of_another_school(schools, school: str):
    understanding = schools[school]
    policy = understanding.policy
    asking = Ask(HeldUnderstanding(understanding), FakeStore(), lambda: MONDAY, _no_drafts)
    cards = [asking.welcome(), await asking._help(Incoming(caller(), "talk", text="help"), TEACHER)]
    cards += [answer_card(ask("hello", understanding, MONDAY), policy, is_private=True)]
    for id in policy.situations:
        cards.append(answer_card(look_up(id, understanding, MONDAY), policy, is_private=True))
    contents = passage(PassageRequest(PassageKind.CONTENTS), policy, understanding.index, MONDAY)
    template = manifest.read(ROOT / "manifest" / "manifest.json")

    shown = [f"{card.text} {json.dumps(dict(card.values))}" for card in cards if card]
    shown += [str(contents), json.dumps(manifest.without_notices(template)), _card_texts()]

    others = [word for other, words in WORDS_OF.items() if other != school for word in words]
    assert [word for word in others if any(word.lower() in text.lower() for text in shown)] == []


async def _no_drafts() -> frozenset[str]:
    return frozenset()


def _card_texts() -> str:
    """The words of the cards themselves; `samples` are what a developer sees."""
    return " ".join(file.read_text() for file in (ROOT / "cards").glob("*.json"))


@pytest.mark.parametrize("school", SCHOOLS)
async def test_a_school_without_recordings_is_offered_no_notices(schools, school: str):
    asking = Ask(HeldUnderstanding(schools[school]), FakeStore(), lambda: MONDAY, _no_drafts)
    card = await asking._help(Incoming(caller(), "talk", text="help"), TEACHER)

    assert card
    assert (card.values["has_notices"], card.values["lessons"], card.values["expiry"]) == (False, "", "")
    assert "ecording" not in json.dumps(manifest.without_notices(manifest.read(ROOT / "manifest" / "manifest.json")))
    reply = ask("recording notice for Year 4 maths tomorrow 10am", schools[school], MONDAY)
    assert reply.command is None
    assert reply.offered_command is None


def test_an_imported_folder_without_rulings_answers_and_is_read(settings):
    home = settings.data / "policies"
    shutil.copytree(settings.policies, home, ignore=shutil.ignore_patterns("slyne*", "*.toml.old"))
    (home / "examples" / INFANTS / "rulings.toml").write_text("")
    (home / "examples" / INFANTS / "situations.toml").unlink()
    fresh = _understanding(replace(settings, policies=home, school=INFANTS))
    question = "can I have my phone in the classroom?"

    reply = as_json(ask(question, fresh, MONDAY), question, fresh.policy)
    found = ask("find 'camera'", fresh, MONDAY).passage

    assert (reply["verdict"], reply["in_short"]) == ("info", NOTHING_DECIDED)
    assert "PC-7" in [clause["ref"] for clause in reply["clauses"]]
    assert found
    assert found.clauses


def test_an_example_is_never_loaded_unless_it_is_named(settings):
    assert settings.school == SLYNE
    assert Path(settings.policies, "examples", INFANTS).is_dir()
