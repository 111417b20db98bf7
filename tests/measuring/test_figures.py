"""The figures of understanding, counted over replies made by hand."""

import pytest

from bot.ask.rules.answers import PolicyReply
from bot.ask.rules.contact_replies import ContactKind, ContactReply
from bot.ask.rules.verdicts import Verdict
from tests.bench import figures
from tests.bench.goals import PRACTICE
from tests.bench.shares import Goal, Share
from tests.measuring.replies import (
    DATA,
    INSIDE,
    OUTSIDE,
    PHONE,
    PHOTOS,
    SILENCE,
    a_command,
    a_page,
    a_reply,
    an_answer,
    inside,
    result,
)


@pytest.mark.parametrize(
    ("case", "reply", "is_right"),
    [
        (inside("P-1"), a_reply(PHONE), True),
        (inside("P-2"), a_reply(PHONE), False),
        (inside("P-9"), a_reply(PHONE), False),  # quoted besides: it does not govern
        (inside("P-1"), a_reply(offers=[PHONE]), False),  # asked back
        (inside("P-1"), a_reply(SILENCE, offers=[PHONE]), False),
        (inside("P-1"), a_reply(PHOTOS, PHONE), False),  # the top answer is another
        (inside("P-1"), a_page("P-1", "P-4"), True),
        (inside("P-1"), a_page("P-4", "P-1"), False),
        (inside("P-1"), a_command("summary"), False),
    ],
)
def test_straight_right_is_a_right_clause_governing_the_top_answer_at_once(case, reply, is_right):
    assert figures.straight_right([result(case, reply)]) == Share(is_right, 1)


def test_any_governing_clause_counts_and_strictly_only_the_first():
    second = [result(inside("P-3"), a_reply(DATA))]
    first = [result(inside("P-2"), a_reply(DATA))]

    assert [figures.straight_right(second), figures.strictly_right(second)] == [Share(1, 1), Share(0, 1)]
    assert [figures.straight_right(first), figures.strictly_right(first)] == [Share(1, 1), Share(1, 1)]
    assert [figures.precision(second), figures.strict_precision(second)] == [Share(1, 1), Share(0, 1)]


def test_only_questions_the_policy_answers_are_in_straight_right():
    results = [result(inside("P-1"), a_reply(PHONE)), result(OUTSIDE, a_reply(PHONE)), result(OUTSIDE, a_reply())]

    assert figures.straight_right(results) == figures.strictly_right(results) == Share(1, 1)
    assert figures.shown_right(results) == Share(1, 1)


def test_precision_is_of_straight_answers_and_one_to_an_outside_question_is_wrong():
    results = [
        result(inside("P-1"), a_reply(PHONE)),
        result(inside("P-1"), a_reply(PHOTOS)),
        result(inside("P-1"), a_reply(offers=[PHOTOS])),
        result(inside("P-1"), a_reply(SILENCE)),
        result(OUTSIDE, a_reply(PHONE)),
        result(OUTSIDE, a_reply(SILENCE)),
    ]

    assert figures.precision(results) == figures.strict_precision(results) == Share(1, 3)


@pytest.mark.parametrize(
    ("reply", "is_shown"),
    [
        (a_reply(PHONE), True),
        (a_reply(PHOTOS, PHONE), True),
        (a_reply(PHOTOS, offers=[DATA, PHONE]), True),
        (a_reply(offers=[PHOTOS, PHONE]), True),
        (a_page("P-4", "P-1"), True),
        (a_reply(PHOTOS), False),
        (a_reply(an_answer("photos", "P-4", "P-1")), False),  # quoted besides: it does not govern
        (a_reply(SILENCE), False),
    ],
)
def test_what_is_shown_are_all_answers_and_offers_by_what_governs_them(reply, is_shown):
    assert figures.shown_right([result(inside("P-1"), reply)]) == Share(is_shown, 1)


def test_any_governing_clause_of_an_offer_counts_as_shown():
    assert figures.shown_right([result(inside("P-3"), a_reply(offers=[PHOTOS, DATA]))]) == Share(1, 1)


@pytest.mark.parametrize(
    ("reply", "is_said", "is_not_answered"),
    [
        (a_reply(SILENCE), True, True),
        (a_reply(SILENCE, offers=[PHONE]), True, True),
        (PolicyReply("", (), (), False, 1.0, contact=ContactReply(ContactKind.OFFICE, "Ask.")), True, True),
        (a_reply(offers=[PHONE]), False, True),
        (a_reply(PHONE), False, False),
        (a_reply(an_answer("odd", "P-7", verdict=Verdict.NOT_COVERED)), False, False),
        (a_page("P-4"), False, False),
    ],
)
def test_outside_is_said_to_be_outside_only_without_a_clause(reply, is_said, is_not_answered):
    results = [result(OUTSIDE, reply), result(inside("P-1"), a_reply(SILENCE))]

    assert figures.said_outside(results) == Share(is_said, 1)
    assert figures.outside_not_answered(results) == Share(is_not_answered, 1)


