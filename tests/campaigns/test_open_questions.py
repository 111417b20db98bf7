"""Questions to the headteacher stay listed until they are answered, here or in person, or withdrawn."""

from dataclasses import replace

import pytest

from bot.campaigns.question_cards import reply_card
from bot.evidence.rules.ledger import Event, EventKind
from bot.outbox.rules.message import MessageKind
from tests.campaigns.asking import DEPUTY, WHEN, WHY, ask, deliver, listed, press_answer, questions_to, school_that_asks
from tests.campaigns.campaign_school import ANNA, BEN, CHAIR, HEAD, CampaignSchool
from tests.fakes import MONDAY, days


@pytest.fixture
async def school() -> CampaignSchool:
    return await school_that_asks()


async def test_every_open_question_is_listed_with_who_asked_when_and_their_words(school: CampaignSchool):
    await ask(school)
    await ask(school, question=WHEN)
    await ask(school, BEN)
    await deliver(school)

    items = await listed(school)

    assert [(item["name"], item["question"]) for item in items] == [("Anna", WHY), ("Anna", WHEN), ("Ben", WHY)]
    assert items[0]["when"] == "Monday 6 September 2021"
    assert len({item["answer_id"] for item in items}) == 3 and all(item["may_answer"] for item in items)


async def test_the_asker_gets_the_answer_with_their_own_words_and_who_answered(school: CampaignSchool):
    await ask(school)
    await ask(school, question=WHEN)
    await deliver(school)
    first, _ = await listed(school)

    reply = await press_answer(school, DEPUTY, first, "To keep pupils' data safe.")

    assert reply.text.startswith(
        "Sent: Anna gets your answer, with their question. I keep its words until they have it."
    )
    assert [item["question"] for item in reply.values["questions"]] == [WHEN]
    assert await school.recipients(MessageKind.REPLY) == ["Anna"]
    (message,) = await school.messages(MessageKind.REPLY)
    card = await school.say(message)
    assert card is not None and card.values["says"] == "Dana has answered your question."
    assert (card.values["question"], card.values["answer"]) == (WHY, "To keep pupils' data safe.")


async def test_no_words_of_question_or_answer_are_in_the_ledger(school: CampaignSchool):
    await ask(school)
    (item,) = await listed(school)
    await press_answer(school, HEAD, item, "To keep it safe.")

    ledger = str([entry.what.text + entry.who.text for entry in await school.store.entries()])
    assert WHY not in ledger and "keep it safe" not in ledger
    assert not any(message.words for message in await school.messages(MessageKind.QUESTION))


@pytest.mark.parametrize("answer", ["", "  ", "x" * 501])
async def test_an_empty_or_endless_answer_changes_nothing(school: CampaignSchool, answer: str):
    await ask(school)
    (item,) = await listed(school)

    reply = await press_answer(school, HEAD, item, answer)

    assert reply.text.endswith("Nothing was sent.") and len(await listed(school)) == 1


async def test_a_question_answered_in_person_is_marked_and_the_asker_is_told_which(school: CampaignSchool):
    await ask(school)
    await ask(school, question=WHEN)
    first, second = await listed(school)

    await school.press(HEAD, "answered", number=second["number"], subject=second["subject"])

    assert [item["number"] for item in await listed(school)] == [first["number"]]
    (message,) = await school.messages(MessageKind.REPLY)
    card = await school.say(message)
    assert card is not None and card.text.startswith("the head has marked your question as answered.")
    assert card.values["question"] == WHEN


async def test_the_others_card_says_who_answered_and_when(school: CampaignSchool):
    await ask(school)
    await deliver(school)
    (mine,) = await questions_to(school, DEPUTY)
    (item,) = await listed(school)
    data = {name: item[name] for name in ("number", "campaign", "subject")}

    await school.press(HEAD, "answer_question", **data, **{item["answer_id"]: "Safety."})

    (change,) = await school.messages(MessageKind.ANSWERED)
    assert change.recipient == await school.pseudonym(DEPUTY) and change.replaces == mine.sent
    card = await school.say(change)
    assert card is not None
    assert card.text == (
        "The question Anna asked on Monday 6 September 2021 is not open any more. "
        "The headteacher answered it here on Monday 6 September 2021, 09:00."
    )


