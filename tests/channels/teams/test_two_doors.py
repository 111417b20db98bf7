"""Two replicas of a school have a door each, and Teams delivers something again at the other one."""

from collections.abc import AsyncIterator

import pytest

from bot.desk.arrivals import ArrivalState
from tests.channels.shared_arrivals import SharedArrivals
from tests.channels.teams.teams_bot import RunningBot, Setting, bot_running
from tests.standins.activities import pressed, said


@pytest.fixture
def arrivals() -> SharedArrivals:
    return SharedArrivals()


@pytest.fixture
async def doors(arrivals: SharedArrivals) -> AsyncIterator[tuple[RunningBot, RunningBot]]:
    async with (
        bot_running(Setting(arrivals=arrivals)) as one,
        bot_running(Setting(arrivals=arrivals)) as other,
    ):
        yield one.running, other.running


async def test_a_message_that_was_answered_at_one_door_is_not_answered_at_the_other(
    doors: tuple[RunningBot, RunningBot],
):
    one, other = doors
    body = said(one.service, "can i use my phone")

    assert (await one.hears(body))[0] == 200
    assert (await other.hears(body))[0] == 200

    assert len(one.microsoft.messages()) == 1
    assert other.small.heard == []


async def test_a_message_that_is_being_answered_elsewhere_is_to_be_delivered_again(
    doors: tuple[RunningBot, RunningBot], arrivals: SharedArrivals
):
    one, other = doors
    body = said(one.service, "can i use my phone")
    await one.hears(body)
    arrivals.states = dict.fromkeys(arrivals.states, ArrivalState.UNDER_WAY)

    assert await other.hears(body) == (503, {"error": "This is being answered."})
    arrivals.states.clear()  # the replica that had it was killed
    assert (await other.hears(body))[0] == 200
    assert len(other.small.heard) == 1


async def test_a_press_that_was_answered_at_one_door_is_answered_again_at_the_other(
    doors: tuple[RunningBot, RunningBot],
):
    one, other = doors
    body = pressed(one.service, "helped", {"situation": "phones"})

    assert await one.hears(body) == await other.hears(body)


async def test_while_the_database_is_away_teams_is_asked_to_deliver_again(
    doors: tuple[RunningBot, RunningBot], arrivals: SharedArrivals
):
    one, _ = doors
    body = said(one.service, "can i use my phone")
    arrivals.is_away = True

    assert (await one.hears(body))[0] == 503
    arrivals.is_away = False
    assert (await one.hears(body))[0] == 200
    assert len(one.microsoft.messages()) == 1
