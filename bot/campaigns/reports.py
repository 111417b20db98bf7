"""Informs: how a campaign stands, who is left, the evidence as a file, and what is kept about oneself."""

from dataclasses import dataclass, replace

from bot.ask.answer_card import note
from bot.campaigns.summary_card import SummaryCards
from bot.desk.routing import Verbs, act_on, verb_of
from bot.desk.rules.messages import Incoming, Outgoing
from bot.evidence.export import Build, export, record_of
from bot.evidence.records import Records
from bot.people.rules.permissions import Permission
from bot.people.rules.person import Person

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
WORDS |= dict.fromkeys(WORDS_FOR_RECORD, "record")


@dataclass(frozen=True, slots=True)
class Reports:
    """The part of the desk that tells how things stand."""

    records: Records
    report: SummaryCards
    build: Build

    async def __call__(self, incoming: Incoming, person: Person) -> Outgoing | None:
        """The reply to a button or word of ours; None for those of others."""
        verb = verb_of(incoming, WORDS)
        if verb == "record":
            return await self._record(incoming, person)
        return await act_on(self, verb, _VERBS, self.records, incoming, person)

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


_VERBS: Verbs[Reports] = {
    "summary": (Permission.SUMMARY, Reports._summary),
    "left": (Permission.SUMMARY, Reports._left),
    "export": (Permission.EXPORT, Reports._export),
}