async def test_who_answers_second_is_told_who_was_first_and_nothing_is_sent(school: CampaignSchool):
    await ask(school)
    (item,) = await listed(school)
    await press_answer(school, HEAD, item, "Safety.")

    reply = await press_answer(school, DEPUTY, item, "Because.")

    assert "The headteacher answered it here" in reply.text
    assert len(await school.messages(MessageKind.REPLY)) == len(await school.events(EventKind.ANSWER)) == 1


async def test_a_card_not_sent_yet_is_not_sent_once_the_question_is_answered(school: CampaignSchool):
    await ask(school)
    (unsent,) = await questions_to(school, DEPUTY)
    (item,) = await listed(school)
    await press_answer(school, HEAD, item, "Safety.")

    assert await school.say(unsent) is None


async def test_the_chair_sees_that_a_question_is_open_but_not_its_words(school: CampaignSchool):
    await ask(school)

    (item,) = await listed(school, CHAIR)

    assert (item["name"], item["question"], item["may_answer"]) == ("Anna", "", False)
    assert "Nothing was sent" in (await press_answer(school, CHAIR, item, "So.")).text
    assert len(await listed(school)) == 1


async def test_staff_see_their_own_open_questions_and_can_withdraw_them(school: CampaignSchool):
    await ask(school)
    await ask(school, BEN, WHEN)
    await deliver(school)
    own = await school.write(ANNA, "my questions")
    (item,) = own.values["questions"]
    assert item["question"] == WHY
    assert (await school.write(ANNA, "questions")).text == own.text

    reply = await school.press(ANNA, "withdraw_question", number=item["number"])

    assert "It was withdrawn on Monday 6 September 2021, 09:00." in reply.text
    assert [item["name"] for item in await listed(school)] == ["Ben"]
    assert await school.recipients(MessageKind.ANSWERED) == ["Dana", "The headteacher"]
    assert WHY not in {message.words for message in await school.messages(MessageKind.QUESTION)}
    assert (await school.write(ANNA, "my questions")).text == "You have no open question."


async def test_the_words_of_an_open_question_are_in_the_askers_record_and_in_nobody_elses(school: CampaignSchool):
    await ask(school)

    assert WHY in (await school.write(ANNA, "my record")).text
    assert WHY not in (await school.write(BEN, "my record")).text


async def test_nobody_withdraws_somebody_elses_question(school: CampaignSchool):
    await ask(school)
    (item,) = await listed(school)

    reply = await school.press(BEN, "withdraw_question", number=item["number"])

    assert reply.text == "Only the person who asked can withdraw a question. Nothing was changed."
    assert len(await listed(school)) == 1


@pytest.mark.parametrize("number", ["", "x", "999", "-1", "1e9", "٣"])
@pytest.mark.parametrize("verb", ["answer_question", "answered", "withdraw_question"])
async def test_a_number_of_no_question_changes_nothing(school: CampaignSchool, verb: str, number: str):
    await ask(school)

    reply = await school.press(HEAD, verb, number=number)

    assert reply.text.endswith(".") and len(await listed(school)) == 1


async def test_a_question_stays_in_the_summary_when_the_asker_acknowledged_and_the_campaign_closed(school):
    await ask(school)
    await ask(school, question=WHEN)
    await school.acknowledge(ANNA)
    school.go_to(MONDAY + days(40))

    assert (await school.write(HEAD, "summary")).values["open_questions"] == "2"
    await school.press(HEAD, "close", campaign=(await school.campaign()).id, confirm="true", anyway="true")
    school.roster.everybody = tuple(person for person in school.people if person is not ANNA)

    summary = await school.write(HEAD, "summary")
    assert summary.values["open_questions"] == "2" and "1 person is waiting for an answer from you." in summary.text
    assert [item["name"] for item in await listed(school)] == ["Anna", "Anna"]


