"""The headteacher runs a campaign: opens it, sees what goes out, lets it go, stops it, moves its day, closes it."""

from dataclasses import replace

import pytest

from bot.campaigns.manage import CHANGED, HELD, NOBODY_YET, UNPUBLISHED
from bot.campaigns.rules.campaign import EVERYBODY as EVERY_ROLE
from bot.desk.rules.messages import Outgoing
from bot.evidence.rules.ledger import EventKind
from bot.outbox.rules.message import DeliveryState, MessageKind
from bot.people.rules.person import Person, Role
from bot.school.rules.calendar import Calendar, Period
from tests.campaigns.campaign_school import (
    ANNA,
    CHAIR,
    DUE,
    EVERYBODY,
    HEAD,
    IT,
    POLICY,
    BusyTexts,
    CampaignSchool,
    clause,
)
from tests.fakes import MONDAY, days

LONGER = (*POLICY.clauses, clause("AUP-4", "Safety", "Report what worries you."))
DEPUTY = Person("de", "The deputy", "", "deputy", frozenset({Role.DEPUTY}), delegate_until=MONDAY)


@pytest.fixture
def school() -> CampaignSchool:
    return CampaignSchool()


async def seal(school: CampaignSchool) -> dict[str, str]:
    """What the button Send returns."""
    preview = await school.press(HEAD, "preview")
    return {name: preview.values[name] for name in ("campaign", "digest")}


async def test_before_anything_is_published_no_campaign_can_open(school: CampaignSchool):
    assert (await school.write(HEAD, "open campaign")).text == UNPUBLISHED
    assert (await school.press(HEAD, "open", due=DUE.isoformat())).text == UNPUBLISHED


async def test_while_the_files_are_an_unpublished_draft_no_campaign_can_open(school: CampaignSchool):
    await school.publish()
    changed = school.at_version("2", *LONGER)

    assert (await changed.press(HEAD, "open", due=DUE.isoformat())).text == CHANGED
    assert await changed.events(EventKind.OPEN) == []


@pytest.mark.parametrize("word", ["campaign", "open campaign", "new campaign", "Start campaign!"])
async def test_the_form_asks_everybody_and_gives_three_weeks(school: CampaignSchool, word: str):
    await school.publish()

    form = await school.write(HEAD, word)

    assert form.card == "opening"
    assert (form.values["due"], form.values["audience"]) == ("2021-09-27", "governor,staff,volunteer")
    assert (form.values["warning"], form.values["open_title"]) == ("", "Open")


async def test_a_campaign_asks_everybody_of_its_audience_and_records_how_it_was_opened(school: CampaignSchool):
    campaign = await school.open(DUE, "staff,volunteer")

    asked = {await school.pseudonym(person) for person in EVERYBODY if person.roles & {Role.STAFF, Role.VOLUNTEER}}
    assert (campaign.id, campaign.due, campaign.opened, campaign.people) == ("AUP-2021-1", DUE, MONDAY, asked)
    (event,) = await school.events(EventKind.OPEN)
    assert event.facts["anyway"] is False and event.facts["people"] == sorted(asked)
    assert event.who["name"] == "The headteacher"


async def test_opening_shows_what_would_go_out_and_sends_nothing(school: CampaignSchool):
    await school.publish()

    preview = await school.press(HEAD, "open", due=DUE.isoformat())

    assert (preview.card, preview.values["heading"]) == ("preview", "What goes out next")
    assert preview.values["may_send"] and not preview.values["may_hold"]
    assert await school.messages() == ()


@pytest.mark.parametrize(
    ("inputs", "sentence"),
    [
        ({"due": "2021-09-06"}, "The last day must be in the future. Nothing was opened."),
        ({"due": "soon"}, "Please choose a day. Nothing was changed."),
        ({"audience": "pupil"}, "One of those roles is not known here. Nothing was opened."),
        ({"audience": "safeguarding"}, "Nobody on the staff list has that role. Nothing was opened."),
    ],
)
async def test_a_campaign_that_makes_no_sense_is_not_opened(school: CampaignSchool, inputs, sentence):
    await school.publish()

    assert (await school.press(HEAD, "open", **inputs)).text == sentence
    assert await school.events(EventKind.OPEN) == []


async def test_of_one_policy_only_one_campaign_runs_at_a_time(school: CampaignSchool):
    await school.open()

    assert "is open already; it has to close first" in (await school.press(HEAD, "open")).text
    await school.press(HEAD, "close")
    assert (await school.open()).id == "AUP-2021-2"


