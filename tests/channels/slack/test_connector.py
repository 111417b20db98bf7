"""Calls to Slack: no message goes twice, every error has its kind, and an answer is believed only in its shape."""

import pytest

from bot.channels.slack.limits import MAX_ANSWER_BYTES
from bot.channels.slack.members import is_deactivated, member_of
from bot.channels.slack.refusals import MEANINGS, Meaning, TriggerExpired
from bot.channels.slack.web_api import SlackApi
from bot.errors import Busy, ChannelError, Gone, InDoubt, Unreachable
from tests.channels.slack.slack_bot import TEACHER_ID, RunningBot
from tests.standins.slack import APP_ID, BROKEN_AFTER_TAKING, BROKEN_BEFORE_TAKING, TOKEN, Trouble, busy
from tests.standins.slack_methods import METHODS

CHAT = "D0TEACHER"
HELLO = {"text": "Hello"}


@pytest.fixture
def api(bot: RunningBot) -> SlackApi:
    return bot.messenger.proactive.api


async def test_a_message_goes_out_once_and_is_known_by_its_time_stamp(bot: RunningBot, api: SlackApi):
    posted = await api.post(TEACHER_ID, HELLO)

    assert posted.conversation == CHAT
    assert bot.slack.texts(CHAT) == ["Hello"]
    assert (CHAT, posted.id) in bot.slack.messages


async def test_a_message_that_was_not_taken_because_slack_is_busy_goes_when_it_may(bot: RunningBot, api: SlackApi):
    bot.slack.troubles["chat.postMessage"] += [busy(3), busy(2)]

    await api.post(CHAT, HELLO)

    assert (bot.paused, bot.slack.texts()) == ([3.0, 2.0], ["Hello"])


async def test_a_method_that_the_app_may_not_use_stops_no_message(bot: RunningBot, api: SlackApi):
    bot.slack.troubles["files.getUploadURLExternal"].append(Trouble(error="missing_scope"))

    with pytest.raises(Busy):
        await api.upload_address("summary.png", 10)
    api.connector.rate_limiter.refuse_a_long_wait()
    await api.post(CHAT, HELLO)

    assert (bot.paused, bot.slack.texts()) == ([], ["Hello"])


async def test_a_token_that_was_revoked_stops_every_message_for_an_hour(bot: RunningBot, api: SlackApi):
    bot.slack.troubles["files.getUploadURLExternal"].append(Trouble(error="token_revoked"))

    with pytest.raises(Busy):
        await api.upload_address("summary.png", 10)

    with pytest.raises(Busy) as error:
        api.connector.rate_limiter.refuse_a_long_wait()
    assert error.value.seconds > 3_000


async def test_a_long_wait_is_the_callers(bot: RunningBot, api: SlackApi):
    bot.slack.troubles["chat.postMessage"].append(busy(600))

    with pytest.raises(Busy) as error:
        await api.post(CHAT, HELLO)

    assert (error.value.seconds, bot.paused, bot.slack.count("chat.postMessage")) == (600.0, [], 1)


@pytest.mark.parametrize(
    "trouble",
    [
        BROKEN_AFTER_TAKING,
        BROKEN_BEFORE_TAKING,
        Trouble(status=500),
        Trouble(status=503, headers={"Retry-After": "1"}),
        Trouble(status=302, headers={"Location": "/elsewhere"}),
        Trouble(error="internal_error"),
        Trouble(error="fatal_error"),
        Trouble(body=b"<html>busy</html>"),
        Trouble(body=b"[]"),
        Trouble(body=b"\xff\xfe"),
        Trouble(body=b"[" * 100_000),
        Trouble(body=b'{"ok": true, "x": "' + b"x" * MAX_ANSWER_BYTES + b'"}'),
    ],
)
async def test_a_message_of_which_nobody_knows_whether_it_was_taken_is_sent_once_and_in_doubt(
    bot: RunningBot, api: SlackApi, trouble: Trouble
):
    bot.slack.troubles["chat.postMessage"].append(trouble)

    with pytest.raises(InDoubt):
        await api.post(CHAT, HELLO)

    assert bot.slack.count("chat.postMessage") == 1
    assert bot.slack.files == {}  # nothing went where the redirect pointed


@pytest.mark.parametrize("trouble", [BROKEN_AFTER_TAKING, Trouble(status=503), Trouble(error="fatal_error")])
async def test_what_only_reads_or_replaces_is_never_in_doubt(bot: RunningBot, api: SlackApi, trouble: Trouble):
    bot.slack.troubles["users.info"].append(trouble)
    bot.slack.troubles["chat.update"].append(trouble)

    with pytest.raises(Busy):
        await api.user(TEACHER_ID)
    with pytest.raises(Busy):
        await api.update(CHAT, "1700000000.000100", HELLO)


