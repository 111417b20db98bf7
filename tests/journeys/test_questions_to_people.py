"""Questions on their way to people: to the headteacher by name, and to the school without one."""

import asyncio
from datetime import datetime

from bot.outbox.rules.message import MessageKind
from bot.school.rules.calendar import LONDON
from tests.journeys.campaign import HEAD, OFFICE, TEACHER, acknowledge, agreement_of, opened
from tests.journeys.school import School, parts, words

DEPUTY, ASSISTANT = "demo-deputy", "demo-assistant"
QUESTION, ANSWER = "Even for a minute?", "Yes, whenever you leave the room."


async def send_form(at: School, account: str = TEACHER, question: str = QUESTION) -> dict:
    form = await at.press_on(account, await agreement_of(at, account), "I have a question")
    return (await at.press_on(account, form["card"], "See what the policy says", question=question))["card"]


async def found_by(at: School, account: str) -> list[dict]:
    """Every message that was sent to somebody, as they find it when they open the page."""
    known = await at.store.everybody_known()
    sent = [m for m in await at.messages() if m.sent and known[m.recipient].account == account]
    async with asyncio.timeout(10):
        return await at.opens_page(account, len(sent))


async def card_in(at: School, account: str, id: str) -> dict:
    """The newest card of that kind somebody finds."""
    return [message["card"] for message in await found_by(at, account) if message["card"]["id"] == id][-1]


async def test_the_deputy_is_named_before_the_press_and_a_second_press_changes_nothing(september: School):
    await opened(september)
    form = await send_form(september)
    assert "The headteacher and The deputy headteacher (the deputy who acts for the headteacher) will get it" in words(
        {"card": form}
    )

    first = await september.press_on(TEACHER, form, "Send to both", question=QUESTION)
    entries = len(await september.store.entries())
    second = await september.press_on(TEACHER, form, "Send to both", question="Other words?")

    assert second["text"] == first["text"] and "The deputy headteacher and The headteacher" in first["text"]
    assert len(await september.store.entries()) == entries
    assert len(await september.messages(MessageKind.QUESTION)) == 2


async def test_a_question_is_answered_from_the_list_long_after_it_was_asked_and_the_asker_reads_the_answer(
    september: School,
):
    await opened(september)
    await september.press_on(TEACHER, await send_form(september), "Send to", question=QUESTION)
    await september.tick()
    await acknowledge(september, TEACHER)
    await september.after(days=21)
    summary = await september.says(HEAD, "summary")

    listed = await september.press_on(HEAD, summary["card"], "Open questions (1)")
    assert QUESTION in words(listed)
    field = next(part["id"] for part in parts(listed["card"]) if part.get("type") == "Input.Text")
    reply = await september.press_on(HEAD, listed["card"], "Send the answer", **{field: ANSWER})
    await september.tick()

    assert "No questions are open." in reply["text"]
    answer = words({"card": await card_in(september, TEACHER, "reply")})
    assert QUESTION in answer and ANSWER in answer and "has answered your question." in answer
    assert "Open questions" not in words(await september.says(HEAD, "summary"))
    kept = str([(message.words, message.in_reply_to) for message in await september.messages()])
    assert QUESTION not in kept and ANSWER not in kept
    ledger = str([entry.what.text + entry.who.text for entry in await september.store.entries()])
    assert QUESTION not in ledger and ANSWER not in ledger


async def test_when_the_deputy_answers_the_heads_card_says_so(september: School):
    await opened(september)
    await september.press_on(TEACHER, await send_form(september), "Send to", question=QUESTION)
    await september.tick()
    asked = await card_in(september, DEPUTY, "asked")

    await september.press_on(DEPUTY, asked, "Mark as answered in person")
    await september.tick()

    (change,) = await september.messages(MessageKind.ANSWERED)
    (head,) = [m for m in await september.messages(MessageKind.QUESTION) if m.recipient == change.recipient]
    assert change.sent and change.replaces == head.sent
    shown = str(await found_by(september, HEAD))
    assert "The deputy headteacher marked it as answered on Monday 7 September 2026, 09:00." in shown


async def test_a_question_is_withdrawn_by_who_asked(september: School):
    await opened(september)
    sent = await september.press_on(TEACHER, await send_form(september), "Send to", question=QUESTION)

    await september.press_on(TEACHER, sent["card"], "Withdraw this question")
    await september.tick()

    assert "No questions are open." in (await september.says(HEAD, "questions"))["text"]
    assert QUESTION not in str(await september.messages())


async def test_several_open_questions_of_one_person_are_kept_through_a_restart_of_the_projection(september: School):
    await opened(september)
    for question in (QUESTION, "And on a trip?"):
        await september.press_on(TEACHER, await send_form(september, question=question), "Send to", question=question)
    await september.press_on(ASSISTANT, await send_form(september, ASSISTANT), "Send to", question=QUESTION)

    rebuilt = (await september.campaigns.projection()).fresh()
    for entry in await september.store.entries():
        rebuilt.add(entry, entry.event)

    assert len(rebuilt.questions) == 3
    assert "3 questions are open." in (await september.says(HEAD, "questions"))["text"]
    assert "2 people are waiting for an answer from you." in (await september.says(HEAD, "summary"))["text"]


async def test_without_a_campaign_head_deputy_and_office_hear_once_a_week_how_many_questions_were_sent(
    september: School,
):
    form = await september.presses(TEACHER, "send", question="what's for lunch today")
    assert "The office manager (the school office)" in words(form)
    await september.press_on(TEACHER, form["card"], "Send", question="what's for lunch today?")
    assert "lunch" not in (await september.says(OFFICE, "sent questions"))["text"]

    september.now = datetime(2026, 9, 14, 9, tzinfo=LONDON)
    await september.tick()
    await september.after(days=1)

    assert len(await september.messages(MessageKind.DIGEST)) == 3
    assert "1 question was sent to the school last week." in str(await found_by(september, OFFICE))
    listed = await september.says(OFFICE, "sent questions")
    assert "In the week of Monday 7 September 2026" in listed["text"] and "what's for lunch today?" in listed["text"]


async def test_during_a_campaign_the_line_is_in_the_heads_summary(september: School):
    await opened(september)
    await september.presses(TEACHER, "send_to_school", question="what's for lunch today")

    september.now = datetime(2026, 9, 14, 9, tzinfo=LONDON)
    await september.tick()

    assert len(await september.messages(MessageKind.DIGEST)) == 1
    assert "1 question was sent to the school last week." in (await september.says(HEAD, "summary"))["text"]
