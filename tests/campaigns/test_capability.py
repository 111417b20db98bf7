"""Campaigns for the rest of Staffroom: commands, duties, and what messages say at the moment they go out."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from bot.desk.routing import RoutingTable
from bot.desk.rules.messages import Incoming, Outgoing
from bot.outbox.rules.message import Message, MessageKind, Subject
from tests.campaigns.campaign_school import ANNA, EVERYBODY, HEAD, POLICY, CampaignSchool, clause
from tests.fakes import MONDAY, caller

LONGER = (*POLICY.clauses, clause("AUP-4", "Safety", "Report what worries you."))


@pytest.fixture
async def school() -> CampaignSchool:
    school = CampaignSchool()
    await school.open()
    await school.release()
    return school


async def card_for_anna(school: CampaignSchool) -> Message:
    return (await school.store.messages(MessageKind.AGREEMENT, recipient=await school.pseudonym(ANNA)))[0]


def test_every_word_is_written_as_it_is_compared():
    commands = CampaignSchool().campaigns.commands()

    for word in (word for command in commands for word in command.words):
        assert Incoming(caller(), "", text=word).plain_text == word


# The buttons on cards that release 0.5.0 sent: they go on working.
OLD_BUTTONS = """
agreement acknowledge question ask_first ask_head time not_now publish campaign test preview release hold open extend
closing close paper record_paper pause record_pause correcting correct answered record summary left export
"""


def test_every_button_of_release_0_5_0_is_still_known():
    names = {command.name for command in RoutingTable(CampaignSchool().campaigns.commands()).commands}

    assert set(OLD_BUTTONS.split()) <= names


async def test_the_duties_of_a_day_may_be_done_at_any_time_and_as_often_as_one_likes(school: CampaignSchool):
    for _ in range(3):
        for duty in school.campaigns.duties().values():
            await duty()
    before = (await school.events(), await school.messages())

    for duty in school.campaigns.duties().values():
        assert await duty() == 0
    assert (await school.events(), await school.messages()) == before


def test_duties_are_done_in_the_order_in_which_one_needs_the_other():
    assert list(CampaignSchool().campaigns.duties()) == [
        "follow_roster",
        "plan_cards",
        "plan_reminders",
        "plan_summaries",
        "tell_heads",
        "forget_question_words",
    ]


async def test_a_card_is_the_one_somebody_would_see_now(school: CampaignSchool):
    assert await school.say(await card_for_anna(school)) == await school.write(ANNA, "agreement")


async def acknowledge(school: CampaignSchool) -> Outgoing:
    return await school.acknowledge(ANNA)


async def close(school: CampaignSchool) -> Outgoing:
    return await school.press(HEAD, "close")


async def pause(school: CampaignSchool) -> Outgoing:
    return await school.press(HEAD, "record_pause", person=await school.pseudonym(ANNA), until="2021-10-01")


async def stop(school: CampaignSchool) -> Outgoing:
    return await school.press(HEAD, "hold")


async def publish(school: CampaignSchool) -> Outgoing:
    return await school.at_version("2", *LONGER).publish()


async def leave(school: CampaignSchool) -> None:
    school.roster.everybody = tuple(person for person in EVERYBODY if person is not ANNA)


@pytest.mark.parametrize("happen", [acknowledge, close, pause, stop, publish, leave])
async def test_a_card_that_is_not_wanted_any_more_says_nothing(
    school: CampaignSchool, happen: Callable[[CampaignSchool], Awaitable[object]]
):
    card = await card_for_anna(school)

    await happen(school)

    assert await school.say(card) is None


async def test_somebody_the_last_card_did_not_reach_is_tried_again(school: CampaignSchool):
    card = await card_for_anna(school)
    await school.store.move(card, card.unreachable("has removed it"))

    assert await school.say(card) is not None


async def test_a_message_about_a_campaign_nobody_knows_any_more_says_nothing(school: CampaignSchool):
    kinds = (
        MessageKind.AGREEMENT,
        MessageKind.PAPER,
        MessageKind.SUMMARY,
        MessageKind.QUESTION,
        MessageKind.STILL_OPEN,
        MessageKind.JOINED,
    )
    for kind in kinds:
        unknown = Message(kind, Subject(campaign="old", text="v1"), await school.pseudonym(ANNA), MONDAY)

        assert await school.say(unknown) is None, kind


async def test_a_question_from_somebody_erased_says_nothing(school: CampaignSchool):
    await school.press(ANNA, "ask_head", question="Why?")
    (question,) = await school.messages(MessageKind.QUESTION)

    assert await school.say(replace(question, people=("erased",))) is None


async def test_a_summary_is_the_campaigns_as_it_is_when_it_goes_out(school: CampaignSchool):
    message = Message(MessageKind.SUMMARY, Subject(campaign="AUP-2021-1"), await school.pseudonym(HEAD), MONDAY)
    await school.acknowledge(ANNA)

    assert await school.say(message) == await school.write(HEAD, "summary")
