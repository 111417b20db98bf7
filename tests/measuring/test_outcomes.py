"""What became of single questions, and of sets of them."""

from collections.abc import Sequence

import pytest

from bot.ask.rules.answers import PolicyReply
from bot.ask.rules.choose_situation import Reading
from bot.ask.rules.rulings import Ruling
from bot.ask.rules.verdicts import Verdict
from tests.bench import figures
from tests.bench.goals import BLIND, KEPT, KEPT_BLIND, PRACTICE, goals_for
from tests.bench.outcomes import Miss, governing_clauses, misses
from tests.bench.shares import Share
from tests.bench.understanding import Block, RememberingReader, with_pool
from tests.fakes import policy
from tests.measuring.replies import (
    DATA,
    INSIDE,
    OUTSIDE,
    PHONE,
    PHOTOS,
    SILENCE,
    a_command,
    a_reply,
    an_answer,
    inside,
    result,
)
from tests.practice import Case


@pytest.mark.parametrize(
    ("name", "goals"),
    [
        ("practice", PRACTICE),
        ("practice_blind", BLIND),
        ("practice_c", BLIND),
        ("kept_a", KEPT),
        ("kept_d", KEPT_BLIND),
        ("E", KEPT_BLIND),
        ("shade", KEPT),
    ],
)
def test_each_kind_of_set_has_its_own_goals(name: str, goals):
    assert goals_for(name) == goals


def test_a_whole_clause_counts_for_its_parts_but_not_for_other_clauses():
    assert result(inside("P-3"), a_reply(DATA)).is_right
    assert result(inside("P-3.b"), a_reply(DATA)).is_right
    assert not result(inside("P-3.a"), a_reply(DATA)).is_right
    assert not result(inside("P"), a_reply(DATA)).is_right


@pytest.mark.parametrize(
    ("reply", "is_first"),
    [
        (a_reply(PHONE), True),
        (a_reply(offers=[PHONE, PHOTOS]), True),
        (a_reply(offers=[PHOTOS, PHONE]), False),
        (a_reply(SILENCE, offers=[PHONE]), False),
    ],
)
def test_the_first_button_counts_as_first_if_it_was_asked_back(reply, is_first):
    assert result(inside("P-1"), reply).is_first_right is is_first


@pytest.mark.parametrize(
    ("case", "reply", "kinds"),
    [
        (INSIDE, a_reply(PHONE), []),
        (INSIDE, a_reply(offers=[PHONE]), [Miss.ASKED_BACK]),
        (INSIDE, a_reply(SILENCE), [Miss.SILENT]),
        (INSIDE, a_reply(PHOTOS), [Miss.WRONG]),
        (OUTSIDE, a_reply(SILENCE), []),
        (OUTSIDE, a_reply(PHONE), [Miss.OUTSIDE_ANSWERED]),
        (OUTSIDE, a_reply(offers=[PHONE]), [Miss.OUTSIDE_ASKED_BACK]),
        (INSIDE, a_command("pause"), [Miss.COMMAND]),
        (OUTSIDE, a_command("pause"), [Miss.COMMAND]),
        (INSIDE, a_reply(an_answer("phone", "P-1", verdict=Verdict.INFO)), [Miss.VERDICT]),
        (INSIDE, a_reply(an_answer("phone", "P-1", verdict=Verdict.YES)), [Miss.VERDICT, Miss.PERMISSION]),
        (INSIDE, a_reply(an_answer("photos", "P-4", verdict=Verdict.YES)), [Miss.WRONG, Miss.PERMISSION]),
    ],
)
def test_every_miss_has_its_kind(case: Case, reply: PolicyReply, kinds: list[Miss]):
    assert list(misses(result(case, reply))) == kinds


def test_misses_are_listed_by_kind_with_what_was_read_and_how_sure_that_was():
    lines = figures.miss_lines(
        [
            result(OUTSIDE, a_reply(PHONE)),
            result(INSIDE, a_reply(PHONE)),
            result(INSIDE, a_reply(offers=[PHOTOS, PHONE])),
        ]
    )

    assert lines == [
        "  asked back though inside (1)",
        "    I1 choose 0.80 [photos, phone] quotes nothing, wanted must/no [P-1]: can I?",
        "  outside, answered straight (1)",
        "    O1 no 0.80 [phone] quotes P-1, wanted not_covered [nothing]: where do I park?",
    ]


def test_blind_sets_are_counted_together_as_well():
    blocks = [
        Block("practice", PRACTICE, [result(INSIDE, a_reply(PHONE))]),
        Block("practice_blind", BLIND, [result(INSIDE, a_reply(PHONE))]),
        Block("practice_c", BLIND, [result(INSIDE, a_reply(PHOTOS)), result(OUTSIDE, a_reply(SILENCE))]),
    ]

    *kept, pooled = with_pool(blocks)

    assert kept == blocks
    assert figures.straight_right(pooled.results) == Share(1, 2)
    assert (pooled.goals, len(pooled.results), pooled.is_pool) == (BLIND, 3, True)
    assert with_pool(blocks[:2]) == blocks[:2]


def test_what_governs_is_what_the_ruling_names_otherwise_the_first_clause():
    named = Ruling("named", Verdict.NO, "No.", clauses=("P-1", "P-2", "P-3"), governing=("P-1", "P-2"))
    plain = Ruling("plain", Verdict.NO, "No.", clauses=("P-2", "P-3"))

    governing = governing_clauses(policy(named, plain))

    assert governing == {"named": ("P-1", "P-2"), "plain": ("P-2",), "lunch": ()}


def test_each_question_is_read_once_however_often_it_is_decided():
    read: list[str] = []

    class CountingReader:
        def read(self, texts: Sequence[str]) -> list[Reading]:
            read.extend(texts)
            return [Reading(((text, 1.0),)) for text in texts]

    reader = RememberingReader(CountingReader())
    first = reader.read(["a", "b", "a"])
    again = reader.read(["b", "c"])

    assert read == ["a", "b", "c"]
    assert [reading.ranked[0][0] for reading in first] == ["a", "b", "a"]
    assert [reading.ranked[0][0] for reading in again] == ["b", "c"]
