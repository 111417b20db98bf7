"""A question about the agreement: answered from the policy first, then sent to the headteacher if somebody wants."""

import asyncio
from datetime import timedelta

import pytest

from bot.evidence.rules.ledger import EventKind
from bot.outbox.rules.message import MessageKind
from bot.people.rules.person import Person, Role
from tests.campaigns.campaign_school import ANNA, BEN, CHAIR, EVERYBODY, HEAD, CampaignSchool
from tests.fakes import MONDAY, days

QUESTION = "Why must I lock my screen?"
DEPUTY = Person("de", "Dana", "", "dana", frozenset({Role.DEPUTY}), delegate_until=MONDAY + days(30))


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

    assert reply.text.startswith("Sent to The headteacher. I keep your words until there is an answer")
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


async def form_of(school: CampaignSchool, person: Person, question: str = QUESTION) -> dict[str, str]:
    """What the button to send carries on somebody's form, with the question as they wrote it."""
    values = (await school.press(person, "ask_first", question=question)).values
    return {name: values[name] for name in ("campaign", "form", "recipients", "question")}


async def test_without_a_headteacher_it_goes_to_the_chair_who_is_named_first(school: CampaignSchool):
    school.roster.everybody = tuple(person for person in EVERYBODY if person is not HEAD)
    form = await school.press(ANNA, "ask_first", question=QUESTION)

    await school.press(ANNA, "ask_head", **await form_of(school, ANNA))

    assert form.values["readers"].startswith("The chair (the chair of governors) will get it, with your name.")
    assert await school.recipients(MessageKind.QUESTION) == [CHAIR.name]


async def test_the_form_names_the_deputy_who_acts_for_the_headteacher(school: CampaignSchool):
    school.roster.everybody = (*EVERYBODY, DEPUTY)

    form = await school.press(ANNA, "ask_first", question=QUESTION)

    assert "The headteacher and Dana (the deputy who acts for the headteacher) will get it" in form.values["readers"]
    assert form.values["send"] == "Send to both"


async def test_a_question_is_not_sent_to_anybody_whom_the_form_did_not_name(school: CampaignSchool):
    form = await form_of(school, ANNA)
    school.roster.everybody = (*EVERYBODY, DEPUTY)

    reply = await school.press(ANNA, "ask_head", **form)

    assert reply.text.startswith("Nothing was sent yet: please look again at who will get it")
    assert "Dana" in reply.values["readers"] and reply.values["question"] == QUESTION
    assert await school.messages(MessageKind.QUESTION) == ()
    again = {name: reply.values[name] for name in ("campaign", "form", "recipients", "question")}
    assert (await school.press(ANNA, "ask_head", **again)).text.startswith("Sent to ")
    assert await school.recipients(MessageKind.QUESTION) == ["Dana", "The headteacher"]


async def test_a_form_of_an_older_version_names_the_headteacher_only_so_nobody_else_gets_its_question(school):
    school.roster.everybody = (*EVERYBODY, DEPUTY)

    reply = await school.press(ANNA, "ask_head", question=QUESTION)

    assert reply.card == "asking" and "Dana" in reply.values["readers"]
    assert await school.messages(MessageKind.QUESTION) == ()


async def test_a_second_press_of_a_form_sends_and_records_nothing_whatever_its_words(school: CampaignSchool):
    form = await form_of(school, ANNA)

    first = await school.press(ANNA, "ask_head", **form)
    school.clock.go_on(timedelta(seconds=5))
    second = await school.press(ANNA, "ask_head", **{**form, "question": "Another word?"})

    assert second == first
    assert len(await school.events(EventKind.QUESTION)) == 1
    (message,) = await school.messages(MessageKind.QUESTION)
    assert message.words == QUESTION


async def test_two_presses_at_once_are_one_question(school: CampaignSchool):
    form = await form_of(school, ANNA)

    replies = await asyncio.gather(*(school.press(ANNA, "ask_head", **form) for _ in range(4)))

    assert {reply.text for reply in replies} == {replies[0].text}
    assert len(await school.events(EventKind.QUESTION)) == len(await school.messages(MessageKind.QUESTION)) == 1


async def test_another_form_with_the_same_words_is_another_question(school: CampaignSchool):
    for _ in range(2):
        await school.press(ANNA, "ask_head", **await form_of(school, ANNA))

    assert len(await school.events(EventKind.QUESTION)) == 2
    assert len((await school.projection()).questions_of(await school.pseudonym(ANNA))) == 2


async def test_a_form_is_of_the_person_it_was_made_for(school: CampaignSchool):
    form = await form_of(school, ANNA)
    await school.press(ANNA, "ask_head", **form)

    await school.press(BEN, "ask_head", **form)

    assert len(await school.events(EventKind.QUESTION)) == 2


async def test_a_form_without_an_id_is_known_by_its_words_of_that_day(school: CampaignSchool):
    first = await school.press(ANNA, "ask_head", question=QUESTION)
    school.clock.go_on(timedelta(seconds=1))

    assert await school.press(ANNA, "ask_head", question=QUESTION) == first
    assert len(await school.messages(MessageKind.QUESTION)) == 1


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
    for question in (QUESTION, "And why so soon?"):
        await school.press(ANNA, "ask_head", question=question)

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


async def test_a_question_keeps_its_words_although_the_clock_went_back(school: CampaignSchool):
    school.clock.go_on(timedelta(hours=-2))

    reply = await school.press(ANNA, "ask_head", question=QUESTION)

    assert reply.text.startswith("Sent to The headteacher.")
    (message,) = await school.messages(MessageKind.QUESTION)
    (entry,) = await school.store.entries_of(EventKind.QUESTION)
    assert message.subject.number == entry.number
    card = await school.say(message)
    assert card is not None and QUESTION in card.text
