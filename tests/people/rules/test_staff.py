"""Who is who on one day, behind the pseudonyms of the ledger."""

from dataclasses import replace

from bot.people.rules.person import KnownPerson
from bot.people.rules.staff import Staff
from bot.school.rules.calendar import Calendar
from tests.fakes import MONDAY, TEACHER, days

KNOWN = {"p1": KnownPerson("p1", TEACHER.id, "A teacher, as last seen", "", "")}
STAFF = Staff(KNOWN, {TEACHER.id: TEACHER}, Calendar(), MONDAY)


def test_somebody_on_the_staff_list_is_called_as_the_list_says():
    assert (STAFF.person("p1"), STAFF.name("p1")) == (TEACHER, "A teacher")


def test_somebody_who_is_off_the_list_is_called_as_last_seen():
    without = replace(STAFF, roster={})

    assert (without.person("p1"), without.working_person("p1"), without.name("p1")) == (
        None,
        None,
        "A teacher, as last seen",
    )


def test_somebody_erased_has_no_name():
    assert (STAFF.person("p2"), STAFF.name("p2")) == (None, "")


def test_somebody_whose_last_day_has_passed_does_not_work_here_any_more():
    last_day = replace(STAFF, roster={TEACHER.id: replace(TEACHER, ends=MONDAY)})

    assert last_day.working_person("p1") is not None
    assert replace(last_day, today=MONDAY + days(1)).working_person("p1") is None
