"""A school in the real mode in Teams, in Slack, or in both, behind its real server."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import aiohttp

from bot.app import StaffroomServer
from bot.ask.understanding import Understanding
from bot.credentials import Tokens
from bot.evidence.context import Context
from bot.evidence.rules.ledger import Entry, EventKind
from bot.outbox.rules.message import Message, MessageKind
from bot.people.rules.person import Person
from bot.run_school import open_school
from bot.school.rules.calendar import LONDON
from bot.settings import PREFIX, Settings, read_settings
from bot.stores.open import make_store
from tests.journeys.policy_files import with_changes
from tests.journeys.sides import SlackSide, TeamsSide, user_id
from tests.journeys.socket_side import SocketSide
from tests.standins import slack
from tests.standins.microsoft import APP_ID, TENANT, little_microsoft, serving
from tests.standins.slack import little_slack
from tests.standins.slack_socket import APP_TOKEN, socket_slack

NINE = datetime(2026, 9, 7, 9, tzinfo=LONDON)
CONTACTS = ("safeguarding", "phone", "headteacher", "chair")
HEAD, TEACHER, ASSISTANT = "head", "teacher", "assistant"
STAFF = """id,account,name,email,roles,days,hours
h1,,The head,head@school.example,staff head,,
t1,,A teacher,teacher@school.example,staff,,
a1,,An assistant,assistant@school.example,staff,,
"""
IDS = {HEAD: "h1", TEACHER: "t1", ASSISTANT: "a1"}
EVIDENCE_KEY = "a long and secret key for evidence"


@dataclass
class Clock:
    at: datetime = NINE

    def __call__(self) -> datetime:
        return self.at


@dataclass
class RealSchool:
    """The real mode, behind a real server, with everybody's side of it."""

    settings: Settings
    clock: Clock
    understanding: Understanding
    teams: TeamsSide
    slack: SlackSide
    _open: AsyncExitStack = field(default_factory=AsyncExitStack)
    _server: StaffroomServer | None = None

    async def start(self) -> None:
        """Starts Staffroom over what the store holds."""
        opened = open_school(
            self.settings,
            clock=self.clock,
            understanding=replace(self.understanding, trusts_drafts=False),
            microsoft=self.teams.microsoft.where(),
            tokens=Tokens(lambda scope, claims: {"access_token": "t", "expires_in": 3600}),
            slack_base=f"{self.slack.slack.address}/api/",
        )
        self._server = await self._open.enter_async_context(opened)
        address = await self._open.enter_async_context(serving(self._server.server))
        self.teams.address = self.slack.address = address

    async def close(self) -> None:
        await self._open.aclose()

    async def restart(self) -> None:
        await self.close()
        await self.start()

    @property
    def server(self) -> StaffroomServer:
        assert self._server
        return self._server

    @property
    def context(self) -> Context:
        return self.server.staffroom.books.context

    def person(self, who: str) -> Person:
        return next(person for person in self.context.roster.people() if person.id == IDS[who])

    async def messages(self, *kinds: MessageKind) -> tuple[Message, ...]:
        return await self.context.store.messages(*(kinds or tuple(MessageKind)))

    async def entries(self, kind: EventKind) -> tuple[Entry, ...]:
        return await self.context.store.entries_of(kind)

    async def after(self, **time: int) -> None:
        """Time goes by, and the bot does what is due."""
        self.clock.at += timedelta(**time)
        await self.server.tick()

    async def to(self, at: str) -> None:
        """What the bot does until then, at four hours' distance at most."""
        until = datetime.fromisoformat(at).replace(tzinfo=LONDON)
        while self.clock.at < until:
            self.clock.at = min(until, self.clock.at + timedelta(hours=4))
            await self.server.tick()


def settings_of(settings: Settings, channels: str) -> Settings:
    """Everything the real mode needs in these channels."""
    given = {"EVIDENCE_KEY": EVIDENCE_KEY}
    if "teams" in channels:
        given |= {"APP_ID": APP_ID, "TENANT_ID": TENANT, "SECRET": "s"}
    if "slack" in channels:
        given |= {"SLACK_TEAM": slack.TEAM, "SLACK_APP": slack.APP_ID}
        way_in = {"SLACK_APP_TOKEN": APP_TOKEN} if "socket" in channels else {"SLACK_SECRET": slack.SECRET}
        given |= {"SLACK_TOKEN": slack.TOKEN, **way_in}
    settings.data.mkdir(exist_ok=True)
    read = read_settings({PREFIX + name: value for name, value in given.items()})
    changes = {f'{name} = ""': f'{name} = "the {name}"' for name in CONTACTS}
    changes["[handoff]"] = '[slack]\ndomains = ["school.example"]\n\n[handoff]'
    return with_changes(replace(read, data=settings.data, cache=settings.cache), {"school.toml": changes})


def written_settings(settings: Settings, channels: str) -> Settings:
    """The settings, with the staff list written."""
    ready = settings_of(settings, channels)
    ready.staff_file.write_text(STAFF)
    return ready


@asynccontextmanager
async def real_school(settings: Settings, understanding: Understanding, channels: str) -> AsyncIterator[RealSchool]:
    """A school in "teams", in "slack", in "teams and slack" or in "slack by socket", open as long as the block runs."""
    ready, clock = written_settings(settings, channels), Clock()
    async with AsyncExitStack() as stack:
        microsoft = await stack.enter_async_context(little_microsoft())
        opened_slack = socket_slack() if "socket" in channels else little_slack()
        its_slack = await stack.enter_async_context(opened_slack)
        its_slack.clock = lambda: clock.at.timestamp()
        http = await stack.enter_async_context(aiohttp.ClientSession())
        for who in IDS:
            email = f"{who}@school.example"
            identity = {"aadObjectId": who, "tenantId": TENANT, "userPrincipalName": email, "userRole": "user"}
            microsoft.members[f"29:{who}"] = identity
            its_slack.users[user_id(who)] = slack.user(user_id(who), email)
        await make_store(ready.store_url(local=False), ready.school)
        in_slack = SocketSide if "socket" in channels else SlackSide
        at = RealSchool(ready, clock, understanding, TeamsSide(microsoft, http), in_slack(its_slack, http, clock))
        stack.push_async_callback(at.close)
        await at.start()
        yield at
        assert not its_slack.refused, its_slack.refused  # every call is in the table of methods
