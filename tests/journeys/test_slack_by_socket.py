"""A school without a public address: everything of Slack comes over a connection that the real server opens."""

from collections.abc import AsyncIterator

import aiohttp
import pytest

from bot.ask.understanding import Understanding
from bot.evidence.rules.ledger import EventKind
from bot.settings import Settings
from tests.journeys.socket_side import SocketSide
from tests.journeys.test_slack_and_teams import TICK, release_campaign
from tests.journeys.two_channels import HEAD, IDS, TEACHER, RealSchool, real_school


@pytest.fixture
async def at(settings: Settings, understanding: Understanding) -> AsyncIterator[RealSchool]:
    async with real_school(settings, understanding, "slack by socket") as opened:
        for who in IDS:
            await opened.slack.says(who, "hello")
        yield opened


def side(at: RealSchool) -> SocketSide:
    assert isinstance(at.slack, SocketSide)
    return at.slack


async def test_a_question_is_answered_and_a_press_brings_another_answer_in_its_place(at: RealSchool):
    asked = await at.slack.says(TEACHER, "photos")
    assert "Which do you mean?" in asked.words

    chosen = await at.slack.presses(TEACHER, "Photos of pupils, own device", {})

    assert chosen.replaced == asked.new and "I read your question as" in chosen.words


async def test_the_agreement_is_acknowledged_in_a_form_once_though_the_connection_is_renewed_between(at: RealSchool):
    await release_campaign(at.slack)
    await at.server.tick()

    await side(at).slack.say_goodbye("refresh_requested")
    await side(at).slack.until(lambda: side(at).slack.opened == 2)
    assert "tick" in (await at.slack.presses(TEACHER, "Acknowledge", {"agree": ""})).words
    assert "A teacher acknowledged" in (await at.slack.presses(TEACHER, "Acknowledge", TICK)).words
    await at.slack.presses_again(TEACHER, TICK)

    assert len(await at.entries(EventKind.ACKNOWLEDGE)) == 1


async def test_a_question_that_comes_again_after_a_restart_is_answered_once(at: RealSchool):
    asked = side(at).said(HEAD, "can I use my phone at lunch?")
    await side(at).delivers(asked)
    before = at.slack.chat(HEAD)

    await at.restart()
    await side(at).delivers(asked)

    assert at.slack.chat(HEAD) == before


async def test_there_is_no_address_to_post_to_and_the_server_is_ready_once_it_is_connected(at: RealSchool):
    await side(at).slack.until(lambda: side(at).slack.connections)

    async with aiohttp.ClientSession() as http:
        async with http.post(f"{at.slack.address}/api/slack", json={}) as response:
            assert response.status == 404
        async with http.get(f"{at.slack.address}/readyz") as response:
            assert (await response.json())["slack"] is True
