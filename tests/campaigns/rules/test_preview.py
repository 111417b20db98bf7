"""What the headteacher sees before pressing Send."""

import pytest

from bot.campaigns.rules.preview import Line, Preview

HELD = Line("A", gets=True, what="the card on Monday", waits=True)
GOING = Line("B", gets=True, what="has the card; reminders on Tuesday")
PAUSED = Line("C", gets=False, what="is paused")


def preview(*lines: Line, is_under_way: bool = False) -> Preview:
    return Preview("c", lines, {"A reminder says": "It waits."}, "", "", is_under_way)


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ((HELD,), "1 person is asked: 1 is written to once Send is pressed."),
        ((HELD, HELD, PAUSED), "3 people are asked: 2 are written to once Send is pressed, 1 is not."),
        ((GOING, HELD, HELD, PAUSED), "4 people are asked: 1 is written to, 2 once Send is pressed, 1 is not."),
        ((GOING, GOING), "2 people are asked: 2 are written to."),
        ((PAUSED, PAUSED), "2 people are asked: 0 are written to, 2 are not."),
    ],
)
def test_one_sentence_says_who_is_written_to_when_and_who_is_not(lines: tuple[Line, ...], says: str):
    assert preview(*lines).sum == says


def test_people_who_get_the_same_stand_together_those_first_who_get_something():
    found = preview(PAUSED, GOING, HELD, HELD, is_under_way=True).groups

    assert [one.title for one in found] == [
        "2 people: once Send is pressed: the card on Monday",
        "1 person: has the card; reminders on Tuesday",
        "1 person: is paused",
    ]
    assert [one.names for one in found] == [("A", "A"), ("B",), ("C",)]
