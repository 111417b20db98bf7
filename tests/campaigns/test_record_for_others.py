"""Recording for others: signed sheets, pauses and corrections."""

import pytest

from bot.evidence.rules.ledger import EventKind
from bot.outbox.rules.message import DeliveryState, MessageKind
from bot.people.rules.person import Person
from tests.campaigns.campaign_school import ANNA, BEN, CHAIR, HEAD, IT, OFFICE, STATEMENT, VERA, CampaignSchool
from tests.fakes import MONDAY, days


@pytest.fixture
async def school() -> CampaignSchool:
    school = CampaignSchool()
    await school.open()
    await school.release()
    return school


async def sheet(school: CampaignSchool, signatory: Person = VERA, by: Person = OFFICE, **changes: str) -> str:
    """What recording a signed sheet replies."""
    witness = await school.pseudonym(HEAD)
    inputs = {"person": await school.pseudonym(signatory), "signed": MONDAY.isoformat(), "witness": witness, **changes}
    return (await school.press(by, "record_paper", **inputs)).text


async def pause(school: CampaignSchool, person: Person, until: str, by: Person = HEAD) -> str:
    return (await school.press(by, "record_pause", person=await school.pseudonym(person), until=until)).text


async def test_a_signed_sheet_is_recorded_with_its_day_witness_and_reason(school: CampaignSchool):
    assert await sheet(school, reason=" no account ") == (
        "Recorded: the sheet Vera signed on Monday 6 September 2021. Receipt 4."
    )

    (event,) = await school.events(EventKind.PAPER)
    campaign = await school.campaign()
    assert event.facts == {
        "document": "AUP",
        "version": campaign.version,
        "label": "1",
        "asked": campaign.asked,
        "statement": STATEMENT,
        "channel": "test",
        "signed": "2021-09-06",
        "witness": await school.pseudonym(HEAD),
    }
    assert (event.subject, event.actor) == (await school.pseudonym(VERA), await school.pseudonym(OFFICE))
    assert (event.who["name"], event.who["reason"]) == ("Vera", "no account")


async def test_a_reason_is_usually_no_account_and_never_long(school: CampaignSchool):
    await sheet(school)
    await sheet(school, ANNA, reason="x" * 150)

    assert [event.who["reason"] for event in await school.events(EventKind.PAPER)] == ["no account", "x" * 100]


async def test_somebody_whose_sheet_was_recorded_gets_their_receipt(school: CampaignSchool):
    await sheet(school, ANNA)
    assert await school.recipients(MessageKind.PAPER) == ["Anna"]
    (message,) = await school.messages(MessageKind.PAPER)

    receipt = await school.say(message)

    assert receipt is not None and receipt.card == "receipt"
    assert "Anna signed the sheet on Monday 6 September 2021" in receipt.text
    assert "The office recorded your sheet." in receipt.text


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"signed": "2021-09-05"}, "The day on the sheet must be between Monday 6 September 2021 and today"),
        ({"signed": "2021-09-07"}, "The day on the sheet must be between Monday 6 September 2021 and today"),
        ({"signed": ""}, "Please choose a day."),
        ({"witness": ""}, "Please choose a witness other than the person who signed"),
        ({"witness": "nobody"}, "Please choose a witness other than the person who signed"),
        ({"person": "nobody"}, "Please choose somebody who is asked in this campaign"),
        ({"person": ""}, "Please choose somebody who is asked in this campaign"),
    ],
)
async def test_a_sheet_that_makes_no_sense_is_not_recorded(school: CampaignSchool, changes, sentence):
    assert (await sheet(school, **changes)).startswith(sentence)
    assert await school.events(EventKind.PAPER) == []


async def test_nobody_is_their_own_witness(school: CampaignSchool):
    assert "other than the person who signed" in await sheet(school, ANNA, witness=await school.pseudonym(ANNA))


async def test_nobody_acknowledges_twice(school: CampaignSchool):
    await school.acknowledge(ANNA)
    await sheet(school)

    assert await sheet(school, ANNA) == "Anna has acknowledged already; nothing was changed."
    assert await sheet(school) == "Vera has acknowledged already; nothing was changed."
    assert len(await school.events(EventKind.PAPER)) == 1


async def test_no_sheet_is_recorded_once_the_campaign_has_closed(school: CampaignSchool):
    await school.press(HEAD, "close")
    campaign = await school.campaign()

    assert (await sheet(school, campaign=campaign.id)).startswith("That campaign closed on Monday 6 September 2021")


async def test_the_form_offers_everybody_who_has_not_acknowledged_and_all_staff_as_witnesses(school: CampaignSchool):
    await school.acknowledge(ANNA)

    form = await school.write(OFFICE, "record paper")

    assert {choice["title"] for choice in form.values["people"]} == {"Ben", "The chair", "The headteacher", "Vera"}
    assert len(form.values["staff"]) == 7
    assert form.values["witness"] == await school.pseudonym(OFFICE)


