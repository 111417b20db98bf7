"""What a channel remembers for ten minutes, and what it takes from a card."""

import asyncio
from datetime import datetime, timedelta

import pytest

from bot.channels.inputs import MAX_INPUT_CHARS, plain_inputs
from bot.channels.memory import MAX_REMEMBERED, MAX_SEEN, REMEMBERED_FOR, Once, RecentAnswers, Seen, finish
from bot.channels.pending_files import MAX_FILES, PendingFiles
from tests.channels.fakes import PACK

NINE = datetime.fromisoformat("2021-09-06T09:00:00+01:00")
ME = ("teacher", "chat")


def test_inputs_are_plain_text_whatever_a_card_sends():
    inputs = plain_inputs({"agree": True, "days": 3, "words": "x" * 6_000, "list": [1], "nothing": None, 7: "seven"})

    assert inputs == {"agree": "true", "days": "3", "words": "x" * MAX_INPUT_CHARS, "7": "seven"}


@pytest.mark.parametrize(("minutes", "remembered"), [(0, "phones"), (10, "phones"), (11, "")])
def test_a_situation_is_remembered_for_ten_minutes(minutes: int, remembered: str):
    answers = RecentAnswers()
    answers.keep(ME, "phones", NINE)

    assert answers.last(ME, NINE + timedelta(minutes=minutes)) == remembered


def test_a_reply_without_a_situation_ends_the_conversation():
    answers = RecentAnswers()
    answers.keep(ME, "phones", NINE)
    answers.keep(ME, "", NINE)

    assert answers.last(ME, NINE) == ""


def test_only_so_many_situations_are_remembered():
    answers = RecentAnswers()
    for number in range(MAX_REMEMBERED + 1):
        answers.keep((str(number), "chat"), "phones", NINE)

    assert [answers.last((number, "chat"), NINE) for number in ("0", "1")] == ["", "phones"]


class Acts:
    """Counts how often something is done; the first `failures` times it fails."""

    def __init__(self, failures: int = 0) -> None:
        self.failures = failures
        self.done = 0

    async def __call__(self) -> int:
        self.done += 1
        if self.done <= self.failures:
            raise ValueError
        return self.done


async def test_a_thing_is_done_once_for_ten_minutes():
    now = [0.0]
    once, act = Once[int](lambda: now[0]), Acts()

    results = await asyncio.gather(*(once("key", act) for _ in range(3)))
    now[0] = 601.0
    assert (results, await once("key", act)) == ([1, 1, 1], 2)


async def test_a_thing_that_failed_is_done_again():
    once, act = Once[int](), Acts(failures=1)

    with pytest.raises(ValueError):
        await once("key", act)
    assert await once("key", act) == 2


async def test_what_takes_too_long_when_a_server_stops_is_cancelled():
    endless = asyncio.ensure_future(asyncio.Event().wait())

    await finish([endless], 0.01)

    assert endless.cancelled()


def test_files_wait_for_ten_minutes_and_the_oldest_goes_first():
    files = PendingFiles()
    first, *others = [files.keep(PACK, NINE) for _ in range(MAX_FILES + 1)]

    assert files.get(first, NINE) is None
    assert all(files.get(id, NINE) is PACK for id in others)
    assert files.get(others[0], NINE + timedelta(minutes=11)) is None
    files.drop(others[1])
    assert files.get(others[1], NINE) is None


def test_what_has_arrived_is_known_for_ten_minutes_and_no_longer():
    at = [0.0]
    seen = Seen(lambda: at[0])

    assert seen.is_new("first") and not seen.is_new("first")
    at[0] = REMEMBERED_FOR.total_seconds() + 1
    assert seen.is_new("first")


def test_what_has_arrived_takes_no_more_than_so_much_memory():
    seen = Seen(lambda: 0.0)
    for number in range(MAX_SEEN + 5):
        assert seen.is_new(number)

    assert len(seen._arrived) <= MAX_SEEN + 1 and not seen.is_new(MAX_SEEN + 4)
