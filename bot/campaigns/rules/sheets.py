"""What the paper sheets show: one for each person to sign, with the whole text."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.campaigns.rules.agreement import Agreement
from bot.campaigns.rules.campaign import Campaign
from bot.campaigns.rules.standing import Signatory
from bot.campaigns.rules.versions import Version
from bot.school.rules.calendar import written
from bot.school.rules.documents import cited_as, listed


def sheets(version: Version, campaign: Campaign, agreement: Agreement, people: Sequence[Signatory]) -> dict[str, Any]:
    """What the page "sheet" shows: one sheet for each person, the whole text word for word on each."""
    return {
        "title": version.title,
        "label": version.label,
        "digest": version.digest[:12],
        "campaign": campaign.id,
        "year": campaign.year,
        "statement": agreement.statement,
        "sections": _sections(version, agreement),
        "people": [_person(person, campaign) for person in people],
    }


def sheets_for_several(
    texts: Mapping[str, tuple[Version, Agreement]], campaign: Campaign, people: Sequence[Signatory]
) -> dict[str, Any]:
    """What the page "sheet_documents" shows: one sheet for each person, with every text that is left to them.

    `texts` are the documents' texts, and how each is asked for, by document.
    """
    documents = {id: _document(version, agreement) for id, (version, agreement) in texts.items()}
    return {
        "title": listed([document["title"] for document in documents.values()]),
        "campaign": campaign.id,
        "year": campaign.year,
        "people": [
            {**_person(person, campaign), "documents": [documents[item.document] for item in person.left]}
            for person in people
        ],
    }


def _document(version: Version, agreement: Agreement) -> dict[str, Any]:
    return {
        "title": version.title,
        "label": version.label,
        "digest": version.digest[:12],
        "statement": agreement.statement,
        "sections": _sections(version, agreement),
    }


def _sections(version: Version, agreement: Agreement) -> list[dict[str, Any]]:
    """The whole text, heading by heading, but for the clause with the statement, which comes last."""
    sections = [
        (heading, [passage for passage in passages if passage.id != agreement.clause])
        for heading, passages in version.sections
    ]
    return [
        {
            "heading": heading,
            "clauses": [{"ref": cited_as(passage.ref, passage.id), "text": passage.text} for passage in passages],
        }
        for heading, passages in sections
        if passages
    ]


def _person(person: Signatory, campaign: Campaign) -> dict[str, str]:
    code = f"{campaign.id}-{person.pseudonym[:6]}"
    return {"name": person.name, "due": written(person.due), "code": code}
