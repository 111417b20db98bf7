"""Sending when something stands in the way: nothing is lost, nobody is written to twice or at a bad hour."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.errors import Busy, InDoubt, StaffroomError
from bot.outbox.rules.message import LEASE, MOST_TRIES, DeliveryState, Message, MessageKind
from tests.outbox.posting import NINE, Posting, slot


@pytest.fixture
def post() -> Posting:
    return Posting()


async def test_where_teams_asks_to_wait_everybody_waits_and_nothing_is_lost(post: Posting):
    await post.store.keep_slots(slot("p1"), slot("p2"))
    post.messenger.errors = [Busy("Teams asks us to wait.", 90)]

    assert await post.run() == 0
    assert await post.states() == {"p1": DeliveryState.DUE, "p2": DeliveryState.DUE}
    assert post.messenger.told == []
    post.now += timedelta(seconds=89)
    assert await post.run() == 1  # the other one was never asked
    post.now += timedelta(seconds=1)
    assert await post.run() == 1


async def test_a_long_outage_loses_nothing(post: Posting):
    await post.store.keep_slots(slot("p1"), slot("p2"))
    for _ in range(3 * MOST_TRIES):
        post.messenger.errors = [Busy("Teams cannot be reached just now.", 1)]
        assert await post.run() == 0
        post.now += timedelta(minutes=1)

    assert await post.run() == 2


async def test_one_message_that_cannot_be_made_holds_up_no_other(post: Posting):
    await post.store.keep_slots(*(slot(f"p{one}") for one in (1, 2, 3)))

    def wanted(slot: Message) -> bool:
        if slot.recipient == "p2":
            raise LookupError("of ours")
        return True

    for sent in (2, 0):
        with pytest.raises(StaffroomError, match=r"1 messages could not be sent .* \(LookupError\)"):
            await post.run(wanted=wanted)
        assert len(post.messenger.told) == 2, sent
    assert await post.states() == {"p1": DeliveryState.SENT, "p2": DeliveryState.DUE, "p3": DeliveryState.SENT}


async def test_a_fault_while_the_channel_has_a_message_leaves_doubt(post: Posting):
    await post.store.keep_slots(slot(sort=MessageKind.NUDGE))
    post.messenger.errors = [LookupError("of ours")]

    assert await post.run() == 0
    assert await post.states() == {"p1": DeliveryState.DOUBT}


async def test_nobody_is_written_to_at_an_hour_that_does_not_suit(post: Posting):
    await post.store.keep_slots(slot("p1"), slot("p2"))

    assert await post.run(welcome=lambda slot: slot.recipient == "p2") == 1
    assert await post.states() == {"p1": DeliveryState.DUE, "p2": DeliveryState.SENT}
    assert await post.run() == 1


async def test_what_was_stopped_or_expired_while_it_waited_for_its_turn_does_not_go(post: Posting):
    stopped: list[bool] = []
    await post.store.keep_slots(slot("p1"))
    post.messenger.turns = [lambda: stopped.append(True)]
    assert await post.run(wanted=lambda slot: not stopped) == 0

    def time_goes_by() -> None:
        post.now += timedelta(hours=6)

    await post.store.keep_slots(replace(slot("p2", MessageKind.NUDGE), expires_at=NINE + timedelta(hours=6)))
    post.messenger.turns = [time_goes_by]
    assert await post.run() == 0
    assert (post.messenger.told, await post.store.slots()) == ([], ())


async def test_whoever_waits_for_a_turn_too_long_leaves_no_doubt_behind(post: Posting):
    await post.store.keep_slots(slot("p1"), slot("p2"))
    post.messenger.waits = [Busy("Teams asks us to wait.", 900)]

    assert await post.run() == 1  # the other chat was ready
    assert await post.states() == {"p1": DeliveryState.DUE, "p2": DeliveryState.SENT}
    post.now += timedelta(seconds=900)
    assert await post.run() == 1


async def test_where_nobody_is_ready_in_a_row_the_round_ends(post: Posting):
    await post.store.keep_slots(*(slot(f"p{one}") for one in (1, 2, 3)), slot("p1", MessageKind.NUDGE))
    post.messenger.waits = [Busy("Graph cannot be reached just now.", 60)] * 4

    assert await post.run() == 0
    assert len(post.messenger.waits) == 1


async def test_nothing_new_is_begun_once_staffroom_is_being_stopped(post: Posting):
    await post.store.keep_slots(*(slot(f"p{one}") for one in (1, 2, 3)))

    assert await post.run(is_ending=lambda: bool(post.messenger.told)) == 1
    assert sorted((await post.states()).values()) == [DeliveryState.DUE, DeliveryState.DUE, DeliveryState.SENT]


async def test_a_card_for_whoever_can_be_reached_again_is_planned_anew_at_a_good_hour(post: Posting):
    await post.store.keep_slots(slot("p1"))
    post.messenger.away = {"account-1"}
    assert await post.run() == 0

    post.messenger.away = set()

    assert await post.run() == 0
    assert await post.store.slots() == ()


async def test_whoever_can_be_reached_after_all_gets_what_was_meant_for_them_once(post: Posting):
    await post.store.keep_slots(slot("p1", MessageKind.QUESTION))
    post.messenger.away = {"account-1"}
    assert await post.run() == 0

    post.messenger.away = set()

    assert await post.run() == 1
    assert await post.run() == 0
    assert post.messenger.told == [("account-1", "for p1")]


async def test_a_first_card_in_doubt_is_sent_again_for_acknowledging_twice_does_no_harm(post: Posting):
    await post.store.keep_slots(slot())
    post.messenger.errors = [InDoubt("no answer")]

    assert await post.run() == 0
    assert await post.run() == 0  # not at once
    post.now += timedelta(minutes=5)
    assert await post.run() == 1


async def test_a_card_in_doubt_again_and_again_is_left_and_listed(post: Posting):
    await post.store.keep_slots(slot())
    post.messenger.errors = [InDoubt("no answer")] * MOST_TRIES
    for _ in range(MOST_TRIES + 2):
        await post.run()
        post.now += timedelta(minutes=5)

    assert await post.states() == {"p1": DeliveryState.DOUBT}
    assert post.messenger.told == []


async def test_a_summary_in_doubt_is_not_sent_again(post: Posting):
    await post.store.keep_slots(slot(sort=MessageKind.SUMMARY))
    post.messenger.errors = [InDoubt("no answer")]

    assert await post.run() == 0
    post.now += timedelta(days=1)
    assert await post.run() == 0
    assert await post.states() == {"p1": DeliveryState.DOUBT}


async def test_what_expired_before_it_was_sent_is_forgotten(post: Posting):
    await post.store.keep_slots(replace(slot(sort=MessageKind.NUDGE), expires_at=NINE + timedelta(hours=6)))
    post.now += timedelta(hours=6)

    assert await post.run() == 0
    assert (post.messenger.told, await post.store.slots()) == ([], ())


async def test_a_message_the_channel_never_answered_is_in_doubt_when_its_lease_ends(post: Posting):
    await post.store.keep_slots(slot(sort=MessageKind.NUDGE).taken_up(NINE))

    await post.run()
    assert await post.states() == {"p1": DeliveryState.SENDING}
    post.now += LEASE
    await post.run()
    assert await post.states() == {"p1": DeliveryState.DOUBT}
    assert post.messenger.told == []


async def test_a_reminder_in_doubt_is_never_sent_again(post: Posting):
    await post.store.keep_slots(slot(sort=MessageKind.NUDGE))
    post.messenger.errors = [InDoubt("no answer")]

    assert await post.run() == 0
    post.now += timedelta(days=1)
    assert await post.run() == 0
    assert await post.states() == {"p1": DeliveryState.DOUBT}