async def test_somebody_who_is_paused_is_sent_nothing_and_no_reason_is_kept(school: CampaignSchool):
    reply = await pause(school, ANNA, "2021-09-17")

    assert reply.startswith("Anna is sent nothing until Friday 17 September 2021; nobody else is told")
    (event,) = await school.events(EventKind.PAUSE)
    assert (event.facts, event.who) == ({"until": "2021-09-17"}, {})
    assert await school.recipients(MessageKind.AGREEMENT) == ["Ben", "The chair", "The headteacher"]


async def test_a_pause_takes_back_only_what_was_not_sent(school: CampaignSchool):
    messages = await school.store.messages(MessageKind.AGREEMENT, recipient=await school.pseudonym(ANNA))
    await school.store.move(messages[0], messages[0].leased("a process", school.clock()))

    await pause(school, ANNA, "2021-09-17")

    (kept,) = await school.store.messages(MessageKind.AGREEMENT, recipient=await school.pseudonym(ANNA))
    assert kept.state is DeliveryState.SENDING


async def test_after_a_pause_there_are_ten_working_days(school: CampaignSchool):
    await pause(school, ANNA, "2021-09-17")
    school.go_to(MONDAY + days(14))

    assert (await school.write(ANNA, "agreement")).values["due"] == "Friday 1 October 2021"


async def test_a_pause_may_end_earlier_than_was_said(school: CampaignSchool):
    await pause(school, ANNA, "2021-12-01")
    await pause(school, ANNA, "2021-09-06")

    school.go_to(MONDAY + days(1))
    await school.campaigns.duties()["plan_cards"]()
    assert "Anna" in await school.recipients(MessageKind.AGREEMENT)


@pytest.mark.parametrize(
    ("inputs", "sentence"),
    [
        ({"until": "2021-09-05"}, "The pause must end today or later; nothing was changed."),
        ({"until": ""}, "Please choose a day. Nothing was changed."),
        ({"person": "nobody"}, "Please choose a person; nothing was changed."),
    ],
)
async def test_a_pause_that_makes_no_sense_is_not_set(school: CampaignSchool, inputs, sentence):
    own = {"person": await school.pseudonym(ANNA), "until": "2021-09-17"}

    assert (await school.press(HEAD, "record_pause", **{**own, **inputs})).text == sentence
    assert await school.events(EventKind.PAUSE) == []


async def test_a_corrected_receipt_does_not_count_and_stays_in_the_evidence(school: CampaignSchool):
    await sheet(school)

    reply = await school.press(HEAD, "correct", receipt=" 4 ", reason="the wrong Vera")

    assert reply.text == "Receipt 4 no longer counts. It stays in the evidence, with the correction beside it."
    (event,) = await school.events(EventKind.CORRECT)
    assert (event.facts, event.who) == ({"entry": 4}, {"reason": "the wrong Vera"})
    assert len(await school.events(EventKind.PAPER)) == 1
    assert await sheet(school) == "Recorded: the sheet Vera signed on Monday 6 September 2021. Receipt 6."


@pytest.mark.parametrize(
    ("receipt", "reason", "sentence"),
    [
        ("4", " ", "Please say in a few words what was wrong; nothing was changed."),
        ("3", "wrong", "There is no receipt with that number; nothing was changed."),
        ("", "wrong", "There is no receipt with that number; nothing was changed."),
    ],
)
async def test_a_correction_needs_a_receipt_and_a_reason(school: CampaignSchool, receipt, reason, sentence):
    await sheet(school)

    assert (await school.press(HEAD, "correct", receipt=receipt, reason=reason)).text == sentence
    assert await school.events(EventKind.CORRECT) == []


async def test_a_receipt_is_corrected_once(school: CampaignSchool):
    await sheet(school)
    await school.press(HEAD, "correct", receipt="4", reason="wrong")

    assert "no receipt with that number" in (await school.press(HEAD, "correct", receipt="4", reason="wrong")).text


@pytest.mark.parametrize(("word", "card"), [("pause", "pause"), ("correct", "correction"), ("paper", "paper")])
async def test_each_word_brings_its_form(school: CampaignSchool, word: str, card: str):
    assert (await school.write(HEAD, word)).card == card


@pytest.mark.parametrize("person", [ANNA, BEN, IT, CHAIR], ids=["teacher", "colleague", "IT lead", "chair"])
@pytest.mark.parametrize("verb", ["paper", "record_paper", "pause", "record_pause", "correcting", "correct"])
async def test_nobody_else_records_anything(school: CampaignSchool, person: Person, verb: str):
    before = await school.events()

    assert (await school.press(person, verb)).text.startswith("Only the headteacher")
    assert await school.events() == before


async def test_the_office_records_sheets_and_nothing_else(school: CampaignSchool):
    assert (await sheet(school, by=OFFICE)).startswith("Recorded")
    assert (await pause(school, ANNA, "2021-09-17", by=OFFICE)).startswith("Only the headteacher")


async def test_pressing_for_the_same_pause_again_records_nothing_more(school: CampaignSchool):
    first = await pause(school, ANNA, "2021-10-01")

    assert await pause(school, ANNA, "2021-10-01") == first
    assert len(await school.events(EventKind.PAUSE)) == 1
    await pause(school, ANNA, "2021-10-02")
    assert len(await school.events(EventKind.PAUSE)) == 2
