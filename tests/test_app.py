"""The real mode as one piece: settings in, Microsoft's messages answered, everything else refused."""

import base64
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.app import StaffroomServer
from bot.ask.understanding import Understanding
from bot.cli import doctor
from bot.config import read_config
from bot.credentials import Tokens
from bot.desk.desk import STRANGER
from bot.errors import SettingsError, StoreError
from bot.evidence.rules.ledger import Event, EventKind
from bot.people.rules.person import Person, Role
from bot.run_local import refuse_unless_local
from bot.run_school import open_school, refuse_unless_complete
from bot.settings import PREFIX, ROOT, Settings, read_settings
from bot.stores.open import make_store
from bot.stores.sqlite.store import SqliteStore
from bot.tenant.accepted_list import write_accepted
from bot.tenant.staff_file import ACCEPTED_FILE, FileRoster
from tests.journeys.policy_files import with_changes
from tests.standins.activities import activity, said
from tests.standins.microsoft import APP_ID, TENANT, LittleMicrosoft, little_microsoft, serving

TODAY = date(2026, 9, 7)
CONTACTS = ("safeguarding", "phone", "headteacher", "chair")
LEAVER = Person("t2", "A leaver", "", "leaver", frozenset({Role.STAFF}))
STAFF = "id,name,email,account,roles\nt1,A teacher,,teacher,staff\n"


def real(settings: Settings, **more: Any) -> Settings:
    """Settings with everything the real mode needs, but for a school's own contacts."""
    settings.data.mkdir(exist_ok=True)
    settings.staff_file.write_text(STAFF)
    given = {PREFIX + "APP_ID": APP_ID, PREFIX + "TENANT_ID": TENANT, PREFIX + "SECRET": "s"}
    return replace(read_settings(given), data=settings.data, cache=settings.cache, **more)


def token(**claims: Any) -> Any:
    middle = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
    return lambda scope, claims: {"access_token": f"head.{middle}.tail", "expires_in": 3600}


@dataclass
class Server:
    """The real mode behind a real HTTP server, and Microsoft's side of it."""

    microsoft: LittleMicrosoft
    http: aiohttp.ClientSession
    teams: StaffroomServer
    address: str

    async def post(self, body: dict[str, Any], token: str) -> int:
        headers = {"Authorization": f"Bearer {token}"}
        async with self.http.post(f"{self.address}/api/messages", json=body, headers=headers) as response:
            return response.status

    async def get(self, path: str) -> tuple[int, Any]:
        async with self.http.get(self.address + path) as response:
            return response.status, await response.json(content_type=None) if response.status != 404 else None


@asynccontextmanager
async def running(settings: Settings, understanding: Understanding, *, has_keys: bool = True) -> AsyncIterator[Server]:
    """A school whose contacts are filled in, in the real mode."""
    contacts = {f'{name} = ""': f'{name} = "the {name}"' for name in CONTACTS}
    ready = with_changes(real(settings), {"school.toml": contacts})
    untrusting = replace(understanding, trusts_drafts=False)
    async with AsyncExitStack() as stack:
        microsoft = await stack.enter_async_context(little_microsoft())
        microsoft.keys_fail = not has_keys
        http = await stack.enter_async_context(aiohttp.ClientSession())
        parts = {"understanding": untrusting, "microsoft": microsoft.where(), "tokens": Tokens(token())}
        await make_store(ready.store_url(local=False), ready.school)
        teams = await stack.enter_async_context(open_school(ready, **parts))
        yield Server(microsoft, http, teams, await stack.enter_async_context(serving(teams.server)))


@pytest.fixture
async def server(settings: Settings, understanding: Understanding) -> AsyncIterator[Server]:
    async with running(settings, understanding) as opened:
        yield opened


async def test_a_signed_question_is_answered_and_a_draft_never_permits(server: Server):
    body = said(server.microsoft.service, "can I use my phone at lunch?")

    assert await server.post(body, server.microsoft.token()) == 200

    (message,) = server.microsoft.messages()
    assert message["summary"].startswith("What the policy says")
    assert "Only if" not in json.dumps(message)
    assert "Social media may be accessed during social time" in json.dumps(message)
    assert server.microsoft.taken[-1].token.startswith("head.")


async def test_an_unsigned_question_is_not(server: Server):
    assert await server.post(said(server.microsoft.service, "hello"), "garbage") == 401
    assert server.microsoft.taken == []


async def test_a_pupil_in_the_tenant_gets_the_sentence(server: Server):
    pupil = {"from": {"id": "29:pupil", "aadObjectId": "pupil"}}
    body = activity(server.microsoft.service, text="hello", **pupil)

    assert await server.post(body, server.microsoft.token()) == 200
    assert server.microsoft.messages()[0]["summary"] == STRANGER


async def test_health_is_told_without_secrets_and_the_web_chat_is_not_there(server: Server):
    assert await server.get("/healthz") == (200, {"alive": True})
    assert (await server.get("/readyz"))[0] in {200, 503}  # Microsoft's keys come with the first tick
    await server.teams.tick()
    assert await server.get("/readyz") == (200, {"ready": True, "policies": True, "store": True, "keys": True})
    for path in ("/", "/people", "/say", "/events", "/page/chat.js"):
        assert (await server.get(path))[0] == 404


async def test_a_store_that_is_closed_is_not_ready(server: Server):
    await server.teams.tick()
    await server.teams.staffroom.books.context.store.close()

    status, health = await server.get("/readyz")

    assert (status, health["store"], health["keys"]) == (503, False, True)


async def test_a_store_whose_log_was_deleted_is_not_ready(server: Server, settings: Settings):
    await server.teams.tick()
    (settings.data / "staffroom.db-wal").unlink()

    status, health = await server.get("/readyz")

    assert (status, health["store"], health["keys"]) == (503, False, True)


