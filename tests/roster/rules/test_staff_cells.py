"""Days, hours and jobs are read as school offices write them; what may mean two things is a problem."""

from datetime import time

import pytest

from bot.people.rules.person import Role
from bot.roster.rules.staff_cells import read_hours, read_job, read_weekdays


@pytest.mark.parametrize(
    "text",
    ["Mon-Wed", "Mon–Wed", "Mon - Wed", "Monday to Wednesday", "Mon, Tues & Weds", "mon tue and wed", "Mon/Tue/Wed"],
)
def test_working_days_are_read_with_any_dash_and_between_words(text: str):
    assert read_weekdays(text) == {0, 1, 2}


@pytest.mark.parametrize("text", ["M T W", "Monkey", "Mon to", "Money-Wed", "Fri-Mon"])
def test_days_that_are_not_clear_are_a_problem(text: str):
    with pytest.raises(ValueError, match="days: "):
        read_weekdays(text)


@pytest.mark.parametrize(
    "text", ["08:30-15:15", "8.30 – 15.15", "8:30am-3:15pm", "8.30am to 3.15pm", "08:30 until 15:15"]
)
def test_hours_are_read_with_points_dashes_and_halves_of_the_day(text: str):
    assert read_hours(text) == (time(8, 30), time(15, 15))


@pytest.mark.parametrize("text", ["9-5", "9-12:00", "8.30am", "13pm-2pm", "15:15-08:30", "25:00-26:00"])
def test_hours_that_may_mean_two_things_are_a_problem(text: str):
    with pytest.raises(ValueError, match="hours: "):
        read_hours(text)


@pytest.mark.parametrize(
    ("job", "role"),
    [
        ("Speech and Language Therapist", Role.STAFF),
        ("Health & Safety Officer", Role.STAFF),
        ("Apprentice", Role.STAFF),
        ("MDSA", Role.STAFF),
        ("Crossing Patrol", Role.STAFF),
        ("Helper", Role.VOLUNTEER),
        ("Kitchen helper", Role.STAFF),
    ],
)
def test_a_job_named_with_and_is_one_job(job: str, role: Role):
    assert read_job(job, is_title=True)[0] == {role}


@pytest.mark.parametrize("job", ["Former teacher", "Ex-teacher", "Teacher (retired)", "Teacher and Pupil"])
def test_somebody_who_has_left_has_no_job(job: str):
    with pytest.raises(ValueError, match="is not a role or a job"):
        read_job(job, is_title=True)