@pytest.mark.parametrize("code", sorted(MEANINGS))
async def test_each_error_code_has_its_kind(bot: RunningBot, api: SlackApi, code: str):
    kinds = {
        Meaning.GONE: Gone,
        Meaning.NOT_ALLOWED: Unreachable,
        Meaning.SWITCHED_OFF: Busy,
        Meaning.BUSY: Busy,
        Meaning.DOUBT: InDoubt,
        Meaning.REFUSED: ChannelError,
    }
    bot.slack.troubles["chat.postMessage"].append(Trouble(error=code))

    with pytest.raises(ChannelError) as error:
        await api.post(CHAT, HELLO)

    assert type(error.value) is kinds[MEANINGS[code]]
    assert bot.slack.count("chat.postMessage") == 1


@pytest.mark.parametrize("trouble", [Trouble(error="msg_blocks_too_long"), Trouble(error="<b>"), Trouble(status=403)])
async def test_what_slack_will_never_take_is_not_tried_again(bot: RunningBot, api: SlackApi, trouble: Trouble):
    bot.slack.troubles["chat.postMessage"].append(trouble)

    with pytest.raises(ChannelError) as error:
        await api.post(CHAT, HELLO)

    assert type(error.value) is ChannelError and "<b>" not in str(error.value)


async def test_a_revoked_token_makes_everybody_wait_for_an_administrator(bot: RunningBot, api: SlackApi):
    bot.slack.is_revoked = True

    with pytest.raises(Busy) as error:
        await api.post(CHAT, HELLO)
    assert error.value.seconds == 3600.0
    with pytest.raises(Busy):
        api.connector.rate_limiter.refuse_a_long_wait()


async def test_a_method_that_is_called_too_often_holds_up_no_messages(bot: RunningBot, api: SlackApi):
    bot.slack.troubles["users.info"].append(busy(600))

    with pytest.raises(Busy):
        await api.user(TEACHER_ID)

    api.connector.rate_limiter.refuse_a_long_wait()


async def test_an_expired_trigger_is_told_from_other_refusals(bot: RunningBot, api: SlackApi):
    bot.slack.expired.add("1.2.a")

    with pytest.raises(TriggerExpired):
        await api.open_view("1.2.a", {"type": "modal"})


async def test_every_method_is_called_as_its_table_says(bot: RunningBot, api: SlackApi):
    for method in sorted(METHODS):
        bot.slack.troubles[method].clear()
    posted = await api.post(CHAT, HELLO, thread="1700000000.000100", marker="m")

    await api.post_for_one("C0STAFF01", TEACHER_ID, HELLO)
    await api.update(CHAT, posted.id, HELLO)
    assert await api.find(CHAT, "m", 0.0) == posted.id
    assert await api.open_chat(TEACHER_ID) == CHAT
    with pytest.raises(ChannelError):
        await api.socket_address()  # the bot's token opens no connection
    assert (await api.identity())["team_id"] == "T0SCHOOL1"
    assert (await api.bot("B0BOT0001"))["app_id"] == APP_ID
    view = await api.open_view("1.2.a", {"type": "modal"})
    assert await api.push_view("1.2.b", {"type": "modal"}) != view
    await api.update_view(view, {"type": "modal"})
    await api.publish_view(TEACHER_ID, {"type": "home"})
    await api.delete(CHAT, posted.id)
    address, file = await api.upload_address("a.txt", 1)
    await api.share_file(file, "a.txt", CHAT, "A file")
    bot.slack.files[file] = b"x"
    await api.delete_file(file)
    people, _ = await api.users_page()
    bot.slack.groups["S0STAFF01"] = [str(person["id"]) for person in people]
    assert TEACHER_ID in await api.users_in_group("S0STAFF01")

    called = {call.method for call in bot.slack.calls}
    assert called | {"users.info"} == set(METHODS) and address
    assert not bot.slack.refused


SHAPES: tuple[dict[str, object], ...] = (
    {},
    {"deleted": "yes"},
    {"id": 5},
    {"id": "<b>", "profile": "x"},
    {"profile": {"email": []}},
)


@pytest.mark.parametrize("shape", SHAPES)
def test_a_user_in_a_strange_shape_is_nobody(shape: dict[str, object]):
    member = member_of(shape)

    assert member.is_guest and member.sign_in == "" and not is_deactivated(shape)


def test_a_token_is_in_no_representation_of_the_client(bot: RunningBot):
    assert TOKEN not in repr(bot.messenger)
