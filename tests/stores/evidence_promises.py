"""What every store promises of evidence; each store's own tests run these on it."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.errors import LedgerMoved
from bot.evidence.ports import Store
from bot.evidence.rules.ledger import GENESIS, Event, EventKind, Head, head, verify
from bot.outbox.rules.message import Message, MessageKind, Subject
from tests.stores.examples import (
    ANNA,
    BEN,
    CAMPAIGN,
    MONDAY,
    NINE,
    acknowledged,
    card,
    class_channel,
    erased,
    own_chat,
)


class EvidencePromises:
    async def test_events_are_chained_in_the_order_they_came(self, store: Store):
        first = await store.append(acknowledged("p1"), "ack/p1")
        second = await store.append(acknowledged("p2"), "ack/p2")

        assert (first.number, first.previous) == (1, GENESIS)
        assert (second.number, second.previous) == (2, first.hash)
        assert await store.entries() == (first, second)
        assert second.event == acknowledged("p2")

    async def test_entries_are_read_from_any_number_to_any_other(self, store: Store):
        entries = [await store.append(acknowledged(f"p{number}"), f"ack/p{number}") for number in range(12)]

        assert await store.entries(9) == tuple(entries[9:])
        assert await store.entries(3, 5) == tuple(entries[3:5])
        assert await store.entries(0, 1) == tuple(entries[:1])
        assert await store.entries(10, 400) == tuple(entries[10:])
        assert await store.entries(12) == () == await store.entries(5, 5)

    async def test_the_head_is_the_last_entry(self, store: Store):
        assert await store.head() == Head()

        entry = await store.append(acknowledged("p1"), "ack/p1")

        assert await store.head() == Head(entry.number, entry.hash)

    async def test_a_second_event_under_one_key_changes_nothing_and_gives_the_first(self, store: Store):
        first = await store.append(acknowledged("p1"), "ack/p1", [card("p1")])

        again = await store.append(acknowledged("p1", "Somebody else"), "ack/p1", [card("p2")])

        assert again == first
        assert await store.entries() == (first,)
        assert await store.messages(MessageKind.AGREEMENT) == (card("p1"),)

    async def test_an_event_decided_on_a_head_is_added_if_the_ledger_has_not_grown_since(self, store: Store):
        decided_on = await store.head()
        first = await store.append(acknowledged("p1"), decided_on, [card("p1")])
        assert await store.head() == Head(first.number, first.hash)

        with pytest.raises(LedgerMoved, match="nothing was changed"):
            await store.append(acknowledged("p2"), decided_on, [card("p2")])

        assert await store.entries() == (first,)
        assert await store.messages(MessageKind.AGREEMENT) == (card("p1"),)

    async def test_of_two_who_decide_on_one_head_at_once_one_gets_to_write(self, store: Store):
        decided_on = await store.head()
        events = (acknowledged("p1"), acknowledged("p2"))

        outcomes = await asyncio.gather(*(store.append(event, decided_on) for event in events), return_exceptions=True)

        assert sorted(isinstance(outcome, LedgerMoved) for outcome in outcomes) == [False, True]
        assert len(await store.entries()) == 1

    async def test_an_event_without_a_key_is_refused(self, store: Store):
        with pytest.raises(ValueError, match="idempotency key"):
            await store.append(acknowledged("p1"), "")

        assert await store.entries() == ()

    async def test_a_hundred_events_at_once_make_one_whole_chain(self, store: Store):
        people = [f"p{number % 50}" for number in range(100)]

        added = await asyncio.gather(*(store.append(acknowledged(person), f"ack/{person}") for person in people))

        entries = await store.entries()
        assert len(entries) == 50 == len({entry.number for entry in added})
        assert verify(entries) == head(entries) == await store.head()

    async def test_a_projection_is_saved_under_its_name_and_version(self, store: Store):
        entry = await store.append(acknowledged("p1"), "ack/p1")
        at = Head(entry.number, entry.hash)
        assert await store.save_projection("campaigns", 1, at, "older")
        assert await store.save_projection("campaigns", 2, at, '{"of": "Zoë\\n"}\n{}')
        assert await store.save_projection("recordings", 1, at, "")

        assert await store.saved_projection("campaigns", 2) == (at, '{"of": "Zoë\\n"}\n{}')
        assert await store.saved_projection("campaigns", 1) is None
        assert await store.saved_projection("recordings", 1) == (at, "")
        assert await store.saved_projection("people", 1) is None

    async def test_what_is_behind_the_ledger_is_not_saved_for_it_may_name_somebody_who_was_erased(self, store: Store):
        me = (await store.enrol([ANNA]))["t1"]
        before = await store.append(acknowledged(me), "first")
        await store.erase(me, erased(me))

        assert not await store.save_projection("campaigns", 1, Head(before.number, before.hash), "A teacher")
        assert await store.saved_projection("campaigns", 1) is None

    async def test_erasing_somebody_takes_their_details_out_of_the_ledger_and_leaves_a_whole_chain(self, store: Store):
        pseudonyms = await store.enrol([ANNA, BEN])
        me, other = pseudonyms["t1"], pseudonyms["t2"]
        await store.append(acknowledged(me), "first")
        await store.append(acknowledged(other, "Another teacher"), "second")
        await store.append(Event(EventKind.OPEN, NINE, actor=me, campaign="c1", who={"name": "A teacher"}), "third")
        await store.append(Event(EventKind.PAPER, NINE, other, me, "c1", who={"name": "Another teacher"}), "fourth")

        entry = await store.erase(me, erased(me))

        entries = await store.entries()
        assert verify(entries).number == entry.number == 5
        assert [entry.who.is_open for entry in entries] == [False, True, False, True, True]
        assert entries[0].event.facts == {"version": "v1"}

    async def test_erasing_somebody_deletes_the_chats_of_both_accounts_that_their_row_named(self, store: Store):
        both = replace(ANNA, slack="U0ANNA")
        me = (await store.enrol([both]))["t1"]
        assert (await store.known([me]))[me].slack == "U0ANNA"
        others = (own_chat("U0BEN", "D2", "slack"), own_chat("account-t1", "D3", "slack"), own_chat("U0ANNA", "a:9"))
        for conversation in (own_chat("account-t1"), own_chat("U0ANNA", "D1", "slack"), *others):
            await store.keep_conversation(conversation)

        await store.erase(me, erased(me))

        assert await store.conversation_of("msteams", "account-t1") is None
        assert await store.conversation("slack", "D1") is None
        for conversation in others:  # of another person, and equal ids on the other channel
            assert await store.conversation(conversation.channel, conversation.id) == conversation

    async def test_erasing_somebody_deletes_their_pins_their_chats_and_what_projections_were_saved(self, store: Store):
        pseudonyms = await store.enrol([ANNA, BEN])
        me = pseudonyms["t1"]
        await store.pin("msteams", "pinned", "t1")
        await store.pin("msteams", "of-ben", "t2")
        others = (own_chat("of-ben"), class_channel("class"), own_chat("pinned", "s:1", "slack"))
        for conversation in (own_chat("account-t1"), own_chat("account-t1", "w:1", "web"), own_chat("pinned"), *others):
            await store.keep_conversation(conversation)
        assert await store.save_projection("campaigns", 1, await store.head(), "A teacher")

        await store.erase(me, erased(me))

        assert set(await store.everybody_known()) == {pseudonyms["t2"]}
        assert await store.pseudonym_of("t1") == ""
        assert await store.pins_of(["t1", "t2"]) == {"t2": {"msteams": "of-ben"}}
        assert await store.conversation_of("msteams", "account-t1") is None
        assert await store.conversation_of("web", "account-t1") is None
        assert await store.conversation_of("msteams", "pinned") is None
        for conversation in others:
            assert await store.conversation(conversation.channel, conversation.id) == conversation
        assert await store.saved_projection("campaigns", 1) is None

    async def test_erasing_somebody_deletes_every_message_for_or_about_them(self, store: Store):
        me, other = "a" * 32, "b" * 32
        about_me = Subject(campaign="c1", name="1")
        kept = (
            card(other),
            Message(MessageKind.STILL_OPEN, CAMPAIGN, other, MONDAY, people=(other,)),
            Message(MessageKind.FAULT, Subject(name=me), other, MONDAY),
        )
        named = (
            card(me),
            Message(MessageKind.QUESTION, about_me, other, MONDAY, words="why?", people=(me,)),
            Message(MessageKind.JOINED, CAMPAIGN, other, MONDAY, people=(other, me)),
        )
        await store.keep_messages(*kept, *named)

        await store.erase(me, erased(me))

        assert set(await store.messages(*MessageKind)) == set(kept)
        for message in named:
            assert await store.message(message.key) is None

    async def test_erasing_somebody_again_is_safe(self, store: Store):
        me = (await store.enrol([ANNA]))["t1"]
        await store.erase(me, erased(me))
        await store.erase(me, erased(me))

        assert verify(await store.entries()).number == 2
        assert (await store.enrol([ANNA]))["t1"] != me

    async def test_an_event_decided_on_a_head_is_decided_again_after_a_note_that_the_clock_went_back(
        self, store: Store
    ):
        await store.append(acknowledged("p1"), "ack/p1")
        event = replace(acknowledged("p2"), at=NINE - timedelta(days=365))

        with pytest.raises(LedgerMoved):
            await store.append(event, await store.head(), [card("p2")])
        assert await store.messages(MessageKind.AGREEMENT) == ()
        before = await store.head()
        entry = await store.append(event, before, [card("p2")])

        assert (before.number, entry.number) == (2, 3)
        kinds = [entry.event.kind for entry in await store.entries()]
        assert kinds == [EventKind.ACKNOWLEDGE, EventKind.CLOCK_WENT_BACK, EventKind.ACKNOWLEDGE]
        assert verify(await store.entries()) == await store.head()

    @pytest.mark.parametrize(("seconds", "notes"), [(0, 0), (0.4, 0), (1, 0), (1.1, 1)])
    async def test_a_step_back_of_up_to_a_second_is_none(self, store: Store, seconds: float, notes: int):
        await store.append(acknowledged("p1"), "ack/p1")

        await store.append(replace(acknowledged("p2"), at=NINE - timedelta(seconds=seconds)), "ack/p2")

        assert len(await store.entries_of(EventKind.CLOCK_WENT_BACK)) == notes
