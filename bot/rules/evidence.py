"""What goes into an evidence pack: one campaign opened, every other entry of the ledger as bare hashes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.rules.campaigns import Campaign, Known
from bot.rules.dates import london, written
from bot.rules.ledger import Entry, Head, Kind
from bot.rules.standing import Signatory, Standing
from bot.rules.summary import SAID
from bot.rules.versions import Version

ERASED = "(details erased)"
ACKNOWLEDGED = frozenset({Kind.ACKNOWLEDGE, Kind.PAPER})
COLUMNS = (
    "receipt",
    "name",
    "email",
    "roles",
    "how",
    "version",
    "text",
    "acknowledged",
    "day on the sheet",
    "witness",
    "counts",
    "entry hash",
)


@dataclass(frozen=True, slots=True)
class Pack:
    """The evidence of one campaign. `rows` follow COLUMNS; `others` are those who have not acknowledged.

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
    made_at: datetime
    is_demo: bool


def opened(entries: Iterable[Entry], campaign: Campaign) -> tuple[Entry, ...]:
    """The whole chain, with only this campaign's entries, and its policy's publications, left to read."""
    return tuple(entry if _belongs(entry, campaign) else entry.bare() for entry in entries)


def _belongs(entry: Entry, campaign: Campaign) -> bool:
    event = entry.event
    published = event.kind is Kind.PUBLISH and event.facts["document"] == campaign.document
    return published or event.campaign == campaign.id


def rows(entries: Iterable[Entry], known: Mapping[str, Known]) -> tuple[tuple[str, ...], ...]:
    """One row for each acknowledgement among opened entries, in the order of the ledger; corrected ones as well."""
    held = [(entry, entry.event) for entry in entries if entry.what.is_open]
    wrong = {event.facts["entry"] for _, event in held if event.kind is Kind.CORRECT}
    return tuple(
        (
            str(entry.number),
            event.who.get("name", ERASED),
            event.who.get("email", ""),
            event.who.get("roles", ""),
            "on paper" if event.kind is Kind.PAPER else f"pressed in {event.facts['channel']}",
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


def _name(pseudonym: str, known: Mapping[str, Known]) -> str:
    if not pseudonym:
        return ""
    return known[pseudonym].name if pseudonym in known else ERASED


def others(people: Iterable[Signatory]) -> tuple[tuple[str, str, str], ...]:
    """Who has not acknowledged: name, where they stand, their last day. A pause is nobody's business outside."""
    return tuple((one.name or ERASED, _said(one.standing), written(one.due)) for one in people if not one.receipt)


def _said(standing: Standing) -> str:
    return SAID[Standing.PENDING if standing is Standing.PAUSED else standing]
