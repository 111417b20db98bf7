"""Sending: a row before each act, and afterwards the truth about how far it came."""

from datetime import timedelta

import pytest

from bot.desk.tick import report, tick
from bot.errors import ChannelError, Unreachable
from bot.evidence.records import Records
from bot.outbox.rules.message import DeliveryState, Message, MessageKind
from bot.people.rules.person import Person, Role
from bot.school.rules.calendar import Calendar
from tests.fakes import MONDAY, TEACHER, FakeRoster, FakeStore, policy
from tests.outbox.posting import NINE, Posting, slot


@pytest.fixture
def post() -> Posting:
    return Posting()


async def test_what_is_due_is_sent_once_and_its_row_stands_before_the_act(post: Posting):
    await post.store.keep_slots(slot("p1"), slot("p2"))

    assert await post.run() == 2
    assert await post.run() == 0
    assert post.messenger.told == [("account-1", "for p1"), ("account-2", "for p2")]
    assert post.messenger.states == [DeliveryState.SENDING, DeliveryState.SENDING]
    assert [one.message for one in await post.store.slots()] == ["m1", "m2"]


async def test_nothing_is_sent_before_its_time(post: Posting):
    later = Message(MessageKind.AGREEMENT, "c1", "p1", MONDAY, not_before=NINE + timedelta(hours=1))
    await post.store.keep_slots(later)

    assert await post.run() == 0
    post.now += timedelta(hours=1)
    assert await post.run() == 1


async def test_what_nobody_needs_any_more_is_forgotten_unsent(post: Posting):
    await post.store.keep_slots(slot())

    assert await post.run(wanted=lambda slot: False) == 0
    assert await post.store.slots() == ()


async def test_whoever_cannot_be_reached_does_not_hold_up_the_others(post: Posting):
    await post.store.keep_slots(slot("p1"), slot("p2"))
    post.messenger.away = {"account-1"}

    assert await post.run() == 1
    assert await post.states() == {"p1": DeliveryState.FAILED, "p2": DeliveryState.SENT}
    assert (await post.store.slots())[0].why == "has removed it"
    assert await post.run() == 0


async def test_a_message_that_replaces_another_keeps_its_id(post: Posting):
    await post.store.keep_slots(slot())

    assert await post.run(replaces="m7") == 1
    assert post.messenger.replaced == [("account-1", "m7")]
    assert (await post.store.slots())[0].message == "m7"


async def test_a_message_teams_refuses_is_not_tried_again(post: Posting):
    await post.store.keep_slots(slot())
    post.messenger.errors = [ChannelError("Teams refused the message (400).")]

    assert await post.run() == 0
    assert await post.states() == {"p1": DeliveryState.FAILED}


async def test_whoever_has_no_account_is_listed_as_such(post: Posting):
    await post.store.keep_slots(slot("p9"))

    assert await post.run() == 0
    assert (await post.store.slots())[0].why == "has no account here"


async def test_words_somebody_wrote_are_forgotten_once_they_were_sent(post: Posting):
    await post.store.keep_slots(Message(MessageKind.QUESTION, "c1.p2.1", "p1", MONDAY, "why must I?"))

    assert await post.run() == 1
    assert (await post.store.slots())[0].words == ""


async def test_a_duty_that_fails_does_not_stop_the_others():
    done = []

    async def fails() -> None:
        raise Unreachable("not now")

    async def works() -> None:
        done.append(1)

    async def breaks() -> None:
        raise LookupError("of ours")

    undone = await tick({"first": fails, "second": breaks, "third": works})
    assert undone == {"first": "not now", "second": "LookupError"}
    assert done == [1]


async def test_whoever_looks_on_hears_of_every_message(post: Posting):
    await post.store.keep_slots(*(slot(f"p{one}") for one in (1, 2, 3)))

    await post.run()

    assert post.seen == [(1, 3), (2, 3), (3, 3)]


async def test_a_fault_is_told_to_whoever_looks_after_the_set_up_once_a_day():
    carer = Person("i", "The IT lead", "", "it-account", frozenset({Role.IT}))
    store, now = FakeStore(), [NINE]
    policy_now = Records(policy(), FakeRoster((TEACHER, carer)), store, Calendar(), lambda: now[0], str)

    for hours in (0, 1, 24):
        now[0] = NINE + timedelta(hours=hours)
        await report({"send": "Teams cannot be reached just now."}, policy_now)

    told = await store.slots()
    assert [one.on.day for one in told] == [6, 7]
    assert "Teams cannot be reached just now." in told[0].words
    assert await report({}, policy_now) == 0
