"""What every store promises of evidence and of what goes out; each store's own tests run these on it."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.campaigns.rules.versions import Passage, Version
from bot.evidence.rules.ledger import GENESIS, Event, EventKind, head, verify
from bot.outbox.rules.message import DeliveryState, Message, MessageKind
from bot.people.rules.conversations import Conversation, ConversationKind
from bot.people.rules.person import Person, Role
from bot.ports import Store
from bot.school.rules.calendar import LONDON
from tests.fakes import MONDAY, days

NINE = datetime(2021, 9, 6, 8, tzinfo=UTC)
ANNA = Person("t1", "A teacher", "t1@school.example", "account-t1", frozenset({Role.STAFF}))
BEN = Person("t2", "Another teacher", "t2@school.example", "", frozenset({Role.STAFF}))
TEXT = Version("AUP", "Acceptable Use", "1", MONDAY, (Passage("AUP-1", "1", "Safety", "Be kind – always."),))


def acknowledged(subject: str, name: str = "A teacher") -> Event:
    return Event(EventKind.ACKNOWLEDGE, NINE, subject, subject, "c1", {"version": "v1"}, {"name": name})


def card(recipient: str = "p1", number: int = 0) -> Message:
    return Message(MessageKind.AGREEMENT, "c1.v1", recipient, MONDAY + days(number))


class EvidencePromises:
    async def test_events_are_chained_in_the_order_they_came(self, store: Store):
        first = await store.append(acknowledged("p1"))
        second = await store.append(acknowledged("p2"))

        assert (first.number, first.previous) == (1, GENESIS)
        assert (second.number, second.previous) == (2, first.hash)
        assert await store.entries() == (first, second)
        assert await store.entries(1) == (second,)
        assert second.event == acknowledged("p2")

    async def test_a_second_event_under_one_key_changes_nothing_and_gives_the_first(self, store: Store):
        first = await store.append(acknowledged("p1"), "ack/p1", [card("p1")])

        again = await store.append(acknowledged("p1", "Somebody else"), "ack/p1", [card("p2")])

        assert again == first
        assert await store.entries() == (first,)
        assert await store.slots() == (card("p1"),)

    async def test_a_hundred_events_at_once_make_one_whole_chain(self, store: Store):
        made = await asyncio.gather(*(store.append(acknowledged(f"p{n % 50}"), f"ack/p{n % 50}") for n in range(100)))

        entries = await store.entries()
        assert len(entries) == 50 == len({one.number for one in made})
        assert verify(entries) == head(entries)

    async def test_somebody_keeps_their_pseudonym_when_their_details_change(self, store: Store):
        first = await store.enrol([ANNA, BEN])
        again = await store.enrol([replace(ANNA, name="A married teacher")])

        known = await store.known()
        assert again == {"t1": first["t1"]}
        assert len(set(first.values())) == 2
        assert known[first["t1"]].name == "A married teacher"
        assert known[first["t2"]].email == "t2@school.example"

    async def test_of_two_enrolments_at_once_both_give_the_same_pseudonym(self, store: Store):
        one, other = await asyncio.gather(store.enrol([ANNA]), store.enrol([ANNA]))

        assert one == other

    async def test_a_published_text_comes_back_word_for_word(self, store: Store):
        await store.keep_version(TEXT)
        await store.keep_version(TEXT)

        assert await store.version(TEXT.digest) == TEXT
        assert await store.version("unknown") is None

    async def test_erasing_somebody_leaves_nothing_that_names_them_and_a_whole_chain(self, store: Store):
        mine = await store.enrol([ANNA, BEN])
        me, other = mine["t1"], mine["t2"]
        await store.append(acknowledged(me))
        await store.append(acknowledged(other, "Another teacher"))
        await store.append(Event(EventKind.OPEN, NINE, actor=me, campaign="c1", who={"name": "A teacher"}))
        await store.append(Event(EventKind.PAPER, NINE, other, me, "c1", who={"name": "Another teacher"}))
        await store.pin("pinned", "t1")
        await store.keep_place(Conversation("msteams", "mine", ConversationKind.PERSONAL, "s", "t", "account-t1", "u"))
        await store.keep_place(Conversation("msteams", "pinned", ConversationKind.PERSONAL, "s", "t", "pinned", "u"))
        await store.keep_place(Conversation("msteams", "group", ConversationKind.GROUP, "s", "t"))
        await store.keep_slots(
            card(me), card(other), Message(MessageKind.QUESTION, f"c1.{me}.1", other, MONDAY, "why?")
        )

        entry = await store.erase(me, Event(EventKind.ERASE, NINE, subject=me))

        entries = await store.entries()
        assert verify(entries).number == entry.number == 5
        assert [one.who.is_open for one in entries] == [False, True, False, True, True]
        assert set(await store.known()) == {other}
        assert await store.pins() == {}
        assert [one.conversation for one in await store.places()] == ["group"]
        assert await store.slots() == (card(other),)
        assert entries[0].event.facts == {"version": "v1"}

    async def test_erasing_somebody_again_is_safe(self, store: Store):
        me = (await store.enrol([ANNA]))["t1"]
        await store.erase(me, Event(EventKind.ERASE, NINE, subject=me))
        await store.erase(me, Event(EventKind.ERASE, NINE, subject=me))

        assert verify(await store.entries()).number == 2
        assert (await store.enrol([ANNA]))["t1"] != me

    async def test_a_slot_is_kept_once_and_never_replaced_by_its_like(self, store: Store):
        later = replace(card(), not_before=NINE)
        assert await store.keep_slots(later, card(number=1)) == 2

        assert await store.keep_slots(card(), card(number=2)) == 1
        assert await store.slots() == (later, card(number=1), card(number=2))

    async def test_slots_of_some_sorts_are_those_and_no_others_by_key(self, store: Store):
        joined, nudge = (Message(sort, "c1.v1", "p1", MONDAY) for sort in (MessageKind.JOINED, MessageKind.NUDGE))
        await store.keep_slots(nudge, card("p2"), card(), joined)

        assert await store.slots(MessageKind.NUDGE, MessageKind.AGREEMENT) == (card(), card("p2"), nudge)
        assert await store.slots(MessageKind.JOINED, MessageKind.JOINED) == (joined,)
        assert await store.slots(MessageKind.SUMMARY) == ()
        assert await store.slots() == (card(), card("p2"), joined, nudge)

    async def test_what_was_read_before_stays_as_it_was_and_what_is_read_next_is_new(self, store: Store):
        await store.keep_slots(card(), card("p2"))
        slots, known = await store.slots(), await store.known()

        await store.move(card(), card().taken_up(NINE))
        await store.drop_slots(card("p2"))
        mine = await store.enrol([ANNA])

        assert (slots, known) == ((card(), card("p2")), {})
        assert await store.slots(MessageKind.AGREEMENT) == await store.slots() == (card().taken_up(NINE),)
        assert set(await store.known()) == {mine["t1"]}

    async def test_of_two_who_take_a_slot_up_at_once_one_gets_it(self, store: Store):
        await store.keep_slots(card())

        done = await asyncio.gather(*(store.move(card(), card().taken_up(NINE)) for _ in range(2)))

        assert sorted(done) == [False, True]
        assert (await store.slots())[0].state is DeliveryState.SENDING

    @pytest.mark.parametrize("hour", ["2026-10-25T01:30", "2027-03-28T01:30"])
    async def test_a_slot_moves_on_in_the_hour_that_comes_twice_and_in_the_one_that_never_comes(
        self, store: Store, hour: str
    ):
        at = datetime.fromisoformat(hour).replace(tzinfo=LONDON)
        await store.keep_slots(card())
        taken = card().taken_up(at)

        assert await store.move(card(), taken)
        assert await store.move(taken, taken.arrived("m1"))
        assert (await store.slots())[0].state is DeliveryState.SENT

    async def test_a_slot_that_has_moved_on_is_not_dropped(self, store: Store):
        await store.keep_slots(card(), card("p2"))
        await store.move(card(), card().taken_up(NINE))

        assert await store.drop_slots(card(), card("p2")) == 1
        assert await store.slots() == (card().taken_up(NINE),)

    async def test_after_a_stop_what_was_being_sent_is_in_doubt(self, store: Store):
        summary = Message(MessageKind.SUMMARY, "c1", "p1", MONDAY)
        await store.keep_slots(summary, card("p2"), card("p3"))
        for one in (summary, card("p2")):
            await store.move(one, one.taken_up(NINE))

        assert await store.settle(NINE) == 2
        assert await store.settle(NINE) == 0
        states = {one.recipient: (one.state, one.is_due(NINE)) for one in await store.slots()}
        assert states["p1"] == (DeliveryState.DOUBT, False)
        assert states["p2"] == (DeliveryState.DUE, False)  # a first card is sent again, a little later
        assert states["p3"] == (DeliveryState.DUE, True)


@pytest.mark.parametrize("sort", list(MessageKind))
def test_every_sort_says_what_doubt_means(sort: MessageKind):
    slot = Message(sort, "s", "p", MONDAY).taken_up(NINE).doubted(NINE, "no answer")

    assert slot.state is (DeliveryState.DUE if sort.is_sent_again else DeliveryState.DOUBT)
    assert slot.why == "no answer"
