"""After the cards are out: the summary, who left, who is erased, the next year, a restart; nothing is lost."""

import pytest

from bot.ask.understanding import Understanding
from bot.evidence.erase import erase
from bot.evidence.rules.ledger import verify
from bot.outbox.rules.message import MessageKind
from bot.settings import Settings
from tests.journeys.campaign import ASSISTANT, HEAD, TEACHER, acknowledge, agreement_of, opened, summary
from tests.journeys.policy_files import with_changes
from tests.journeys.school import School, school, words


async def test_the_summary_on_its_page_says_what_the_card_says(september: School):
    await opened(september)
    await acknowledge(september, TEACHER)
    card = await september.says(HEAD, "summary")

    page = await september.asks("/summary", account=HEAD, token=september.token)

    for line in card["text"].splitlines():
        assert line.lstrip("- ").split(":")[0] in page
    with pytest.raises(AssertionError, match="Only the headteacher"):
        await september.asks("/summary", account=TEACHER, token=september.token)


async def test_every_monday_the_head_gets_the_summary_once_and_the_chair_when_the_head_is_late(september: School):
    await opened(september)
    await september.after(days=4)  # Friday
    assert not [message for message in await september.messages() if message.kind is MessageKind.SUMMARY]
    await september.after(days=3)
    await september.tick()

    reply = await september.opens_page(HEAD, 2)
    assert [outgoing["card"]["id"] for outgoing in reply] == ["agreement", "summary"]
    await september.after(days=21)
    sent = [message for message in await september.messages() if message.kind is MessageKind.SUMMARY]
    accounts = {person.pseudonym: person.account for person in (await september.store.everybody_known()).values()}
    assert len(sent) == 5  # two Mondays for head and deputy; the second for the chair: the head's own day has passed
    assert "demo-chair" in {accounts[message.recipient] for message in sent}


async def test_who_left_long_ago_is_taken_out_and_that_is_an_event(september: School):
    await opened(september)
    await acknowledge(september, ASSISTANT)
    lines = september.staff.read_text().splitlines()
    september.staff.write_text("\n".join(line for line in lines if not line.startswith("ta1,")) + "\n")
    await september.after(days=1)
    assert "A teaching assistant" in {person.name for person in (await september.store.everybody_known()).values()}

    await september.after(days=366 * 6)

    assert "A teaching assistant" not in {person.name for person in (await september.store.everybody_known()).values()}
    entries = await september.store.entries()
    assert verify(entries)
    kinds = [entry.event.kind for entry in entries]
    assert "remove" in kinds and "leave" in kinds
    assert "1 of 19 have acknowledged" in await summary(september)  # the receipt counts, without a name


async def test_erasing_somebody_leaves_the_figures_and_no_trace(september: School):
    await opened(september)
    await acknowledge(september, ASSISTANT)
    lines = september.staff.read_text().splitlines()
    september.staff.write_text("\n".join(line for line in lines if not line.startswith("ta1,")) + "\n")
    actor = next(person for person in september.context.roster.people() if person.id == "it1")

    await erase(september.context, "ta1", actor)

    assert "1 of 18 have acknowledged" in await summary(september)
    for file in september.staff.parent.iterdir():
        assert b"A teaching assistant" not in file.read_bytes(), file.name
        assert b"demo-assistant" not in file.read_bytes(), file.name


async def test_a_typed_name_is_asked_for_where_the_school_wants_it_and_never_compared(
    settings: Settings, understanding: Understanding
):
    wants_names = with_changes(settings, {"school.toml": {"typed_name = false": "typed_name = true"}})
    async with school(wants_names, understanding) as september:
        await opened(september)
        card = await agreement_of(september, TEACHER)
        assert "Your name" in words({"card": card})

        await september.press_on(TEACHER, card, "Acknowledge", agree="true", typed="Quite another name")

        entry = (await september.store.entries())[-1]
        assert entry.event.who["typed"] == "Quite another name"


async def test_next_year_the_summary_says_how_it_stood_last_year(september: School):
    await opened(september)
    await acknowledge(september, TEACHER)
    await september.press_on(HEAD, (await september.says(HEAD, "close campaign"))["card"], "Close it now")
    await september.after(days=364)
    await september.presses(HEAD, "open", audience="staff", due="2027-09-28", anyway="true")

    text = await summary(september)

    assert "At this point in 2026/27: 1 of 18 (6%)." in text
    assert "Acceptable Use Policy, 2027/28" in text


async def test_a_campaign_is_extended_and_a_test_card_records_nothing(september: School):
    await opened(september)
    form = await september.says(HEAD, "summary")
    assert "later than the old one" in (await september.press_on(HEAD, form["card"], "Move", due="2026-09-20"))["text"]
    reply = await september.press_on(HEAD, form["card"], "Move", due="2026-10-05")
    assert "Monday 5 October 2026" in reply["text"]
    test = await september.says(HEAD, "send me a test")
    assert "TEST: nothing you press here is recorded" in words(test)
    assert "nothing was recorded" in (await september.press_on(HEAD, test["card"], "Acknowledge", agree="true"))["text"]
    preview = await september.says(HEAD, "preview")
    assert "18 people are asked: 17 are written to, 1 is not" in preview["text"]
    assert (
        "A class teacher: has the card since Monday 7 September 2026; while it is open, reminders on" in preview["text"]
    )
    assert "0 of 18" in await summary(september)


async def test_everything_is_there_after_a_restart(settings: Settings, understanding: Understanding):
    async with school(settings, understanding) as before:
        await opened(before)
        receipt = await acknowledge(before, TEACHER)
    async with school(settings, understanding) as after:
        assert (await agreement_of(after, TEACHER)) == receipt["card"]
        await after.tick()
        assert len(await after.opens_page(ASSISTANT, 1)) == 1
