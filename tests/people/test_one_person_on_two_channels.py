"""Somebody with Teams and Slack is one person: one record, one copy of each message, and erased in both."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from bot.evidence.context import Context
from bot.evidence.erase import erase
from bot.evidence.personal_record import record_of
from bot.outbox.messengers import Messengers
from bot.people.link_account import identify, link_account
from bot.people.rules.accounts import accounts_of
from bot.people.rules.conversations import Conversation, ConversationKind
from bot.people.rules.person import Caller, Member, Person, Proof, Role
from bot.stores.sqlite.store import SqliteStore
from tests.fakes import MONDAY, FakeClock, FakeMessenger, FakeRoster, days, school

TENANT, TEAM = "0a0b-tenant", "T0SCHOOL1"
IN_TEAMS, IN_SLACK = "0e5c-a1", "U0ANNA001"
ANNA = Person("t1", "Anna", "anna@school.example", "", frozenset({Role.STAFF}))
HEAD = Person("h1", "The head", "head@school.example", "head", frozenset({Role.HEAD, Role.IT}))
BY_ADDRESS, BY_LIST = ANNA, replace(ANNA, account=IN_TEAMS, slack=IN_SLACK)


def caller(channel: str) -> Caller:
    tenant, account = (TENANT, IN_TEAMS) if channel == "msteams" else (TEAM, IN_SLACK)
    return Caller("school", channel, tenant, account, Proof.TOKEN)


def chat(channel: str, written_on: date | None = None) -> Conversation:
    who = caller(channel)
    kind = ConversationKind.PERSONAL
    return Conversation(channel, f"{channel} chat", kind, "", who.tenant, account=who.account, written_on=written_on)


async def joined(context: Context, *channels: str) -> None:
    """Anna writes on each of these channels, one day after the other."""
    for number, channel in enumerate(channels):
        who = caller(channel)
        member = Member(who.account, who.tenant, ANNA.email, is_guest=False)
        await link_account(who, member, "school", context.roster, context.store)
        await context.store.keep_conversation(chat(channel, MONDAY + days(number)))


@pytest.fixture(params=[BY_ADDRESS, BY_LIST], ids=["joined by address", "named in the list"])
async def person(request: pytest.FixtureRequest) -> Person:
    anna: Person = request.param
    return anna


@pytest.fixture
async def context(person: Person, tmp_path: Path):
    store = SqliteStore(tmp_path / "school.db", "school", demo=False)
    yield Context(school(), FakeRoster((person, HEAD)), store, FakeClock())
    await store.close()


async def test_both_accounts_are_the_same_person_with_the_same_record(context: Context, person: Person):
    await joined(context, "msteams", "slack")

    for channel in ("msteams", "slack"):
        assert await identify(caller(channel), "school", context.roster, context.store) == person
    records = {await record_of(context, person, channel, caller(channel).account) for channel in ("msteams", "slack")}
    (record,) = records
    assert "Slack account and your Teams account" in record or "Teams account and your Slack account" in record
    assert "our own chats are, in Slack and in Teams" in record


@pytest.mark.parametrize(
    ("order", "to"),
    [(("msteams", "slack"), "slack"), (("slack", "msteams"), "msteams")],
    ids=["last in Slack", "last in Teams"],
)
async def test_a_message_goes_once_to_where_they_wrote_last(context: Context, person: Person, order, to: str):
    await joined(context, *order)
    messengers = Messengers((FakeMessenger("msteams"), FakeMessenger("slack")), context.store)
    pins = (await context.store.pins_of([person.id])).get(person.id, {})

    address = await messengers.address_of(accounts_of(person, pins))

    assert address and (address.channel, address.account) == (to, caller(to).account)


async def test_somebody_who_wrote_on_neither_is_written_to_in_teams(context: Context, person: Person):
    await joined(context, "slack", "msteams")
    for channel in ("msteams", "slack"):
        await context.store.keep_conversation(replace(chat(channel), written_on=None))
    messengers = Messengers((FakeMessenger("msteams"), FakeMessenger("slack")), context.store)
    pins = (await context.store.pins_of([person.id])).get(person.id, {})

    address = await messengers.address_of(accounts_of(person, pins))

    assert address and address.channel == "msteams"


async def test_erasing_somebody_drops_both_accounts_and_both_chats(context: Context, person: Person):
    await joined(context, "msteams", "slack")
    await context.store.keep_conversation(replace(chat("slack"), id="D of the head", account="U0HEAD001"))
    await context.pseudonym(person)
    gone = replace(context, roster=FakeRoster((HEAD,)))

    await erase(gone, person.id, HEAD)

    assert await context.store.pins_of([person.id]) == {}
    for channel in ("msteams", "slack"):
        assert await context.store.conversation(channel, f"{channel} chat") is None
        assert await context.store.person_of(channel, caller(channel).account) == ""
    assert await context.store.conversation("slack", "D of the head")
