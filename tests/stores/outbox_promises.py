"""What every store promises of messages that go out; each store's own tests run these on it."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.evidence.ports import Store
from bot.outbox.rules.message import LEASE, NO_SUBJECT, DeliveryState, Message, MessageKind, Subject, Wording
from bot.people.rules.conversations import Address, SentMessage
from bot.school.rules.calendar import LONDON
from tests.stores.examples import CAMPAIGN, MONDAY, NINE, card, days

SENT = SentMessage("msteams", "a:1", "m1")
MINUTE = timedelta(minutes=1)
EVERYTHING = Message(
    MessageKind.NOTICE,
    Subject("A/B-1.2", "v1", "lesson%", 3, "näme"),
    "p/1",
    MONDAY,
    address=Address("msteams", conversation="19:year4@thread.tacv2"),
    words="Words.\nMore",
    campaigns=(CAMPAIGN, Subject(campaign="another")),
    people=("p1", "p2"),
    recordings=("r1",),
    wording=Wording("moved", MONDAY),
    replaces=SENT,
    put_off_until=MONDAY + days(2),
    not_before=NINE,
    expires_at=datetime(2021, 9, 6, 16, tzinfo=LONDON),
    tries=2,
    why="It was busy.",
).leased("a process", NINE)


def notice(recording: str, number: int = 0, **more: object) -> Message:
    address = Address("msteams", conversation="19:year4")
    return Message(MessageKind.NOTICE, Subject(recording=recording, number=number), "", MONDAY, address, **more)  # type: ignore[arg-type]


class OutboxPromises:
    async def test_a_message_comes_back_as_it_was_kept(self, store: Store):
        sent = replace(EVERYTHING, on=MONDAY + days(1)).arrived(SENT, NINE)
        unreachable = card().unreachable("has no account here")
        for message in (EVERYTHING, sent, unreachable, card("p2")):
            await store.keep_messages(message)

            assert await store.message(message.key) == message
        assert await store.message("unknown") is None

    async def test_a_message_is_kept_once_and_never_replaced_by_its_like(self, store: Store):
        later = replace(card(), not_before=NINE)
        assert await store.keep_messages(later, card(number=1)) == 2

        assert await store.keep_messages(card(), card(number=2), card(number=2)) == 1
        assert await store.messages(MessageKind.AGREEMENT) == (later, card(number=1), card(number=2))

    async def test_messages_of_some_kinds_are_those_and_no_others_by_key(self, store: Store):
        joined, nudge = (Message(kind, CAMPAIGN, "p1", MONDAY) for kind in (MessageKind.JOINED, MessageKind.NUDGE))
        await store.keep_messages(nudge, card("p2"), notice("r1"), card(), joined)

        assert await store.messages(MessageKind.NUDGE, MessageKind.AGREEMENT) == (card(), card("p2"), nudge)
        assert await store.messages(MessageKind.JOINED, MessageKind.JOINED) == (joined,)
        assert await store.messages(MessageKind.NOTICE, MessageKind.JOINED) == (joined, notice("r1"))
        assert await store.messages(MessageKind.SUMMARY) == ()
        with pytest.raises(ValueError, match="Name kinds"):
            await store.messages()

    async def test_messages_about_a_campaign_are_those_of_its_subject_and_reminders_that_name_it(self, store: Store):
        about = Subject(campaign="AUP-2021-1", name="closed")
        summary = Message(MessageKind.SUMMARY, about, "p1", MONDAY)
        nudge = Message(MessageKind.NUDGE, NO_SUBJECT, "p1", MONDAY, campaigns=(Subject(campaign="other"), CAMPAIGN))
        other = Message(MessageKind.AGREEMENT, Subject(campaign="AUP-2021-10"), "p1", MONDAY)
        await store.keep_messages(summary, nudge, other, card("p2"), notice("r1"))

        assert await store.messages(campaign="AUP-2021-1") == (card("p2"), nudge, summary)
        assert await store.messages(MessageKind.SUMMARY, campaign="AUP-2021-1") == (summary,)
        assert await store.messages(MessageKind.SUMMARY, MessageKind.NOTICE, campaign="AUP-2021-1") == (summary,)
        assert await store.messages(MessageKind.NUDGE, campaign="other") == (nudge,)
        assert await store.messages(campaign="AUP") == ()

    async def test_messages_about_a_recording_are_those_of_its_subject_and_lists_that_name_it(self, store: Store):
        not_gone = Message(MessageKind.NOT_GONE, Subject(name="batch"), "p1", MONDAY, recordings=("r0", "r1"))
        await store.keep_messages(not_gone, notice("r1"), notice("r1", 1), notice("r10"), card())

        assert await store.messages(recording="r1") == (not_gone, notice("r1"), notice("r1", 1))
        assert await store.messages(MessageKind.NOTICE, recording="r1") == (notice("r1"), notice("r1", 1))
        assert await store.messages(MessageKind.EDIT, recording="r1") == ()

    async def test_messages_for_a_person_are_those_alone(self, store: Store):
        summary = Message(MessageKind.SUMMARY, CAMPAIGN, "p1", MONDAY, people=("p2",))
        await store.keep_messages(summary, card("p2"), card("p1"), card("p10"), notice("r1"))

        assert await store.messages(recipient="p1") == (card("p1"), summary)
        assert await store.messages(MessageKind.AGREEMENT, recipient="p2") == (card("p2"),)
        assert await store.messages(MessageKind.AGREEMENT, campaign="AUP-2021-1", recipient="p3") == ()

    async def test_open_messages_are_those_due_being_sent_or_unreachable(self, store: Store):
        due, later = replace(card("p1"), not_before=NINE), replace(card("p2"), not_before=NINE + MINUTE)
        sending, unreachable = card("p3").leased("somebody", NINE), card("p4").unreachable("has no account here")
        over = (card("p5").arrived(SENT, NINE), card("p6").failed("blocked"), card("p7").left_in_doubt("why"))
        expired = replace(card("p8"), expires_at=NINE - MINUTE)
        await store.keep_messages(expired, unreachable, sending, later, due, *over)

        assert await store.open_messages(NINE) == (due, sending, unreachable, expired)
        assert await store.open_messages(NINE + MINUTE) == (due, later, sending, unreachable, expired)

        await store.move(sending, sending.arrived(SENT, NINE))
        await store.drop_messages(unreachable)
        assert await store.open_messages(NINE) == (due, expired)

    async def test_old_messages_are_those_of_earlier_days_that_are_not_under_way(self, store: Store):
        sent = [card("p1", number).arrived(SENT, NINE) for number in range(3)]
        doubt, failed = card("p2").left_in_doubt("why"), card("p3").failed("blocked")
        unreachable = card("p5").unreachable("has no account here")
        await store.keep_messages(*sent, doubt, failed, card("p4"), unreachable)

        assert await store.old_messages(NINE) == ()
        assert await store.old_messages(NINE + days(1)) == (sent[0], doubt, failed, unreachable)
        almost_wednesday = datetime(2021, 9, 7, 23, 30, tzinfo=UTC)  # 00:30 on Wednesday in London
        assert await store.old_messages(almost_wednesday) == (sent[0], sent[1], doubt, failed, unreachable)

    async def test_what_was_read_before_stays_as_it_was_and_what_is_read_next_is_new(self, store: Store):
        await store.keep_messages(card(), card("p2"))
        before = await store.messages(MessageKind.AGREEMENT)

        await store.move(card(), card().leased("somebody", NINE))
        await store.drop_messages(card("p2"))
        await store.keep_messages(card("p3"))

        assert before == (card(), card("p2"))
        assert await store.messages(MessageKind.AGREEMENT) == (card().leased("somebody", NINE), card("p3"))

    async def test_of_two_who_lease_a_message_at_once_one_gets_it(self, store: Store):
        await store.keep_messages(card())

        leases = (store.move(card(), card().leased(holder, NINE)) for holder in ("one process", "another"))
        outcomes = await asyncio.gather(*leases)

        assert sorted(outcomes) == [False, True]
        message = await store.message(card().key)
        assert message and message.state is DeliveryState.SENDING

    async def test_a_lease_is_kept_until_it_runs_out(self, store: Store):
        leased = card().leased("somebody", NINE)
        await store.keep_messages(leased)

        (message,) = await store.open_messages(NINE)
        assert not message.is_stuck(NINE + LEASE - MINUTE)
        assert message.is_stuck(NINE + LEASE)
        assert not await store.move(card(), card().leased("another", NINE + MINUTE))
        assert await store.message(card().key) == leased

    async def test_only_exactly_the_same_message_is_moved(self, store: Store):
        kept = replace(card(), not_before=NINE, why="It was busy.")
        await store.keep_messages(kept)

        for other in (card(), replace(kept, why=""), replace(kept, not_before=NINE + MINUTE), replace(kept, tries=1)):
            assert not await store.move(other, other.leased("somebody", NINE))
        assert not await store.move(card("p2"), card("p2").leased("somebody", NINE))
        assert await store.move(kept, kept.leased("somebody", NINE))

    @pytest.mark.parametrize("hour", ["2026-10-25T01:30", "2027-03-28T01:30"])
    @pytest.mark.parametrize("fold", [0, 1])
    async def test_a_message_moves_on_in_the_hour_that_comes_twice_and_in_the_one_that_never_comes(
        self, store: Store, hour: str, fold: int
    ):
        now = datetime.fromisoformat(hour).replace(tzinfo=LONDON, fold=fold)
        planned = replace(card(), not_before=now)
        await store.keep_messages(planned)
        leased = planned.leased("somebody", now)

        assert await store.move(planned, leased)
        (kept,) = await store.open_messages(now)
        assert await store.move(kept, kept.arrived(SENT, now))
        message = await store.message(card().key)
        assert message and message.state is DeliveryState.SENT

    async def test_a_claimed_message_is_settled_once_by_the_one_who_holds_it(self, store: Store):
        changed = replace(card("p2"), why="It was busy.")
        await store.keep_messages(card(), changed, card("p3").arrived(SENT, NINE))

        wanted = (card(), card("p2"), card("p3"), card("p4"))
        (claim,) = await store.claim_messages(wanted, "a process", NINE, LEASE)

        assert (claim.message.key, claim.message.state) == (card().key, DeliveryState.SENDING)
        assert claim.message.lease and claim.message.lease.holder == "a process"
        assert await store.claim_messages([card()], "another", NINE, LEASE) == ()
        assert await store.settle(claim, claim.message.arrived(SENT, NINE))
        assert not await store.settle(claim, claim.message.failed("too late"))
        assert await store.message(card().key) == card().arrived(SENT, NINE)

    async def test_a_claim_whose_lease_has_run_out_is_stuck(self, store: Store):
        await store.keep_messages(card(), card("p2"))
        (claim,) = await store.claim_messages([card()], "a process", NINE, timedelta(0))
        await store.claim_messages([card("p2")], "a process", NINE, LEASE)

        assert await store.stuck_messages(NINE) == (claim.message,)

    async def test_a_message_that_has_moved_on_is_not_dropped(self, store: Store):
        await store.keep_messages(card(), card("p2"))
        await store.move(card(), card().leased("somebody", NINE))

        assert await store.drop_messages(card(), card("p2")) == 1
        assert await store.messages(MessageKind.AGREEMENT) == (card().leased("somebody", NINE),)


@pytest.mark.parametrize("kind", list(MessageKind))
def test_every_kind_says_what_doubt_means(kind: MessageKind):
    message = Message(kind, NO_SUBJECT, "p", MONDAY).leased("somebody", NINE).doubted(NINE, "no answer")

    assert message.state is (DeliveryState.DUE if kind.is_sent_again else DeliveryState.DOUBT)
    assert message.why == "no answer"
