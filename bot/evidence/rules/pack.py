"""What goes into an evidence pack: a campaign and its year's recorded lessons opened, all else as bare hashes."""

import json
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from bot.campaigns.rules.campaign import Campaign, KnownPerson
from bot.campaigns.rules.standing import Signatory, Standing
from bot.campaigns.rules.summary import SAID
from bot.campaigns.rules.versions import Version
from bot.evidence.rules.ledger import Entry, Event, EventKind, Head
from bot.school.rules.calendar import london, written

ERASED = "(details erased)"
ACKNOWLEDGED = frozenset({EventKind.ACKNOWLEDGE, EventKind.PAPER})


@dataclass(frozen=True, slots=True)
class Pack:
    """The evidence of one campaign. `rows` follow `COLUMNS` of bot/verify.py, `others` have not acknowledged.

    `lessons` follow its `LESSON_COLUMNS`: what happened around the recorded lessons of the campaign's school year.

    `statements` are the words acknowledged with each of the versions.
    """

    school: str
    campaign: Campaign
    versions: tuple[Version, ...]
    statements: tuple[str, ...]
    entries: tuple[Entry, ...]
    head: Head
    rows: tuple[tuple[str, ...], ...]
    others: tuple[tuple[str, str, str], ...]
    lessons: tuple[tuple[str, ...], ...]
    made_at: datetime
    is_demo: bool


def opened(entries: Iterable[Entry], campaign: Campaign) -> tuple[Entry, ...]:
    """The whole chain, with this campaign's entries, its policy's publications and its year's lessons left to read."""
    held = [(entry, entry.event) for entry in entries]
    lessons = {_lesson(event) for _, event in held if event.kind is EventKind.LESSON and _is_of_year(event, campaign)}
    return tuple(entry if _belongs(event, campaign, lessons) else entry.bare() for entry, event in held)


def _belongs(event: Event, campaign: Campaign, lessons: Set[str]) -> bool:
    published = event.kind is EventKind.PUBLISH and event.facts["document"] == campaign.document
    return published or event.campaign == campaign.id or bool(_lessons(event) & lessons)


def _lesson(event: Event) -> str:
    return str(event.facts.get("lesson", ""))


def _lessons(event: Event) -> set[str]:
    told: Any = event.facts.get("lessons", ())
    return {_lesson(event), *told} - {""}


def _is_of_year(event: Event, campaign: Campaign) -> bool:
    """Whether a lesson lies in the campaign's school year, from September to August."""
    day = datetime.fromisoformat(str(event.facts["starts"])).date()
    return date(campaign.first_year, 9, 1) <= day < date(campaign.first_year + 1, 9, 1)


def lessons(entries: Iterable[Entry]) -> tuple[tuple[str, ...], ...]:
    """One row for each opened entry about a recorded lesson, in the order of the ledger."""
    held = [(entry, entry.event) for entry in entries if entry.what.is_open]
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
        for entry, event in held
        if _lessons(event)
    )


def rows(entries: Iterable[Entry], known: Mapping[str, KnownPerson]) -> tuple[tuple[str, ...], ...]:
    """One row for each acknowledgement among opened entries, in the order of the ledger; corrected ones as well."""
    held = [(entry, entry.event) for entry in entries if entry.what.is_open]
    wrong = {event.facts["entry"] for _, event in held if event.kind is EventKind.CORRECT}
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
            "no, corrected" if entry.number in wrong else "yes",
            entry.hash,
        )
        for entry, event in held
        if event.kind in ACKNOWLEDGED
    )


def _name(pseudonym: str, known: Mapping[str, KnownPerson]) -> str:
    if not pseudonym:
        return ""
    return known[pseudonym].name if pseudonym in known else ERASED


def others(people: Iterable[Signatory]) -> tuple[tuple[str, str, str], ...]:
    """Who has not acknowledged: name, where they stand, their last day. A pause is nobody's business outside."""
    return tuple((one.name or ERASED, _said(one.standing), written(one.due)) for one in people if not one.receipt)


def _said(standing: Standing) -> str:
    return SAID[Standing.PENDING if standing is Standing.PAUSED else standing]
