"""Hostile frames: what Slack would never send is refused over a connection too, and changes nothing."""

import json
import logging
import os
import random

import pytest

from tests.channels.slack.slack_bot import NEWCOMER_ID, Setting
from tests.channels.slack.socket_bot import socket_bot
from tests.channels.slack.test_hostile import mutated, originals
from tests.standins.slack import APP_ID, TEAM, direct

FRAMES = 10_000 if os.environ.get("STAFFROOM_SOAK") else 500
CLOSED = {"type": "view_closed", "api_app_id": APP_ID, "team": {"id": TEAM}, "user": {"id": NEWCOMER_ID}}
KINDS = ("events_api", "interactive", "slash_commands", "hello", "options", "")


def frame_by(chance: random.Random, number: int) -> str:
    """An envelope with a few things wrong in it; one of eight is cut off."""
    payload = mutated(chance.choice(originals()), chance)
    payload.setdefault("event_id", f"Ev{number}")
    payload.setdefault("trigger_id", f"{number}.1")
    envelope = {"envelope_id": f"hostile-{number}", "type": chance.choice(KINDS), "payload": payload}
    text = json.dumps(mutated(envelope, chance) if chance.random() < 0.3 else envelope)
    return text[: chance.randrange(len(text))] if chance.randrange(8) == 0 else text


async def test_no_hostile_frame_brings_a_fault_closes_the_connection_or_changes_anything(
    setting: Setting, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.INFO, "staffroom")
    chance = random.Random(23)
    async with socket_bot(setting) as bot:
        for number in range(FRAMES):
            await bot.slack.connections[0].send_str(frame_by(chance, number))
            if number % 100 == 0:
                await bot.slack.deliver("interactive", CLOSED)  # as many as are taken at the same time
        await bot.hears(direct("can i use my phone", NEWCOMER_ID))  # it came after all of them

        assert [incoming.text for incoming in bot.running.small.heard] == ["can i use my phone"]
        assert len(bot.running.people.pins) == 1  # the newcomer's
        assert bot.slack.opened == 1
    errors = {record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR}
    assert errors <= {"turn_failed kind=submission error=BadInput"}  # a form that is none of ours is refused with words
