"""Everything the bot does, put together: the desk with its counters, and the duties of the tick."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.ask.ask import Mind
from bot.ask.rules.tallies import kept_since
from bot.campaigns import reminders as remind
from bot.campaigns import schedule as plan
from bot.campaigns.acknowledge import Agree
from bot.campaigns.manage import Lead
from bot.campaigns.publish import Publishing
from bot.campaigns.record_for_others import Enter
from bot.campaigns.reports import Inform
from bot.campaigns.roster_changes import follow_roster
from bot.campaigns.summary_card import Report
from bot.desk.desk import Counter, Desk
from bot.desk.rules.messages import Outgoing
from bot.desk.tick import Duty, Pulse
from bot.errors import NotAllowed
from bot.evidence.erase import clear_outbox, remove_old
from bot.evidence.export import Build
from bot.evidence.records import Records
from bot.outbox.render import Round
from bot.outbox.send import Post, Progress, Toast
from bot.people.roster_sync import Sync
from bot.people.rules.permissions import Act, refuse_unless
from bot.people.rules.person import Caller, Person
from bot.ports import LessonTenant, Messenger
from bot.recordings import cards as tell
from bot.recordings.discovery import Find
from bot.recordings.follow_up import Watch
from bot.recordings.overview import Oversee
from bot.recordings.plan_notice import Announce, Understand, Whereabouts
from bot.recordings.teacher_reply import Answer


@dataclass(frozen=True, slots=True)
class Crafts:
    """What flows have done for them: a picture of progress, an evidence pack, a lesson understood from words."""

    picture: Callable[[Sequence[tuple[date, int]], int], bytes]
    build: Build
    understand: Understand


@dataclass(frozen=True, slots=True)
class Work:
    """The desk, and what is done by the clock."""

    desk: Desk
    records: Records
    agree: Agree
    report: Report
    watch: Watch
    oversee: Oversee
    pulse: Pulse
    whereabouts: Whereabouts
    sync: Sync | None = None
    toast: Toast | None = None
    find: Find | None = None

    @classmethod
    def of(
        cls,
        mind: Mind,
        records: Records,
        crafts: Crafts,
        sync: Sync | None = None,
        toast: Toast | None = None,
        lessons: LessonTenant | None = None,
    ) -> "Work":
        """All the flows over one set of records; `sync`, `toast` and `lessons` where the school's tenant is joined."""
        agree, report, oversee = Agree(records, mind), Report(records, crafts.picture), Oversee(records)
        pulse, whereabouts = Pulse(), Whereabouts()
        counters: tuple[Counter, ...] = (
            agree,
            Publishing(records),
            Lead(records, agree),
            Enter(records),
            Inform(records, report, crafts.build),
            Announce(records, crafts.understand, whereabouts, pulse),
            Answer(records, pulse),
            oversee,
        )
        if sync:
            counters += (sync,)
        find = Find(records, lessons, records.policy.watch, whereabouts, pulse) if lessons else None
        if find:
            counters += (find,)
        watch = Watch(records, find, find.sight) if find else Watch(records)
        desk = Desk(
            mind, records.roster, records.store, lambda: records.today, counters, records.drafts, records.classes
        )
        return cls(desk, records, agree, report, watch, oversee, pulse, whereabouts, sync, toast, find)

    async def waiting(self, caller: Caller) -> list[Outgoing]:
        """The cards a caller has still to act on."""
        person = await self.desk.person(caller)
        return await self.agree.waiting(person) if isinstance(person, Person) else []

    async def notices(self, place: str) -> list[tuple[str, Outgoing]]:
        """The notices that stand in a lesson's chat, with the ids of their messages, oldest first."""
        promise, today = self.records.promise, self.records.today
        return [(id, tell.notice(one, promise, today)) for id, one in await self.watch.standing_in(place)]

    async def summary(self, caller: Caller) -> dict[str, Any]:
        """The values of the summary's page; raises NotAllowed for whoever may not see it."""
        person = await self.desk.person(caller)
        if not isinstance(person, Person):
            raise NotAllowed("Only staff can see that.")
        refuse_unless(person, Act.SUMMARY, self.records.today)
        register = await self.records.register()
        return await self.report.values(await self.records.campaign(next(reversed(register.campaigns), "")))

    async def lessons(self, caller: Caller) -> dict[str, Any]:
        """The values of the page of this week's lessons; raises NotAllowed for whoever may not see it."""
        person = await self.desk.person(caller)
        if not isinstance(person, Person):
            raise NotAllowed("Only staff can see that.")
        refuse_unless(person, Act.OVERSEE, self.records.today)
        return await self.oversee.values()

    def duties(
        self, messenger: Messenger, tell: Callable[[Progress], None] = lambda progress: None
    ) -> Mapping[str, Duty]:
        """What each tick does, in order. `tell` hears how far the sending is."""
        records = self.records
        post = Post(records.store, messenger, self._begin, records.now, tell, self.toast, lambda: self.pulse.is_ending)
        synced: dict[str, Duty] = {"sync_roster": self.sync.nightly} if self.sync else {}
        lessons: dict[str, Duty] = {}
        if records.policy.promise:
            lessons = {"watch_lessons": self.watch.take_steps, "put_up_notices": self.watch.put_up}
        if self.find:
            lessons = {"find_lessons": self.find.find_lessons, "join_chats": self.find.join_chats, **lessons}
        return synced | {
            "forget_questions": lambda: records.store.forget_questions(kept_since(records.today)),
            "follow_roster": lambda: follow_roster(records),
            "remove_old": lambda: remove_old(records),
            "clear_outbox": lambda: clear_outbox(records),
            "plan_cards": lambda: plan.plan_cards(records),
            "plan_reminders": lambda: remind.plan_reminders(records),
            "plan_summaries": lambda: plan.plan_summaries(records),
            "tell_heads": lambda: remind.tell_heads(records),
            **lessons,
            "send": post.send_due,
        }

    async def _begin(self) -> Round:
        return await Round.begin(self.records, self.agree, self.report, self.sync, self.find)
