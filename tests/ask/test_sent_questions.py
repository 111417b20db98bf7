"""Questions to the school without a name: who can read them is said first, and nothing shows who asked or when."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import pytest

from bot.ask.held_understanding import HeldUnderstanding
from bot.ask.rules.tallies import SentQuestion
from bot.ask.sent_questions import SentQuestions, sent_remarks
from bot.desk.desk import Desk
from bot.desk.routing import RoutingTable
from bot.desk.rules.messages import Incoming, Outgoing, note
from bot.evidence.context import Context
from bot.outbox.rules.message import Message, MessageKind, Subject
from bot.people.rules.person import Person, Role
from bot.school.rules.calendar import Calendar
from tests.ask.small_school import UNDERSTANDING
from tests.fake_store import FakeStore
from tests.fakes import MONDAY, NINE, TEACHER, FakeClock, FakeRoster, caller, days, school, shown

HEAD = Person("he", "Mrs Head", "", "head", frozenset({Role.HEAD}))
OFFICE = Person("of", "Mr Office", "", "office", frozenset({Role.OFFICE}))
DEPUTY = Person("de", "Dana", "", "dana", frozenset({Role.DEPUTY}), delegate_until=MONDAY + days(60))
RESTING = Person("re", "Rita", "", "rita", frozenset({Role.DEPUTY}))
CHAIR = Person("ch", "The chair", "", "chair", frozenset({Role.CHAIR}))
WEEK = days(7)
HOLIDAY = frozenset(MONDAY + WEEK + days(day) for day in range(5))


@dataclass
class SendingSchool:
    """A desk that knows sent questions only, on a clock that is moved."""

    calendar: Calendar = field(default_factory=Calendar)
    store: FakeStore = field(default_factory=FakeStore)
    clock: FakeClock = field(default_factory=FakeClock)

    def __post_init__(self) -> None:
        self.roster = FakeRoster((HEAD, OFFICE, DEPUTY, RESTING, CHAIR, TEACHER))
        self.context = Context(school(self.calendar), self.roster, self.store, self.clock)
        self.sent_questions = SentQuestions(self.context, self.store, HeldUnderstanding(UNDERSTANDING))

    async def __call__(self, person: Person, text: str = "", verb: str = "", **inputs: str) -> Outgoing:
        async def answer(incoming: Incoming, person: Person) -> Outgoing:
            return note("(a question)")

        routes = RoutingTable(self.sent_questions.commands())
        desk = Desk(
            "school", self.roster, self.store, routes, answer, lambda: note("Hello."), lambda: self.clock().date()
        )
        return shown(await desk(Incoming(caller(person.account), "talk", text=text, verb=verb, inputs=inputs)))

    async def send(self, question: str) -> Outgoing:
        return await self(TEACHER, verb="send_to_school", question=question)

    def go_to(self, day: date, hour: int = 9) -> None:
        self.clock.time = datetime.combine(day, NINE.time().replace(hour=hour), NINE.tzinfo)

    async def digests(self) -> list[str]:
        """Who gets the weekly message, by name."""
        known = await self.store.everybody_known()
        return sorted(known[m.recipient].name for m in await self.store.messages(MessageKind.DIGEST))

    async def digest_text(self) -> str:
        (message, *_) = await self.store.messages(MessageKind.DIGEST)
        outgoing = await self.sent_questions.renderers()[MessageKind.DIGEST](message)
        return outgoing.text if outgoing else ""


@pytest.fixture
def at() -> SendingSchool:
    return SendingSchool()


async def test_all_readers_are_named_before_a_question_is_sent(at: SendingSchool):
    form = await at(TEACHER, verb="send", question="may I vape?")

    assert (
        "Mrs Head (the headteacher), Mr Office (the school office) and Dana (the deputy who acts for the headteacher)"
    ) in form.values["readers"]
    assert "from Monday 13 September 2021 on" in form.values["readers"]
    assert "The chair" not in form.text and "Rita" not in form.text
    assert form.is_for_asker_only and await at.store.questions() == ()


async def test_the_day_and_hour_of_sending_are_not_kept(at: SendingSchool):
    at.go_to(MONDAY + days(3), hour=14)

    await at.send("may I vape?")

    assert await at.store.questions() == (SentQuestion("may I vape?", MONDAY),)


async def test_a_week_is_listed_from_the_next_monday_on_in_an_order_that_shows_no_time(at: SendingSchool):
    for day, question in enumerate(["zebra?", "apple?", "Mango?"]):
        at.go_to(MONDAY + days(day))
        await at.send(question)
    at.go_to(MONDAY + days(6), hour=22)
    assert (await at(HEAD, "sent questions")).values["weeks"] == []

    at.go_to(MONDAY + WEEK, hour=0)
    (week,) = (await at(HEAD, "sent questions")).values["weeks"]

    assert week["week"] == "In the week of Monday 6 September 2021"
    assert [item["text"] for item in week["questions"]] == ["apple?", "Mango?", "zebra?"]


@pytest.mark.parametrize("person", [HEAD, OFFICE, DEPUTY])
async def test_head_office_and_acting_deputy_may_read_them(at: SendingSchool, person: Person):
    assert (await at(person, "sent questions")).card == "sent_questions"


@pytest.mark.parametrize("person", [TEACHER, CHAIR, RESTING])
async def test_nobody_else_may_read_them(at: SendingSchool, person: Person):
    await at.send("may I vape?")
    at.go_to(MONDAY + WEEK)

    reply = await at(person, "sent questions")

    assert reply.text.startswith("Only ") and "vape" not in reply.text


async def test_one_message_a_week_says_how_many_were_sent_and_neither_what_nor_when(at: SendingSchool):
    for question in ("may I vape?", "may I smoke?"):
        await at.send(question)
    assert await at.sent_questions.plan_digest() == 0

    at.go_to(MONDAY + WEEK)
    assert await at.sent_questions.plan_digest() == 3
    at.go_to(MONDAY + WEEK + days(2))
    assert await at.sent_questions.plan_digest() == 0

    assert await at.digests() == ["Dana", "Mr Office", "Mrs Head"]
    assert await at.digest_text() == (
        '2 questions were sent to the school last week. To read them, write "sent questions".'
    )


async def test_nothing_is_sent_in_a_week_after_which_there_is_nothing_to_say(at: SendingSchool):
    at.go_to(MONDAY + WEEK)
    assert await at.sent_questions.plan_digest() == 0

    await at.send("may I vape?")
    assert await at.sent_questions.plan_digest() == 0


async def test_it_waits_until_eight_on_a_school_day(at: SendingSchool):
    await at.send("may I vape?")
    at.go_to(MONDAY + WEEK, hour=7)
    assert await at.sent_questions.plan_digest() == 0
    at.go_to(MONDAY + WEEK, hour=8)
    assert await at.sent_questions.plan_digest() == 3


async def test_who_gets_this_weeks_summary_reads_the_line_there_and_gets_no_second_message(at: SendingSchool):
    await at.send("may I vape?")
    at.go_to(MONDAY + WEEK)
    head = await at.context.pseudonym(HEAD)
    await at.store.keep_messages(Message(MessageKind.SUMMARY, Subject(campaign="c"), head, MONDAY + WEEK))

    await at.sent_questions.plan_digest()

    assert await at.digests() == ["Dana", "Mr Office"]
    assert await sent_remarks(at.context, at.sent_questions.tallies) == ["1 question was sent to the school last week."]


async def test_after_a_holiday_the_message_counts_from_the_last_week_of_school_on():
    at = SendingSchool(Calendar(closed=HOLIDAY))
    await at.send("may I vape?")
    at.go_to(MONDAY + WEEK + days(1))
    await at.send("may I smoke?")
    assert await at.sent_questions.plan_digest() == 0

    at.go_to(MONDAY + 2 * WEEK)
    await at.sent_questions.plan_digest()

    assert (await at.digest_text()).startswith("2 questions were sent to the school since the week of Monday 6 Sept")


async def test_a_long_list_says_how_many_more_there_are(at: SendingSchool):
    for number in range(40):
        await at.send(f"question {number:02}?")
    at.clock.go_on(timedelta(days=7))

    reply = await at(HEAD, "sent questions")

    assert len(reply.values["weeks"][0]["questions"]) == 30 and reply.values["more"] == "and 10 more of earlier weeks"


async def test_without_a_reader_on_the_staff_list_the_form_says_so(at: SendingSchool):
    at.roster.everybody = (TEACHER,)

    form = await at(TEACHER, verb="send", question="may I vape?")

    assert form.values["readers"].startswith("Nobody on the staff list can read it here at the moment")
