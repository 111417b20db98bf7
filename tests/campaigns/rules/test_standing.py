"""Where people stand: one standing each, the first that applies, and parts that add up."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.campaigns.rules.campaign import EVERYBODY, Campaign, KnownPerson, Method, Pause, Question, Receipt
from bot.campaigns.rules.projection import CampaignProjection
from bot.campaigns.rules.standing import Signatory, Staff, Standing, counted, due_for, is_asking, signatories
from bot.campaigns.rules.summary import summary_of
from bot.people.rules.person import Person, Role
from bot.school.rules.calendar import LONDON, Calendar

OPENED, DUE = date(2026, 9, 7), date(2026, 9, 28)
CAMPAIGN = Campaign("c1", "AUP", "1", "v1", "v1", EVERYBODY, OPENED, DUE, frozenset({"p1"}))
ANNA = Person("t1", "A teacher", "", "account", frozenset({Role.STAFF}))


def receipt(subject: str = "p1", how: Method = Method.PRESSED, asked: str = "v1") -> Receipt:
    at = datetime(2026, 9, 8, 9, tzinfo=LONDON)
    return Receipt(5, "c1", subject, at, "v1", "1", asked, how, OPENED if how is Method.PAPER else None)


def registered(**more: object) -> CampaignProjection:
    return CampaignProjection(campaigns={"c1": CAMPAIGN}, **more)  # type: ignore[arg-type]


def school(today: date = OPENED, person: Person | None = ANNA, unreachable: frozenset[str] = frozenset()) -> Staff:
    known = {"p1": KnownPerson("p1", "t1", "A teacher", "", "account")}
    return Staff(known, {"t1": person} if person else {}, unreachable, Calendar(), today)


def standing(register: CampaignProjection, at: Staff) -> Signatory:
    (one,) = signatories(CAMPAIGN, register, at)
    return one


def test_whoever_has_time_is_pending_until_the_end_of_their_day():
    assert standing(registered(), school(DUE)).standing is Standing.PENDING
    assert standing(registered(), school(DUE + timedelta(days=1))).standing is Standing.OVERDUE


PAUSED = {"p1": (3, Pause(OPENED, date(2026, 12, 1)))}
LATE = date(2026, 10, 1)
GONE = replace(ANNA, ends=date(2026, 9, 30))


@pytest.mark.parametrize(
    ("register", "at", "expected"),
    [
        (registered(receipts={("c1", "p1"): [receipt()]}), school(LATE, None), Standing.ACKNOWLEDGED),
        (registered(receipts={("c1", "p1"): [receipt(how=Method.PAPER)]}), school(LATE, GONE), Standing.PAPER),
        (registered(receipts={("c1", "p1"): [receipt(asked="v0")]}), school(LATE), Standing.OVERDUE),
        (registered(pauses=PAUSED), school(LATE, GONE, frozenset({"p1"})), Standing.LEFT),
        (registered(pauses=PAUSED), school(LATE, None), Standing.LEFT),
        (registered(pauses=PAUSED), school(LATE, ANNA, frozenset({"p1"})), Standing.PAUSED),
        (registered(), school(LATE, ANNA, frozenset({"p1"})), Standing.UNREACHABLE),
        (registered(), school(LATE), Standing.OVERDUE),
        (registered(), school(OPENED), Standing.PENDING),
    ],
)
def test_of_several_standings_the_first_that_applies_counts(
    register: CampaignProjection, at: Staff, expected: Standing
):
    assert standing(register, at).standing is expected


def test_somebody_erased_still_counts_without_a_name():
    one = standing(registered(), Staff({}, {}, frozenset(), Calendar(), LATE))

    assert (one.name, one.person, one.standing) == ("", None, Standing.LEFT)


def test_a_new_starter_has_a_day_of_their_own():
    register = registered(own_due={("c1", "p1"): date(2026, 10, 12)})

    assert standing(register, school(LATE)).due == date(2026, 10, 12)
    assert standing(register, school(LATE)).standing is Standing.PENDING


def test_after_a_pause_there_are_ten_working_days_of_ones_own():
    over = {"p1": (3, Pause(OPENED, date(2026, 9, 25)))}  # a Friday
    part_time = replace(ANNA, days=frozenset({0, 1}))

    assert standing(registered(pauses=over), school()).due == date(2026, 10, 9)
    assert standing(registered(pauses=over), school(person=part_time)).due == date(2026, 10, 27)


def test_a_pause_that_ended_before_the_campaign_opened_changes_nothing():
    old = {"p1": (3, Pause(date(2026, 6, 1), date(2026, 9, 6)))}

    assert standing(registered(pauses=old), school()).due == DUE


@pytest.mark.parametrize(("day", "asking"), [(date(2026, 9, 14), True), (date(2026, 9, 15), False)])
def test_an_open_question_counts_for_five_school_days(day: date, asking: bool):
    register = registered(questions={"p1": Question(4, "p1", OPENED)})

    assert is_asking("p1", register, school(day)) is asking


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


@st.composite
def cases(draw: st.DrawFn) -> tuple[Campaign, CampaignProjection, Staff]:
    campaign = replace(CAMPAIGN, people=draw(st.frozensets(pseudonyms, min_size=1)))
    given_receipts = draw(st.dictionaries(pseudonyms, st.sampled_from([Method.PRESSED, Method.PAPER])))
    register = CampaignProjection(
        campaigns={"c1": campaign},
        receipts={
            ("c1", who): [receipt(who, how, draw(st.sampled_from(["v1", "v0"])))] for who, how in given_receipts.items()
        },
        pauses={who: (1, Pause(min(two), max(two))) for who, two in draw(pairs).items()},
        time_until={("c1", who): day for who, day in draw(st.dictionaries(pseudonyms, days)).items()},
        own_due={("c1", who): day for who, day in draw(st.dictionaries(pseudonyms, days)).items()},
        questions={who: Question(1, who, day) for who, day in draw(st.dictionaries(pseudonyms, days)).items()},
    )
    roster = {one.id: one for one in draw(st.lists(people))}
    known = {
        f"p{number}": KnownPerson(f"p{number}", f"t{number}", "N", "", "") for number in range(draw(st.integers(0, 12)))
    }
    return campaign, register, Staff(known, roster, draw(st.frozensets(pseudonyms)), Calendar(), draw(days))


pairs = st.dictionaries(pseudonyms, st.tuples(days, days))


@given(cases())
@settings(max_examples=150, deadline=None)
def test_whatever_happens_the_parts_add_up_to_everybody(case: tuple[Campaign, CampaignProjection, Staff]):
    campaign, register, at = case
    found = signatories(campaign, register, at)
    made = summary_of(campaign, "AUP", found, register, (), at.today)

    assert {one.pseudonym for one in found} == campaign.people
    assert sum(counted(found).values()) == len(found) == len(campaign.people)
    numbers = [int(part.split()[0]) for part in made.sum.split("=")[1].strip(" .").split(" + ")]
    assert sum(numbers) == made.total
    assert made.done + len(made.outstanding) + made.counts[Standing.LEFT] == made.total
    assert all(due_for(one.pseudonym, one.person, campaign, register, at.calendar) >= DUE for one in found)
    acknowledged = {one.pseudonym for one in found if one.standing in {Standing.ACKNOWLEDGED, Standing.PAPER}}
    assert acknowledged == {who for who in campaign.people if register.receipt(campaign, who)}
