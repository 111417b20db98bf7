"""Sending on two channels, by two processes: each person gets each message once."""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from bot.desk.rules.messages import Outgoing
from bot.errors import Busy, GraphError
from bot.outbox.rules.message import LEASE, DeliveryState, Message, MessageKind, Subject
from bot.people.rules.conversations import Address, Conversation, ConversationKind, SentMessage
from tests.fakes import MONDAY, FakeMessenger
from tests.outbox.two_channels import TwoChannels

A_MINUTE = timedelta(minutes=1)


@pytest.fixture
def school() -> TwoChannels:
    return TwoChannels()


def to(recipient: str, kind: MessageKind = MessageKind.NUDGE) -> Message:
    return Message(kind, Subject(campaign="c1", text="v1"), recipient, MONDAY)


def in_chat(channel: str, number: int) -> Message:
    address = Address(channel, conversation=f"chat {number}")
    return Message(MessageKind.NOTICE, Subject(number=number), "", MONDAY, address=address)


async def states(school: TwoChannels) -> list[DeliveryState]:
    return [message.state for message in await school.store.messages(*MessageKind)]


async def test_somebody_with_an_account_on_both_gets_one_copy_where_they_wrote_last(school: TwoChannels):
    chat = Conversation("slack", "D1", ConversationKind.PERSONAL, "", "", "U1", written_on=MONDAY)
    await school.store.keep_conversation(chat)
    await school.store.keep_messages(to("p-anna"), to("p-ben"))

    assert await school.send() == 2
    assert school.slack.texts == [("U1", "for p-anna")]
    assert school.teams.texts == [("ben's account", "for p-ben")]
    assert [message.sent and message.sent.channel for message in await school.store.messages(MessageKind.NUDGE)] == [
        "slack",
        "msteams",
    ]


async def test_a_channel_that_asks_to_wait_does_not_hold_up_the_other(school: TwoChannels):
    await school.store.keep_messages(in_chat("msteams", 1), in_chat("msteams", 2), in_chat("slack", 3))
    school.teams.errors = [Busy("Teams asks us to wait.", 90)]

    assert await school.send() == 1
    assert school.slack.texts == [("chat 3", "for ")]
    assert await states(school) == [DeliveryState.DUE, DeliveryState.DUE, DeliveryState.SENT]


async def test_a_channel_that_is_not_ready_does_not_hold_up_the_other(school: TwoChannels):
    await school.store.keep_messages(*(in_chat("msteams", number) for number in range(1, 6)), in_chat("slack", 9))
    school.teams.waits = [Busy("Teams cannot be reached just now.", 60)] * 5

    assert await school.send() == 1
    assert school.slack.texts == [("chat 9", "for ")]
    assert len(school.teams.waits) == 2  # after three in a row it was not asked again


async def test_a_lease_of_another_process_is_respected_until_it_runs_out(school: TwoChannels):
    await school.store.keep_messages(to("p-ben").leased("another process", school.clock()))

    school.clock.go_on(LEASE - A_MINUTE)
    assert (await school.send(), await states(school)) == (0, [DeliveryState.SENDING])

    school.clock.go_on(A_MINUTE)
    assert (await school.send(), await states(school)) == (0, [DeliveryState.DOUBT])
    assert school.teams.texts == []


async def test_a_card_whose_lease_ran_out_is_sent_again_a_little_later(school: TwoChannels):
    await school.store.keep_messages(to("p-ben", MessageKind.AGREEMENT).leased("a killed process", school.clock()))

    school.clock.go_on(LEASE)
    assert await school.send() == 0
    school.clock.go_on(5 * A_MINUTE)
    assert (await school.send(), await states(school)) == (1, [DeliveryState.SENT])


@dataclass
class SlowMessenger(FakeMessenger):
    """A channel that answers only when the test lets it."""

    may_answer: asyncio.Event = field(default_factory=asyncio.Event)

    async def send(self, address: Address, outgoing: Outgoing) -> SentMessage:
        await self.may_answer.wait()
        return await FakeMessenger.send(self, address, outgoing)


async def test_two_processes_that_send_at_once_send_each_message_once():
    teams = SlowMessenger("msteams")
    school = TwoChannels(teams=teams)
    await school.store.keep_messages(to("p-anna"), to("p-ben"))

    both = asyncio.gather(*(school.sender(holder).send_due() for holder in ("one process", "another")))
    teams.may_answer.set()

    assert sum(await both) == 2
    assert sorted(teams.texts) == [("anna", "for p-anna"), ("ben's account", "for p-ben")]


async def test_somebody_who_can_be_reached_on_the_other_channel_gets_what_was_meant_for_them(school: TwoChannels):
    await school.store.keep_messages(to("p-anna", MessageKind.QUESTION))
    school.teams.away, school.slack.away = {"anna"}, {"U1"}
    assert await school.send() == 0

    school.slack.away = set()

    assert (await school.send(), school.slack.texts) == (1, [("U1", "for p-anna")])


@dataclass
class FakeNotifier:
    """An activity feed."""

    errors: list[GraphError] = field(default_factory=list)
    lines: list[tuple[str, str, str]] = field(default_factory=list)

    async def notify(self, account: str, topic: str, text: str) -> None:
        if self.errors:
            raise self.errors.pop(0)
        self.lines.append((account, topic, text))


async def test_beside_a_card_or_a_reminder_a_line_appears_in_the_activity_feed_and_beside_nothing_else():
    notifier = FakeNotifier()
    school = TwoChannels(notifier=notifier)
    reminder = replace(to("p-ben"), subject=Subject(), campaigns=(Subject(campaign="c2", text="v2"),))
    await school.store.keep_messages(
        to("p-ben", MessageKind.AGREEMENT), reminder, to("p-ben", MessageKind.SUMMARY), in_chat("msteams", 1)
    )

    assert await school.send() == 4
    assert notifier.lines == [("ben's account", topic, "for p-ben") for topic in ("c1.v1", "c2.v2")]


@pytest.mark.parametrize(("status", "lines"), [(403, 1), (0, 0)], ids=["refused once", "Graph is not there"])
async def test_a_line_that_fails_changes_nothing_about_the_messages(status: int, lines: int):
    notifier = FakeNotifier([GraphError("Graph did not take it.", status)])
    school = TwoChannels(notifier=notifier)
    await school.store.keep_messages(to("p-anna"), to("p-ben"))

    assert await school.send() == 2
    assert await states(school) == [DeliveryState.SENT, DeliveryState.SENT]
    assert len(notifier.lines) == lines


async def test_nothing_appears_in_microsofts_activity_feed_for_a_message_in_slack():
    notifier = FakeNotifier()
    school = TwoChannels(notifier=notifier)
    chat = Conversation("slack", "D1", ConversationKind.PERSONAL, "", "", "U1", written_on=MONDAY)
    await school.store.keep_conversation(chat)
    await school.store.keep_messages(to("p-anna"))

    assert await school.send() == 1
    assert notifier.lines == []
