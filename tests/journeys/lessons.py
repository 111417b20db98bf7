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
    """Time goes by, looked after twice a day."""
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


async def only(at: School) -> Recording:
    (one,) = (await at.work.records.shelf()).recordings.values()
    return one


async def sent(at: School, sort: MessageKind, account: str = "") -> list[Message]:
    known = {one.pseudonym: one.account for one in (await at.work.records.store.known()).values()}
    found = [one for one in await at.work.records.store.slots() if one.sort is sort and one.state is DeliveryState.SENT]
    return [one for one in found if not account or known.get(one.recipient) == account]


async def in_class(at: School) -> list[str]:
    """What stands in the class's chat, as children read it."""
    return [one.values["says"] for _, one in await at.work.notices(CLASS)]


async def said_to(at: School, account: str) -> str:
    """The last thing the bot said to somebody by itself."""
    return words((await at.opens_page(account, lines=1))[-1]) if account else ""


async def kinds(at: School) -> list[str]:
    return [one.event.kind.value for one in await at.work.records.store.entries() if one.event.facts.get("lesson")]
