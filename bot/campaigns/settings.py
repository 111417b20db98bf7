"""Reads the sections [agreement] and [reminders] of school.toml."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.campaigns.rules.agreement import Agreement
from bot.campaigns.rules.reminder_dates import ReminderSettings
from bot.errors import PolicyFileError
from bot.policies import SCHOOL, SchoolTables
from bot.school.rules.documents import Document
from bot.toml_fields import text


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
    settings = Agreement(
        document=text(entry, "document", SCHOOL, "agreement"),
        clause=text(entry, "clause", SCHOOL, "agreement"),
        statement=" ".join(text(entry, "statement", SCHOOL, "agreement").split()),
        typed_name=entry.get("typed_name") is True,
        union_note=union_note,
    )
    if settings.document not in documents:
        raise PolicyFileError(f"{SCHOOL}: agreement: there is no document {settings.document!r}.")
    clauses = {clause.id: clause.text for clause in documents[settings.document].clauses}
    if settings.statement not in clauses.get(settings.clause, ""):
        raise PolicyFileError(f"{SCHOOL}: agreement: the statement is not in {settings.clause}, word for word.")
    return settings


def reminders(entry: Mapping[str, Any]) -> ReminderSettings:
    """When reminders come."""
    usual = ReminderSettings()
    before, every = entry.get("before", list(usual.before)), entry.get("every", usual.every)
    most, rest = entry.get("most", usual.most), entry.get("rest", usual.rest)
    numbers = [*before, every, most, rest] if isinstance(before, list) else [0]
    if not all(type(number) is int and 0 < number <= 100 for number in numbers):
        raise PolicyFileError(f"{SCHOOL}: reminders: before, every, most and rest must be whole numbers from 1 to 100.")
    return ReminderSettings(tuple(before), every, most, rest)
