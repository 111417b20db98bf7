"""What people can ask for: how a campaign is doing, who is left, the evidence as a file, and their own record."""

from dataclasses import replace

import pytest

from bot.campaigns.reports import NO_CHAT_FOR_FILE
from bot.desk.rules.messages import Incoming
from bot.errors import NotAllowed
from bot.evidence.rules.ledger import EventKind
from bot.people.rules.person import Person, Role
from tests.campaigns.campaign_school import ANNA, BEN, CHAIR, EVERYBODY, HEAD, IT, OFFICE, STAFF, CampaignSchool
from tests.fakes import MONDAY, caller, days


@pytest.fixture
async def school() -> CampaignSchool:
    """A school in which Anna has acknowledged on the second day."""
    school = CampaignSchool(remarks=["1 recording is past its day."])
    await school.open()
    await school.release()
    school.go_to(MONDAY + days(1))
    await school.acknowledge(ANNA)
    return school


@pytest.mark.parametrize("word", ["summary", "Status", "How are we doing?"])
async def test_a_summary_adds_up_and_names_whoever_is_left(school: CampaignSchool, word: str):
    summary = await school.write(HEAD, word)

    assert (summary.card, summary.is_for_asker_only) == ("summary", True)
    assert summary.values["heading"] == "Acceptable Use Policy, 2021/22"
    assert summary.values["line"] == "1 of 5 have acknowledged (20%)."
    assert summary.values["sum"] == "5 people = 1 acknowledged + 1 not reachable here + 3 still with time."
    assert [person["name"] for person in summary.values["names"]] == ["Vera", "Ben", "The chair", "The headteacher"]
    assert summary.values["picture"].startswith("data:image/png;base64,")


async def test_a_summary_says_what_else_the_headteacher_should_know(school: CampaignSchool):
    await school.press(BEN, "ask_head", question="Why?")

    notes = [note["text"] for note in (await school.write(HEAD, "summary")).values["notes"]]

    assert notes == [
        "Open since Monday 6 September 2021, due Monday 27 September 2021.",
        "1 person is waiting for an answer from you.",
        "1 recording is past its day.",
    ]


async def test_a_summary_says_how_many_cards_did_not_arrive(school: CampaignSchool):
    anna, ben, *_ = await school.messages()
    await school.store.move(anna, anna.failed("refused"))
    await school.store.move(ben, ben.left_in_doubt("no answer"))

    notes = [note["text"] for note in (await school.write(HEAD, "summary")).values["notes"]]

    assert "Cards: 1 could not be delivered; for 1 it is not known whether they arrived." in notes


async def test_a_summary_prints_the_head_of_the_ledger_for_outsiders_to_keep(school: CampaignSchool):
    summary = await school.write(HEAD, "summary")

    assert summary.values["ledger"] == str(await school.store.head())
    assert summary.text.endswith(f"Ledger {await school.store.head()}")


async def test_many_who_are_left_are_counted_by_role_and_not_named():
    crowd = tuple(Person(f"t{number}", f"Teacher {number}", "", f"a{number}", STAFF) for number in range(12))
    school = CampaignSchool(people=(*EVERYBODY, *crowd))
    await school.open()

    summary = await school.write(HEAD, "summary")

    assert summary.values["names"] == []
    assert summary.values["groups"] == summary.values["by_role"] == "governors: 1, staff: 15, volunteers: 1"


async def test_beyond_a_few_the_card_names_nobody_and_who_is_left_is_a_button(school: CampaignSchool):
    summary = await school.write(HEAD, "summary")

    assert len(summary.values["names"]) == 4
    assert (summary.values["few"], bool(summary.values["by_role"])) == ([], True)


async def test_once_everybody_has_acknowledged_nobody_is_named():
    school = CampaignSchool(people=(HEAD, ANNA))
    await school.open()
    await school.release()
    for person in (HEAD, ANNA):
        await school.acknowledge(person)

    summary = await school.write(HEAD, "summary")

    assert (summary.values["style"], summary.values["names"], summary.values["groups"]) == ("good", [], "")


async def test_after_a_close_the_last_campaign_is_summed_up(school: CampaignSchool):
    await school.press(HEAD, "close")

    summary = await school.write(HEAD, "summary")

    assert summary.values["is_closed"] and summary.values["notes"][0]["text"] == "Closed on Tuesday 7 September 2021."
    page = await school.campaigns.page_values(HEAD)
    assert page == summary.values


async def test_a_year_later_the_summary_says_how_it_was_at_this_point(school: CampaignSchool):
    await school.press(HEAD, "close")
    school.go_to(MONDAY.replace(year=2022))
    await school.open(MONDAY.replace(year=2022, month=10))
    school.go_to(MONDAY.replace(year=2022) + days(1))

    summary = await school.write(HEAD, "summary")

    assert summary.values["last_year"] == "At this point in 2021/22: 1 of 5 (20%)."


