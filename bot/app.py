"""The composition root: the only module that knows all parts, and the only one with a clock."""

import secrets
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from pathlib import Path

from aiohttp import web

from bot.ask.adviser import PolicyAdviser
from bot.ask.capability import Ask
from bot.ask.chooser_consent import ChooserConsent
from bot.ask.held_understanding import HeldUnderstanding
from bot.ask.open_understanding import open_understanding
from bot.ask.ports import Tallies
from bot.ask.sent_questions import SentQuestions, sent_remarks
from bot.ask.understanding import Understanding
from bot.campaigns import progress_picture
from bot.campaigns.book import CampaignBook
from bot.campaigns.capability import Campaigns
from bot.campaigns.page import CampaignPage
from bot.campaigns.ports import BuildPack, PreparedPack
from bot.campaigns.rules.projection import CampaignProjection
from bot.cards import Pages
from bot.channels.card_limits import card_limits
from bot.chooser.chooser import ModelChooser
from bot.config import Config, read_config
from bot.desk.desk import Desk
from bot.desk.routing import RoutingTable
from bot.desk.rules.messages import Attachment
from bot.desk.tick import Duty, Heartbeat, run_duties
from bot.errors import StaffroomError
from bot.evidence import faults, pack_file
from bot.evidence.context import Context
from bot.evidence.erase import forget_old_messages, remove_old_details
from bot.evidence.erase_person import ErasePerson
from bot.evidence.health import Health
from bot.evidence.nightly_check import NightlyCheck
from bot.evidence.projections import LedgerFeed
from bot.evidence.rules.pack import Pack
from bot.folder_pages import folder_pages
from bot.outbox.messengers import Messengers
from bot.outbox.ports import Messenger, Notifier
from bot.outbox.render import Renderers
from bot.outbox.round import SendingRound
from bot.outbox.send import Sender, ShowProgress
from bot.people.ports import Roster
from bot.people.rules.conversations import Conversation
from bot.recordings.book import RecordingBook
from bot.recordings.capability import RecordedLessons
from bot.recordings.overview import Overview
from bot.recordings.ports import IsMember, LessonTenant
from bot.recordings.rules.projection import RecordingProjection
from bot.recordings.rules.spoken_dates import parse_lesson
from bot.roster.page import PeoplePage
from bot.roster.ports import GroupTenant, ListRoster
from bot.roster.rules.directory import LeftOut, Source
from bot.roster.staff_list_command import StaffListCommands
from bot.roster.sync import RosterSync
from bot.schedule import Schedule
from bot.school.rules.calendar import LONDON
from bot.settings import Settings
from bot.stores.open import open_store
from bot.tenant.group_roster import GroupRoster
from bot.tenant.staff_file import FileRoster

DEMO_STAFF = Path(__file__).parent / "demo" / "staff.csv"
DIRECTORY_FILE, SLACK_DIRECTORY_FILE = "directory.json", "directory-slack.json"  # in the data folder


def now() -> datetime:
    """The time in London."""
    return datetime.now(LONDON)


def today() -> date:
    """The day in London."""
    return now().date()


@dataclass(frozen=True, slots=True)
class Books:
    """A school's records, open: what commands without a server need."""

    config: Config
    context: Context
    staff_list: ListRoster
    tallies: Tallies
    feed: LedgerFeed
    campaigns: CampaignBook
    recordings: RecordingBook
    copy_before_migration: Path | None  # of the store, if this release brought it up to date just now


async def summary_remarks(books: Books) -> list[str]:
    """What else the headteacher's summary says, in chat, on the page and on the command line."""
    sent = await sent_remarks(books.context, books.tallies)
    return [*await Overview(books.recordings).remarks(), *sent]


def rosters(
    settings: Settings, config: Config, *, local: bool, writes: bool, staff_file: Path | None = None
) -> tuple[ListRoster, Roster]:
    """The staff list of the file, and who works here: the same, or joined with the school's groups."""
    file = staff_file or (DEMO_STAFF if local else settings.staff_file)
    staff_list = FileRoster(file, keeps=not local, writes=writes)
    sources = config.sources
    if sources.is_on and not local:
        file_name = SLACK_DIRECTORY_FILE if sources.source is Source.SLACK else DIRECTORY_FILE
        return staff_list, GroupRoster(staff_list, settings.data / file_name, sources.source)
    return staff_list, staff_list


