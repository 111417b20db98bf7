"""Acknowledging: one exact text, by the person whose card it is, once and for good."""

import asyncio
from dataclasses import replace

import pytest

from bot.campaigns.acknowledge import NOT_YOURS, NOTHING_OF_YOURS, NOTHING_WAITS, TEST, TICK_FIRST
from bot.campaigns.rules.agreement import Agreement
from bot.desk.rules.messages import Outgoing
from bot.evidence.rules.ledger import EventKind
from bot.people.rules.person import Person
from tests.campaigns.campaign_school import (
    ANNA,
    BEN,
    HEAD,
    OFFICE,
    POLICY,
    STATEMENT,
    CampaignSchool,
    clause,
)
from tests.fakes import MONDAY, days

LONGER = (*POLICY.clauses, clause("AUP-4", "Safety", "Report what worries you."))


@pytest.fixture
async def school() -> CampaignSchool:
    """A school whose campaign was opened and let go."""
    school = CampaignSchool()
    await school.open()
    await school.release()
    return school


async def receipts(school: CampaignSchool, person: Person) -> int:
    projection = await school.projection()
    campaign = await school.campaign()
    return len(projection.receipts.get((campaign.id, await school.pseudonym(person)), []))


@pytest.mark.parametrize("word", ["agreement", "My agreement", "policy", "acknowledge", "my receipt"])
async def test_a_word_brings_somebody_their_own_card_with_the_whole_text(school: CampaignSchool, word: str):
    card = await school.write(ANNA, word)

    assert (card.card, card.is_for_asker_only) == ("agreement", True)
    assert card.values["to"] == await school.pseudonym(ANNA)
    assert card.values["due"] == "Monday 27 September 2021"
    assert all(passage.text in card.text for passage in POLICY.clauses)


async def test_acknowledging_gives_a_receipt_with_a_number_and_its_time(school: CampaignSchool):
    receipt = await school.acknowledge(ANNA)

    assert receipt.card == "receipt"
    assert receipt.values["says"] == "Anna acknowledged: Acceptable Use Policy / Agreement, version 1."
    facts = {fact["title"]: fact["value"] for fact in receipt.values["facts"]}
    assert facts["Receipt"] == str(len(await school.events()))
    assert facts["Recorded"] == "Monday 6 September 2021, 09:00 (London)"


async def test_the_entry_holds_the_text_the_words_the_card_and_how_the_person_was_proved(school: CampaignSchool):
    await school.acknowledge(ANNA)

    campaign, pseudonym = await school.campaign(), await school.pseudonym(ANNA)
    (event,) = await school.events(EventKind.ACKNOWLEDGE)
    assert (event.subject, event.actor, event.campaign) == (pseudonym, pseudonym, campaign.id)
    card = event.facts["card"]
    assert isinstance(card, str) and len(card) == 64
    assert event.facts == {
        "document": "AUP",
        "version": campaign.version,
        "label": "1",
        "asked": campaign.asked,
        "statement": STATEMENT,
        "card": card,
        "channel": "test",
    }
    assert event.who == {
        "name": "Anna",
        "email": "anna@school.example",
        "account": "anna",
        "roles": "staff",
        "channel": "test",
        "proof": "demo",
        "conversation": "talk",
    }


async def test_everybody_acknowledged_the_same_card(school: CampaignSchool):
    await school.acknowledge(ANNA)
    await school.acknowledge(BEN)

    first, second = [event.facts["card"] for event in await school.events(EventKind.ACKNOWLEDGE)]
    assert first == second


async def test_pressing_again_gives_the_same_receipt_and_records_nothing(school: CampaignSchool):
    card = await school.press(ANNA, "agreement")
    own = {name: card.values[name] for name in ("campaign", "version", "to")}

    replies = [await school.press(ANNA, "acknowledge", **own, agree="true") for _ in range(3)]

    assert replies[0] == replies[1] == replies[2] == await school.write(ANNA, "my receipt")
    assert await receipts(school, ANNA) == 1


