"""The server of the real mode: one school in Microsoft Teams, in Slack, or in both."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from time import monotonic
from typing import TYPE_CHECKING

from aiohttp import web

from bot import app
from bot.app import NO_TENANT, Books, Channels, Staffroom, StaffroomServer, Tenant
from bot.ask.understanding import Understanding
from bot.channels.health import HealthChecks
from bot.channels.pages.sign_in_pages import SignInPages, real_door
from bot.channels.pages.sign_in_way import SignInWay
from bot.channels.server import channel_server
from bot.channels.services import HttpSession, run_with
from bot.channels.slack.connector import BASE
from bot.channels.teams.token_check import Microsoft
from bot.chooser.open import open_chooser
from bot.config import Config, read_config
from bot.credentials import Tokens, open_tokens
from bot.errors import SettingsError
from bot.evidence.health import StoreCheck
from bot.outbox.send import ShowProgress
from bot.run_slack import SlackSide, slack_lacks, slack_side
from bot.run_teams import MicrosoftTenant, PageSignIn, TeamsSide, identity_of, sign_in_of, teams_lacks, teams_side
from bot.schedule import Schedule
from bot.school_pages import Doctor, no_doctor, open_pages
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.channels.slack.socket_mode import SocketMode


def refuse_unless_complete(settings: Settings, config: Config) -> None:
    """Raises SettingsError if the real mode cannot start; the sentence names everything that is missing.

    Teams, Slack or both are complete; what is begun for either has to be finished.
    """
    missing = teams_lacks(settings) if settings.has_teams or not settings.has_slack else []
    missing += slack_lacks(settings) if settings.has_slack else []
    if not config.school.contacts.is_complete:
        missing.append(f"the four contacts under [handoff] in policies/{settings.school}/school.toml")
    if not settings.staff_file.is_file():
        missing.append(f"the staff list {settings.staff_file.name} in the data folder")
    if config.slack.sources.is_on and not settings.has_slack:
        missing.append("Slack, from which the staff list comes by school.toml")
    if missing:
        channels = [name for name, has in (("Teams", settings.has_teams), ("Slack", settings.has_slack)) if has]
        where = " and ".join(channels) or "Teams"
        raise SettingsError(f"Staffroom cannot start for {where} yet. It lacks: {'; '.join(missing)}.")


@asynccontextmanager
async def open_school(  # noqa: PLR0913 - most of them are for tests
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
    slack_base: str = BASE,
) -> AsyncIterator[StaffroomServer]:
    """The real mode, with the store open while the block runs; raises SettingsError if anything is missing.

    Tests pass their own `microsoft`, `tokens`, `tenant`, `sign_in` and `slack_base`.
    """
    config = read_config(settings, clock().date())
    refuse_unless_complete(settings, config)
    http = HttpSession()
    tokens = (tokens or open_tokens(identity_of(settings), clock())) if settings.has_teams else None
    chooser = open_chooser(settings, tokens, lambda: clock().date())
    async with app.open_books(settings, local=False, clock=clock, config=config) as books:
        teams = teams_side(settings, books, http, tokens, microsoft or Microsoft(), tenant) if tokens else None
        slack = slack_side(settings, books, http, slack_base) if settings.has_slack else None
        messengers = [side.messenger for side in (teams, slack) if side]
        staffroom = Staffroom(
            settings,
            books,
            understanding or app.understanding_of(settings, config, local=False),
            Channels(messengers, app.member_of_any(*(messenger.is_member for messenger in messengers))),
            _tenant(teams, slack, books),
            show=show,
            chooser=chooser,
        )
        await staffroom.held.refresh(books.context.store)  # what was approved on the pages
        schedule = Schedule(_tick(staffroom, teams, slack), staffroom.heartbeat)
        endpoints = [side.endpoint(staffroom) for side in (teams, _posted_to(slack)) if side]
        socket = slack.socket(staffroom) if slack and not slack.is_posted_to else None
        server = channel_server(endpoints, _checks(books, teams, socket), http, schedule)
        for service in (chooser, socket):
            if service:
                run_with(server, service)
        if settings.address:
            by_microsoft = (sign_in or sign_in_of(settings, http, clock())) if teams else None
            _add_pages(server, settings, staffroom, _ways(by_microsoft, slack, staffroom), doctor)
        try:
            yield StaffroomServer(server, staffroom, schedule)
        finally:
            await staffroom.close()


def _tenant(teams: TeamsSide | None, slack: SlackSide | None, books: Books) -> Tenant:
    """What is used of the school's tenant; groups come from Slack if the staff list does."""
    tenant, groups = teams.used_tenant if teams else NO_TENANT, slack.groups(books) if slack else None
    return replace(tenant, groups=groups) if groups else tenant


def _ways(microsoft: PageSignIn | None, slack: SlackSide | None, staffroom: Staffroom) -> Sequence[SignInWay]:
    """The ways to sign in to the pages, Microsoft's first."""
    ways: list[SignInWay] = [microsoft.way] if microsoft else []
    return [*ways, slack.sign_in(staffroom)] if slack and slack.settings.slack.client else ways


def _add_pages(
    server: web.Application, settings: Settings, staffroom: Staffroom, ways: Sequence[SignInWay], doctor: Doctor
) -> None:
    pages = open_pages(settings, staffroom, real_door(settings.address, ways), doctor)
    sign_in_pages = SignInPages(pages, ways, settings.school)
    for route in (*sign_in_pages.routes(), *pages.routes()):
        server.router.add_route(route.method, route.path, route.respond)


def _tick(staffroom: Staffroom, teams: TeamsSide | None, slack: SlackSide | None) -> Callable[[], Awaitable[None]]:
    async def tick() -> None:
        if teams:
            await teams.keys.keep_fresh()
        if slack:
            await slack.messenger.files.remove_due()
            await slack.messenger.proactive.forget_old_doubts()
        await staffroom.tick()

    return tick


def _posted_to(slack: SlackSide | None) -> SlackSide | None:
    return slack if slack and slack.is_posted_to else None


def _checks(books: Books, teams: TeamsSide | None, socket: "SocketMode | None") -> HealthChecks:
    """What has to be well for questions to be answered."""
    checks = {"policies": _has_clauses(books.config), "store": StoreCheck(books.context.store, monotonic).is_well}
    checks |= {"keys": teams.are_keys_fetched} if teams else {}
    return checks | ({"slack": socket.is_connected} if socket else {})


def _has_clauses(config: Config) -> Callable[[], Awaitable[bool]]:
    async def has_clauses() -> bool:
        return bool(config.policy.clauses)

    return has_clauses
