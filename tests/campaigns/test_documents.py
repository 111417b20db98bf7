"""One September request with several documents: one card, a receipt for each, one reminder."""

import asyncio
from dataclasses import replace
from datetime import datetime

import pytest

from bot.campaigns.acknowledge import NOT_YOURS, ONE_REPLACED, TICK_ONE_FIRST
from bot.campaigns.pack import scope_of
from bot.campaigns.reminders import plan_reminders
from bot.campaigns.rules.agreement import Agreement
from bot.demo.rehearsal import Rehearsal
from bot.evidence.rules.ledger import EventKind
from bot.outbox.rules.message import MessageKind
from bot.people.rules.conversations import SentMessage
from bot.people.rules.person import Person
from tests.campaigns.campaign_school import ANNA, BEN, HEAD, OFFICE, POLICY, STATEMENT, VERA, CampaignSchool
from tests.campaigns.documents_school import (
    AGREEMENT,
    ALL,
    CONDUCT,
    SAFEGUARDING,
    acknowledge,
    opened_school,
    publish_conduct,
    school_with_documents,
    ticks_of,
    with_conduct,
)
from tests.fakes import MONDAY, NINE, days

READ_CONDUCT = "I have read and understood this document: Code of Conduct."


@pytest.fixture
async def school() -> CampaignSchool:
    return await opened_school()


async def acknowledged(school: CampaignSchool) -> list[str]:
    """The documents that were acknowledged, in the order of the ledger."""
    kinds = (EventKind.ACKNOWLEDGE, EventKind.PAPER)
    return [str(event.facts["document"]) for event in await school.events(*kinds)]


async def test_every_document_is_published_by_its_own_press_with_its_own_digest():
    school = school_with_documents()

    first = await school.publish()
    second = await school.publish()
    third = await school.publish()

    assert "Published: Acceptable Use Policy / Agreement, version 1." in first.text
    assert "Code of Conduct, version 2021, as it is in the policy folder now." in first.text
    assert second.values["document"] == "SG"
    assert third.text.startswith("Published: Safeguarding, part one, version 5.") and third.card == "note"
    events = await school.events(EventKind.PUBLISH)
    assert [event.facts["document"] for event in events] == list(ALL)
    assert len({event.facts["digest"] for event in events}) == 3
    assert [event.facts["statement"] for event in events][:2] == [STATEMENT, READ_CONDUCT]


async def test_a_request_does_not_open_before_all_of_it_is_published():
    school = school_with_documents()
    await school.publish()

    reply = await school.press(HEAD, "campaign")

    assert "Not everything that is asked for is published yet" in reply.text
    assert "Code of Conduct and Safeguarding, part one" in reply.text


async def test_documents_that_are_too_long_together_are_not_published():
    school = school_with_documents(fits=lambda outgoing: len(outgoing.values.get("documents", ())) < 3)

    reply = await school.publish()

    assert "These documents together are too long for a message in Teams" in reply.text
    assert await school.events(EventKind.PUBLISH) == []


async def test_the_request_names_every_text_in_the_ledger_and_is_one_card(school: CampaignSchool):
    (event,) = await school.events(EventKind.OPEN)
    documents = event.facts["documents"]

    assert [document["document"] for document in documents] == list(ALL)  # type: ignore[index]
    assert (event.facts["document"], event.facts["version"]) == ("AUP", documents[0]["version"])  # type: ignore[index]
    assert await school.recipients(MessageKind.AGREEMENT) == ["Anna", "Ben", "The chair", "The headteacher"]


async def test_a_request_for_one_document_is_written_as_it_always_was():
    school = CampaignSchool()
    await school.open()

    (event,) = await school.events(EventKind.OPEN)
    assert "documents" not in event.facts
    campaign = await school.campaign()
    assert campaign.subject.text == campaign.asked[:12] and campaign.key == f"{campaign.id}.{campaign.asked[:12]}"


async def test_the_card_shows_every_text_with_a_tick_of_its_own(school: CampaignSchool):
    card = await school.press(ANNA, "agreement")

    assert card.card == "agreements"
    assert [document["title"] for document in card.values["documents"]] == [
        "Acceptable Use Policy",
        "Code of Conduct",
        "Safeguarding, part one",
    ]
    assert len({document["tick"] for document in card.values["documents"]}) == 3
    sections = [section["id"] for document in card.values["documents"] for section in document["sections"]]
    assert len(sections) == len(set(sections)) > 0
    clauses = [c for document in (POLICY, CONDUCT, SAFEGUARDING) for c in document.clauses]
    assert all(passage.text in card.text for passage in clauses)


