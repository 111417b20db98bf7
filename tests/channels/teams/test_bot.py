"""The bot as Teams meets it: activities in over HTTP, messages out to a little Bot Connector."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.ask.rules.tallies import Count, Outcome, week_of
from bot.channels.teams.activity import words_said
from bot.channels.teams.adapter import SORRY
from bot.desk.desk import Desk
from bot.desk.rules.messages import Incoming, Outgoing
from bot.errors import StoreError, TokenUnavailable
from bot.people.rules.conversations import Conversation
from tests.channels.teams.teams_bot import NEW, NINE, Bot, card_of
from tests.fakes import MONDAY, FakeStore
from tests.standins.activities import activity, in_group, pressed, said


async def test_a_question_gets_one_answer_with_its_card_in_its_own_chat(bot: Bot):
    assert (await bot.says_to(said(bot.service, "can i use my phone"))).startswith("No: Not in lessons.")

    sent = bot.microsoft.taken[-1]
    assert sent.path == "/teams/v3/conversations/a:chat/activities/" + sent.body["replyToId"]
    assert sent.token == "token for https://api.botframework.com/.default"
    assert card_of(sent.body)["id"] == "answer"
    assert "Clause 1 says so." in str(card_of(sent.body))
    assert "DEMO" not in str(card_of(sent.body))


async def test_the_same_message_delivered_again_is_answered_once(bot: Bot):
    body = said(bot.service, "can i use my phone")

    statuses = [status for status, _ in await asyncio.gather(*(bot.hears(body) for _ in range(4)))]

    assert statuses == [200] * 4
    assert len(bot.microsoft.messages()) == 1
    assert bot.store.counted[Count(week_of(MONDAY), "phones", Outcome.ASKED)] == 1


async def test_replies_can_be_asked_for_in_the_answer_itself(bot: Bot):
    status, told = await bot.hears(said(bot.service, "can i use my phone", deliveryMode="expectReplies"))

    assert status == 200
    assert [card_of(one)["id"] for one in told["activities"]] == ["answer"]
    assert bot.microsoft.messages() == []


async def test_a_mention_and_markup_are_not_part_of_the_question(bot: Bot):
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
    assert words_said(activity("s", text=text, **in_group())) == words


async def test_greetings_and_help_work_everywhere(bot: Bot):
    for more in ({}, in_group(), in_group("channel")):
        assert (await bot.says_to(said(bot.service, "Good morning!", **more))).startswith("Hello.")
        assert (await bot.says_to(said(bot.service, "Help", **more))).startswith("Ask me")
    assert "staff list says" in str(await bot.says_to(said(bot.service, "my record")))


async def test_a_follow_up_builds_on_the_answer_before_for_ten_minutes(bot: Bot):
    heard: list[Incoming] = []

    class Listening(Desk):
        async def __call__(self, incoming: Incoming) -> Outgoing:
            heard.append(incoming)
            return await super().__call__(incoming)

    bot.chat.desk = Listening(bot.desk.mind, bot.desk.roster, bot.store, lambda: MONDAY)
    for minutes, text in ((0, "can i use my phone"), (9, "and at break"), (20, "and at break")):
        bot.now = NINE + timedelta(minutes=minutes)
        await bot.hears(said(bot.service, text))

    assert [one.last for one in heard] == ["", "phones", ""]


async def test_an_edited_question_changes_its_answer_and_says_nothing_new(bot: Bot):
    question = said(bot.service, "what is for dinner")
    await bot.hears(question)
    first = len(bot.microsoft.taken)

    edited = said(bot.service, "can i use my phone", id=question["id"], type="messageUpdate")
    await bot.hears(edited)
    await bot.hears(activity(bot.service, "messageDelete", id=question["id"]))

    put = bot.microsoft.taken[first:]
    assert [(one.method, one.path.rsplit("/", 1)[1]) for one in put] == [("PUT", f"m{first}")]
    assert card_of(put[0].body)["id"] == "answer"


async def test_an_edit_of_a_message_nobody_remembers_is_answered(bot: Bot):
    assert (await bot.says_to(said(bot.service, "can i use my phone", type="messageUpdate"))).startswith("No:")


async def test_a_long_wait_shows_that_somebody_is_typing(bot: Bot):
    gate = asyncio.Event()

    class Slow(Desk):
        async def __call__(self, incoming: Incoming) -> Outgoing:
            await gate.wait()
            return await super().__call__(incoming)

    bot.chat.desk, bot.chat.patience = Slow(bot.desk.mind, bot.desk.roster, bot.store, lambda: MONDAY), 0.0
    asking = asyncio.ensure_future(bot.hears(said(bot.service, "can i use my phone")))
    while not bot.microsoft.taken and not asking.done():
        await asyncio.wait({asking}, timeout=0.01)
    gate.set()
    await asking

    assert [one.body["type"] for one in bot.microsoft.taken] == ["typing", "message"]


async def test_what_cannot_be_kept_is_said_and_a_fault_of_ours_is_owned(bot: Bot, caplog: pytest.LogCaptureFixture):
    failures: list[Exception] = []

    class Failing(Desk):
        async def __call__(self, incoming: Incoming) -> Outgoing:
            raise failures[-1]

    bot.chat.desk = Failing(bot.desk.mind, bot.desk.roster, bot.store, lambda: MONDAY)
    for failure, sentence in ((StoreError("It is full."), "It is full."), (ValueError("x"), SORRY)):
        failures.append(failure)
        assert (await bot.hears(said(bot.service, "a secret question")))[0] == 200
        assert bot.microsoft.taken[-1].body["text"] == sentence
        status, told = await bot.hears(pressed(bot.service, "look", {"situation": "phones"}))
        assert (status, told["statusCode"], told["value"]["message"]) == (200, 500, sentence)
    assert "secret" not in caplog.text
    assert "teacher" not in caplog.text


async def test_an_answer_teams_may_not_have_taken_is_said_again_when_asked_again(
    bot: Bot, caplog: pytest.LogCaptureFixture
):
    bot.microsoft.next_answers.append((502, {}))
    body = said(bot.service, "can i use my phone")

    assert (await bot.hears(body))[0] == 429
    assert len(bot.microsoft.taken) == 1
    assert "turn_failed type=message error=InDoubt" in caplog.text
    assert (await bot.hears(body))[0] == 200
    assert len(bot.microsoft.taken) == 2


async def test_other_activities_are_taken_quietly(bot: Bot):
    for type in ("typing", "event", "endOfConversation", "trace", "handoff", "x" * 200, "контакт"):
        assert (await bot.hears(activity(bot.service, type)))[0] == 200
    assert bot.microsoft.taken == []


async def test_without_a_token_the_bot_says_nothing_and_stays_up(bot: Bot, caplog: pytest.LogCaptureFixture):
    async def none(scope: str) -> str:
        raise TokenUnavailable("Microsoft gave no token (invalid_client).")

    body = said(bot.service, "can i use my phone")
    bot.chat.reach.connector.token, usual = none, bot.chat.reach.connector.token
    assert (await bot.hears(body))[0] == 429
    assert (await bot.hears(said(bot.service, "hello", **NEW)))[0] == 200
    assert bot.microsoft.taken == []
    assert "error=Busy" in caplog.text

    bot.chat.reach.connector.token = usual
    assert (await bot.hears(body))[0] == 200
    assert len(bot.microsoft.messages()) == 1


async def test_a_full_disk_costs_nobody_a_hand_off(bot: Bot, caplog: pytest.LogCaptureFixture):
    class Full(FakeStore):
        async def count(self, *counts: Count) -> None:
            raise StoreError("This could not be saved.")

        async def keep_place(self, place: Conversation) -> None:
            raise StoreError("This could not be saved.")

    full = Full()
    bot.chat.desk, bot.chat.reach.places = replace(bot.desk, store=full), full

    assert (await bot.says_to(said(bot.service, "can i use my phone"))).startswith("No:")
    assert {"count_failed", "place_not_kept"} <= {record.message for record in caplog.records}
