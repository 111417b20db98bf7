"""Reminders as they are when they go out, and what the headteacher is told when there are no more."""

from dataclasses import replace
from datetime import date

import pytest

from bot.campaigns.reminders import plan_reminders, tell_heads
from bot.campaigns.rules.reminder_dates import ReminderSettings
from bot.desk.rules.messages import Outgoing
from bot.outbox.rules.message import DeliveryState, Message, MessageKind
from bot.people.rules.conversations import SentMessage
from bot.people.rules.person import Person
from tests.campaigns.campaign_school import (
    ANNA,
    BEN,
    EVERYBODY,
    HEAD,
    POLICY,
    STAFF,
    CampaignSchool,
    clause,
)
from tests.fakes import MONDAY, NINE, days

FIRST_REMINDER = date(2021, 9, 16)  # seven school days before the last day
NEW = Person("ne", "A newcomer", "", "new", STAFF)
ONE_REMINDER = ReminderSettings(before=(7,), most=1)
LONGER = (*POLICY.clauses, clause("AUP-4", "Safety", "Report what worries you."))


async def with_cards(**parts: object) -> CampaignSchool:
    """A school in which everybody's card came on the first day."""
    school = CampaignSchool(**parts)  # type: ignore[arg-type]
    await school.open()
    await school.release()
    for card in await school.messages(MessageKind.AGREEMENT):
        await school.store.move(card, card.arrived(SentMessage("test", "chat", "m1"), NINE))
    return school


@pytest.fixture
async def school() -> CampaignSchool:
    return await with_cards()


async def reminded(school: CampaignSchool, day: date) -> list[str]:
    """Names of the people who are reminded on a day."""
    school.go_to(day)
    await plan_reminders(school.book)
    known = await school.store.everybody_known()
    messages = await school.messages(MessageKind.NUDGE)
    return sorted(known[message.recipient].name for message in messages if message.on == day)


async def reminder(school: CampaignSchool, person: Person = ANNA) -> Message:
    messages = await school.store.messages(MessageKind.NUDGE, recipient=await school.pseudonym(person))
    return messages[-1]


async def test_a_reminder_is_planned_once_for_everybody_who_needs_one(school: CampaignSchool):
    await school.acknowledge(BEN)

    assert await reminded(school, FIRST_REMINDER) == ["Anna", "The chair", "The headteacher"]
    assert await plan_reminders(school.book) == 0
    assert await reminded(school, FIRST_REMINDER + days(1)) == []


async def test_a_reminder_says_by_when_and_shows_nothing_on_a_locked_screen(school: CampaignSchool):
    await reminded(school, FIRST_REMINDER)

    card = await school.say(await reminder(school))

    assert card is not None and card.card == "nudge"
    assert card.values["fallback"] == "A reminder, no more: something is waiting for you to read."
    (line,) = card.values["lines"]
    assert line["text"] == (
        "The Acceptable Use Policy is waiting for you, by Monday 27 September 2021. Ten minutes, in work time."
    )
    assert card.values["last"] == ""


async def test_after_somebodys_day_a_reminder_names_no_day(school: CampaignSchool):
    await reminded(school, date(2021, 10, 4))

    card = await school.say(await reminder(school))

    assert card is not None
    assert card.values["lines"][0]["text"].startswith("The Acceptable Use Policy is still waiting for you.")


@pytest.mark.parametrize(
    ("person", "reported_to"), [(ANNA, "the head"), (HEAD, "the chair")], ids=["teacher", "the headteacher's own"]
)
async def test_the_last_reminder_says_who_will_be_told_and_after_which_day(person: Person, reported_to: str):
    school = await with_cards(reminders=ONE_REMINDER)
    await reminded(school, FIRST_REMINDER)

    card = await school.say(await reminder(school, person))

    assert card is not None
    assert card.values["last"] == (
        f"This is my last reminder. After Monday 27 September 2021 I will tell {reported_to} that yours is still open, "
        "nothing else."
    )


async def acknowledge(school: CampaignSchool) -> Outgoing:
    return await school.acknowledge(ANNA)


async def ask(school: CampaignSchool) -> Outgoing:
    return await school.press(ANNA, "ask_head", question="Why?")


async def pause(school: CampaignSchool) -> Outgoing:
    return await school.press(HEAD, "record_pause", person=await school.pseudonym(ANNA), until="2021-10-01")


async def stop(school: CampaignSchool) -> Outgoing:
    return await school.press(HEAD, "hold")


async def close(school: CampaignSchool) -> Outgoing:
    return await school.press(HEAD, "close")


