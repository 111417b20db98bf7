"""Publishing from a terminal, where no desk decides again."""

from datetime import timedelta

from bot.campaigns.rules.versions import Weight
from bot.cli.records import publish_or_decide_again
from bot.evidence.rules.ledger import EventKind
from tests.campaigns.campaign_school import HEAD, CampaignSchool


async def test_a_text_is_published_although_the_clock_went_back():
    school = CampaignSchool()
    await school.publish()
    school.clock.go_on(timedelta(hours=-2))
    changed = school.at_version("2", *school.document.clauses[1:])

    await publish_or_decide_again(changed.book, HEAD, Weight.MINOR)

    kinds = [entry.event.kind for entry in await school.store.entries()]
    assert kinds == [EventKind.PUBLISH, EventKind.CLOCK_WENT_BACK, EventKind.PUBLISH]