async def test_the_real_mode_does_not_start_without_its_store(settings: Settings, understanding: Understanding):
    contacts = {f'{name} = ""': f'{name} = "the {name}"' for name in CONTACTS}
    ready = with_changes(real(settings), {"school.toml": contacts})

    with pytest.raises(StoreError, match="python -m bot store new"):
        async with open_school(ready, understanding=understanding, tokens=Tokens(token())):
            pass


async def test_the_server_starts_without_microsoft_and_says_it_is_not_ready(
    settings: Settings, understanding: Understanding
):
    async with running(settings, understanding, has_keys=False) as server:
        status, health = await server.get("/readyz")

    assert (status, health["keys"]) == (503, False)


def test_the_real_mode_names_everything_it_lacks(settings: Settings):
    with pytest.raises(SettingsError) as error:
        refuse_unless_complete(settings, read_config(settings, TODAY))

    for lack in ("APP_ID", "TENANT_ID", "CERTIFICATE", "FEDERATED", "SECRET", "four contacts", "staff.csv"):
        assert lack in str(error.value)


def test_a_real_store_is_never_opened_by_local_mode(settings: Settings):
    with pytest.raises(SettingsError, match="refuses to start with credentials set: unset STAFFROOM_APP_ID"):
        refuse_unless_local(real(settings))


async def lines(settings: Settings, microsoft: LittleMicrosoft, tokens: Tokens) -> dict[str, doctor.Status]:
    return {line.name: line for line in await doctor.doctor(settings, tokens, microsoft.where())}


async def test_the_doctor_sees_tokens_permissions_keys_and_names_a_remedy_for_each_fault(settings: Settings):
    ready = real(settings, port=9, store=f"tiny:{settings.data / 'staffroom.db'}")
    async with little_microsoft() as microsoft:
        matches = await lines(ready, microsoft, Tokens(token(roles=["User.Read.All", "Chat.Read.All"])))

        assert matches["token for Teams"].is_well
        assert matches["Microsoft's keys"].is_well
        assert matches["staff list"].says == "1 people in staff.csv"
        write_accepted(settings.data / ACCEPTED_FILE, [*FileRoster(settings.staff_file, writes=False).people(), LEAVER])
        waits = (await lines(ready, microsoft, Tokens(token(roles=[]))))["staff list"]
        assert not waits.is_well and "staff.csv waits for confirmation: 1 people would go" in waits.says
        assert waits.says.endswith("the last accepted list of 2 people stays")
        permissions = matches["Graph permissions"]
        assert (permissions.is_well, permissions.says) == (False, "the app may also: Chat.Read.All, User.Read.All")
        assert matches["Graph: roster from groups"].says.startswith("off; needs GroupMember.Read.All and User.Read.All")
        assert not matches["server"].is_well
        assert matches["Graph: reads pupils' messages"].says.startswith("off; needs ")
        assert matches["recordings' expiry"].says == "Teams keeps them 120 days, not 21"

        store = SqliteStore(ready.data / "staffroom.db", ready.school, demo=False)
        await store.append(
            Event(EventKind.EXPIRY, datetime(2026, 9, 7, 9, tzinfo=UTC), facts={"done": True, "days": 21}),
            once="expiry",
        )
        await store.append(Event(EventKind.HOLD, datetime(2026, 9, 6, 9, tzinfo=UTC)), once="hold")
        await store.close()
        matches = await lines(ready, microsoft, Tokens(token()))
        assert matches["store"].is_well
        assert matches["clock"].says.startswith("steps back: 1. Entry 2: from 2026-09-07T09:00:00")
        assert matches["recordings' expiry"].says == "the IT lead said on Monday 7 September 2026 that it is set"

        microsoft.keys_fail = True
        matches = await lines(ready, microsoft, Tokens(lambda scope, claims: {"error": "invalid_client"}))
        assert not matches["Microsoft's keys"].is_well
        assert matches["token for Teams"].says == "Microsoft gave no token (invalid_client)."
    assert all(item.remedy for item in matches.values() if not item.is_well)


async def test_the_doctor_finds_a_certificate_that_cannot_be_read(settings: Settings, tmp_path: Path):
    async with little_microsoft() as microsoft:
        ready = real(settings, certificate=tmp_path / "gone.pem")
        matches = await lines(ready, microsoft, Tokens(token()))

    assert not matches["certificate"].is_well
    assert matches["Graph permissions"].is_well


@pytest.mark.parametrize("token", ["", "opaque", "a.b.c", "a.bnVsbA.c", "a.W10.c"])
def test_a_token_that_cannot_be_read_holds_no_permission(token: str):
    assert doctor.permissions(token) == []


def test_an_id_that_is_none_is_named_before_anything_starts(settings: Settings):
    with pytest.raises(SettingsError, match="a STAFFROOM_TENANT_ID that is an id"):
        refuse_unless_complete(replace(real(settings), tenant="school.example"), read_config(settings, TODAY))


@pytest.mark.long
@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_a_wish_to_stop_is_granted_in_order(understanding: Understanding, tmp_path: Path, sign: signal.Signals):
    environment = {**os.environ, "STAFFROOM_DATA": str(tmp_path), "STAFFROOM_PORT": "0"}
    command = [sys.executable, "-m", "bot", "run", "--local"]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert "Staffroom (demo)" in process.stdout.readline()
        process.send_signal(sign)
        assert process.wait(20) == 0

    assert sorted(file.name for file in tmp_path.iterdir()) == [
        "demo-clock.txt",
        "demo.db",
        "demo.db.lock",
        "demo.db.witness",
    ]