async def test_one_press_makes_an_entry_and_a_receipt_for_each_document(school: CampaignSchool):
    reply = await acknowledge(school, ANNA, *ALL)

    events = await school.events(EventKind.ACKNOWLEDGE)
    assert [event.facts["document"] for event in events] == list(ALL)
    assert [event.facts["statement"] for event in events][:2] == [STATEMENT, READ_CONDUCT]
    assert len({event.facts["version"] for event in events}) == 3
    assert len({event.facts["card"] for event in events}) == 1
    assert reply.card == "receipt"
    last = len(await school.events())
    values = [fact["value"] for fact in reply.values["facts"]]
    assert [value.split(",")[0] for value in values] == [
        f"receipt {last - 2}",
        f"receipt {last - 1}",
        f"receipt {last}",
    ]


async def test_what_is_done_is_shown_with_its_receipt_and_only_the_rest_is_asked(school: CampaignSchool):
    card = await acknowledge(school, ANNA, "CC")

    number = len(await school.events())
    assert card.card == "agreements"
    assert [line["text"] for line in card.values["done"]] == [
        f"Code of Conduct, version 2021: receipt {number}, Monday 6 September 2021, 09:00 (London)."
    ]
    assert set(await ticks_of(school, ANNA)) == {"AUP", "SG"}
    done = await acknowledge(school, ANNA, "AUP", "SG")
    assert done.card == "receipt"
    assert (
        done.values["says"] == "Anna acknowledged: Acceptable Use Policy, Code of Conduct and Safeguarding, part one."
    )
    assert await acknowledged(school) == ["CC", "AUP", "SG"]


async def test_nothing_is_recorded_without_a_tick(school: CampaignSchool):
    assert (await acknowledge(school, ANNA)).text == TICK_ONE_FIRST
    assert await acknowledged(school) == []


async def test_the_same_press_again_records_nothing_more(school: CampaignSchool):
    card = await school.press(ANNA, "agreement")
    ticks = dict.fromkeys((await ticks_of(school, ANNA)).values(), "true")
    own = {name: card.values[name] for name in ("campaign", "to")}

    replies = await asyncio.gather(*(school.press(ANNA, "acknowledge", **own, **ticks) for _ in range(4)))

    assert {reply.text for reply in replies} == {replies[0].text}
    assert await acknowledged(school) == list(ALL)


async def test_a_press_that_was_cut_off_half_way_is_completed_by_the_next(school: CampaignSchool):
    ticks = await ticks_of(school, ANNA)
    card = await school.press(ANNA, "agreement")
    own = {name: card.values[name] for name in ("campaign", "to")}
    await school.press(ANNA, "acknowledge", **own, **{ticks["AUP"]: "true"})  # as far as the first press came

    reply = await school.press(ANNA, "acknowledge", **own, **dict.fromkeys(ticks.values(), "true"))

    assert reply.card == "receipt"
    assert await acknowledged(school) == list(ALL)


async def test_somebody_elses_card_records_nothing(school: CampaignSchool):
    card = await school.press(ANNA, "agreement")
    ticks = dict.fromkeys((await ticks_of(school, ANNA)).values(), "true")

    reply = await school.press(BEN, "acknowledge", campaign=card.values["campaign"], to=card.values["to"], **ticks)

    assert reply.values["notice"] == NOT_YOURS
    assert await acknowledged(school) == []


async def test_a_tick_is_for_the_words_that_were_shown(school: CampaignSchool):
    old = dict.fromkeys((await ticks_of(school, ANNA)).values(), "true")
    card = await school.press(ANNA, "agreement")
    changed = with_conduct(school, "2022", "Dress very well.")
    await publish_conduct(changed, "minor")

    reply = await changed.press(ANNA, "acknowledge", campaign=card.values["campaign"], to=card.values["to"], **old)

    assert reply.values["notice"] == ONE_REPLACED
    assert await acknowledged(changed) == []


async def test_a_material_change_asks_again_for_that_document_alone(school: CampaignSchool):
    await acknowledge(school, ANNA, *ALL)
    await acknowledge(school, BEN, "SG")
    before = (await school.campaign()).subject
    changed = with_conduct(school, "2022", "Dress very well.")
    await publish_conduct(changed, "material")

    assert (await changed.campaign()).subject != before
    preview = await changed.press(HEAD, "preview")
    assert "A document has changed since the cards went out" in preview.text
    await changed.release()
    card = await changed.press(ANNA, "agreement")
    assert [document["title"] for document in card.values["documents"]] == ["Code of Conduct"]
    assert [change["what"] for change in card.values["changes"]] == ["Code of Conduct. Changed: 1"]
    assert set(await ticks_of(changed, BEN)) == {"AUP", "CC"}
    assert (await acknowledge(changed, ANNA, "CC")).card == "receipt"


async def test_a_minor_change_asks_nobody_again(school: CampaignSchool):
    await acknowledge(school, ANNA, *ALL)
    changed = with_conduct(school, "2022", "Dress very well.")
    await publish_conduct(changed, "minor")

    assert (await changed.press(ANNA, "agreement")).card == "receipt"


