"""What is due by the clock: one duty never stops another."""

from bot.desk.tick import Duty, Heartbeat, run_duties
from bot.errors import LedgerMoved, Unreachable


async def fail() -> None:
    raise Unreachable("not now")


async def break_down() -> None:
    raise LookupError("of ours")


async def test_a_duty_that_fails_does_not_stop_the_others_and_its_sentence_is_given_back():
    done = []

    async def work() -> None:
        done.append(1)

    failures = await run_duties({"first": fail, "second": break_down, "third": work})

    assert failures == {"first": "not now", "second": "LookupError"}
    assert done == [1]


async def test_a_duty_that_somebody_came_before_is_put_off_to_the_next_tick_and_is_no_fault():
    async def decide() -> None:
        raise LedgerMoved

    assert await run_duties({"plan": decide}) == {}


async def test_duties_are_done_in_their_order():
    done: list[str] = []

    def duty(name: str) -> Duty:
        async def do() -> None:
            done.append(name)

        return do

    assert await run_duties({name: duty(name) for name in ("plan", "send", "clear")}) == {}
    assert done == ["plan", "send", "clear"]


def test_the_tick_is_asked_to_come_at_once():
    heartbeat = Heartbeat()

    heartbeat.hurry()

    assert heartbeat.wanted.is_set() and not heartbeat.is_ending
