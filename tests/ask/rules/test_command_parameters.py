"""What is in a line for the command it asks for, as the words stand; nothing is guessed."""

import pytest

from bot.ask.rules.command_parameters import MAX_LINE_CHARS, parameters

LINES = {
    ("pause", "pause Mrs Khan until 5 jan"): {"person": "Mrs Khan", "until": "5 jan"},
    ("pause", "Please leave Sam undisturbed until the 18th."): {"person": "Sam", "until": "the 18th"},
    ("pause", "no reminders for the Year 6 TA till the start of summer term"): {
        "person": "the Year 6 TA",
        "until": "the start of summer term",
    },
    ("pause", "mute Mr D, back on 3rd March"): {"person": "Mr D", "until": "3rd March"},
    ("pause", "pause someone"): {},
    ("pause", "leave her alone till I say"): {},
    ("paper", "Log a wet-ink signature for the swimming coach, received 09/10."): {
        "person": "the swimming coach",
        "day": "09/10",
    },
    ("paper", "paul sighned a papper one"): {"person": "paul"},
    ("paper", "I've one on paper to log"): {},
    ("extend", "give em another week"): {"until": "another week"},
    ("extend", "make it the 21st instead"): {"until": "the 21st"},
    ("extend", "they need longer"): {},
    ("campaign", "send it out to everyone, deadline end of the month"): {"until": "end of the month"},
    ("campaign", "start this year's agreement"): {},
    ("notice", "I'm recording my Year 4 English lesson on Thursday at half past nine"): {
        "lesson": "Year 4 English lesson",
        "day": "Thursday",
        "time": "half past nine",
    },
    ("notice", "put up a notice: Reception phonics next Monday 9.15"): {
        "lesson": "Reception phonics",
        "day": "next Monday",
        "time": "9.15",
    },
    ("notice", "put a notice up please"): {},
    ("lesson-off", "fire of london is off, the hall flooded lol"): {"lesson": "fire of london"},
    ("lesson-off", "the lesson is cancelled"): {},
    ("lesson-moved", "Volcano is going to be Thursday instead, same time mind"): {
        "lesson": "Volcano",
        "day": "Thursday",
        "time": "same time",
    },
    ("lesson-moved", "phonics moved from Tuesday to Thursday"): {"lesson": "phonics", "day": "Thursday"},
    ("lesson-moved", "Tuesday's phonics is now on Friday at 2pm"): {
        "lesson": "phonics",
        "day": "Friday",
        "time": "2pm",
    },
    ("lesson-status", "is it gone?"): {},
    ("lesson-gone", "deleted it, happy now"): {},
    ("read-section", "Please read me point 4.3 in full."): {"section": "4.3"},
    ("read-topic", "any mention of drones"): {"query": "drones"},
    ("left", "has Mrs Khan signed until Friday?"): {},
    ("explode", "pause Mrs Khan until 5 jan"): {},
}


@pytest.mark.parametrize(("name", "line", "expected"), [(*key, expected) for key, expected in LINES.items()], ids=str)
def test_what_is_in_a_line_is_found_as_the_words_stand(name: str, line: str, expected: dict[str, str]):
    assert parameters(name, line) == expected


MOVED = {
    "moved from Tuesday to Thursday": ("Thursday", ""),
    "it has moved to Thursday from Tuesday": ("Thursday", ""),
    "Thursday instead of Tuesday": ("Thursday", ""),
    "it is Friday now, not Thursday": ("Friday", ""),
    "Tuesday's phonics is now on Friday at 2pm": ("Friday", "2pm"),
    "swapped my Monday maths with Wednesday": ("Wednesday", ""),
    "moved from 9 to 10": ("", "10"),
    "I moved year 4 maths from 9.15 to 10.30": ("", "10.30"),
    "moved from Tuesday 9am to Thursday 10am": ("Thursday", "10am"),
    "moved to Thursday from 9 to 10": ("Thursday", "from 9 to 10"),
    "moved from 9-10 to 11-12": ("", "11-12"),
    "it is at 2pm now instead of 10am": ("", "2pm"),
    "it was at 10am, now at 2pm": ("", "2pm"),
    "it moved to 3 March": ("3 March", ""),
}


@pytest.mark.parametrize("line", MOVED)
def test_a_lesson_that_moved_is_on_the_new_day_at_the_new_time(line: str):
    said = parameters("lesson-moved", line)

    assert (said.get("day", ""), said.get("time", "")) == MOVED[line]


@pytest.mark.parametrize("name", ["pause", "notice", "lesson-moved", "lesson-off", "read-topic", "extend", "paper"])
def test_a_hostile_line_takes_no_time_and_brings_nothing_that_is_not_in_it(name: str):
    line = "pause the the the on a record and until " * 200

    for words in parameters(name, line).values():
        assert words in line[:MAX_LINE_CHARS]
