"""From the first press on Send to the last reminder, over HTTP, with a clock that is moved hour by hour."""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from bot.ask.understanding import Understanding
from bot.outbox.rules.message import DeliveryState, Message, MessageKind
from bot.school.rules.calendar import LONDON, Period
from bot.settings import Settings
from tests.journeys.policy_files import with_changes
from tests.journeys.school import School, school, words

HEAD, TEACHER = "demo-head", "demo-teacher"


@asynccontextmanager
async def opened_school(settings: Settings, understanding: Understanding) -> AsyncIterator[School]:
    """A campaign that was opened and whose messages were not yet let go."""
    async with school(settings, understanding) as at:
        await at.presses(HEAD, "publish", weight="material")
        await at.presses(HEAD, "open", audience="staff,volunteer,governor", due="2026-10-09", anyway="true")
        yield at


@pytest.fixture
async def opened(settings: Settings, understanding: Understanding) -> AsyncIterator[School]:
    async with opened_school(settings, understanding) as at:
        yield at


async def send(at: School) -> str:
    reply = await at.press_on(HEAD, (await at.says(HEAD, "preview"))["card"], "Send")
    await at.tick()
    return str(reply["text"])


async def slots(at: School, sort: MessageKind, account: str = "") -> list[Message]:
    known = {person.pseudonym: person.account for person in (await at.store.everybody_known()).values()}
    matches = [message for message in await at.messages() if message.kind is sort]
    return sorted((item for item in matches if not account or known.get(item.recipient) == account), key=lambda s: s.on)


async def looked_after(at: School, until: datetime) -> None:
    """A tick at nine, at one, at five and so on: somebody's hours hold one of them, however short."""
    while at.now < until:
        await at.after(hours=4)


async def test_nothing_goes_to_anybody_before_the_head_has_seen_it_and_pressed_send(opened: School):
    await opened.after(hours=2)
    assert await slots(opened, MessageKind.AGREEMENT) == []
    preview = await opened.says(HEAD, "nudge preview")
    assert "18 people are asked: 17 are written to once Send is pressed, 1 is not." in preview["text"]
    assert "A class teacher: the card on Monday 7 September 2026 at 11:00" in preview["text"]
    assert "reminders on Mon 21 Sep, Wed 30 Sep" in preview["text"]
    assert "A volunteer who hears readers: the card on Wednesday 9 September 2026 at 09:00" in preview["text"]

    assert "17 people" in await send(opened)

    sent = {message.state for message in await slots(opened, MessageKind.AGREEMENT, TEACHER)}
    assert sent == {DeliveryState.SENT}
    assert [message.state for message in await slots(opened, MessageKind.AGREEMENT, "demo-volunteer")] == [
        DeliveryState.DUE
    ]
    assert "18 people are asked: 17 are written to, 1 is not." in (await opened.says(HEAD, "preview"))["text"]


async def test_a_teacher_may_neither_send_nor_stop(opened: School):
    assert "Only the headteacher" in (await opened.presses(TEACHER, "release", number="18"))["text"]
    assert "Only the headteacher" in (await opened.presses(TEACHER, "hold"))["text"]


@pytest.mark.long
async def test_six_reminders_in_working_hours_the_last_naming_the_head_who_is_told_afterwards(opened: School):
    await send(opened)
    await looked_after(opened, datetime(2026, 11, 9, 12, tzinfo=LONDON))

    mine = await slots(opened, MessageKind.NUDGE, TEACHER)
    assert [f"{message.on:%a %d %b}" for message in mine] == [
        "Mon 21 Sep",
        "Wed 30 Sep",
        "Tue 06 Oct",
        "Thu 08 Oct",
        "Fri 16 Oct",
        "Fri 23 Oct",
    ]
    assert {message.state for message in mine} == {DeliveryState.SENT}
    mail = [outgoing for outgoing in await opened.opens_page(TEACHER, 7) if outgoing["card"]["id"] == "nudge"]
    assert ["last reminder" in outgoing["text"] for outgoing in mail] == [False] * 5 + [True]
    assert "After Friday 30 October 2026 I will tell the headteacher that yours is still open" in mail[-1]["text"]
    assert "by Friday 9 October 2026" in mail[0]["text"] and "by Friday 9" not in mail[-1]["text"]
    assert "overdue" not in " ".join(outgoing["text"] for outgoing in mail)
    reply = [
        message for message in await slots(opened, MessageKind.STILL_OPEN, HEAD) if message.state is DeliveryState.SENT
    ]
    assert (
        len({item for outgoing in reply for item in outgoing.people})
        == sum(len(outgoing.people) for outgoing in reply)
        > 10
    )
    (about_them,) = await slots(opened, MessageKind.STILL_OPEN, "demo-chair")
    assert len(about_them.people) == 2  # the head, and the deputy who stands in