@pytest.mark.parametrize("happen", [acknowledge, ask, pause, stop, close])
async def test_what_happened_in_the_last_minute_counts(school: CampaignSchool, happen):
    await reminded(school, FIRST_REMINDER)
    assert await school.say(await reminder(school)) is not None

    await happen(school)

    assert await school.say(await reminder(school)) is None


async def test_nobody_is_reminded_of_a_text_they_have_not_seen(school: CampaignSchool):
    await school.at_version("2", *LONGER).publish()

    assert await reminded(school, FIRST_REMINDER) == []


async def texts_for_heads(school: CampaignSchool, kind: MessageKind) -> list[str]:
    """What heads are told now, as plain text."""
    await tell_heads(school.book)
    texts = [await school.say(message) for message in await school.messages(kind)]
    return [card.text for card in texts if card]


async def test_the_headteacher_is_told_of_whoever_had_their_last_reminder_and_the_chair_of_the_headteachers_own():
    school = await with_cards(reminders=ONE_REMINDER, people=(HEAD, *EVERYBODY[1:5]))
    await reminded(school, FIRST_REMINDER)

    school.go_to(date(2021, 9, 27))
    assert await texts_for_heads(school, MessageKind.STILL_OPEN) == []
    school.go_to(date(2021, 9, 28))

    first, second = await texts_for_heads(school, MessageKind.STILL_OPEN)
    names = {text.splitlines()[1] for text in (first, second)}
    assert names == {"Anna", "The headteacher"} and "2021/22" in first
    assert await school.recipients(MessageKind.STILL_OPEN) == ["The chair", "The headteacher"]
    assert await tell_heads(school.book) == 0


async def test_of_somebody_the_head_was_told_of_nobody_is_told_again_and_they_are_reminded_no_more():
    school = await with_cards(reminders=ONE_REMINDER)
    await reminded(school, FIRST_REMINDER)
    school.go_to(date(2021, 9, 28))
    await tell_heads(school.book)
    more = replace(school, reminders=ReminderSettings())

    assert await reminded(more, date(2021, 10, 4)) == []
    assert await tell_heads(more.book) == 0


async def test_a_list_that_nobody_is_on_any_more_is_not_sent():
    school = await with_cards(reminders=ONE_REMINDER, people=(HEAD, ANNA))
    await reminded(school, FIRST_REMINDER)
    school.go_to(date(2021, 9, 28))
    await tell_heads(school.book)

    for person in (ANNA, HEAD):
        await school.acknowledge(person)

    assert [await school.say(message) for message in await school.messages(MessageKind.STILL_OPEN)] == [None]


@pytest.mark.parametrize(
    ("day", "hour", "number"), [(1, 7, 0), (1, 8, 1), (5, 9, 0)], ids=["early", "at eight", "Saturday"]
)
async def test_heads_are_told_on_school_days_from_eight_on(school: CampaignSchool, day: int, hour: int, number: int):
    school.roster.everybody += (NEW,)
    await school.campaigns.duties()["follow_roster"]()
    school.go_to(MONDAY + days(day), hour)

    assert await tell_heads(school.book) == number


async def test_the_headteacher_is_told_once_of_somebody_who_joined_until_they_pressed_send(school: CampaignSchool):
    school.roster.everybody += (NEW,)
    await school.campaigns.duties()["follow_roster"]()

    (text,) = await texts_for_heads(school, MessageKind.JOINED)
    assert text.splitlines()[1:] == ["A newcomer"]
    school.go_to(MONDAY + days(1))
    assert await tell_heads(school.book) == 0

    await school.release()
    assert await texts_for_heads(school, MessageKind.JOINED) == []


async def test_before_the_first_press_on_send_nobody_has_joined():
    school = CampaignSchool()
    await school.open()
    school.roster.everybody += (NEW,)
    await school.campaigns.duties()["follow_roster"]()

    assert await tell_heads(school.book) == 0


async def test_if_the_policy_has_changed_the_headteacher_is_told_that_instead_of_names(school: CampaignSchool):
    changed = school.at_version("2", *LONGER)
    await changed.publish()

    texts = await texts_for_heads(changed, MessageKind.JOINED)

    assert len(texts) == 2  # the chair is told as well, because the headteacher is asked again
    assert all(text.startswith("Version 2 is asked of everybody again. Nothing more goes out") for text in texts)
    assert not any("Anna" in text for text in texts)


async def test_a_reminder_that_could_not_be_delivered_shows_that_somebody_is_not_reached(school: CampaignSchool):
    await reminded(school, FIRST_REMINDER)
    message = await reminder(school)
    await school.store.move(message, message.unreachable("has removed it"))

    assert "1 not reachable here" not in (await school.write(HEAD, "summary")).values["sum"]
    assert "2 not reachable here" in (await school.write(HEAD, "summary")).values["sum"]
    assert message.state is DeliveryState.DUE
