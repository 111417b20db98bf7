"""Every kind of message has one renderer."""

import pytest

from bot.desk.rules.messages import Outgoing, note
from bot.outbox.render import Renderers
from bot.outbox.rules.message import NO_SUBJECT, Message, MessageKind
from tests.fakes import MONDAY

REMINDER = Message(MessageKind.NUDGE, NO_SUBJECT, "p1", MONDAY)


async def say_its_kind(message: Message) -> Outgoing:
    return note(message.kind.value)


async def say_nothing(message: Message) -> None:
    return None


async def test_a_message_is_rendered_by_the_capability_that_has_its_kind():
    renderers = Renderers.of({MessageKind.NUDGE: say_its_kind}, {MessageKind.NOTICE: say_nothing})

    assert await renderers.render(REMINDER) == note("nudge")


async def test_a_message_that_nobody_renders_is_not_wanted():
    assert await Renderers.of().render(REMINDER) is None
    assert await Renderers.of({MessageKind.NUDGE: say_nothing}).render(REMINDER) is None


def test_two_capabilities_never_render_the_same_kind():
    with pytest.raises(ValueError, match="Two renderers for nudge"):
        Renderers.of({MessageKind.NUDGE: say_its_kind}, {MessageKind.NUDGE: say_nothing})
