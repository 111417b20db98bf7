"""Questions to the headteacher that release 0.6.0 left open."""

from datetime import datetime, timedelta

import pytest

from bot.evidence.rules.ledger import Event, EventKind
from bot.outbox.rules.message import DeliveryState, Message, MessageKind, Subject
from bot.people.rules.conversations import SentMessage
from tests.campaigns.asking import WHEN, ask, listed, school_that_asks
from tests.campaigns.campaign_school import ANNA, BEN, HEAD, CampaignSchool


@pytest.fixture
async def school() -> CampaignSchool:
    return await school_that_asks()


async def question_of_an_older_release(school: CampaignSchool, at: datetime) -> str:
    """An open question as release 0.6.0 left it: its message has no number and, once sent, no words."""
    subject, campaign = await school.pseudonym(ANNA), (await school.campaign()).id
    message = Message(
        MessageKind.QUESTION,
        Subject(campaign=campaign, name=f"{at:%H%M%S%f}"),
        await school.pseudonym(HEAD),
        at.date(),
        people=(subject,),
        state=DeliveryState.SENT,
        sent=SentMessage("teams", "chat", "1"),
    )
    event = Event(EventKind.QUESTION, at, subject=subject, actor=subject, campaign=campaign)
    await school.store.append(event, f"question/{campaign}/{subject}/{at}", [message])
    return subject


async def test_a_question_of_an_older_release_is_listed_and_its_card_goes_on_working(school: CampaignSchool):
    subject = await question_of_an_older_release(school, school.clock())
    (item,) = await listed(school)
    assert (item["question"], item["missing"]) == ("", "Its words are not kept here any more.")

    reply = await school.press(HEAD, "answered", subject=subject, campaign=(await school.campaign()).id)

    assert reply.text == "Marked as answered. The person who asked is told that you did."
    assert await listed(school) == []


async def test_an_older_card_of_somebody_with_several_questions_asks_which_one(school: CampaignSchool):
    subject = await question_of_an_older_release(school, school.clock())
    school.clock.go_on(timedelta(days=1))
    await ask(school, question=WHEN)

    reply = await school.press(HEAD, "answered", subject=subject)

    assert reply.text.startswith("Anna has several open questions. Please choose one here")
    assert len(await listed(school)) == 2


async def test_an_answer_in_a_ledger_of_an_older_release_closes_all_questions_of_that_person(school: CampaignSchool):
    subject = await question_of_an_older_release(school, school.clock())
    await ask(school, BEN)
    actor = await school.pseudonym(HEAD)
    event = Event(EventKind.ANSWER, school.clock(), subject=subject, actor=actor)

    await school.store.append(event, "answer/1")

    assert [item["name"] for item in await listed(school)] == ["Ben"]