async def test_a_policy_whose_review_is_overdue_is_opened_only_anyway_and_that_is_recorded():
    school = CampaignSchool(document=replace(POLICY, review_due=MONDAY - days(1)))
    await school.publish()

    form = await school.press(HEAD, "open", due="2021-10-01", audience="staff")

    assert form.card == "opening" and form.values["open_title"] == "Open anyway"
    assert "should have been reviewed by Sunday 5 September 2021" in form.values["warning"]
    assert (form.values["due"], form.values["audience"]) == ("2021-10-01", "staff")
    await school.press(HEAD, "open", due="2021-10-01", audience="staff", anyway=form.values["anyway"])
    assert [event.facts["anyway"] for event in await school.events(EventKind.OPEN)] == [True]


async def test_send_lets_everybodys_card_go_at_their_working_hours(school: CampaignSchool):
    await school.open()

    reply = await school.release()

    assert reply.text == "Sent. All 4 people will get it during their working hours."
    assert await school.recipients(MessageKind.AGREEMENT) == ["Anna", "Ben", "The chair", "The headteacher"]
    (event,) = await school.events(EventKind.RELEASE)
    assert event.facts["people"] == sorted((await school.campaign()).people)


async def test_to_one_person_the_sentence_is_about_one(school: CampaignSchool):
    await school.open(audience="governor")

    assert (await school.release()).text == "Sent. 1 person will get it during their working hours."


async def test_if_nobody_can_be_written_to_the_reply_says_so():
    autumn = Calendar(terms=(Period(MONDAY - days(60), MONDAY - days(1)),))
    school = CampaignSchool(calendar=autumn)
    await school.open()

    assert (await school.release()).text == NOBODY_YET
    assert await school.messages() == ()


async def test_a_press_on_send_for_what_is_not_so_any_more_shows_what_is_so_now(school: CampaignSchool):
    await school.open()
    shown = await seal(school)
    await school.press(HEAD, "extend", due="2021-10-15")

    again = await school.press(HEAD, "release", **shown)

    assert again.card == "preview" and again.values["digest"] != shown["digest"]
    assert await school.events(EventKind.RELEASE) == [] and await school.messages() == ()


async def test_pressing_send_again_sends_nothing_twice(school: CampaignSchool):
    await school.open()
    shown = await seal(school)
    await school.press(HEAD, "release", **shown)

    assert (await school.press(HEAD, "release", **shown)).card == "preview"
    assert len(await school.events(EventKind.RELEASE)) == 1
    assert len(await school.messages(MessageKind.AGREEMENT)) == 4


async def test_a_text_that_is_published_during_the_press_on_send_is_not_released_unseen(school: CampaignSchool):
    await school.open()
    shown = await seal(school)
    texts = BusyTexts(school.store)
    busy = replace(school, texts=texts)

    async def somebody_publishes_and_somebody_else_looks() -> None:
        await school.at_version("2", *LONGER).publish()
        await busy.projection()

    texts.meanwhile = somebody_publishes_and_somebody_else_looks
    reply = await busy.press(HEAD, "release", **shown)

    assert reply.card == "preview" and reply.values["digest"] != shown["digest"]
    assert await busy.events(EventKind.RELEASE) == []


async def test_a_stop_keeps_back_what_was_not_sent_and_the_preview_brings_it_back(school: CampaignSchool):
    await school.open()
    await school.release()

    assert (await school.write(HEAD, "stop sending")).text == HELD
    cards = await school.messages(MessageKind.AGREEMENT)
    assert [await school.say(card) for card in cards] == [None] * 4
    assert (await school.release()).text.startswith("Sent. All 4 people")


@pytest.mark.parametrize("due", ["2021-09-27", "2021-09-06", "2020-01-01", ""])
async def test_the_last_day_only_moves_to_a_later_one(school: CampaignSchool, due: str):
    await school.open()

    assert (await school.press(HEAD, "extend", due=due)).text.endswith("Nothing was changed.")
    assert (await school.campaign()).due == DUE


async def test_a_moved_last_day_is_the_campaigns_from_then_on(school: CampaignSchool):
    await school.open()

    reply = await school.press(HEAD, "extend", due="2021-10-15")

    assert reply.text == "The last day is now Friday 15 October 2021."
    assert [event.facts for event in await school.events(EventKind.EXTEND)] == [
        {"due": "2021-10-15", "before": "2021-09-27"}
    ]
    assert (await school.campaign()).due.isoformat() == "2021-10-15"


