"""What every store promises of counts, questions and texts; each store's own tests run these on it."""

import asyncio

from bot.ask.rules.tallies import Count, Outcome, SentQuestion, Tally
from bot.evidence.ports import Store
from tests.stores.examples import MONDAY, TEXT, days

ASKED = Count(MONDAY, "lunch", Outcome.ASKED)
OFFERED = Count(MONDAY, "dress", Outcome.OFFERED)
QUESTION = SentQuestion("can I vape? a/b", MONDAY)


class Promises:
    async def test_what_is_counted_is_counted(self, store: Store):
        await store.count(ASKED)
        await store.count(ASKED, ASKED, OFFERED)
        await store.count()

        assert await store.tallies() == (Tally(OFFERED, 1), Tally(ASKED, 3))

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

    async def test_a_published_text_comes_back_word_for_word(self, store: Store):
        await store.keep_version(TEXT)
        await store.keep_version(TEXT)

        assert await store.version(TEXT.digest) == TEXT
        assert await store.version("unknown") is None

    async def test_an_open_store_is_well(self, store: Store):
        assert await store.is_well()

    async def test_reading_beside_writing_sees_whole_rows(self, store: Store):
        async def read() -> None:
            for _ in range(200):
                assert all(tally.times > 0 for tally in await store.tallies())
                await asyncio.sleep(0)

        counts = [Count(MONDAY + days(7 * number), "lunch", Outcome.ASKED) for number in range(40)]
        await asyncio.gather(read(), *(store.count(count) for count in counts))

        assert len(await store.tallies()) == 40

    async def test_closing_twice_is_safe(self, store: Store):
        await store.close()
        await store.close()
