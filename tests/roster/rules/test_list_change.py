"""What a new staff list changes: who is whom."""

from bot.people.rules.person import Person
from bot.roster.rules.list_change import keep_ids

KELVIN = "\u212a"


def person(id: str, email: str) -> Person:
    return Person(id, "A teacher", email, "", frozenset())


def test_somebody_whose_id_changed_is_known_by_their_address_in_any_case():
    (kept,) = keep_ids([person("t1", "Kim@x.sch.uk")], [person("t9", "kim@X.sch.uk")])

    assert kept.id == "t1"


def test_an_address_that_unicode_would_fold_to_anothers_is_nobodys():
    (kept,) = keep_ids([person("t1", f"{KELVIN}im@x.sch.uk")], [person("t9", "kim@x.sch.uk")])

    assert kept.id == "t9"


def test_an_address_that_two_people_had_says_nothing():
    known = [person("t1", "office@x.sch.uk"), person("t2", "office@x.sch.uk")]

    (kept,) = keep_ids(known, [person("t9", "office@x.sch.uk")])

    assert kept.id == "t9"
