"""A school with a tenant: groups, calendars and recordings in a little Graph, Teams played by a little Microsoft."""

import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import requests

from bot.app import StaffroomServer
from bot.ask.policy_file import policy_of
from bot.ask.understanding import Understanding
from bot.channels.services import HttpSession
from bot.config import read_config
from bot.credentials import Identity, open_tokens
from bot.desk.rules.messages import Incoming, Outgoing
from bot.evidence.context import Context
from bot.outbox.rules.message import Message, MessageKind
from bot.people.rules.person import Caller, Person, Proof
from bot.policies import read_school
from bot.recordings.book import RecordingBook
from bot.run_school import open_school
from bot.run_teams import MicrosoftTenant, tenant_of
from bot.school.rules.calendar import LONDON
from bot.school.settings import school_settings
from bot.settings import PREFIX, ROOT, Settings, read_settings
from bot.stores.open import make_store
from bot.tenant.group_roster import GroupRoster
from tests.standins.entra import little_entra
from tests.standins.graph import APP, LittleGraph, little_graph, member
from tests.standins.microsoft import APP_ID, TENANT, LittleMicrosoft, little_microsoft, serving

GROUPS = f"""
[graph]
staff = ["staff"]
head = ["heads"]
it = ["it"]
pupils = ["pupils"]
excluded = ["room"]
app = "{APP}"
installs = true
toasts = true
"""
STAFF = """id,account,name,email,roles,days,hours
t1,,A teacher,anna.archer@school.example,staff,Mon Tue,08:30-15:30
vo1,,A volunteer without an account,,volunteer,Thu,
it1,i1,The IT lead,,staff it,Mon-Fri,
"""
NINE = datetime(2026, 9, 7, 9, tzinfo=LONDON)


@dataclass
class Clock:
    at: datetime = NINE

    def __call__(self) -> datetime:
        return self.at


@dataclass
class Tenant:
    graph: LittleGraph
    microsoft: LittleMicrosoft
    teams: StaffroomServer
    clock: Clock
    staff_file: Path

    async def says(self, account: str, text: str = "", verb: str = "", **inputs: str) -> Outgoing:
        caller = Caller("slyne-with-hest", "msteams", TENANT, account, Proof.TOKEN)
        return await self.teams.staffroom.desk(Incoming(caller, account, text=text, verb=verb, inputs=inputs))

    async def tick(self) -> None:
        await self.teams.tick()

    def person(self, id: str) -> Person:
        return next(person for person in self.roster.people() if person.id == id)

    @property
    def roster(self) -> GroupRoster:
        roster = self.context.roster
        assert isinstance(roster, GroupRoster)
        return roster

    @property
    def context(self) -> Context:
        return self.teams.staffroom.books.context

    @property
    def lessons(self) -> RecordingBook:
        return self.teams.staffroom.books.recordings

    async def messages(self, *kinds: MessageKind) -> tuple[Message, ...]:
        """Every message of these kinds, or of all kinds."""
        return await self.context.store.messages(*(kinds or tuple(MessageKind)))


def over_the_policy_of(settings: Settings, understanding: Understanding) -> Understanding:
    """What was learnt already, over this school's own policy."""
    tables = read_school(settings.policies, settings.school)
    return replace(understanding, policy=policy_of(tables, school_settings(tables)), trusts_drafts=False)


async def no_pause(seconds: float) -> None:
    """Nobody waits in a test."""


def policies_with(folder: Path, more: str, change: Callable[[str], str] = lambda text: text) -> Path:
    folder.mkdir()
    (folder / "staffroom").symlink_to(ROOT / "policies" / "staffroom")
    shutil.copytree(ROOT / "policies" / "slyne-with-hest", folder / "slyne-with-hest")
    file = folder / "slyne-with-hest" / "school.toml"
    text = file.read_text(encoding="utf-8")
    for name in ("safeguarding", "phone", "headteacher", "chair"):
        text = text.replace(f'{name} = ""', f'{name} = "the {name}"', 1)
    file.write_text(change(text) + more, encoding="utf-8")
    return folder


def people(count: int) -> list[dict[str, Any]]:
    return [member("a1", "Anna Archer"), *(member(f"b{number}", f"Person {number}") for number in range(count))]


@asynccontextmanager
async def joined(
    settings: Settings, folder: Path, understanding: Understanding, change: Callable[[str], str] = lambda text: text
) -> AsyncIterator[Tenant]:
    """A school whose tenant is joined, open for as long as the block runs; `change` changes its school.toml."""
    given = {PREFIX + "APP_ID": APP_ID, PREFIX + "TENANT_ID": TENANT, PREFIX + "SECRET": "s"}
    policies = policies_with(folder / "policies", GROUPS, change)
    ready = replace(read_settings(given), data=settings.data, cache=settings.cache, policies=policies)
    ready.data.mkdir()
    ready.staff_file.write_text(STAFF)
    clock = Clock()
    async with AsyncExitStack() as stack:
        graph = await stack.enter_async_context(little_graph())
        microsoft = await stack.enter_async_context(little_microsoft())
        entra = await stack.enter_async_context(little_entra(folder))
        session = stack.enter_context(requests.Session())
        session.verify, session.trust_env = str(entra.bundle), False
        tokens = open_tokens(Identity(APP_ID, TENANT, secret="s"), NINE, authority=entra.address, session=session)
        http = HttpSession()
        http.start()
        stack.push_async_callback(http.close)
        graph.groups |= {
            "staff": [*people(6), member("room", "Meeting Room"), member("g1", "A Guest", userType="Guest")],
            "heads": [member("h1", "Harriet Head")],
            "it": [member("i1", "Ian Tee")],
            "pupils": [member("p1", "Penny Pupil")],
        }
        opened = open_school(
            ready,
            clock=clock,
            understanding=over_the_policy_of(ready, understanding),
            microsoft=microsoft.where(),
            tokens=tokens,
            tenant=tenant_at(graph, microsoft, tenant_of(ready, read_config(ready, NINE.date()), http, tokens)),
        )
        await make_store(ready.store_url(local=False), ready.school)
        teams = await stack.enter_async_context(opened)
        await stack.enter_async_context(serving(teams.server))
        tenant = Tenant(graph, microsoft, teams, clock, ready.staff_file)
        await tenant.tick()  # the first, which begins by itself, has come to its end by then
        yield tenant


def tenant_at(graph: LittleGraph, microsoft: LittleMicrosoft, tenant: MicrosoftTenant) -> MicrosoftTenant:
    """The same tenant, but its Graph and its Teams are the little ones."""

    def moved(part: Any) -> Any:
        client = replace(part.client, base=graph.base, pause=no_pause)
        return replace(part, client=client, service=microsoft.service)

    return MicrosoftTenant(
        moved(tenant.graph) if tenant.graph else None, moved(tenant.lessons) if tenant.lessons else None
    )
