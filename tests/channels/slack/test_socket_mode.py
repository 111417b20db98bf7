"""Socket Mode: what comes over a connection is answered as what is posted, once, and no reconnection loses anything."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable

import pytest

from bot.channels.request_body import Refused
from bot.channels.slack.envelope import Envelope, Goodbye, Hello, read_frame
from bot.channels.slack.request_fields import MAX_BYTES
from bot.channels.slack.socket_mode import HELD_FOR
from tests.channels.slack.slack_bot import TEACHER_ID, Setting
from tests.channels.slack.socket_bot import PING_EVERY, SocketBot, socket_bot
from tests.channels.test_rate_limit import Clock
from tests.standins.slack import Trouble, command, direct, event, pressed, submitted
from tests.standins.slack_socket import APP_TOKEN, GARBAGE, SocketSlack

CHAT, LOOK = "D0TEACHER", '{"situation": "phones"}'
REASONS = ("warning", "refresh_requested", "too_many_websockets", "link_disabled", "another_reason")


@pytest.fixture
async def bot(setting: Setting) -> AsyncIterator[SocketBot]:
    async with socket_bot(setting) as running:
        yield running


def question(number: int = 1) -> dict[str, object]:
    return direct("can i use my phone", TEACHER_ID, ts=f"17000000{number:02}.000100")


def press(trigger: str = "1.2.a") -> dict[str, object]:
    return pressed({"action_id": "look", "value": LOOK}, TEACHER_ID, CHAT, "1700000000.000001", trigger)


async def test_a_question_is_acknowledged_with_nothing_and_answered_in_the_direct_messages(bot: SocketBot):
    await bot.hears(question())

    (message,) = bot.slack.messages.values()
    assert message["channel"] == CHAT
    assert [incoming.text for incoming in bot.running.small.heard] == ["can i use my phone"]


async def test_a_press_a_command_and_a_form_are_taken_as_over_an_address(bot: SocketBot):
    assert await bot.takes(press()) is None
    assert await bot.slack.deliver("slash_commands", command("can i use my phone", TEACHER_ID)) is None
    shown_in = {"conversation": CHAT, "thread": "", "message": ""}
    metadata = json.dumps({"data": {"situation": "phones"}, "shown_in": shown_in})
    view = {"type": "modal", "callback_id": "look", "private_metadata": metadata, "blocks": []}
    closed = await bot.takes(submitted(view, {}, TEACHER_ID))
    await bot.running.idle()

    assert closed == {"response_action": "clear"}
    assert [incoming.verb for incoming in bot.running.small.heard] == ["look", "", "look"]


async def test_an_event_a_press_and_a_command_that_come_again_are_acknowledged_again_and_done_once(bot: SocketBot):
    for envelope in ("envelope-a", "envelope-a", "envelope-b"):
        await bot.hears(question(), "Ev1", envelope)
        await bot.takes(press())
        await bot.slack.deliver("slash_commands", command("can i use my phone", TEACHER_ID))
    await bot.running.idle()

    assert len(bot.running.small.heard) == 3


@pytest.mark.parametrize(
    "change",
    [
        {"team_id": "T0ANOTHER"},
        {"api_app_id": "A0ANOTHER"},
        {"event": []},
        {"type": "url_verification", "challenge": "x"},
    ],
    ids=lambda change: next(iter(change)),
)
async def test_what_is_of_another_workspace_or_has_no_shape_is_acknowledged_and_reaches_nobody(
    bot: SocketBot, change: dict[str, object]
):
    payload = {**event(question()), **change}

    assert await bot.slack.deliver("events_api", payload) is None
    await bot.running.idle()

    assert bot.running.small.heard == [] and bot.slack.messages == {}


async def test_what_is_too_much_at_once_is_not_acknowledged_and_comes_again(bot: SocketBot):
    for number in range(30):
        await bot.hears(question(number), f"Ev{number}")
    refused = await bot.slack.send("events_api", event(question(40), "Ev40"))
    await bot.slack.deliver("events_api", event(direct("hello", "U0ANOTHER")))  # it came after, so that one was read

    assert refused in bot.slack.waiting
    assert len(bot.running.small.heard) == 30


@pytest.mark.parametrize("reason", REASONS)
async def test_whatever_the_reason_to_renew_a_connection_nothing_is_lost_or_answered_twice(bot: SocketBot, reason: str):
    await bot.hears(question(1))

    await bot.slack.say_goodbye(reason)
    await bot.slack.until(lambda: bot.slack.opened == 2)
    await bot.hears(question(1))
    await bot.hears(question(2))

    assert len(bot.running.small.heard) == len(bot.slack.messages) == 2
    assert bot.paused == [1.0]  # the connection before had not held for long


async def test_a_press_that_still_comes_on_the_connection_that_slack_gives_up_is_taken(bot: SocketBot):
    await bot.slack.say_goodbye("refresh_requested", on=0)
    late = await bot.slack.send("interactive", press(), on=0)
    await bot.slack.until(lambda: bot.slack.opened == 2 and late in bot.slack.acknowledged)
    await bot.running.idle()

    assert [incoming.verb for incoming in bot.running.small.heard] == ["look"]


async def test_after_a_connection_that_held_the_next_is_opened_without_a_wait(setting: Setting):
    clock = Clock()
    async with socket_bot(setting, clock=clock) as bot:
        await bot.hears(question())
        clock.at += HELD_FOR
        await bot.slack.say_goodbye("refresh_requested")
        await bot.slack.until(lambda: bot.slack.opened == 2)

        assert bot.paused == []


async def test_two_goodbyes_open_one_connection(bot: SocketBot):
    await bot.slack.say_goodbye("warning", on=0)
    await bot.slack.say_goodbye("refresh_requested", on=0)
    await bot.slack.until(lambda: bot.slack.opened == 2)
    await bot.slack.hang_up(on=0)
    await bot.slack.until(lambda: len(bot.slack.connections) == 1)
    await bot.hears(question())

    assert bot.slack.opened == 2
    assert bot.slack.count("apps.connections.open") == 2


async def broken_off(slack: SocketSlack) -> None:
    slack.drop()


async def closed(slack: SocketSlack) -> None:
    await slack.hang_up()


@pytest.mark.parametrize("lose", [broken_off, closed])
async def test_a_lost_connection_is_opened_again_and_what_was_not_acknowledged_is_answered_once(
    bot: SocketBot, lose: Callable[[SocketSlack], object]
):
    await bot.hears(question(1))
    bot.slack.waiting["late"] = {"envelope_id": "late", "type": "events_api", "payload": event(question(2), "Ev2")}
    bot.slack.waiting["again"] = {
        "envelope_id": "again", "type": "events_api", "payload": event(question(1), "Ev1700000001000100")
    }  # fmt: skip

    await lose(bot.slack)
    await bot.slack.until(lambda: bot.slack.opened == 2 and not bot.slack.waiting)
    await bot.running.idle()

    assert len(bot.running.small.heard) == len(bot.slack.messages) == 2
    assert await bot.socket.is_connected()


async def test_a_connection_that_is_quiet_for_long_stays_open(bot: SocketBot):
    bot.slack.waiting.clear()
    await asyncio.wait({asyncio.ensure_future(asyncio.Event().wait())}, timeout=2.5 * PING_EVERY)

    assert bot.slack.opened == 1
    await bot.hears(question())


async def test_garbage_web_pages_and_binary_frames_change_nothing(setting: Setting):
    def prepare(slack: SocketSlack) -> None:
        slack.sends_first = (*GARBAGE, json.dumps({"type": "events_api", "envelope_id": "x" * 500}), "x" * MAX_BYTES)

    async with socket_bot(setting, prepare) as bot:
        await bot.hears(question())

        assert bot.slack.opened == 1
        assert len(bot.slack.messages) == 1


async def test_slack_that_cannot_be_reached_is_tried_again_ever_more_slowly_each_time_at_a_new_address(
    setting: Setting,
):
    def prepare(slack: SocketSlack) -> None:
        slack.pages = 3
        slack.troubles["apps.connections.open"] += [
            Trouble(error="ratelimited", status=429, headers={"Retry-After": "30"}),
            Trouble(breaks=True),
            Trouble(body=b"<html>"),
            Trouble(error="invalid_auth"),
        ]

    async with socket_bot(setting, prepare) as bot:
        assert bot.slack.count("apps.connections.open") == 8
        assert bot.paused[0] == 30.0 and max(bot.paused) == 60.0
        await bot.hears(question())
        assert len(bot.slack.messages) == 1


async def test_an_address_that_is_not_slacks_is_not_connected_to(setting: Setting):
    elsewhere = Trouble(body=b'{"ok": true, "url": "ws://slack.com.elsewhere.example/link"}')

    def prepare(slack: SocketSlack) -> None:
        slack.troubles["apps.connections.open"].append(elsewhere)

    async with socket_bot(setting, prepare) as bot:
        assert bot.slack.count("apps.connections.open") == 2


async def test_no_log_line_holds_the_token_an_address_or_a_word_of_anybodys(
    setting: Setting, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.DEBUG)

    def prepare(slack: SocketSlack) -> None:
        slack.pages = 1
        slack.says_app = "A0ANOTHER"

    async with socket_bot(setting, prepare) as bot:
        await bot.hears(question())
        await bot.slack.say_goodbye("refresh_requested")
        await bot.slack.until(lambda: bot.slack.opened == 2)
        await bot.takes(press())

    said = "\n".join(record.getMessage() for record in caplog.records if record.name.startswith(("staffroom", "slack")))
    assert "socket_of_another_app" in said and "socket_given_up reason=refresh_requested" in said
    for secret in (APP_TOKEN, "ticket", "phone", TEACHER_ID):
        assert secret not in said
    assert APP_TOKEN not in caplog.text and "ticket-" not in repr(bot.socket.door)


async def test_when_the_server_stops_what_is_being_answered_is_answered_and_nothing_more_is_taken(setting: Setting):
    async with socket_bot(setting) as bot:
        await bot.slack.deliver("events_api", event(question(), "Ev1"))

    assert len(bot.slack.messages) == 1
    assert bot.slack.connections == [] and not await bot.socket.is_connected()


def test_a_frame_is_read_strictly():
    assert read_frame('{"type": "hello", "num_connections": 2, "connection_info": {"app_id": "A1"}}') == Hello("A1", 2)
    assert read_frame('{"type": "hello", "num_connections": "x", "connection_info": []}') == Hello("", 0)
    assert read_frame('{"type": "disconnect", "reason": "<b>"}') == Goodbye("unknown")
    assert read_frame('{"type": "quite_new"}') is None
    assert read_frame('{"type": "interactive", "envelope_id": "e", "payload": 5}') == Envelope("e", "interactive", {})
    for text in (*GARBAGE[:4], *GARBAGE[6:], "x" * (MAX_BYTES + 1), '{"type": "interactive", "envelope_id": "a b"}'):
        with pytest.raises(Refused):
            read_frame(text)
