"""What every capability works with: who is who, who answers for the school, and what is written down."""

from dataclasses import replace

import pytest

from bot.errors import LedgerMoved
from bot.evidence.context import Context, details
from bot.evidence.rules.ledger import EventKind, Head
from bot.outbox.rules.message import Message, MessageKind, Subject
from bot.people.rules.person import Person, Role
from tests.fake_store import FakeStore
from tests.fakes import CONTACTS, MONDAY, NINE, TEACHER, FakeClock, FakeRoster, caller, days, school

HEAD = Person("he", "The headteacher", "he@school.example", "head", frozenset({Role.HEAD}))
DEPUTY = Person("de", "The deputy", "", "deputy", frozenset({Role.DEPUTY, Role.STAFF}), delegate_until=MONDAY)
CHAIR = Person("ch", "The chair", "", "chair", frozenset({Role.CHAIR, Role.GOVERNOR}))
IT = Person("it", "The IT lead", "", "it", frozenset({Role.IT}))


def context_of(*people: Person, clock: FakeClock | None = None) -> Context:
    return Context(school(), FakeRoster(people), FakeStore(), clock or FakeClock())


def names(people: tuple[Person, ...]) -> list[str]:
    return [person.id for person in people]


@pytest.mark.parametrize(
    ("people", "heads"),
    [
        ((HEAD, DEPUTY, CHAIR), ["he", "de"]),
        ((HEAD, replace(DEPUTY, delegate_until=None), CHAIR), ["he"]),
        ((replace(DEPUTY, delegate_until=MONDAY - days(1)), CHAIR), ["ch"]),
        ((replace(HEAD, ends=MONDAY - days(1)), DEPUTY, CHAIR), ["de"]),
        ((replace(HEAD, starts=MONDAY + days(1)), CHAIR), ["ch"]),
        ((TEACHER,), []),
    ],
    ids=["both", "head", "nobody acting", "deputy acting", "head to come", "nobody"],
)
def test_the_headteacher_and_whoever_acts_for_them_answer_for_the_school_or_else_the_chair(people, heads):
    assert names(context_of(*people).heads()) == heads


def test_it_leads_and_chairs_are_those_who_work_here_today():
    context = context_of(IT, replace(IT, id="old", ends=MONDAY - days(1)), CHAIR)

    assert (names(context.it_leads()), names(context.chairs())) == (["it"], ["ch"])


def test_a_school_that_has_named_no_headteacher_says_the_headteacher():
    context = context_of(HEAD)
    assert context.headteacher == "the head"

    nameless = school(contacts=replace(CONTACTS, headteacher=""))
    assert Context(nameless, context.roster, context.store, context.now).headteacher == "the headteacher"


async def test_somebody_keeps_their_pseudonym_and_is_found_by_it():
    context = context_of(TEACHER, HEAD)
    pseudonym = await context.pseudonym(TEACHER)

    assert await context.pseudonym(TEACHER) == pseudonym != await context.pseudonym(HEAD)
    assert await context.person(pseudonym) == TEACHER
    assert await context.person("unknown") is None
    assert await context.names([pseudonym, "unknown"]) == {pseudonym: "A teacher"}


async def test_somebody_who_is_off_the_list_has_a_name_and_is_no_person():
    context = context_of(TEACHER)
    pseudonym = await context.pseudonym(TEACHER)
    context.roster = FakeRoster(())

    staff = await context.staff()

    assert (staff.person(pseudonym), staff.name(pseudonym)) == (None, "A teacher")
    assert await context.person(pseudonym) is None


async def test_who_is_who_changes_with_the_store_the_staff_list_and_the_day():
    clock, roster = FakeClock(), FakeRoster((replace(TEACHER, ends=MONDAY),))
    context = Context(school(), roster, FakeStore(), clock)
    pseudonym = await context.pseudonym(TEACHER)
    first = await context.staff()
    assert await context.staff() is first and first.working_person(pseudonym)

    clock.go_on(days(1))
    assert (await context.staff()).working_person(pseudonym) is None
    roster.everybody = (TEACHER,)
    assert (await context.staff()).working_person(pseudonym) == TEACHER
    await context.store.enrol([replace(TEACHER, id="t2", name="Another")])
    assert len((await context.staff()).known) == 2


async def test_an_event_is_written_with_its_messages_at_the_time_it_happens():
    context = context_of(TEACHER)
    message = Message(MessageKind.REPLY, Subject(number=1), "p1", MONDAY)

    entry = await context.write(
        EventKind.ANSWER, "answer/1", subject="p1", actor="p2", campaign="c1", messages=[message]
    )

    event = entry.event
    assert (event.kind, event.at, event.subject, event.actor, event.campaign) == (
        EventKind.ANSWER,
        NINE,
        "p1",
        "p2",
        "c1",
    )
    assert await context.store.messages(MessageKind.REPLY) == (message,)


async def test_under_one_key_an_event_is_written_once():
    context = context_of(TEACHER)
    first = await context.write(EventKind.ANSWER, "answer/1", subject="p1")

    again = await context.write(EventKind.ANSWER, "answer/1", subject="p2")

    assert again == first and await context.store.entries() == (first,)


async def test_an_event_decided_on_a_head_is_not_written_once_the_ledger_has_moved():
    context = context_of(TEACHER)
    await context.write(EventKind.HOLD, Head(), campaign="c1")

    with pytest.raises(LedgerMoved):
        await context.write(EventKind.RELEASE, Head(), campaign="c1")
    assert (await context.store.head()).number == 1


def test_details_name_somebody_as_they_are_and_how_the_channel_proved_who_spoke():
    head = replace(HEAD, roles=frozenset({Role.HEAD, Role.GOVERNOR}))

    assert details(head) == {
        "name": "The headteacher",
        "email": "he@school.example",
        "account": "head",
        "roles": "governor head",
    }
    assert details(head, caller("pinned"), "talk", typed="H. Teacher", reason="") == {
        **details(head),
        "account": "pinned",
        "channel": "test",
        "proof": "demo",
        "conversation": "talk",
        "typed": "H. Teacher",
    }
