"""The bank of questions that the classifier learns from."""

from collections import Counter

import pytest

from bot.ask.policy_file import read_bank, read_worries
from bot.ask.rules.bank import Worry
from bot.ask.rules.policy import Policy
from bot.ask.rules.verdicts import Verdict
from bot.errors import PolicyFileError
from bot.settings import ROOT
from tests.practice import read_cases, read_columns

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


def test_worries_are_learnt_from_both_kinds_and_none_of_the_measuring_ones():
    worries = read_worries(POLICIES)
    unseen = (ROOT / "tests" / "questions" / "worries_unseen.tsv").read_text(encoding="utf-8")

    assert {worry.is_worry for worry in worries} == {True, False}
    assert {worry.text for worry in worries} & {line.partition("\t")[2] for line in unseen.split("\n")} == set()


@pytest.mark.parametrize("line", ["yes\the fell", "1", "0\t ", "he fell over"])
def test_a_line_that_is_no_worry_is_named(tmp_path, line):
    (tmp_path / "staffroom").mkdir()
    (tmp_path / "staffroom" / "worries.tsv").write_text(f"# by hand\n1\tshe is hurt\n{line}\n", encoding="utf-8")

    with pytest.raises(PolicyFileError, match="line 3"):
        read_worries(tmp_path)


@pytest.mark.parametrize(("name", "column"), [("worries_unseen.tsv", 1), ("commands_unseen.tsv", 0)])
def test_no_line_that_measures_is_in_the_bank(name, column):
    plain = {" ".join(example.text.lower().split()) for example in BANK}
    rows = read_columns(ROOT / "tests" / "questions" / name)

    assert [row[column] for row in rows if " ".join(row[column].lower().split()) in plain] == []


def test_comments_and_blank_lines_are_no_worries(tmp_path):
    (tmp_path / "staffroom").mkdir()
    (tmp_path / "staffroom" / "worries.tsv").write_text("# by hand\n\n1\tshe is hurt\n", encoding="utf-8")

    assert read_worries(tmp_path) == (Worry("she is hurt", is_worry=True),)