async def on(at: School, *days: str) -> None:
    """The clock goes from one of these days to the next, each at nine."""
    for day in days:
        at.now = datetime.fromisoformat(f"{day}T09:00").replace(tzinfo=LONDON)
        await at.tick()


async def told_of(at: School, account: str) -> bool:
    """Whether the head was told that somebody's is still open."""
    known = {person.account: person.pseudonym for person in (await at.store.everybody_known()).values()}
    return any(known[account] in message.people for message in await slots(at, MessageKind.STILL_OPEN, HEAD))


async def test_where_the_last_day_moves_after_five_reminders_the_head_is_told_after_the_new_one(opened: School):
    await send(opened)
    await on(opened, "2026-09-21", "2026-09-30", "2026-10-06", "2026-10-08", "2026-10-16")
    assert len(await slots(opened, MessageKind.NUDGE, TEACHER)) == 5
    await opened.presses(HEAD, "extend", due="2026-12-11")
    await on(opened, "2026-11-23")

    mail = [outgoing for outgoing in await opened.opens_page(TEACHER, 7) if outgoing["card"]["id"] == "nudge"]
    assert "After Friday 11 December 2026 I will tell the headteacher" in mail[-1]["text"]
    await on(opened, "2026-12-01", "2026-12-11")
    assert not await told_of(opened, TEACHER)
    await on(opened, "2026-12-14")
    assert await told_of(opened, TEACHER)


async def test_where_terms_end_early_the_last_reminder_says_so_and_the_head_is_told(opened: School):
    short = replace(opened.context.calendar, terms=(Period(date(2026, 9, 2), date(2026, 10, 9)),), inset=frozenset())
    opened.context.school = replace(opened.context.school, calendar=short)
    await send(opened)
    await on(opened, "2026-09-21", "2026-09-30", "2026-10-06", "2026-10-08")

    mail = [outgoing for outgoing in await opened.opens_page(TEACHER, 5) if outgoing["card"]["id"] == "nudge"]
    assert ["last reminder" in outgoing["text"] for outgoing in mail] == [False] * 3 + [True]
    assert "After Thursday 15 October 2026 I will tell the headteacher" in mail[-1]["text"]
    await on(opened, "2026-10-15")
    assert not await told_of(opened, TEACHER)
    await on(opened, "2026-10-16")
    assert await told_of(opened, TEACHER)


@pytest.mark.long
async def test_at_most_one_reminder_a_day_and_none_on_a_day_off_or_outside_hours(opened: School):
    await send(opened)
    at = datetime(2026, 9, 7, 9, tzinfo=LONDON)
    before: set[str] = set()
    while at < datetime(2026, 10, 10, tzinfo=LONDON):
        at += timedelta(hours=2)
        opened.now = at
        await opened.tick()
        new = [
            message
            for message in await slots(opened, MessageKind.NUDGE)
            if message.state is DeliveryState.SENT and message.key not in before
        ]
        before |= {message.key for message in new}
        people = {person.pseudonym: person.id for person in (await opened.store.everybody_known()).values()}
        person_now = {person.id: person for person in opened.staffroom.desk.roster.people()}
        for message in new:
            person = person_now[people[message.recipient]]
            begin, end = opened.context.calendar.working_hours(person, at.date())
            assert at.weekday() in person.days and begin <= at < end
    days = Counter((message.recipient, message.on) for message in await slots(opened, MessageKind.NUDGE))
    assert days and max(days.values()) == 1


async def test_after_a_week_switched_off_only_what_is_of_that_day_goes_out(opened: School):
    await send(opened)
    await opened.after(days=25, hours=-1)  # from 7 September to 2 October, a Friday: two reminders were missed

    assert await slots(opened, MessageKind.NUDGE, TEACHER) == []
    await opened.after(days=4)
    assert [message.on.isoformat() for message in await slots(opened, MessageKind.NUDGE, TEACHER)] == ["2026-10-06"]


async def test_after_a_stop_over_their_hours_nobody_gets_the_card_at_night_or_at_a_weekend(opened: School):
    opened.now = datetime(2026, 9, 11, 18, tzinfo=LONDON)  # a Friday evening, after work for all
    await send(opened)
    opened.now = datetime(2026, 9, 14, 20, tzinfo=LONDON)  # the Monday went by with Staffroom switched off
    await opened.tick()
    assert {message.state for message in await slots(opened, MessageKind.AGREEMENT)} == {DeliveryState.DUE}

    await opened.after(hours=13)

    sent = [message for message in await slots(opened, MessageKind.AGREEMENT) if message.state is DeliveryState.SENT]
    assert {f"{message.on:%a %d %b}" for message in sent} == {"Tue 15 Sep"}
    assert len(await slots(opened, MessageKind.AGREEMENT, TEACHER)) == 1


