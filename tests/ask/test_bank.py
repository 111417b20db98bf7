"""The bank of questions that the classifier learns from."""

from collections import Counter

import pytest

from bot.ask.policy_file import read_bank
from bot.ask.rules.policy import Policy
from bot.ask.rules.verdicts import Verdict
from bot.errors import PolicyFileError
from bot.settings import ROOT
from tests.practice import read_cases

POLICIES = ROOT / "policies"
BANK = read_bank(POLICIES)
ASKED = Counter(example.situation for example in BANK)
SHARED = ROOT.parent / "shared" / "questions"


def test_there_are_more_than_five_thousand_different_questions():
    assert len({example.text.lower() for example in BANK}) == len(BANK) > 5_000


def test_at_least_fifteen_hundred_are_about_what_no_such_policy_answers(policy: Policy):
    silent = {id for id, ruling in policy.rulings.items() if ruling.verdict is Verdict.NOT_COVERED}

    assert sum(count for id, count in ASKED.items() if id in silent) >= 1_500


def test_every_situation_has_at_least_twenty_five_save_those_that_are_only_a_word_or_two(policy: Policy):
    narrow = [id for id, situation in policy.situations.items() if not situation.offers]
    thin = {id: ASKED[id] for id in narrow if ASKED[id] < 25}

    assert thin == {}


def test_many_voices_wrote_it_and_most_of_them_blind():
    by_voice = Counter(example.voice for example in BANK)
    read_the_clauses = sum(count for voice, count in by_voice.items() if voice.startswith("clauses"))

    assert len(by_voice) >= 20
    assert read_the_clauses < len(BANK) / 4


def test_no_measuring_question_is_in_the_bank_if_there_are_any():
    plain = {" ".join(example.text.lower().split()) for example in BANK}
    cases = [case for file in SHARED.glob("practice*.yaml") for case in read_cases(file)]

    assert [case["id"] for case in cases if " ".join(case["q"].lower().split()) in plain] == []


def test_no_hand_off_test_message_is_in_the_bank():
    plain = {example.text.lower() for example in BANK}
    for name in ("hand_off_must.txt", "hand_off_not.txt"):
        lines = (ROOT / "tests" / "questions" / name).read_text(encoding="utf-8").splitlines()
        assert [line for line in lines if line.lower() in plain] == []


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[lunch]\nw = 'not a list'", "must be a list of questions"),
        ("[lunch]\nw = [1]", "is not a question in quotes"),
        ("lunch = 1", "expected a section"),
    ],
)
def test_a_broken_bank_file_is_named(tmp_path, text, sentence):
    (tmp_path / "staffroom" / "questions").mkdir(parents=True)
    (tmp_path / "staffroom" / "questions" / "one.toml").write_text(text, encoding="utf-8")

    with pytest.raises(PolicyFileError, match=sentence):
        read_bank(tmp_path)


def test_an_empty_bank_is_refused(tmp_path):
    with pytest.raises(PolicyFileError, match="no example questions"):
        read_bank(tmp_path)
