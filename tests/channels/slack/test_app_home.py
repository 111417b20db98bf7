"""The App Home shows each person what waits for them and the policies, and strangers one sentence."""

import json
from typing import Any

import pytest

from bot.channels.slack.cards import SlackCards
from bot.channels.slack.home_view import MAX_HOME_BLOCKS, home_with_passage, start_page
from bot.desk.desk import STRANGER
from bot.settings import ROOT
from tests.channels.fakes import shown
from tests.channels.slack.slack_bot import STRANGER_ID, TEACHER_ID, RunningBot
from tests.standins.slack import APP_ID, TEAM, LittleSlack, submitted

KIT = SlackCards(ROOT / "cards", is_demo=False)
CHAT = LittleSlack.chat_of(TEACHER_ID)


def opened(user: str = TEACHER_ID) -> dict[str, Any]:
    return {"type": "app_home_opened", "tab": "home", "user": user, "channel": LittleSlack.chat_of(user)}


def pressed_on_home(action_id: str, data: dict[str, str] | None = None, trigger: str = "1.2.h") -> dict[str, Any]:
    return {
        "type": "block_actions",
        "api_app_id": APP_ID,
        "team": {"id": TEAM},
        "user": {"id": TEACHER_ID, "team_id": TEAM},
        "container": {"type": "view", "view_id": "V00000001"},
        "view": {"id": "V00000001", "type": "home"},
        "trigger_id": trigger,
        "actions": [{"type": "button", "action_id": action_id, "value": json.dumps(data or {})}],
    }


def words(view: Any) -> str:
    return json.dumps(view, ensure_ascii=False)


def buttons(view: dict[str, Any]) -> list[str]:
    rows = [block["elements"] for block in view["blocks"] if block["type"] == "actions"]
    return [button["action_id"] for row in rows for button in row]


async def test_the_home_says_that_nothing_waits_and_offers_record_question_and_policies(bot: RunningBot):
    assert await bot.hears(opened(), "Ev1") == 200

    (view,) = bot.slack.views
    assert view["type"] == "home" and bot.slack.calls[-1].arguments["user_id"] == TEACHER_ID
    assert "Nothing waits for you." in words(view)
    assert {"home_ask", "record", "policies", "help", "read"} <= set(buttons(view))
    assert not {"agreement", "own_questions"} & set(buttons(view))
    assert bot.slack.texts() == []  # looking at a page sends nothing


async def test_what_waits_is_named_with_a_button_that_brings_it_in_the_direct_messages(bot: RunningBot):
    bot.small.waits = True
    await bot.hears(opened(), "Ev1")

    (view,) = bot.slack.views
    assert "Please read the Acceptable Use Policy." in words(view) and "It has 41 clauses" not in words(view)
    assert {"agreement", "own_questions"} <= set(buttons(view))

    await bot.takes(pressed_on_home("record"))
    assert bot.slack.texts(CHAT) or bot.slack.ephemeral[-1]["channel"] == CHAT


async def test_the_policies_are_read_page_by_page_on_the_home_and_there_is_a_way_back(bot: RunningBot):
    await bot.hears(opened(), "Ev1")
    await bot.takes(pressed_on_home("read", {"kind": "document", "asked": "AUP", "page": "1"}))
    await bot.takes(pressed_on_home("read #2", {"kind": "document", "asked": "AUP", "page": "2"}, "1.2.i"))
    await bot.takes(pressed_on_home("home_start", trigger="1.2.j"))

    first, page, following, back = bot.slack.views
    assert buttons(page)[0] == buttons(following)[0] == "home_start"
    assert [incoming.inputs["page"] for incoming in bot.small.heard] == ["1", "2"]
    assert back == first and bot.slack.texts() == []


async def test_a_question_from_the_home_is_answered_in_the_direct_messages(bot: RunningBot):
    await bot.takes(pressed_on_home("home_ask"))
    (modal,) = bot.slack.views
    assert modal["type"] == "modal"

    values = {"question": {"question": {"type": "plain_text_input", "value": "can i use my phone"}}}
    status, response = await bot.takes(submitted(modal, values, TEACHER_ID))
    await bot.idle()

    assert (status, response) == (200, {"response_action": "clear"})
    assert [incoming.text for incoming in bot.small.heard] == ["can i use my phone"]
    assert len(bot.slack.texts(CHAT)) == 1


@pytest.mark.parametrize("values", [{"question": {"question": {"value": "  "}}}, {}, {"question": 5}])
async def test_a_form_without_a_question_stays_open(bot: RunningBot, values: dict[str, Any]):
    await bot.takes(pressed_on_home("home_ask"))

    status, response = await bot.takes(submitted(bot.slack.views[0], values, TEACHER_ID))

    assert status == 200 and response["response_action"] == "errors"
    assert bot.small.heard == []


async def test_a_press_that_came_too_late_says_so(bot: RunningBot):
    bot.slack.expired.add("1.2.h")

    await bot.takes(pressed_on_home("home_ask"))

    assert bot.slack.texts(CHAT) == ["That took too long to open. Please press the button again."]


async def test_a_stranger_sees_one_sentence_and_no_button(bot: RunningBot):
    await bot.hears(opened(STRANGER_ID), "Ev1")

    (view,) = bot.slack.views
    assert STRANGER in words(view) and buttons(view) == []


@pytest.mark.parametrize("event", [{"tab": "about"}, {"tab": 5}, {"tab": "home", "user": "nobody"}])
async def test_other_tabs_and_odd_shapes_show_nothing(bot: RunningBot, event: dict[str, Any]):
    assert await bot.hears({**opened(), **event}, "Ev1") in {200, 400}

    assert bot.slack.views == []


def test_real_cards_fit_the_home_and_every_action_id_is_there_once_in_its_block():
    policies = KIT.message(shown("policies", ""))["blocks"]
    for view in (
        start_page(agreement="Please read.", has_questions=True, policies=policies),
        home_with_passage(KIT.message(shown("passage", ""))["blocks"], ""),
    ):
        assert len(view["blocks"]) <= MAX_HOME_BLOCKS
        for block in view["blocks"]:
            ids = [element.get("action_id") for element in block.get("elements", []) if "action_id" in element]
            assert len(ids) == len(set(ids))


def test_a_home_with_too_many_blocks_says_where_the_rest_is():
    many = [{"type": "divider"}] * 300

    view = start_page(agreement="", has_questions=False, policies=many)

    assert len(view["blocks"]) == MAX_HOME_BLOCKS
    assert "Press The policies to read on in Messages." in words(view["blocks"][-1])
