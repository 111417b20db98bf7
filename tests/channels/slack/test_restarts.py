"""Staffroom stops and starts again, and Slack delivers again what was answered before."""

import pytest

from bot.channels.slack.proactive import DOUBTED_FOR
from bot.desk.arrivals import ArrivalState
from bot.desk.rules.messages import note
from bot.errors import Busy, StoreError
from bot.people.rules.conversations import Address, SentMessage
from tests.channels.slack.slack_bot import TEACHER_ID, RunningBot, Setting, bot_running
from tests.fake_store import FakeStore
from tests.standins.slack import BROKEN_BEFORE_TAKING, as_form, command, direct, pressed

CHAT, LOOK = "D0TEACHER", '{"situation": "phones"}'
TO_TEACHER = Address("slack", account=TEACHER_ID)
QUESTION = direct("can i use my phone", TEACHER_ID)
REMINDER = note("Please read the policy.")


async def test_a_question_that_comes_again_after_a_restart_is_not_answered_again(bot: RunningBot, setting: Setting):
    await bot.hears(QUESTION)

    async with bot_running(setting) as restarted:
        assert await restarted.hears(QUESTION) == 200
        assert restarted.slack.messages == {}
        await restarted.hears(direct("phones or photos", TEACHER_ID, ts="1700000009.000100"))
        assert len(restarted.slack.messages) == 1


async def test_a_command_and_a_press_that_come_again_after_a_restart_do_nothing_again(
    bot: RunningBot, setting: Setting
):
    press = pressed({"action_id": "look", "value": LOOK}, TEACHER_ID, CHAT, "1700000000.000001")
    await bot.takes(press)
    await bot.post(as_form(command("can i use my phone", TEACHER_ID)))
    await bot.idle()
    assert [incoming.verb for incoming in bot.small.heard] == ["look", ""]

    async with bot_running(setting) as restarted:
        await restarted.takes(press)
        await restarted.post(as_form(command("can i use my phone", TEACHER_ID)))
        await restarted.idle()

    assert len(bot.small.heard) == 2


class StoreAway(FakeStore):
    """A store that cannot be asked what arrived."""

    async def begin_arrival(self, key: str) -> ArrivalState:
        raise StoreError("The store could not be read; please try again.")

    async def end_arrival(self, key: str, *, is_done: bool) -> None:
        raise StoreError("The store could not be written; please try again.")


async def test_while_the_store_is_away_a_question_is_answered_all_the_same(setting: Setting):
    setting.store = StoreAway()

    async with bot_running(setting) as bot:
        await bot.hears(QUESTION)
        assert len(bot.slack.messages) == 1


async def test_a_message_in_doubt_before_a_restart_is_looked_for_before_it_goes_again(
    bot: RunningBot, setting: Setting
):
    bot.slack.troubles["chat.postMessage"].append(BROKEN_BEFORE_TAKING)
    with pytest.raises(Busy):
        await bot.messenger.send(TO_TEACHER, REMINDER)
    late = {**bot.slack.calls[0].arguments, "channel": CHAT, "ts": "1999999999.000100"}

    async with bot_running(setting) as restarted:
        restarted.slack.messages[CHAT, late["ts"]] = late
        sent = await restarted.messenger.send(TO_TEACHER, REMINDER)

        assert sent == SentMessage("slack", CHAT, late["ts"])
        assert restarted.slack.count("chat.postMessage") == 0
    assert setting.store.doubts == {}


async def test_a_doubt_of_a_week_ago_is_forgotten(bot: RunningBot, setting: Setting):
    bot.slack.troubles["chat.postMessage"].append(BROKEN_BEFORE_TAKING)
    with pytest.raises(Busy):
        await bot.messenger.send(TO_TEACHER, REMINDER)

    await bot.messenger.proactive.forget_old_doubts()
    assert len(setting.store.doubts) == 1
    bot.now += DOUBTED_FOR * 1.1
    await bot.messenger.proactive.forget_old_doubts()
    assert setting.store.doubts == {}
