"""Everything the bot does, put together: the desk with its counters, and the duties of the tick."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from bot.errors import NotAllowed
from bot.flows import plan, remind
from bot.flows.agree import Agree
from bot.flows.ask import Mind
from bot.flows.desk import Counter, Desk
from bot.flows.enter import Enter
from bot.flows.erase import clear_outbox, remove_old
from bot.flows.export import Build
from bot.flows.follow import follow_roster
from bot.flows.inform import Inform
from bot.flows.lead import Lead
from bot.flows.publish import Publishing
from bot.flows.records import Records
from bot.flows.report import Report
from bot.flows.say import Round
from bot.flows.send import Post, Progress, Toast
from bot.flows.sync import Sync
from bot.flows.tick import Duty, Pulse
from bot.ports import Messenger
from bot.rules.acts import Act, refuse_unless
from bot.rules.people import Caller, Person
from bot.rules.questions import kept_since
from bot.rules.talk import Outgoing


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
    sync: Sync | None = None
    toast: Toast | None = None
    pulse: Pulse = field(default_factory=Pulse)

    @classmethod
    def of(
        cls, mind: Mind, records: Records, crafts: Crafts, sync: Sync | None = None, toast: Toast | None = None
    ) -> "Work":
        """All the flows over one set of records; `sync` and `toast` where the school's tenant is joined."""
        agree = Agree(records, mind)
        report = Report(records, crafts.picture)
        counters: tuple[Counter, ...] = (
            agree,
            Publishing(records),
            Lead(records, agree),
            Enter(records),
            Inform(records, report, crafts.build),
        )
        if sync:
            counters += (sync,)
        desk = Desk(mind, records.roster, records.store, lambda: records.today, counters, records.drafts)
        return cls(desk, records, agree, report, sync, toast)

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

    def duties(
        self, messenger: Messenger, tell: Callable[[Progress], None] = lambda progress: None
    ) -> Mapping[str, Duty]:
        """What each tick does, in order. `tell` hears how far the sending is."""
        records = self.records
        post = Post(records.store, messenger, self._begin, records.now, tell, self.toast, lambda: self.pulse.is_ending)
        synced: dict[str, Duty] = {"sync_roster": self.sync.nightly} if self.sync else {}
        return synced | {
            "forget_questions": lambda: records.store.forget_questions(kept_since(records.today)),
            "follow_roster": lambda: follow_roster(records),
            "remove_old": lambda: remove_old(records),
            "clear_outbox": lambda: clear_outbox(records),
            "plan_cards": lambda: plan.plan_cards(records),
            "plan_reminders": lambda: remind.plan_reminders(records),
            "plan_summaries": lambda: plan.plan_summaries(records),
            "tell_heads": lambda: remind.tell_heads(records),
            "send": post.send_due,
        }

    async def _begin(self) -> Round:
        return await Round.begin(self.records, self.agree, self.report, self.sync)
