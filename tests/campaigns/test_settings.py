"""What school.toml says of the agreement and of reminders."""

import tomllib

import pytest

from bot.campaigns.rules.agreement import Agreement
from bot.campaigns.rules.reminder_dates import ReminderSettings
from bot.campaigns.settings import agreement, campaign_settings, reminders
from bot.errors import PolicyFileError
from bot.policies import SchoolTables
from bot.school.rules.settings import SchoolSettings
from tests.campaigns.campaign_school import POLICY, STATEMENT

DOCUMENTS = {"AUP": POLICY}
ENTRY = {"document": "AUP", "clause": "AUP-9", "statement": STATEMENT}


def test_the_real_school_asks_for_its_agreement_and_reminds_as_usual(tables: SchoolTables, real_school: SchoolSettings):
    settings = campaign_settings(tables, real_school.documents)

    assert settings.agreement and settings.agreement.document == "AUP"
    assert settings.reminders == ReminderSettings()


def test_a_school_without_the_section_asks_for_nothing():
    empty = SchoolTables("school", "School", {}, (), {}, {}, {})

    assert campaign_settings(empty, DOCUMENTS).agreement is None


def test_the_statement_is_one_line_word_for_word_in_its_clause():
    with_breaks = {**ENTRY, "statement": STATEMENT.replace(" ", "\n  ")}

    assert agreement(with_breaks, DOCUMENTS) == Agreement("AUP", "AUP-9", STATEMENT)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"document": "SM"}, "there is no document 'SM'"),
        ({"clause": "AUP-1"}, "the statement is not in AUP-1, word for word"),
        ({"statement": "I agree."}, "the statement is not in AUP-9, word for word"),
        ({"statement": ""}, "statement is missing or empty"),
        ({"union_note": 3}, "union_note must be a text in quotes"),
    ],
)
def test_an_agreement_that_makes_no_sense_is_refused(changes: dict[str, object], sentence: str):
    with pytest.raises(PolicyFileError, match=rf"^school\.toml: agreement: {sentence}"):
        agreement({**ENTRY, **changes}, DOCUMENTS)


def test_reminders_are_read_and_are_usually_six():
    assert reminders({}) == ReminderSettings()
    assert reminders({"before": [5, 2], "every": 14, "most": 3, "rest": 1}) == ReminderSettings((5, 2), 14, 3, 1)


@pytest.mark.parametrize(
    "text", ["before = 7", "before = [0]", "before = ['7']", "every = 0", "most = 101", "rest = true"]
)
def test_reminders_that_make_no_sense_are_refused(text: str):
    with pytest.raises(PolicyFileError, match=r"^school\.toml: reminders: before, every, most and rest must be whole"):
        reminders(tomllib.loads(text))
