"""Reads policies/: what any staff ask, and what one school's policy says. Files are described in policies/README.md."""

import tomllib
from collections.abc import Iterator, Mapping
from datetime import date, time
from itertools import pairwise
from pathlib import Path
from typing import Any

from bot.errors import PolicyFileError
from bot.rules.agreement import Agreement, Retention
from bot.rules.clauses import Bound, Clause, Document, Modality
from bot.rules.dates import NATIONS, Calendar, Period
from bot.rules.examples import Example
from bot.rules.harm import Signs
from bot.rules.policy import Absent, Contacts, Policy
from bot.rules.readings import Thresholds
from bot.rules.reminders import Rhythm
from bot.rules.rulings import Approval, Ruling, Situation
from bot.rules.verdicts import Verdict

COMMON = "staffroom"
DOCUMENTS = ("social-media.toml", "acceptable-use.toml")


def read_policy(folder: Path, school: str, *, demo: bool = False) -> Policy:
    """One school's policy out of `folder` (policies/); `demo` fills empty hand-off contacts with roles.

    Raises PolicyFileError, naming file, entry and field, for whatever is missing, broken or unknown.
    """
    home = folder / school
    about = read_toml(home / "school.toml")
    names = about.get("documents", DOCUMENTS)
    documents = {paper.id: paper for paper in (_document(home / name) for name in names)}
    return Policy(
        school=school,
        name=_text(about, "name", home / "school.toml", "school"),
        documents=documents,
        clauses={clause.id: clause for paper in documents.values() for clause in paper.clauses},
        situations=read_situations(folder),
        rulings=_rulings(home / "rulings.toml"),
        absent=tuple(_absent(paper, home / "school.toml") for paper in about.get("absent", [])),
        contacts=_contacts(about.get("handoff", {}), demo=demo),
        agreement=_agreement(about.get("agreement"), documents, home / "school.toml"),
        retention=_retention(about.get("retention", {}), home / "school.toml"),
        calendar=_calendar(about.get("calendar", {}), home / "school.toml", demo=demo),
        rhythm=_rhythm(about.get("reminders", {}), home / "school.toml"),
    )


def read_source(folder: Path, school: str) -> str:
    """The whole text the clauses are cut from, as the school gave it."""
    return _read(folder / school / "source.txt")


def read_situations(folder: Path) -> dict[str, Situation]:
    """What any school's staff ask about, by id."""
    file = folder / COMMON / "situations.toml"
    return {
        id: Situation(
            id=id,
            asks=_text(entry, "asks", file, id),
            label=_text(entry, "label", file, id),
            about=_text(entry, "about", file, id),
            elsewhere=bool(entry.get("elsewhere", False)),
            offers=_texts(entry, "offers", file, id),
            hand_off=bool(entry.get("hand_off", False)),
            volunteers=bool(entry.get("volunteers", False)),
        )
        for id, entry in _entries(read_toml(file), file)
    }


def read_bank(folder: Path) -> tuple[Example, ...]:
    """Every example question the recogniser learns from, in the order of the files."""
    return tuple(
        _example(entry, situation, voice, file)
        for file in bank_files(folder)
        for situation, voices in _entries(read_toml(file), file)
        for voice, entries in voices.items()
        for entry in _listed(entries, situation, voice, file)
    )


def _listed(entries: Any, situation: str, voice: str, file: Path) -> list[Any]:
    if not isinstance(entries, list):
        raise PolicyFileError(f"{file.name}: {situation}: {voice} must be a list of questions in quotes.")
    return entries


def _example(entry: Any, situation: str, voice: str, file: Path) -> Example:
    match entry:
        case str():
            return Example(entry, situation, voice)
        case [str() as text, str() as also]:
            return Example(text, situation, voice, also)
        case _:
            raise PolicyFileError(f"{file.name}: {situation}: {voice}: {entry!r} is not a question in quotes.")


def bank_files(folder: Path) -> list[Path]:
    """The files of the bank, in a fixed order."""
    files = sorted((folder / COMMON / "questions").glob("*.toml"))
    if not files:
        raise PolicyFileError("policies/staffroom/questions: there are no example questions to learn from.")
    return files


def read_words(folder: Path) -> dict[str, tuple[str, ...]]:
    """Canonical word -> the phrases staff use for it."""
    file = folder / COMMON / "words.toml"
    return {
        f"{facet}:{word}": tuple(phrases)
        for facet, words in _entries(read_toml(file), file)
        for word, phrases in words.items()
    }


def read_thresholds(folder: Path) -> Thresholds:
    """How sure is sure, as cross-validation within the bank set it."""
    file = folder / COMMON / "thresholds.toml"
    given = read_toml(file)
    try:
        return Thresholds(**{field: float(given[field]) for field in Thresholds.__dataclass_fields__})
    except (KeyError, TypeError, ValueError) as seen:
        raise PolicyFileError(f"{file.name}: {seen}: every threshold must be there, as a number.") from seen


