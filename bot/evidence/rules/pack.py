"""What goes into an evidence pack: a campaign and its year's recorded lessons opened, the rest as bare hashes."""

import json
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from bot.evidence.rules.ledger import Entry, Event, EventKind, Fact, Head
from bot.people.rules.person import KnownPerson
from bot.school.rules.calendar import london

ERASED = "(details erased)"
ACKNOWLEDGED = frozenset({EventKind.ACKNOWLEDGE, EventKind.PAPER})
IN_EVERY_PACK = frozenset({EventKind.EXPORT_PREPARED, EventKind.CLOCK_WENT_BACK})


@dataclass(frozen=True, slots=True)
class PackScope:
    """What a pack may show: a campaign, its policy documents, and lessons between two days, both included.

    `others` are the ids of the documents that the campaign asks for beside the first.
    """

    campaign: str
    document: str
    first_day: date
    last_day: date
    others: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class PackText:
    """One text that was acknowledged: to read (`content`), and to check (`canonical`, whose SHA-256 is `digest`).

    `statement` is the words acknowledged with it.
    """

    title: str
    label: str
    digest: str
    statement: str
    content: str
    canonical: bytes


@dataclass(frozen=True, slots=True)
class Pack:
    """The evidence of one campaign, before it is sealed; `texts` with those in force last, so many as `in_force`.

    `rows` follow `COLUMNS` of verify.py; `lessons` follow its `LESSON_COLUMNS`: what happened around the recorded
    lessons of the school year. `others` have not acknowledged: name, where they are, their last day.
    """

    school: str
    campaign: str
    year: str
    texts: tuple[PackText, ...]
    entries: tuple[Entry, ...]
    rows: tuple[tuple[str, ...], ...]
    others: tuple[tuple[str, str, str], ...]
    lessons: tuple[tuple[str, ...], ...]
    made_at: datetime
    is_demo: bool
    in_force: int = 1


def opened(entries: Iterable[Entry], scope: PackScope) -> tuple[Entry, ...]:
    """The whole chain, with some entries left to read, the others bare.

    Left are the campaign's entries, its policies' publications, the year's lessons, the seals of all packs, and the
    notes that the clock went back, which are about nobody: a seal that may be left out would let somebody hide what an
    earlier pack showed.
    """
    events = [(entry, entry.event) for entry in entries]
    lessons = {_lesson(event) for _, event in events if event.kind is EventKind.LESSON and _is_in_scope(event, scope)}
    return tuple(entry if _belongs(event, scope, lessons) else entry.bare() for entry, event in events)


def _belongs(event: Event, scope: PackScope, lessons: Set[str]) -> bool:
    is_published = event.kind is EventKind.PUBLISH and event.facts["document"] in {scope.document, *scope.others}
    is_in_every_pack = event.kind in IN_EVERY_PACK
    return is_published or is_in_every_pack or event.campaign == scope.campaign or bool(_lessons(event) & lessons)


def seal_facts(entries: Iterable[Entry], before: Head, files: Mapping[str, str]) -> dict[str, Fact]:
    """What the seal of a pack says; `entries` as in the pack, `before` their head, `files` SHA-256 by name.

    `opened` and `erased` are numbers of entries as pairs, first and last.
    """
    opened_entries = [entry for entry in entries if entry.what.is_open]
    return {
        "opened": _ranges([entry.number for entry in opened_entries]),
        "erased": _ranges([entry.number for entry in opened_entries if not entry.who.is_open]),
        "before": str(before),
        "files": dict(files),
    }


def _ranges(numbers: Iterable[int]) -> tuple[tuple[int, int], ...]:
    """Ascending numbers as pairs.

    >>> _ranges([1, 3, 4, 5])
    ((1, 1), (3, 5))
    """
    ranges: list[tuple[int, int]] = []
    for number in numbers:
        if ranges and ranges[-1][1] == number - 1:
            ranges[-1] = (ranges[-1][0], number)
        else:
            ranges.append((number, number))
    return tuple(ranges)


def _lesson(event: Event) -> str:
    return str(event.facts.get("lesson", ""))


def _lessons(event: Event) -> set[str]:
    several: Any = event.facts.get("lessons", ())
    return {_lesson(event), *several} - {""}


def _is_in_scope(event: Event, scope: PackScope) -> bool:
    day = datetime.fromisoformat(str(event.facts["starts"])).date()
    return scope.first_day <= day <= scope.last_day


def lesson_rows(entries: Iterable[Entry]) -> tuple[tuple[str, ...], ...]:
    """One row for each opened entry about a recorded lesson, in the order of the ledger."""
    events = [(entry, entry.event) for entry in entries if entry.what.is_open]
    return tuple(
        (
            str(entry.number),
            event.kind.value,
            " ".join(sorted(_lessons(event))),
            f"{london(event.at)} (London)",
            "; ".join(f"{name}: {json.dumps(event.facts[name], ensure_ascii=False)}" for name in sorted(event.facts)),
            event.who.get("name", ERASED if not entry.who.is_open else ""),
            event.who.get("label", ""),
            entry.hash,
        )
        for entry, event in events
        if _lessons(event)
    )


def acknowledgement_rows(entries: Iterable[Entry], known: Mapping[str, KnownPerson]) -> tuple[tuple[str, ...], ...]:
    """One row for each acknowledgement among opened entries, in the order of the ledger; corrected ones as well."""
    events = [(entry, entry.event) for entry in entries if entry.what.is_open]
    corrected = {event.facts["entry"] for _, event in events if event.kind is EventKind.CORRECT}
    return tuple(
        (
            str(entry.number),
            event.who.get("name", ERASED),
            event.who.get("email", ""),
            event.who.get("roles", ""),
            "on paper" if event.kind is EventKind.PAPER else f"pressed in {event.facts['channel']}",
            str(event.facts["label"]),
            str(event.facts["version"]),
            f"{london(event.at)} (London)",
            str(event.facts.get("signed", "")),
            _name(str(event.facts.get("witness", "")), known),
            "no, corrected" if entry.number in corrected else "yes",
            entry.hash,
        )
        for entry, event in events
        if event.kind in ACKNOWLEDGED
    )


def _name(pseudonym: str, known: Mapping[str, KnownPerson]) -> str:
    if not pseudonym:
        return ""
    return known[pseudonym].name if pseudonym in known else ERASED
