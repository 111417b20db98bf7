"""A small school whose September request holds three documents; two of them have no words of their own to agree to."""

from dataclasses import replace

from bot.campaigns.rules.agreement import Agreement, AskedDocument
from bot.desk.rules.messages import Outgoing
from bot.people.rules.person import Person
from bot.school.rules.documents import Document
from tests.campaigns.campaign_school import HEAD, STATEMENT, CampaignSchool, clause
from tests.fakes import MONDAY, days

CONDUCT = Document("CC", "Code of Conduct", "Code of Conduct", "2021", None, (clause("CC-1", "Dress", "Dress well."),))
SAFEGUARDING = Document(
    "SG", "Safeguarding, part one", "Safeguarding", "5", MONDAY + days(90), (clause("SG-1", "", "Tell somebody."),)
)
AGREEMENT = Agreement("AUP", "AUP-9", STATEMENT, others=(AskedDocument("CC"), AskedDocument("SG")))
ALL = ("AUP", "CC", "SG")


def school_with_documents(**changes: object) -> CampaignSchool:
    """The school before anything is published."""
    fields = {"others": (CONDUCT, SAFEGUARDING), "agreement": AGREEMENT, **changes}
    return CampaignSchool(**fields)  # type: ignore[arg-type]


async def opened_school(**changes: object) -> CampaignSchool:
    """The school once everything is published, opened and let go."""
    school = school_with_documents(**changes)
    for _ in ALL:
        await school.publish()
    await school.open()
    await school.release()
    return school


def with_conduct(school: CampaignSchool, version: str, text: str) -> CampaignSchool:
    """The same school, once the file of its code of conduct says something else."""
    conduct = replace(CONDUCT, version=version, clauses=(clause("CC-1", "Dress", text),))
    return replace(school, others=(conduct, SAFEGUARDING))


async def ticks_of(school: CampaignSchool, person: Person) -> dict[str, str]:
    """The ticks on somebody's own card, by document."""
    card = await school.press(person, "agreement")
    titles = {"Acceptable Use Policy": "AUP", "Code of Conduct": "CC", "Safeguarding, part one": "SG"}
    return {titles[document["title"]]: document["tick"] for document in card.values["documents"]}


async def acknowledge(school: CampaignSchool, person: Person, *documents: str) -> Outgoing:
    """What pressing Acknowledge on somebody's own card replies, once these documents are ticked."""
    card = await school.press(person, "agreement")
    ticks = await ticks_of(school, person)
    own = {name: card.values[name] for name in ("campaign", "to")}
    return await school.press(person, "acknowledge", **own, **{ticks[document]: "true" for document in documents})


async def publish_conduct(school: CampaignSchool, weight: str) -> None:
    """Publishes the code of conduct as its file says now."""
    await school.press(HEAD, "publish", weight=weight, document="CC")
