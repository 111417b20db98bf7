"""What every store promises of what arrived and of messages in doubt; each store's own tests run these on it."""

import asyncio

from bot.desk.arrivals import ArrivalState
from bot.evidence.ports import Store
from tests.stores.examples import NINE, days


class ArrivalPromises:
    async def test_of_two_who_begin_the_same_at_once_one_answers_it(self, store: Store):
        states = await asyncio.gather(store.begin_arrival("an id"), store.begin_arrival("an id"))

        assert sorted(states) == [ArrivalState.NEW, ArrivalState.UNDER_WAY]

    async def test_what_was_answered_is_not_answered_again(self, store: Store):
        await store.begin_arrival("an id")
        await store.end_arrival("an id", is_done=True)

        assert await store.begin_arrival("an id") is ArrivalState.DONE
        assert await store.begin_arrival("another id") is ArrivalState.NEW

    async def test_what_could_not_be_answered_may_be_begun_again(self, store: Store):
        await store.begin_arrival("an id")
        await store.end_arrival("an id", is_done=False)

        assert await store.begin_arrival("an id") is ArrivalState.NEW

    async def test_a_message_is_in_doubt_since_it_was_first_sent_until_that_is_settled(self, store: Store):
        await store.keep_doubt("a digest", NINE)
        await store.keep_doubt("a digest", NINE + days(1))
        assert await store.doubt("a digest") == NINE
        assert await store.doubt("another digest") is None

        await store.forget_doubts("a digest")
        await store.forget_doubts("a digest")
        assert await store.doubt("a digest") is None

    async def test_old_doubts_are_forgotten_and_newer_ones_stay(self, store: Store):
        await store.keep_doubt("an old one", NINE)
        await store.keep_doubt("a newer one", NINE + days(1))

        await store.forget_doubts(before=NINE + days(1))

        assert await store.doubt("an old one") is None
        assert await store.doubt("a newer one") == NINE + days(1)
