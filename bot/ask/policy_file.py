"""Turns the tables of policies/ into a policy, the bank of example questions, and what the classifier needs."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from bot.ask.rules.bank import Example, Worry
from bot.ask.rules.choose_situation import Thresholds
from bot.ask.rules.policy import Absent, Policy
from bot.ask.rules.rulings import Approval, AskedWords, Exemption, Ruling, Situation
from bot.ask.rules.safeguarding import HarmSigns
from bot.ask.rules.verdicts import Verdict
from bot.errors import PolicyFileError
from bot.policies import (
    ANSWERS,
    COMMANDS,
    COMMON,
    HARM,
    RULINGS,
    SCHOOL,
    SITUATIONS,
    THRESHOLDS,
    WORDS,
    WORRIES,
    SchoolTables,
    bank_files,
    read_common,
)
from bot.school.rules.settings import SchoolSettings
from bot.toml_fields import day, entries, read_text, read_toml, text, texts

RECORDINGS = "recordings"  # the section of school.toml without which no notice is offered


def policy_of(tables: SchoolTables, school: SchoolSettings) -> Policy:
    """A school's policy; raises PolicyFileError naming file, entry and field for anything missing or broken."""
    clauses = (clause for document in school.documents.values() for clause in document.clauses)
    own = _own_situations(tables)
    return Policy(
        school=school.id,
        name=school.name,
        documents=school.documents,
        clauses={clause.id: clause for clause in clauses},
        situations={**_situations(tables.situations), **own},
        rulings=_rulings(tables),
        absent=tuple(_absent(entry) for entry in _absent_entries(tables.school)),
        contacts=school.contacts,
        commands=_commands(tables.commands),
        has_notices=RECORDINGS in tables.school,
        own_wordings={id: _wordings(tables.own_situations[id], id) for id in own},
    )


def _own_situations(tables: SchoolTables) -> dict[str, Situation]:
    """The situations that only this school has; raises PolicyFileError for the name of one that every school has."""
    own = _situations(tables.own_situations)
    for id in own:
        if id in tables.situations or id in tables.commands:
            raise PolicyFileError(f"{SITUATIONS}: {id}: every school has this already; please choose another name.")
    return own


def _wordings(entry: Mapping[str, Any], id: str) -> tuple[str, ...]:
    wordings = texts(entry, "wordings", SITUATIONS, id)
    if not wordings or not all(wording.strip() for wording in wordings):
        raise PolicyFileError(f"{SITUATIONS}: {id}: wordings must be a few questions as people ask them, in quotes.")
    return wordings


def _rulings(tables: SchoolTables) -> dict[str, Ruling]:
    """The school's rulings, then what Staffroom itself answers where the school has written nothing."""
    common = dict(entries(tables.answers, ANSWERS))
    own = dict(entries(tables.rulings, RULINGS))
    rulings = {id: _ruling(id, _with_common_words(id, entry, common, tables)) for id, entry in own.items()}
    missing = common.keys() - own.keys()
    return rulings | {id: _common_answer(id, entry) for id, entry in common.items() if id in missing}


def _common_answer(id: str, entry: Mapping[str, Any]) -> Ruling:
    return replace(_ruling(id, entry), is_common=True)


def _with_common_words(
    id: str, entry: Mapping[str, Any], common: Mapping[str, Any], tables: SchoolTables
) -> Mapping[str, Any]:
    """A "does not say" may leave its words to Staffroom: the decision is the school's all the same."""
    if entry.get("verdict") != Verdict.NOT_COVERED or "says" in entry:
        return entry
    about = tables.situations.get(id) or tables.own_situations.get(id) or {}
    usual = {"says": f"It does not say anything about {about.get('asks', 'this')}."}
    return {**usual, **common.get(id, {}), **entry}


def loading_problems(tables: SchoolTables) -> tuple[str, ...]:
    """Everything that keeps the school's rulings and situations from being read, not only the first of it."""
    problems = []
    for read, sections in ((_ruling, tables.rulings), (_own_situation, tables.own_situations)):
        for id, entry in sections.items():
            try:
                read(id, _with_common_words(id, _entry(entry, id), tables.answers, tables))
            except PolicyFileError as error:
                problems.append(str(error))
    return tuple(dict.fromkeys(problems))


def _entry(entry: Any, id: str) -> dict[str, Any]:
    return dict(entries({id: entry}, RULINGS))[id]


def _own_situation(id: str, entry: Mapping[str, Any]) -> None:
    _situations({id: entry})
    _wordings(entry, id)