@asynccontextmanager
async def open_books(
    settings: Settings,
    *,
    local: bool,
    writes: bool = True,
    clock: Callable[[], datetime] = now,
    staff_file: Path | None = None,
    config: Config | None = None,
) -> AsyncIterator[Books]:
    """A school's records, with the store open for as long as the block runs; read only beside a running bot.

    The policies folder is read unless its `config` was read before.
    """
    config = config or read_config(settings, clock().date(), demo=local)
    staff_list, roster = rosters(settings, config, local=local, writes=writes, staff_file=staff_file)
    store = await open_store(
        settings.store_url(local=local),
        settings.school,
        settings.data,
        demo=local,
        writes=writes,
        witness_copy=None if local else settings.witness_copy,
        clock=lambda: clock().timestamp(),
    )
    try:
        context = Context(config.school, roster, store, clock, is_demo=local)
        campaigns, recordings = CampaignProjection(), RecordingProjection()
        feed = LedgerFeed(store, campaigns, recordings)
        limits = card_limits(settings, is_demo=local)
        campaign_book = CampaignBook(context, config.campaigns, store, limits, feed, campaigns)
        recording_book = RecordingBook(context, config.recordings, feed, recordings)
        yield Books(
            config, context, staff_list, store, feed, campaign_book, recording_book, store.copy_before_migration
        )
        if writes:
            with suppress(StaffroomError):  # the next start reads the ledger instead
                await feed.save()
    finally:
        await store.close()


def understanding_of(settings: Settings, config: Config, *, local: bool) -> Understanding:
    """Everything that understanding questions needs; learns from the bank first if it has changed."""
    return open_understanding(settings, config.policy, trusts_drafts=local)


def pack_builder(settings: Settings, *, local: bool) -> BuildPack:
    """How evidence packs become files."""

    def build(pack: Pack) -> PreparedPack:
        safe = "encrypted with the school's key" if settings.evidence_key else "NOT encrypted: the school set no key"
        name = f"{'DEMO-' if local else ''}evidence-{pack.campaign}-{pack.made_at:%Y-%m-%d}.zip"
        draft = pack_file.PackDraft.of(pack, settings.evidence_key)
        return PreparedPack(draft.hashes, lambda seal: Attachment(name, draft.sealed(seal), f"{name}, {safe}."))

    return build


@dataclass(frozen=True, slots=True)
class Channels:
    """Where the bot can speak first, in the order in which they are tried, and who is in which conversation."""

    messengers: Sequence[Messenger]
    is_member: IsMember


@dataclass(frozen=True, slots=True)
class Tenant:
    """What Staffroom uses of the school's Microsoft 365; None for what the school does not allow."""

    groups: GroupTenant | None = None
    lessons: LessonTenant | None = None
    notifier: Notifier | None = None


NO_TENANT = Tenant()


