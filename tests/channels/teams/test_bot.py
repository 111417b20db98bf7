"""The bot as Teams meets it: activities in over HTTP, messages out to a little Bot Connector."""

import asyncio
from datetime import timedelta

import pytest

from bot.channels.teams.activity import text_of
from bot.channels.teams.adapter import SORRY
from bot.errors import StoreError
from tests.channels.teams.teams_bot import NEW, NINE, RunningBot, Setting, card_of
from tests.standins.activities import activity, in_group, pressed, said


async def test_a_question_gets_one_answer_with_its_card_in_its_own_chat(bot: RunningBot):
    assert (await bot.says_to(said(bot.service, "can i use my phone"))).startswith("No: Not in lessons.")

    sent = bot.microsoft.taken[-1]
    assert sent.path == "/teams/v3/conversations/a:chat/activities/" + sent.body["replyToId"]
    assert sent.token == "token for https://api.botframework.com/.default"
    assert card_of(sent.body)["id"] == "answer"
    assert "DEMO" not in str(card_of(sent.body))


async def test_the_same_message_delivered_again_is_answered_once(bot: RunningBot):
    body = said(bot.service, "can i use my phone")

    statuses = [status for status, _ in await asyncio.gather(*(bot.hears(body) for _ in range(4)))]

    assert statuses == [200] * 4
    assert len(bot.microsoft.messages()) == 1
    assert len(bot.small.heard) == 1


async def test_replies_can_be_asked_for_in_the_response_itself(bot: RunningBot):
    status, response = await bot.hears(said(bot.service, "can i use my phone", deliveryMode="expectReplies"))

    assert status == 200
    assert [card_of(reply)["id"] for reply in response["activities"]] == ["answer"]
    assert bot.microsoft.messages() == []


async def test_a_mention_and_markup_are_not_part_of_the_question(bot: RunningBot):
    text = "<at>Staffroom</at>  can i use&nbsp;my <at>phone</at>\n"

    assert (await bot.says_to(said(bot.service, text, **in_group()))).startswith("No: Not in lessons.")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("<at>Staffroom</at> hello", "hello"),
        ("a &lt;b&gt; &amp; c", "a <b> & c"),
        ("tell <at>A colleague</at> that", "tell A colleague that"),
        ("", ""),
        (None, ""),
    ],
)
def test_words_are_what_was_written(text: str | None, words: str):
    assert text_of(activity("s", text=text, **in_group())) == words


async def test_greetings_and_help_work_everywhere(bot: RunningBot):
    for where in ({}, in_group(), in_group("channel")):
        assert (await bot.says_to(said(bot.service, "Good morning!", **where))).startswith("Hello.")
        assert (await bot.says_to(said(bot.service, "Help", **where))).startswith("Ask me")
    assert "staff list says" in str(await bot.says_to(said(bot.service, "my record")))


async def test_the_desk_hears_a_channels_own_id_and_never_that_of_a_thread(bot: RunningBot):
    where = in_group("channel")
    where["conversation"] = {**where["conversation"], "id": "19:maths@thread.tacv2;messageid=1611234567890"}
    await bot.hears(said(bot.service, "can i use my phone", **where))

    (incoming,) = bot.small.heard
    assert (incoming.conversation, incoming.is_private) == ("19:maths@thread.tacv2", False)
    assert "messageid=1611234567890" in bot.microsoft.taken[-1].path  # the answer is in the thread all the same


async def test_a_follow_up_builds_on_the_answer_before_for_ten_minutes(bot: RunningBot):
    for minutes, text in ((0, "can i use my phone"), (9, "and at break"), (20, "and at break")):
        bot.now = NINE + timedelta(minutes=minutes)
        await bot.hears(said(bot.service, text))

    assert [incoming.last for incoming in bot.small.heard] == ["", "phones", ""]


