"""What a message may still become."""

from dataclasses import replace

import pytest

from bot.outbox.rules.message import Slot, Sort, State
from tests.fakes import MONDAY

SLOT = Slot(Sort.AGREEMENT, "c1", "p1", MONDAY)


@pytest.mark.parametrize("state", list(State))
def test_a_message_is_open_until_it_came_to_its_end(state: State):
    assert replace(SLOT, state=state).is_open is (state in {State.DUE, State.SENDING})


def test_a_message_that_reached_nobody_is_open_until_it_can_be_sent_after_all():
    assert SLOT.unreached("has no account here").is_open
    assert not SLOT.failed("refused").is_open