def read_signs(folder: Path) -> Signs:
    """The words that bring the safeguarding hand-off."""
    file = folder / COMMON / "harm.toml"
    given = read_toml(file)
    try:
        return Signs.of(given["alone"], given["innocent"], given["groups"], given["together"])
    except (KeyError, TypeError, AttributeError) as seen:
        raise PolicyFileError(f"{file.name}: {seen}: alone, innocent, groups and together must be there.") from seen


def accepted_findings(folder: Path, school: str) -> frozenset[str]:
    """The findings of `python -m bot check` that the school knows of and lives with, by place."""
    return frozenset(read_toml(folder / school / "school.toml").get("check", {}).get("accepted", ()))


def read_toml(file: Path) -> dict[str, Any]:
    """The tables of a TOML file; raises PolicyFileError with the place when it is missing or broken."""
    try:
        return tomllib.loads(_read(file))
    except tomllib.TOMLDecodeError as seen:
        raise PolicyFileError(f"{file.name}: this is not valid TOML: {seen}.") from seen


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError as seen:
        raise PolicyFileError(f"{file.name}: byte {seen.start} is not UTF-8 text.") from seen
    except OSError as seen:
        raise PolicyFileError(f"{file.parent.name}/{file.name}: this file cannot be read ({seen.strerror}).") from seen


