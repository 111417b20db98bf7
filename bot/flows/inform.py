"""Informs: how a campaign stands, who is left, the evidence as a file, and what is kept about oneself."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from bot.flows.export import Build, export, record_of
from bot.flows.records import Records
from bot.flows.report import Report
from bot.flows.show import note
from bot.rules.acts import Act, refuse_unless
from bot.rules.people import Person
from bot.rules.talk import Incoming, Outgoing, said_plainly

WORDS = {
    "summary": "summary",
    "status": "summary",
    "how are we doing": "summary",
    "who is left": "left",
    "who is still missing": "left",
    "export": "export",
    "evidence": "export",
}
WORDS_FOR_RECORD = {"my record", "/record", "what do you know about me", "what do you keep about me"}


@dataclass(frozen=True, slots=True)
class Inform:
    """The part of the desk that tells how things stand."""

    records: Records
    report: Report
    build: Build

    async def __call__(self, incoming: Incoming, person: Person) -> Outgoing | None:
        """The reply to a button or word of ours; None for those of others."""
        said = said_plainly(incoming)
        if incoming.verb == "record" or (not incoming.verb and said in WORDS_FOR_RECORD):
            return await self._record(incoming, person)
        verb = incoming.verb or WORDS.get(said, "")
        if verb not in _VERBS:
            return None
        act, does = _VERBS[verb]
        refuse_unless(person, act, self.records.today)
        return await does(self, incoming, person)

    async def _record(self, incoming: Incoming, person: Person) -> Outgoing:
        text = await record_of(self.records, person, incoming.caller.account)
        return replace(note(text), is_for_one=True)

    async def _summary(self, incoming: Incoming, person: Person) -> Outgoing:
        register = await self.records.register()
        wanted = incoming.inputs.get("campaign", "")
        if wanted or register.open_campaigns() or not register.campaigns:
            return await self.report.summary(await self.records.campaign(wanted))
        return await self.report.summary(list(register.campaigns.values())[-1])

    async def _left(self, incoming: Incoming, person: Person) -> Outgoing:
        return await self.report.left(await self.records.campaign(incoming.inputs.get("campaign", "")))

    async def _export(self, incoming: Incoming, person: Person) -> Outgoing:
        campaign = await self.records.campaign(incoming.inputs.get("campaign", "") or await self._last())
        file = await export(self.records, campaign, person, self.build)
        text = f"The evidence for {campaign.year} as one file: {file.description}"
        return replace(note(text), is_for_one=True, file=file)

    async def _last(self) -> str:
        return next(reversed((await self.records.register()).campaigns), "")


_Does = Callable[[Inform, Incoming, Person], Awaitable[Outgoing]]
_VERBS: dict[str, tuple[Act, _Does]] = {
    "summary": (Act.SUMMARY, Inform._summary),
    "left": (Act.SUMMARY, Inform._left),
    "export": (Act.EXPORT, Inform._export),
}