async def test_closing_says_first_how_many_are_left_and_then_counts_them(school: CampaignSchool):
    await school.open()
    await school.release()
    await school.acknowledge(ANNA)

    form = await school.write(HEAD, "close campaign")
    assert form.card == "closing" and form.text.startswith("4 people have not acknowledged version 1 yet.")

    reply = await school.press(HEAD, "close")
    assert reply.text == "The campaign is closed. 1 of 5 are complete; 4 are not."
    (event,) = await school.events(EventKind.CLOSE)
    assert (event.facts["acknowledged"], event.facts["total"], len(event.facts["outstanding"])) == (1, 5, 4)  # type: ignore[arg-type]


@pytest.mark.parametrize("verb", ["release", "hold", "extend", "closing", "close"])
async def test_a_closed_campaign_stays_as_it_is(school: CampaignSchool, verb: str):
    campaign = await school.open()
    await school.press(HEAD, "close")
    before = await school.events()

    reply = await school.press(HEAD, verb, campaign=campaign.id, due="2021-12-01")

    assert reply.text == "That campaign closed on Monday 6 September 2021; nothing was changed."
    assert await school.events() == before


@pytest.mark.parametrize("verb", ["release", "hold", "extend", "close"])
async def test_without_a_campaign_there_is_nothing_to_run(school: CampaignSchool, verb: str):
    assert (await school.press(HEAD, verb)).text == "There is no campaign just now."
    assert (await school.press(HEAD, verb, campaign="old")).text == "I do not know that campaign any more."


async def test_a_test_card_is_for_oneself_and_beside_and_records_nothing(school: CampaignSchool):
    await school.publish()

    card = await school.write(IT, "send me a test")

    assert (card.card, card.is_beside, card.values["is_test"]) == ("agreement", True, True)
    reply = await school.press(IT, "acknowledge", test=card.values["test"], agree="true")
    assert reply.text == "That was a test: nothing was recorded."
    assert len(await school.events()) == 1  # the publication


async def test_before_a_campaign_opens_the_preview_shows_what_would_go_out(school: CampaignSchool):
    await school.publish()

    preview = await school.write(IT, "preview")

    assert preview.values["heading"] == "What would go out" and not preview.values["may_send"]
    assert preview.values["summary"] == "5 people are asked: 4 are written to, 1 is not."


async def test_a_preview_that_fits_into_no_card_comes_with_a_file_that_names_everybody(school: CampaignSchool):
    await school.open()

    def only_without_names(outgoing: Outgoing) -> bool:
        return not any(group["names"] for group in outgoing.values.get("groups", []))

    school.fits = only_without_names
    preview = await school.press(HEAD, "preview")

    assert preview.values["more"] and preview.attachment is not None
    assert preview.attachment.name == "preview.txt"
    assert "Vera: has no account here, so on paper" in preview.attachment.content.decode()


async def test_in_the_demo_that_file_says_so():
    school = CampaignSchool(is_demo=True)
    await school.open()
    school.fits = lambda outgoing: False

    attachment = (await school.press(HEAD, "preview")).attachment

    assert attachment is not None and attachment.name == "DEMO-preview.txt"
    assert attachment.content.startswith(b"DEMO. ")


@pytest.mark.parametrize("verb", ["campaign", "open", "release", "extend", "closing", "close"])
@pytest.mark.parametrize("person", [ANNA, IT, CHAIR], ids=["teacher", "IT lead", "chair"])
async def test_only_the_headteacher_runs_a_campaign(school: CampaignSchool, verb: str, person: Person):
    reply = await school.press(person, verb)

    assert reply.text.startswith("Only the headteacher (or the deputy standing in) can")
    assert await school.events() == []


@pytest.mark.parametrize("verb", ["test", "preview", "hold"])
async def test_the_it_lead_may_look_and_stop_as_well(school: CampaignSchool, verb: str):
    await school.open()

    assert not (await school.press(IT, verb)).text.startswith("Only")
    assert (await school.press(ANNA, verb)).text.startswith("Only the headteacher")


async def test_a_deputy_acting_for_the_headteacher_runs_it_until_their_day():
    school = CampaignSchool(people=(*EVERYBODY, DEPUTY))
    await school.open()
    assert not (await school.press(DEPUTY, "hold")).text.startswith("Only")

    school.go_to(MONDAY + days(1))
    assert (await school.press(DEPUTY, "hold")).text.startswith("Only")


async def test_a_card_that_came_stays_when_the_campaign_is_stopped(school: CampaignSchool):
    await school.open()
    await school.release()

    await school.write(HEAD, "stop")

    assert {card.state for card in await school.messages(MessageKind.AGREEMENT)} == {DeliveryState.DUE}
    assert (await school.acknowledge(ANNA)).card == "receipt"


def test_every_role_of_an_audience_has_a_name_in_the_form():
    assert {role.value for role in EVERY_ROLE} == {"staff", "volunteer", "governor"}
