"""Speaking first in Slack: to people who are there, in turn, and never twice."""

from datetime import timedelta

import pytest

from bot.channels.rate_limit import RateLimiter
from bot.channels.slack.limits import LIMITS
from bot.channels.slack.proactive import SEND_AGAIN_AFTER, TRY_AGAIN_AFTER
from bot.desk.rules.messages import note
from bot.errors import Busy, Gone, InDoubt, Unreachable
from bot.people.rules.conversations import Address, Conversation, ConversationKind, SentMessage
from tests.channels.slack.slack_bot import TEACHER_ID, RunningBot, Setting
from tests.channels.test_rate_limit import Clock
from tests.standins.slack import BROKEN_AFTER_TAKING, BROKEN_BEFORE_TAKING, Trouble, busy

TO_TEACHER = Address("slack", account=TEACHER_ID)
CHAT = "D0TEACHER"
REMINDER = note("Please read the policy.")


async def test_somebody_who_never_wrote_is_reached_by_their_id_and_known_from_then_on(bot: RunningBot):
    sent = await bot.messenger.send(TO_TEACHER, REMINDER)
    await bot.messenger.send(TO_TEACHER, note("Another."))

    assert (sent.channel, sent.conversation) == ("slack", CHAT)
    assert [call.arguments["channel"] for call in bot.slack.calls] == [TEACHER_ID, CHAT]
    assert [chat.account for chat in bot.people.conversations()] == [TEACHER_ID]


async def test_a_message_that_arrived_though_the_connection_broke_is_not_sent_again(bot: RunningBot):
    bot.slack.troubles["chat.postMessage"].append(BROKEN_AFTER_TAKING)

    sent = await bot.messenger.send(TO_TEACHER, REMINDER)

    assert list(bot.slack.messages) == [(sent.conversation, sent.id)]
    assert bot.slack.count("chat.postMessage") == 1


async def test_a_message_that_did_not_arrive_is_kept_for_later_and_then_goes_once(bot: RunningBot):
    bot.slack.troubles["chat.postMessage"].append(BROKEN_BEFORE_TAKING)

    with pytest.raises(Busy) as error:
        await bot.messenger.send(TO_TEACHER, REMINDER)
    assert error.value.seconds == SEND_AGAIN_AFTER
    await bot.messenger.send(TO_TEACHER, REMINDER)

    assert len(bot.slack.messages) == 1


async def test_a_message_that_arrives_late_is_found_before_it_would_go_again(bot: RunningBot):
    bot.slack.troubles["chat.postMessage"].append(BROKEN_BEFORE_TAKING)
    with pytest.raises(Busy):
        await bot.messenger.send(TO_TEACHER, REMINDER)
    first = bot.slack.calls[0].arguments
    late = {**first, "channel": CHAT, "ts": "1999999999.000100"}
    bot.slack.messages[CHAT, late["ts"]] = late

    sent = await bot.messenger.send(TO_TEACHER, REMINDER)

    assert sent == SentMessage("slack", CHAT, late["ts"])
    assert bot.slack.count("chat.postMessage") == 1


@pytest.mark.parametrize("code", ["missing_scope", "channel_not_found", "fatal_error"])
async def test_a_doubt_that_cannot_be_settled_stays_one(bot: RunningBot, code: str):
    bot.slack.troubles["chat.postMessage"].append(BROKEN_AFTER_TAKING)
    bot.slack.troubles["conversations.history"] += [Trouble(error=code)] * 3

    with pytest.raises(InDoubt):
        await bot.messenger.send(TO_TEACHER, REMINDER)

    assert bot.slack.count("chat.postMessage") == 1


async def test_the_marker_of_a_message_says_nothing_about_it(bot: RunningBot):
    await bot.messenger.send(TO_TEACHER, REMINDER)

    marker = bot.slack.calls[0].arguments["metadata"]["event_payload"]["marker"]
    assert len(marker) == 32 and set(marker) <= set("0123456789abcdef")


async def test_a_deactivated_person_is_not_written_to(bot: RunningBot):
    bot.slack.users[TEACHER_ID]["deleted"] = True

    with pytest.raises(Unreachable):
        await bot.messenger.ready(TO_TEACHER)

    assert bot.slack.messages == {}


async def test_somebody_is_looked_up_once_in_ten_minutes(bot: RunningBot):
    for _ in range(3):
        await bot.messenger.ready(TO_TEACHER)

    assert bot.slack.count("users.info") == 1


@pytest.mark.parametrize("account", ["", "b1946ac9-0d1a", "teacher", "C0STAFF01"])
async def test_an_account_of_another_channel_is_not_slacks(bot: RunningBot, account: str):
    address = Address("slack", account=account)

    assert not await bot.messenger.reaches(address)
    with pytest.raises(Unreachable):
        await bot.messenger.send(address, REMINDER)


async def test_a_conversation_the_bot_does_not_know_is_not_written_to(bot: RunningBot):
    with pytest.raises(Unreachable):
        await bot.messenger.send(Address("slack", conversation="C0OTHER01"), REMINDER)


async def test_a_chat_that_is_gone_is_forgotten(bot: RunningBot):
    kept = Conversation("slack", CHAT, ConversationKind.PERSONAL, "", "T0SCHOOL1", account=TEACHER_ID)
    await bot.people.keep_conversation(kept)
    bot.slack.troubles["chat.postMessage"].append(Trouble(error="channel_not_found"))

    with pytest.raises(Gone):
        await bot.messenger.send(TO_TEACHER, REMINDER)

    assert bot.people.conversations() == ()


async def test_somebody_who_cannot_be_written_to_is_tried_again_the_next_day(bot: RunningBot):
    bot.slack.troubles["chat.postMessage"].append(Trouble(error="user_not_visible"))
    with pytest.raises(Unreachable):
        await bot.messenger.send(TO_TEACHER, REMINDER)

    assert not await bot.messenger.reaches(TO_TEACHER)
    bot.now += TRY_AGAIN_AFTER + timedelta(minutes=1)

    assert await bot.messenger.reaches(TO_TEACHER)


async def test_a_receipt_replaces_the_card_where_it_is(bot: RunningBot):
    sent = await bot.messenger.send(TO_TEACHER, REMINDER)

    await bot.messenger.replace(sent, note("Thank you."))
    await bot.messenger.replace(sent, note("Thank you."))

    assert (len(bot.slack.messages), bot.slack.count("chat.update")) == (1, 2)


class TestInTurn:
    @pytest.fixture
    def clock(self) -> Clock:
        return Clock()

    @pytest.fixture
    def setting(self, clock: Clock) -> Setting:
        return Setting(rate_limiter=RateLimiter(LIMITS, clock, clock.sleep))

    async def test_a_message_waits_until_slack_is_less_busy(self, bot: RunningBot, clock: Clock):
        bot.slack.troubles["chat.postMessage"].append(busy(3))

        await bot.messenger.send(TO_TEACHER, REMINDER)

        assert len(bot.slack.messages) == 1 and clock.at >= 1003.0

    async def test_sixty_people_are_written_to_in_fifteen_seconds(self, bot: RunningBot, clock: Clock):
        for number in range(60):
            await bot.messenger.send(Address("slack", account=f"U{number:08}"), REMINDER)

        assert 14.5 <= clock.at - 1000.0 <= 16.0

    async def test_one_person_gets_a_message_a_second(self, bot: RunningBot, clock: Clock):
        await bot.messenger.send(TO_TEACHER, note("The first, which makes the chat known."))
        began = clock.at
        for number in range(3):
            await bot.messenger.send(TO_TEACHER, note(f"Number {number}."))

        assert clock.at - began >= 2.0
