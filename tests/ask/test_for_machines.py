"""What `ask --json` says of a reply."""

from dataclasses import replace

import pytest

from bot.ask.answer_card import as_json, refused_json
from bot.desk.rules.messages import CommandRequest
from tests.ask.lines import POLICY, Lines

KEYS = {"question", "verdict", "situation", "in_short", "clauses", "options", "also", "draft", "confidence"}
NEW_KEYS = {"hand_off", "command", "parameters"}


def fields(lines: Lines, line: str):
    return as_json(lines.ask(line), line, POLICY)


@pytest.mark.parametrize(
    ("shares", "verdict"),
    [
        ({"forbidden": 0.9, "lunch": 0.1}, "no"),
        ({"lunch": 1.0}, "not_covered"),
        ({"forbidden": 0.4, "allowed": 0.4, "lunch": 0.2}, "choose"),
        ({"left": 0.9, "lunch": 0.1}, "command"),
        ({"read-topic": 0.9, "lunch": 0.1}, "info"),
        ({"contacts-office": 0.9, "lunch": 0.1}, "not_covered"),
        ({"greeting": 0.9, "lunch": 0.1}, "not_covered"),
    ],
)
def test_every_kind_of_reply_has_the_same_fields(shares: dict[str, float], verdict: str):
    reply = fields(Lines().reads("clause wording", **shares), "clause wording")

    assert set(reply) == KEYS | NEW_KEYS
    assert reply["verdict"] == verdict


def test_a_line_that_cannot_be_read_has_them_too():
    assert set(refused_json("x", "Too long.")) == KEYS | NEW_KEYS


def test_a_command_is_named_and_has_no_clause_situation_or_option():
    reply = fields(Lines().reads("signed yet?", left=0.9, lunch=0.1), "signed yet?")

    assert (reply["command"], reply["parameters"], reply["hand_off"]) == ("left", {}, "")
    assert (reply["situation"], reply["clauses"], reply["options"], reply["also"]) == ("", [], [], [])


def test_what_is_read_is_an_answer_and_no_command():
    line = "have a look what it has got on clause would you"
    reply = fields(Lines().reads(line, read_topic=0.9, lunch=0.1), line)

    assert (reply["command"], reply["verdict"]) == ("", "info")
    assert reply["clauses"]


@pytest.mark.parametrize(("worry", "hand_off"), [(0.0, ""), (0.3, "quiet"), (0.8, "lead")])
def test_the_grade_of_the_hand_off_is_said(worry: float, hand_off: str):
    assert fields(Lines().reads("may he", worry, forbidden=0.9, lunch=0.1), "may he")["hand_off"] == hand_off


def test_the_first_clause_governs_and_the_options_are_what_else_may_have_been_meant():
    reply = fields(Lines().reads("may he", allowed=0.15, forbidden=0.85), "may he")

    assert reply["clauses"][0]["ref"] == "P-2"
    assert [(option["situation"], option["clauses"][0]["ref"]) for option in reply["options"]] == [("allowed", "P-1")]


def test_a_command_that_is_offered_is_the_first_option_with_what_was_said_of_it():
    choices = Lines().reads("Mrs Khan?", forbidden=0.4, allowed=0.4, lunch=0.2).ask("Mrs Khan?")
    offering = replace(choices, offered_command=CommandRequest("pause", {"person": "Mrs Khan"}))
    reply = as_json(offering, "Mrs Khan?", POLICY)
    command, *situations = reply["options"]

    assert (reply["verdict"], reply["command"]) == ("choose", "")
    assert command == {
        "command": "pause",
        "label": "Leave somebody alone for a while",
        "parameters": {"person": "Mrs Khan"},
    }
    assert [option["situation"] for option in situations] == ["forbidden", "allowed", "worry"]


def test_the_options_are_the_choices_that_the_card_has_and_none_has_a_label_twice():
    reply = Lines().reads("may he", forbidden=0.4, allowed=0.35, lunch=0.25).ask("may he")
    shown, *others = reply.offers
    twin = replace(shown, situation=replace(others[0].situation, label=shown.situation.label.upper()))

    as_object = as_json(replace(reply, offers=(shown, twin)), "may he", POLICY)

    assert [option["situation"] for option in as_object["options"]] == [shown.situation.id]