def accepted_findings(tables: SchoolTables) -> frozenset[str]:
    """The findings of `python -m bot check` that the school knows of and lives with, by place."""
    return frozenset(tables.section("check").get("accepted", ()))


def _situations(tables: Mapping[str, Any]) -> dict[str, Situation]:
    return {
        id: Situation(
            id=id,
            asks=text(entry, "asks", SITUATIONS, id),
            label=text(entry, "label", SITUATIONS, id),
            about=text(entry, "about", SITUATIONS, id),
            offers=texts(entry, "offers", SITUATIONS, id),
            hand_off=bool(entry.get("hand_off", False)),
            volunteers=bool(entry.get("volunteers", False)),
            chat=bool(entry.get("chat", False)),
            why=text(entry, "why", SITUATIONS, id) if "why" in entry else "",
        )
        for id, entry in entries(tables, SITUATIONS)
    }


def _absent_entries(school: Mapping[str, Any]) -> list[dict[str, Any]]:
    absent = school.get("absent", [])
    if not isinstance(absent, list) or not all(isinstance(entry, dict) for entry in absent):
        raise PolicyFileError(f"{SCHOOL}: absent: every absent policy is a section [[absent]].")
    return absent


def _absent(entry: Mapping[str, Any]) -> Absent:
    return Absent(text(entry, "name", SCHOOL, "absent"), texts(entry, "clauses", SCHOOL, "absent"))


def _verdict(verdict: Any, id: str) -> Verdict:
    allowed = [verdict.value for verdict in Verdict if verdict not in {Verdict.CHOOSE, Verdict.COMMAND}]
    if verdict not in allowed:
        raise PolicyFileError(f"{RULINGS}: {id}: verdict {verdict!r} is not one of {', '.join(allowed)}.")
    return Verdict(verdict)


def _ruling(id: str, entry: Mapping[str, Any]) -> Ruling:
    clauses = texts(entry, "clauses", RULINGS, id)
    governing = texts(entry, "governing", RULINGS, id) or clauses[:1]
    return Ruling(
        situation=id,
        verdict=_verdict(entry.get("verdict"), id),
        says=text(entry, "says", RULINGS, id),
        headline=_text_if_any(entry, "headline", id),
        conditions=texts(entry, "conditions", RULINGS, id),
        clauses=tuple(dict.fromkeys(governing + clauses)),
        governing=governing,
        silent_on=_text_if_any(entry, "silent_on", id),
        pointer=_text_if_any(entry, "pointer", id),
        see_also=texts(entry, "see_also", RULINGS, id),
        otherwise=texts(entry, "otherwise", RULINGS, id),
        needs_owner=_text_if_any(entry, "needs_owner", id),
        approval=_approval(id, entry),
        exemptions=tuple(_exemption(id, part) for part in _parts(id, entry)),
        is_proposed=_switch(entry, "proposed", id),
        is_doubtful=_switch(entry, "doubtful", id),
        remark=_text_if_any(entry, "remark", id),
        is_to_write=_switch(entry, "to_write", id),
        asked=_asked_words(id, entry),
    )


def _switch(entry: Mapping[str, Any], field: str, id: str) -> bool:
    value = entry.get(field, False)
    if not isinstance(value, bool):
        raise PolicyFileError(f"{RULINGS}: {id}: {field} must be true or false, without quotes.")
    return value


def _parts(id: str, entry: Mapping[str, Any]) -> list[dict[str, Any]]:
    parts = entry.get("also", [])
    if not isinstance(parts, list) or not all(isinstance(part, dict) for part in parts):
        raise PolicyFileError(f"{RULINGS}: {id}: also: each is a section [[{id}.also]].")
    return parts


def _exemption(id: str, part: Mapping[str, Any]) -> Exemption:
    unknown = part.keys() - {"verdict", "says", "for_roles", "where", "unless"}
    if unknown:
        raise PolicyFileError(f"{RULINGS}: {id}: also: there is no field {min(unknown)!r}.")
    verdict = part.get("verdict")
    exemption = Exemption(
        verdict=None if verdict is None else _verdict(verdict, id),
        says=_text_if_any(part, "says", id),
        for_roles=texts(part, "for_roles", RULINGS, id),
        where=texts(part, "where", RULINGS, id),
        unless=texts(part, "unless", RULINGS, id),
    )
    if not all(case.strip() for case in exemption.cases) or not exemption.cases:
        raise PolicyFileError(f"{RULINGS}: {id}: also: name whom, where or when: for_roles, where or unless.")
    return exemption


