"""Everything kept about one person, for that person alone."""

from dataclasses import replace

import pytest

from bot.evidence.context import Context, details
from bot.evidence.personal_record import record_of
from bot.evidence.rules.ledger import EventKind
from bot.outbox.rules.message import Message, MessageKind, Subject
from bot.people.rules.conversations import Conversation, ConversationKind
from bot.people.rules.person import Person, Role
from tests.fake_store import FakeStore
from tests.fakes import MONDAY, TEACHER, FakeClock, FakeRoster, days, school

COLLEAGUE = Person("t2", "A colleague", "", "colleague", frozenset({Role.STAFF}))
REACHABLE = "I keep where our own chat is"
PINNED = "account belongs to this line of the list"


@pytest.fixture
def context() -> Context:
    return Context(school(), FakeRoster((TEACHER, COLLEAGUE)), FakeStore(), FakeClock())


def chat(channel: str, account: str) -> Conversation:
    return Conversation(channel, f"chat of {account}", ConversationKind.PERSONAL, "", "", account)


async def test_of_somebody_who_was_never_asked_anything_only_the_row_is_kept(context: Context):
    record = await record_of(context, TEACHER)

    assert "The school's staff list says: A teacher (staff)." in record
    for part in (REACHABLE, PINNED, "In the evidence", "Messages to you"):
        assert part not in record


@pytest.mark.parametrize("asked_on", ["msteams", "web", ""], ids=["the same channel", "another", "the command line"])
async def test_a_chat_is_told_whichever_channel_somebody_asks_on(context: Context, asked_on: str):
    await context.store.keep_conversation(chat("msteams", TEACHER.account))

    assert REACHABLE in await record_of(context, TEACHER, asked_on, TEACHER.account if asked_on else "")


async def test_a_pinned_account_and_its_chat_are_told(context: Context):
    person = replace(TEACHER, account="")
    await context.store.pin("msteams", "pinned", person.id)
    await context.store.keep_conversation(chat("msteams", "pinned"))

    record = await record_of(context, person)

    assert REACHABLE in record and PINNED in record


async def test_somebody_in_teams_and_in_slack_has_one_record_that_names_both(context: Context):
    await context.store.pin("slack", "U0TEACHER", TEACHER.id)
    await context.store.keep_conversation(chat("slack", "U0TEACHER"))
    await context.store.keep_conversation(chat("msteams", TEACHER.account))

    from_teams = await record_of(context, TEACHER, "msteams", TEACHER.account)
    from_slack = await record_of(context, TEACHER, "slack", "U0TEACHER")

    assert from_teams == from_slack
    assert "It names your Teams account as well." in from_teams
    assert "your Slack account belongs to this line" in from_teams
    assert "our own chats are, in Slack and in Teams" in from_teams


async def test_nobody_elses_chat_is_told(context: Context):
    await context.store.keep_conversation(chat("msteams", COLLEAGUE.account))

    assert REACHABLE not in await record_of(context, TEACHER, "msteams", TEACHER.account)
    assert REACHABLE not in await record_of(context, replace(TEACHER, account=""))


async def test_what_somebody_did_and_what_was_done_for_them_is_listed_and_nothing_of_others(context: Context):
    mine, other = [await context.pseudonym(person) for person in (TEACHER, COLLEAGUE)]
    facts = {"document": "AUP", "label": "1"}
    await context.write(EventKind.ACKNOWLEDGE, "1", subject=mine, actor=mine, facts=facts, who=details(TEACHER))
    await context.write(EventKind.PAUSE, "2", subject=mine, actor=other, facts={"until": "2021-10-01"})
    await context.write(EventKind.EXPORT, "3", actor=mine)
    await context.write(EventKind.ACKNOWLEDGE, "4", subject=other, actor=other, facts=facts, who=details(COLLEAGUE))

    record = await record_of(context, TEACHER)

    acknowledged = "acknowledged AUP, version 1: receipt 1 (account teacher, name A teacher, roles staff)"
    assert f"- Monday 6 September 2021, 09:00: {acknowledged}" in record
    assert "a pause was set until 2021-10-01" in record and "made an evidence pack" in record
    assert "A colleague" not in record and "receipt 4" not in record


async def test_messages_to_somebody_are_listed_with_how_far_they_came(context: Context):
    mine, other = [await context.pseudonym(person) for person in (TEACHER, COLLEAGUE)]
    card = Message(MessageKind.AGREEMENT, Subject(campaign="c1"), mine, MONDAY)
    await context.store.keep_messages(card, replace(card, recipient=other, on=MONDAY + days(1)))

    record = await record_of(context, TEACHER)

    assert "Messages to you:\n\n- agreement, Monday 6 September 2021: due" in record
    assert "Tuesday" not in record


# The facts of entries as release 0.5.0 sealed them; an entry keeps its form for ever.
OLD_FACTS = {
    EventKind.RULING_APPROVED: {"situation": "own-phone-break"},
    EventKind.RULING_CHANGED: {"situation": "own-phone-break", "change": "strike"},
    EventKind.SETTINGS_CHANGED: {"section": "calendar", "change": "edit"},
    EventKind.NEW_VERSION: {"document": "AUP", "change": "import"},
    EventKind.POLICY_ADDED: {"document": "PP", "clauses": 12, "digest": "0" * 16},
    EventKind.CHOOSER_ACKNOWLEDGED: {"address": "http://127.0.0.1:8080/v1", "model": "small"},
    EventKind.CHOOSER_WITHDRAWN: {"address": "http://127.0.0.1:8080/v1", "model": "small"},
    EventKind.LESSON: {"starts": "2021-09-08T10:00:00+01:00"},
    EventKind.MOVE: {"starts": "2021-09-08T10:00:00+01:00"},
    EventKind.ANNOUNCE: {"text": "We record this lesson."},
    EventKind.ASK: {"about": "recorded"},
    EventKind.RECORD: {"recorded": True, "by": "teacher"},
    EventKind.LOOK: {"found": "gone", "by": "tenant"},
    EventKind.WISH: {"wanted": True},
    EventKind.JOIN: {"due": "2021-10-01"},
    EventKind.TIME: {"until": "2021-10-01"},
    EventKind.PAUSE: {"until": "2021-10-01"},
    EventKind.CORRECT: {"entry": 7},
    EventKind.CLOCK_WENT_BACK: {"before": "2021-09-06T09:00:00+00:00", "now": "2021-09-06T08:00:00+00:00"},
    EventKind.ACKNOWLEDGE: {"document": "AUP", "label": "1"},
    EventKind.PAPER: {"document": "AUP", "label": "1", "signed": "2021-09-06"},
}


@pytest.mark.parametrize("kind", list(EventKind))
async def test_every_kind_of_entry_can_be_told_in_words(context: Context, kind: EventKind):
    mine = await context.pseudonym(TEACHER)
    await context.write(kind, "once", subject=mine, facts=OLD_FACTS.get(kind, {}))

    line = (await record_of(context, TEACHER)).rpartition("\n\n")[2]

    words = line.removeprefix("- Monday 6 September 2021, 09:00: ")
    assert words != line and words and "{" not in words
