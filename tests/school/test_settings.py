"""What school.toml lets Staffroom see of lessons and recordings: nothing, unless it says so in plain words."""

import tomllib
from pathlib import Path

import pytest

from bot.errors import PolicyFileError
from bot.recordings.rules.timetable import TenantAccess, Timetable
from bot.school import settings as school

FILE = Path("school.toml")


def read(text: str) -> TenantAccess:
    return school.watch(tomllib.loads(text), FILE)


def test_nothing_is_on_where_nothing_is_said():
    assert read("") == TenantAccess()
    assert not read("pupils_messages = false\nchats = false").is_on


def test_every_key_is_read_and_others_are_left_alone():
    said = """
    categories = ["Lesson"]
    subjects = ["Year  4", "maths"]
    chats = true
    recordings = true
    files = true
    pupils_messages = " DPIA 2026-3 "
    clause = "AUP-professional.8"
    """

    assert read(said) == TenantAccess(
        Timetable(frozenset({"Lesson"}), ("Year 4", "maths")),
        chats=True,
        recordings=True,
        files=True,
        pupils_messages="DPIA 2026-3",
    )


@pytest.mark.parametrize("said", ["true", '""', '"  "', "3"])
def test_reading_pupils_messages_needs_the_reference_of_an_impact_assessment(said):
    with pytest.raises(PolicyFileError, match=r"the reference of the school's impact assessment, like"):
        read(f"pupils_messages = {said}")


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ('categories = "Lesson"', "school.toml: recordings: categories must be a list of texts in quotes"),
        ("subjects = [4]", "school.toml: recordings: subjects must be a list of texts in quotes"),
        ('subjects = ["maths", " "]', "school.toml: recordings: subjects must not hold an empty text"),
        ('chats = "yes"', "school.toml: recordings: chats must be true or false"),
        ("recordings = 1", "school.toml: recordings: recordings must be true or false"),
        ("files = []", "school.toml: recordings: files must be true or false"),
    ],
)
def test_a_slip_is_named_with_its_key(said, sentence):
    with pytest.raises(PolicyFileError, match=sentence):
        read(said)
