"""Somebody opens the page before the hour of their card: what they saw there does not come again."""

from datetime import date, datetime

from bot.outbox.rules.message import DeliveryState, MessageKind
from bot.people.rules.person import Person
from bot.school.rules.calendar import LONDON
from tests.journeys.campaign import HEAD, TEACHER
from tests.journeys.school import School

SUNDAY_NIGHT = datetime(2026, 9, 6, 22, 45, tzinfo=LONDON)


async def open_and_send(at: School) -> None:
    await at.presses(HEAD, "publish", weight="material")
    reply = await at.presses(HEAD, "open", audience="staff,volunteer,governor", due="2026-09-28", anyway="true")
    await at.press_on(HEAD, reply["card"], "Send")


async def cards_of(at: School, account: str) -> list[tuple[DeliveryState, date]]:
    person = next(person for person in at.context.roster.people() if person.account == account)
    assert isinstance(person, Person)
    pseudonym = await at.context.pseudonym(person)
    messages = await at.store.messages(MessageKind.AGREEMENT, recipient=pseudonym)
    return [(message.state, message.on) for message in messages]


async def test_a_card_that_was_seen_on_the_page_at_night_does_not_come_again_in_the_morning(september: School):
    september.now = SUNDAY_NIGHT
    await open_and_send(september)

    (card,) = await september.opens_page(TEACHER, 1)
    assert card["card"]["id"] == "agreement"
    await september.after(hours=11)
    await september.after(days=1)

    again = await september.opens_page(TEACHER, 1)
    assert [message["card"]["id"] for message in again] == ["agreement"]
    assert [state for state, _ in await cards_of(september, TEACHER)] == [DeliveryState.SENT]


async def test_a_card_that_nobody_looked_at_comes_in_working_hours(september: School):
    september.now = SUNDAY_NIGHT
    await open_and_send(september)
    await september.tick()
    assert [state for state, _ in await cards_of(september, TEACHER)] == [DeliveryState.DUE]

    await september.after(hours=11)

    assert [state for state, _ in await cards_of(september, TEACHER)] == [DeliveryState.SENT]


async def test_a_card_put_off_comes_on_its_day_though_it_is_on_the_page_before(september: School):
    await open_and_send(september)
    await september.tick()
    await september.presses(TEACHER, "not_now")
    await september.tick()
    await september.opens_page(TEACHER, 1)
    before = await cards_of(september, TEACHER)
    assert [state for state, _ in before] == [DeliveryState.SENT, DeliveryState.DUE]

    await september.opens_page(TEACHER, 1)

    assert await cards_of(september, TEACHER) == before
