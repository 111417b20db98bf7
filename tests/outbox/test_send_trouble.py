"""Sending when something stands in the way: nothing is lost, nobody is written to twice or at a bad hour."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.errors import Busy, InDoubt, StaffroomError
from bot.outbox.rules.message import LEASE, MAX_TRIES, DeliveryState, Message, MessageKind
from bot.outbox.send import HAND_OVER_LIMIT
from bot.people.rules.conversations import Address
from tests.fakes import NINE
from tests.outbox.sending import Sending, message


@pytest.fixture
def sending() -> Sending:
    return Sending()


async def test_if_the_channel_asks_to_wait_everybody_waits_and_nothing_is_lost(sending: Sending):
    await sending.store.keep_messages(message("p1"), message("p2"))
    sending.channel.errors = [Busy("The channel asks us to wait.", 90)]

    assert await sending.run() == 0
    assert await sending.states() == {"p1": DeliveryState.DUE, "p2": DeliveryState.DUE}
    assert sending.channel.texts == []
    sending.clock.go_on(timedelta(seconds=89))
    assert await sending.run() == 1  # the other one was never asked
    sending.clock.go_on(timedelta(seconds=1))
    assert await sending.run() == 1


async def test_a_long_outage_loses_nothing(sending: Sending):
    await sending.store.keep_messages(message("p1"), message("p2"))
    for _ in range(3 * MAX_TRIES):
        sending.channel.errors = [Busy("The channel cannot be reached just now.", 1)]
        assert await sending.run() == 0
        sending.clock.go_on(timedelta(minutes=1))

    assert await sending.run() == 2


async def test_one_message_that_cannot_be_rendered_holds_up_no_other(sending: Sending):
    await sending.store.keep_messages(*(message(f"p{number}") for number in (1, 2, 3)))

    def is_wanted(message: Message) -> bool:
        if message.recipient == "p2":
            raise LookupError("of ours")
        return True

    for _ in range(2):
        with pytest.raises(StaffroomError, match=r"1 messages could not be sent .* \(LookupError\)"):
            await sending.run(is_wanted=is_wanted)
        assert len(sending.channel.texts) == 2
    assert await sending.states() == {"p1": DeliveryState.SENT, "p2": DeliveryState.DUE, "p3": DeliveryState.SENT}


async def test_a_process_that_was_paused_before_it_sent_gives_the_message_back(sending: Sending):
    await sending.store.keep_messages(message(kind=MessageKind.NUDGE))
    seconds = iter((0.0, (LEASE - HAND_OVER_LIMIT).total_seconds() + 1))  # before the claim, and after the pause

    assert await sending.run(monotonic=lambda: next(seconds)) == 0

    assert sending.channel.texts == []
    assert await sending.messages() == (message(kind=MessageKind.NUDGE),)
    assert await sending.run() == 1


async def test_a_fault_while_the_channel_has_a_message_leaves_doubt(sending: Sending):
    await sending.store.keep_messages(message(kind=MessageKind.NUDGE))
    sending.channel.errors = [LookupError("of ours")]

    assert await sending.run() == 0
    assert await sending.states() == {"p1": DeliveryState.DOUBT}


async def test_nobody_is_written_to_at_an_hour_that_does_not_suit(sending: Sending):
    await sending.store.keep_messages(message("p1"), message("p2"))

    assert await sending.run(is_welcome=lambda message: message.recipient == "p2") == 1
    assert await sending.states() == {"p1": DeliveryState.DUE, "p2": DeliveryState.SENT}
    assert await sending.run() == 1


async def test_what_was_stopped_while_it_waited_for_its_turn_does_not_go(sending: Sending):
    stopped: list[bool] = []
    await sending.store.keep_messages(message())
    sending.channel.while_waiting = [lambda: stopped.append(True)]

    assert await sending.run(is_wanted=lambda message: not stopped) == 0
    assert (sending.channel.texts, await sending.messages()) == ([], ())


async def test_what_expired_while_it_waited_for_its_turn_does_not_go(sending: Sending):
    six_hours = timedelta(hours=6)
    await sending.store.keep_messages(replace(message(kind=MessageKind.NUDGE), expires_at=NINE + six_hours))
    sending.channel.while_waiting = [lambda: sending.clock.go_on(six_hours)]

    assert await sending.run() == 0
    assert (sending.channel.texts, await sending.messages()) == ([], ())


async def test_a_message_that_waits_too_long_for_its_turn_leaves_no_doubt_behind(sending: Sending):
    await sending.store.keep_messages(message("p1"), message("p2"))
    sending.channel.waits = [Busy("The channel asks us to wait.", 900)]

    assert await sending.run() == 1  # the other chat was ready
    assert await sending.states() == {"p1": DeliveryState.DUE, "p2": DeliveryState.SENT}
    sending.clock.go_on(timedelta(seconds=900))
    assert await sending.run() == 1


async def test_if_nobody_is_ready_several_times_in_a_row_the_round_ends(sending: Sending):
    await sending.store.keep_messages(
        *(message(f"p{number}") for number in (1, 2, 3)), message("p1", MessageKind.NUDGE)
    )
    sending.channel.waits = [Busy("The channel cannot be reached just now.", 60)] * 4

    assert await sending.run() == 0
    assert len(sending.channel.waits) == 1


async def test_nothing_new_is_begun_once_staffroom_is_being_stopped(sending: Sending):
    await sending.store.keep_messages(*(message(f"p{number}") for number in (1, 2, 3)))

    assert await sending.run(is_ending=lambda: bool(sending.channel.texts)) == 1
    assert sorted((await sending.states()).values()) == [DeliveryState.DUE, DeliveryState.DUE, DeliveryState.SENT]


async def test_a_card_for_somebody_who_can_be_reached_again_is_planned_again_for_a_good_hour(sending: Sending):
    await sending.store.keep_messages(message("p1"))
    sending.channel.away = {"account of p1"}
    assert await sending.run() == 0

    sending.channel.away = set()

    assert await sending.run() == 0
    assert await sending.messages() == ()


async def test_somebody_who_can_be_reached_after_all_gets_what_was_meant_for_them_once(sending: Sending):
    await sending.store.keep_messages(message("p1", MessageKind.QUESTION))
    sending.channel.away = {"account of p1"}
    assert await sending.run() == 0

    sending.channel.away = set()

    assert await sending.run() == 1
    assert await sending.run() == 0
    assert sending.channel.texts == [("account of p1", "for p1")]


async def test_a_first_card_in_doubt_is_sent_again_because_acknowledging_twice_does_no_harm(sending: Sending):
    await sending.store.keep_messages(message())
    sending.channel.errors = [InDoubt("no answer")]

    assert await sending.run() == 0
    assert await sending.run() == 0  # not at once
    sending.clock.go_on(timedelta(minutes=5))
    assert await sending.run() == 1


async def test_a_card_in_doubt_again_and_again_is_left_and_listed(sending: Sending):
    await sending.store.keep_messages(message())
    sending.channel.errors = [InDoubt("no answer")] * MAX_TRIES
    for _ in range(MAX_TRIES + 2):
        await sending.run()
        sending.clock.go_on(timedelta(minutes=5))

    assert await sending.states() == {"p1": DeliveryState.DOUBT}
    assert sending.channel.texts == []


async def test_a_summary_in_doubt_is_not_sent_again(sending: Sending):
    await sending.store.keep_messages(message(kind=MessageKind.SUMMARY))
    sending.channel.errors = [InDoubt("no answer")]

    assert await sending.run() == 0
    sending.clock.go_on(timedelta(days=1))
    assert await sending.run() == 0
    assert await sending.states() == {"p1": DeliveryState.DOUBT}


async def test_what_expired_before_it_was_sent_is_forgotten(sending: Sending):
    await sending.store.keep_messages(replace(message(kind=MessageKind.NUDGE), expires_at=NINE + timedelta(hours=6)))
    sending.clock.go_on(timedelta(hours=6))

    assert await sending.run() == 0
    assert (sending.channel.texts, await sending.messages()) == ([], ())


async def test_a_reminder_in_doubt_is_never_sent_again(sending: Sending):
    await sending.store.keep_messages(message(kind=MessageKind.NUDGE))
    sending.channel.errors = [InDoubt("no answer")]

    assert await sending.run() == 0
    sending.clock.go_on(timedelta(days=1))
    assert await sending.run() == 0
    assert await sending.states() == {"p1": DeliveryState.DOUBT}


async def test_a_message_that_may_have_arrived_and_is_not_wanted_any_more_stays_listed_as_a_doubt(sending: Sending):
    await sending.store.keep_messages(message())
    sending.channel.errors = [InDoubt("no answer")]
    await sending.run()
    sending.clock.go_on(timedelta(minutes=5))

    assert await sending.run(is_wanted=lambda message: False) == 0
    (doubted,) = await sending.messages()
    assert (doubted.state, doubted.why) == (DeliveryState.DOUBT, "It was not wanted any more.")


async def test_a_message_nobody_can_route_is_listed_as_unreachable(sending: Sending):
    lost = replace(message("", MessageKind.NOTICE), address=Address("", conversation="19:gone"))
    await sending.store.keep_messages(lost)
    sending.channel.away = {"19:gone"}

    assert await sending.run() == 0
    (unsent,) = await sending.messages()
    assert unsent.is_unreachable and unsent.why == "Staffroom is not in that chat"


async def test_an_unreachable_message_for_a_channel_that_no_longer_runs_holds_up_no_other(sending: Sending):
    gone = replace(message("", MessageKind.NOTICE), address=Address("slack", conversation="C1"))
    await sending.store.keep_messages(gone, message())

    assert await sending.run() == 1
    assert await sending.run() == 0
    assert await sending.states() == {"": DeliveryState.FAILED, "p1": DeliveryState.SENT}