async def test_after_ninety_days_a_question_is_listed_without_its_words(school: CampaignSchool):
    await ask(school)
    await deliver(school)
    school.go_to(MONDAY + days(90))
    assert await school.campaigns.questions.forget_words() == 0

    school.go_to(MONDAY + days(91))
    assert await school.campaigns.questions.forget_words() == 2

    (item,) = await listed(school)
    assert (item["question"], item["missing"]) == ("", "Its words are not kept here any more.")
    assert item["may_answer"]
    assert (await school.press(HEAD, "answered", number=item["number"])).text.startswith("Marked as answered")


async def test_erasing_somebody_takes_their_open_question_and_its_words_away(school: CampaignSchool):
    await ask(school)
    await deliver(school)
    pseudonym = await school.pseudonym(ANNA)
    school.roster.everybody = tuple(person for person in school.people if person is not ANNA)

    await school.store.erase(pseudonym, Event(EventKind.ERASE, school.clock(), subject=pseudonym))

    assert await listed(school) == [] and await school.messages(MessageKind.QUESTION) == ()
    assert (await school.write(HEAD, "summary")).values["open_questions"] == ""


async def test_the_projection_is_the_same_once_it_was_saved_and_loaded(school: CampaignSchool):
    await ask(school)
    await ask(school, BEN)
    first, _ = await listed(school)
    await press_answer(school, HEAD, first, "Safety.")
    projection = await school.projection()

    loaded = projection.fresh()
    loaded.load(projection.dump())

    assert loaded.dump() == projection.dump()
    assert replace(loaded) == replace(projection)


async def test_only_those_who_may_answer_see_the_questions_of_others(school: CampaignSchool):
    await ask(school)

    assert (await school.press(BEN, "questions")).text.startswith("Only the headteacher")
    assert (await school.write(BEN, "open questions")).text.startswith("Only the headteacher")


NOTHING = ["", "   ", "\u2800", "\u3164\u200d", "\x07\x08", "\ufe0f"]


@pytest.mark.parametrize("nothing", NOTHING)
async def test_an_answer_in_which_nothing_is_written_is_asked_for_again(school: CampaignSchool, nothing: str):
    await ask(school)
    await deliver(school)
    (item,) = await listed(school)

    reply = await press_answer(school, HEAD, item, nothing)

    assert reply.text == "Please write your answer first. Nothing was sent."
    assert await school.events(EventKind.ANSWER) == []


@pytest.mark.parametrize("nothing", NOTHING)
async def test_a_correction_needs_a_reason_that_can_be_read(school: CampaignSchool, nothing: str):
    receipt = await school.acknowledge(ANNA)
    number = receipt.values["facts"][0]["value"]

    assert "what was wrong" in (await school.press(HEAD, "correct", receipt=number, reason=nothing)).text
    assert await school.events(EventKind.CORRECT) == []


def test_an_answer_whose_words_are_gone_is_not_called_one_in_person():
    lost = reply_card("Mr Head", WHY, "", is_answered_here=True).text
    in_person = reply_card("Mr Head", WHY, "", is_answered_here=False).text

    assert "has answered your question here" in lost and "Please ask Mr Head" in lost
    assert "marked your question as answered" in in_person


async def test_keys_of_the_ledger_that_were_deleted_let_nobody_answer_or_acknowledge_twice(school: CampaignSchool):
    await ask(school)
    await deliver(school)
    (item,) = await listed(school)
    await press_answer(school, HEAD, item, "Because pupils use the room.")
    card = await school.press(BEN, "agreement")
    own = {name: card.values[name] for name in ("campaign", "version", "to")}
    await school.press(BEN, "acknowledge", **own, agree="true")
    before = await school.store.head()

    school.store.numbers.clear()  # the rows that say what was done once; nothing in the chain counts them
    await press_answer(school, HEAD, item, "Another answer.")
    await school.press(BEN, "acknowledge", **own, agree="true")

    assert await school.store.head() == before
    assert len(await school.events(EventKind.ANSWER)) == len(await school.events(EventKind.ACKNOWLEDGE)) == 1
