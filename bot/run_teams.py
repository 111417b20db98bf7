"""The server of the real mode: one school in Microsoft Teams."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from time import monotonic

from aiohttp import web

from bot import app
from bot.app import Channels, Staffroom, StaffroomServer, Tenant
from bot.ask.understanding import Understanding
from bot.channels.pages.entra_sign_in import EntraSignIn
from bot.channels.pages.sign_in_pages import BACK, SignInPages, real_door
from bot.channels.rate_limit import RateLimiter
from bot.channels.server import channel_server
from bot.channels.services import HttpSession
from bot.channels.signing_keys import SigningKeys
from bot.channels.teams.activity import CHANNEL
from bot.channels.teams.bot import TeamsBot
from bot.channels.teams.cards import TeamsCards
from bot.channels.teams.connector import Connector
from bot.channels.teams.files import TeamsFiles
from bot.channels.teams.limits import LIMITS
from bot.channels.teams.membership import GroupMembership
from bot.channels.teams.messenger import TeamsMessenger
from bot.channels.teams.proactive import ProactiveMessages
from bot.channels.teams.server import teams_endpoint
from bot.channels.teams.token_check import Microsoft, TeamsTokenCheck
from bot.config import Config, read_config
from bot.credentials import AUTHORITY, BrowserSignIn, Identity, Tokens, open_tokens
from bot.errors import SettingsError
from bot.evidence.health import StoreCheck
from bot.outbox.send import ShowProgress
from bot.people.rules.person import Caller, Proof
from bot.schedule import Schedule
from bot.school_pages import Doctor, no_doctor, open_pages
from bot.settings import CREDENTIALS, PREFIX, Settings
from bot.tenant.graph.client import GraphClient
from bot.tenant.graph.lessons import GraphLessons
from bot.tenant.graph.tenant import NOTIFICATIONS_PER_SECOND, GraphTenant

_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def identity_of(settings: Settings) -> Identity:
    """The bot's identity at Microsoft, from the settings."""
    return Identity(
        settings.app_id,
        settings.tenant,
        settings.secret,
        settings.certificate,
        settings.federated,
        settings.is_managed,
    )


def refuse_unless_complete(settings: Settings, config: Config) -> None:
    """Raises SettingsError if the real mode cannot start; the sentence names everything that is missing."""
    missing = [f"{PREFIX}{name}" for name in CREDENTIALS[:2] if name not in settings.credentials]
    for name, value in (("APP_ID", settings.app_id), ("TENANT_ID", settings.tenant)):
        if value and not _UUID.fullmatch(value):
            missing.append(f"a {PREFIX}{name} that is an id such as 00000000-0000-0000-0000-000000000000")
    if not identity_of(settings).proof:
        missing.append(f"one of {', '.join(PREFIX + name for name in CREDENTIALS[2:])}")
    if settings.address and identity_of(settings).proof == "managed identity":
        # People sign in to an app registration; a managed identity has none.
        missing.append(f"an app registration, with a certificate, a federated token or a secret, for {PREFIX}ADDRESS")
    if not config.school.contacts.is_complete:
        missing.append(f"the four contacts under [handoff] in policies/{settings.school}/school.toml")
    if not settings.staff_file.is_file():
        missing.append(f"the staff list {settings.staff_file.name} in the data folder")
    if missing:
        raise SettingsError(f"Staffroom cannot start for Teams yet. It lacks: {'; '.join(missing)}.")


@dataclass(frozen=True, slots=True)
class MicrosoftTenant:
    """What Staffroom uses of the school's Microsoft 365; None for what school.toml does not allow."""

    graph: GraphTenant | None
    lessons: GraphLessons | None


def tenant_of(settings: Settings, config: Config, http: HttpSession, tokens: Tokens) -> MicrosoftTenant:
    """The parts of the school's tenant that school.toml allows Staffroom to use."""
    client, groups, recordings = GraphClient(http, tokens), config.groups, config.recordings
    uses_groups = groups.is_on or groups.installs or groups.notifies
    rate = RateLimiter(replace(LIMITS, per_second=NOTIFICATIONS_PER_SECOND))
    graph = GraphTenant(client, settings.tenant, groups.app, rate_limit=rate) if uses_groups else None
    sees_lessons = recordings.promise is not None and recordings.access.is_on
    lessons = GraphLessons(client, settings.tenant, groups.app) if sees_lessons else None
    return MicrosoftTenant(graph, lessons)


@dataclass(frozen=True, slots=True)
class PageSignIn:
    """How people prove to the pages who they are."""

    entra: EntraSignIn
    browser: BrowserSignIn


