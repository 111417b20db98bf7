"""A school on Slack when Slack goes wrong: nothing is sent twice, every doubt is listed, a reminder counts once."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.ask.understanding import Understanding
from bot.channels.slack.proactive import DEACTIVATED
from bot.channels.slack.views import PRESS_AGAIN
from bot.evidence.rules.ledger import EventKind
from bot.outbox.rules.message import DeliveryState, Message, MessageKind
from bot.settings import Settings
from tests.journeys.sides import user_id
from tests.journeys.test_slack_and_teams import TICK, copies, release_campaign
from tests.journeys.two_channels import ASSISTANT, HEAD, IDS, TEACHER, RealSchool, real_school
from tests.standins.slack import BROKEN_AFTER_TAKING, BROKEN_BEFORE_TAKING, Trouble, busy

POST, HISTORY = "chat.postMessage", "conversations.history"
CARD = "The whole text"  # of the agreement; the preview does not have it
REMINDER = "is waiting for you"
SLOW = Trouble(slow=0.3, is_taken=True)
UNREADABLE = Trouble(error="method_not_supported_for_channel_type")


@pytest.fixture
async def at(settings: Settings, understanding: Understanding) -> AsyncIterator[RealSchool]:
    async with real_school(settings, understanding, "slack") as opened:
        for who in IDS:
            await opened.slack.says(who, "hello")
        yield opened


async def to(at: RealSchool, who: str, kind: MessageKind) -> list[Message]:
    """Everything of a kind that is kept of somebody, in order."""
    pseudonym = await at.context.store.pseudonym_of(IDS[who])
    return sorted(
        (message for message in await at.messages(kind) if message.recipient == pseudonym),
        key=lambda message: message.on,
    )


async def ticks(at: RealSchool, number: int = 6) -> None:
    """Some ticks, ten minutes apart."""
    for _ in range(number):
        await at.after(minutes=10)


async def released(at: RealSchool, **troubles: Trouble) -> None:
    """A campaign whose cards go out now; `troubles` are those of the first call of each method."""
    await release_campaign(at.slack)
    for method, trouble in troubles.items():
        at.slack.slack.troubles[method.replace("_", ".")].append(trouble)
    await at.server.tick()


@pytest.mark.parametrize(
    "trouble", [busy(1), SLOW, BROKEN_AFTER_TAKING, BROKEN_BEFORE_TAKING], ids=["busy", "slow", "taken", "not-taken"]
)
async def test_whatever_slack_does_with_a_card_everybody_has_it_once(at: RealSchool, trouble: Trouble):
    await released(at, chat_postMessage=trouble)
    await ticks(at)

    assert [copies(at.slack, who, CARD) for who in IDS] == [1, 1, 1]
    assert {message.state for message in await at.messages(MessageKind.AGREEMENT)} == {DeliveryState.SENT}


async def test_a_card_in_doubt_is_not_sent_again_while_the_chat_cannot_be_read_and_is_found_later(at: RealSchool):
    at.slack.slack.troubles[HISTORY] += [UNREADABLE] * 4
    await released(at, chat_postMessage=BROKEN_AFTER_TAKING)
    doubts = [message for message in await at.messages(MessageKind.AGREEMENT) if message.tries]
    await ticks(at)

    assert len(doubts) == 1 and doubts[0].why
    assert {message.state for message in await at.messages(MessageKind.AGREEMENT)} == {DeliveryState.SENT}
    assert [copies(at.slack, who, CARD) for who in IDS] == [1, 1, 1]


async def test_a_card_whose_chat_can_never_be_read_stays_a_doubt_that_is_listed(at: RealSchool):
    at.slack.slack.troubles[HISTORY] += [UNREADABLE] * 1_000
    await released(at, chat_postMessage=BROKEN_AFTER_TAKING)
    await ticks(at, 30)

    (doubt,) = [
        message for message in await at.messages(MessageKind.AGREEMENT) if message.state is not DeliveryState.SENT
    ]
    assert doubt.state is DeliveryState.DOUBT and doubt.why
    assert [copies(at.slack, who, CARD) for who in IDS] == [1, 1, 1]


@pytest.mark.parametrize(
    "trouble", [busy(1), BROKEN_AFTER_TAKING, BROKEN_BEFORE_TAKING], ids=["busy", "taken", "not-taken"]
)
async def test_a_reminder_counts_once_whatever_becomes_of_it(at: RealSchool, trouble: Trouble):
    await released(at)
    for who in (HEAD, TEACHER):
        await at.slack.presses(who, "Acknowledge", TICK)
    await at.to("2026-09-21T08:15")  # the head has the week's summary by then
    at.slack.slack.troubles[POST].append(trouble)
    await ticks(at, 12)

    assert not at.slack.slack.troubles[POST]  # it was met
    (reminder,) = await to(at, ASSISTANT, MessageKind.NUDGE)
    assert reminder.state is DeliveryState.SENT and copies(at.slack, ASSISTANT, REMINDER) == 1


async def test_a_form_that_opens_too_late_is_asked_for_again_and_nothing_is_recorded(at: RealSchool):
    await released(at)
    press = at.slack.press(TEACHER, "Acknowledge")
    at.slack.slack.expired.add(press["trigger_id"])

    assert await at.slack.delivers(at.slack.interaction(press)) == (200, None)
    assert [shown["text"] for shown in at.slack.slack.ephemeral][-1] == PRESS_AGAIN
    assert await at.entries(EventKind.ACKNOWLEDGE) == ()

    assert "A teacher acknowledged" in (await at.slack.presses(TEACHER, "Acknowledge", TICK)).words


async def test_a_deactivated_account_is_sent_nothing_and_the_head_sees_why(at: RealSchool):
    at.slack.slack.users[user_id(TEACHER)]["deleted"] = True
    await released(at)

    (card,) = await to(at, TEACHER, MessageKind.AGREEMENT)
    assert card.state is DeliveryState.FAILED and card.why == DEACTIVATED
    assert [copies(at.slack, who, CARD) for who in IDS] == [1, 0, 1]
    assert "1 person: cannot be reached here\nA teacher" in (await at.slack.says(HEAD, "preview")).words


async def test_everything_slack_delivers_again_is_done_once(at: RealSchool):
    await released(at)
    forms = len(at.slack.slack.views)
    question = at.slack.said(TEACHER, "can I use my phone at lunch?")
    press = at.slack.interaction(at.slack.press(TEACHER, "Acknowledge"))
    requests = [question, press]
    for request in requests:
        for number in range(4):
            request["headers"]["X-Slack-Retry-Num"] = str(number)
            assert (await at.slack.delivers(request))[0] == 200
    form = at.slack.submission(TEACHER, TICK)
    answers = await asyncio.gather(*(at.slack.delivers(form) for _ in range(4)))

    assert copies(at.slack, TEACHER, "during social time") == 1
    assert len(at.slack.slack.views) == 1 + forms and len({str(answer) for answer in answers}) == 1
    assert len(await at.entries(EventKind.ACKNOWLEDGE)) == 1


async def test_events_in_another_order_are_each_answered_once(at: RealSchool):
    requests = [at.slack.said(TEACHER, text) for text in ("my record", "help", "can I use my phone at lunch?")]
    for request in [*reversed(requests), *requests]:
        assert (await at.slack.delivers(request))[0] == 200

    assert len(at.slack.chat(TEACHER)) == 1 + 3  # with the greeting


async def test_with_a_revoked_token_everything_waits_and_goes_out_once_it_is_allowed_again(at: RealSchool):
    await release_campaign(at.slack)
    at.slack.slack.is_revoked = True
    await ticks(at)
    waiting = await at.messages(MessageKind.AGREEMENT)
    assert [copies(at.slack, who, CARD) for who in IDS] == [0, 0, 0]
    assert {message.state for message in waiting} == {DeliveryState.DUE}
    assert any("the school's IT has to allow the app again" in message.why for message in waiting)

    at.slack.slack.is_revoked = False
    await at.restart()
    await ticks(at)

    assert [copies(at.slack, who, CARD) for who in IDS] == [1, 1, 1]


async def test_a_form_without_its_tick_records_nothing_and_can_be_sent_off_again(at: RealSchool):
    await released(at)
    await at.slack.delivers(at.slack.interaction(at.slack.press(TEACHER, "Acknowledge")))

    await at.slack.delivers(at.slack.submission(TEACHER, {"agree": ""}))
    assert await at.entries(EventKind.ACKNOWLEDGE) == ()
    await at.slack.delivers(at.slack.submission(TEACHER, TICK))

    assert len(await at.entries(EventKind.ACKNOWLEDGE)) == 1
