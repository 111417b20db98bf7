"""The HTTP servers: Teams' messages in the real mode, the local web chat in local mode, and the tick beside either."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic
from typing import TypeAlias

from aiohttp import ClientSession, DummyCookieJar, web

from bot.app import DemoClock, identity
from bot.cards import Cards, Pages
from bot.channels.both import Both
from bot.channels.health import add_health
from bot.channels.teams.connector import Connector
from bot.channels.teams.membership import GroupMembership
from bot.channels.teams.proactive import CHANNEL, Install, ProactiveMessages
from bot.channels.teams.signing_keys import SigningKeys
from bot.channels.teams.token_check import AccessCheck, LoopbackCheck, Microsoft, TeamsTokenCheck, guarded
from bot.channels.web.chat import WebChat
from bot.credentials import Tokens, open_tokens
from bot.demo.play import DemoTime
from bot.desk.tick import Heartbeat, report, tick
from bot.desk.wiring import Work
from bot.errors import SettingsError, StaffroomError
from bot.outbox.send import Progress
from bot.people.rules.conversations import Conversation, ConversationKind
from bot.people.rules.person import Caller, Proof
from bot.ports import Messenger
from bot.schedule import Schedule
from bot.settings import Settings

Telling: TypeAlias = Callable[[Progress], None]
DEMO_CLASSES = {"class-reception": "Reception", "class-year-4": "Year 4"}  # chats on the local page
TICK: web.AppKey[Callable[[], Awaitable[None]]] = web.AppKey("tick")  # what a server does every minute


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
    settings: Settings,
    work: Work,
    microsoft: Microsoft | None = None,
    tokens: Tokens | None = None,
    tell: Telling = lambda progress: None,
    online: Online | None = None,
    bring: Install | None = None,
) -> web.Application:
    """The real mode's server: Teams' messages, two health pages, and nothing else.

    `bring` installs the bot for whoever does not have it yet. Tests give `microsoft` and `tokens` of their own.
    """
    where = microsoft or Microsoft()
    online = online or Online()
    keys = SigningKeys(where.metadata, online, monotonic)
    door = TeamsTokenCheck(settings.app_id, settings.tenant, keys, monotonic, where)
    app = web.Application()
    app.cleanup_ctx.append(online.running)
    connector = Connector(online, (tokens or open_tokens(identity(settings))).token)
    chat = add_teams(app, settings, work, door, connector, bring)

    async def keys_are_fetched() -> bool:
        return keys.are_fetched

    async def policies_are_loaded() -> bool:
        return bool(work.records.policy.clauses)

    add_health(app, {"policies": policies_are_loaded, "store": work.records.store.is_well, "keys": keys_are_fetched})

    app[TICK] = due = _due(work, chat, keys, tell)
    app.cleanup_ctx.append(_ticking(due, work.pulse))
    return app


def add_teams(
    app: web.Application,
    settings: Settings,
    work: Work,
    door: AccessCheck,
    connector: Connector,
    bring: Install | None = None,
) -> Messenger:
    """Adds Teams to a server: what the door lets in goes to the desk, what the desk says goes out by the connector.

    `bring` installs the bot for whoever does not have it yet.
    """
    # Loaded here because only a server needs it: the SDK costs 0.4 s and 60 MB, which a question on the command line
    # should not pay.
    from bot.channels.teams.adapter import TeamsAdapter
    from bot.channels.teams.bot import Teams
    from bot.channels.teams.cards import with_fallback
    from bot.channels.teams.files import TeamsFiles

    def caller(account: str) -> Caller:
        return Caller(settings.school, CHANNEL, settings.tenant, account, Proof.TOKEN)

    chat = Teams(
        desk=work.desk,
        fill=Cards(settings.cards, with_fallback).fill,
        reach=ProactiveMessages(work.records.store, connector, work.records.now, bring),
        school=settings.school,
        proof=Proof.TOKEN if connector.token else Proof.DEMO,
        now=work.records.now,
        files=TeamsFiles(connector.http, work.records.now),
        company=GroupMembership(connector, lambda account: work.desk.knows(caller(account)))
        if connector.token
        else None,
    )

    work.whereabouts.includes = chat.is_in
    adapter = TeamsAdapter(connector, chat)

    async def ending(app: web.Application) -> AsyncIterator[None]:
        yield
        await adapter.close()
        await chat.close()

    app.cleanup_ctx.append(ending)
    app.router.add_route("*", "/api/messages", guarded(door, adapter.respond))
    return chat


async def web_app(
    settings: Settings, work: Work, clock: DemoClock | None = None, tell: Telling = lambda progress: None
) -> web.Application:
    """The local web chat over a desk, a door for the Agents Playground, and the tick beside them.

    Where there is a demo clock, the page can move it and rehearse a September.
    """
    policy = work.records.policy
    pages = Pages(settings.cards / "pages")

    def caller(account: str) -> Caller:
        return Caller(settings.school, "web", "", account, Proof.DEMO)

    async def summary(account: str) -> str:
        return pages.fill("summary", {**await work.summary(caller(account)), "is_demo": True})

    async def lessons(account: str) -> str:
        return pages.fill("lessons", {**await work.lessons(caller(account)), "is_demo": True})

    chat = WebChat(
        desk=work.desk,
        fill=Cards(settings.cards).fill,
        people=work.desk.roster.people,
        school=settings.school,
        school_name=policy.name,
        welcome=work.desk.welcome,
        now=work.records.now,
        waiting=lambda account: work.waiting(caller(account)),
        pages={"summary": summary, "lessons": lessons},
        classes=DEMO_CLASSES,
        standing=work.notices,
    )
    app = chat.app()
    online = Online()
    app.cleanup_ctx.append(online.running)
    playground = add_teams(app, settings, work, LoopbackCheck(), Connector(online, None))
    for id, name in DEMO_CLASSES.items():
        await work.records.store.keep_place(Conversation("web", id, ConversationKind.TEAM, "", "", team=id, name=name))
    in_teams = work.whereabouts.includes

    async def includes(place: Conversation, account: str) -> bool:
        return place.channel == "web" or await in_teams(place, account)

    work.whereabouts.includes = includes

    def told(progress: Progress) -> None:
        chat.show_sending(progress.done, progress.of)
        tell(progress)

    app[TICK] = due = _due(work, Both(playground, chat), tell=told)
    chat.demo = DemoTime(work, clock, due, chat.show_clock) if clock else None
    app.cleanup_ctx.append(_ticking(due, work.pulse))
    return app


def _due(
    work: Work, messenger: Messenger, keys: SigningKeys | None = None, tell: Telling = lambda progress: None
) -> Callable[[], Awaitable[None]]:
    turn = asyncio.Lock()  # the schedule and a moved clock never tick at the same time

    async def due() -> None:
        if keys:
            await keys.keep_fresh()
        async with turn:
            with suppress(StaffroomError):  # where even that cannot be kept, the log has it
                await report(await tick(work.duties(messenger, tell)), work.records)

    return due


def _ticking(due: Callable[[], Awaitable[None]], pulse: Heartbeat) -> Callable[[web.Application], AsyncIterator[None]]:
    async def ticking(app: web.Application) -> AsyncIterator[None]:
        schedule = Schedule(due)
        schedule.start()
        pulse.hurry = schedule.hurry
        yield
        pulse.is_ending = True  # what the channel has is waited for, so that no message is left in doubt
        await schedule.close()

    return ticking
