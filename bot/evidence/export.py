"""Exports: a campaign's evidence for outsiders, and everything kept about one person for that person."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from typing import TypeAlias

from bot.campaigns.rules.campaign import Campaign
from bot.campaigns.rules.versions import Version
from bot.desk.rules.messages import Attachment
from bot.evidence.records import Records, who
from bot.evidence.rules.ledger import Event, EventKind
from bot.evidence.rules.pack import Pack, lessons, opened, others, rows
from bot.people.rules.person import Person, record
from bot.school.rules.calendar import london, written

Build: TypeAlias = Callable[[Pack], Attachment]  # the pack as a file, encrypted where the school has set a key
DID = {
    EventKind.PUBLISH: "published a policy",
    EventKind.OPEN: "opened a campaign",
    EventKind.EXTEND: "moved a campaign's last day",
    EventKind.CLOSE: "closed a campaign",
    EventKind.ACKNOWLEDGE: "acknowledged {document}, version {label}: receipt {number}",
    EventKind.PAPER: "a sheet for {document}, version {label}, signed on {signed}, was recorded: receipt {number}",
    EventKind.PAUSE: "a pause was set until {until}",
    EventKind.QUESTION: "sent a question to the headteacher",
    EventKind.ANSWER: "a question was marked as answered",
    EventKind.TIME: "asked for time to read until {until}",
    EventKind.JOIN: "was asked as a new starter, by {due}",
    EventKind.LEAVE: "left",
    EventKind.CORRECT: "receipt {entry} was corrected",
    EventKind.EXPORT: "made an evidence pack",
    EventKind.LESSON: "a lesson on {starts} was planned, with a notice that it is recorded",
    EventKind.MOVE: "a lesson was moved to {starts}",
    EventKind.ANNOUNCE: "a lesson's notice said: {text}",
    EventKind.TAKE_BACK: "a lesson's notice was taken back",
    EventKind.ASK: "was asked about a lesson's recording ({about})",
    EventKind.RECORD: "a lesson was recorded: {recorded} (by {by})",
    EventKind.REMIND: "was reminded of a recording's last day",
    EventKind.LOOK: "a lesson's recording was looked for: {found} (by {by})",
    EventKind.TELL: "the headteacher was told of a recording",
    EventKind.WISH: "said whether notices go up for lessons in the calendar: {wanted}",
    EventKind.EXPIRY: "said that the tenant takes recordings away by itself",
}


async def export(records: Records, campaign: Campaign, person: Person, build: Build) -> Attachment:
    """A campaign's evidence as a file. That it was made is in the ledger, and in the pack itself."""
    await records.write(EventKind.EXPORT, actor=await records.pseudonym(person), campaign=campaign.id, who=who(person))
    register = await records.register()
    known = await records.store.known()
    entries = opened(await records.store.entries(), campaign)
    versions = await _versions(records, campaign)
    pack = Pack(
        school=records.policy.name,
        campaign=campaign,
        versions=versions,
        statements=tuple(register.statement(one.digest) for one in versions),
        entries=entries,
        head=register.head,
        rows=rows(entries, known),
        others=others(await records.signatories(campaign)),
        lessons=lessons(entries),
        made_at=records.now(),
        is_demo=records.is_demo,
    )
    return await asyncio.to_thread(build, pack)


async def _versions(records: Records, campaign: Campaign) -> tuple[Version, ...]:
    """Every text that was acknowledged in a campaign, the one in force last."""
    register = await records.register()
    seen = {one.version: None for (id, _), held in register.receipts.items() if id == campaign.id for one in held}
    digests = [one for one in seen if one != campaign.version] + [campaign.version]
    return tuple([await records.text(one) for one in digests])


async def record_of(records: Records, person: Person, account: str = "") -> str:
    """Everything kept about somebody, in words for that person alone."""
    known = {one.id: one.pseudonym for one in (await records.store.known()).values()}
    pins = await records.store.pins()
    mine = {account, person.account, *(one for one, id in pins.items() if id == person.id)} - {""}
    places = [one for one in await records.store.places() if one.account in mine]
    text = record(person, is_pinned=bool(set(pins) & mine), is_reachable=bool(places))
    pseudonym = known.get(person.id, "")
    return "\n\n".join([text, *[one async for one in _kept(records, pseudonym)]]) if pseudonym else text


async def _kept(records: Records, pseudonym: str) -> AsyncIterator[str]:
    entries = await records.store.entries()
    about = [(one.number, one.event) for one in entries]
    mine = [(number, event) for number, event in about if pseudonym in (event.subject, event.actor)]
    if mine:
        yield "In the evidence the school keeps:\n\n" + "\n\n".join(_said(number, event) for number, event in mine)
    waiting = [one for one in await records.store.slots() if one.recipient == pseudonym]
    if waiting:
        lines = "\n\n".join(f"- {one.sort.value}, {written(one.on)}: {one.state.value}" for one in waiting)
        yield f"Messages to you:\n\n{lines}"


def _said(number: int, event: Event) -> str:
    facts = {
        name: london(datetime.fromisoformat(str(at))) if name == "starts" else at for name, at in event.facts.items()
    }
    words = DID.get(event.kind, event.kind.value).format(number=number, **facts)
    named = ", ".join(f"{name} {text}" for name, text in event.who.items() if text)
    return f"- {london(event.at)}: {words}" + (f" ({named})" if named else "")
