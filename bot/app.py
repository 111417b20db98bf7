"""Puts the parts together. The only module that knows them all, and the only one with a clock."""

import hashlib
import json
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import snowballstemmer
from aiohttp import ClientSession

from bot import policies
from bot.ask.ask import Understanding
from bot.ask.rules.lint import Finding, check
from bot.ask.rules.policy import Policy
from bot.ask.training import open_recogniser
from bot.campaigns import progress_picture
from bot.cards import Cards
from bot.channels.teams.rate_limit import RateLimiter
from bot.channels.web.chat import LOOPBACK
from bot.credentials import Identity, Tokens
from bot.desk.rules.messages import Attachment, Outgoing
from bot.desk.wiring import Crafts, Work
from bot.errors import SettingsError
from bot.evidence import pack_file
from bot.evidence.records import Records
from bot.evidence.rules.pack import Pack
from bot.people.roster_sync import RosterSync
from bot.ports import Roster, Store
from bot.recordings.rules.spoken_dates import parse_lesson
from bot.school.calendar_file import read_ics
from bot.school.rules.calendar import LONDON, Calendar
from bot.settings import CREDENTIALS, PREFIX, Settings
from bot.stores.sqlite import backup
from bot.stores.sqlite.store import SqliteStore
from bot.tenant.graph.client import GraphClient
from bot.tenant.graph.lessons import GraphLessons
from bot.tenant.graph.tenant import GraphTenant
from bot.tenant.group_roster import GroupRoster
from bot.tenant.staff_file import FileRoster

_ID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
# Of the 28 kB of a message (https://learn.microsoft.com/microsoftteams/limits-specifications-teams), the rest is for
# the summary and for the buttons of older clients.
LARGEST_CARD = 25_000
# Graph takes five a second from an application in one tenant (https://learn.microsoft.com/graph/throttling-limits).
TOASTS_A_SECOND = 4
CALENDAR, DIRECTORY = "calendar.ics", "directory.json"  # in the data folder
DEMO_ROSTER = Path(__file__).parent / "demo" / "staff.csv"


def now() -> datetime:
    """The time in London."""
    return datetime.now(LONDON)


@dataclass(slots=True)
class DemoClock:
    """London time in local mode: it can be moved ahead, never back; each day takes `a_day` seconds, to be watched."""

    ahead: timedelta = timedelta()
    a_day: float = 0.35

    def __call__(self) -> datetime:
        """The time in London, as far ahead as it was moved."""
        return now() + self.ahead

    def move_to(self, at: datetime) -> None:
        """Moves to an instant, unless it has gone by."""
        self.ahead += max(at.astimezone(LONDON) - self(), timedelta())


def today() -> date:
    """The day in London."""
    return now().date()


def open_store(url: str, school: str, *, demo: bool, writes: bool = True) -> Store:
    """The store behind a URL such as tiny:data/staffroom.db; raises SettingsError for a kind we do not have."""
    return SqliteStore(_store_file(url), school, demo=demo, writes=writes)


def back_up(url: str, target: Path) -> None:
    """Copies a store into a new file, also while Staffroom runs; raises StoreError."""
    backup.back_up(_store_file(url), target)


async def restore(settings: Settings, file: Path, *, local: bool) -> int:
    """Puts a backup in the place of a stopped store; how many erased people were erased again."""
    target = _store_file(store_of(settings, local=local))
    return await backup.restore(file, target, settings.school, now(), demo=local)


def _store_file(url: str) -> Path:
    kind, _, place = url.partition(":")
    if kind != "tiny" or not place:
        raise SettingsError(f"A store looks like tiny:data/staffroom.db, not {url!r}.")
    return Path(place)


def open_mind(settings: Settings, *, local: bool) -> Understanding:
    """All that understanding needs."""
    return Understanding(
        policy=policies.read_policy(settings.policies, settings.school, demo=local),
        recogniser=open_recogniser(settings),
        sure=policies.read_thresholds(settings.policies),
        signs=policies.read_signs(settings.policies),
        trusts_drafts=local,
    )


def refuse_unless_local(settings: Settings) -> None:
    """Raises SettingsError where local mode would be unsafe."""
    if settings.credentials:
        names = ", ".join(PREFIX + name for name in settings.credentials)
        raise SettingsError(f"Local mode refuses to start with credentials set: unset {names}.")
    if settings.host not in LOOPBACK:
        raise SettingsError(f"Local mode listens on this machine only; STAFFROOM_HOST is {settings.host!r}.")


def refuse_unless_complete(settings: Settings) -> None:
    """Raises SettingsError naming everything the real mode still lacks."""
    policy = policies.read_policy(settings.policies, settings.school)
    lacks = [f"{PREFIX}{name}" for name in CREDENTIALS[:2] if name not in settings.credentials]
    for name, given in (("APP_ID", settings.app_id), ("TENANT_ID", settings.tenant)):
        if given and not _ID.fullmatch(given):
            lacks.append(f"a {PREFIX}{name} that is an id such as 00000000-0000-0000-0000-000000000000")
    if not identity(settings).proof:
        lacks.append(f"one of {', '.join(PREFIX + name for name in CREDENTIALS[2:])}")
    if not policy.contacts.is_complete:
        lacks.append(f"the four contacts under [handoff] in policies/{settings.school}/school.toml")
    if not settings.staff_file.is_file():
        lacks.append(f"the staff list {settings.staff_file.name} in the data folder")
    if lacks:
        raise SettingsError(f"Staffroom cannot start for Teams yet. It lacks: {'; '.join(lacks)}.")