async def test_a_clock_set_back_sends_nothing_twice(opened: School):
    await send(opened)
    opened.now = datetime(2026, 9, 21, 9, tzinfo=LONDON)
    await opened.tick()
    opened.now = datetime(2026, 9, 18, 9, tzinfo=LONDON)
    await opened.tick()
    await looked_after(opened, datetime(2026, 9, 22, 9, tzinfo=LONDON))

    assert len(await slots(opened, MessageKind.NUDGE, TEACHER)) == 1
    assert len(await slots(opened, MessageKind.AGREEMENT, TEACHER)) == 1


async def test_whoever_acknowledged_in_the_meantime_is_not_reminded(opened: School):
    await send(opened)
    opened.now = datetime(2026, 9, 21, 8, tzinfo=LONDON)
    await opened.tick()
    assert [message.state for message in await slots(opened, MessageKind.NUDGE, TEACHER)] == [DeliveryState.DUE]
    card = (await opened.says(TEACHER, "agreement"))["card"]
    await opened.press_on(TEACHER, card, "Acknowledge", agree="true")
    await opened.after(hours=1)

    assert await slots(opened, MessageKind.NUDGE, TEACHER) == []


async def test_a_new_starter_waits_for_one_press_by_the_head_who_is_told_once(opened: School):
    await send(opened)
    line = "ns1,demo-new,A new teacher,,staff,Mon-Fri,08:30-16:00,2026-09-10,,New\n"
    opened.staff.write_text(opened.staff.read_text() + line)
    await opened.after(days=3)
    await opened.after(days=1)

    assert await slots(opened, MessageKind.AGREEMENT, "demo-new") == []
    (reply,) = [outgoing for outgoing in await opened.opens_page(HEAD, 2) if outgoing["card"]["id"] == "names"]
    assert "A new teacher" in words(reply)
    preview = await opened.press_on(HEAD, reply["card"], "See what")
    assert "17 are written to, 1 once Send is pressed, 1 is not" in preview["text"]
    assert "A new teacher: once Send is pressed: the card on" in preview["text"]
    assert "1 person will get" in (await opened.press_on(HEAD, preview["card"], "Send"))["text"]
    await opened.tick()
    assert [message.state for message in await slots(opened, MessageKind.AGREEMENT, "demo-new")] == [DeliveryState.SENT]


@pytest.mark.long
async def test_however_short_the_outbox_is_kept_nobody_gets_more_than_six_nor_the_head_anything_twice(
    settings: Settings, understanding: Understanding
):
    forgetful = with_changes(settings, {"school.toml": {"outbox_days = 400": "outbox_days = 3"}})
    async with opened_school(forgetful, understanding) as opened:
        await send(opened)
        day, sent = date(2026, 9, 7), set[Message]()
        while day < date(2026, 11, 20):
            day += timedelta(days=1)
            await on(opened, day.isoformat())
            sent |= {message for message in await opened.messages() if message.state is DeliveryState.SENT}

    nudges = Counter(message.recipient for message in sent if message.kind is MessageKind.NUDGE)
    summaries = Counter(message.key for message in sent if message.kind is MessageKind.SUMMARY)
    names = [message for message in sent if message.kind is MessageKind.STILL_OPEN]
    reports = Counter((message.recipient, person) for message in names for person in message.people)
    assert [max(counts.values(), default=0) for counts in (nudges, summaries, reports)] == [6, 1, 1]


@pytest.mark.long
async def test_reminders_keep_londons_hours_on_both_sides_of_the_clock_change(opened: School):
    await opened.presses(HEAD, "extend", due="2026-11-11")
    await send(opened)
    await looked_after(opened, datetime(2026, 11, 12, 9, tzinfo=LONDON))

    mine = await slots(opened, MessageKind.NUDGE, TEACHER)
    begin = {message.on.isoformat(): message.not_before for message in mine}
    assert {f"{at:%H:%M}" for at in begin.values() if at} == {"08:30"}
    assert {str(at.utcoffset()) for at in begin.values() if at} == {"1:00:00", "0:00:00"}
    assert {message.state for message in mine} == {DeliveryState.SENT}


async def test_a_press_on_an_old_preview_shows_the_new_one_instead(opened: School):
    old = (await opened.says(HEAD, "preview"))["card"]
    opened.staff.write_text(opened.staff.read_text() + "ns1,demo-new,A new teacher,,staff,,,,,New\n")
    await opened.tick()

    again = await opened.press_on(HEAD, old, "Send")

    assert again["card"]["id"] == "preview" and "18 are written to once Send is pressed" in again["text"]
    assert await slots(opened, MessageKind.AGREEMENT) == []
