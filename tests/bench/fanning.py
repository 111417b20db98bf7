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

from bot import app
from bot.app import Channels, Staffroom
from bot.channels.services import HttpSession
from bot.channels.teams.cards import TeamsCards
from bot.channels.teams.connector import Connector
from bot.channels.teams.messenger import TeamsMessenger
from bot.channels.teams.proactive import ProactiveMessages
from bot.desk.rules.messages import Incoming
from bot.desk.tick import run_duties
from bot.people.rules.conversations import Conversation, ConversationKind
from bot.people.rules.person import Caller, Proof
from bot.school.rules.calendar import LONDON
from bot.settings import read_settings
from tests.bench.parts import open_understanding
from tests.standins.microsoft import LittleMicrosoft, little_microsoft

PEOPLE = int(sys.argv[1]) if len(sys.argv) > 1 else 2_000
LIMIT = 50
HEAD = Caller("slyne-with-hest", "web", "", "demo-head", Proof.DEMO)
NINE = datetime(2026, 9, 7, 9, tzinfo=LONDON)


def write_staff_list(file: Path, people: int) -> None:
    """A staff list with a headteacher and many teachers."""
    with file.open("w", encoding="utf-8", newline="") as opened:
        lines = csv.writer(opened)
        lines.writerow(["id", "account", "name", "email", "roles"])
        lines.writerow(["h", "demo-head", "The head", "", "staff head"])
        lines.writerows([f"t{id}", f"account-{id}", f"Teacher {id}", "", "staff"] for id in range(people - 1))


async def release(staffroom: Staffroom, campaign: str = "AUP-2026-1") -> None:
    """A campaign for everybody, released by the headteacher."""
    for verb, inputs in (
        ("publish", {"weight": "material"}),
        ("open", {"audience": "staff", "due": "2026-09-28", "anyway": "true"}),
    ):
        await staffroom.desk(Incoming(HEAD, "head", verb=verb, inputs=inputs))
    digest = (await staffroom.desk(Incoming(HEAD, "head", verb="preview"))).values["digest"]
    await staffroom.desk(Incoming(HEAD, "head", verb="release", inputs={"campaign": campaign, "digest": digest}))


async def keep_chats(staffroom: Staffroom, service: str) -> None:
    """Everybody has a chat with the bot in Teams."""
    context = staffroom.books.context
    for person in context.roster.people():
        kind = ConversationKind.PERSONAL
        await context.store.keep_conversation(
            Conversation("msteams", f"c-{person.id}", kind, service, "t", person.account)
        )


async def fan_out(folder: Path) -> None:
    """Prints how long everybody's card took."""
    settings, staff_file, http = replace(read_settings({}), data=folder), folder / "staff.csv", HttpSession()
    write_staff_list(staff_file, PEOPLE)
    async with (
        little_microsoft() as microsoft,
        app.open_books(settings, local=True, clock=lambda: NINE, staff_file=staff_file) as books,
    ):
        microsoft.limit = LIMIT
        proactive = ProactiveMessages(books.context.store, Connector(http, None), books.context.now)
        messenger = TeamsMessenger(TeamsCards(settings.cards, is_demo=True), proactive)
        channels = Channels([messenger], messenger.is_member)
        staffroom = Staffroom(settings, books, open_understanding(settings), channels)
        await release(staffroom)
        await keep_chats(staffroom, microsoft.service)
        http.start()
        await show_round(staffroom, microsoft)
        await http.close()


async def show_round(staffroom: Staffroom, microsoft: LittleMicrosoft) -> None:
    """Prints what the tick that sends took, and the one after."""
    duties = staffroom.duties()
    began = time.perf_counter()
    assert not await run_duties(duties)
    took = time.perf_counter() - began
    arrived = len(microsoft.messages())
    least = (PEOPLE - LIMIT) / LIMIT
    print(f"{arrived} cards to {PEOPLE} people: {took:.1f} s, {took / least:.2f} x the least possible (goal 1.10)")
    print(f"refused for being too fast: {microsoft.refused} (goal 0)")
    began = time.perf_counter()
    assert not await run_duties(duties)
    print(f"the tick after, with nothing due: {(time.perf_counter() - began) * 1000:.0f} ms")
    print(f"memory at most {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(fan_out(Path(folder)))


if __name__ == "__main__":
    main()
