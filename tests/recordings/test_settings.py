"""What school.toml and notices.toml say about recorded lessons."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.errors import PolicyFileError
from bot.policies import SchoolTables, read_school
from bot.recordings.rules.timetable import NO_ACCESS, Timetable
from bot.recordings.settings import RecordingSettings, recording_settings
from bot.school.settings import school_settings
from bot.settings import ROOT


@pytest.fixture(scope="module")
def tables() -> SchoolTables:
    return read_school(ROOT / "policies", "slyne-with-hest")


def settings_of(tables: SchoolTables, notices: Mapping[str, Any] | None = None, **changes: Any) -> RecordingSettings:
    """The settings with changes in [recordings]; a key that is None is taken out."""
    section = {**tables.school["recordings"], **changes}
    section = {key: value for key, value in section.items() if value is not None}
    changed = replace(
        tables, school={**tables.school, "recordings": section}, notices=tables.notices if notices is None else notices
    )
    return recording_settings(changed, school_settings(tables).documents)


def test_the_real_policy_promises_21_days(tables: SchoolTables):
    settings = settings_of(tables)

    assert settings.promise
    assert (settings.promise.clause, settings.promise.kept_days) == ("AUP-professional.8", 21)
    assert settings.promise.quote.endswith("for a period of 21 days.")
    assert (settings.promise.posted_before, settings.promise.usual_length) == (
        timedelta(minutes=15),
        timedelta(hours=1),
    )
    assert len(settings.promise.texts) == 2 and "like a film" in settings.promise.texts_for("Year 1: phonics").says
    assert settings.access == NO_ACCESS and settings.classes == frozenset()


def test_a_school_without_such_a_section_promises_nothing(tables: SchoolTables):
    without = {name: section for name, section in tables.school.items() if name != "recordings"}

    assert recording_settings(replace(tables, school=without), {}) == RecordingSettings()


def test_what_may_be_looked_at_is_what_the_school_switched_on(tables: SchoolTables):
    settings = settings_of(
        tables,
        categories=["Lesson"],
        subjects=["year  4"],
        files=True,
        pupils_messages=" DPIA 2026-3 ",
        classes=["19:year4"],
    )

    assert settings.access.timetable == Timetable(frozenset({"Lesson"}), ("year 4",))
    assert settings.access.files and not settings.access.chats and not settings.access.recordings
    assert settings.access.pupils_messages == "DPIA 2026-3" and settings.classes == {"19:year4"}


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"clause": "AUP-professional.99"}, "school.toml: recordings: there is no clause 'AUP-professional.99'."),
        ({"clause": None}, "school.toml: recordings: clause is missing or empty."),
        (
            {"promise": "for a year."},
            "school.toml: recordings: the promise is not word for word in AUP-professional.8.",
        ),
        ({"before": 0}, "school.toml: recordings: before and lasts must be whole minutes from 1 to 600."),
        ({"lasts": True}, "school.toml: recordings: before and lasts must be whole minutes from 1 to 600."),
        ({"files": "yes"}, "school.toml: recordings: files must be true or false."),
        ({"subjects": ["maths", " "]}, "school.toml: recordings: subjects must not hold an empty text."),
        ({"classes": "19:year4"}, "school.toml: recordings: classes must be a list of texts in quotes."),
        ({"pupils_messages": True}, "school.toml: recordings: pupils_messages lets Staffroom read pupils' messages"),
    ],
)
def test_a_section_that_makes_no_sense_is_refused_with_file_and_field(tables, changes, sentence):
    with pytest.raises(PolicyFileError) as caught:
        settings_of(tables, **changes)

    assert str(caught.value).startswith(sentence)


@pytest.mark.parametrize(
    ("notices", "sentence"),
    [
        ({}, "notices.toml: the last notice must name no years"),
        ({"notice": {}}, "notices.toml: every notice is a section [[notice]]."),
        ({"notice": [{"says": "Until {last}."}]}, "notices.toml: notice 1: moved is missing or empty."),
    ],
)
def test_notices_that_cannot_be_read_are_refused_with_their_file(tables, notices, sentence):
    with pytest.raises(PolicyFileError) as caught:
        settings_of(tables, notices)

    assert str(caught.value).startswith(sentence)
