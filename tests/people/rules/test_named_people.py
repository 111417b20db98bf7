"""Who is meant by a few words: by name, title, initial or role; nobody is guessed."""

import pytest

from bot.people.rules.named_people import people_called
from bot.people.rules.person import Person, Role

NAMES = {
    "Mrs Amina Khan": Role.STAFF,
    "Mr Sam Kent": Role.STAFF,
    "Sam O'Brien-Hall": Role.VOLUNTEER,
    "Ms Head": Role.STAFF,
    "Dr Jo Lee": Role.HEAD,
    "Ria Dean": Role.DEPUTY,
    "Cy Fox": Role.CHAIR,
    "Di Gray": Role.SAFEGUARDING,
    "The site manager": Role.STAFF,
    "A volunteer": Role.VOLUNTEER,
    "A volunteer who hears readers": Role.VOLUNTEER,
}
STAFF = [Person(name, name, "", "", frozenset({role})) for name, role in NAMES.items()]


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("Mrs Khan", ["Mrs Amina Khan"]),
        ("amina", ["Mrs Amina Khan"]),
        ("KHAN", ["Mrs Amina Khan"]),
        ("Mr Khan", []),
        ("Sam", ["Mr Sam Kent", "Sam O'Brien-Hall"]),
        ("Mr Sam", ["Mr Sam Kent", "Sam O'Brien-Hall"]),
        ("sam o’brien-hall", ["Sam O'Brien-Hall"]),
        ("Mrs K", ["Mrs Amina Khan"]),
        ("our site manager", ["The site manager"]),
        ("the volunteer", ["A volunteer"]),
        ("the headteacher", ["Dr Jo Lee"]),
        ("our head teacher", ["Dr Jo Lee"]),
        ("the deputy", ["Ria Dean"]),
        ("the deputy head", ["Ria Dean"]),
        ("the chair of governors", ["Cy Fox"]),
        ("the designated safeguarding lead", ["Di Gray"]),
        ("the DSL", ["Di Gray"]),
        ("the head of year", []),
        ("the head of maths", []),
        ("the assistant head teacher", []),
        ("head cook", []),
        ("the chair leg", []),
        ("a teacher", []),
        ("deputy DSL", []),
        ("Ms Head", ["Ms Head"]),
        ("Mrs", []),
        ("the", []),
        ("Zebedee", []),
        ("Amina Kent", []),
    ],
)
def test_people_are_found_by_the_words_that_staff_use(words: str, names: list[str]):
    assert [person.name for person in people_called(words, STAFF)] == names
