"""Reads policies/: what any staff ask, and what one school's policy says. Files are described in policies/README.md."""

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from bot.ask.rules.bank import Example
from bot.ask.rules.decide import Thresholds
from bot.ask.rules.policy import Absent, Policy
from bot.ask.rules.rulings import Approval, Ruling, Situation
from bot.ask.rules.safeguarding import HarmSigns
from bot.ask.rules.verdicts import Verdict
from bot.errors import PolicyFileError
from bot.recordings.rules.notices import Wording
from bot.school import settings as school_file
from bot.school.rules.documents import Bound, Clause, Document, Modality
from bot.toml_fields import day, text, texts

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
        name=text(about, "name", home / "school.toml", "school"),
        documents=documents,
        clauses={clause.id: clause for paper in documents.values() for clause in paper.clauses},
        situations=read_situations(folder),
        rulings=_rulings(home / "rulings.toml"),
        absent=tuple(_absent(paper, home / "school.toml") for paper in about.get("absent", [])),
        contacts=school_file.contacts(about.get("handoff", {}), demo=demo),
        agreement=school_file.agreement(about.get("agreement"), documents, home / "school.toml"),
        retention=school_file.retention(about.get("retention", {}), home / "school.toml"),
        calendar=school_file.calendar(about.get("calendar", {}), home / "school.toml", demo=demo),
        watch=school_file.watch(about.get("recordings", {}), home / "school.toml"),
        classes=frozenset(texts(about.get("recordings", {}), "classes", home / "school.toml", "recordings")),
        promise=school_file.promise(about.get("recordings"), _wordings(home), documents, home / "school.toml"),
        rhythm=school_file.rhythm(about.get("reminders", {}), home / "school.toml"),
        sources=school_file.sources(about.get("graph", {}), home / "school.toml"),
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
            asks=text(entry, "asks", file, id),
            label=text(entry, "label", file, id),
            about=text(entry, "about", file, id),
            elsewhere=bool(entry.get("elsewhere", False)),
            offers=texts(entry, "offers", file, id),
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


def read_signs(folder: Path) -> HarmSigns:
    """The words that bring the safeguarding hand-off."""
    file = folder / COMMON / "harm.toml"
    given = read_toml(file)
    try:
        return HarmSigns.of(given["alone"], given["innocent"], given["groups"], given["together"])
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


def _absent(entry: Mapping[str, Any], file: Path) -> Absent:
    return Absent(text(entry, "name", file, "absent"), texts(entry, "clauses", file, "absent"))


def _wordings(home: Path) -> tuple[Wording, ...]:
    file = home / "notices.toml"
    notices = read_toml(file).get("notice", []) if file.is_file() else []
    return tuple(school_file.wording(one, number, file) for number, one in enumerate(notices, 1))


def _document(file: Path) -> Document:
    tables = read_toml(file)
    about = tables.get("document", {})
    id = text(about, "id", file, "document")
    return Document(
        id=id,
        title=text(about, "title", file, "document"),
        short=text(about, "short", file, "document"),
        version=text(about, "version", file, "document"),
        approved=text(about, "approved", file, "document"),
        adopted_by=text(about, "adopted_by", file, "document"),
        adopted_on=day(about, "adopted_on", file, "document"),
        review_due=day(about, "review_due", file, "document"),
        additions_pending=about.get("additions_pending", ""),
        clauses=tuple(_clause(entry, id, file) for entry in tables.get("clause", [])),
    )


def _clause(entry: Mapping[str, Any], document: str, file: Path) -> Clause:
    id = text(entry, "id", file, "clause")
    try:
        return Clause(
            id=id,
            document=document,
            ref=text(entry, "ref", file, id),
            heading=entry.get("heading", ""),
            text=" ".join(text(entry, "text", file, id).split()),
            modality=Modality(entry.get("modality", "fact")),
            binds=frozenset(Bound(one) for one in entry.get("binds", [])),
            topics=texts(entry, "topics", file, id),
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
        says=text(entry, "says", file, id),
        headline=entry.get("headline", ""),
        conditions=texts(entry, "conditions", file, id),
        clauses=texts(entry, "clauses", file, id),
        silent_on=entry.get("silent_on", ""),
        pointer=entry.get("pointer", ""),
        see_also=texts(entry, "see_also", file, id),
        needs_owner=entry.get("needs_owner", ""),
        approval=_approval(id, entry, file),
    )


def _approval(id: str, entry: Mapping[str, Any], file: Path) -> Approval | None:
    if "approved_by" not in entry:
        return None
    return Approval(
        by=text(entry, "approved_by", file, id),
        on=day(entry, "approved_on", file, id),
        digest=text(entry, "digest", file, id),
    )