async def test_a_corrected_receipt_asks_for_its_document_again(school: CampaignSchool):
    await acknowledge(school, ANNA, *ALL)
    number = len(await school.events()) - 1  # the code of conduct

    await school.press(HEAD, "correct", receipt=str(number), reason="pressed by mistake")

    assert set(await ticks_of(school, ANNA)) == {"CC"}
    assert (await acknowledge(school, ANNA, "CC")).card == "receipt"
    assert await acknowledged(school) == [*ALL, "CC"]


async def test_reminders_are_one_message_that_names_what_is_left(school: CampaignSchool):
    await acknowledge(school, ANNA, "AUP")
    await acknowledge(school, BEN, "AUP", "SG")
    await acknowledge(school, HEAD, *ALL)
    for message in await school.messages(MessageKind.AGREEMENT):
        await school.store.move(message, message.arrived(SentMessage("test", "chat", "m1"), NINE))
    school.go_to(MONDAY + days(10))  # seven school days before the last day
    await plan_reminders(school.book)

    reminders = await school.messages(MessageKind.NUDGE)
    known = await school.store.everybody_known()
    says = {known[message.recipient].name: (await school.say(message)) for message in reminders}

    texts = {name: reminder.text for name, reminder in says.items() if reminder}
    assert "Waiting for you, by Monday 27 September 2021: Code of Conduct and Safeguarding, part one." in texts["Anna"]
    assert "The Code of Conduct is waiting for you, by Monday 27 September 2021." in texts["Ben"]
    assert "The headteacher" not in texts


async def test_the_summary_counts_each_document_and_all_of_them(school: CampaignSchool):
    await acknowledge(school, ANNA, *ALL)
    await acknowledge(school, BEN, "CC")

    summary = (await school.write(HEAD, "summary")).text
    left = (await school.write(HEAD, "who is left")).text

    assert "1 of 5 have acknowledged everything (20%)." in summary
    assert "Acceptable Use Policy: 1 of 5 (20%)." in summary
    assert "Code of Conduct: 2 of 5 (40%)." in summary
    assert "2021/22, 3 documents: 1 of 5 people have acknowledged (20%); 4 have not yet." in summary
    assert "left: Acceptable Use Policy and Safeguarding, part one" in next(
        line for line in left.splitlines() if line.startswith("- Ben")
    )


async def test_a_signed_sheet_is_an_entry_for_each_document_that_was_left(school: CampaignSchool):
    sheet = {"person": await school.pseudonym(VERA), "witness": await school.pseudonym(OFFICE)}

    reply = await school.press(OFFICE, "record_paper", **sheet, signed=MONDAY.isoformat())

    last = len(await school.events())
    assert reply.text.endswith(f"Receipts {last - 2}, {last - 1} and {last}.")
    assert await acknowledged(school) == list(ALL)
    assert "1 on paper" in (await school.write(HEAD, "summary")).text


async def test_when_it_closes_what_somebody_did_stays_their_receipt(school: CampaignSchool):
    await acknowledge(school, ANNA, "SG")
    await school.press(HEAD, "close")

    card = await school.press(ANNA, "agreement")

    assert (card.card, card.values["says"]) == ("receipt", "Anna acknowledged: Safeguarding, part one.")
    assert "Please ask the office" in card.text


async def test_a_pack_may_show_what_was_published_of_every_document(school: CampaignSchool):
    scope = scope_of(await school.campaign())

    assert {scope.document, *scope.others} == set(ALL)


async def test_no_document_is_asked_for_in_two_requests_at_once(school: CampaignSchool):
    alone = replace(school, agreement=Agreement("CC", "", ""))

    reply = await alone.press(HEAD, "open", due=(MONDAY + days(21)).isoformat(), audience="staff", anyway="true")

    assert "open already" in reply.text


@pytest.mark.parametrize("person", [ANNA, BEN])
async def test_a_test_card_asks_for_everything_and_records_nothing(school: CampaignSchool, person: Person):
    card = await school.press(HEAD, "test")
    ticks = {document["tick"]: "true" for document in card.values["documents"]}

    await school.press(person, "acknowledge", campaign=card.values["campaign"], test="true", **ticks)

    assert len(card.values["documents"]) == len(AGREEMENT.documents)
    assert await acknowledged(school) == []


async def test_the_projection_is_saved_and_read_with_every_document(school: CampaignSchool):
    await acknowledge(school, ANNA, "CC")
    await school.press(HEAD, "correct", receipt=str(len(await school.events())), reason="by mistake")
    projection = await school.projection()
    loaded = projection.fresh()

    loaded.load(projection.dump())

    assert loaded.campaigns == projection.campaigns
    assert loaded.receipts == projection.receipts and loaded.corrections == projection.corrections


async def test_a_rehearsed_september_reads_every_document():
    school = school_with_documents()

    async def move_to(instant: datetime) -> None:
        school.clock.time = instant
        for duty in school.campaigns.duties().values():
            await duty()

    await Rehearsal(school.desk, school.book, move_to).run()

    people = len(await acknowledged(school)) / len(ALL)
    assert people == 5  # the four with an account, and a sheet from the volunteer who has none
    assert (await school.campaign()).closed
