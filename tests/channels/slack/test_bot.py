"""Turns in Slack: messages, mentions, commands, presses and forms, each answered once where it may be read."""

import asyncio
import json
from dataclasses import replace

import pytest

from bot.channels.member_lookup import NOT_NOW
from bot.channels.slack.bot import PRIVATELY, SORRY
from bot.channels.slack.typed_text import text_of
from bot.desk.desk import STRANGER
from bot.errors import StoreError
from bot.people.rules.conversations import Address
from tests.channels.fakes import NOT_IN_LESSONS, THANKS
from tests.channels.slack.slack_bot import NEWCOMER_ID, STRANGER_ID, TEACHER_ID, RunningBot
from tests.standins.slack import (
    BOT_USER,
    Trouble,
    as_form,
    command,
    direct,
    event,
    mention,
    pressed,
    signed,
    user,
)

CHAT = "D0TEACHER"


async def asked(bot: RunningBot, text: str = "can i use my phone") -> str:
    """The time stamp of the answer in the teacher's direct messages."""
    await bot.hears(direct(text, TEACHER_ID))
    return max(id for (where, id) in bot.slack.messages if where == CHAT)


def button(verb: str, value: str = "{}") -> dict[str, str]:
    return {"action_id": verb, "value": value}


async def test_a_question_is_answered_in_the_direct_messages_and_the_whole_is_in_its_text(bot: RunningBot):
    assert await bot.hears(direct("can i use my phone", TEACHER_ID)) == 200

    (message,) = bot.slack.messages.values()
    assert message["channel"] == CHAT and message["blocks"] and message["text"]
    assert [incoming.text for incoming in bot.small.heard] == ["can i use my phone"]


async def test_somebody_is_linked_once_by_a_confirmed_address_and_can_be_written_to_from_then_on(bot: RunningBot):
    await bot.hears(direct("can i use my phone", TEACHER_ID))
    await bot.hears(direct("phones or photos", TEACHER_ID, ts="1700000001.000100"))

    assert bot.people.pins == {("slack", TEACHER_ID): "t1"}
    assert bot.slack.count("users.info") == 1
    (chat,) = bot.people.conversations()
    assert (chat.channel, chat.id, chat.account) == ("slack", CHAT, TEACHER_ID)
    assert chat.written_on == bot.now.date()


@pytest.mark.parametrize(
    "flag",
    [
        {"is_restricted": True},
        {"is_ultra_restricted": True},
        {"is_stranger": True},
        {"is_bot": True},
        {"deleted": True},
        {"is_invited_user": True},
        {"is_email_confirmed": False},
        {"is_email_confirmed": None},
        {"team_id": "T0ANOTHER"},
        {"profile": {}},
        {"is_restricted": "no"},
    ],
)
async def test_guests_bots_others_and_unconfirmed_addresses_are_nobody_on_the_list(bot: RunningBot, flag):
    bot.slack.users[TEACHER_ID] |= flag

    await bot.hears(direct("can i use my phone", TEACHER_ID))

    assert bot.slack.texts() == [STRANGER]
    assert (bot.people.pins, bot.people.kept, bot.small.heard) == ({}, {}, [])


async def test_a_mention_in_a_channel_is_answered_to_who_asked_alone(bot: RunningBot):
    await bot.hears(mention("can i use my phone", TEACHER_ID))

    assert bot.slack.messages == {}
    (shown,) = bot.slack.ephemeral
    assert (shown["channel"], shown["user"]) == ("C0STAFF01", TEACHER_ID)
    assert bot.small.heard[0].text == "can i use my phone"
    assert not bot.small.heard[0].is_private


async def test_what_is_for_one_person_goes_to_their_direct_messages_and_the_channel_learns_nothing(bot: RunningBot):
    await bot.hears(mention("my record", TEACHER_ID))

    assert [where for where, _ in bot.slack.messages] == [CHAT]
    assert [shown["text"] for shown in bot.slack.ephemeral] == [PRIVATELY]


