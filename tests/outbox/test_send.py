"""Sending: a row before each message, and afterwards the truth about how far it came."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.errors import ChannelError
from bot.outbox.rules.message import DeliveryState, Lease, Message, MessageKind
from bot.people.rules.conversations import Address, SentMessage
from tests.fakes import MONDAY, NINE
from tests.outbox.sending import CAMPAIGN, Sending, message

AN_HOUR = timedelta(hours=1)


@pytest.fixture
def sending() -> Sending:
    return Sending()


async def test_what_is_due_is_sent_once(sending: Sending):
    await sending.store.keep_messages(message("p1"), message("p2"))

    assert (await sending.run(), await sending.run()) == (2, 0)
    assert sending.channel.texts == [("account of p1", "for p1"), ("account of p2", "for p2")]
    assert [sent.sent for sent in await sending.messages()] == [
        SentMessage("test", "chat of account of p1", "m1"),
        SentMessage("test", "chat of account of p2", "m2"),
    ]


async def test_before_a_message_goes_its_row_says_who_is_sending_it_and_for_how_long(sending: Sending):
    await sending.store.keep_messages(message())

    await sending.run(holder="the first process")

    (under_way,) = sending.channel.under_way
    assert under_way.lease == Lease("the first process", NINE + timedelta(minutes=10))
    (sent,) = await sending.messages()
    assert (sent.state, sent.lease, sent.sent_at) == (DeliveryState.SENT, None, NINE)


async def test_nothing_is_sent_before_its_time(sending: Sending):
    await sending.store.keep_messages(replace(message(), not_before=NINE + AN_HOUR))

    assert await sending.run() == 0
    sending.clock.go_on(AN_HOUR)
    assert await sending.run() == 1


async def test_what_nobody_needs_any_more_is_forgotten_unsent(sending: Sending):
    await sending.store.keep_messages(message())

    assert await sending.run(is_wanted=lambda message: False) == 0
    assert await sending.messages() == ()


async def test_somebody_who_cannot_be_reached_does_not_hold_up_the_others(sending: Sending):
    await sending.store.keep_messages(message("p1"), message("p2"))
    sending.channel.away = {"account of p1"}

    assert (await sending.run(), await sending.run()) == (1, 0)
    assert await sending.states() == {"p1": DeliveryState.FAILED, "p2": DeliveryState.SENT}
    assert (await sending.messages())[0].why == "has removed it"


async def test_a_message_that_replaces_another_keeps_its_id_and_its_conversation(sending: Sending):
    notice = SentMessage("test", "19:year4", "m7")
    address = Address("test", conversation="19:year4")
    await sending.store.keep_messages(
        replace(message("", MessageKind.EDIT), address=address, replaces=notice),
    )

    assert await sending.run() == 1
    assert [sent for sent, _ in sending.channel.replaced] == [notice]
    assert (await sending.messages())[0].sent == notice


async def test_a_notice_of_release_0_5_0_is_replaced_on_the_channel_that_has_the_conversation(sending: Sending):
    address, notice = Address("", conversation="19:year4"), SentMessage("", "19:year4", "m7")
    await sending.store.keep_messages(replace(message("", MessageKind.EDIT), address=address, replaces=notice))

    assert await sending.run() == 1
    assert [sent for sent, _ in sending.channel.replaced] == [replace(notice, channel="test")]


async def test_a_message_the_channel_refuses_is_not_tried_again(sending: Sending):
    await sending.store.keep_messages(message())
    sending.channel.errors = [ChannelError("The channel refused the message (400).")]

    assert (await sending.run(), await sending.run()) == (0, 0)
    assert await sending.states() == {"p1": DeliveryState.FAILED}


async def test_somebody_without_an_account_is_listed_as_such(sending: Sending):
    await sending.store.keep_messages(message("p9"))

    assert await sending.run() == 0
    assert (await sending.messages())[0].why == "has no account here"


async def test_words_somebody_wrote_are_forgotten_once_they_were_sent(sending: Sending):
    await sending.store.keep_messages(
        replace(message(kind=MessageKind.REPLY), words="To keep it safe.", in_reply_to="why must I?", people=("p2",))
    )

    assert await sending.run() == 1
    assert ((await sending.messages())[0].words, (await sending.messages())[0].in_reply_to) == ("", "")


async def test_the_words_of_a_question_stay_until_it_is_answered(sending: Sending):
    await sending.store.keep_messages(replace(message(kind=MessageKind.QUESTION), words="why must I?", people=("p2",)))

    assert await sending.run() == 1
    assert (await sending.messages())[0].words == "why must I?"


async def test_progress_is_shown_after_every_message(sending: Sending):
    await sending.store.keep_messages(*(message(f"p{number}") for number in (1, 2, 3)))

    await sending.run()

    assert sending.progress == [(1, 3), (2, 3), (3, 3)]


async def test_a_message_to_a_conversation_goes_there_and_not_to_an_account(sending: Sending):
    notice = Message(MessageKind.NOTICE, CAMPAIGN, "", MONDAY, address=Address("test", conversation="19:year4"))
    await sending.store.keep_messages(notice)

    assert await sending.run() == 1
    assert sending.channel.texts == [("19:year4", "for ")]
