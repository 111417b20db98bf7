"""Turns passages of the policy, and contacts, into cards to fill, with the same words as plain text beside them."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from bot.ask.rules.card_buttons import MAX_LABEL_CHARS
from bot.ask.rules.contact_replies import ContactReply, with_phone_links
from bot.ask.rules.passages import Contents, PassageKind, PassagePage, PassageRequest
from bot.ask.rules.sections import Section
from bot.ask.rules.worries import HandOffWords
from bot.desk.rules.messages import Outgoing

Values: TypeAlias = Mapping[str, Any]

MAX_SECTIONS_SHOWN = 10  # of each document: more buttons than that nobody reads on a phone
HOW_TO_ASK = "Or write “read section 5”, “what does it say about passwords” or “find 'encrypted'”."
THE_POLICIES = PassageRequest(PassageKind.CONTENTS)


def passage_card(passage: PassagePage, worry: HandOffWords) -> Outgoing:
    """The card of a passage: clauses to read, or documents and sections to choose from."""
    return _contents_card(passage, worry) if passage.contents else _clauses_card(passage, worry)


def contact_card(contact: ContactReply, worry: HandOffWords) -> Outgoing:
    """The card that says whom to turn to, with phone numbers to press."""
    return note_with_phone_links("\n\n".join(filter(None, [worry.lead, contact.text, worry.quiet])))


def note_with_phone_links(text: str) -> Outgoing:
    """A card with one text of the school's own, in which phone numbers can be pressed."""
    return Outgoing("note_with_phones", {"text": with_phone_links(text), "fallback": text}, text)


def _contents_card(passage: PassagePage, worry: HandOffWords) -> Outgoing:
    documents = [_document(contents) for contents in passage.contents]
    options = [section for document in documents for section in document["sections"]]
    text = _contents_as_text(passage, documents, worry)
    values = {
        "hand_off": with_phone_links(worry.lead),
        "quiet_hand_off": with_phone_links(worry.quiet),
        "note": passage.note,
        "documents": documents,
        "options": options,
        "how_to_ask": HOW_TO_ASK,
        "fallback": text,
    }
    return Outgoing("policies", values, text)


def _document(contents: Contents) -> dict[str, Any]:
    shown = contents.sections[:MAX_SECTIONS_SHOWN]
    return {"title": contents.title, "sections": [_section_button(section) for section in shown]}


def _section_button(section: Section) -> Values:
    name = section.name
    label = name if len(name) <= MAX_LABEL_CHARS else f"{name[: MAX_LABEL_CHARS - 1].rstrip()}…"
    return _button(label, PassageRequest(PassageKind.SECTION, section.id))


def _button(label: str, request: PassageRequest) -> Values:
    return {
        "verb": "read",
        "label": label,
        "kind": request.kind.value,
        "asked": request.asked,
        "page": str(request.page),
    }


def _contents_as_text(passage: PassagePage, documents: Sequence[Values], worry: HandOffWords) -> str:
    lines = [*_lines_if_any(worry.lead), *_lines_if_any(passage.note)]
    number = 0
    for document in documents:
        lines.append(document["title"])
        for section in document["sections"]:
            number += 1
            lines.append(f"  {number}. {section['label']}")
    return "\n".join([*lines, HOW_TO_ASK, *_below(worry.quiet)])


def _clauses_card(passage: PassagePage, worry: HandOffWords) -> Outgoing:
    options = _page_buttons(passage)
    page = f"Page {passage.page} of {passage.pages}" if passage.pages > 1 else ""
    text = _clauses_as_text(passage, page, options, worry)
    values = {
        "hand_off": with_phone_links(worry.lead),
        "quiet_hand_off": with_phone_links(worry.quiet),
        "title": passage.title,
        "note": passage.note,
        "clauses": _clause_values(passage),
        "page": page,
        "options": options,
        "fallback": text,
    }
    last = passage.request.asked if passage.request.kind is PassageKind.WORDING else ""
    return Outgoing("passage", values, text, last)


def _clause_values(passage: PassagePage) -> list[Values]:
    """The clauses, each with its heading unless it stands above already."""
    section = passage.title.partition(": ")[2]
    before = [section, *passage.headings]
    return [
        {"heading": heading if heading != previous else "", "text": quote.text, "source": quote.source}
        for quote, heading, previous in zip(passage.clauses, passage.headings, before, strict=False)
    ]


def _page_buttons(passage: PassagePage) -> list[Values]:
    request = passage.request
    buttons = []
    if passage.page < passage.pages:
        buttons.append(_button("Next page", PassageRequest(request.kind, request.asked, passage.page + 1)))
    if passage.page > 1:
        buttons.append(_button("Previous page", PassageRequest(request.kind, request.asked, passage.page - 1)))
    return [*buttons, _button("Back to the policies", THE_POLICIES)]


def _clauses_as_text(passage: PassagePage, page: str, options: Sequence[Values], worry: HandOffWords) -> str:
    lines = [*_lines_if_any(worry.lead), passage.title, *_lines_if_any(passage.note)]
    for clause in _clause_values(passage):
        lines += [clause["heading"]] if clause["heading"] else []
        lines.append(f'  "{clause["text"]}"\n    {clause["source"]}')
    lines += [page] if page else []
    lines += [f"  {number}. {option['label']}" for number, option in enumerate(options, 1)]
    return "\n".join([*lines, *_below(worry.quiet)])


def _lines_if_any(text: str) -> list[str]:
    """A text and an empty line below it; nothing if there is no text."""
    return [text, ""] if text else []


def _below(text: str) -> list[str]:
    """An empty line and a text below it; nothing if there is no text."""
    return ["", text] if text else []
