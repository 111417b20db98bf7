"""What a message may still become."""

from dataclasses import replace

import pytest

from bot.outbox.rules.message import DeliveryState, Message, MessageKind
from tests.fakes import MONDAY

SLOT = Message(MessageKind.AGREEMENT, "c1", "p1", MONDAY)


@pytest.mark.parametrize("state", list(DeliveryState))
def test_a_message_is_open_until_it_came_to_its_end(state: DeliveryState):
    assert replace(SLOT, state=state).is_open is (state in {DeliveryState.DUE, DeliveryState.SENDING})


def test_a_message_that_reached_nobody_is_open_until_it_can_be_sent_after_all():
    assert SLOT.unreached("has no account here").is_open
    assert not SLOT.failed("refused").is_open
