"""What school.toml says of the agreement and of reminders."""

import tomllib

import pytest

from bot.campaigns.rules.agreement import Agreement, AskedDocument
from bot.campaigns.rules.reminder_dates import ReminderSettings
from bot.campaigns.settings import agreement, campaign_settings, reminders
from bot.errors import PolicyFileError
from bot.policies import SchoolTables
from bot.school.rules.settings import SchoolSettings
from tests.campaigns.campaign_school import POLICY, STATEMENT
from tests.campaigns.documents_school import CONDUCT

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


SEVERAL = {"document": ["AUP", "CC"], "clause": {"AUP": "AUP-9"}, "statement": {"AUP": STATEMENT}}


def test_several_documents_are_asked_for_together_and_words_are_given_by_document():
    settings = agreement(SEVERAL, {"AUP": POLICY, "CC": CONDUCT})

    assert settings == Agreement("AUP", "AUP-9", STATEMENT, others=(AskedDocument("CC"),))
    assert settings.documents == ("AUP", "CC")


def test_a_document_without_words_of_its_own_is_acknowledged_with_a_sentence_that_names_it():
    alone = agreement({"document": "CC"}, {"CC": CONDUCT})

    assert alone and alone.asked[0].statement_for(CONDUCT.title) == (
        "I have read and understood this document: Code of Conduct."
    )


def test_a_list_of_one_is_the_same_as_the_document_alone():
    assert agreement({**ENTRY, "document": ["AUP"]}, DOCUMENTS) == agreement(ENTRY, DOCUMENTS)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"document": []}, "document must be an id in quotes, or a list"),
        ({"document": ["AUP", 3]}, "document must be an id in quotes, or a list"),
        ({"document": ["AUP", "CC", "AUP"]}, "document names 'AUP' more than once."),
        ({"document": ["AUP", "XX"]}, "there is no document 'XX'."),
        ({"clause": "AUP-9"}, r"clause must be a text in quotes; for several documents \[agreement.clause\]"),
        ({"clause": {"SG": "SG-1"}}, "clause is given for 'SG', which document does not name."),
        ({"clause": {}}, "clause is missing or empty for 'AUP'; give both, or neither."),
        ({"statement": {"AUP": "I agree."}}, "the statement is not in AUP-9, word for word."),
    ],
)
def test_a_list_that_makes_no_sense_is_refused_by_name(changes: dict[str, object], sentence: str):
    with pytest.raises(PolicyFileError, match=rf"(?m)^school\.toml: agreement: {sentence}"):
        agreement({**SEVERAL, **changes}, {"AUP": POLICY, "CC": CONDUCT})


def test_everything_that_is_wrong_with_a_list_is_named_at_once():
    with pytest.raises(PolicyFileError) as error:
        agreement({"document": ["CC", "CC", "XX"], "clause": {"SG": "SG-1"}}, {"CC": CONDUCT})

    assert len(str(error.value).splitlines()) == 3


def test_reminders_are_read_and_are_usually_six():
    assert reminders({}) == ReminderSettings()
    assert reminders({"before": [5, 2], "every": 14, "most": 3, "rest": 1}) == ReminderSettings((5, 2), 14, 3, 1)


@pytest.mark.parametrize(
    "text", ["before = 7", "before = [0]", "before = ['7']", "every = 0", "most = 101", "rest = true"]
)
def test_reminders_that_make_no_sense_are_refused(text: str):
    with pytest.raises(PolicyFileError, match=r"^school\.toml: reminders: before, every, most and rest must be whole"):
        reminders(tomllib.loads(text))
