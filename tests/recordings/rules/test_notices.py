"""The words children read: for whom they are, what they say, and what no notice may say."""

from dataclasses import fields, replace
from datetime import date

import pytest

from bot.errors import PolicyFileError
from bot.outbox.rules.message import Wording
from bot.recordings.rules.notices import MAX_NOTICE_CHARS, NoticeTexts, Promise, check_texts
from bot.recordings.rules.recording import Recording
from bot.school.rules.calendar import LONDON
from tests.recordings.rules.lessons import lesson, recording

UNTIL = "{lesson} is recorded until {last}."
EVERYBODY = NoticeTexts(UNTIL, f"Moved. {UNTIL}", "A mistake.", "It is off.", "Not recorded.")
INFANTS = replace(
    EVERYBODY, says="Like a film until {last}.", years=("Nursery", "Reception", "Year 1", "Year 2", "Yr 2", "Years 1")
)
PROMISE = Promise("AUP-professional.8", "for a period of 21 days", 21, (INFANTS, EVERYBODY))
TUESDAY, NEXT_TUESDAY = date(2026, 9, 8), date(2026, 9, 15)


@pytest.mark.parametrize(
    ("name", "is_young"),
    [
        ("Year 1/2: phonics", True),
        ("Year 1: phonics", True),
        ("Phonics (Reception)", True),
        ("Yr 2 maths", True),
        ("year  2, maths", True),
        ("Nursery", True),
        ("Year 10 maths", False),
        ("Year 4 maths", False),
        ("Yr 21 reunion", False),
        ("", False),
    ],
)
def test_younger_children_get_words_of_their_own(name: str, is_young: bool):
    assert (PROMISE.texts_for(name) is INFANTS) is is_young


def test_on_the_day_itself_a_notice_speaks_of_today():
    wording = Wording("says", TUESDAY)

    assert PROMISE.notice_text(wording, lesson(), TUESDAY) == "Today's lesson is recorded until Tuesday 29 September."
    assert PROMISE.notice_text(wording, lesson(), date(2026, 9, 7)).startswith("The lesson on Tuesday 8 September is")


def test_a_notice_that_went_up_before_the_lesson_moved_spoke_of_the_day_it_had_then():
    moved = replace(lesson(), starts=lesson().starts.replace(day=15), ends=lesson().ends.replace(day=15))

    before = PROMISE.notice_text(Wording("says", TUESDAY), moved, date(2026, 9, 7))
    now = PROMISE.current_text(recording(lesson=moved, moves=1), date(2026, 9, 7))

    assert before == "The lesson on Tuesday 8 September is recorded until Tuesday 29 September."
    assert now == "Moved. The lesson on Tuesday 15 September is recorded until Tuesday 6 October."


@pytest.mark.parametrize("field", [field.name for field in fields(NoticeTexts) if field.name != "years"])
@pytest.mark.parametrize(
    "text",
    [
        "Until {last:d}.",
        "Until {last!r}.",
        "Until {last} with {teacher}.",
        "Until {last} {0}.",
        "Until {last.year}.",
        "Until {last.",
        "Until {last}." + "x" * MAX_NOTICE_CHARS,
    ],
)
def test_a_notice_that_cannot_be_made_is_refused_and_named(field: str, text: str):
    with pytest.raises(PolicyFileError, match=rf"notices\.toml: notice 2: {field}"):
        check_texts([INFANTS, replace(EVERYBODY, **{field: text})], "notices.toml")


@pytest.mark.parametrize("field", ["says", "moved"])
def test_a_notice_of_a_recording_must_name_its_last_day(field: str):
    with pytest.raises(PolicyFileError, match=r"must name \{last\}, the last day"):
        check_texts([replace(EVERYBODY, **{field: "{lesson} is recorded."})], "notices.toml")


@pytest.mark.parametrize("notices", [[], [EVERYBODY, INFANTS]])
def test_the_last_notice_is_for_everybody_else(notices: list[NoticeTexts]):
    with pytest.raises(PolicyFileError, match="the last notice must name no years"):
        check_texts(notices, "notices.toml")


def test_the_notice_names_the_lesson_and_its_hour_and_the_sealed_wording_does_not():
    recording = Recording(lesson())

    whole = PROMISE.whole_text(recording, TUESDAY)
    sealed = PROMISE.current_text(recording, TUESDAY)

    assert whole.startswith(f"{sealed} The lesson is ")
    assert lesson().label in whole and f"{lesson().starts.astimezone(LONDON):%H:%M}" in whole
    assert lesson().label not in sealed