def _entries(tables: Mapping[str, Any], file: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    for id, entry in tables.items():
        if not isinstance(entry, dict):
            raise PolicyFileError(f"{file.name}: {id}: expected a section [{id}], found a single value.")
        yield id, entry


def _text(entry: Mapping[str, Any], field: str, file: Path, id: str) -> str:
    value = entry.get(field)
    if not isinstance(value, str) or not value.strip():
        raise PolicyFileError(f"{file.name}: {id}: {field} is missing or empty.")
    return value


def _day(entry: Mapping[str, Any], field: str, file: Path, id: str) -> date:
    value = entry.get(field)
    if not isinstance(value, date):
        raise PolicyFileError(f"{file.name}: {id}: {field} must be a date such as 2021-11-30.")
    return value


def _absent(entry: Mapping[str, Any], file: Path) -> Absent:
    return Absent(_text(entry, "name", file, "absent"), _texts(entry, "clauses", file, "absent"))


def _texts(entry: Mapping[str, Any], field: str, file: Path, id: str) -> tuple[str, ...]:
    value = entry.get(field, [])
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise PolicyFileError(f"{file.name}: {id}: {field} must be a list of texts in quotes.")
    return tuple(value)


def _document(file: Path) -> Document:
    tables = read_toml(file)
    about = tables.get("document", {})
    id = _text(about, "id", file, "document")
    return Document(
        id=id,
        title=_text(about, "title", file, "document"),
        short=_text(about, "short", file, "document"),
        version=_text(about, "version", file, "document"),
        approved=_text(about, "approved", file, "document"),
        adopted_by=_text(about, "adopted_by", file, "document"),
        adopted_on=_day(about, "adopted_on", file, "document"),
        review_due=_day(about, "review_due", file, "document"),
        additions_pending=about.get("additions_pending", ""),
        clauses=tuple(_clause(entry, id, file) for entry in tables.get("clause", [])),
    )


def _clause(entry: Mapping[str, Any], document: str, file: Path) -> Clause:
    id = _text(entry, "id", file, "clause")
    try:
        return Clause(
            id=id,
            document=document,
            ref=_text(entry, "ref", file, id),
            heading=entry.get("heading", ""),
            text=" ".join(_text(entry, "text", file, id).split()),
            modality=Modality(entry.get("modality", "fact")),
            binds=frozenset(Bound(one) for one in entry.get("binds", [])),
            topics=_texts(entry, "topics", file, id),
        )
    except ValueError as seen:
        raise PolicyFileError(f"{file.name}: {id}: {seen}.") from seen


def _rulings(file: Path) -> dict[str, Ruling]:
    return {id: _ruling(id, entry, file) for id, entry in _entries(read_toml(file), file)}


def _ruling(id: str, entry: Mapping[str, Any], file: Path) -> Ruling:
    verdict = entry.get("verdict")
    wanted = [one.value for one in Verdict if one is not Verdict.CHOOSE]
    if verdict not in wanted:
        raise PolicyFileError(f"{file.name}: {id}: verdict {verdict!r} is not one of {', '.join(wanted)}.")
    return Ruling(
        situation=id,
        verdict=Verdict(verdict),
        says=_text(entry, "says", file, id),
        headline=entry.get("headline", ""),
        conditions=_texts(entry, "conditions", file, id),
        clauses=_texts(entry, "clauses", file, id),
        silent_on=entry.get("silent_on", ""),
        pointer=entry.get("pointer", ""),
        see_also=_texts(entry, "see_also", file, id),
        needs_owner=entry.get("needs_owner", ""),
        approval=_approval(id, entry, file),
    )


def _approval(id: str, entry: Mapping[str, Any], file: Path) -> Approval | None:
    if "approved_by" not in entry:
        return None
    return Approval(
        by=_text(entry, "approved_by", file, id),
        on=_day(entry, "approved_on", file, id),
        digest=_text(entry, "digest", file, id),
    )


def _contacts(entry: Mapping[str, Any], *, demo: bool) -> Contacts:
    spare = entry.get("demo", {}) if demo else {}
    fields = ("safeguarding", "phone", "headteacher", "chair")
    return Contacts(*(entry.get(field) or spare.get(field, "") for field in fields))


def _agreement(entry: Mapping[str, Any] | None, documents: Mapping[str, Document], file: Path) -> Agreement | None:
    """What is acknowledged; None where the school asks for nothing."""
    if entry is None:
        return None
    made = Agreement(
        document=_text(entry, "document", file, "agreement"),
        clause=_text(entry, "clause", file, "agreement"),
        statement=" ".join(_text(entry, "statement", file, "agreement").split()),
        typed_name=entry.get("typed_name") is True,
        union_note=entry.get("union_note", ""),
    )
    if made.document not in documents:
        raise PolicyFileError(f"{file.name}: agreement: there is no document {made.document!r}.")
    clauses = {one.id: one.text for one in documents[made.document].clauses}
    if made.statement not in clauses.get(made.clause, ""):
        raise PolicyFileError(f"{file.name}: agreement: the statement does not stand word for word in {made.clause}.")
    return made


def _retention(entry: Mapping[str, Any], file: Path) -> Retention:
    usual = Retention()
    years, days = entry.get("leavers_years", usual.leavers_years), entry.get("outbox_days", usual.outbox_days)
    if not all(isinstance(one, int) and one > 0 for one in (years, days)):
        raise PolicyFileError(f"{file.name}: retention: leavers_years and outbox_days must be whole numbers above 0.")
    return Retention(years, days)


def _calendar(entry: Mapping[str, Any], file: Path, *, demo: bool) -> Calendar:
    """When the school works; in the demo with terms of its own where the school has set none."""
    spare = entry.get("demo", {}) if demo and not entry.get("terms") else {}
    given, usual = {**entry, **spare}, Calendar()
    nation = given.get("nation", usual.nation)
    if nation not in NATIONS:
        raise PolicyFileError(f"{file.name}: calendar: nation {nation!r} is not one of {', '.join(NATIONS)}.")
    terms = tuple(_period(one, file) for one in given.get("terms", []))
    if any(one.ends >= then.begins for one, then in pairwise(terms)):
        raise PolicyFileError(f"{file.name}: calendar: terms must be in order and not overlap.")
    return Calendar(
        closed=_days(given, "closed", file),
        nation=nation,
        terms=terms,
        inset=_days(given, "inset", file),
        nudges_on_inset=given.get("nudges_on_inset", True) is True,
        quiet=_times(given, "quiet", usual.quiet, file),
        hours=_times(given, "hours", usual.hours, file),
    )


def _period(given: Any, file: Path) -> Period:
    match given:
        case [date() as begins, date() as ends] if begins <= ends:
            return Period(begins, ends)
    raise PolicyFileError(f"{file.name}: calendar: a term is its first and last day, like [2026-09-02, 2026-10-23].")


def _days(entry: Mapping[str, Any], key: str, file: Path) -> frozenset[date]:
    given = entry.get(key, [])
    if not isinstance(given, list) or not all(type(one) is date for one in given):
        raise PolicyFileError(f"{file.name}: calendar: {key} must be days, like [2026-11-27].")
    return frozenset(given)


def _times(entry: Mapping[str, Any], key: str, usual: tuple[time, time], file: Path) -> tuple[time, time]:
    match entry.get(key, list(usual)):
        case [time() as first, time() as second]:
            return first, second
    raise PolicyFileError(f"{file.name}: calendar: {key} must be two times, like [08:30:00, 16:00:00].")


def _rhythm(entry: Mapping[str, Any], file: Path) -> Rhythm:
    usual = Rhythm()
    before, every = entry.get("before", list(usual.before)), entry.get("every", usual.every)
    most, rest = entry.get("most", usual.most), entry.get("rest", usual.rest)
    numbers = [*before, every, most, rest] if isinstance(before, list) else [0]
    if not all(type(one) is int and 0 < one <= 100 for one in numbers):
        raise PolicyFileError(
            f"{file.name}: reminders: before, every, most and rest must be whole numbers from 1 to 100."
        )
    return Rhythm(tuple(before), every, most, rest)
