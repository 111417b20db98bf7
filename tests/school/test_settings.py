"""What school.toml and the documents say of a school; a slip gets a sentence that names file, entry and field."""

import tomllib
from dataclasses import replace
from datetime import date, time
from typing import Any

import pytest

from bot.errors import PolicyFileError
from bot.policies import SchoolTables
from bot.school.rules.calendar import Calendar, Period
from bot.school.settings import calendar, contacts, school_settings

DOCUMENT = """
[document]
id = "P"
title = "Paper"
short = "Paper"
version = "1"
review_due = 2021-11-30

[[clause]]
id = "P-1"
ref = "1"
text = '''Be
  kind.'''
binds = ["staff", "school"]
"""


def tables_with(document: str = DOCUMENT, **sections: Any) -> SchoolTables:
    school = {"name": "School", **sections}
    return SchoolTables("school", "School", school, (("paper.toml", tomllib.loads(document)),), {}, {}, {})


def test_clauses_are_read_as_lines_with_everybody_they_bind():
    (clause,) = school_settings(tables_with()).documents["P"].clauses

    assert (clause.id, clause.document, clause.text, clause.heading) == ("P-1", "P", "Be kind.", "")
    assert clause.binds == {"staff", "school"}


def test_in_the_demo_roles_stand_for_contacts_and_made_up_terms_for_terms_that_are_not_set():
    sections: dict[str, Any] = {
        "handoff": {"phone": "01234", "demo": {"phone": "a number", "chair": "the chair"}},
        "calendar": {"demo": {"terms": [[date(2026, 9, 2), date(2026, 10, 23)]]}},
    }

    real, demo = (school_settings(tables_with(**sections), demo=demo) for demo in (False, True))

    assert (real.contacts.phone, real.contacts.chair) == ("01234", "")
    assert (demo.contacts.phone, demo.contacts.chair) == ("01234", "the chair")
    assert (real.calendar.terms, len(demo.calendar.terms)) == ((), 1)


def test_terms_of_its_own_keep_the_made_up_ones_away():
    own, made_up = [[date(2026, 9, 3), date(2026, 10, 22)]], [[date(2026, 9, 2), date(2026, 10, 23)]]

    assert calendar({"terms": own, "demo": {"terms": made_up}}, demo=True).terms == (Period(*own[0]),)


def test_a_calendar_that_says_nothing_is_the_usual_one():
    assert calendar({}, demo=False) == Calendar()


def test_hours_and_quiet_hours_are_read():
    settings = calendar({"hours": [time(9), time(15)], "quiet": [time(17), time(8)]}, demo=False)

    assert (settings.hours, settings.quiet) == ((time(9), time(15)), (time(17), time(8)))


def test_contacts_are_complete_once_each_is_filled_in():
    whole = contacts({"safeguarding": "A", "phone": "1", "headteacher": "B", "chair": "C"}, demo=False)

    assert whole.is_complete
    assert not replace(whole, phone="").is_complete


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("nation = 'FRA'", "nation 'FRA' is not one of ENG, WLS, SCT, NIR"),
        ("terms = [[2026-09-02]]", "a term is its first and last day"),
        ("terms = [[2026-10-23, 2026-09-02]]", "a term is its first and last day"),
        ("terms = 2026", "a term is its first and last day"),
        ("terms = [[2026-09-02T08:00:00, 2026-10-23T16:00:00]]", "a term is its first and last day"),
        ("terms = [[2026-09-02, 2026-10-23], [2026-10-23, 2026-12-18]]", "terms must be in order and not overlap"),
        ("closed = ['Friday']", "closed must be days"),
        ("inset = [2026-09-01T09:00:00]", "inset must be days"),
        ("hours = [8, 16]", "hours must be two times"),
        ("quiet = [12:00:00, 13:00:00]", "quiet lasts over a night"),
    ],
)
def test_a_slip_in_the_calendar_is_named(text: str, sentence: str):
    with pytest.raises(PolicyFileError, match=rf"^school\.toml: calendar: {sentence}"):
        calendar(tomllib.loads(text), demo=False)


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ("[document]", "[documents]", "document: id is missing or empty"),
        ("[document]", "document = 3\n[x]", "document: expected a section"),
        ("2021-11-30", "'2021'", "document: review_due must be a date"),
        ("[[clause]]", "[clause]", "clause: every clause is a section"),
        ('id = "P-1"', "", "clause: id is missing or empty"),
        ('ref = "1"', "", "P-1: ref is missing or empty"),
        ('["staff", "school"]', '"staff"', "P-1: binds must be a list of texts"),
        ('ref = "1"', 'ref = "1"\nheading = 3', "P-1: heading must be a text"),
    ],
)
def test_a_slip_in_a_document_is_named_with_file_entry_and_field(before: str, after: str, sentence: str):
    with pytest.raises(PolicyFileError, match=rf"^paper\.toml: {sentence}"):
        school_settings(tables_with(DOCUMENT.replace(before, after)))


def test_deputies_and_a_number_out_of_hours_may_be_given_and_may_be_left_out():
    given = contacts({"deputies": ["Ms A", "Mr B"], "out_of_hours": "+44 1524 000000"}, demo=False)

    assert (given.deputies, given.out_of_hours) == (("Ms A", "Mr B"), "+44 1524 000000")
    assert (contacts({}, demo=True).deputies, contacts({}, demo=True).out_of_hours) == ((), "")


@pytest.mark.parametrize(
    "entry",
    [{"phone": 1234}, {"demo": 3}, {"deputies": "Ms A"}, {"out_of_hours": "ask the caretaker"}, {"out_of_hours": 999}],
)
def test_a_contact_that_is_no_text_is_named(entry: dict[str, Any]):
    with pytest.raises(PolicyFileError, match=r"^school\.toml: handoff"):
        contacts(entry, demo=True)
