"""One round of sending: where each message goes, and whether its recipient works at this hour."""

from datetime import timedelta

import pytest

from bot.errors import Unreachable
from bot.outbox.rules.message import NO_SUBJECT, Message, MessageKind
from bot.people.rules.conversations import Address
from tests.fakes import MONDAY
from tests.outbox.two_channels import TwoChannels


@pytest.fixture
def school() -> TwoChannels:
    return TwoChannels()


def to(recipient: str) -> Message:
    return Message(MessageKind.NUDGE, NO_SUBJECT, recipient, MONDAY)


def in_chat(address: Address) -> Message:
    return Message(MessageKind.NOTICE, NO_SUBJECT, "", MONDAY, address=address)


@pytest.mark.parametrize(
    ("recipient", "address"),
    [
        ("p-anna", Address("msteams", account="anna")),
        ("p-ben", Address("msteams", account="ben's account")),
        ("p-erased", None),
    ],
)
async def test_a_message_goes_to_its_recipients_own_chat(school: TwoChannels, recipient: str, address: Address | None):
    assert await (await school.round()).address(to(recipient)) == address


async def test_a_notice_goes_to_its_lessons_chat(school: TwoChannels):
    school.teams.away = {"C1"}

    address = await (await school.round()).address(in_chat(Address("", conversation="C1")))

    assert address == Address("slack", conversation="C1")


async def test_a_notice_for_a_chat_that_no_channel_has_is_unreachable(school: TwoChannels):
    school.teams.away = school.slack.away = {"C1"}

    with pytest.raises(Unreachable):
        await (await school.round()).address(in_chat(Address("", conversation="C1")))


@pytest.mark.parametrize(
    ("hours", "is_welcome"), [(-1, False), (0, True), (6, True), (7, False), (48, True), (120, False)]
)
async def test_nobody_is_written_to_before_or_after_work_or_on_a_day_off(school: TwoChannels, hours, is_welcome):
    school.clock.go_on(timedelta(hours=hours))

    assert (await school.round()).is_welcome(to("p-anna")) is is_welcome


async def test_a_lessons_notice_goes_up_whoever_works(school: TwoChannels):
    school.clock.go_on(timedelta(hours=12))

    assert (await school.round()).is_welcome(in_chat(Address("msteams", conversation="19:year4")))