def identity(settings: Settings) -> Identity:
    """Who the bot is to Microsoft."""
    return Identity(
        settings.app_id,
        settings.tenant,
        settings.secret,
        settings.certificate,
        settings.federated,
        settings.is_managed,
    )


@asynccontextmanager
async def open_work(
    settings: Settings,
    *,
    local: bool,
    clock: Callable[[], datetime] = now,
    tenant: GraphTenant | None = None,
    lessons: GraphLessons | None = None,
    mind: Understanding | None = None,
) -> AsyncIterator[Work]:
    """The desk and the duties of the tick, with the store open for as long as the block runs.

    Where the school's `tenant` is joined, its groups are the roster; `lessons` is what may be seen of recordings in it.

    `mind` is opened where none is given. Local mode has a demo store and a demo roster of its own and refuses
    credentials; the real mode refuses to start with anything missing.
    """
    if local:
        refuse_unless_local(settings)
    else:
        refuse_unless_complete(settings)
    understanding = mind or open_mind(settings, local=local)
    async with open_records(settings, local=local, clock=clock) as records:
        await records.store.settle(clock())
        sources, roster = records.policy.sources, records.roster
        sync = RosterSync(records, roster, tenant, sources) if tenant and isinstance(roster, GroupRoster) else None
        toast = tenant.toast if tenant and sources.toasts else None
        yield Work.of(understanding, records, crafts(settings, local=local), sync, toast, lessons)


@asynccontextmanager
async def open_records(
    settings: Settings, *, local: bool, writes: bool = True, clock: Callable[[], datetime] = now
) -> AsyncIterator[Records]:
    """The school's records, with the store open for as long as the block runs; read only beside a running bot."""
    cards = Cards(settings.cards)

    def fingerprint(outgoing: Outgoing) -> str:
        card = cards.fill(outgoing.card, {**outgoing.values, "is_demo": local})
        return hashlib.sha256(json.dumps(card, sort_keys=True, ensure_ascii=False).encode()).hexdigest()

    def fits(outgoing: Outgoing) -> bool:
        card = cards.fill(outgoing.card, {**outgoing.values, "is_demo": local})
        return len(json.dumps(card, ensure_ascii=False).encode()) <= LARGEST_CARD

    policy = policies.read_policy(settings.policies, settings.school, demo=local)
    roster: Roster = FileRoster(DEMO_ROSTER if local else settings.staff_file)
    if policy.sources.is_on and not local:
        roster = GroupRoster(roster, settings.data / DIRECTORY)
    store = open_store(store_of(settings, local=local), settings.school, demo=local, writes=writes)
    try:
        yield Records(policy, roster, store, calendar_of(settings, policy), clock, fingerprint, fits, local)
    finally:
        await store.close()


def tenant_of(settings: Settings, http: Callable[[], ClientSession], tokens: Tokens) -> GraphTenant | None:
    """The school's tenant, where school.toml says what it is used for."""
    sources = policies.read_policy(settings.policies, settings.school).sources
    if not (sources.is_on or sources.installs or sources.toasts):
        return None
    pacer = RateLimiter(TOASTS_A_SECOND)
    return GraphTenant(GraphClient(http, tokens), settings.tenant, sources.app, pacer=pacer)


def lessons_of(settings: Settings, http: Callable[[], ClientSession], tokens: Tokens) -> GraphLessons | None:
    """What the school lets us see of lessons in its tenant, where school.toml lets anything."""
    policy = policies.read_policy(settings.policies, settings.school)
    if policy.promise is None or not policy.watch.is_on:
        return None
    return GraphLessons(GraphClient(http, tokens), settings.tenant, policy.sources.app)


def calendar_of(settings: Settings, policy: Policy) -> Calendar:
    """The school's calendar, with its own calendar file on top where the data folder has one; raises SettingsError."""
    file = settings.data / CALENDAR
    return read_ics(file, today()).over(policy.calendar) if file.is_file() else policy.calendar


def store_of(settings: Settings, *, local: bool) -> str:
    """The URL of the store: local mode has one of its own."""
    return settings.demo_store if local else settings.store


def crafts(settings: Settings, *, local: bool) -> Crafts:
    """What flows have done for them."""

    def build(pack: Pack) -> Attachment:
        mark = "DEMO-" if local else ""
        safe = "encrypted with the school's key" if settings.evidence_key else "NOT encrypted: the school set no key"
        name = f"{mark}evidence-{pack.campaign.id}-{pack.made_at:%Y-%m-%d}.zip"
        return Attachment(name, pack_file.build(pack, settings.evidence_key), f"{name}, {safe}.")

    return Crafts(progress_picture.progress, build, parse_lesson)


def findings(settings: Settings) -> tuple[list[Finding], list[Finding], list[str]]:
    """What `check` finds: to mend, known and accepted by the school, and acceptances that fit nothing any more."""
    policy = policies.read_policy(settings.policies, settings.school)
    policies.read_thresholds(settings.policies)
    policies.read_signs(settings.policies)
    stem = snowballstemmer.stemmer("english").stemWord
    found = check(
        policy,
        policies.read_source(settings.policies, settings.school),
        policies.read_bank(settings.policies),
        stem,
        today(),
    )
    accepted = policies.accepted_findings(settings.policies, settings.school)
    spent = sorted(accepted - {one.place for one in found})
    return [one for one in found if one.place not in accepted], [one for one in found if one.place in accepted], spent