def _asked_words(id: str, entry: Mapping[str, Any]) -> AskedWords:
    meets = entry.get("meets", [])
    if not isinstance(meets, list) or not all(isinstance(phrases, list) for phrases in meets):
        raise PolicyFileError(f"{RULINGS}: {id}: meets must be a list of lists, one for each condition.")
    return AskedWords(
        contrary=texts(entry, "contrary", RULINGS, id),
        meets=tuple(texts({"meets": phrases}, "meets", RULINGS, id) for phrases in meets),
        breaks=texts(entry, "breaks", RULINGS, id),
        informs=texts(entry, "informs", RULINGS, id),
    )


def _text_if_any(entry: Mapping[str, Any], field: str, id: str) -> str:
    value = entry.get(field, "")
    if not isinstance(value, str):
        raise PolicyFileError(f"{RULINGS}: {id}: {field} must be a text in quotes.")
    return value


def _approval(id: str, entry: Mapping[str, Any]) -> Approval | None:
    if "approved_by" not in entry:
        return None
    text(entry, "approved_by", RULINGS, id)
    return Approval(on=day(entry, "approved_on", RULINGS, id), digest=text(entry, "digest", RULINGS, id))


def read_bank(folder: Path) -> tuple[Example, ...]:
    """Every example question the classifier learns from, in the order of the files."""
    return tuple(
        _example(entry, situation, voice, file.name)
        for file in bank_files(folder)
        for situation, voices in entries(read_toml(file), file.name)
        for voice, questions in voices.items()
        for entry in _listed(questions, situation, voice, file.name)
    )


def _listed(questions: Any, situation: str, voice: str, file: str) -> list[Any]:
    if not isinstance(questions, list):
        raise PolicyFileError(f"{file}: {situation}: {voice} must be a list of questions in quotes.")
    return questions


def _example(entry: Any, situation: str, voice: str, file: str) -> Example:
    match entry:
        case str():
            return Example(entry, situation, voice)
        case [str() as question, str() as also]:
            return Example(question, situation, voice, also)
        case _:
            raise PolicyFileError(f"{file}: {situation}: {voice}: {entry!r} is not a question in quotes.")


def read_commands(folder: Path) -> dict[str, str]:
    """What people may ask the bot to do: id -> words that complete "you want me to"."""
    return _commands(read_common(folder, COMMANDS))


def _commands(tables: Mapping[str, Any]) -> dict[str, str]:
    return {id: text(entry, "asks", COMMANDS, id) for id, entry in entries(tables, COMMANDS)}


def read_worries(folder: Path) -> tuple[Worry, ...]:
    """The messages from which worries are learnt: in each line a 1 or a 0, a tab and the text. # begins a comment.

    Raises PolicyFileError with the number of a line that is none of this.
    """
    worries = []
    for number, line in enumerate(read_text(folder / COMMON / WORRIES).split("\n"), start=1):
        mark, _, message = line.partition("\t")
        if mark in {"0", "1"} and message.strip():
            worries.append(Worry(message.strip(), mark == "1"))
        elif line.strip() and not line.startswith("#"):
            raise PolicyFileError(f"{WORRIES}: line {number}: expected 1 or 0, a tab and a message.")
    return tuple(worries)


def read_words(folder: Path) -> dict[str, tuple[str, ...]]:
    """Canonical word -> the phrases staff use for it."""
    return {
        f"{facet}:{word}": tuple(phrases)
        for facet, words in entries(read_common(folder, WORDS), WORDS)
        for word, phrases in words.items()
    }


def read_thresholds(folder: Path) -> Thresholds:
    """How sure is sure, as cross-validation within the bank set it."""
    shares = read_common(folder, THRESHOLDS)
    try:
        return Thresholds(**{field: float(shares[field]) for field in Thresholds.__dataclass_fields__})
    except (KeyError, TypeError, ValueError) as error:
        raise PolicyFileError(f"{THRESHOLDS}: {error}: every threshold must be there, as a number.") from error


def read_signs(folder: Path) -> HarmSigns:
    """The words that bring the safeguarding hand-off."""
    signs = read_common(folder, HARM)
    try:
        return HarmSigns.of(signs["alone"], signs["innocent"], signs["groups"], signs["together"])
    except (KeyError, TypeError, AttributeError) as error:
        raise PolicyFileError(f"{HARM}: {error}: alone, innocent, groups and together must be there.") from error