async def test_two_presses_at_once_are_one_acknowledgement(school: CampaignSchool):
    card = await school.press(ANNA, "agreement")
    own = {name: card.values[name] for name in ("campaign", "version", "to")}

    replies = await asyncio.gather(*(school.press(ANNA, "acknowledge", **own, agree="true") for _ in range(2)))

    assert replies[0] == replies[1]
    assert len(await school.events(EventKind.ACKNOWLEDGE)) == 1


async def test_without_the_tick_nothing_is_recorded(school: CampaignSchool):
    assert (await school.acknowledge(ANNA, agree="false")).text == TICK_FIRST
    assert await receipts(school, ANNA) == 0


async def test_a_card_for_somebody_else_records_nothing_and_brings_ones_own(school: CampaignSchool):
    bens = await school.press(BEN, "agreement")

    reply = await school.acknowledge(ANNA, to=bens.values["to"])

    assert (reply.card, reply.values["notice"]) == ("agreement", NOT_YOURS)
    assert reply.values["to"] == await school.pseudonym(ANNA)
    assert await school.events(EventKind.ACKNOWLEDGE) == []


async def test_somebody_who_is_not_asked_gets_no_card_of_their_own(school: CampaignSchool):
    card = await school.press(ANNA, "agreement")
    own = {name: card.values[name] for name in ("campaign", "version", "to")}

    assert (await school.press(OFFICE, "acknowledge", **own, agree="true")).text == NOTHING_OF_YOURS
    assert (await school.write(OFFICE, "agreement")).text == NOTHING_WAITS


async def test_a_card_of_a_campaign_nobody_knows_any_more_records_nothing(school: CampaignSchool):
    assert (await school.acknowledge(ANNA, campaign="old")).text == "I do not know that campaign any more."
    assert (await school.press(ANNA, "acknowledge")).text == "I do not know that campaign any more."
    assert await receipts(school, ANNA) == 0


async def test_a_text_that_was_replaced_is_shown_as_it_is_now_and_nothing_is_recorded(school: CampaignSchool):
    old = await school.press(ANNA, "agreement")
    changed = school.at_version("2", *LONGER)
    await changed.publish()

    reply = await changed.acknowledge(ANNA, version=old.values["version"])

    assert reply.card == "agreement" and "Version 1 was replaced by version 2" in reply.values["notice"]
    assert (await changed.acknowledge(ANNA)).card == "receipt"
    assert await receipts(changed, ANNA) == 1


async def test_a_card_of_a_text_nobody_published_is_not_acknowledged(school: CampaignSchool):
    reply = await school.acknowledge(ANNA, version="0" * 64)

    assert "Version that one was replaced by version 1" in reply.values["notice"]


async def test_a_material_change_asks_people_who_acknowledged_again_and_shows_what_changed(school: CampaignSchool):
    await school.acknowledge(ANNA)
    changed = school.at_version("2", *LONGER)
    await changed.publish("material")

    card = await changed.write(ANNA, "agreement")

    assert card.card == "agreement"
    assert card.values["changes"] == [{"what": "New: 4", "now": "Report what worries you.", "before": ""}]


async def test_after_a_minor_change_an_acknowledgement_still_counts(school: CampaignSchool):
    await school.acknowledge(ANNA)
    changed = school.at_version("2", *LONGER)
    await changed.publish("minor")

    assert (await changed.write(ANNA, "agreement")).card == "receipt"


async def test_changes_that_fit_into_no_message_are_named_without_their_words(school: CampaignSchool):
    await school.acknowledge(ANNA)
    changed = school.at_version("2", *LONGER)
    await changed.publish("material")

    def only_without_words(outgoing: Outgoing) -> bool:
        return not any(change["now"] for change in outgoing.values["changes"])

    changed.fits = only_without_words
    card = await changed.write(ANNA, "agreement")

    assert card.values["changes"] == [{"what": "New: 4", "now": "", "before": ""}]
    assert "Report what worries you." in card.text  # the new words are in the text itself


