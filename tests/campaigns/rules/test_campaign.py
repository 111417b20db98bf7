"""A campaign, whom it asks, and what it is about."""

from dataclasses import replace
from datetime import date

from bot.campaigns.rules.campaign import EVERYBODY, Campaign, Pause, audience
from bot.outbox.rules.message import Subject
from bot.people.rules.person import Person, Role
from tests.fakes import MONDAY, days

DIGEST = "0123456789abcdef" * 4
CAMPAIGN = Campaign("AUP-2021-1", "AUP", "1", DIGEST, DIGEST, EVERYBODY, MONDAY, MONDAY + days(21), frozenset({"p1"}))


def person(*roles: Role, starts: date | None = None, ends: date | None = None) -> Person:
    return Person("t", "", "", "", frozenset(roles), starts=starts, ends=ends)


def test_a_campaign_is_about_the_text_it_asks_for_and_not_the_one_in_force():
    minor = replace(CAMPAIGN, version="f" * 64)

    assert minor.subject == CAMPAIGN.subject == Subject(campaign="AUP-2021-1", text="0123456789ab")
    assert minor.key == "AUP-2021-1.0123456789ab"  # as release 0.5.0 wrote it in the ledger's keys
    assert replace(CAMPAIGN, asked="f" * 64).subject != CAMPAIGN.subject


def test_asked_are_people_of_the_audience_who_work_here_that_day():
    teacher, governor = person(Role.STAFF), person(Role.GOVERNOR)
    people = [
        teacher,
        governor,
        person(Role.OFFICE),
        person(Role.STAFF, ends=MONDAY - days(1)),
        person(Role.STAFF, starts=MONDAY + days(1)),
    ]

    assert audience(people, EVERYBODY, MONDAY) == (teacher, governor)
    assert audience(people, frozenset({Role.STAFF}), MONDAY) == (teacher,)


def test_both_days_of_a_pause_belong_to_it():
    pause = Pause(3, MONDAY, MONDAY + days(4))

    assert [number for number in range(-1, 7) if pause.covers(MONDAY + days(number))] == [0, 1, 2, 3, 4]
