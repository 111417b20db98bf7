"""Forms in Slack: opened by a press, sent off once, and what is wrong is said under the field."""

import asyncio
import json

import pytest

from bot.channels.slack.form_cards import form_card
from bot.channels.slack.views import PRESS_AGAIN
from tests.channels.fakes import THANKS
from tests.channels.slack.slack_bot import TEACHER_ID, RunningBot, Setting
from tests.channels.slack.test_bot import CHAT, asked, button
from tests.standins.slack import interaction, pressed, submitted


class TestForms:
    @pytest.fixture
    def setting(self) -> Setting:
        return Setting(submit_time_limit=0.2)

    async def test_a_form_opens_from_the_button_and_what_is_sent_off_reaches_the_desk(self, bot: RunningBot):
        card = await self._form(bot)
        await bot.takes(pressed(button("repeat form"), TEACHER_ID, CHAT, card))
        (view,) = bot.slack.views

        response = await bot.takes(self._submitted(view, "Everybody"))

        assert response == (200, {"response_action": "clear"})
        assert [shown["text"] for shown in bot.slack.ephemeral] == ["Everybody is left in peace."]

    async def test_an_expired_trigger_asks_to_press_again(self, bot: RunningBot):
        card = await self._form(bot)
        bot.slack.expired.add("1.2.a")

        await bot.takes(pressed(button("repeat form"), TEACHER_ID, CHAT, card))

        assert [shown["text"] for shown in bot.slack.ephemeral] == [PRESS_AGAIN]

    async def test_what_the_desk_refuses_is_shown_under_the_field_and_may_be_corrected(self, bot: RunningBot):
        view = {"callback_id": "look", "private_metadata": '{"data": {}, "shown_in": {}}'}
        view["blocks"] = [{"type": "input", "block_id": "situation"}]  # type: ignore[assignment]

        response = await bot.takes(self._submitted(view, "unknown", "situation"))
        again = await bot.takes(self._submitted(view, "unknown", "situation"))
        good = await bot.takes(self._submitted(view, "phones", "situation"))

        assert response == again
        assert response[1]["response_action"] == "errors" and list(response[1]["errors"]) == ["situation"]
        assert good[1] == {"response_action": "clear"}
        assert len(bot.small.heard) == 3

    async def test_a_form_that_is_sent_off_twice_counts_once(self, bot: RunningBot):
        view = {"callback_id": "helped", "private_metadata": '{"data": {}, "shown_in": {}}', "blocks": []}

        first = await bot.takes(self._submitted(view, "x"))
        second = await bot.takes(self._submitted(view, "x"))

        assert first == second and len(bot.small.heard) == 1

    async def test_a_desk_that_is_too_slow_for_slack_answers_in_the_chat(self, bot: RunningBot):
        bot.small.gate = asyncio.Event()
        view = {"callback_id": "helped", "private_metadata": json.dumps(
            {"data": {}, "shown_in": {"conversation": CHAT}}), "blocks": []}  # fmt: skip
        await bot.messenger.proactive.api.identity()

        assert await bot.post(interaction(self._submitted(view, "x"))) == (200, {"response_action": "clear"})
        assert bot.slack.ephemeral == []
        bot.small.gate.set()
        await bot.idle()

        assert [shown["text"] for shown in bot.slack.ephemeral] == [THANKS]

    async def test_a_form_that_is_none_of_ours_changes_nothing(self, bot: RunningBot):
        status, body = await bot.takes(self._submitted({"callback_id": "look", "private_metadata": "[]"}, "x"))

        assert (status, body["response_action"], bot.small.heard) == (200, "update", [])

    async def _form(self, bot: RunningBot) -> str:
        card = await asked(bot)
        field = {"type": "Input.Text", "id": "words", "label": "Words"}
        form = form_card([field], {"type": "Action.Execute", "title": "Send", "verb": "repeat"})
        bot.messenger.views._kept[CHAT, card, "repeat form"] = form
        return card

    def _submitted(self, view, words: str, field: str = "words"):
        return submitted(view, {field: {field: {"type": "plain_text_input", "value": words}}}, TEACHER_ID)