async def test_once_a_campaign_has_closed_nothing_is_recorded_and_receipts_stay(school: CampaignSchool):
    card = await school.press(ANNA, "agreement")
    await school.acknowledge(BEN)
    await school.press(HEAD, "close")
    own = {name: card.values[name] for name in ("campaign", "version", "to")}

    reply = await school.press(ANNA, "acknowledge", **own, agree="true")

    assert reply.text == "This closed on Monday 6 September 2021, so nothing was recorded. Please ask the office."
    assert (await school.write(ANNA, "agreement")).text == NOTHING_WAITS
    assert (await school.write(BEN, "agreement")).card == "receipt"


async def test_after_a_correction_somebody_may_acknowledge_again(school: CampaignSchool):
    receipt = await school.acknowledge(ANNA)
    number = receipt.values["facts"][0]["value"]
    await school.press(HEAD, "correct", receipt=number, reason="wrong person")

    again = await school.acknowledge(ANNA)

    assert again.card == "receipt" and again.values["facts"][0]["value"] != number


async def test_a_typed_name_is_kept_only_if_the_school_wants_it_and_never_longer_than_a_name():
    for typed_name, kept in ((True, "A" * 100), (False, None)):
        school = CampaignSchool(agreement=Agreement("AUP", "AUP-9", STATEMENT, typed_name=typed_name))
        await school.open()

        await school.acknowledge(ANNA, typed=f" {'A' * 150} ")

        (event,) = await school.events(EventKind.ACKNOWLEDGE)
        assert event.who.get("typed") == kept


async def test_a_test_card_records_nothing(school: CampaignSchool):
    assert (await school.press(ANNA, "acknowledge", test="true", agree="true")).text == TEST
    assert await receipts(school, ANNA) == 0


async def test_a_card_that_waits_is_shown_when_somebody_opens_the_page_and_only_once_it_was_released():
    school = CampaignSchool()
    await school.open()
    assert await school.campaigns.acknowledge.waiting_cards(ANNA) == []

    await school.release()
    (card,) = await school.campaigns.acknowledge.waiting_cards(ANNA)
    assert card == await school.write(ANNA, "agreement")

    await school.acknowledge(ANNA)
    assert await school.campaigns.acknowledge.waiting_cards(ANNA) == []


async def test_a_receipt_of_somebody_erased_names_nobody(school: CampaignSchool):
    await school.acknowledge(ANNA)
    campaign, pseudonym = await school.campaign(), await school.pseudonym(ANNA)
    await school.store.erase(pseudonym, (await school.events())[-1])

    receipt = await school.campaigns.acknowledge.card(campaign, pseudonym)

    assert receipt.text.startswith("Thank you. Somebody whose details were erased acknowledged")


async def test_the_statement_is_the_one_published_with_the_text_whatever_the_files_say_by_now(school: CampaignSchool):
    later = replace(school, agreement=Agreement("AUP", "AUP-9", "Other words."))

    assert (await later.write(ANNA, "agreement")).values["statement"] == STATEMENT


async def test_somebodys_own_last_day_is_on_their_card(school: CampaignSchool):
    newcomer = replace(BEN, id="ne", name="A newcomer", account="new")
    school.roster.everybody += (newcomer,)
    school.go_to(MONDAY + days(14))
    await school.campaigns.duties()["follow_roster"]()

    assert (await school.write(newcomer, "agreement")).values["due"] == "Monday 11 October 2021"


@pytest.mark.parametrize("typed", ["", "   ", "\u2800\u3164", "\ufffd"])
async def test_where_the_school_wants_a_name_it_is_asked_for_again_until_it_is_written(typed: str):
    school = CampaignSchool(agreement=Agreement("AUP", "AUP-9", STATEMENT, typed_name=True))
    await school.open()

    assert (await school.acknowledge(ANNA, typed=typed)).text.startswith("Please type your name first.")
    assert await school.events(EventKind.ACKNOWLEDGE) == []