def sign_in_of(settings: Settings, http: HttpSession, now: datetime) -> PageSignIn:
    """The sign-in of the school's tenant."""
    metadata = f"{AUTHORITY}/{settings.tenant}/v2.0/.well-known/openid-configuration"
    keys = SigningKeys(metadata, http, monotonic)
    return PageSignIn(
        EntraSignIn(settings.app_id, settings.resource, settings.tenant, keys, monotonic),
        BrowserSignIn(identity_of(settings), f"{settings.address}{BACK}", now),
    )


@asynccontextmanager
async def open_teams(  # noqa: PLR0913 - half of them are for tests
    settings: Settings,
    *,
    clock: Callable[[], datetime] = app.now,
    understanding: Understanding | None = None,
    microsoft: Microsoft | None = None,
    tokens: Tokens | None = None,
    tenant: MicrosoftTenant | None = None,
    sign_in: PageSignIn | None = None,
    show: ShowProgress = lambda progress: None,
    doctor: Doctor = no_doctor,
) -> AsyncIterator[StaffroomServer]:
    """The real mode, with the store open while the block runs; raises SettingsError if anything is missing.

    Tests pass their own `microsoft`, `tokens`, `tenant` and `sign_in`.
    """
    config = read_config(settings, clock().date())
    refuse_unless_complete(settings, config)
    http, microsoft = HttpSession(), microsoft or Microsoft()
    tokens = tokens or open_tokens(identity_of(settings), clock())
    async with app.open_books(settings, local=False, clock=clock, config=config) as books:
        context, groups = books.context, config.groups
        microsoft_tenant = tenant or tenant_of(settings, config, http, tokens)
        graph = microsoft_tenant.graph
        install = graph.install if graph and groups.installs else None
        proactive = ProactiveMessages(context.store, Connector(http, tokens.token), context.now, install)
        messenger = TeamsMessenger(TeamsCards(settings.cards, is_demo=False), proactive)
        staffroom = Staffroom(
            settings,
            books,
            understanding or app.understanding_of(settings, config, local=False),
            Channels([messenger], messenger.is_member),
            Tenant(graph, microsoft_tenant.lessons, graph if groups.notifies else None),
            show=show,
        )
        await staffroom.held.refresh(context.store)  # what was approved on the pages
        keys = SigningKeys(microsoft.metadata, http, monotonic)
        check = TeamsTokenCheck(settings.app_id, settings.tenant, keys, monotonic, microsoft)
        schedule = Schedule(_tick(staffroom, keys), staffroom.heartbeat)
        endpoint = teams_endpoint(_bot(settings, staffroom, messenger, http), check)
        checks = {
            "policies": _has_clauses(config),
            "store": StoreCheck(context.store, monotonic).is_well,
            "keys": _are_fetched(keys),
        }
        server = channel_server([endpoint], checks, http, schedule)
        if settings.address:
            _add_pages(server, settings, staffroom, sign_in or sign_in_of(settings, http, clock()), doctor)
        yield StaffroomServer(server, staffroom, schedule)


def _add_pages(
    server: web.Application, settings: Settings, staffroom: Staffroom, sign_in: PageSignIn, doctor: Doctor
) -> None:
    pages = open_pages(settings, staffroom, real_door(settings.address), doctor)
    sign_in_pages = SignInPages(pages, sign_in.entra, sign_in.browser, settings.school, CHANNEL)
    for route in (*sign_in_pages.routes(), *pages.routes()):
        server.router.add_route(route.method, route.path, route.respond)


def _bot(settings: Settings, staffroom: Staffroom, messenger: TeamsMessenger, http: HttpSession) -> TeamsBot:
    async def knows(account: str) -> bool:
        caller = Caller(settings.school, CHANNEL, settings.tenant, account, Proof.TOKEN)
        return await staffroom.desk.knows(caller)

    now = staffroom.books.context.now
    return TeamsBot(
        desk=staffroom.desk,
        messenger=messenger,
        is_class=staffroom.is_class,
        files=TeamsFiles(http, now),
        school=settings.school,
        proof=Proof.TOKEN,
        now=now,
        membership=GroupMembership(messenger.proactive.connector, knows),
    )


def _tick(staffroom: Staffroom, keys: SigningKeys) -> Callable[[], Awaitable[None]]:
    async def tick() -> None:
        await keys.keep_fresh()
        await staffroom.tick()

    return tick


def _has_clauses(config: Config) -> Callable[[], Awaitable[bool]]:
    async def has_clauses() -> bool:
        return bool(config.policy.clauses)

    return has_clauses


def _are_fetched(keys: SigningKeys) -> Callable[[], Awaitable[bool]]:
    async def are_fetched() -> bool:
        return keys.are_fetched

    return are_fetched
