"""Everything the bot does, put together: the desk with its counters, and the duties of the tick."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.errors import NotAllowed
from bot.flows import bring, plan
from bot.flows.agree import Agree
from bot.flows.ask import Mind
from bot.flows.desk import Desk
from bot.flows.enter import Enter
from bot.flows.erase import clear_outbox, remove_old
from bot.flows.export import Build
from bot.flows.inform import Inform
from bot.flows.lead import Lead
from bot.flows.publish import Publishing
from bot.flows.records import Records, account
from bot.flows.report import Report
from bot.flows.send import Post
from bot.flows.show import note
from bot.flows.tick import Duty
from bot.ports import Messenger
from bot.rules.acts import Act, refuse_unless
from bot.rules.people import Caller, Person
from bot.rules.questions import kept_since
from bot.rules.slots import Slot, Sort
from bot.rules.standing import Standing, signatory
from bot.rules.talk import Outgoing

ANSWERED = "{head} has marked your question as answered. If it is still open for you, please ask again."


@dataclass(frozen=True, slots=True)
class Crafts:
    """What flows have done for them: a picture of progress, an evidence pack."""

    picture: Callable[[Sequence[tuple[date, int]], int], bytes]
    build: Build


@dataclass(frozen=True, slots=True)
class Work:
    """The desk, and what is done by the clock."""

    desk: Desk
    records: Records
    agree: Agree
    report: Report

    @classmethod
    def of(cls, mind: Mind, records: Records, crafts: Crafts) -> "Work":
        """All the flows over one set of records."""
        agree = Agree(records, mind)
        report = Report(records, crafts.picture)
        counters = (
            agree,
            Publishing(records),
            Lead(records, agree),
            Enter(records),
            Inform(records, report, crafts.build),
        )
        desk = Desk(mind, records.roster, records.store, lambda: records.today, counters, records.drafts)
        return cls(desk, records, agree, report)

    async def waiting(self, caller: Caller) -> list[Outgoing]:
        """The cards a caller has still to act on."""
        person = await self.desk.person(caller)
        return await self.agree.waiting(person) if isinstance(person, Person) else []

    async def summary(self, caller: Caller) -> dict[str, Any]:
        """The values of the summary's page; raises NotAllowed for whoever may not see it."""
        person = await self.desk.person(caller)
        if not isinstance(person, Person):
            raise NotAllowed("Only staff can see that.")
        refuse_unless(person, Act.SUMMARY, self.records.today)
        register = await self.records.register()
        return await self.report.values(await self.records.campaign(next(reversed(register.campaigns), "")))

    def duties(self, messenger: Messenger) -> Mapping[str, Duty]:
        """What each tick does, in order."""
        records = self.records
        post = Post(records.store, messenger, self.card, self.accounts, records.now)
        return {
            "forget_questions": lambda: records.store.forget_questions(kept_since(records.today)),
            "follow_roster": lambda: plan.follow_roster(records),
            "remove_old": lambda: remove_old(records),
            "clear_outbox": lambda: clear_outbox(records),
            "plan_cards": lambda: plan.plan(records),
            "plan_summaries": lambda: plan.plan_summaries(records),
            "send": post.send_due,
        }

    async def accounts(self) -> dict[str, str]:
        """The account of everybody known, by pseudonym; empty where there is none."""
        pins = await self.records.store.pins()
        here = {one.id: one for one in self.desk.roster.people()}
        known = await self.records.store.known()
        return {one.pseudonym: account(here[one.id], pins) for one in known.values() if one.id in here}

    async def card(self, slot: Slot) -> Outgoing | None:
        """What a slot says as things stand now; None where nobody needs it any more."""
        register = await self.records.register()
        campaign = register.campaigns.get(slot.subject.split(".", 1)[0])
        match slot.sort:
            case Sort.AGREEMENT if campaign:
                one = signatory(slot.recipient, campaign, register, await self.records.school())
                is_asked = one.standing in {*plan.WAITING, Standing.UNREACHABLE}
                wanted = is_asked and campaign.closed is None and campaign.subject == slot.subject
                return await self.agree.card(campaign, slot.recipient) if wanted else None
            case Sort.PAPER if campaign:
                return await self.agree.card(campaign, slot.recipient)
            case Sort.SUMMARY if campaign:
                return await self.report.summary(campaign)
            case Sort.QUESTION if campaign:
                asker = slot.subject.split(".")[1]
                known = (await self.records.store.known()).get(asker)
                return bring.asked(known.name, slot.words, campaign.id, asker) if known else None
            case Sort.REPLY:
                return note(ANSWERED.format(head=self.records.headteacher))
            case _:
                return None
