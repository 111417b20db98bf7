"""The book of campaigns: who can be reached, which campaign is meant, and what is an unpublished draft."""

from dataclasses import replace

import pytest

from bot.campaigns.book import recipients_not_reached
from bot.errors import BadInput
from bot.outbox.rules.message import DeliveryState, Message, MessageKind, Subject
from tests.campaigns.campaign_school import ANNA, EVERYBODY, HEAD, POLICY, VERA, CampaignSchool, clause
from tests.fakes import MONDAY, days

CARD = Message(MessageKind.AGREEMENT, Subject(campaign="c1", text="v1"), "p1", MONDAY)
REMINDER = replace(CARD, kind=MessageKind.NUDGE, on=MONDAY + days(7))
FAILED, SENT = DeliveryState.FAILED, DeliveryState.SENT


@pytest.mark.parametrize(
    ("states", "is_reached"),
    [
        ((FAILED, DeliveryState.DUE), False),
        ((FAILED, SENT), True),
        ((SENT, FAILED), False),
        ((FAILED, DeliveryState.DOUBT), True),
        ((DeliveryState.DUE, DeliveryState.SENDING), True),
    ],
)
def test_somebody_is_not_reached_if_the_last_that_went_to_them_failed(states, is_reached: bool):
    messages = [replace(message, state=state) for message, state in zip((CARD, REMINDER), states, strict=True)]

    assert ("p1" not in recipients_not_reached(messages[::-1])) is is_reached


async def test_somebody_without_an_account_cannot_be_reached_until_one_is_pinned():
    school = CampaignSchool()
    pseudonym = await school.pseudonym(VERA)
    assert (await school.book.staff()).unreachable == {pseudonym}

    await school.store.pin("test", "veras", VERA.id)
    assert (await school.book.staff()).unreachable == frozenset()


async def test_a_campaign_is_the_one_named_or_the_one_that_runs():
    school = CampaignSchool()
    for id in ("", "AUP-2021-1"):
        with pytest.raises(BadInput):
            await school.book.campaign(id)
    campaign = await school.open()

    assert await school.book.campaign("") == await school.book.campaign(campaign.id) == campaign
    with pytest.raises(BadInput, match="I do not know that campaign any more"):
        await school.book.campaign("AUP-2020-1")


async def test_without_one_that_runs_the_last_that_ran_is_meant_in_a_report():
    school = CampaignSchool()
    for _ in range(2):
        await school.open()
        await school.press(HEAD, "close")

    assert (await school.book.last_campaign()).id == "AUP-2021-2"
    with pytest.raises(BadInput, match="There is no campaign just now"):
        await school.book.campaign("")


async def test_a_document_is_a_draft_while_its_file_is_not_the_published_text():
    school = CampaignSchool()
    assert await school.book.drafts() == frozenset()
    await school.publish()
    assert await school.book.drafts() == frozenset()

    changed = school.at_version("2", *POLICY.clauses, clause("AUP-4", "Safety", "More."))
    assert await changed.book.drafts() == {"Acceptable Use Policy"}


async def test_a_text_that_is_not_kept_is_said_so():
    with pytest.raises(BadInput, match="is not kept here any more"):
        await CampaignSchool().book.text("0" * 64)


async def test_leavers_are_those_who_left_the_school_and_not_only_a_campaign():
    school = CampaignSchool()
    await school.open()
    school.roster.everybody = tuple(person for person in EVERYBODY if person is not ANNA)
    await school.campaigns.duties()["follow_roster"]()

    assert await school.book.leavers() == {await school.pseudonym(ANNA): MONDAY}
