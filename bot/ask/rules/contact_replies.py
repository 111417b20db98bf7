"""Who is who: replies from the contacts that the school gives, and phone numbers as links."""

import re
from dataclasses import dataclass
from enum import StrEnum

from bot.school.rules.settings import Contacts, is_phone_number

OFFICE = "the school office"
HEADTEACHER = "the headteacher"
_POLITE = r"(?:(?:hi|hello|hey|please|sorry|and|so|ok)[ ,.!]+)*"
_REACH = r"how (?:do|can) i (?:reach|contact|get hold of)"
_WHO = rf"(?:who(?:'s| is|s)|what(?:'s| is|s) the name of|tell me who is|name of|{_REACH})"
_WHOM_TO_TELL = r"who (?:do|should|can) (?:i|we) (?:tell|report (?:it |this |that )?to)"
_HOW = r"(?:what(?:'s| is|s) |have you got |do you have |can i have |i need |give me |where(?:'s| is) )?"
_NUMBER = r"(?:phone |telephone |tel )?(?:number|phone)"
_OUR = r"(?:the |our |your |my )?(?:school(?:'s)? )?"
_LEAD = r"(?:designated )?(?:safeguarding (?:lead|person|officer|contact)|dsl|child protection (?:lead|officer))"
_HEAD = r"(?:head ?teacher|head|principal)(?: teacher)?"
_CHAIR = r"chair(?: of (?:the )?(?:governors|governing (?:body|board)))?"
_END = r"(?: here| please| now| again| at (?:this|our) school)*"
_TEL = re.compile(r"(?<![\w+])\+?\d[\d ]{5,16}\d(?!\w)")


class ContactKind(StrEnum):
    """Whom somebody asks for."""

    SAFEGUARDING = "contacts-safeguarding"
    HEADTEACHER = "contacts-headteacher"
    CHAIR = "contacts-chair"
    OFFICE = "contacts-office"


@dataclass(frozen=True, slots=True)
class ContactReply:
    """Whom to turn to, in the school's own words. It does not come from a policy."""

    kind: ContactKind
    text: str


def _asking_for(whom: str) -> str:
    return rf"{_WHO} {_OUR}{whom}|{_HOW}{_OUR}{whom}(?:'s)? {_NUMBER}|{_HOW}(?:the )?{_NUMBER} (?:for|of) {_OUR}{whom}"


_REQUESTS = {
    ContactKind.SAFEGUARDING: rf"{_asking_for(_LEAD)}|{_WHOM_TO_TELL}",
    ContactKind.HEADTEACHER: _asking_for(_HEAD),
    ContactKind.CHAIR: _asking_for(_CHAIR),
    ContactKind.OFFICE: rf"{_asking_for('office')}|{_HOW}{_OUR}school {_NUMBER}",
}
_PATTERNS = {kind: re.compile(f"{_POLITE}(?:{pattern}){_END}", re.IGNORECASE) for kind, pattern in _REQUESTS.items()}


def contact_asked_for(line: str) -> ContactKind | None:
    """Whom a message asks for; None unless all of it is such a question.

    >>> contact_asked_for("Who's our safeguarding lead?")
    <ContactKind.SAFEGUARDING: 'contacts-safeguarding'>
    >>> contact_asked_for("who is the head of the spider club")
    """
    text = line.strip(" ?.!")
    return next((kind for kind, pattern in _PATTERNS.items() if pattern.fullmatch(text)), None)


def contact_meant(situation: str, line: str) -> ContactKind | None:
    """Whom a message asks for that was recognised as `situation`; None if that is about nobody's contact.

    >>> contact_meant("contacts-headteacher", "how do I get hold of the chair of governors")
    <ContactKind.CHAIR: 'contacts-chair'>
    """
    if situation not in set(ContactKind):
        return None
    kind = ContactKind(situation)
    is_chair = kind is ContactKind.HEADTEACHER and re.search(r"\b(?:chair|governors?)\b", line, re.IGNORECASE)
    return ContactKind.CHAIR if is_chair else kind


def contacts_reply(kind: ContactKind, contacts: Contacts) -> ContactReply:
    """The school's contact of a kind, or that the school has not given one."""
    match kind:
        case ContactKind.SAFEGUARDING:
            text = _safeguarding(contacts)
        case ContactKind.HEADTEACHER:
            text = _named("headteacher", contacts.headteacher)
        case ContactKind.CHAIR:
            text = _named("chair of governors", contacts.chair)
        case ContactKind.OFFICE:
            text = "The school has not given me the office's number."
            if contacts.phone:
                text += f" For a worry about a child it gave me this: {contacts.phone}."
    return ContactReply(kind, text)


def _safeguarding(contacts: Contacts) -> str:
    if not contacts.safeguarding:
        return _named("safeguarding lead", "")
    phone = f", in person or on {contacts.phone}" if contacts.phone else ""
    return (
        f"For a worry about a child: {contacts.safeguarding}{phone}.{also_there(contacts)} "
        f"About an adult who works here: {contacts.headteacher or 'the headteacher'}; "
        f"about the headteacher: {contacts.chair or 'the chair of governors'}. "
        "If a child is in immediate danger, call 999. Telling me is not reporting."
    )


def _named(role: str, contact: str) -> str:
    if contact.removeprefix("the ") in {"", role}:  # as in the demo, which has roles in place of names
        return f"The school has not given me the name of the {role}. The school office will know."
    return f"From the school: {contact}."


def whom_to_ask(contacts: Contacts) -> str:
    """The headteacher, as the school names them, or the office."""
    return f"{contacts.headteacher or HEADTEACHER} or {OFFICE}"


def also_there(contacts: Contacts) -> str:
    """Whom to tell if the lead cannot be reached, with a space before it; empty if the school gives nobody."""
    deputies = " or ".join(contacts.deputies)
    sentences = [f" If the safeguarding lead is not there: {deputies}."] if deputies else []
    sentences += [f" Out of hours: {contacts.out_of_hours}."] if contacts.out_of_hours else []
    return "".join(sentences)


def with_phone_links(text: str) -> str:
    """The text with each phone number as a Markdown link; a number is digits and spaces, with a + before it or not.

    >>> with_phone_links("Ring 01524 822222 or 999.")
    'Ring [01524 822222](tel:01524822222) or 999.'
    """
    return _TEL.sub(_link, text)


def _link(match: re.Match[str]) -> str:
    number = match[0]
    return f"[{number}](tel:{number.replace(' ', '')})" if is_phone_number(number) else number
