"""Buttons and thumbs in Teams: what a press shows, and what it never changes."""

from typing import Any

import pytest

from bot.cards import Cards
from bot.channels.teams.cards import with_fallback
from bot.desk.desk import STRANGER
from bot.settings import ROOT
from tests.channels.fakes import THANKS, sample
from tests.channels.teams.teams_bot import Parts, RunningBot, card_of
from tests.standins.activities import activity, in_group, pressed, said

CARDS = Cards(ROOT / "cards", with_fallback)


async def test_a_press_delivered_again_is_answered_the_same(bot: RunningBot):
    body = pressed(bot.service, "helped", {"situation": "phones"})

    first, again = await bot.hears(body), await bot.hears(body)

    assert first == again
    assert len(bot.small.heard) == 1


async def test_a_button_puts_the_answer_in_the_place_of_its_card(parts: Parts):
    bot = parts.running
    await bot.hears(said(bot.service, "phones or photos"))
    assert card_of(bot.microsoft.messages()[-1])["id"] == "choose"

    status, response = await bot.hears(pressed(bot.service, "look", {"situation": "phones"}, replyToId="m7"))
    await parts.bot.close()

    assert (status, response["statusCode"]) == (200, 200)
    assert response["type"] == "application/vnd.microsoft.card.adaptive"
    assert response["value"]["id"] == "answer"
    request = bot.microsoft.taken[-1]
    assert (request.method, request.path.rsplit("/", 1)[1]) == ("PUT", "m7")
    assert card_of(request.body)["id"] == "answer"


async def test_thanks_for_a_thumb_do_not_take_the_answer_away(bot: RunningBot):
    _, response = await bot.hears(pressed(bot.service, "helped", {"situation": "phones"}))

    assert response == {"statusCode": 200, "type": "application/vnd.microsoft.activity.message", "value": THANKS}
    assert bot.microsoft.taken == []


async def test_a_note_with_characters_of_markup_comes_as_a_card_which_shows_them(bot: RunningBot):
    _, response = await bot.hears(pressed(bot.service, "repeat", {"words": "[Jo](https://evil.example/)"}))

    assert response["type"] == "application/vnd.microsoft.activity.message" and "Jo" not in response["value"]
    runs = card_of(bot.microsoft.messages()[-1])["body"][-1]["inlines"]
    assert [run["text"] for run in runs] == ["[Jo](https://evil.example/) is left in peace."]


async def test_in_a_group_what_a_press_answers_does_not_show_the_words_of_its_reply(bot: RunningBot):
    _, response = await bot.hears(
        pressed(bot.service, "repeat", {"words": "[Jo](https://evil.example/)"}, **in_group())
    )

    assert response["value"].startswith("That is for your eyes only") and bot.microsoft.messages() == []


@pytest.mark.parametrize(
    "value",
    [None, {}, "x", [], {"action": None}, {"action": {"type": "Action.Submit", "verb": "look"}},
     {"action": {"type": "Action.Execute"}}, {"action": {"type": "Action.Execute", "verb": 7}},
     {"action": {"type": "Action.Execute", "verb": "look", "data": [1]}}],
)  # fmt: skip
async def test_a_press_of_the_wrong_shape_gets_a_card_error(bot: RunningBot, value: Any):
    body = pressed(bot.service, "look") | {"value": value}
    status, response = await bot.hears(body)

    assert (status, response["statusCode"], response["type"]) == (200, 400, "application/vnd.microsoft.error")
    assert response["value"]["message"] == "That button could not be read."


async def test_a_button_of_an_older_version_says_so(bot: RunningBot):
    for verb, data in (("gone", {}), ("look", {"situation": "gone"}), ("look", {"situation": {"a": 1}})):
        _, response = await bot.hears(pressed(bot.service, verb, data))
        assert "older version" in response["value"]


async def test_other_invokes_are_not_ours(bot: RunningBot):
    assert (await bot.hears(activity(bot.service, "invoke", name="task/fetch")))[0] == 501


async def test_a_client_without_action_execute_sends_the_fallback_and_is_served_the_same(bot: RunningBot):
    await bot.hears(said(bot.service, "phones or photos"))
    actions = _actions(card_of(bot.microsoft.messages()[-1]))
    fallback = next(action["fallback"] for action in actions if action["verb"] == "look")
    assert fallback["type"] == "Action.Submit"

    words = await bot.says_to(activity(bot.service, value={**fallback["data"], "situation": "phones"}))
    assert words.startswith("No: Not in lessons.")


def _actions(part: Any) -> list[dict[str, Any]]:
    if isinstance(part, list):
        return [action for item in part for action in _actions(item)]
    if not isinstance(part, dict):
        return []
    own = [part] if part.get("type") == "Action.Execute" else []
    return own + [action for value in part.values() for action in _actions(value)]


@pytest.mark.parametrize("name", CARDS.names())
def test_every_execute_on_every_card_has_a_fallback(name: str):
    card = CARDS.fill(name, {"is_demo": False, **sample(name)})

    for action in _actions(card):
        assert action["fallback"]["data"] == {**action.get("data", {}), "verb": action["verb"]}


async def test_what_a_card_says_about_its_presser_is_not_believed(bot: RunningBot):
    data = {"situation": "phones", "account": "teacher", "from": "teacher"}
    _, response = await bot.hears(pressed(bot.service, "helped", data, **{"from": {"id": "29:x", "aadObjectId": "x"}}))

    assert response["value"] == STRANGER
    assert bot.small.heard == []


async def test_a_thumb_under_an_answer_counts_like_its_button(bot: RunningBot):
    await bot.hears(said(bot.service, "can i use my phone"))
    for kind in ("like", "angry", "surprised"):
        under = {"reactionsAdded": [{"type": kind}], "replyToId": "m1"}
        await bot.hears(activity(bot.service, "messageReaction", **under))
    await bot.hears(activity(bot.service, "messageReaction", reactionsAdded=[{"type": "like"}], replyToId="m99"))
    await bot.hears(activity(bot.service, "messageReaction", reactionsRemoved=[{"type": "like"}], replyToId="m1"))

    _, *thumbs = bot.small.heard
    assert [(thumb.verb, thumb.inputs) for thumb in thumbs] == [
        ("helped", {"situation": "phones"}),
        ("did_not_help", {"situation": "phones"}),
    ]
    assert len(bot.microsoft.messages()) == 1


async def test_a_thumb_does_not_end_the_conversation(bot: RunningBot):
    await bot.hears(said(bot.service, "can i use my phone"))
    await bot.hears(pressed(bot.service, "helped", {"situation": "phones"}))
    await bot.hears(said(bot.service, "and at break"))

    assert bot.small.heard[-1].last == "phones"


async def test_what_a_press_brings_beside_its_card_is_a_message_of_its_own(bot: RunningBot):
    await bot.hears(said(bot.service, "hello"))
    before = len(bot.microsoft.messages())
    _, response = await bot.hears(pressed(bot.service, "list"))

    (message,) = bot.microsoft.messages()[before:]
    assert (message["summary"], response["value"]) == ("The list.", "Here you are, in a new message.")


async def test_what_a_press_in_a_group_brings_for_one_person_goes_to_their_own_chat(bot: RunningBot):
    await bot.hears(said(bot.service, "hello"))
    before = len(bot.microsoft.taken)
    _, response = await bot.hears(pressed(bot.service, "list", **in_group()))

    (request,) = bot.microsoft.taken[before:]
    assert "a:chat" in request.path and request.body["summary"] == "The list."
    assert response["value"] == "Sent to you privately."