async def test_where_the_bot_is_not_the_answer_goes_to_the_direct_messages(bot: RunningBot):
    bot.slack.not_in.add("C0STAFF01")

    await bot.post(as_form(command("can i use my phone", TEACHER_ID)))
    await bot.idle()

    assert [where for where, _ in bot.slack.messages] == [CHAT]


async def test_the_slash_command_is_acknowledged_with_nothing_and_answered_behind(bot: RunningBot):
    assert await bot.post(as_form(command("can i use my phone", TEACHER_ID))) == (200, None)
    await bot.idle()

    assert bot.small.heard[0].text == "can i use my phone"
    assert len(bot.slack.ephemeral) == 1


async def test_a_mention_that_comes_as_two_events_is_answered_once(bot: RunningBot):
    said = mention("can i use my phone", TEACHER_ID)

    await bot.hears(said, "Ev1")
    await bot.hears({**said, "type": "message", "channel_type": "channel"}, "Ev2")
    await bot.hears(said, "Ev3")

    assert (len(bot.small.heard), len(bot.slack.ephemeral)) == (1, 1)


async def test_an_event_that_is_delivered_again_is_answered_once(bot: RunningBot):
    body = json.dumps(event(direct("can i use my phone", TEACHER_ID))).encode()
    for number in range(4):
        request = signed(body)
        request["headers"]["X-Slack-Retry-Num"] = str(number) if number else "junk"
        assert (await bot.post(request))[0] == 200
    await bot.idle()

    assert (len(bot.small.heard), len(bot.slack.messages)) == (1, 1)


async def test_events_in_another_order_are_each_answered(bot: RunningBot):
    for ts in ("1700000009.000100", "1700000003.000100", "1700000006.000100"):
        await bot.hears(direct("can i use my phone", TEACHER_ID, ts=ts))

    assert len(bot.slack.messages) == 3


@pytest.mark.parametrize(
    "more",
    [
        {"subtype": "message_changed", "message": {"text": "changed"}},
        {"subtype": "message_deleted"},
        {"subtype": "channel_join"},
        {"subtype": "bot_message", "bot_id": "B1"},
        {"bot_id": "B0BOT0001"},
        {"bot_profile": {"id": "B1"}},
        {"user_team": "T0ANOTHER"},
        {"source_team": "T0ANOTHER"},
    ],
)
async def test_edits_joins_bots_posts_and_other_workspaces_are_not_answered(bot: RunningBot, more):
    assert await bot.hears({**direct("can i use my phone", TEACHER_ID), **more}) == 200

    assert (bot.small.heard, bot.slack.calls) == ([], [])


async def test_what_is_written_in_a_channel_without_a_mention_is_not_read(bot: RunningBot):
    said = {**mention("can i use my phone", TEACHER_ID), "type": "message", "channel_type": "channel"}

    assert await bot.hears(said) == 200

    assert (bot.small.heard, bot.slack.calls) == ([], [])


async def test_a_pressed_button_puts_its_answer_in_the_cards_place(bot: RunningBot):
    card = await asked(bot, "phones or photos")

    status, body = await bot.takes(pressed(button("look", '{"situation": "phones"}'), TEACHER_ID, CHAT, card))

    assert (status, body) == (200, None)
    assert bot.small.heard[-1].inputs == {"situation": "phones"}
    assert list(bot.slack.messages) == [(CHAT, card)]
    assert bot.slack.count("chat.update") == 1


async def test_a_press_that_comes_twice_counts_once_and_two_presses_count_twice(bot: RunningBot):
    card = await asked(bot)
    press = pressed(button("helped"), TEACHER_ID, CHAT, card)

    await bot.takes(press)
    await bot.takes(press)
    assert len(bot.small.heard) == 2  # the question and the press
    await bot.takes({**press, "trigger_id": "1.3.c"})

    assert len(bot.small.heard) == 3
    assert [shown["text"] for shown in bot.slack.ephemeral] == [THANKS, THANKS]


