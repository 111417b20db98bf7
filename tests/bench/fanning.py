"""How long it takes to write to two thousand people, beside the least time Microsoft's limit allows: make bench.

Everything is real but Microsoft: roster and store on disk, the tick's own duties, the Teams channel, HTTP. The little
Microsoft takes 50 messages in any second and refuses the rest, so PEOPLE take (PEOPLE - 50) / 50 seconds at least.
"""

import asyncio
import csv
import resource
import sys
import tempfile
import time
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import aiohttp

from bot import app
from bot.cards import Cards
from bot.channels.teams.bot import Teams
from bot.channels.teams.connector import Connector
from bot.channels.teams.files import TeamsFiles
from bot.channels.teams.proactive import ProactiveMessages
from bot.desk.rules.messages import Incoming
from bot.desk.tick import tick
from bot.desk.wiring import Work
from bot.people.rules.conversations import Conversation, ConversationKind
from bot.people.rules.person import Caller, Proof
from bot.school.rules.calendar import LONDON
from bot.settings import read_settings
from tests.standins.microsoft import little_microsoft

PEOPLE = int(sys.argv[1]) if len(sys.argv) > 1 else 2_000
LIMIT = 50
NOBODY = Caller("slyne-with-hest", "web", "", "", Proof.DEMO)
NINE = datetime(2026, 9, 7, 9, tzinfo=LONDON)


def roster(file: Path, people: int) -> Path:
    """A staff list with a head and many teachers."""
    with file.open("w", encoding="utf-8", newline="") as opened:
        lines = csv.writer(opened)
        lines.writerow(["id", "account", "name", "email", "roles"])
        lines.writerow(["h", "demo-head", "The head", "", "staff head"])
        lines.writerows([f"t{one}", f"account-{one}", f"Teacher {one}", "", "staff"] for one in range(people - 1))
    return file


async def released(work: Work, campaign: str = "AUP-2026-1") -> None:
    """A campaign for everybody, let go by the head."""
    caller = replace(NOBODY, account="demo-head")
    for verb, inputs in (
        ("publish", {"weight": "material"}),
        ("open", {"audience": "staff", "due": "2026-09-28", "anyway": "true"}),
    ):
        await work.desk(Incoming(caller, "head", verb=verb, inputs=inputs))
    digest = (await work.desk(Incoming(caller, "head", verb="preview"))).values["digest"]
    await work.desk(Incoming(caller, "head", verb="release", inputs={"campaign": campaign, "digest": digest}))


async def fan_out(folder: Path) -> None:
    """Prints how long everybody's card took."""
    settings = replace(read_settings({}), data=folder)
    app.DEMO_ROSTER = roster(folder / "staff.csv", PEOPLE)
    async with (
        little_microsoft() as microsoft,
        aiohttp.ClientSession() as http,
        app.open_work(settings, local=True, clock=lambda: NINE) as work,
    ):
        microsoft.limit = LIMIT
        await released(work)
        store = work.records.store
        for person in work.desk.roster.people():
            place = Conversation(
                "msteams", f"c-{person.id}", ConversationKind.PERSONAL, microsoft.service, "t", person.account, "u"
            )
            await store.keep_place(place)
        teams = Teams(
            work.desk,
            Cards(settings.cards).fill,
            ProactiveMessages(store, Connector(lambda: http, None), lambda: NINE),
            settings.school,
            Proof.DEMO,
            lambda: NINE,
            TeamsFiles(lambda: http, lambda: NINE),
        )
        duties = work.duties(teams)
        began = time.perf_counter()
        assert not await tick(duties)
        took = time.perf_counter() - began
        arrived = len(microsoft.messages())
        least = (PEOPLE - LIMIT) / LIMIT
        print(f"{arrived} cards to {PEOPLE} people: {took:.1f} s, {took / least:.2f} x the least possible (goal 1.10)")
        print(f"refused for being too fast: {microsoft.refused} (goal 0)")
        began = time.perf_counter()
        assert not await tick(duties)
        print(f"the tick after, with nothing due: {(time.perf_counter() - began) * 1000:.0f} ms")
        print(f"memory at most {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(fan_out(Path(folder)))


if __name__ == "__main__":
    main()
