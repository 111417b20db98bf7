"""Which conversation goes by the name of a lesson, and how an address is written."""

import pytest

from bot.people.rules.conversations import Address, Conversation, ConversationKind, best_conversation_for


def classes(*names: str) -> list[Conversation]:
    """The channels of some classes; each has its name as its id."""
    return [Conversation("msteams", name, ConversationKind.TEAM, "", "", name=name) for name in names]


@pytest.mark.parametrize(
    ("names", "label", "best"),
    [
        (("Reception", "Year 4"), "Year 4 maths", "Year 4"),
        (("Reception", "Year 4"), "year 4: MATHS!", "Year 4"),
        (("Year 4", "Year 5"), "Year 5 phonics", "Year 5"),
        (("Year 4 maths", "Year 4 English"), "Year 4 English", "Year 4 English"),
        (("Year 4", "Year 4 (old)"), "Year 4", ""),
        (("Year 4",), "Year 5", ""),
        (("Reception",), "Phonics", "Reception"),
        (("Reception", "Nursery"), "Phonics", ""),
        ((), "Phonics", ""),
    ],
    ids=[
        "shared words",
        "capitals",
        "numbers",
        "most words",
        "two fit",
        "another number",
        "only one",
        "none",
        "no class",
    ],
)
def test_a_lesson_goes_to_the_class_whose_name_fits_or_a_person_has_to_choose(names, label, best):
    assert best_conversation_for(classes(*names), label) == best


@pytest.mark.parametrize(
    ("address", "key"),
    [
        (Address("msteams", account="a1"), "msteams:a1"),
        (Address("msteams", conversation="19:year4"), "msteams:19:year4"),
        (Address("", conversation="19:year4"), ":19:year4"),
    ],
)
def test_an_address_has_one_key(address: Address, key: str):
    assert address.key == key
