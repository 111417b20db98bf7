"""Everything the bot does, put together: the desk with its counters, and the duties of the tick."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.ask.ask import Understanding
from bot.ask.rules.tallies import kept_since
from bot.campaigns import reminders as remind
from bot.campaigns import schedule as plan
from bot.campaigns.acknowledge import Acknowledge
from bot.campaigns.manage import ManageCampaign
from bot.campaigns.publish import Publish
from bot.campaigns.record_for_others import RecordForOthers
from bot.campaigns.reports import Reports
from bot.campaigns.roster_changes import follow_roster
from bot.campaigns.summary_card import SummaryCards
from bot.desk.desk import Counter, Desk
from bot.desk.rules.messages import Outgoing
from bot.desk.tick import Duty, Heartbeat
from bot.errors import NotAllowed
from bot.evidence.erase import clear_outbox, remove_old
from bot.evidence.export import Build
from bot.evidence.records import Records
from bot.outbox.render import SendingRound
from bot.outbox.send import Notify, Progress, Sender
from bot.people.roster_sync import RosterSync
from bot.people.rules.permissions import Permission, refuse_unless
from bot.people.rules.person import Caller, Person
from bot.ports import LessonTenant, Messenger
from bot.recordings import cards as tell
from bot.recordings.discovery import Discovery
from bot.recordings.follow_up import FollowUp
from bot.recordings.overview import Overview
from bot.recordings.plan_notice import Membership, ParseLesson, PlanNotice
from bot.recordings.teacher_reply import TeacherReply


@dataclass(frozen=True, slots=True)
class Crafts:
    """What flows have done for them: a picture of progress, an evidence pack, a lesson understood from words."""

    picture: Callable[[Sequence[tuple[date, int]], int], bytes]
    build: Build
    understand: ParseLesson


@dataclass(frozen=True, slots=True)
class Work:
    """The desk, and what is done by the clock."""

    desk: Desk
    records: Records
    agree: Acknowledge
    report: SummaryCards
    watch: FollowUp
    oversee: Overview
    pulse: Heartbeat
    whereabouts: Membership
    sync: RosterSync | None = None
    toast: Notify | None = None
    find: Discovery | None = None

    @classmethod
    def of(
        cls,
        mind: Understanding,
        records: Records,
        crafts: Crafts,
        sync: RosterSync | None = None,
        toast: Notify | None = None,
        lessons: LessonTenant | None = None,
    ) -> "Work":
        """All the flows over one set of records; `sync`, `toast` and `lessons` where the school's tenant is joined."""
        agree, report, oversee = Acknowledge(records, mind), SummaryCards(records, crafts.picture), Overview(records)
        pulse, whereabouts = Heartbeat(), Membership()
        counters: tuple[Counter, ...] = (
            agree,
            Publish(records),
            ManageCampaign(records, agree),
            RecordForOthers(records),
            Reports(records, report, crafts.build),
            PlanNotice(records, crafts.understand, whereabouts, pulse),
            TeacherReply(records, pulse),
            oversee,
        )
        if sync:
            counters += (sync,)
        find = Discovery(records, lessons, records.policy.watch, whereabouts, pulse) if lessons else None
        if find:
            counters += (find,)
        watch = FollowUp(records, find, find.sight) if find else FollowUp(records)
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
        refuse_unless(person, Permission.SUMMARY, self.records.today)
        register = await self.records.register()
        return await self.report.values(await self.records.campaign(next(reversed(register.campaigns), "")))

    async def lessons(self, caller: Caller) -> dict[str, Any]:
        """The values of the page of this week's lessons; raises NotAllowed for whoever may not see it."""
        person = await self.desk.person(caller)
        if not isinstance(person, Person):
            raise NotAllowed("Only staff can see that.")
        refuse_unless(person, Permission.OVERSEE, self.records.today)
        return await self.oversee.values()

    def duties(
        self, messenger: Messenger, tell: Callable[[Progress], None] = lambda progress: None
    ) -> Mapping[str, Duty]:
        """What each tick does, in order. `tell` hears how far the sending is."""
        records = self.records
        post = Sender(
            records.store, messenger, self._begin, records.now, tell, self.toast, lambda: self.pulse.is_ending
        )
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

    async def _begin(self) -> SendingRound:
        return await SendingRound.begin(self.records, self.agree, self.report, self.sync, self.find)
