"""Publishing: a text becomes a version, word for word, and a changed one is asked for again if it is material."""

from dataclasses import replace

import pytest

from bot.campaigns.publish import ASK_WEIGHT, ASKED_AGAIN, TOO_LONG, publish, text_to_publish
from bot.campaigns.rules.versions import Change, Weight, frozen
from bot.errors import BadInput, LedgerMoved, NotAllowed
from bot.evidence.rules.ledger import EventKind
from tests.campaigns.campaign_school import ANNA, HEAD, IT, POLICY, STATEMENT, BusyTexts, CampaignSchool, clause

NEW_CLAUSE = clause("AUP-4", "Safety", "Report what worries you.")
LONGER = (*POLICY.clauses, NEW_CLAUSE)


@pytest.fixture
def school() -> CampaignSchool:
    return CampaignSchool()


async def test_a_first_text_is_published_word_for_word_with_the_words_to_acknowledge(school: CampaignSchool):
    reply = await school.publish("minor")

    version = frozen(POLICY)
    assert reply.text == f"Published: Acceptable Use Policy / Agreement, version 1. Text {version.digest[:12]}."
    assert await school.store.version(version.digest) == version
    (event,) = await school.events(EventKind.PUBLISH)
    assert event.facts == {
        "document": "AUP",
        "digest": version.digest,
        "label": "1",
        "weight": "material",  # a first text always is
        "title": "Acceptable Use Policy / Agreement",
        "statement": STATEMENT,
    }
    assert event.who["name"] == "The headteacher"


async def test_the_same_text_is_published_once(school: CampaignSchool):
    await school.publish()

    assert "is published already, word for word" in (await school.publish()).text
    assert len(await school.events()) == 1


async def test_the_form_says_what_changed(school: CampaignSchool):
    assert (await school.write(IT, "publish")).values["is_first"]
    await school.publish()
    changed = school.at_version("2", *LONGER)

    form = await changed.write(HEAD, "Publish!")

    assert (form.card, form.values["is_first"], form.values["is_change"]) == ("publishing", False, True)
    assert [change["what"] for change in form.values["changes"]] == ["New: 4"]


@pytest.mark.parametrize("person", [ANNA], ids=["teacher"])
async def test_only_the_headteacher_and_the_it_lead_publish(school: CampaignSchool, person):
    for reply in (await school.press(person, "publish"), await school.write(person, "publish")):
        assert reply.text.startswith("Only the headteacher (or the deputy standing in) and the IT lead can publish")
    with pytest.raises(NotAllowed):
        await publish(school.book, person, None)
    assert await school.events() == []


@pytest.mark.parametrize(("weight", "is_asked_again"), [("material", True), ("minor", False), ("", True)])
async def test_a_material_change_is_asked_again_of_everybody_once_it_was_released(school, weight, is_asked_again):
    await school.open()
    await school.release()
    changed = school.at_version("2", *LONGER)

    reply = await changed.publish(weight)

    assert reply.text.endswith(ASKED_AGAIN) is is_asked_again
    campaign = await changed.campaign()
    assert (campaign.label, campaign.asked == campaign.version) == ("2", is_asked_again)


async def test_at_the_command_line_a_change_needs_to_be_called_material_or_minor(school: CampaignSchool):
    await publish(school.book, IT, None)
    changed = school.at_version("2", *LONGER)

    with pytest.raises(BadInput, match=ASK_WEIGHT[:20]):
        await publish(changed.book, IT, None)
    assert (await publish(changed.book, IT, Weight.MINOR)).label == "2"


async def test_differences_come_with_the_text_to_publish(school: CampaignSchool):
    assert (await text_to_publish(school.book))[1] is None
    await school.publish()

    _, differences = await text_to_publish(school.at_version("2", *LONGER).book)

    assert differences is not None and [difference.change for difference in differences] == [Change.ADDED]


async def test_a_text_that_fits_into_no_message_is_not_published(school: CampaignSchool):
    school.fits = lambda outgoing: False

    assert (await school.publish()).text == TOO_LONG.format(channels="Teams")
    assert await school.events() == []


async def test_a_school_without_an_agreement_has_nothing_to_publish():
    school = CampaignSchool(agreement=None)

    assert "This school has no agreement to acknowledge" in (await school.publish()).text


@pytest.fixture
def busy_school(school: CampaignSchool) -> CampaignSchool:
    """A school in which somebody else publishes the same text while one is being kept."""
    return replace(school, texts=BusyTexts(school.store, school.publish))


async def test_of_two_people_who_publish_the_same_text_at_once_one_does(busy_school: CampaignSchool):
    assert "is published already, word for word" in (await busy_school.publish()).text
    assert len(await busy_school.events(EventKind.PUBLISH)) == 1


async def test_publishing_while_something_else_is_recorded_changes_nothing(busy_school: CampaignSchool):
    with pytest.raises(LedgerMoved):
        await publish(busy_school.book, HEAD, Weight.MATERIAL)
    assert len(await busy_school.events(EventKind.PUBLISH)) == 1


async def test_a_text_without_the_words_that_people_agree_to_is_not_published(school: CampaignSchool):
    without = tuple(clause for clause in POLICY.clauses if STATEMENT not in clause.text)
    changed = replace(school, document=replace(POLICY, clauses=without))

    assert "The words that people agree to are not in the text any more" in (await changed.publish()).text
    assert await changed.events(EventKind.PUBLISH) == []
