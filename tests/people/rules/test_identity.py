import pytest

from bot.people.rules.identity import RowProblem, account_id, checked_address, checked_id, repeated, rows_by_address
from bot.people.rules.person import Person

KELVIN, LONG_S, FULLWIDTH_AT = "\u212a", "\u017f", "\uff20"


def person(id: str, email: str = "", account: str = "", slack: str = "") -> Person:
    return Person(id, "A teacher", email, account, frozenset(), slack=slack)


def test_a_list_whose_ids_addresses_and_accounts_differ_has_no_problem():
    people = {
        2: person("t1", "a@x.sch.uk", "a1"),
        3: person("t2", "b@x.sch.uk", "a2"),
        4: person("t3"),
        5: person("t4"),
    }

    assert repeated(people) == ()


@pytest.mark.parametrize(
    ("first", "second", "what"),
    [
        (person("t1"), person("t1"), "id 't1'"),
        (person("T1"), person("t1"), "id 't1'"),
        (
            person("t1", "Head@Kent.sch.uk"),
            person("t2", "head@kent.sch.UK"),
            "e-mail address 'head@kent.sch.uk'",
        ),
        (person("t1", account="A-1"), person("t2", account="a-1"), "account 'a-1'"),
        (person("t1", slack="U0A1"), person("t2", slack="U0A1"), "account in Slack 'U0A1'"),
    ],
)
def test_an_id_an_address_or_an_account_in_two_lines_is_a_problem_of_the_second(first, second, what):
    assert repeated({2: first, 7: second}) == (RowProblem(7, f"the {what} is there twice, first in line 2"),)


def test_a_third_line_is_compared_with_the_second_too():
    problems = repeated({2: person("t1", "a@x.sch.uk"), 3: person("t1", "b@x.sch.uk"), 4: person("t2", "b@x.sch.uk")})

    assert [problem.line for problem in problems] == [3, 4]


@pytest.mark.parametrize(
    "email",
    [
        "mailto:head@x.sch.uk",
        "not an address",
        "he\u200bad@x.sch.uk",
        "\ufeffhead@x.sch.uk",
        f"head@{KELVIN}ent.sch.uk",
        f"me{LONG_S}@x.sch.uk",
        f"head{FULLWIDTH_AT}x.sch.uk",
        "Head <head@x.sch.uk>",
        "head@x.sch.uk; office@x.sch.uk",
        "=head@x",
        "-",
    ],
)
def test_what_is_not_an_address_is_refused_and_named_with_its_hidden_characters(email):
    with pytest.raises(ValueError, match="is not an e-mail address") as refusal:
        checked_address(email)

    assert str(refusal.value).isascii()


@pytest.mark.parametrize("id", ["", "t\u200b1", f"{KELVIN}1", "two words", "t\x161"])
def test_an_id_with_spaces_hidden_or_folded_characters_is_a_problem(id):
    with pytest.raises(ValueError, match="is not an id"):
        checked_id(id)


def test_letters_that_only_unicode_folds_to_ascii_are_other_letters():
    rows = rows_by_address([person("t1", f"{KELVIN}im@x.sch.uk"), person("t2", f"me{LONG_S}@x.sch.uk")])

    assert rows == {}
    assert account_id(f"{KELVIN}1") == ""


def test_a_row_is_found_by_its_address_in_any_case_and_by_none_that_another_row_has_too():
    jo, ann = person("t1", "Jo@X.sch.uk"), person("t2", "ann@x.sch.uk")

    rows = rows_by_address([jo, ann, person("t3", "ANN@x.sch.uk"), person("t4"), person("t5")])

    assert rows == {"jo@x.sch.uk": jo}
