"""Reads the section [recordings] of school.toml, and notices.toml."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bot.errors import PolicyFileError
from bot.policies import NOTICES, SCHOOL, SchoolTables
from bot.recordings.rules.last_day import kept_days_in
from bot.recordings.rules.notices import NoticeTexts, Promise, check_texts
from bot.recordings.rules.timetable import NO_ACCESS, TenantAccess, Timetable
from bot.school.rules.documents import Document
from bot.toml_fields import text, texts

SECTION = "recordings"


@dataclass(frozen=True, slots=True)
class RecordingSettings:
    """What the school says about recorded lessons.

    `promise` is None if its policy has no such clause. `classes` are ids of teams and chats in which children are.
    """

    promise: Promise | None = None
    access: TenantAccess = NO_ACCESS
    classes: frozenset[str] = frozenset()


def recording_settings(tables: SchoolTables, documents: Mapping[str, Document]) -> RecordingSettings:
    """What a school says about recorded lessons; `documents` hold the clause that makes the promise.

    Raises PolicyFileError naming file, entry and field.
    """
    section = tables.section(SECTION)
    notices = tuple(_notice(entry, number) for number, entry in enumerate(_entries(tables.notices), 1))
    return RecordingSettings(
        promise=_promise(section, notices, documents) if SECTION in tables.school else None,
        access=_access(section),
        classes=frozenset(texts(section, "classes", SCHOOL, SECTION)),
    )


def _entries(tables: Mapping[str, Any]) -> list[dict[str, Any]]:
    notices = tables.get("notice", [])
    if not isinstance(notices, list) or not all(isinstance(entry, dict) for entry in notices):
        raise PolicyFileError(f"{NOTICES}: every notice is a section [[notice]].")
    return notices


def _promise(
    section: Mapping[str, Any], notices: tuple[NoticeTexts, ...], documents: Mapping[str, Document]
) -> Promise:
    id = text(section, "clause", SCHOOL, SECTION)
    clause = next((clause for document in documents.values() for clause in document.clauses if clause.id == id), None)
    if clause is None:
        raise PolicyFileError(f"{SCHOOL}: {SECTION}: there is no clause {id!r}.")
    quote = " ".join(text(section, "promise", SCHOOL, SECTION).split())
    if quote not in clause.text:
        raise PolicyFileError(f"{SCHOOL}: {SECTION}: the promise is not word for word in {id}.")
    check_texts(notices, NOTICES)
    before, lasts = section.get("before", 15), section.get("lasts", 60)
    if not all(type(minutes) is int and 0 < minutes <= 600 for minutes in (before, lasts)):
        raise PolicyFileError(f"{SCHOOL}: {SECTION}: before and lasts must be whole minutes from 1 to 600.")
    return Promise(
        clause=id,
        quote=quote,
        kept_days=kept_days_in(clause),
        texts=notices,
        posted_before=timedelta(minutes=before),
        usual_length=timedelta(minutes=lasts),
    )


def _notice(entry: Mapping[str, Any], number: int) -> NoticeTexts:
    place = f"notice {number}"
    return NoticeTexts(
        says=text(entry, "says", NOTICES, place),
        moved=text(entry, "moved", NOTICES, place),
        taken_back=text(entry, "taken_back", NOTICES, place),
        cancelled=text(entry, "cancelled", NOTICES, place),
        not_recorded=text(entry, "not_recorded", NOTICES, place),
        years=texts(entry, "years", NOTICES, place),
    )


def _access(section: Mapping[str, Any]) -> TenantAccess:
    return TenantAccess(
        timetable=Timetable(frozenset(_phrases(section, "categories")), _phrases(section, "subjects")),
        chats=_switch(section, "chats"),
        recordings=_switch(section, "recordings"),
        files=_switch(section, "files"),
        pupils_messages=_assessment(section),
    )


def _phrases(section: Mapping[str, Any], field: str) -> tuple[str, ...]:
    phrases = tuple(" ".join(phrase.split()) for phrase in texts(section, field, SCHOOL, SECTION))
    if not all(phrases):
        raise PolicyFileError(f"{SCHOOL}: {SECTION}: {field} must not hold an empty text.")
    return phrases


def _switch(section: Mapping[str, Any], field: str) -> bool:
    value = section.get(field, False)
    if not isinstance(value, bool):
        raise PolicyFileError(f"{SCHOOL}: {SECTION}: {field} must be true or false.")
    return value


def _assessment(section: Mapping[str, Any]) -> str:
    """The reference of the impact assessment that allows reading what pupils write; empty if nobody may."""
    value = section.get("pupils_messages", False)
    if value is False:
        return ""
    if not isinstance(value, str) or not value.strip():
        raise PolicyFileError(
            f"{SCHOOL}: {SECTION}: pupils_messages lets Staffroom read pupils' messages, so it must be the "
            'reference of the school\'s impact assessment, like "DPIA 2026-3", or false.'
        )
    return value.strip()
