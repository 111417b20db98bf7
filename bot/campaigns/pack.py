"""Hands a campaign's rows to the evidence pack."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from bot.campaigns.book import CampaignBook
from bot.campaigns.ports import BuildPack
from bot.campaigns.preview import left_to_do
from bot.campaigns.rules.campaign import Campaign
from bot.campaigns.rules.standing import Signatory, Standing
from bot.campaigns.rules.summary import STANDING_WORDS
from bot.campaigns.rules.versions import Version
from bot.desk.rules.messages import Attachment
from bot.errors import LedgerMoved, NotNow
from bot.evidence.context import details
from bot.evidence.rules.ledger import Entry, EventKind, Head, head
from bot.evidence.rules.pack import (
    ACKNOWLEDGED,
    ERASED,
    Pack,
    PackScope,
    PackText,
    acknowledgement_rows,
    lesson_rows,
    opened,
    seal_facts,
)
from bot.people.rules.person import Person
from bot.school.rules.calendar import written
from bot.school.rules.documents import cited_as

MAX_TRIES = 5
BUSY = "So much is being recorded just now that no pack could be sealed. Please try again; nothing was changed."


@dataclass(frozen=True, slots=True)
class Export:
    """A campaign's evidence as a file, and the ledger's head that seals it: the best one to keep outside."""

    attachment: Attachment
    head: Head

    @property
    def advice(self) -> str:
        """What to do with the head."""
        return f"The ledger's head is now {self.head}. Keep it: with it anybody can check this pack."


async def export(book: CampaignBook, campaign: Campaign, person: Person, build: BuildPack) -> Export:
    """A campaign's evidence. The pack is made first and sealed in the ledger then, so no seal is without its pack.

    Raises NotNow if something else was recorded each time before the seal was.
    """
    actor = await book.context.pseudonym(person)
    for _ in range(MAX_TRIES):
        ledger = await book.context.store.entries()
        pack = await _pack_of(book, campaign, ledger)
        prepared = await asyncio.to_thread(build, pack)
        before = head(ledger[-1:])
        facts = seal_facts(pack.entries, before, prepared.files)
        try:
            seal = await book.context.write(
                EventKind.EXPORT_PREPARED, before, actor=actor, campaign=campaign.id, facts=facts, who=details(person)
            )
        except LedgerMoved:
            continue
        return Export(await asyncio.to_thread(prepared.sealed, seal), Head(seal.number, seal.hash))
    raise NotNow(BUSY)


async def _pack_of(book: CampaignBook, campaign: Campaign, ledger: tuple[Entry, ...]) -> Pack:
    context = book.context
    entries = opened(ledger, scope_of(campaign))
    return Pack(
        school=context.school.name,
        campaign=campaign.id,
        year=campaign.year,
        texts=await _texts(book, campaign, entries),
        entries=entries,
        rows=acknowledgement_rows(entries, await context.store.everybody_known()),
        others=others(await book.signatories(campaign), await left_to_do(book, campaign)),
        lessons=lesson_rows(entries),
        made_at=context.now(),
        is_demo=context.is_demo,
        in_force=len(campaign.items),
    )


def scope_of(campaign: Campaign) -> PackScope:
    """What a campaign's pack may show: its own entries, and lessons of its school year, September to August."""
    first, last = date(campaign.first_year, 9, 1), date(campaign.first_year + 1, 8, 31)
    return PackScope(campaign.id, campaign.document, first, last, frozenset(campaign.documents[1:]))


async def _texts(book: CampaignBook, campaign: Campaign, entries: tuple[Entry, ...]) -> tuple[PackText, ...]:
    """Every text that was acknowledged in a campaign, even if that was corrected later; those in force last."""
    projection = await book.projection()
    events = [entry.event for entry in entries if entry.what.is_open]
    acknowledged = dict.fromkeys(str(event.facts["version"]) for event in events if event.kind in ACKNOWLEDGED)
    in_force = [item.version for item in campaign.items]
    digests = [digest for digest in acknowledged if digest not in in_force] + in_force
    return tuple([text_of(await book.text(digest), projection.statement(digest)) for digest in digests])


def text_of(version: Version, statement: str) -> PackText:
    """A text as a pack holds it."""
    return PackText(
        title=version.title,
        label=version.label,
        digest=version.digest,
        statement=statement,
        content=_to_read(version),
        canonical=version.canonical,
    )


def _to_read(version: Version) -> str:
    lines = [version.title, f"Version {version.label or 'without a number'}. SHA-256 {version.digest}", ""]
    if version.review_due:
        lines.append(f"To be reviewed by {written(version.review_due)}.\n")
    for heading, passages in version.sections:
        lines += [heading, ""] if heading else []
        lines += [f"{cited_as(passage.ref, passage.id)}\n{passage.text}\n" for passage in passages]
    return "\n".join(lines)


def others(people: tuple[Signatory, ...], left: Mapping[str, str] | None = None) -> tuple[tuple[str, str, str], ...]:
    """Who has not acknowledged: name, where they are, their last day. A pause is nobody's business outside.

    `left` is, by pseudonym, what people have still to acknowledge who did some of it.
    """
    return tuple(
        (person.name or ERASED, _where(person, (left or {}).get(person.pseudonym, "")), written(person.due))
        for person in people
        if not person.receipt
    )


def _where(person: Signatory, left: str) -> str:
    standing = _shown_outside(person.standing)
    return f"{standing}; left: {left}" if left else standing


def _shown_outside(standing: Standing) -> str:
    return STANDING_WORDS[Standing.PENDING if standing is Standing.PAUSED else standing]