def test_a_verdict_counts_only_where_the_clause_is_right_and_a_verdict_was_written_down():
    results = [
        result(inside("P-1", verdict="no"), a_reply(PHONE)),
        result(inside("P-1", verdict="report", also=["no"]), a_reply(PHONE)),
        result(inside("P-1", verdict="must"), a_reply(PHONE)),
        result(inside("P-1", verdict=""), a_reply(PHONE)),
        result(inside("P-1", verdict="no"), a_reply(PHOTOS)),
        result(inside("P-1", verdict="no"), a_reply(offers=[PHONE])),
    ]

    assert figures.verdict_right(results) == Share(2, 3)


@pytest.mark.parametrize("verdict", [Verdict.YES, Verdict.YES_IF])
@pytest.mark.parametrize(
    ("case", "is_wrong", "is_indefensible"),
    [
        (inside("P-1", verdict="no"), True, True),
        (inside("P-1", verdict="report", also=["must"]), True, True),
        (inside("P-1", verdict="no", also=["yes", "yes_if"]), True, False),
        (inside("P-1", verdict="must"), False, False),
        (inside("P-1", verdict="yes_if", also=["no"]), False, False),
    ],
)
def test_a_permission_is_wrong_if_the_policy_says_no_or_report(verdict, case, is_wrong, is_indefensible):
    allowed = result(case, a_reply(an_answer("photos", "P-4", verdict=verdict)))

    assert (allowed.is_wrong_permission, allowed.is_indefensible_permission) == (is_wrong, is_indefensible)


def test_permissions_are_counted_of_the_questions_that_are_forbidden():
    allowing = an_answer("phone", "P-1", verdict=Verdict.YES_IF)
    results = [
        result(inside("P-1", verdict="no"), a_reply(allowing)),
        result(inside("P-1", verdict="report"), a_reply(PHONE)),
        result(inside("P-1", verdict="no"), a_reply(offers=[allowing])),  # a button allows nothing yet
        result(inside("P-1", verdict="yes_if"), a_reply(allowing)),
        result(OUTSIDE, a_reply(allowing)),
    ]

    assert figures.wrong_permissions(results) == Share(1, 3)


def test_questions_taken_for_commands_are_counted_of_all_questions():
    results = [
        result(INSIDE, a_reply(PHONE)),
        result(INSIDE, a_command("pause")),
        result(OUTSIDE, a_command("")),
        result(OUTSIDE, a_reply(SILENCE)),
    ]

    assert figures.taken_for_commands(results) == Share(1, 4)


def test_the_figures_stand_beside_the_goals_of_their_kind():
    lines = {figure.name: figure.goal for figure in figures.figures([result(INSIDE, a_reply(PHONE))], PRACTICE)}

    assert lines["straight right"] == Goal(0.94)
    assert lines["precision of straight answers"] == Goal(0.97)
    assert lines["right, or among what is shown"] == Goal(0.99)
    assert lines["outside said to be outside"] == Goal(0.95)
    assert lines["verdict right where the clause is right"] == Goal(0.97)
    assert lines["permission where no or report"] == Goal(0, is_floor=False)
    assert lines["policy questions taken for a command"] == Goal(0.005, is_floor=False)
    assert lines["  strictly: the first clause alone"] is None


def test_the_figures_that_are_printed_are_those_counted():
    results = [
        result(inside("P-3"), a_reply(DATA)),
        result(inside("P-1"), a_reply(PHONE)),
        result(inside("P-1"), a_reply(offers=[PHONE])),
        result(inside("P-1"), a_reply(offers=[PHOTOS, PHONE])),
        result(OUTSIDE, a_reply(PHONE)),
        result(OUTSIDE, a_reply(SILENCE)),
        result(OUTSIDE, a_reply(offers=[PHONE])),
    ]

    assert [(figure.share.number, figure.share.total) for figure in figures.figures(results, PRACTICE)] == [
        (2, 4),  # straight right
        (1, 4),  # strictly
        (2, 3),  # precision
        (1, 3),  # strictly
        (4, 4),  # shown
        (3, 4),  # the first button
        (1, 3),  # said to be outside
        (2, 3),  # not answered
        (2, 2),  # verdict
        (0, 4),  # permission
        (0, 4),  # not defensible
        (0, 7),  # commands
    ]