async def test_what_comes_beside_a_card_is_a_new_message(bot: RunningBot):
    card = await asked(bot)

    await bot.takes(pressed(button("list"), TEACHER_ID, CHAT, card))

    assert len(bot.slack.messages) == 2 and bot.slack.count("chat.update") == 0


async def test_a_link_that_is_pressed_is_left_to_slack(bot: RunningBot):
    await bot.takes(pressed({"action_id": "slack_link"}, TEACHER_ID, CHAT, "1.1"))

    assert (bot.small.heard, bot.slack.calls) == ([], [])


async def test_a_press_in_a_channel_is_answered_to_that_person_alone(bot: RunningBot):
    press = pressed(button("look", '{"situation": "phones"}'), TEACHER_ID, "C0STAFF01", "")
    ephemeral = {"container": {"type": "message", "is_ephemeral": True}, "message": None}

    await bot.takes({**press, **ephemeral})

    assert (len(bot.slack.ephemeral), bot.slack.messages) == (1, {})


async def test_a_stranger_gets_one_fixed_sentence_and_nothing_is_kept(bot: RunningBot):
    await bot.hears(direct("can i use my phone", STRANGER_ID))

    assert bot.slack.texts() == [STRANGER]
    assert (bot.people.pins, bot.people.kept) == ({}, {})


async def test_if_slack_cannot_be_asked_who_somebody_is_they_are_told(bot: RunningBot):
    bot.slack.troubles["users.info"] += [Trouble(error="fatal_error")] * 3

    await bot.hears(direct("can i use my phone", NEWCOMER_ID))

    assert [shown["text"] for shown in bot.slack.ephemeral] == [NOT_NOW.format(channel="Slack")]


@pytest.mark.parametrize(
    ("failure", "says"), [(RuntimeError("secret"), SORRY), (StoreError("This could not be saved."), "This could not")]
)
async def test_a_fault_of_ours_says_one_sentence_and_no_more(bot: RunningBot, failure, says):
    bot.small.failure = failure

    assert await bot.hears(direct("can i use my phone", TEACHER_ID)) == 200

    (shown,) = bot.slack.ephemeral
    assert str(shown["text"]).startswith(says) and "secret" not in str(bot.slack.calls)


async def test_slack_is_acknowledged_before_the_desk_has_answered(bot: RunningBot):
    bot.small.gate = asyncio.Event()
    body = json.dumps(event(direct("can i use my phone", TEACHER_ID))).encode()

    assert await bot.post(signed(body)) == (200, None)
    assert bot.slack.messages == {}
    bot.small.gate.set()
    await bot.idle()

    assert len(bot.slack.messages) == 1


async def test_somebody_who_opens_the_chat_is_greeted_the_first_time_only(bot: RunningBot):
    opened = {"type": "app_home_opened", "tab": "messages", "user": TEACHER_ID, "channel": CHAT}

    await bot.hears(opened, "Ev1")
    await bot.hears(opened, "Ev2")

    assert len(bot.slack.messages) == 1
    assert await bot.messenger.reaches(Address("slack", account=TEACHER_ID))


async def test_the_address_is_verified_by_its_challenge(bot: RunningBot):
    body = json.dumps({"type": "url_verification", "challenge": "3eZbrw1aB"}).encode()

    assert await bot.post(signed(body)) == (200, {"challenge": "3eZbrw1aB"})


def test_markup_of_slack_is_read_as_what_was_typed():
    assert text_of(f"<@{BOT_USER}|staffroom> write to <mailto:a@b.example|a@b.example> &lt;now&gt;") == (
        "write to a@b.example <now>"
    )


async def test_an_account_of_the_schools_directory_is_none_of_slacks(bot: RunningBot):
    everybody = tuple(replace(person, account=TEACHER_ID) for person in bot.small.roster.everybody[:1])
    bot.small.roster.everybody = everybody
    bot.slack.users[TEACHER_ID] = user(TEACHER_ID, "somebody@elsewhere.example")

    await bot.hears(direct("can i use my phone", TEACHER_ID))

    assert bot.slack.texts() == [STRANGER] and NOT_IN_LESSONS not in str(bot.slack.calls)
