"""Which buttons an answer has."""

from dataclasses import replace

import pytest

from bot.ask.rules.answers import Answer, PolicyReply, answer
from bot.ask.rules.card_buttons import MAX_BUTTONS, card_buttons
from bot.ask.rules.rulings import Ruling
from bot.ask.rules.verdicts import Verdict
from tests.fakes import MONDAY, policy

ALLOWED = Ruling("allowed", Verdict.YES_IF, "You may.", clauses=("P-1", "P-2", "P-3"), see_also=("b", "c", "d", "e"))
SHORT = Ruling("short", Verdict.NO, "You may not.", clauses=("P-2",), see_also=("a", "allowed"))
SCHOOL = policy(ALLOWED, SHORT, *(Ruling(id, Verdict.NO, "No.", clauses=("P-4",)) for id in "abcde"))


def shown(situation: str) -> Answer:
    return answer(situation, SCHOOL, MONDAY, trusts_drafts=True)


def reply(answers: str, offers: str = "") -> PolicyReply:
    return PolicyReply("?", tuple(map(shown, answers.split())), tuple(map(shown, offers.split())), False, 1.0)


@pytest.mark.parametrize(
    ("answers", "offers", "others_meant", "see_also"),
    [
        ("allowed", "", "", "bc"),  # the third opens the further clauses
        ("allowed", "a", "a", "b"),
        ("allowed", "b", "b", "c"),
        ("allowed", "a b", "ab", ""),
        ("allowed", "a b c", "abc", ""),
        ("allowed", "allowed a", "a", "b"),
        ("short", "a b", "ab", "allowed"),
        ("short allowed", "", "", "ab"),
        ("short allowed", "allowed", "", "ab"),
        ("", "a b c d", "abc", ""),
    ],
)
def test_other_readings_come_first_and_no_button_is_there_twice(answers, offers, others_meant, see_also):
    buttons = card_buttons(reply(answers, offers))

    assert "".join(situation.id for situation in buttons.others_meant) == others_meant
    assert "".join(situation.id for situation in buttons.see_also) == see_also
    opens_clauses = bool(buttons.further_clauses) and buttons.has_room_for_clauses
    assert len(buttons.others_meant) + len(buttons.see_also) + opens_clauses <= MAX_BUTTONS


def test_two_situations_with_the_same_label_have_one_button():
    twin = shown("b")
    twin = replace(twin, situation=replace(twin.situation, label="A"))

    buttons = card_buttons(replace(reply("short"), offers=(shown("a"), twin)))

    assert [situation.id for situation in buttons.others_meant] == ["a"]


def test_the_further_clauses_are_those_that_govern_no_answer_each_once():
    buttons = card_buttons(reply("short allowed"))

    assert [quote.id for quote in buttons.further_clauses] == ["P-3"]


@pytest.mark.parametrize(("offers", "has_room"), [("", True), ("a b", True), ("a b c", False)])
def test_with_three_other_readings_a_quiet_line_opens_the_further_clauses(offers: str, has_room: bool):
    assert card_buttons(reply("allowed", offers)).has_room_for_clauses is has_room