async def test_the_page_is_only_for_those_who_may_see_the_summary(school: CampaignSchool):
    assert (await school.campaigns.page_values(CHAIR))["line"].startswith("1 of 5")
    with pytest.raises(NotAllowed):
        await school.campaigns.page_values(ANNA)


async def test_who_is_left_is_listed_by_standing_with_what_comes_next(school: CampaignSchool):
    left = await school.write(HEAD, "Who is left?")

    assert [group["title"] for group in left.values["groups"]] == ["Not reachable here (1)", "Still with time (3)"]
    assert left.values["groups"][0]["people"] == [
        {"name": "Vera", "by": "Mon 27 Sep", "next": "has no account here, so on paper"}
    ]
    (ben,) = [person for person in left.values["groups"][1]["people"] if person["name"] == "Ben"]
    assert ben["next"] == "the card on Tue 7 Sep at 09:00; next reminder on Thu 16 Sep"
    assert "- Ben: by Mon 27 Sep; the card on Tue 7 Sep at 09:00; next reminder on Thu 16 Sep" in left.text


async def test_after_a_close_who_was_left_is_still_shown(school: CampaignSchool):
    await school.press(HEAD, "close")

    left = await school.write(HEAD, "Who is left?")

    assert left.card == "left" and left.values["closed"] == "Closed on Tuesday 7 September 2021."
    assert sum(len(group["people"]) for group in left.values["groups"]) == 4


async def test_those_whom_the_tables_cannot_hold_are_in_a_file_beside_them():
    crowd = tuple(Person(f"t{number}", f"Teacher {number}", "", f"a{number}", STAFF) for number in range(120))
    school = CampaignSchool(people=(HEAD, *crowd))
    await school.open()

    left = await school.press(HEAD, "left")

    shown = sum(len(group["people"]) for group in left.values["groups"])
    assert 20 < shown <= 100 and left.values["more"] == f"and {121 - shown} more: the file has everybody."
    assert left.attachment and left.attachment.name.endswith("who-is-left.txt")
    text = left.attachment.content.decode()
    assert all(f"- Teacher {number}: by" in text for number in range(120))


async def test_the_evidence_comes_as_a_file_for_one_and_that_it_was_made_is_evidence(school: CampaignSchool):
    reply = await school.write(IT, "export")

    assert reply.is_for_asker_only
    assert reply.text == (
        "The evidence for 2021/22 as one file: evidence.zip, not encrypted. "
        f"The ledger's head is now {await school.store.head()}. Keep it: with it anybody can check this pack."
    )
    assert reply.attachment is not None and reply.attachment.content == str(await school.store.head()).encode()
    (event,) = await school.events(EventKind.EXPORT_PREPARED)
    assert (event.actor, event.who["name"]) == (await school.pseudonym(IT), "The IT lead")


async def test_nothing_is_sealed_for_somebody_who_cannot_be_handed_the_file(school: CampaignSchool):
    asked_in_group = Incoming(caller(IT.account), "group", text="export", is_private=False, has_own_chat=False)

    reply = await school.send(asked_in_group)

    assert (reply.text, reply.attachment) == (NO_CHAT_FOR_FILE, None)
    assert await school.events(EventKind.EXPORT_PREPARED) == []


async def test_before_the_first_campaign_there_is_nothing_to_report():
    school = CampaignSchool()

    for word in ("summary", "who is left", "export"):
        assert (await school.write(HEAD, word)).text == "There is no campaign just now."


@pytest.mark.parametrize("word", ["my record", "/record", "What do you know about me?"])
async def test_everybody_may_see_their_own_record_alone(school: CampaignSchool, word: str):
    record = await school.write(ANNA, word)

    assert record.is_for_asker_only
    assert "acknowledged AUP, version 1" in record.text and "Ben" not in record.text


@pytest.mark.parametrize(
    ("word", "allowed"),
    [
        ("summary", {Role.HEAD, Role.CHAIR}),
        ("who is left", {Role.HEAD, Role.CHAIR}),
        ("export", {Role.HEAD, Role.IT}),
    ],
)
async def test_reports_are_for_those_who_answer_for_the_school(school: CampaignSchool, word: str, allowed: set[Role]):
    for person in (HEAD, CHAIR, IT, OFFICE, ANNA):
        reply = await school.write(person, word)

        assert reply.text.startswith("Only the headteacher") is not bool(person.roles & allowed)


async def test_somebody_who_left_without_acknowledging_is_counted_as_such(school: CampaignSchool):
    school.roster.everybody = tuple(
        replace(person, ends=MONDAY) if person is BEN else person for person in school.roster.everybody
    )

    assert "1 left before completing" in (await school.write(HEAD, "summary")).values["sum"]
