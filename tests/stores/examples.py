"""The people, days, events and messages with which the promises of stores are tried."""

from datetime import UTC, date, datetime, timedelta

from bot.campaigns.rules.versions import Passage, Version
from bot.evidence.rules.ledger import Event, EventKind
from bot.outbox.rules.message import Message, MessageKind, Subject
from bot.people.rules.conversations import Conversation, ConversationKind
from bot.people.rules.person import Person, Role

MONDAY = date(2021, 9, 6)
NINE = datetime(2021, 9, 6, 8, tzinfo=UTC)
ANNA = Person("t1", "A teacher", "t1@school.example", "account-t1", frozenset({Role.STAFF}))
BEN = Person("t2", "Another teacher", "t2@school.example", "", frozenset({Role.STAFF}))
TEXT = Version("AUP", "Acceptable Use", "1", MONDAY, (Passage("AUP-1", "1", "Safety", "Be kind – always."),))
CAMPAIGN = Subject(campaign="AUP-2021-1", text="v1")


def days(number: int) -> timedelta:
    return timedelta(days=number)


def acknowledged(subject: str, name: str = "A teacher") -> Event:
    return Event(EventKind.ACKNOWLEDGE, NINE, subject, subject, "c1", {"version": "v1"}, {"name": name})


def erased(pseudonym: str) -> Event:
    return Event(EventKind.ERASE, NINE, subject=pseudonym)


def card(recipient: str = "p1", number: int = 0) -> Message:
    return Message(MessageKind.AGREEMENT, CAMPAIGN, recipient, MONDAY + days(number))


def own_chat(account: str, id: str = "", channel: str = "msteams") -> Conversation:
    return Conversation(channel, id or f"a:{account}", ConversationKind.PERSONAL, "https://service/", "tenant", account)


def class_channel(id: str, team: str = "team", channel: str = "msteams") -> Conversation:
    return Conversation(channel, id, ConversationKind.TEAM, "https://service/", "tenant", team=team, name="Year 4")
