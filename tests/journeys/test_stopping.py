"""Stop and Send: nothing more goes out, in the middle of a round as well, and then it goes on where it was."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime

import pytest

from bot.app import Channels, Staffroom
from bot.ask.understanding import Understanding
from bot.desk.rules.messages import Outgoing
from bot.desk.tick import run_duties
from bot.outbox.rules.message import MessageKind
from bot.outbox.send import MAX_AT_ONCE
from bot.people.rules.conversations import Address, Conversation, SentMessage
from bot.school.rules.calendar import LONDON
from bot.settings import Settings
from tests.journeys.school import School
from tests.journeys.test_reminding import HEAD, TEACHER, looked_after, opened_school, send, slots


@pytest.fixture
async def opened(settings: Settings, understanding: Understanding) -> AsyncIterator[School]:
    async with opened_school(settings, understanding) as at:
        yield at


async def test_stop_stops_and_send_goes_on_where_it_was(opened: School):
    await send(opened)
    reply = await opened.says(HEAD, "stop")
    assert "Nothing more goes out" in reply["text"]
    await looked_after(opened, datetime(2026, 9, 22, 9, tzinfo=LONDON))
    assert await slots(opened, MessageKind.NUDGE) == []
    assert await slots(opened, MessageKind.AGREEMENT, "demo-volunteer") == []

    await send(opened)
    await looked_after(opened, datetime(2026, 10, 1, 9, tzinfo=LONDON))

    assert [message.on.isoformat() for message in await slots(opened, MessageKind.NUDGE, TEACHER)] == ["2026-09-30"]
    assert [message.on.isoformat() for message in await slots(opened, MessageKind.AGREEMENT, "demo-volunteer")] == [
        "2026-09-23"
    ]
    assert len(await slots(opened, MessageKind.AGREEMENT, TEACHER)) == 1


class SlowMessenger:
    """Somebody presses Stop while the tenth message is sent."""

    channel = "web"

    def __init__(self, stop: Callable[[], Awaitable[None]]) -> None:
        self.stop = stop
        self.sent: list[Address] = []

    async def ready(self, address: Address) -> None:
        return None

    async def send(self, address: Address, outgoing: Outgoing) -> SentMessage:
        self.sent.append(address)
        if len(self.sent) == 10:
            await self.stop()
        return SentMessage(self.channel, address.account, str(len(self.sent)))

    async def reaches(self, address: Address) -> bool:
        return True

    async def replace(self, sent: SentMessage, outgoing: Outgoing) -> None:
        return None


async def nobody(conversation: Conversation, channel: str, account: str) -> bool:
    return False


async def test_stop_in_the_middle_of_a_round_leaves_the_rest_unsent(
    opened: School, settings: Settings, understanding: Understanding
):
    lines = [f"x{number},many-{number},Teacher {number},,staff,,,,,\n" for number in range(100)]
    opened.staff.write_text(opened.staff.read_text() + "".join(lines))
    await opened.tick()
    stopped_at: list[int] = []

    async def stop() -> None:
        await opened.says(HEAD, "stop")
        stopped_at.append(len(slow.sent))

    slow = SlowMessenger(stop)
    staffroom = Staffroom(settings, opened.staffroom.books, understanding, Channels([slow], nobody))
    await opened.press_on(HEAD, (await opened.says(HEAD, "preview"))["card"], "Send")
    await run_duties(staffroom.duties())

    so_far = len(slow.sent)
    assert so_far <= stopped_at[0] + MAX_AT_ONCE < 100
    assert await run_duties(staffroom.duties()) == {}
    assert len(slow.sent) == so_far
