"""Where people are in a campaign: one standing each, the first that applies, and parts that add up."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.campaigns.rules.campaign import EVERYBODY, Campaign, Method, Pause, Question, Receipt
from bot.campaigns.rules.projection import CampaignProjection
from bot.campaigns.rules.standing import Signatory, Standing, counted, due_for, is_asking, signatories
from bot.campaigns.rules.summary import summary_of
from bot.people.rules.person import KnownPerson, Person, Role
from bot.people.rules.staff import Staff
from bot.school.rules.calendar import LONDON, Calendar
from tests.examples import EXAMPLES

OPENED, DUE = date(2026, 9, 7), date(2026, 9, 28)
CAMPAIGN = Campaign("c1", "AUP", "1", "v1", "v1", EVERYBODY, OPENED, DUE, frozenset({"p1"}))
ANNA = Person("t1", "A teacher", "", "account", frozenset({Role.STAFF}))


def receipt(subject: str = "p1", how: Method = Method.PRESSED, asked: str = "v1") -> Receipt:
    at = datetime(2026, 9, 8, 9, tzinfo=LONDON)
    return Receipt(5, "c1", subject, at, "v1", "1", asked, how, OPENED if how is Method.PAPER else None)


def projection(**fields: object) -> CampaignProjection:
    return CampaignProjection(campaigns={"c1": CAMPAIGN}, **fields)  # type: ignore[arg-type]


def staff(today: date = OPENED, person: Person | None = ANNA, unreachable: frozenset[str] = frozenset()) -> Staff:
    known = {"p1": KnownPerson("p1", "t1", "A teacher", "", "account")}
    return Staff(known, {"t1": person} if person else {}, Calendar(), today, unreachable)


def anna(projection: CampaignProjection, staff: Staff) -> Signatory:
    (signatory,) = signatories(CAMPAIGN, projection, staff)
    return signatory


def test_somebody_with_time_is_pending_until_the_end_of_their_day():
    assert anna(projection(), staff(DUE)).standing is Standing.PENDING
    assert anna(projection(), staff(DUE + timedelta(days=1))).standing is Standing.OVERDUE


PAUSED = {"p1": Pause(3, OPENED, date(2026, 12, 1))}
LATE = date(2026, 10, 1)
GONE = replace(ANNA, ends=date(2026, 9, 30))


@pytest.mark.parametrize(
    ("projection", "staff", "expected"),
    [
        (projection(receipts={("c1", "p1"): [receipt()]}), staff(LATE, None), Standing.ACKNOWLEDGED),
        (projection(receipts={("c1", "p1"): [receipt(how=Method.PAPER)]}), staff(LATE, GONE), Standing.PAPER),
        (projection(receipts={("c1", "p1"): [receipt(asked="v0")]}), staff(LATE), Standing.OVERDUE),
        (projection(pauses=PAUSED), staff(LATE, GONE, frozenset({"p1"})), Standing.LEFT),
        (projection(pauses=PAUSED), staff(LATE, None), Standing.LEFT),
        (projection(pauses=PAUSED), staff(LATE, ANNA, frozenset({"p1"})), Standing.PAUSED),
        (projection(), staff(LATE, ANNA, frozenset({"p1"})), Standing.UNREACHABLE),
        (projection(), staff(LATE), Standing.OVERDUE),
        (projection(), staff(OPENED), Standing.PENDING),
    ],
)
def test_of_several_standings_the_first_that_applies_counts(
    projection: CampaignProjection, staff: Staff, expected: Standing
):
    assert anna(projection, staff).standing is expected


def test_somebody_erased_still_counts_without_a_name():
    erased = anna(projection(), Staff({}, {}, Calendar(), LATE))

    assert (erased.name, erased.person, erased.standing) == ("", None, Standing.LEFT)


def test_a_new_starter_has_a_day_of_their_own():
    joined = projection(own_due={("c1", "p1"): date(2026, 10, 12)})

    assert anna(joined, staff(LATE)).due == date(2026, 10, 12)
    assert anna(joined, staff(LATE)).standing is Standing.PENDING


def test_after_a_pause_there_are_ten_working_days_of_ones_own():
    over = {"p1": Pause(3, OPENED, date(2026, 9, 25))}  # a Friday
    part_time = replace(ANNA, days=frozenset({0, 1}))

    assert anna(projection(pauses=over), staff()).due == date(2026, 10, 9)
    assert anna(projection(pauses=over), staff(person=part_time)).due == date(2026, 10, 27)


def test_a_pause_that_ended_before_the_campaign_opened_changes_nothing():
    old = {"p1": Pause(3, date(2026, 6, 1), date(2026, 9, 6))}

    assert anna(projection(pauses=old), staff()).due == DUE


@pytest.mark.parametrize(("day", "asking"), [(date(2026, 9, 14), True), (date(2026, 9, 15), False)])
def test_an_open_question_counts_for_five_school_days(day: date, asking: bool):
    with_question = projection(questions={"p1": Question(4, "p1", OPENED)})

    assert is_asking("p1", with_question, staff(day)) is asking


@pytest.mark.parametrize(("is_asking", "is_waiting"), [(False, True), (True, False)])
@pytest.mark.parametrize("today", [OPENED, LATE], ids=["pending", "overdue"])
def test_somebody_may_be_written_to_unless_they_wait_for_an_answer(today: date, is_asking: bool, is_waiting: bool):
    questions = {"p1": Question(4, "p1", today)} if is_asking else {}

    assert anna(projection(questions=questions), staff(today)).is_waiting is is_waiting


days = st.dates(date(2026, 8, 1), date(2027, 8, 31))
pseudonyms = st.sampled_from([f"p{number}" for number in range(12)])
people = st.builds(
    Person,
    id=st.sampled_from([f"t{number}" for number in range(12)]),
    name=st.text(max_size=5),
    email=st.just(""),
    account=st.just(""),
    roles=st.frozensets(st.sampled_from(list(Role))),
    days=st.frozensets(st.integers(0, 6)),
    starts=st.none() | days,
    ends=st.none() | days,
)


pairs = st.dictionaries(pseudonyms, st.tuples(days, days))


@st.composite
def cases(draw: st.DrawFn) -> tuple[Campaign, CampaignProjection, Staff]:
    campaign = replace(CAMPAIGN, people=draw(st.frozensets(pseudonyms, min_size=1)))
    methods = draw(st.dictionaries(pseudonyms, st.sampled_from([Method.PRESSED, Method.PAPER])))
    texts = {pseudonym: draw(st.sampled_from(["v1", "v0"])) for pseudonym in methods}
    receipts = {("c1", subject): [receipt(subject, how, texts[subject])] for subject, how in methods.items()}
    projection = CampaignProjection(
        campaigns={"c1": campaign},
        receipts=receipts,
        pauses={subject: Pause(1, min(two_days), max(two_days)) for subject, two_days in draw(pairs).items()},
        time_until={("c1", subject): day for subject, day in draw(st.dictionaries(pseudonyms, days)).items()},
        own_due={("c1", subject): day for subject, day in draw(st.dictionaries(pseudonyms, days)).items()},
        questions={
            subject: Question(1, subject, day) for subject, day in draw(st.dictionaries(pseudonyms, days)).items()
        },
    )
    roster = {person.id: person for person in draw(st.lists(people))}
    numbers = range(draw(st.integers(0, 12)))
    known = {f"p{number}": KnownPerson(f"p{number}", f"t{number}", "N", "", "") for number in numbers}
    return campaign, projection, Staff(known, roster, Calendar(), draw(days), draw(st.frozensets(pseudonyms)))


@given(cases())
@settings(max_examples=EXAMPLES, deadline=None)
def test_whatever_happens_the_parts_add_up_to_everybody(case: tuple[Campaign, CampaignProjection, Staff]):
    campaign, projection, staff = case
    everybody = signatories(campaign, projection, staff)
    summary = summary_of(campaign, "AUP", everybody, projection, (), staff.today)

    assert {signatory.pseudonym for signatory in everybody} == campaign.people
    assert sum(counted(everybody).values()) == len(everybody) == len(campaign.people)
    numbers = [int(part.split()[0]) for part in summary.sum.split("=")[1].strip(" .").split(" + ")]
    assert sum(numbers) == summary.total
    assert summary.done + len(summary.outstanding) + summary.counts[Standing.LEFT] == summary.total


@given(cases())
@settings(max_examples=EXAMPLES, deadline=None)
def test_nobodys_day_is_before_the_campaigns_and_only_a_receipt_acknowledges(
    case: tuple[Campaign, CampaignProjection, Staff],
):
    campaign, projection, staff = case
    everybody = signatories(campaign, projection, staff)

    assert all(due_for(s.pseudonym, s.person, campaign, projection, staff.calendar) >= DUE for s in everybody)
    acknowledged = {s.pseudonym for s in everybody if s.standing in {Standing.ACKNOWLEDGED, Standing.PAPER}}
    assert acknowledged == {subject for subject in campaign.people if projection.receipt(campaign, subject)}
