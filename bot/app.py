"""Puts the parts together. The only module that knows them all, and the only one with a clock."""

import hashlib
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from time import monotonic

import snowballstemmer
from aiohttp import ClientSession, DummyCookieJar, web

from bot import packs, pictures, policies
from bot.cards import Cards, Pages
from bot.channels.both import Both
from bot.channels.door import Door, FrontDoor, LoopbackDoor, Microsoft, guarded
from bot.channels.health import add_health
from bot.channels.keys import SigningKeys
from bot.channels.teams_connector import Connector
from bot.channels.web import LOOPBACK, WebChat
from bot.credentials import Identity, Tokens, open_tokens
from bot.errors import SettingsError, StaffroomError
from bot.flows.ask import Mind
from bot.flows.records import Records
from bot.flows.tick import report, tick
from bot.flows.work import Crafts, Work
from bot.learning import open_recogniser
from bot.ports import Messenger, Store
from bot.rules.dates import LONDON, Calendar
from bot.rules.evidence import Pack
from bot.rules.lint import Finding, check
from bot.rules.people import Caller, Proof
from bot.rules.policy import Policy
from bot.rules.talk import File, Outgoing
from bot.schedule import Schedule
from bot.settings import CREDENTIALS, PREFIX, Settings
from bot.stores import copies
from bot.stores.tiny import TinyStore
from bot.tenant.calendars import read_ics
from bot.tenant.files import FileRoster

_ID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
# Of the 28 kB of a message (https://learn.microsoft.com/microsoftteams/limits-specifications-teams), the rest is for
# the summary and for the buttons of older clients.
LARGEST_CARD = 25_000
TICK: web.AppKey[Callable[[], Awaitable[None]]] = web.AppKey("tick")  # what a server does every minute
CALENDAR = "calendar.ics"  # in the data folder
DEMO_ROSTER = Path(__file__).parent / "tenant" / "demo.csv"


def now() -> datetime:
    """The time in London."""
    return datetime.now(LONDON)


def today() -> date:
    """The day in London."""
    return now().date()


def open_store(url: str, school: str, *, demo: bool, writes: bool = True) -> Store:
    """The store behind a URL such as tiny:data/staffroom.db; raises SettingsError for a kind we do not have."""
    return TinyStore(_store_file(url), school, demo=demo, writes=writes)


def back_up(url: str, target: Path) -> None:
    """Copies a store into a new file, also while Staffroom runs; raises StoreError."""
    copies.back_up(_store_file(url), target)


async def restore(settings: Settings, backup: Path, *, local: bool) -> int:
    """Puts a backup in the place of a stopped store; how many erased people were erased again."""
    target = _store_file(store_of(settings, local=local))
    return await copies.restore(backup, target, settings.school, now(), demo=local)


def _store_file(url: str) -> Path:
    kind, _, place = url.partition(":")
    if kind != "tiny" or not place:
        raise SettingsError(f"A store looks like tiny:data/staffroom.db, not {url!r}.")
    return Path(place)


