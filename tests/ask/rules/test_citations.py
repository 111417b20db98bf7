"""What people cite, found in the real documents."""

import pytest

from bot.ask.rules.citations import all_sections, cited
from bot.ask.rules.policy import Policy


def ids(citation: str, policy: Policy) -> list[str]:
    found = cited(citation, policy)
    return [clause.id for clause in found.clauses] if found else []


def test_the_sections_are_those_of_the_paper_in_its_order(policy: Policy):
    assert [section.name for section in all_sections(policy)] == [
        "Front page",
        "1. PURPOSE",
        "2. APPLICATION",
        "3. BACKGROUND",
        "4. GUIDANCE AND ADVICE",
        "5. SAFEGUARDING ISSUES",
        "6. RECOMMENDATIONS",
        "Introduction",
        "Professional and personal safety",
        "Professional communications and actions",
        "Safe and secure access",
        "Using the internet",
        "Responsible for my actions",
        "Declaration",
    ]


def test_no_clause_is_in_two_sections_and_none_is_left_out(policy: Policy):
    listed = [clause.id for section in all_sections(policy) for clause in section.clauses]

    assert listed == list(policy.clauses)


@pytest.mark.parametrize(
    ("citation", "clauses"),
    [
        ("section 2", ["SM-2"]),
        ("Section 6", ["SM-6.i", "SM-6.ii", "SM-6.iii", "SM-6.iv"]),
        ("section 2 of the social media policy", ["SM-2"]),
        ("4.1 (iv)", ["SM-4.1.iv"]),
        ("4.1(iv)", ["SM-4.1.iv"]),
        ("4.1.iv", ["SM-4.1.iv"]),
        ("4.1 iv", ["SM-4.1.iv"]),
        ("4.1.4", ["SM-4.1.iv"]),
        ("clause 4.2", ["SM-4.2"]),
        ("6.2", ["SM-6.ii"]),
        ("point 2 of section 6", ["SM-6.ii"]),
        ("AUP-safety.7", ["AUP-safety.7.a", "AUP-safety.7.b"]),
        ("clause aup-safety.7.b", ["AUP-safety.7.b"]),
        ("point 7 of professional and personal safety", ["AUP-safety.7.a", "AUP-safety.7.b"]),
        ("point 9 of safe and secure access of the acceptable use policy", ["AUP-access.9"]),
        ("AUP safety, point 3", ["AUP-safety.3"]),
        ("paragraph 3 of section 5", ["SM-5.p3"]),
        ("paragraph three of section five", ["SM-5.p3"]),
        ("point 3 of section 5", ["SM-5.adults.3"]),
        ("the footnote", ["SM-4.1.note"]),
        ("the footnote of 4.1", ["SM-4.1.note"]),
        ("the declaration", ["AUP-declaration"]),
        ("the front page", ["SM-title", "SM-meta.a", "SM-meta.b", "SM-meta.c"]),
        ("section 9", []),
        ("section 2 of the acceptable use policy", []),
        ("4.7", []),
        ("point 99 of safety", []),
        ("AUP-nothing.1", []),
        ("lunch", []),
        ("", []),
        ("(", []),
    ],
)
def test_a_clause_is_found_by_the_way_people_cite_it(policy: Policy, citation: str, clauses: list[str]):
    assert ids(citation, policy) == clauses


def test_four_point_one_has_all_its_points(policy: Policy):
    assert ids("4.1", policy)[:2] == ["SM-4.1", "SM-4.1.i"] and ids("4.1", policy)[-1] == "SM-4.1.note"


def test_every_clause_is_found_by_its_own_id(policy: Policy):
    assert all(ids(id, policy)[0] == id for id in policy.clauses)
