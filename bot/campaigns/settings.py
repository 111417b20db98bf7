"""Reads the sections [agreement] and [reminders] of school.toml."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.campaigns.rules.agreement import Agreement, AskedDocument
from bot.campaigns.rules.reminder_dates import ReminderSettings
from bot.errors import PolicyFileError
from bot.policies import SCHOOL, SchoolTables
from bot.school.rules.documents import Document


@dataclass(frozen=True, slots=True)
class CampaignSettings:
    """How a school runs campaigns; `agreement` is None if it asks nobody to acknowledge anything."""

    agreement: Agreement | None
    reminders: ReminderSettings


def campaign_settings(tables: SchoolTables, documents: Mapping[str, Document]) -> CampaignSettings:
    """A school's campaign settings; raises PolicyFileError."""
    given = tables.section("agreement") if "agreement" in tables.school else None
    return CampaignSettings(agreement(given, documents), reminders(tables.section("reminders")))


def agreement(entry: Mapping[str, Any] | None, documents: Mapping[str, Document]) -> Agreement | None:
    """What is acknowledged; None if the school asks for nothing."""
    if entry is None:
        return None
    union_note = entry.get("union_note", "")
    if not isinstance(union_note, str):
        raise PolicyFileError(f"{SCHOOL}: agreement: union_note must be a text in quotes.")
    first, *others = _asked_documents(entry, documents)
    return Agreement(
        document=first.document,
        clause=first.clause,
        statement=first.statement,
        typed_name=entry.get("typed_name") is True,
        union_note=union_note,
        others=tuple(others),
    )


def _asked_documents(entry: Mapping[str, Any], documents: Mapping[str, Document]) -> list[AskedDocument]:
    """Every document with the words that are acknowledged; raises PolicyFileError with all that is wrong."""
    ids = _ids(entry.get("document"))
    clauses, statements = (_words(entry, field, ids) for field in ("clause", "statement"))
    asked = [AskedDocument(id, clauses.get(id, ""), statements.get(id, "")) for id in ids]
    problems = [f"there is no document {id!r}." for id in ids if id not in documents]
    problems += [f"document names {id!r} more than once." for id in dict.fromkeys(ids) if ids.count(id) > 1]
    for field, words in (("clause", clauses), ("statement", statements)):
        problems += [f"{field} is given for {id!r}, which document does not name." for id in words if id not in ids]
    problems += [problem for words in asked if words.document in documents for problem in _of_words(words, documents)]
    if problems:
        raise PolicyFileError("\n".join(f"{SCHOOL}: agreement: {problem}" for problem in problems))
    return asked


def _ids(value: Any) -> list[str]:
    """The documents that are named: one in quotes, or a list of them."""
    ids = value if isinstance(value, list) else [value]
    if not ids or not all(isinstance(id, str) and id.strip() for id in ids):
        raise PolicyFileError(f'{SCHOOL}: agreement: document must be an id in quotes, or a list like ["AUP", "CC"].')
    return ids


def _words(entry: Mapping[str, Any], field: str, ids: list[str]) -> dict[str, str]:
    """A field's text by document: one text in quotes if there is one document, else a table of them by id."""
    value = entry.get(field, {})
    if isinstance(value, str) and len(ids) == 1:
        value = {ids[0]: value}
    if not isinstance(value, dict) or not all(isinstance(words, str) for words in value.values()):
        form = f'[agreement.{field}] with a text in quotes for each document, like {ids[0]} = "..."'
        raise PolicyFileError(f"{SCHOOL}: agreement: {field} must be a text in quotes; for several documents {form}.")
    return {id: " ".join(words.split()) for id, words in value.items() if words.strip()}


def _of_words(words: AskedDocument, documents: Mapping[str, Document]) -> list[str]:
    """What is wrong with the words of one document."""
    if bool(words.clause) != bool(words.statement):
        missing = "statement" if words.clause else "clause"
        return [f"{missing} is missing or empty for {words.document!r}; give both, or neither."]
    texts = {clause.id: clause.text for clause in documents[words.document].clauses}
    if words.statement and words.statement not in texts.get(words.clause, ""):
        return [f"the statement is not in {words.clause}, word for word."]
    return []


def reminders(entry: Mapping[str, Any]) -> ReminderSettings:
    """When reminders come."""
    usual = ReminderSettings()
    before, every = entry.get("before", list(usual.before)), entry.get("every", usual.every)
    most, rest = entry.get("most", usual.most), entry.get("rest", usual.rest)
    numbers = [*before, every, most, rest] if isinstance(before, list) else [0]
    if not all(type(number) is int and 0 < number <= 100 for number in numbers):
        raise PolicyFileError(f"{SCHOOL}: reminders: before, every, most and rest must be whole numbers from 1 to 100.")
    return ReminderSettings(tuple(before), every, most, rest)
