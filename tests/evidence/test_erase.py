"""Details and old messages are kept for as long as the school says, and no longer."""

from dataclasses import replace
from datetime import date

import pytest

from bot.errors import BadInput, NotAllowed, PolicyFileError
from bot.evidence.context import Context, details
from bot.evidence.erase import erase, forget_old_messages, remove_old_details
from bot.evidence.rules.ledger import EventKind, verify
from bot.evidence.rules.retention import Retention
from bot.evidence.settings import retention
from bot.outbox.rules.message import Message, MessageKind, Subject
from bot.people.rules.conversations import SentMessage
from bot.people.rules.person import Person, Role
from tests.fake_store import FakeStore
from tests.fakes import MONDAY, NINE, TEACHER, FakeClock, FakeRoster, days, school

IT = Person("it", "The IT lead", "", "it", frozenset({Role.IT}))
SIX_YEARS = Retention(leavers_years=6, outbox_days=400)


@pytest.fixture
def context() -> Context:
    return Context(school(), FakeRoster((IT,)), FakeStore(), FakeClock())


async def acknowledged(context: Context, person: Person = TEACHER) -> str:
    pseudonym = await context.pseudonym(person)
    await context.write(EventKind.ACKNOWLEDGE, f"acknowledge/{pseudonym}", subject=pseudonym, who=details(person))
    return pseudonym


async def test_erasing_somebody_who_has_left_takes_their_details_and_leaves_what_happened(context: Context):
    pseudonym = await acknowledged(context)

    number = await erase(context, TEACHER.id, IT)

    entries = await context.store.entries()
    assert verify(entries).number == number == 2
    assert entries[0].event.who == {} and entries[0].event.subject == pseudonym
    assert await context.store.known([pseudonym]) == {}
    erased = entries[1].event
    assert (erased.kind, erased.subject) == (EventKind.ERASE, pseudonym)
    assert await context.names([erased.actor]) == {erased.actor: "The IT lead"}


async def test_somebody_on_the_staff_list_is_not_erased(context: Context):
    await acknowledged(context, IT)

    with pytest.raises(BadInput, match="Take the row 'it' out of the staff list first"):
        await erase(context, "it", IT)
    assert (await context.store.head()).number == 1


async def test_nothing_is_erased_of_somebody_about_whom_nothing_is_kept(context: Context):
    with pytest.raises(BadInput, match="Nothing is kept about 'nobody'"):
        await erase(context, "nobody", IT)


async def test_only_the_headteacher_and_the_it_lead_erase(context: Context):
    await acknowledged(context)

    with pytest.raises(NotAllowed, match="can erase somebody's details"):
        await erase(context, TEACHER.id, replace(TEACHER, id="t2"))
    assert (await context.store.head()).number == 1


@pytest.mark.parametrize(("left", "removed"), [(date(2015, 9, 5), 1), (date(2015, 9, 6), 0), (MONDAY, 0)])
async def test_details_of_somebody_who_left_are_removed_after_six_years(context: Context, left: date, removed: int):
    pseudonym = await acknowledged(context)

    async def leavers() -> dict[str, date]:
        return {pseudonym: left}

    assert await remove_old_details(context, SIX_YEARS, leavers) == removed
    assert len(await context.store.known([pseudonym])) == 1 - removed


async def test_details_are_removed_once_and_the_ledger_says_so(context: Context):
    pseudonym = await acknowledged(context)

    async def leavers() -> dict[str, date]:
        return {pseudonym: date(2000, 1, 1)}

    assert [await remove_old_details(context, SIX_YEARS, leavers) for _ in range(2)] == [1, 0]
    assert [entry.event.kind for entry in await context.store.entries()] == [EventKind.ACKNOWLEDGE, EventKind.REMOVE]


def summary(age: int, recipient: str = "p1") -> Message:
    return Message(MessageKind.SUMMARY, Subject(campaign="c1"), recipient, MONDAY - days(age))


async def nothing_is_needed(message: Message) -> bool:
    return False


SENT = SentMessage("test", "chat", "m1")


async def test_messages_are_forgotten_when_their_time_is_over_and_the_ledger_says_how_many(context: Context):
    young, old = (summary(age).arrived(SENT, NINE) for age in (400, 401))
    await context.store.keep_messages(young, old)

    assert await forget_old_messages(context, SIX_YEARS, nothing_is_needed) == 1
    assert await context.store.messages(MessageKind.SUMMARY) == (young,)
    (entry,) = await context.store.entries()
    assert (entry.event.kind, entry.event.facts) == (EventKind.REMOVE, {"messages": 1})


@pytest.mark.parametrize(
    ("message", "is_forgotten"),
    [
        (summary(500).failed("refused"), True),
        (summary(500).left_in_doubt("no answer"), True),
        (summary(500).unreachable("has no account here"), True),
        (summary(500), False),
        (summary(500).leased("a process", NINE), False),
    ],
    ids=["failed", "in doubt", "unreachable", "due", "being sent"],
)
async def test_only_messages_that_came_to_an_end_are_forgotten(context: Context, message: Message, is_forgotten: bool):
    await context.store.keep_messages(message)

    assert await forget_old_messages(context, SIX_YEARS, nothing_is_needed) == is_forgotten


async def test_messages_that_a_plan_is_made_from_stay(context: Context):
    kept, forgotten = (summary(500, recipient).arrived(SENT, NINE) for recipient in ("p1", "p2"))
    await context.store.keep_messages(kept, forgotten)

    async def is_needed(message: Message) -> bool:
        return message == kept

    assert await forget_old_messages(context, SIX_YEARS, is_needed) == 1
    assert await context.store.messages(MessageKind.SUMMARY) == (kept,)


async def test_if_nothing_is_old_nothing_is_written(context: Context):
    await context.store.keep_messages(summary(1).arrived(SENT, NINE))

    assert await forget_old_messages(context, SIX_YEARS, nothing_is_needed) == 0
    assert await context.store.entries() == ()


def test_retention_is_read_and_is_usually_six_years_and_400_days():
    assert retention({}) == SIX_YEARS
    assert retention({"leavers_years": 1, "outbox_days": 30}) == Retention(1, 30)


@pytest.mark.parametrize(
    "entry",
    [
        {"leavers_years": 0},
        {"leavers_years": True},
        {"leavers_years": 101},
        {"leavers_years": "6"},
        {"outbox_days": 0},
        {"outbox_days": 1.5},
        {"outbox_days": 1_000_000},
    ],
)
def test_a_time_that_makes_no_sense_is_refused_before_anything_is_deleted(entry: dict[str, object]):
    with pytest.raises(PolicyFileError, match=r"^school\.toml: retention: leavers_years must be a whole number"):
        retention(entry)
