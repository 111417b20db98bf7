"""What buttons open: parts of a long card and forms, at once, and in one sentence if they are not there any more."""

from typing import Any

import pytest

from bot.channels.slack.block_limits import modal_faults
from bot.channels.slack.cards import SlackCards
from bot.channels.slack.sections import READ_SECTION
from bot.channels.slack.views import FORM_GONE, PRESS_AGAIN, SECTION_GONE
from bot.desk.rules.messages import Outgoing
from bot.people.rules.conversations import Address
from bot.settings import ROOT
from tests.channels.slack.samples import parts, shown_words, values
from tests.channels.slack.slack_bot import TEACHER_ID, RunningBot, Setting, bot_running
from tests.standins.slack import pressed, pressed_in

LONG = "of what everybody here agrees to about working online"
CLAUSE = "I will lock my laptop when I leave the room. "
CHAT = "D0TEACHER"
TO_TEACHER = Address("slack", account=TEACHER_ID)


def agreement(clauses: int) -> Outgoing:
    """An agreement of eight sections, too long for one message."""
    section = {"clauses": [{"text": CLAUSE * 5}] * clauses}
    sections = [{**section, "id": f"s{number}", "title": f"Part {number}"} for number in range(8)]
    return Outgoing("agreement", {**values("agreement"), "sections": sections}, "The agreement.")


async def buttons_of(bot: RunningBot, outgoing: Outgoing) -> tuple[str, dict[str, Any]]:
    """The message that shows a card, and its buttons by what they say."""
    sent = await bot.messenger.send(TO_TEACHER, outgoing)
    blocks = bot.slack.messages[CHAT, sent.id]["blocks"]
    return sent.id, {part["text"]["text"]: part for part in parts(blocks) if part.get("type") == "button"}


def action(button: dict[str, Any]) -> dict[str, str]:
    return {"action_id": button["action_id"], "value": button["value"]}


@pytest.fixture
def setting() -> Setting:
    return Setting(cards=SlackCards(ROOT / "cards", is_demo=False))


@pytest.mark.parametrize("clauses", [12, 7])
async def test_a_section_opens_whole_and_nobody_is_asked_before(bot: RunningBot, clauses: int):
    message, buttons = await buttons_of(bot, agreement(clauses))
    before = len(bot.slack.calls)

    await bot.takes(pressed(action(buttons["Read: Part 3"]), TEACHER_ID, CHAT, message))

    (view,) = bot.slack.views
    assert (view["title"]["text"], modal_faults(view)) == ("Part 3", [])
    assert shown_words(view["blocks"]).count(CLAUSE.strip()) == 5 * clauses
    assert [call.method for call in bot.slack.calls[before:]] == ["views.open"]
    assert bot.small.heard == []


async def test_a_section_that_its_button_carries_opens_also_after_a_restart(bot: RunningBot, setting: Setting):
    card = Outgoing("agreement", {**agreement(12).values, "sections": [
        *agreement(20).values["sections"][:6], {"id": "s9", "title": "Short", "clauses": [{"text": CLAUSE}]},
    ]}, "The agreement.")  # fmt: skip
    message, buttons = await buttons_of(bot, card)

    async with bot_running(setting) as restarted:
        await restarted.takes(pressed(action(buttons["Read: Short"]), TEACHER_ID, CHAT, message))
        await restarted.takes(pressed(action(buttons["Read: Part 3"]), TEACHER_ID, CHAT, message, "1.2.b"))

        (view,) = restarted.slack.views
        assert CLAUSE.strip() in shown_words(view["blocks"])
        assert [shown["text"] for shown in restarted.slack.ephemeral] == [SECTION_GONE]


async def test_an_expired_trigger_asks_to_press_again(bot: RunningBot):
    message, buttons = await buttons_of(bot, agreement(12))
    bot.slack.expired.add("1.2.a")

    await bot.takes(pressed(action(buttons["Read: Part 3"]), TEACHER_ID, CHAT, message))

    assert [shown["text"] for shown in bot.slack.ephemeral] == [PRESS_AGAIN]