def open_mind(settings: Settings, *, local: bool) -> Mind:
    """All that understanding needs."""
    return Mind(
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
async def open_work(settings: Settings, *, local: bool, clock: Callable[[], datetime] = now) -> AsyncIterator[Work]:
    """The desk and the duties of the tick, with the store open for as long as the block runs.

    Local mode has a demo store and a demo roster of its own and refuses credentials; the real mode refuses to start
    with anything missing.
    """
    if local:
        refuse_unless_local(settings)
    else:
        refuse_unless_complete(settings)
    mind = open_mind(settings, local=local)
    async with open_records(settings, local=local, clock=clock) as records:
        await records.store.settle(clock())
        yield Work.of(mind, records, crafts(settings, local=local))


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
    roster = FileRoster(DEMO_ROSTER if local else settings.staff_file)
    store = open_store(store_of(settings, local=local), settings.school, demo=local, writes=writes)
    try:
        yield Records(policy, roster, store, calendar_of(settings, policy), clock, fingerprint, fits, local)
    finally:
        await store.close()


def calendar_of(settings: Settings, policy: Policy) -> Calendar:
    """The school's calendar, with its own calendar file on top where the data folder has one; raises SettingsError."""
    file = settings.data / CALENDAR
    return read_ics(file, today()).over(policy.calendar) if file.is_file() else policy.calendar


def store_of(settings: Settings, *, local: bool) -> str:
    """The URL of the store: local mode has one of its own."""
    return settings.demo_store if local else settings.store


def crafts(settings: Settings, *, local: bool) -> Crafts:
    """What flows have done for them."""

    def build(pack: Pack) -> File:
        mark = "DEMO-" if local else ""
        safe = "encrypted with the school's key" if settings.evidence_key else "NOT encrypted: the school set no key"
        name = f"{mark}evidence-{pack.campaign.id}-{pack.made_at:%Y-%m-%d}.zip"
        return File(name, packs.build(pack, settings.evidence_key), f"{name}, {safe}.")

    return Crafts(pictures.progress, build)


@dataclass(slots=True)
class Online:
    """One HTTP session for everything that is asked of others, open while the server runs."""

    _session: ClientSession | None = None

    def __call__(self) -> ClientSession:
        """The session; there is one from start to stop."""
        if self._session is None:
            raise SettingsError("The server has not started.")
        return self._session

    async def running(self, app: web.Application) -> AsyncIterator[None]:
        """Opens and closes the session with the server; proxies come from HTTPS_PROXY and its like, as for MSAL."""
        async with ClientSession(cookie_jar=DummyCookieJar(), trust_env=True) as self._session:
            yield


def teams_app(
    settings: Settings, work: Work, microsoft: Microsoft | None = None, tokens: Tokens | None = None
) -> web.Application:
    """The real mode's server: Teams' messages, two health pages, and nothing else.

    Tests give `microsoft` and `tokens` of their own.
    """
    where = microsoft or Microsoft()
    online = Online()
    keys = SigningKeys(where.metadata, online, monotonic)
    door = FrontDoor(settings.app_id, settings.tenant, keys, monotonic, where)
    app = web.Application()
    app.cleanup_ctx.append(online.running)
    chat = add_teams(app, settings, work, door, Connector(online, (tokens or open_tokens(identity(settings))).token))

    async def keys_are_fetched() -> bool:
        return keys.are_fetched

    async def policies_are_loaded() -> bool:
        return bool(work.records.policy.clauses)

    add_health(app, {"policies": policies_are_loaded, "store": work.records.store.is_well, "keys": keys_are_fetched})

    app[TICK] = due = _due(work, chat, keys)
    app.cleanup_ctx.append(_ticking(due))
    return app


def add_teams(app: web.Application, settings: Settings, work: Work, door: Door, connector: Connector) -> Messenger:
    """Adds Teams to a server: what the door lets in goes to the desk, what the desk says goes out by the connector."""
    # Loaded here because only a server needs it: the SDK costs 0.4 s and 60 MB, which a question on the command line
    # should not pay.
    from bot.channels.teams import Teams, with_fallback
    from bot.channels.teams_adapter import TeamsAdapter
    from bot.channels.teams_files import TeamsFiles

    chat = Teams(
        desk=work.desk,
        fill=Cards(settings.cards, with_fallback).fill,
        places=work.records.store,
        connector=connector,
        school=settings.school,
        proof=Proof.TOKEN if connector.token else Proof.DEMO,
        now=work.records.now,
        files=TeamsFiles(connector.http, work.records.now),
    )

    adapter = TeamsAdapter(connector, chat)

    async def ending(app: web.Application) -> AsyncIterator[None]:
        yield
        await adapter.close()
        await chat.close()

    app.cleanup_ctx.append(ending)
    app.router.add_route("*", "/api/messages", guarded(door, adapter.respond))
    return chat


async def web_app(settings: Settings, work: Work) -> web.Application:
    """The local web chat over a desk, a door for the Agents Playground, and the tick beside them."""
    policy = work.records.policy
    pages = Pages(settings.cards / "pages")

    def caller(account: str) -> Caller:
        return Caller(settings.school, "web", "", account, Proof.DEMO)

    async def summary(account: str) -> str:
        return pages.fill("summary", {**await work.summary(caller(account)), "is_demo": True})

    chat = WebChat(
        desk=work.desk,
        fill=Cards(settings.cards).fill,
        people=work.desk.roster.people,
        school=settings.school,
        school_name=policy.name,
        welcome=work.desk.welcome,
        now=work.records.now,
        waiting=lambda account: work.waiting(caller(account)),
        summary=summary,
    )
    app = chat.app()
    online = Online()
    app.cleanup_ctx.append(online.running)
    playground = add_teams(app, settings, work, LoopbackDoor(), Connector(online, None))
    app[TICK] = due = _due(work, Both(playground, chat))
    app.cleanup_ctx.append(_ticking(due))
    return app


def _due(work: Work, messenger: Messenger, keys: SigningKeys | None = None) -> Callable[[], Awaitable[None]]:
    async def due() -> None:
        if keys:
            await keys.keep_fresh()
        with suppress(StaffroomError):  # where even that cannot be kept, the log has it
            await report(await tick(work.duties(messenger)), work.records)

    return due


def _ticking(due: Callable[[], Awaitable[None]]) -> Callable[[web.Application], AsyncIterator[None]]:
    async def ticking(app: web.Application) -> AsyncIterator[None]:
        await due()
        schedule = Schedule(due)
        schedule.start()
        yield
        schedule.stop()

    return ticking


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