async def test_an_edited_question_changes_its_answer_and_says_nothing_new(bot: RunningBot):
    question = said(bot.service, "what is for dinner")
    await bot.hears(question)
    first = len(bot.microsoft.taken)

    edited = said(bot.service, "can i use my phone", id=question["id"], type="messageUpdate")
    await bot.hears(edited)
    await bot.hears(activity(bot.service, "messageDelete", id=question["id"]))

    requests = bot.microsoft.taken[first:]
    assert [(request.method, request.path.rsplit("/", 1)[1]) for request in requests] == [("PUT", f"m{first}")]
    assert card_of(requests[0].body)["id"] == "answer"


async def test_an_edit_of_a_message_nobody_remembers_is_answered(bot: RunningBot):
    assert (await bot.says_to(said(bot.service, "can i use my phone", type="messageUpdate"))).startswith("No:")


@pytest.mark.parametrize("setting", [Setting(typing_after=0.0)])
async def test_a_long_wait_shows_that_somebody_is_typing(bot: RunningBot):
    bot.small.gate = asyncio.Event()
    asking = asyncio.ensure_future(bot.hears(said(bot.service, "can i use my phone")))
    while not bot.microsoft.taken and not asking.done():
        await asyncio.wait({asking}, timeout=0.01)
    bot.small.gate.set()
    await asking

    assert [request.body["type"] for request in bot.microsoft.taken] == ["typing", "message"]


@pytest.mark.parametrize(
    ("failure", "sentence"), [(StoreError("It is full."), "It is full."), (ValueError("a secret"), SORRY)]
)
async def test_what_cannot_be_kept_is_said_and_a_fault_of_ours_is_owned(
    bot: RunningBot, caplog: pytest.LogCaptureFixture, failure: Exception, sentence: str
):
    bot.small.failure = failure

    assert (await bot.hears(said(bot.service, "a secret question")))[0] == 200
    assert bot.microsoft.taken[-1].body["text"] == sentence
    status, response = await bot.hears(pressed(bot.service, "look", {"situation": "phones"}))
    assert (status, response["statusCode"], response["value"]["message"]) == (200, 500, sentence)
    assert "secret" not in caplog.text
    assert "teacher" not in caplog.text


async def test_an_answer_teams_may_not_have_taken_is_said_again_when_asked_again(
    bot: RunningBot, caplog: pytest.LogCaptureFixture
):
    bot.microsoft.next_answers.append((502, {}))
    body = said(bot.service, "can i use my phone")

    assert (await bot.hears(body))[0] == 429
    assert len(bot.microsoft.taken) == 1
    assert "turn_failed type=message error=InDoubt" in caplog.text
    assert (await bot.hears(body))[0] == 200
    assert len(bot.microsoft.taken) == 2


async def test_other_activities_are_taken_quietly(bot: RunningBot):
    for type in ("typing", "event", "endOfConversation", "trace", "handoff", "x" * 200, "контакт"):
        assert (await bot.hears(activity(bot.service, type)))[0] == 200
    assert bot.microsoft.taken == []


async def test_without_a_token_the_bot_says_nothing_and_stays_up(bot: RunningBot, caplog: pytest.LogCaptureFixture):
    bot.has_tokens = False
    body = said(bot.service, "can i use my phone")
    assert (await bot.hears(body))[0] == 429
    assert (await bot.hears(said(bot.service, "hello", **NEW)))[0] == 200
    assert bot.microsoft.taken == []
    assert "error=Busy" in caplog.text

    bot.has_tokens = True
    assert (await bot.hears(body))[0] == 200
    assert len(bot.microsoft.messages()) == 1


async def test_a_full_disk_costs_nobody_an_answer(bot: RunningBot, caplog: pytest.LogCaptureFixture):
    bot.people.is_full = True

    assert (await bot.says_to(said(bot.service, "can i use my phone"))).startswith("No:")
    assert "conversation_not_kept" in {record.message for record in caplog.records}