async def test_a_long_form_of_a_card_that_the_bot_sent_first_opens_and_after_a_restart_is_asked_for_again(
    bot: RunningBot, setting: Setting
):
    people = [{"value": f"t{number}", "title": f"A teacher with the number {number}"} for number in range(90)]
    paper = Outgoing("paper", {**values("paper"), "people": people}, "Record a signed sheet.")
    message, buttons = await buttons_of(bot, paper)

    await bot.takes(pressed(action(buttons["Record it"]), TEACHER_ID, CHAT, message))
    async with bot_running(setting) as restarted:
        await restarted.takes(pressed(action(buttons["Record it"]), TEACHER_ID, CHAT, message, "5.6.b"))

        assert [shown["text"] for shown in restarted.slack.ephemeral] == [FORM_GONE]
    (view,) = bot.slack.views
    assert "number 89" in str(view["blocks"])


async def test_a_button_that_says_it_opens_a_part_and_carries_none_changes_nothing(bot: RunningBot):
    await bot.takes(pressed({"action_id": READ_SECTION, "value": '{"title": 5}'}, TEACHER_ID, CHAT, "1700000000.1"))

    assert bot.slack.views == [] and bot.small.heard == []
    assert [shown["text"] for shown in bot.slack.ephemeral] == [SECTION_GONE]


async def top_button(bot: RunningBot, title: str) -> dict[str, str]:
    buttons = [part for part in parts(bot.slack.views[-1]["blocks"]) if part.get("type") == "button"]
    return action(next(part for part in buttons if part["text"]["text"] == title))


def many_parts() -> Outgoing:
    """An agreement of so many sections that their buttons are behind a button of their own."""
    section = {"clauses": [{"text": CLAUSE * 5}] * 12}
    sections = [{**section, "id": f"s{number}", "title": f"Part {number} {LONG}"} for number in range(240)]
    return Outgoing("agreement", {**values("agreement"), "sections": sections}, "The agreement.")


async def test_a_part_that_opens_in_a_modal_lies_on_top_of_it_and_leads_back(bot: RunningBot):
    message, buttons = await buttons_of(bot, many_parts())
    (rest,) = (title for title in buttons if title.startswith("Read the rest"))
    await bot.takes(pressed(action(buttons[rest]), TEACHER_ID, CHAT, message))
    inner = next(part["text"]["text"] for part in parts(bot.slack.views[0]["blocks"]) if part.get("type") == "button")

    await bot.takes(pressed_in(bot.slack.top_view(), await top_button(bot, inner), TEACHER_ID))

    assert [call.method for call in bot.slack.calls[-2:]] == ["views.open", "views.push"]
    below, top = bot.slack.views
    assert inner.removeprefix("Read: ").startswith(top["title"]["text"].rstrip("…")) and modal_faults(top) == []
    assert shown_words(top["blocks"]).count(CLAUSE.strip()) == 5 * 12
    assert below["private_metadata"] == top["private_metadata"]  # both know the message that the card is in
    assert bot.slack.ephemeral == []


async def test_a_stack_of_three_grows_no_further_its_top_is_replaced(bot: RunningBot):
    message, buttons = await buttons_of(bot, agreement(7))
    await bot.takes(pressed(action(buttons["Read: Part 3"]), TEACHER_ID, CHAT, message))

    for place in range(3):
        button = action(buttons[f"Read: Part {place}"])
        await bot.takes(pressed_in(bot.slack.top_view(), button, TEACHER_ID, trigger=f"1.2.{place}"))

    assert [call.method for call in bot.slack.calls[-4:]] == ["views.open", "views.push", "views.push", "views.update"]
    assert bot.slack.calls[-1].arguments["view_id"] == bot.slack.stack[-1]
    assert bot.slack.views[-1]["title"]["text"] == "Part 2" and len(bot.slack.stack) == 3


async def test_a_modal_that_says_it_is_of_another_message_opens_nothing_that_is_not_kept_there(bot: RunningBot):
    message, buttons = await buttons_of(bot, agreement(12))
    await bot.takes(pressed(action(buttons["Read: Part 3"]), TEACHER_ID, CHAT, message))
    for metadata in ("{", "5", '{"data": {}, "shown_in": {"conversation": 5, "message": ["x"]}}', None):
        view = {**bot.slack.top_view(), "private_metadata": metadata}
        await bot.takes(pressed_in(view, action(buttons["Read: Part 3"]), TEACHER_ID, trigger=f"1.2.{metadata}"[:9]))

    assert len(bot.slack.views) == 1
    assert [shown["text"] for shown in bot.slack.ephemeral] == [SECTION_GONE] * 4
