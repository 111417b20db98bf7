"""What the tests of the Slack channel share."""

from collections.abc import AsyncIterator

import pytest

from tests.channels.slack.slack_bot import RunningBot, Setting, bot_running


@pytest.fixture
def setting() -> Setting:
    return Setting()


@pytest.fixture
async def bot(setting: Setting) -> AsyncIterator[RunningBot]:
    async with bot_running(setting) as running:
        yield running
