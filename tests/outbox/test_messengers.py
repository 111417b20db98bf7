"""Which channel a message goes to: the one its address names, or the one where somebody wrote last."""

from datetime import date

import pytest

from bot.errors import Unreachable
from bot.outbox.messengers import Messengers
from bot.people.rules.conversations import Address, Conversation, ConversationKind
from tests.fake_store import FakeStore
from tests.fakes import MONDAY, FakeMessenger, days

BOTH = (("msteams", "anna"), ("slack", "U1"))  # somebody with a pinned account on each channel


class TwoChannels:
    """A school on Teams and Slack."""

    def __init__(self) -> None:
        self.store, self.teams, self.slack = FakeStore(), FakeMessenger("msteams"), FakeMessenger("slack")
        self.messengers = Messengers((self.teams, self.slack), self.store)

    async def wrote(self, channel: str, account: str, on: date | None) -> None:
        kind = ConversationKind.PERSONAL
        id = f"chat of {account}"
        await self.store.keep_conversation(Conversation(channel, id, kind, "", "", account, written_on=on))


@pytest.fixture
def school() -> TwoChannels:
    return TwoChannels()


def test_a_messenger_is_found_by_the_name_of_its_channel(school: TwoChannels):
    assert school.messengers.of("slack") is school.slack


def test_a_channel_that_does_not_run_reaches_nobody(school: TwoChannels):
    with pytest.raises(Unreachable, match="does not run in that channel any more"):
        school.messengers.of("mattermost")


async def test_an_address_that_names_its_channel_stays_as_it_is(school: TwoChannels):
    address = Address("slack", conversation="C1")

    assert await school.messengers.resolved(address) == address


async def test_an_address_without_a_channel_goes_to_the_channel_that_has_the_conversation(school: TwoChannels):
    school.teams.away = {"C1"}

    assert await school.messengers.resolved(Address("", conversation="C1")) == Address("slack", conversation="C1")


async def test_a_conversation_that_no_channel_has_is_unreachable(school: TwoChannels):
    school.teams.away = school.slack.away = {"C1"}

    with pytest.raises(Unreachable, match="not in that chat"):
        await school.messengers.resolved(Address("", conversation="C1"))


@pytest.mark.parametrize(
    ("teams", "slack", "channel"),
    [
        (MONDAY, MONDAY - days(1), "msteams"),
        (MONDAY - days(1), MONDAY, "slack"),
        (None, MONDAY, "slack"),
        (MONDAY, MONDAY, "msteams"),
        (None, None, "msteams"),
    ],
    ids=["teams last", "slack last", "only slack", "same day", "never"],
)
async def test_one_person_gets_one_copy_in_the_chat_where_they_wrote_last(school, teams, slack, channel):
    await school.wrote("msteams", "anna", teams)
    await school.wrote("slack", "U1", slack)

    address = await school.messengers.address_of(BOTH)

    assert address is not None and address.channel == channel


async def test_a_channel_that_does_not_reach_somebody_is_passed_over_although_they_wrote_there_last(school):
    await school.wrote("msteams", "anna", MONDAY)
    school.teams.away = {"anna"}

    assert await school.messengers.address_of(BOTH) == Address("slack", account="U1")


async def test_the_account_in_somebodys_row_is_the_directorys_and_none_of_slacks(school: TwoChannels):
    school.teams.away = {"anna"}

    assert await school.messengers.address_of([("", "anna")]) == Address("msteams", account="anna")


async def test_an_account_counts_on_its_own_channel_only(school: TwoChannels):
    assert await school.messengers.address_of([("slack", "U1")]) == Address("slack", account="U1")


async def test_if_nobody_reaches_them_the_first_channel_says_why(school: TwoChannels):
    school.teams.away, school.slack.away = {"anna"}, {"U1"}

    assert await school.messengers.address_of(BOTH) == Address("msteams", account="anna")


@pytest.mark.parametrize("accounts", [[], [("mattermost", "anna")]], ids=["no account", "on no channel that runs"])
async def test_somebody_without_an_account_on_any_channel_has_no_address(school: TwoChannels, accounts):
    assert await school.messengers.address_of(accounts) is None
