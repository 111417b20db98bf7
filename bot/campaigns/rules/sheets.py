"""What the paper sheets show: one for each person to sign, with the whole text."""

from collections.abc import Sequence
from typing import Any

from bot.campaigns.rules.agreement import Agreement
from bot.campaigns.rules.campaign import Campaign
from bot.campaigns.rules.standing import Signatory
from bot.campaigns.rules.versions import Version
from bot.school.rules.calendar import written
from bot.school.rules.documents import cited_as


def sheets(version: Version, campaign: Campaign, agreement: Agreement, people: Sequence[Signatory]) -> dict[str, Any]:
    """What the page "sheet" shows: one sheet for each person, the whole text word for word on each."""
    sections = [
        (heading, [passage for passage in passages if passage.id != agreement.clause])
        for heading, passages in version.sections
    ]
    return {
        "title": version.title,
        "label": version.label,
        "digest": version.digest[:12],
        "campaign": campaign.id,
        "year": campaign.year,
        "statement": agreement.statement,
        "sections": [
            {
                "heading": heading,
                "clauses": [{"ref": cited_as(passage.ref, passage.id), "text": passage.text} for passage in passages],
            }
            for heading, passages in sections
            if passages
        ],
        "people": [
            {
                "name": person.name,
                "due": written(person.due),
                "code": f"{campaign.id}-{person.pseudonym[:6]}",
            }
            for person in people
        ],
    }
