"""A question about the agreement: answered from the policy first, then sent to the headteacher if somebody wants."""

from datetime import timedelta

import pytest

from bot.evidence.rules.ledger import EventKind
from bot.outbox.rules.message import MessageKind
from tests.campaigns.campaign_school import ANNA, BEN, CHAIR, EVERYBODY, HEAD, CampaignSchool

QUESTION = "Why must I lock my screen?"


@pytest.fixture
async def school() -> CampaignSchool:
    school = CampaignSchool()
    await school.open()
    await school.release()
    return school


async def test_the_form_offers_to_ask_the_policy_first(school: CampaignSchool):
    form = await school.press(ANNA, "question")

    assert (form.card, form.values["is_first"], form.is_beside) == ("asking", True, True)
    assert form.values["head"] == "the head"


async def test_the_answer_comes_with_the_very_words_that_would_be_sent(school: CampaignSchool):
    form = await school.press(ANNA, "ask_first", question=f" {QUESTION} ")

    assert form.values["answer"] == [{"text": "The policy says so."}]
    assert (form.values["question"], form.values["is_first"], form.is_beside) == (QUESTION, False, False)
    assert await school.events(EventKind.QUESTION) == []


async def test_a_question_goes_to_the_headteacher_and_the_ledger_keeps_that_it_was_asked_and_never_what(school):
    reply = await school.press(ANNA, "ask_head", question=QUESTION)

    assert reply.text.startswith("Sent to The headteacher. I keep that you asked, never what")
    (event,) = await school.events(EventKind.QUESTION)
    assert event.subject == await school.pseudonym(ANNA) and event.facts == {}
    assert QUESTION not in str([entry.what.text + entry.who.text for entry in await school.store.entries()])
    (message,) = await school.messages(MessageKind.QUESTION)
    assert (message.words, message.people) == (QUESTION, (event.subject,))
    assert await school.recipients(MessageKind.QUESTION) == ["The headteacher"]


async def test_the_headteacher_reads_who_asks_and_what(school: CampaignSchool):
    await school.press(ANNA, "ask_head", question=QUESTION)
    (message,) = await school.messages(MessageKind.QUESTION)

    card = await school.say(message)

    assert card is not None and card.text == f"Anna asks about the policy: {QUESTION}"
    assert card.values["subject"] == await school.pseudonym(ANNA)


async def test_the_headteachers_own_question_goes_to_the_deputy_or_to_nobody(school: CampaignSchool):
    reply = await school.press(HEAD, "ask_head", question=QUESTION)

    assert reply.text == "There is nobody I could send this to. Please ask the head in person."
    assert await school.events(EventKind.QUESTION) == []


async def test_without_a_headteacher_it_goes_to_the_chair(school: CampaignSchool):
    school.roster.everybody = tuple(person for person in EVERYBODY if person is not HEAD)

    await school.press(ANNA, "ask_head", question=QUESTION)

    assert await school.recipients(MessageKind.QUESTION) == [CHAIR.name]


@pytest.mark.parametrize("verb", ["ask_first", "ask_head"])
async def test_a_worry_is_handed_off_and_goes_to_nobody(school: CampaignSchool, verb: str):
    reply = await school.press(ANNA, verb, question="A child is scared to go home.")

    assert reply.text == "Tell the safeguarding lead now."
    assert await school.events(EventKind.QUESTION) == [] and await school.messages(MessageKind.QUESTION) == ()


@pytest.mark.parametrize("verb", ["ask_first", "ask_head"])
@pytest.mark.parametrize(
    ("question", "sentence"),
    [(" ", "Please write your question first."), ("x" * 501, "That is longer than I can send")],
)
async def test_an_empty_or_endless_question_is_not_sent(school: CampaignSchool, verb, question, sentence):
    assert (await school.press(ANNA, verb, question=question)).text.startswith(sentence)
    assert await school.messages(MessageKind.QUESTION) == ()


async def test_two_questions_are_two_messages(school: CampaignSchool):
    for _ in range(2):
        await school.press(ANNA, "ask_head", question=QUESTION)
        school.clock.go_on(timedelta(seconds=1))

    assert len(await school.messages(MessageKind.QUESTION)) == 2


async def test_while_a_question_is_open_nobody_is_reminded_and_an_answer_ends_that(school: CampaignSchool):
    await school.press(ANNA, "ask_head", question=QUESTION)
    (anna,) = [s for s in await school.book.signatories(await school.campaign()) if s.name == "Anna"]
    assert anna.is_asking and not anna.is_waiting

    reply = await school.press(HEAD, "answered", subject=anna.pseudonym)

    assert reply.text == "Marked as answered. The person who asked is told that you did."
    assert await school.recipients(MessageKind.REPLY) == ["Anna"]
    (anna,) = [s for s in await school.book.signatories(await school.campaign()) if s.name == "Anna"]
    assert anna.is_waiting


async def test_a_question_is_answered_once_and_only_by_those_who_may(school: CampaignSchool):
    await school.press(ANNA, "ask_head", question=QUESTION)
    subject = await school.pseudonym(ANNA)
    assert (await school.press(BEN, "answered", subject=subject)).text.startswith("Only the headteacher")

    await school.press(CHAIR, "answered", subject=subject)

    assert (
        await school.press(HEAD, "answered", subject=subject)
    ).text == "That question is marked as answered already."
    assert len(await school.messages(MessageKind.REPLY)) == 1


async def test_the_reply_says_that_there_is_an_answer(school: CampaignSchool):
    await school.press(ANNA, "ask_head", question=QUESTION)
    await school.press(HEAD, "answered", subject=await school.pseudonym(ANNA))
    (message,) = await school.messages(MessageKind.REPLY)

    reply = await school.say(message)

    assert reply is not None and reply.text.startswith("the head has marked your question as answered.")
