"""Who is who: what is asked, what the school's contacts say, and which numbers become links."""

from dataclasses import replace

import pytest

from bot.ask.rules.answers import hand_off
from bot.ask.rules.contact_replies import ContactKind, contact_asked_for, contacts_reply, with_phone_links
from bot.school.rules.settings import Contacts

CONTACTS = Contacts("Mrs Lead, our safeguarding lead", "01524 000000", "Mr Head, the headteacher", "Ms Chair")
ROLES = Contacts("the safeguarding lead", "the school's number", "the headteacher", "the chair of governors")
WITH_DEPUTIES = replace(CONTACTS, deputies=("Mr One", "Ms Two"), out_of_hours="+44 1524 111111")


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("who is the safeguarding lead", ContactKind.SAFEGUARDING),
        ("Who's our DSL?", ContactKind.SAFEGUARDING),
        ("who do I tell?", ContactKind.SAFEGUARDING),
        ("what's the number for the safeguarding lead", ContactKind.SAFEGUARDING),
        ("who is the head", ContactKind.HEADTEACHER),
        ("hi, who's the headteacher here?", ContactKind.HEADTEACHER),
        ("who is the chair of governors", ContactKind.CHAIR),
        ("who is the chair?", ContactKind.CHAIR),
        ("the office's number", ContactKind.OFFICE),
        ("phone number for the office", ContactKind.OFFICE),
        ("whats the school phone number", ContactKind.OFFICE),
        ("who do i tell about a child", None),
        ("who is the head of year 4", None),
        ("who are you", None),
        ("can I phone the office", None),
        ("who is left", None),
        ("can the head read my emails", None),
    ],
)
def test_only_the_whole_of_such_a_question_is_taken_for_it(line: str, kind: ContactKind | None):
    assert contact_asked_for(line) == kind


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        (ContactKind.SAFEGUARDING, "Mrs Lead, our safeguarding lead, in person or on 01524 000000"),
        (ContactKind.HEADTEACHER, "Mr Head"),
        (ContactKind.CHAIR, "Ms Chair"),
        (ContactKind.OFFICE, "not given me the office's number"),
    ],
)
def test_the_reply_names_the_contact_the_school_gives(kind: ContactKind, names: str):
    assert names in contacts_reply(kind, CONTACTS).text


@pytest.mark.parametrize("contacts", [ROLES, Contacts("", "", "", "")])
def test_where_the_school_gives_no_name_the_reply_says_so(contacts: Contacts):
    assert "has not given me the name of the headteacher" in contacts_reply(ContactKind.HEADTEACHER, contacts).text


@pytest.mark.parametrize("kind", ContactKind)
def test_a_school_without_contacts_gets_a_whole_sentence_all_the_same(kind: ContactKind):
    assert contacts_reply(kind, Contacts("", "", "", "")).text.endswith(".")


def test_the_hand_off_names_deputies_and_the_number_out_of_hours_if_the_school_gives_them():
    told = hand_off(WITH_DEPUTIES, is_private=True)

    assert (
        "call 999. If the safeguarding lead is not there: Mr One or Ms Two. Out of hours: +44 1524 111111. If it is"
        in told
    )
    assert "not there" not in hand_off(CONTACTS, is_private=True)


@pytest.mark.parametrize(
    ("text", "linked"),
    [
        ("Ring 01524 000000.", "Ring [01524 000000](tel:01524000000)."),
        ("+44 1524 111111", "[+44 1524 111111](tel:+441524111111)"),
        ("In danger, call 999.", "In danger, call 999."),
        ("on 01234", "on 01234"),
        ("in 2026 and 2027", "in 2026 and 2027"),
        ("١٢٣٤٥٦٧٨", "١٢٣٤٥٦٧٨"),
        ("A1234567890", "A1234567890"),
    ],
)
def test_only_digits_spaces_and_a_plus_become_a_link(text: str, linked: str):
    assert with_phone_links(text) == linked
