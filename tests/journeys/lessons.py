"""What journeys of recorded lessons need: a notice posted, time going by, and a look at what came of it."""

from datetime import datetime, time, timedelta
from typing import Any

from bot.outbox.rules.message import DeliveryState, Message, MessageKind
from bot.recordings.rules.recording import Recording
from bot.school.rules.calendar import LONDON
from tests.journeys.school import School, words

TEACHER, HEAD, IT, CLASS = "demo-teacher", "demo-head", "demo-it", "class-year-4"
NOTICE = "recording notice for Year 4 maths tomorrow 10am"
MONDAY = datetime(2026, 9, 7, 9, tzinfo=LONDON)  # the lesson is on Tuesday 8 September, day 21 on the 29th


async def announced(at: School, text: str = NOTICE, account: str = TEACHER) -> Any:
    """A notice typed, seen and posted; the card that is left."""
    card = (await at.says(account, text))["card"]
    left = await at.press_on(account, card, "Post", place=CLASS)
    await at.tick()
    await at.tick()
    return left


async def until(at: School, day: int, month: int = 9, year: int = 2026, hour: int = 9) -> None:
    """Time passes, with three ticks a day."""
    goal = datetime(year, month, day, hour, tzinfo=LONDON)
    while at.now < goal:
        for moment in (time(9), time(9, 50), time(15, 30)):
            coming = datetime.combine(at.now.date(), moment, LONDON)
            if at.now < coming < goal:
                at.now = coming
                await at.tick()
        at.now = min(goal, datetime.combine(at.now.date() + timedelta(days=1), time(7), LONDON))
    await at.tick()
    await at.tick()


async def recordings(at: School) -> list[Recording]:
    """Every recording, in the order in which their lessons were planned."""
    return list((await at.recordings.projection()).recordings.values())


async def only(at: School) -> Recording:
    """The only recording there is."""
    (recording,) = await recordings(at)
    return recording


async def open_recordings(at: School) -> tuple[Recording, ...]:
    """The recordings with something left to do."""
    return (await at.recordings.projection()).open_recordings(at.now)


async def sent(at: School, kind: MessageKind, account: str = "") -> list[Message]:
    """The messages of a kind that went out, to everybody or to one account."""
    known = await at.store.everybody_known()
    messages = [message for message in await at.messages(kind) if message.state is DeliveryState.SENT]
    return [message for message in messages if not account or known[message.recipient].account == account]


async def in_class(at: School) -> list[str]:
    """What is in the class's chat, as children read it."""
    return [notice.values["says"] for _, notice in await at.staffroom.recordings.notices_in(CLASS)]


async def last_message_to(at: School, account: str) -> str:
    """The last thing the bot said to somebody by itself."""
    return words((await at.opens_page(account, lines=1))[-1])


async def kinds(at: School) -> list[str]:
    """What happened to lessons, event by event."""
    events = [entry.event for entry in await at.store.entries()]
    return [event.kind.value for event in events if event.facts.get("lesson")]
