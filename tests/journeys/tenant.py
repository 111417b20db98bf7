"""A school with a tenant: groups, calendars and recordings in a little Graph, Teams played by a little Microsoft."""

import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import aiohttp
import requests

from bot import app, servers
from bot.ask.ask import Understanding
from bot.credentials import Identity, open_tokens
from bot.desk.rules.messages import Incoming, Outgoing
from bot.desk.wiring import Work
from bot.people.rules.person import Caller, Person, Proof
from bot.policies import read_policy
from bot.school.rules.calendar import LONDON
from bot.settings import PREFIX, ROOT, Settings, read_settings
from bot.tenant.graph.client import GraphClient
from bot.tenant.graph.tenant import GraphTenant
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
    work: Work
    clock: Clock
    staff_file: Path
    server: Any = None

    async def says(self, account: str, text: str = "", verb: str = "", **inputs: str) -> Outgoing:
        caller = Caller("slyne-with-hest", "msteams", TENANT, account, Proof.TOKEN)
        return await self.work.desk(Incoming(caller, account, text=text, verb=verb, inputs=inputs))

    async def tick(self) -> None:
        await self.server[servers.TICK]()

    def person(self, id: str) -> Person:
        return next(one for one in self.roster.people() if one.id == id)

    @property
    def roster(self) -> GroupRoster:
        assert isinstance(self.work.records.roster, GroupRoster)
        return self.work.records.roster


def mind_of(mind: Understanding, settings: Settings) -> Understanding:
    """What was learnt already, over this school's own policy."""
    return replace(mind, policy=read_policy(settings.policies, settings.school), trusts_drafts=False)


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


def people(number: int) -> list[dict[str, Any]]:
    return [member("a1", "Anna Archer"), *(member(f"b{one}", f"Person {one}") for one in range(number))]


@asynccontextmanager
async def joined(
    settings: Settings, folder: Path, mind: Understanding, change: Callable[[str], str] = lambda text: text
) -> AsyncIterator[Tenant]:
    """A school whose tenant is joined, open for as long as the block runs; `change` changes its school.toml."""
    given = {PREFIX + "APP_ID": APP_ID, PREFIX + "TENANT_ID": TENANT, PREFIX + "SECRET": "s"}
    policies = policies_with(folder / "policies", GROUPS, change)
    ready = replace(read_settings(given), data=settings.data, cache=settings.cache, policies=policies)
    ready = replace(ready, store=f"tiny:{settings.data / 'staffroom.db'}")
    ready.data.mkdir()
    ready.staff_file.write_text(STAFF)
    clock = Clock()
    async with AsyncExitStack() as held:
        graph = await held.enter_async_context(little_graph())
        microsoft = await held.enter_async_context(little_microsoft())
        entra = await held.enter_async_context(little_entra(folder))
        session = held.enter_context(requests.Session())
        session.verify, session.trust_env = str(entra.bundle), False
        identity = Identity(APP_ID, TENANT, secret="s")
        tokens = open_tokens(identity, authority=entra.address, session=session)
        http = await held.enter_async_context(aiohttp.ClientSession(trust_env=False))
        client = GraphClient(lambda: http, tokens, graph.base, pause=no_pause)
        line = GraphTenant(client, TENANT, APP, microsoft.service)
        graph.groups |= {
            "staff": [*people(6), member("room", "Meeting Room"), member("g1", "A Guest", userType="Guest")],
            "heads": [member("h1", "Harriet Head")],
            "it": [member("i1", "Ian Tee")],
            "pupils": [member("p1", "Penny Pupil")],
        }
        lessons = app.lessons_of(ready, lambda: http, tokens)
        if lessons:
            lessons = replace(lessons, client=line.client, service=microsoft.service)
        opened = app.open_work(ready, local=False, clock=clock, tenant=line, lessons=lessons, mind=mind_of(mind, ready))
        work = await held.enter_async_context(opened)
        made = Tenant(graph, microsoft, work, clock, ready.staff_file)
        made.server = servers.teams_app(ready, work, microsoft.where(), tokens, bring=line.bring)
        await held.enter_async_context(serving(made.server))
        await made.tick()  # the first, which begins by itself, has come to its end by then
        yield made
