"""Turns the tables of a school's folder into its settings: contacts, documents and calendar."""

from collections.abc import Mapping
from datetime import date, time
from itertools import pairwise
from typing import Any

from bot.errors import PolicyFileError
from bot.policies import SCHOOL, SchoolTables
from bot.school.rules.calendar import NATIONS, Calendar, Period
from bot.school.rules.documents import Clause, Document
from bot.school.rules.settings import Contacts, SchoolSettings, is_phone_number
from bot.toml_fields import day, text, texts

CONTACTS = ("safeguarding", "phone", "headteacher", "chair")
A_TERM = f"{SCHOOL}: calendar: a term is its first and last day, like [2026-09-02, 2026-10-23]."


def school_settings(tables: SchoolTables, *, demo: bool = False) -> SchoolSettings:
    """A school's settings; `demo` fills empty contacts with roles and empty terms with made-up ones.

    Raises PolicyFileError naming file, entry and field.
    """
    documents = (_document(file, about) for file, about in tables.documents)
    return SchoolSettings(
        id=tables.id,
        name=tables.name,
        contacts=contacts(tables.section("handoff"), demo=demo),
        documents={document.id: document for document in documents},
        calendar=calendar(tables.section("calendar"), demo=demo),
    )


def contacts(entry: Mapping[str, Any], *, demo: bool) -> Contacts:
    """Whom the hand-off names; roles in place of empty names in the demo."""
    spare = _demo(entry, "handoff") if demo else {}
    names = [entry.get(field) or spare.get(field, "") for field in CONTACTS]
    for field, name in zip(CONTACTS, names, strict=True):
        if not isinstance(name, str):
            raise PolicyFileError(f"{SCHOOL}: handoff: {field} must be a text in quotes.")
    safeguarding, phone, headteacher, chair = names
    deputies = texts(entry, "deputies", SCHOOL, "handoff")
    return Contacts(safeguarding, phone, headteacher, chair, deputies, _out_of_hours(entry))


def _out_of_hours(entry: Mapping[str, Any]) -> str:
    """The number to ring when the school is closed; raises PolicyFileError for what cannot be rung."""
    number = entry.get("out_of_hours", "")
    if not isinstance(number, str) or not is_phone_number(number or "0"):
        raise PolicyFileError(f'{SCHOOL}: handoff: out_of_hours must be a phone number in quotes, like "01234 567890".')
    return number


def _demo(entry: Mapping[str, Any], section: str) -> Mapping[str, Any]:
    """What a section says for the demo."""
    return _section(entry.get("demo", {}), f"{section}.demo", SCHOOL)


def _section(value: Any, name: str, file: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise PolicyFileError(f"{file}: {name}: expected a section [{name}], found something else.")
    return value


def calendar(entry: Mapping[str, Any], *, demo: bool) -> Calendar:
    """When the school works; in the demo with made-up terms if the school has set none."""
    spare = _demo(entry, "calendar") if demo and not entry.get("terms") else {}
    given, usual = {**entry, **spare}, Calendar()
    nation = given.get("nation", usual.nation)
    if nation not in NATIONS:
        raise PolicyFileError(f"{SCHOOL}: calendar: nation {nation!r} is not one of {', '.join(NATIONS)}.")
    terms = tuple(_period(term) for term in _list(given.get("terms", [])))
    if any(term.ends >= following.begins for term, following in pairwise(terms)):
        raise PolicyFileError(f"{SCHOOL}: calendar: terms must be in order and not overlap.")
    return Calendar(
        closed=_days(given, "closed"),
        nation=nation,
        terms=terms,
        inset=_days(given, "inset"),
        nudges_on_inset=given.get("nudges_on_inset", True) is True,
        quiet=_quiet(given, usual.quiet),
        hours=_times(given, "hours", usual.hours),
    )


def _list(given: Any) -> list[Any]:
    if not isinstance(given, list):
        raise PolicyFileError(A_TERM)
    return given


def _period(given: Any) -> Period:
    match given:
        case [date() as begins, date() as ends] if type(begins) is type(ends) is date and begins <= ends:
            return Period(begins, ends)
    raise PolicyFileError(A_TERM)


def _days(entry: Mapping[str, Any], key: str) -> frozenset[date]:
    given = entry.get(key, [])
    if not isinstance(given, list) or not all(type(value) is date for value in given):
        raise PolicyFileError(f"{SCHOOL}: calendar: {key} must be days, like [2026-11-27].")
    return frozenset(given)


def _times(entry: Mapping[str, Any], key: str, usual: tuple[time, time]) -> tuple[time, time]:
    match entry.get(key, list(usual)):
        case [time() as first, time() as second]:
            return first, second
    raise PolicyFileError(f"{SCHOOL}: calendar: {key} must be two times, like [08:30:00, 16:00:00].")


def _quiet(entry: Mapping[str, Any], usual: tuple[time, time]) -> tuple[time, time]:
    evening, morning = _times(entry, "quiet", usual)
    if evening <= morning:
        raise PolicyFileError(
            f"{SCHOOL}: calendar: quiet lasts over a night, from an evening to a morning, like [18:00:00, 07:30:00]."
        )
    return evening, morning


def _document(file: str, tables: Mapping[str, Any]) -> Document:
    about = _section(tables.get("document", {}), "document", file)
    id = text(about, "id", file, "document")
    return Document(
        id=id,
        title=text(about, "title", file, "document"),
        short=text(about, "short", file, "document"),
        version=text(about, "version", file, "document") if "version" in about else "",
        review_due=day(about, "review_due", file, "document") if "review_due" in about else None,
        clauses=tuple(_clause(entry, id, file) for entry in _clauses(tables, file)),
    )


def _clauses(tables: Mapping[str, Any], file: str) -> list[dict[str, Any]]:
    clauses = tables.get("clause", [])
    if not isinstance(clauses, list) or not all(isinstance(entry, dict) for entry in clauses):
        raise PolicyFileError(f"{file}: clause: every clause is a section [[clause]].")
    return clauses


def _modality(entry: Mapping[str, Any], file: str, id: str) -> str:
    modality = entry.get("modality", "")
    if not isinstance(modality, str):
        raise PolicyFileError(f"{file}: {id}: modality must be a text in quotes.")
    return modality


def _clause(entry: Mapping[str, Any], document: str, file: str) -> Clause:
    id = text(entry, "id", file, "clause")
    heading = entry.get("heading", "")
    if not isinstance(heading, str):
        raise PolicyFileError(f"{file}: {id}: heading must be a text in quotes.")
    return Clause(
        id=id,
        document=document,
        ref=text(entry, "ref", file, id),
        heading=heading,
        text=" ".join(text(entry, "text", file, id).split()),
        binds=frozenset(texts(entry, "binds", file, id)),
        modality=_modality(entry, file, id),
        head=texts(entry, "head", file, id),
    )