class Staffroom:
    """The desk, and what is done by the clock, over a school's books and the channels it speaks on."""

    def __init__(
        self,
        settings: Settings,
        books: Books,
        understanding: Understanding,
        channels: Channels,
        tenant: Tenant = NO_TENANT,
        show: ShowProgress = lambda progress: None,
        chooser: ModelChooser | None = None,
    ) -> None:
        context = books.context
        self.books, self.heartbeat = books, Heartbeat()
        self.messengers = Messengers(channels.messengers, context.store)
        self.recordings = RecordedLessons(
            books.recordings, parse_lesson, channels.is_member, self.heartbeat, tenant.lessons
        )
        self.held = HeldUnderstanding(understanding)
        adviser = PolicyAdviser(self.held, lambda: context.today)
        build = pack_builder(settings, local=context.is_demo)
        self.sent_questions = SentQuestions(context, books.tallies, self.held)
        self.campaigns = Campaigns(
            books.campaigns, adviser, progress_picture.progress, build, partial(summary_remarks, books)
        )
        self.chooser = ChooserConsent(context, chooser, chooser.endpoint.endpoint if chooser else None)
        drafts, agreement = books.campaigns.drafts, books.config.agreement_name
        self.ask = Ask(self.held, books.tallies, lambda: context.today, drafts, agreement, self.chooser)
        roster = context.roster
        self.roster_sync = (
            RosterSync(context, roster, tenant.groups, books.config.sources)
            if tenant.groups and books.config.sources.is_on and isinstance(roster, GroupRoster)
            else None
        )
        lessons = self.recordings.commands() if understanding.policy.has_notices else ()
        commands = [*self.campaigns.commands(), *lessons, *self.ask.commands(), *self.chooser.commands()]
        self.staff_list = StaffListCommands(context, books.staff_list, self.roster_sync)
        commands += [*self.staff_list.commands(), *(self.roster_sync.commands() if self.roster_sync else ())]
        self.folder = folder_pages(settings, context, books.config, books.campaigns, self.held)
        self.health, self.erasing = Health(context), ErasePerson(context)
        fill = Pages(settings.cards / "pages").fill
        self.campaign_page = CampaignPage(books.campaigns, self.campaigns.summaries, fill)
        self.people_page = PeoplePage(context, books.staff_list, self.campaign_page.standings, self._left_out)
        pages = (self.folder, self.health, self.erasing, self.campaign_page, self.people_page)
        commands += [command for group in (self.sent_questions, *pages) for command in group.commands()]
        self.desk = Desk(
            school=context.school.id,
            roster=roster,
            accounts=context.store,
            routes=RoutingTable(commands),
            answer=self.ask.answer,
            welcome=self.ask.welcome,
            today=lambda: context.today,
        )
        self._nightly_check = NightlyCheck(context.store, books.feed, books.campaigns.texts, context.now)
        self._sender = Sender(
            context.store,
            self.messengers,
            self._begin_round,
            context.now,
            holder=secrets.token_hex(4),
            show=show,
            notifier=tenant.notifier,
            is_ending=lambda: self.heartbeat.is_ending,
        )

    def _left_out(self) -> tuple[LeftOut, ...]:
        """People in the school's groups who are not on the staff list; nobody without groups."""
        roster = self.books.context.roster
        return roster.directory.left_out if isinstance(roster, GroupRoster) else ()

    async def is_class(self, conversation: str, team: str) -> bool:
        """Whether children are in a conversation or in its team: nothing is said there but notices."""
        return bool({conversation, team} - {""} & await self.books.recordings.classes())

    async def tick(self) -> None:
        """Does what is due; what could not be done is reported to the IT lead. Of several replicas one does it."""
        with suppress(StaffroomError):  # if even that cannot be kept, the log has it
            store = self.books.context.store
            duties = self.duties() if await store.lead() else {"checkpoint": store.checkpoint}
            await faults.report_faults(await run_duties(duties), self.books.context)

    async def close(self) -> None:
        """Waits for what runs in the background; the books are still open."""
        await self.folder.policies.close()

    def duties(self) -> Mapping[str, Duty]:
        """What each tick does, in order."""
        context, retention = self.books.context, self.books.config.retention
        return {
            **(self.roster_sync.duties() if self.roster_sync else {}),
            **self.staff_list.duties(),
            "checkpoint": context.store.checkpoint,
            "check_ledger": self._nightly_check.run,
            "forget_questions": self.ask.forget_questions,
            "remove_old_details": lambda: remove_old_details(context, retention, self.books.campaigns.leavers),
            "forget_old_messages": lambda: forget_old_messages(context, retention, self.campaigns.is_needed),
            **self.campaigns.duties(),
            "plan_digest": self.sent_questions.plan_digest,  # after the summaries, which say the same
            **self.recordings.duties(),
            "send": self._sender.send_due,
        }

    async def _begin_round(self) -> SendingRound:
        context = self.books.context
        staff = await context.staff()
        people = [person.id for person in context.roster.people()]
        groups = [
            faults.RENDERERS,
            self.sent_questions.renderers(),
            await self.staff_list.renderers(),
            await self.campaigns.renderers(),
            await self.recordings.renderers(),
        ]
        pins = await context.store.pins_of(people)
        return SendingRound(staff, pins, Renderers.of(*groups), self.messengers, context.now)


@dataclass(frozen=True, slots=True)
class StaffroomServer:
    """Staffroom behind a web server, ready to be served."""

    server: web.Application
    staffroom: Staffroom
    schedule: Schedule

    async def tick(self) -> None:
        """Does what is due now, after the tick that is running, if there is one."""
        await self.schedule.tick_now()


def member_of_any(*checks: IsMember) -> IsMember:
    """Whether an account is in a conversation, by the channel that knows it."""

    async def is_member(conversation: Conversation, channel: str, account: str) -> bool:
        for check in checks:
            if await check(conversation, channel, account):
                return True
        return False

    return is_member
