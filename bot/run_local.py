"""The server of the demo: the local page, Microsoft's Agents Playground, and a clock that can be moved."""

import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

from aiohttp import web

from bot import app
from bot.app import Channels, Staffroom, StaffroomServer
from bot.ask.understanding import Understanding
from bot.cards import Cards, Pages
from bot.channels.pages.door import Door
from bot.channels.pages.responses import NO_FRAMES
from bot.channels.pages.school_pages import SchoolPages
from bot.channels.services import HttpSession, run_with
from bot.channels.slack.cards import SlackCards
from bot.channels.slack.demo_page import DemoPage
from bot.channels.teams.bot import TeamsBot
from bot.channels.teams.cards import TeamsCards
from bot.channels.teams.connector import Connector
from bot.channels.teams.files import TeamsFiles
from bot.channels.teams.messenger import TeamsMessenger
from bot.channels.teams.proactive import ProactiveMessages
from bot.channels.teams.server import teams_endpoint
from bot.channels.teams.token_check import LoopbackCheck
from bot.channels.web.access import LOOPBACK, Check, Route
from bot.channels.web.chat import WebChat
from bot.channels.web.messenger import CHANNEL, WebMessenger
from bot.channels.web.server import web_server
from bot.chooser.open import open_chooser
from bot.demo.clock import DemoClock
from bot.demo.last_time import continue_from, keep_time
from bot.demo.time_travel import TimeTravel
from bot.desk.rules.messages import Outgoing
from bot.errors import NotAllowed, SettingsError
from bot.outbox.send import Progress, ShowProgress
from bot.people.rules.conversations import SentMessage
from bot.people.rules.person import Caller, Person, Proof
from bot.schedule import Schedule
from bot.school_pages import Doctor, no_doctor, open_pages
from bot.settings import PREFIX, Settings

ONLY_STAFF = "Only staff can see that."
OPEN_FROM_CHAT = "Choose who you are in the chat and follow the link “School pages” there."
DOOR = Door(cookie="staffroom_demo", is_secure=False, frames=NO_FRAMES, how=OPEN_FROM_CHAT)


def refuse_unless_local(settings: Settings) -> None:
    """Raises SettingsError if local mode would be unsafe."""
    if settings.credentials:
        names = ", ".join(PREFIX + name for name in settings.credentials)
        raise SettingsError(f"Local mode refuses to start with credentials set: unset {names}.")
    if settings.host not in LOOPBACK:
        raise SettingsError(f"Local mode listens on this machine only; STAFFROOM_HOST is {settings.host!r}.")


@asynccontextmanager
async def open_local(
    settings: Settings,
    *,
    clock: Callable[[], datetime] = app.now,
    understanding: Understanding | None = None,
    staff_file: Path | None = None,
    show: ShowProgress = lambda progress: None,
    doctor: Doctor = no_doctor,
) -> AsyncIterator[StaffroomServer]:
    """The demo, with its own store open while the block runs. If `clock` is a DemoClock, the page can move it.

    Raises SettingsError if local mode would be unsafe.
    """
    refuse_unless_local(settings)
    chooser = open_chooser(settings, None, lambda: clock().date())
    async with app.open_books(settings, local=True, clock=clock, staff_file=staff_file) as books:
        context = books.context
        if isinstance(clock, DemoClock):
            await continue_from(clock, context.store, settings.data)
            keep_time(clock, settings.data)
        http = HttpSession()
        teams = _teams_messenger(settings, books, http)
        page = WebMessenger(Cards(settings.cards).fill, context.roster.people, context.now)
        await page.keep_classes(context.store)

        def show_sending(progress: Progress) -> None:
            page.show_sending(progress.done, progress.total)
            show(progress)

        staffroom = Staffroom(
            settings,
            books,
            understanding or app.understanding_of(settings, books.config, local=True),
            Channels([teams, page], app.member_of_any(page.is_member, teams.is_member)),
            show=show_sending,
            chooser=chooser,
        )
        await staffroom.held.refresh(context.store)
        schedule = Schedule(staffroom.tick, staffroom.heartbeat)
        endpoint = teams_endpoint(_playground_bot(settings, staffroom, teams, http), LoopbackCheck(), context.store)
        chat = _web_chat(settings, staffroom, page, schedule, clock)
        pages = open_pages(settings, staffroom, DOOR, doctor)
        server = web_server(
            chat,
            endpoints=[endpoint],
            http=http,
            schedule=schedule,
            more=[*_page_routes(pages, settings), *_slack_routes(settings, staffroom, chat)],
        )
        if chooser:
            run_with(server, chooser)
        try:
            yield StaffroomServer(server, staffroom, schedule)
        finally:
            await staffroom.close()


