"""Finds who is meant on the staff list by a few words: a surname, a first name, a title with a name, or a role."""

import re
from collections.abc import Collection, Iterable

from bot.people.rules.person import Person, Role

TITLES = frozenset(("mr", "mrs", "miss", "ms", "mx", "dr", "sir", "dame", "rev", "father", "sister", "prof"))
FILLERS = frozenset(
    ("the", "a", "an", "our", "my", "wor", "wee", "poor", "new", "who", "of", "in", "from", "at", "for", "one")
)
ROLE_WORDS = {
    "head": Role.HEAD,
    "headteacher": Role.HEAD,
    "headmaster": Role.HEAD,
    "headmistress": Role.HEAD,
    "deputy": Role.DEPUTY,
    "chair": Role.CHAIR,
    "safeguarding": Role.SAFEGUARDING,
    "dsl": Role.SAFEGUARDING,
}
ROLE_DETAILS = {  # words that may stand beside a word of that role, and make no other of it
    Role.HEAD: frozenset(("teacher",)),
    Role.DEPUTY: frozenset(("head", "headteacher", "teacher")),
    Role.CHAIR: frozenset(("governors", "governor", "governing", "body", "board")),
    Role.SAFEGUARDING: frozenset(("designated", "lead", "officer", "person")),
}
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*|\d+")


def people_called(words: str, people: Iterable[Person]) -> tuple[Person, ...]:
    """Everybody these words may mean, in the order of the list; empty if they mean nobody.

    The full name counts before a part of it, and a role only if no name fits. A single letter is a beginning: "Mrs K".

    >>> from dataclasses import replace
    >>> khan = Person("1", "Mrs A Khan", "", "", frozenset())
    >>> king = replace(khan, id="2", name="Sam King")
    >>> [person.name for person in people_called("mrs khan", [khan, king])]
    ['Mrs A Khan']
    >>> [person.name for person in people_called("Mrs K", [khan, king])]
    ['Mrs A Khan', 'Sam King']
    """
    staff, asked = tuple(people), _words(words)
    titles, names = [word for word in asked if word in TITLES], [word for word in asked if word not in TITLES]
    exact = tuple(person for person in staff if _words(person.name) == asked)
    if exact or not names:
        return exact
    named = tuple(person for person in staff if _is_called(person, names, titles))
    return named or tuple(person for person in staff if _has_role(person, names))


def _words(text: str) -> list[str]:
    return [word for word in _WORD.findall(text.lower().replace("’", "'")) if word not in FILLERS]


def _is_called(person: Person, names: Collection[str], titles: Collection[str]) -> bool:
    """Whether all of these are words of somebody's name; a title counts only if the list has titles too."""
    own = _words(person.name)
    own_titles = [word for word in own if word in TITLES]
    if titles and own_titles and not set(titles) & set(own_titles):
        return False
    return all(_is_word_of(name, [word for word in own if word not in TITLES]) for name in names)


def _is_word_of(name: str, own: Collection[str]) -> bool:
    return name in own or (len(name) == 1 and any(word.startswith(name) for word in own if len(word) > 1))


def _has_role(person: Person, names: Collection[str]) -> bool:
    return any(_is_role(role, names) for role in person.roles)


def _is_role(role: Role, names: Collection[str]) -> bool:
    """Whether all of these are words of the role, and one names it: "the head of year" is not the headteacher."""
    details = ROLE_DETAILS.get(role, frozenset())
    is_named = any(ROLE_WORDS.get(name) is role for name in names)
    return is_named and all(ROLE_WORDS.get(name) is role or name in details for name in names)
