"""What the headteacher sees before pressing Send."""

from dataclasses import replace

import pytest

from bot.campaigns.rules.campaign import Campaign
from bot.campaigns.rules.preview import Line, Preview, seal
from tests.fakes import MONDAY, days

WAITING = Line("A", gets=True, what="the card on Monday", waits=True)
GOING = Line("B", gets=True, what="has the card; reminders on Tuesday")
PAUSED = Line("C", gets=False, what="is paused")


def preview(*lines: Line, is_under_way: bool = False) -> Preview:
    return Preview("c", lines, {"A reminder says": "It waits."}, "", "", is_under_way)


def test_a_press_is_for_the_people_who_wait_and_get_something():
    silent = replace(WAITING, name="D", gets=False, what="is paused")

    assert (preview(WAITING, GOING, silent).waiting, preview(WAITING, GOING, silent).is_waiting) == (1, True)
    assert not preview(GOING, PAUSED).is_waiting


def test_the_whole_preview_as_text_names_everybody_and_says_the_very_words():
    text = replace(preview(WAITING, PAUSED), notice="Version 2 is asked again.").text

    assert text.splitlines() == [
        "Version 2 is asked again.",
        "2 people are asked: 1 is written to once Send is pressed, 1 is not.",
        "A: the card on Monday",
        "C: is paused",
        "",
        "A reminder says: It waits.",
        "Everybody reads their own day in place of the words in brackets.",
    ]


CAMPAIGN = Campaign("c", "AUP", "1", "v1", "v1", frozenset(), MONDAY, MONDAY + days(21), frozenset({"p1", "p2"}))


def test_the_seal_is_the_same_whoever_comes_first():
    assert seal(CAMPAIGN, ["p1", "p2"]) == seal(CAMPAIGN, ["p2", "p1"])


@pytest.mark.parametrize(
    ("campaign", "waiting"),
    [
        (CAMPAIGN, ["p1"]),
        (CAMPAIGN, ["p1", "p3"]),
        (replace(CAMPAIGN, version="v2"), ["p1", "p2"]),
        (replace(CAMPAIGN, due=MONDAY + days(22)), ["p1", "p2"]),
        (replace(CAMPAIGN, id="c2"), ["p1", "p2"]),
    ],
    ids=["fewer people", "somebody else", "another text", "another last day", "another campaign"],
)
def test_the_seal_changes_with_everything_that_a_press_would_send(campaign: Campaign, waiting: list[str]):
    assert seal(campaign, waiting) != seal(CAMPAIGN, ["p1", "p2"])


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ((WAITING,), "1 person is asked: 1 is written to once Send is pressed."),
        ((WAITING, WAITING, PAUSED), "3 people are asked: 2 are written to once Send is pressed, 1 is not."),
        ((GOING, WAITING, WAITING, PAUSED), "4 people are asked: 1 is written to, 2 once Send is pressed, 1 is not."),
        ((GOING, GOING), "2 people are asked: 2 are written to."),
        ((PAUSED, PAUSED), "2 people are asked: 0 are written to, 2 are not."),
    ],
)
def test_one_sentence_says_who_is_written_to_when_and_who_is_not(lines: tuple[Line, ...], says: str):
    assert preview(*lines).sum == says


def test_people_who_get_the_same_are_listed_together_and_first_those_who_get_something():
    groups = preview(PAUSED, GOING, WAITING, WAITING, is_under_way=True).groups

    assert [group.title for group in groups] == [
        "2 people: once Send is pressed: the card on Monday",
        "1 person: has the card; reminders on Tuesday",
        "1 person: is paused",
    ]
    assert [group.names for group in groups] == [("A", "A"), ("B",), ("C",)]
