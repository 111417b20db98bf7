"""How fast Teams is written to: below Microsoft's limits, evenly, and slower after being told to wait."""

import asyncio
from dataclasses import dataclass, field

import pytest

from bot.channels.rate_limit import RateLimiter
from bot.channels.slack.limits import LIMITS as SLACK_LIMITS
from bot.channels.teams.limits import CONVERSATION_LIMITS, LIMITS, MESSAGES_PER_SECOND
from bot.errors import Busy


@dataclass
class Clock:
    """A clock that goes ahead when somebody sleeps."""

    at: float = 1000.0
    turns: list[float] = field(default_factory=list)

    def __call__(self) -> float:
        return self.at

    async def sleep(self, seconds: float) -> None:
        self.at += seconds

    async def take(self, limiter: RateLimiter, conversation: str) -> None:
        await limiter.turn(conversation)
        self.turns.append(self.at)

    def most_within(self, seconds: float) -> int:
        """The most turns in any window of so many seconds."""
        return max(sum(begin <= at < begin + seconds for at in self.turns) for begin in self.turns)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def limiter(clock: Clock) -> RateLimiter:
    return RateLimiter(LIMITS, clock=clock, sleep=clock.sleep)


async def test_a_school_is_written_to_below_microsofts_limit_and_hardly_slower(limiter: RateLimiter, clock: Clock):
    await asyncio.gather(*(clock.take(limiter, f"chat-{number}") for number in range(200)))

    assert clock.most_within(1.0) < MESSAGES_PER_SECOND
    assert clock.at - 1000.0 == pytest.approx(200 / 48, abs=0.1)


@pytest.mark.parametrize(("most", "seconds"), CONVERSATION_LIMITS[:3])
async def test_one_conversation_gets_no_more_than_teams_takes_there(
    limiter: RateLimiter, clock: Clock, most: int, seconds: float
):
    for _ in range(130):
        await clock.take(limiter, "chat")

    assert clock.most_within(seconds - 0.001) <= most


async def test_everybody_waits_when_teams_says_so_and_a_long_wait_is_the_callers(limiter: RateLimiter, clock: Clock):
    limiter.told_to_wait(3.0)
    await limiter.turn("chat")
    assert clock.at == pytest.approx(1003.0)

    limiter.told_to_wait(60.0)
    with pytest.raises(Busy) as error:
        await limiter.turn("another chat")
    assert error.value.seconds == pytest.approx(60.0)
    with pytest.raises(Busy):
        limiter.refuse_a_long_wait()


async def test_the_speed_gradually_comes_back_after_a_wait(limiter: RateLimiter, clock: Clock):
    async def duration() -> float:
        began = clock.at
        await asyncio.gather(*(limiter.turn(f"{began}-{number}") for number in range(40)))
        return clock.at - began

    usual = await duration()
    for _ in range(10):
        limiter.told_to_wait(0.0)
    clock.at += 10.0
    slowed = await duration()
    for _ in range(100):
        limiter.went_well()
    clock.at += 10.0

    assert slowed > usual * 1.5
    assert await duration() == pytest.approx(usual, rel=0.1)


async def test_a_conversation_that_waited_for_the_others_gets_its_next_message_a_second_after_it_really_came(
    clock: Clock,
):
    limiter = RateLimiter(SLACK_LIMITS, clock=clock, sleep=clock.sleep)
    limiter.told_to_wait(3.0)

    await clock.take(limiter, "chat")
    await clock.take(limiter, "chat")

    assert clock.turns[0] >= 1003.0 and clock.turns[1] - clock.turns[0] >= 1.0
