"""Hands a campaign's rows to the evidence pack."""

import asyncio
from datetime import date

from bot.campaigns.book import CampaignBook
from bot.campaigns.ports import BuildPack
from bot.campaigns.rules.campaign import Campaign
from bot.campaigns.rules.standing import Signatory, Standing
from bot.campaigns.rules.summary import STANDING_WORDS
from bot.campaigns.rules.versions import Version
from bot.desk.rules.messages import Attachment
from bot.evidence.context import details
from bot.evidence.rules.ledger import EventKind, head
from bot.evidence.rules.pack import ERASED, Pack, PackScope, PackText, acknowledgement_rows, lesson_rows, opened
from bot.people.rules.person import Person
from bot.school.rules.calendar import written


async def export(book: CampaignBook, campaign: Campaign, person: Person, build: BuildPack) -> Attachment:
    """A campaign's evidence as a file. That it was made is in the ledger, and in the pack itself."""
    context = book.context
    before = await context.store.head()
    actor = await context.pseudonym(person)
    await context.write(EventKind.EXPORT, before, actor=actor, campaign=campaign.id, who=details(person))
    ledger = await context.store.entries()
    entries = opened(ledger, scope_of(campaign))
    pack = Pack(
        school=context.school.name,
        campaign=campaign.id,
        year=campaign.year,
        texts=await _texts(book, campaign),
        entries=entries,
        head=head(ledger[-1:]),
        rows=acknowledgement_rows(entries, await context.store.everybody_known()),
        others=others(await book.signatories(campaign)),
        lessons=lesson_rows(entries),
        made_at=context.now(),
        is_demo=context.is_demo,
    )
    return await asyncio.to_thread(build, pack)


def scope_of(campaign: Campaign) -> PackScope:
    """What a campaign's pack may show: its own entries, and lessons of its school year, September to August."""
    first, last = date(campaign.first_year, 9, 1), date(campaign.first_year + 1, 8, 31)
    return PackScope(campaign.id, campaign.document, first, last)


async def _texts(book: CampaignBook, campaign: Campaign) -> tuple[PackText, ...]:
    """Every text that was acknowledged in a campaign, the one in force last."""
    projection = await book.projection()
    acknowledged = dict.fromkeys(
        receipt.version
        for (id, _), receipts in projection.receipts.items()
        if id == campaign.id
        for receipt in receipts
    )
    digests = [digest for digest in acknowledged if digest != campaign.version] + [campaign.version]
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
    lines = [version.title, f"Version {version.label}. SHA-256 {version.digest}", ""]
    lines.append(f"To be reviewed by {written(version.review_due)}.\n")
    for heading, passages in version.sections:
        lines += [heading, ""] if heading else []
        lines += [f"{passage.ref} ({passage.id})\n{passage.text}\n" for passage in passages]
    return "\n".join(lines)


def others(people: tuple[Signatory, ...]) -> tuple[tuple[str, str, str], ...]:
    """Who has not acknowledged: name, where they are, their last day. A pause is nobody's business outside."""
    return tuple(
        (person.name or ERASED, _shown_outside(person.standing), written(person.due))
        for person in people
        if not person.receipt
    )


def _shown_outside(standing: Standing) -> str:
    return STANDING_WORDS[Standing.PENDING if standing is Standing.PAUSED else standing]
