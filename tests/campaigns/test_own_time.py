"""Somebody takes their time: "Not now", or ten school days to read."""

from dataclasses import replace

import pytest

from bot.campaigns.acknowledge import NOTHING_WAITS
from bot.campaigns.own_time import ACKNOWLEDGED, NO_DAY
from bot.evidence.rules.ledger import EventKind
from bot.outbox.rules.message import DeliveryState, Message, MessageKind
from bot.people.rules.conversations import SentMessage
from tests.campaigns.campaign_school import ANNA, EVERYBODY, HEAD, OFFICE, CampaignSchool
from tests.fakes import MONDAY, NINE, days

SENT = SentMessage("test", "chat", "m1")


@pytest.fixture
async def school() -> CampaignSchool:
    """A school in which Anna's card has come."""
    school = CampaignSchool()
    await school.open()
    await school.release()
    await came(school)
    return school


async def cards(school: CampaignSchool) -> list[Message]:
    """Anna's cards, in the order of their days."""
    messages = await school.store.messages(MessageKind.AGREEMENT, recipient=await school.pseudonym(ANNA))
    return sorted(messages, key=lambda message: message.on)


async def came(school: CampaignSchool) -> None:
    """Lets Anna's next card arrive."""
    card = next(card for card in await cards(school) if card.state is DeliveryState.DUE)
    await school.store.move(card, card.arrived(SENT, NINE))


async def test_not_now_brings_the_card_again_on_the_next_working_day(school: CampaignSchool):
    reply = await school.press(ANNA, "not_now")

    assert reply.text == "Of course. I will bring it again on Tuesday 7 September 2021."
    first, again = await cards(school)
    assert (again.on, again.state) == (MONDAY + days(1), DeliveryState.DUE)
    assert first.put_off_until == MONDAY + days(1)
    assert await school.events(EventKind.TIME) == []


async def test_pressing_not_now_again_brings_one_card_and_not_two(school: CampaignSchool):
    replies = [await school.press(ANNA, "not_now") for _ in range(3)]

    assert replies[0] == replies[1] == replies[2]
    assert len(await cards(school)) == 2


async def test_before_a_weekend_the_card_comes_again_after_it(school: CampaignSchool):
    school.go_to(MONDAY + days(4))

    assert (await school.press(ANNA, "not_now")).text.endswith("on Monday 13 September 2021.")


async def test_time_to_read_is_ten_school_days_and_moves_ones_own_last_day(school: CampaignSchool):
    school.go_to(MONDAY + days(14))

    reply = await school.press(ANNA, "time")

    assert reply.text == "Of course, no reason needed. I will bring it again on Monday 4 October 2021."
    (event,) = await school.events(EventKind.TIME)
    assert event.facts == {"until": "2021-10-04"} and event.who["name"] == "Anna"
    assert (await school.write(ANNA, "agreement")).values["due"] == "Monday 4 October 2021"


async def test_time_is_granted_once_and_the_day_stays(school: CampaignSchool):
    first = await school.press(ANNA, "time")
    school.go_to(MONDAY + days(1))

    again = await school.press(ANNA, "time")

    assert again.text == f"{first.text} You had asked for time already."
    assert len(await school.events(EventKind.TIME)) == 1


async def test_once_the_time_is_over_the_headteacher_is_the_one_to_ask(school: CampaignSchool):
    await school.press(ANNA, "time")
    school.go_to(MONDAY + days(14))

    reply = await school.press(ANNA, "time")

    assert reply.text == "You had time until Monday 20 September 2021. If you need more, please ask the head."


async def test_not_now_never_brings_a_card_before_the_day_somebody_asked_for(school: CampaignSchool):
    await school.press(ANNA, "time")

    assert (await school.press(ANNA, "not_now")).text.endswith("on Monday 20 September 2021.")
    assert [card.on for card in await cards(school)] == [MONDAY, MONDAY + days(14)]


async def test_a_card_that_is_still_to_come_is_put_off_and_not_sent_twice():
    school = CampaignSchool()
    await school.open()
    await school.release()

    await school.press(ANNA, "not_now")

    assert [card.on for card in await cards(school)] == [MONDAY + days(1)]


async def test_a_day_that_was_named_counts_whatever_becomes_of_the_next_cards_row(school: CampaignSchool):
    await school.press(ANNA, "time")
    await school.store.drop_messages((await cards(school))[-1])

    await school.campaigns.duties()["plan_cards"]()

    assert [card.on for card in await cards(school)] == [MONDAY, MONDAY + days(14)]


async def test_if_no_working_day_is_known_the_reply_says_so():
    leaver = replace(ANNA, ends=MONDAY)
    school = CampaignSchool(people=tuple(leaver if person is ANNA else person for person in EVERYBODY))
    await school.open()

    assert (await school.press(leaver, "not_now")).text == f"Of course. {NO_DAY}"


@pytest.mark.parametrize("verb", ["time", "not_now"])
async def test_whoever_has_nothing_to_acknowledge_has_nothing_to_put_off(school: CampaignSchool, verb: str):
    assert (await school.press(OFFICE, verb)).text == NOTHING_WAITS
    await school.acknowledge(ANNA)
    assert (await school.press(ANNA, verb)).text == ACKNOWLEDGED
    await school.press(HEAD, "close")
    campaign = await school.campaign()
    assert (await school.press(HEAD, verb, campaign=campaign.id)).text == NOTHING_WAITS
