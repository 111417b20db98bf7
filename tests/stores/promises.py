"""What every store promises; each store's own tests run these on it."""

import asyncio
from dataclasses import replace

import pytest

from bot.ask.rules.tallies import Count, Outcome, SentQuestion, Tally
from bot.errors import StoreError
from bot.people.rules.conversations import Conversation, ConversationKind
from bot.ports import Store
from tests.fakes import MONDAY, days

ASKED = Count(MONDAY, "lunch", Outcome.ASKED)
OTHER = Count(MONDAY, "dress", Outcome.OFFERED)
QUESTION = SentQuestion("can I vape? a/b", MONDAY)

PLACE = Conversation("msteams", "a:1/2", ConversationKind.PERSONAL, "https://service/", "tenant", "account", "29:1")


class Promises:
    async def test_what_is_counted_is_counted(self, store: Store):
        await store.count(ASKED)
        await store.count(ASKED, ASKED, OTHER)
        await store.count()

        assert await store.tallies() == (Tally(OTHER, 1), Tally(ASKED, 3))

    async def test_a_hundred_counts_at_once_are_a_hundred(self, store: Store):
        await asyncio.gather(*(store.count(ASKED) for _ in range(100)))

        assert await store.tallies() == (Tally(ASKED, 100),)

    async def test_weeks_and_situations_are_counted_apart_and_in_order(self, store: Store):
        later = Count(MONDAY + days(7), "dress", Outcome.HELPED)
        await store.count(later)
        await store.count(ASKED)

        assert await store.tallies() == (Tally(ASKED, 1), Tally(later, 1))

    async def test_a_question_sent_twice_is_kept_once(self, store: Store):
        await store.keep_question(QUESTION)
        await store.keep_question(QUESTION)

        assert await store.questions() == (QUESTION,)

    async def test_questions_come_oldest_first_and_old_ones_are_forgotten(self, store: Store):
        newer = SentQuestion("another", MONDAY + days(1))
        await store.keep_question(newer)
        await store.keep_question(QUESTION)
        assert await store.questions() == (QUESTION, newer)

        assert await store.forget_questions(MONDAY + days(1)) == 1
        assert await store.questions() == (newer,)
        assert await store.forget_questions(MONDAY + days(1)) == 0

    async def test_an_account_is_pinned_to_one_person_and_a_person_to_one_account(self, store: Store):
        await store.pin("account-1", "t1")
        for account, person in (("account-1", "t2"), ("account-2", "t1"), ("account-1", "t1")):
            with pytest.raises(StoreError):
                await store.pin(account, person)

        assert await store.pins() == {"account-1": "t1"}

    async def test_of_two_pins_at_once_one_is_kept(self, store: Store):
        done = await asyncio.gather(store.pin("one", "t1"), store.pin("two", "t1"), return_exceptions=True)

        assert sorted(type(one) for one in done if one is not None) == [StoreError]
        assert len(await store.pins()) == 1

    async def test_a_place_is_kept_once_renewed_and_forgotten(self, store: Store):
        moved = replace(PLACE, service="https://elsewhere/")
        await store.keep_place(PLACE)
        await store.keep_place(moved)
        assert await store.places() == (moved,)

        await store.forget_place(PLACE.conversation)
        await store.forget_place(PLACE.conversation)
        assert await store.places() == ()

    async def test_an_open_store_is_well(self, store: Store):
        assert await store.is_well()

    async def test_reading_beside_writing_sees_whole_rows(self, store: Store):
        async def read() -> None:
            for _ in range(200):
                assert all(one.times > 0 for one in await store.tallies())
                await asyncio.sleep(0)

        many = [Count(MONDAY + days(7 * number), "lunch", Outcome.ASKED) for number in range(40)]
        await asyncio.gather(read(), *(store.count(one) for one in many))

        assert len(await store.tallies()) == 40

    async def test_closing_twice_is_safe(self, store: Store):
        await store.close()
        await store.close()
