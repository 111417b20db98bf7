"""Sending: a row before each act, and afterwards the truth about how far it came."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.errors import Busy, ChannelError, InDoubt, StaffroomError, Unreachable
from bot.flows.records import Records
from bot.flows.send import Post, Progress
from bot.flows.show import note
from bot.flows.tick import report, tick
from bot.rules.dates import Calendar
from bot.rules.people import Person, Role
from bot.rules.slots import LEASE, MOST_TRIES, Slot, Sort, State
from bot.rules.talk import Outgoing
from tests.fakes import MONDAY, TEACHER, FakeRoster, FakeStore, policy

NINE = datetime(2021, 9, 6, 8, tzinfo=UTC)


@dataclass
class FakeMessenger:
    """Takes what it is told, unless something stands in the way."""

    store: FakeStore
    errors: list[Exception] = field(default_factory=list)
    told: list[tuple[str, str]] = field(default_factory=list)
    replaced: list[tuple[str, str]] = field(default_factory=list)
    waits: list[Exception] = field(default_factory=list)
    turns: list[Callable[[], None]] = field(default_factory=list)  # what happens while somebody waits for a turn
    states: list[State] = field(default_factory=list)
    away: set[str] = field(default_factory=set)

    async def ready(self, to: str) -> None:
        if self.turns:
            self.turns.pop(0)()
        if self.waits:
            raise self.waits.pop(0)

    async def tell(self, account: str, outgoing: Outgoing) -> str:
        self.states.append(next(one.state for one in await self.store.slots() if one.state is State.SENDING))
        if account in self.away:
            raise Unreachable("has removed it")
        if self.errors:
            raise self.errors.pop(0)
        self.told.append((account, outgoing.text))
        return f"m{len(self.told)}"

    async def replace_told(self, account: str, message: str, outgoing: Outgoing) -> None:
        self.replaced.append((account, message))

    async def reaches(self, account: str) -> bool:
        return account not in self.away


def slot(recipient: str = "p1", sort: Sort = Sort.AGREEMENT) -> Slot:
    return Slot(sort, "c1", recipient, MONDAY)


@dataclass
class Posting:
    store: FakeStore = field(default_factory=FakeStore)
    now: datetime = NINE
    seen: list[tuple[int, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.messenger = FakeMessenger(self.store)

    async def run(
        self,
        *,
        wanted: Callable[[Slot], bool] = lambda slot: True,
        welcome: Callable[[Slot], bool] = lambda slot: True,
        replaces: str = "",
        is_ending: Callable[[], bool] = lambda: False,
    ) -> int:
        class FakeRound:
            async def card(self, slot: Slot) -> Outgoing | None:
                return note(f"for {slot.recipient}") if wanted(slot) else None

            def address(self, slot: Slot) -> str:
                return {"p1": "account-1", "p2": "account-2", "p3": "account-3"}.get(slot.recipient, "")

            def is_welcome(self, slot: Slot) -> bool:
                return welcome(slot)

            async def replaces(self, slot: Slot) -> str:
                return replaces

        async def begin() -> FakeRound:
            return FakeRound()

        def tell(progress: Progress) -> None:
            self.seen.append((progress.done, progress.of))

        post = Post(self.store, self.messenger, begin, lambda: self.now, tell, is_ending=is_ending)
        return await post.send_due()

    async def states(self) -> dict[str, State]:
        return {one.recipient: one.state for one in await self.store.slots()}


@pytest.fixture
def post() -> Posting:
    return Posting()


async def test_what_is_due_is_sent_once_and_its_row_stands_before_the_act(post: Posting):
    await post.store.keep_slots(slot("p1"), slot("p2"))

    assert await post.run() == 2
    assert await post.run() == 0
    assert post.messenger.told == [("account-1", "for p1"), ("account-2", "for p2")]
    assert post.messenger.states == [State.SENDING, State.SENDING]
    assert [one.message for one in await post.store.slots()] == ["m1", "m2"]


async def test_nothing_is_sent_before_its_time(post: Posting):
    later = Slot(Sort.AGREEMENT, "c1", "p1", MONDAY, not_before=NINE + timedelta(hours=1))
    await post.store.keep_slots(later)

    assert await post.run() == 0
    post.now += timedelta(hours=1)
    assert await post.run() == 1


async def test_what_nobody_needs_any_more_is_forgotten_unsent(post: Posting):
    await post.store.keep_slots(slot())

    assert await post.run(wanted=lambda slot: False) == 0
    assert await post.store.slots() == ()


async def test_where_teams_asks_to_wait_everybody_waits_and_nothing_is_lost(post: Posting):
    await post.store.keep_slots(slot("p1"), slot("p2"))
    post.messenger.errors = [Busy("Teams asks us to wait.", 90)]

    assert await post.run() == 0
    assert await post.states() == {"p1": State.DUE, "p2": State.DUE}
    assert post.messenger.told == []
    post.now += timedelta(seconds=89)
    assert await post.run() == 1  # the other one was never asked
    post.now += timedelta(seconds=1)
    assert await post.run() == 1


async def test_whoever_cannot_be_reached_does_not_hold_up_the_others(post: Posting):
    await post.store.keep_slots(slot("p1"), slot("p2"))
    post.messenger.away = {"account-1"}

    assert await post.run() == 1
    assert await post.states() == {"p1": State.FAILED, "p2": State.SENT}
    assert (await post.store.slots())[0].why == "has removed it"
    assert await post.run() == 0


async def test_a_long_outage_loses_nothing(post: Posting):
    await post.store.keep_slots(slot("p1"), slot("p2"))
    for _ in range(3 * MOST_TRIES):
        post.messenger.errors = [Busy("Teams cannot be reached just now.", 1)]
        assert await post.run() == 0
        post.now += timedelta(minutes=1)

    assert await post.run() == 2


async def test_one_message_that_cannot_be_made_holds_up_no_other(post: Posting):
    await post.store.keep_slots(*(slot(f"p{one}") for one in (1, 2, 3)))

    def wanted(slot: Slot) -> bool:
        if slot.recipient == "p2":
            raise LookupError("of ours")
        return True

    for sent in (2, 0):
        with pytest.raises(StaffroomError, match=r"1 messages could not be sent .* \(LookupError\)"):
            await post.run(wanted=wanted)
        assert len(post.messenger.told) == 2, sent
    assert await post.states() == {"p1": State.SENT, "p2": State.DUE, "p3": State.SENT}


async def test_a_fault_while_the_channel_has_a_message_leaves_doubt(post: Posting):
    await post.store.keep_slots(slot(sort=Sort.NUDGE))
    post.messenger.errors = [LookupError("of ours")]

    assert await post.run() == 0
    assert await post.states() == {"p1": State.DOUBT}


async def test_nobody_is_written_to_at_an_hour_that_does_not_suit(post: Posting):
    await post.store.keep_slots(slot("p1"), slot("p2"))

    assert await post.run(welcome=lambda slot: slot.recipient == "p2") == 1
    assert await post.states() == {"p1": State.DUE, "p2": State.SENT}
    assert await post.run() == 1


async def test_what_was_stopped_or_expired_while_it_waited_for_its_turn_does_not_go(post: Posting):
    stopped: list[bool] = []
    await post.store.keep_slots(slot("p1"))
    post.messenger.turns = [lambda: stopped.append(True)]
    assert await post.run(wanted=lambda slot: not stopped) == 0

    def time_goes_by() -> None:
        post.now += timedelta(hours=6)

    await post.store.keep_slots(replace(slot("p2", Sort.NUDGE), expires_at=NINE + timedelta(hours=6)))
    post.messenger.turns = [time_goes_by]
    assert await post.run() == 0
    assert (post.messenger.told, await post.store.slots()) == ([], ())


async def test_whoever_waits_for_a_turn_too_long_leaves_no_doubt_behind(post: Posting):
    await post.store.keep_slots(slot("p1"), slot("p2"))
    post.messenger.waits = [Busy("Teams asks us to wait.", 900)]

    assert await post.run() == 1  # the other chat was ready
    assert await post.states() == {"p1": State.DUE, "p2": State.SENT}
    post.now += timedelta(seconds=900)
    assert await post.run() == 1


async def test_where_nobody_is_ready_in_a_row_the_round_ends(post: Posting):
    await post.store.keep_slots(*(slot(f"p{one}") for one in (1, 2, 3)), slot("p1", Sort.NUDGE))
    post.messenger.waits = [Busy("Graph cannot be reached just now.", 60)] * 4

    assert await post.run() == 0
    assert len(post.messenger.waits) == 1


async def test_nothing_new_is_begun_once_staffroom_is_being_stopped(post: Posting):
    await post.store.keep_slots(*(slot(f"p{one}") for one in (1, 2, 3)))

    assert await post.run(is_ending=lambda: bool(post.messenger.told)) == 1
    assert sorted((await post.states()).values()) == [State.DUE, State.DUE, State.SENT]


async def test_a_message_that_replaces_another_keeps_its_id(post: Posting):
    await post.store.keep_slots(slot())

    assert await post.run(replaces="m7") == 1
    assert post.messenger.replaced == [("account-1", "m7")]
    assert (await post.store.slots())[0].message == "m7"


async def test_a_card_for_whoever_can_be_reached_again_is_planned_anew_at_a_good_hour(post: Posting):
    await post.store.keep_slots(slot("p1"))
    post.messenger.away = {"account-1"}
    assert await post.run() == 0

    post.messenger.away = set()

    assert await post.run() == 0
    assert await post.store.slots() == ()


async def test_whoever_can_be_reached_after_all_gets_what_was_meant_for_them_once(post: Posting):
    await post.store.keep_slots(slot("p1", Sort.QUESTION))
    post.messenger.away = {"account-1"}
    assert await post.run() == 0

    post.messenger.away = set()

    assert await post.run() == 1
    assert await post.run() == 0
    assert post.messenger.told == [("account-1", "for p1")]


async def test_a_message_teams_refuses_is_not_tried_again(post: Posting):
    await post.store.keep_slots(slot())
    post.messenger.errors = [ChannelError("Teams refused the message (400).")]

    assert await post.run() == 0
    assert await post.states() == {"p1": State.FAILED}


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

    assert await post.states() == {"p1": State.DOUBT}
    assert post.messenger.told == []


async def test_a_summary_in_doubt_is_not_sent_again(post: Posting):
    await post.store.keep_slots(slot(sort=Sort.SUMMARY))
    post.messenger.errors = [InDoubt("no answer")]

    assert await post.run() == 0
    post.now += timedelta(days=1)
    assert await post.run() == 0
    assert await post.states() == {"p1": State.DOUBT}


async def test_whoever_has_no_account_is_listed_as_such(post: Posting):
    await post.store.keep_slots(slot("p9"))

    assert await post.run() == 0
    assert (await post.store.slots())[0].why == "has no account here"


async def test_words_somebody_wrote_are_forgotten_once_they_were_sent(post: Posting):
    await post.store.keep_slots(Slot(Sort.QUESTION, "c1.p2.1", "p1", MONDAY, "why must I?"))

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


async def test_what_expired_before_it_was_sent_is_forgotten(post: Posting):
    await post.store.keep_slots(replace(slot(sort=Sort.NUDGE), expires_at=NINE + timedelta(hours=6)))
    post.now += timedelta(hours=6)

    assert await post.run() == 0
    assert (post.messenger.told, await post.store.slots()) == ([], ())


async def test_a_message_the_channel_never_answered_is_in_doubt_when_its_lease_ends(post: Posting):
    await post.store.keep_slots(slot(sort=Sort.NUDGE).taken_up(NINE))

    await post.run()
    assert await post.states() == {"p1": State.SENDING}
    post.now += LEASE
    await post.run()
    assert await post.states() == {"p1": State.DOUBT}
    assert post.messenger.told == []


async def test_a_reminder_in_doubt_is_never_sent_again(post: Posting):
    await post.store.keep_slots(slot(sort=Sort.NUDGE))
    post.messenger.errors = [InDoubt("no answer")]

    assert await post.run() == 0
    post.now += timedelta(days=1)
    assert await post.run() == 0
    assert await post.states() == {"p1": State.DOUBT}


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
