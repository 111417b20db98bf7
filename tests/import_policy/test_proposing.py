"""Proposals are made in the background, one run at a time, and a failure is a sentence."""

import asyncio

from bot.errors import PolicyFileError
from bot.import_policy.proposing import FAILED, Proposing, ProposingState, Step
from tests.channels.pages.pages_school import NOW


async def test_a_run_says_its_step_and_then_that_it_is_ready():
    go, begun = asyncio.Event(), asyncio.Event()

    async def propose(step: Step) -> int:
        step("Step 1")
        begun.set()
        await go.wait()
        return 7

    proposing = Proposing(propose, lambda: NOW)
    proposing.start()
    await begun.wait()
    assert (proposing.state, proposing.says) == (ProposingState.RUNNING, "Step 1")
    go.set()
    await proposing.close()

    assert (proposing.state, proposing.count) == (ProposingState.READY, 7)


async def test_a_second_policy_during_a_run_is_proposed_for_after_it():
    runs, first, go = 0, asyncio.Event(), asyncio.Event()
    second = asyncio.Event()

    async def propose(step: Step) -> int:
        nonlocal runs
        runs += 1
        first.set()
        await go.wait()
        if runs == 2:
            second.set()
        return runs

    proposing = Proposing(propose, lambda: NOW)
    proposing.start()
    await first.wait()
    proposing.start()
    go.set()
    await second.wait()
    await proposing.close()

    assert (runs, proposing.count) == (2, 2)


async def test_a_failure_is_a_sentence_and_never_a_traceback():
    async def told(step: Step) -> int:
        raise PolicyFileError("This school has no clauses yet.")

    async def unknown(step: Step) -> int:
        raise RuntimeError("a clause's words")

    for propose, says in ((told, "This school has no clauses yet."), (unknown, FAILED)):
        proposing = Proposing(propose, lambda: NOW)
        proposing.start()
        await proposing.close()

        assert (proposing.state, proposing.says) == (ProposingState.FAILED, says)