def _page_routes(pages: SchoolPages, settings: Settings) -> list[Route]:
    """The pages behind the chat's own token: who opens them there is who they are for an hour."""

    async def enter(request: web.Request) -> web.StreamResponse:
        caller = Caller(settings.school, CHANNEL, "", request.query.get("account", ""), Proof.DEMO)
        return pages.sign_in(caller, pages.now())

    routes = [Route("GET", "/school/enter", Check.TOKEN_QUERY, enter)]
    for route in pages.routes():
        check = Check.OPEN if route.is_open else Check.OWN_CHECK
        routes.append(Route(route.method, route.path, check, route.respond))
    return routes


def _slack_routes(settings: Settings, staffroom: Staffroom, chat: WebChat) -> list[Route]:
    """What Slack shows, as a page: the people are those of the chat, and so is the desk."""

    async def first_cards(caller: Caller) -> list[Outgoing]:
        return [staffroom.desk.welcome(), *await chat.waiting(caller)]

    page = DemoPage(
        cards=SlackCards(settings.cards, is_demo=True),
        desk=staffroom.desk,
        first_cards=first_cards,
        caller_of=lambda account: Caller(settings.school, CHANNEL, "", account, Proof.DEMO),
        now=staffroom.books.context.now,
        bundle=settings.cache.absolute() / "slack-page",
    )
    return [
        Route("GET", "/slack", Check.TOKEN_QUERY, page.show),
        Route("GET", "/slack/{name}", Check.OPEN, page.file),
        Route("POST", "/slack/{action}", Check.TOKEN_HEADER, page.act),
    ]


def _teams_messenger(settings: Settings, books: app.Books, http: HttpSession) -> TeamsMessenger:
    connector = Connector(http, None)
    proactive = ProactiveMessages(books.context.store, connector, books.context.now)
    return TeamsMessenger(TeamsCards(settings.cards, is_demo=True), proactive)


def _playground_bot(settings: Settings, staffroom: Staffroom, messenger: TeamsMessenger, http: HttpSession) -> TeamsBot:
    now = staffroom.books.context.now
    return TeamsBot(
        desk=staffroom.desk,
        messenger=messenger,
        is_class=staffroom.is_class,
        files=TeamsFiles(http, now),
        school=settings.school,
        proof=Proof.DEMO,
        now=now,
    )


def _web_chat(
    settings: Settings, staffroom: Staffroom, page: WebMessenger, schedule: Schedule, clock: Callable[[], datetime]
) -> WebChat:
    html, books = Pages(settings.cards / "pages"), staffroom.books

    async def person_of(caller: Caller) -> Person:
        person = await staffroom.desk.person(caller)
        if not isinstance(person, Person):
            raise NotAllowed(ONLY_STAFF)
        return person

    async def summary(caller: Caller) -> str:
        values = await staffroom.campaigns.page_values(await person_of(caller))
        return html.fill("summary", {**values, "is_demo": True})

    async def lessons(caller: Caller) -> str:
        values = await staffroom.recordings.week_page_values(await person_of(caller))
        return html.fill("lessons", {**values, "is_demo": True})

    async def waiting(caller: Caller) -> list[Outgoing]:
        """The cards somebody has to act on. A card they see here has arrived, at whatever hour they look."""
        person = await staffroom.desk.person(caller)
        if not isinstance(person, Person):
            return []
        acknowledge = staffroom.campaigns.acknowledge
        cards = await acknowledge.waiting_cards(person)
        if cards:
            await acknowledge.keep_as_arrived(person, SentMessage(CHANNEL, caller.account, secrets.token_hex(8)))
        return cards

    demo = None
    if isinstance(clock, DemoClock):

        def show_time() -> None:
            page.show_clock()
            keep_time(clock, settings.data)

        demo = TimeTravel(clock, staffroom.desk, books.campaigns, books.recordings, schedule.tick_now, show_time)
    return WebChat(
        desk=staffroom.desk,
        messenger=page,
        school=settings.school,
        school_name=books.context.school.name,
        pages={"summary": summary, "lessons": lessons},
        waiting=waiting,
        notices=staffroom.recordings.notices_in,
        demo=demo,
    )
