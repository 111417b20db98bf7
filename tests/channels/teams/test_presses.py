"""Buttons and thumbs in Teams: what a press shows, and what it never changes."""

import json
from typing import Any

import pytest

from bot.ask.rules.tallies import Count, Outcome, week_of
from bot.desk.desk import NOTED, STRANGER
from bot.settings import ROOT
from tests.channels.teams.teams_bot import CARDS, NINE, Bot, card_of
from tests.fakes import MONDAY
from tests.standins.activities import activity, pressed, said


async def test_a_press_delivered_again_is_answered_the_same(bot: Bot):
    body = pressed(bot.service, "helped", {"situation": "phones"})

    first, again = await bot.hears(body), await bot.hears(body)

    assert first == again
    assert bot.store.counted[Count(week_of(MONDAY), "phones", Outcome.HELPED)] == 1


async def test_a_button_puts_the_answer_in_the_place_of_its_card(bot: Bot):
    await bot.hears(said(bot.service, "phones or photos"))
    chosen = card_of(bot.microsoft.messages()[-1])
    assert chosen["id"] == "choose"

    status, told = await bot.hears(pressed(bot.service, "look", {"situation": "phones"}, replyToId="m7"))
    await bot.chat.close()

    assert (status, told["statusCode"], told["type"]) == (200, 200, "application/vnd.microsoft.card.adaptive")
    assert told["value"]["id"] == "answer"
    put = bot.microsoft.taken[-1]
    assert (put.method, put.path.rsplit("/", 1)[1], card_of(put.body)["id"]) == ("PUT", "m7", "answer")


async def test_thanks_for_a_thumb_do_not_take_the_answer_away(bot: Bot):
    _, told = await bot.hears(pressed(bot.service, "helped", {"situation": "phones"}))

    assert told == {"statusCode": 200, "type": "application/vnd.microsoft.activity.message", "value": NOTED}
    assert bot.microsoft.taken == []


@pytest.mark.parametrize(
    "value",
    [None, {}, "x", [], {"action": None}, {"action": {"type": "Action.Submit", "verb": "look"}},
     {"action": {"type": "Action.Execute"}}, {"action": {"type": "Action.Execute", "verb": 7}},
     {"action": {"type": "Action.Execute", "verb": "look", "data": [1]}}],
)  # fmt: skip
async def test_a_press_of_the_wrong_shape_gets_a_card_error(bot: Bot, value: Any):
    body = pressed(bot.service, "look") | {"value": value}
    status, told = await bot.hears(body)

    assert (status, told["statusCode"], told["type"]) == (200, 400, "application/vnd.microsoft.error")
    assert told["value"]["message"] == "That button could not be read."


async def test_a_button_of_an_older_version_says_so(bot: Bot):
    for verb, data in (("gone", {}), ("look", {"situation": "gone"}), ("look", {"situation": {"a": 1}})):
        _, told = await bot.hears(pressed(bot.service, verb, data))
        assert "older version" in told["value"]


async def test_other_invokes_are_not_ours(bot: Bot):
    assert (await bot.hears(activity(bot.service, "invoke", name="task/fetch")))[0] == 501


async def test_a_client_without_action_execute_sends_the_fallback_and_is_served_the_same(bot: Bot):
    await bot.hears(said(bot.service, "phones or photos"))
    fallback = next(one["fallback"] for one in _actions(card_of(bot.microsoft.messages()[-1])))
    assert fallback["type"] == "Action.Submit"

    words = await bot.says_to(activity(bot.service, value=fallback["data"]))
    assert words.startswith("No: Not in lessons.")


def _actions(part: Any) -> list[dict[str, Any]]:
    if isinstance(part, list):
        return [found for one in part for found in _actions(one)]
    if not isinstance(part, dict):
        return []
    mine = [part] if part.get("type") == "Action.Execute" else []
    return mine + [found for value in part.values() for found in _actions(value)]


def test_every_execute_on_every_card_has_a_fallback():
    for name in CARDS.names():
        sample = json.loads((ROOT / "cards" / "samples" / f"{name}.json").read_text(encoding="utf-8"))
        card = CARDS.fill(name, {"is_demo": False, **sample})
        assert all(one["fallback"]["data"] == {**one.get("data", {}), "verb": one["verb"]} for one in _actions(card))


async def test_what_a_card_says_about_its_presser_is_not_believed(bot: Bot):
    data = {"situation": "phones", "account": "teacher", "from": "teacher"}
    _, told = await bot.hears(pressed(bot.service, "helped", data, **{"from": {"id": "29:x", "aadObjectId": "x"}}))

    assert told["value"] == STRANGER
    assert not bot.store.counted


async def test_a_thumb_under_an_answer_counts_like_its_button(bot: Bot):
    await bot.hears(said(bot.service, "can i use my phone"))
    for kind in ("like", "angry", "surprised"):
        under = {"reactionsAdded": [{"type": kind}], "replyToId": "m1"}
        await bot.hears(activity(bot.service, "messageReaction", **under))
    await bot.hears(activity(bot.service, "messageReaction", reactionsAdded=[{"type": "like"}], replyToId="m99"))
    await bot.hears(activity(bot.service, "messageReaction", reactionsRemoved=[{"type": "like"}], replyToId="m1"))

    counted = {count.what: times for count, times in bot.store.counted.items()}
    assert counted == {Outcome.ASKED: 1, Outcome.HELPED: 1, Outcome.DID_NOT_HELP: 1}
    assert len(bot.microsoft.messages()) == 1


async def test_a_thumb_does_not_end_the_conversation(bot: Bot):
    await bot.hears(said(bot.service, "can i use my phone"))
    await bot.hears(pressed(bot.service, "helped", {"situation": "phones"}))

    assert bot.chat._situations.last(("teacher", "a:chat"), NINE) == "phones"
