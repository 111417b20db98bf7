"""What the head is shown before Send, what Send lets go, and what was promised to somebody and comes after a Stop."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime

import pytest

from bot.ask.understanding import Understanding
from bot.desk.rules.messages import Incoming
from bot.outbox.rules.message import DeliveryState, MessageKind
from bot.people.rules.person import Caller, Proof
from bot.school.rules.calendar import LONDON
from bot.settings import Settings
from tests.journeys.school import School, words
from tests.journeys.test_reminding import HEAD, TEACHER, looked_after, on, opened_school, send, slots


@pytest.fixture
async def opened(settings: Settings, understanding: Understanding) -> AsyncIterator[School]:
    async with opened_school(settings, understanding) as at:
        yield at


async def test_the_preview_holds_the_very_words_that_go_out(opened: School):
    preview = await opened.says(HEAD, "preview")
    await send(opened)
    await on(opened, "2026-09-21", "2026-09-30", "2026-10-06", "2026-10-08", "2026-10-16", "2026-10-23")

    card, *mail = await opened.opens_page(TEACHER, 7)
    shown = preview["text"].replace("[their last day]", "Friday 9 October 2026")
    shown = shown.replace("[a later day]", "Friday 30 October 2026")
    for line in mail[0]["text"].splitlines()[1:] + mail[-1]["text"].splitlines()[1:]:
        assert line in shown
    assert all(line in preview["text"] for line in card["text"].split("\n\n")[:2])
    for line in preview["text"].splitlines()[-4:]:
        assert line in words(preview)


async def test_send_and_stop_are_offered_where_some_wait_and_others_are_written_to(opened: School):
    assert [button in words(await opened.says(HEAD, "preview")) for button in ("Send", "Stop sending")] == [True, False]
    await send(opened)
    assert '"Send"' not in words(await opened.says(HEAD, "preview"))
    opened.staff.write_text(opened.staff.read_text() + "ns1,demo-new,A new teacher,,staff,,,,,New\n")
    await opened.after(days=1)

    preview = await opened.says(HEAD, "preview")

    assert all(f'"{button}"' in words(preview) for button in ("Send", "Stop sending"))


PATTERNS = ("Mon-Fri", "Mon Tue", "Wed", "Thu Fri", "Mon Wed Fri", "Tue Thu")


def many(number: int) -> str:
    hours = ("08:15-15:00", "08:45-15:00", "09:15-15:00")
    lines = [
        f"x{index},many-{index},Somebody Longname-Number {index},,staff,{PATTERNS[index % 6]},{hours[index % 3]},,,\n"
        for index in range(number)
    ]
    return "".join(lines)


async def test_everybody_stands_in_the_preview_of_a_school_of_any_usual_size(opened: School):
    opened.staff.write_text(opened.staff.read_text() + many(150))
    await opened.tick()

    preview = await opened.says(HEAD, "preview")

    assert "file" not in preview
    assert all(f"Somebody Longname-Number {number}" in words(preview) for number in range(150))


async def test_a_preview_no_message_can_hold_comes_with_everybody_in_a_file(opened: School):
    opened.staff.write_text(opened.staff.read_text() + many(900))
    await opened.tick()
    caller = Caller("slyne-with-hest", "web", "", HEAD, Proof.DEMO)

    preview = await opened.staffroom.desk(Incoming(caller, HEAD, text="preview"))

    assert preview.attachment and opened.campaigns.limits.fits(preview)
    reply = preview.attachment.content.decode()
    assert all(f"Somebody Longname-Number {number}: the card on" in reply for number in range(900))
    assert preview.attachment.name == "DEMO-preview.txt" and reply.startswith("DEMO. 918 people are asked")
    assert (await opened.says(HEAD, "preview"))["file"]["name"] == "DEMO-preview.txt"


async def test_the_local_page_shows_nobody_a_card_before_send(opened: School):
    teacher = next(person for person in opened.context.roster.people() if person.account == TEACHER)
    assert await opened.staffroom.campaigns.acknowledge.waiting_cards(teacher) == []

    await send(opened)

    assert [outgoing.card for outgoing in await opened.staffroom.campaigns.acknowledge.waiting_cards(teacher)] == [
        "agreement"
    ]


async def test_nobody_is_let_go_whom_the_head_has_not_seen_however_many_wait(opened: School):
    await send(opened)
    before = opened.staff.read_text()
    opened.staff.write_text(before + "ns1,demo-one,A first starter,,staff,,,,,New\n")
    await opened.after(days=1)
    old = (await opened.says(HEAD, "preview"))["card"]
    reply = await opened.press_on(HEAD, old, "Send")
    assert "will get" in reply["text"]
    opened.staff.write_text(opened.staff.read_text() + "ns2,demo-two,A second starter,,staff,,,,,New\n")
    await opened.after(days=1)

    again = await opened.press_on(HEAD, old, "Send")

    assert "A second starter: once Send is pressed: the card" in again["text"]
    assert await slots(opened, MessageKind.AGREEMENT, "demo-two") == []


@pytest.mark.parametrize("change", ["text", "due"])
async def test_a_press_on_a_preview_of_another_text_or_day_shows_the_new_one_instead(opened: School, change: str):
    old = (await opened.says(HEAD, "preview"))["card"]
    if change == "due":
        await opened.presses(HEAD, "extend", due="2026-10-16")
    else:
        documents = opened.context.school.documents
        paper = replace(documents["AUP"], version="October 2026")
        opened.context.school = replace(opened.context.school, documents={**documents, "AUP": paper})
        await opened.presses(HEAD, "publish", weight="minor")

    again = await opened.press_on(HEAD, old, "Send")

    assert again["card"]["id"] == "preview"
    assert await slots(opened, MessageKind.AGREEMENT) == []


async def test_a_card_that_is_to_come_again_comes_on_the_day_that_was_said(opened: School):
    await send(opened)
    card = (await opened.says("demo-volunteer", "agreement"))["card"]  # on a Monday; Wednesday is their day

    reply = await opened.press_on("demo-volunteer", card, "I’d like time first")

    assert "again on Wednesday 23 September 2026" in reply["text"]
    assert [message.on.day for message in await slots(opened, MessageKind.AGREEMENT, "demo-volunteer")] == [23]
    assert "Wednesday 23 September" in (await opened.press_on("demo-volunteer", card, "Not now"))["text"]
    await looked_after(opened, datetime(2026, 9, 23, 12, tzinfo=LONDON))
    assert [message.state for message in await slots(opened, MessageKind.AGREEMENT, "demo-volunteer")] == [
        DeliveryState.SENT
    ]
    reply = await opened.press_on("demo-volunteer", card, "I’d like time first")
    assert (
        reply["text"] == "You had time until Wednesday 23 September 2026. If you need more, please ask the headteacher."
    )


@pytest.mark.parametrize(("button", "day"), [("I’d like time first", 21), ("Not now", 8)])
async def test_a_stop_over_the_day_on_which_a_card_was_to_come_again_only_delays_it(
    opened: School, button: str, day: int
):
    await send(opened)
    await opened.press_on(TEACHER, (await opened.says(TEACHER, "agreement"))["card"], button)
    await opened.says(HEAD, "stop")
    opened.now = datetime(2026, 9, day, 9, tzinfo=LONDON)
    await opened.tick()
    assert [message.on.day for message in await slots(opened, MessageKind.AGREEMENT, TEACHER)] == [7]

    await opened.after(days=1)
    await send(opened)

    assert [(message.on.day, message.state) for message in await slots(opened, MessageKind.AGREEMENT, TEACHER)] == [
        (7, DeliveryState.SENT),
        (day + 1, DeliveryState.SENT),
    ]


async def test_whoever_asks_for_time_after_not_now_is_left_in_peace_until_then(opened: School):
    await send(opened)
    card = (await opened.says(TEACHER, "agreement"))["card"]
    await opened.press_on(TEACHER, card, "Not now")
    await opened.press_on(TEACHER, card, "I’d like time first")

    assert [message.on.day for message in await slots(opened, MessageKind.AGREEMENT, TEACHER)] == [7, 21]
