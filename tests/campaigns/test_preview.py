"""The preview names everybody: what goes to them and when, or why nothing does."""

import pytest

from bot.campaigns.preview import next_messages, preview
from bot.campaigns.rules.preview import Line
from bot.outbox.rules.message import MessageKind
from bot.people.rules.conversations import SentMessage
from tests.campaigns.campaign_school import ANNA, BEN, CHAIR, HEAD, POLICY, VERA, CampaignSchool, clause
from tests.fakes import MONDAY, NINE, days

LONGER = (*POLICY.clauses, clause("AUP-4", "Safety", "Report what worries you."))
REMINDERS = "reminders on Thu 16 Sep, Wed 22 Sep, Fri 24 Sep, Mon 4 Oct, Mon 11 Oct, Mon 18 Oct"


@pytest.fixture
async def school() -> CampaignSchool:
    school = CampaignSchool()
    await school.open()
    return school


async def lines(school: CampaignSchool) -> dict[str, Line]:
    shown = await preview(school.book, await school.campaign())
    return {line.name: line for line in shown.lines}


async def test_before_send_everybody_waits_for_one_press(school: CampaignSchool):
    shown = await lines(school)

    assert shown["Anna"] == Line(
        "Anna",
        gets=True,
        what="the card on Monday 6 September 2021 at 09:00, to acknowledge by Monday 27 September 2021; while it is "
        f"open, {REMINDERS}",
        waits=True,
    )
    assert shown["Vera"] == Line("Vera", gets=False, what="has no account here, so on paper")


async def test_each_reason_why_nothing_goes_to_somebody_is_given(school: CampaignSchool):
    await school.release()
    await school.acknowledge(ANNA)
    await school.press(BEN, "ask_head", question="Why?")
    await school.press(HEAD, "record_pause", person=await school.pseudonym(CHAIR), until="2021-10-01")
    school.roster.everybody = tuple(person for person in school.roster.everybody if person is not VERA)
    head = (await school.store.messages(MessageKind.AGREEMENT, recipient=await school.pseudonym(HEAD)))[0]
    await school.store.move(head, head.unreachable("has removed it"))

    assert {name: (line.gets, line.what) for name, line in (await lines(school)).items()} == {
        "Anna": (False, "has acknowledged already"),
        "Ben": (False, "waits for an answer to a question"),
        "The chair": (False, "is paused"),
        "Vera": (False, "does not work here any more"),
        "The headteacher": (False, "cannot be reached here"),
    }


async def test_once_a_card_came_the_reminders_are_what_is_left(school: CampaignSchool):
    await school.release()
    card = (await school.store.messages(MessageKind.AGREEMENT, recipient=await school.pseudonym(ANNA)))[0]
    await school.store.move(card, card.arrived(SentMessage("test", "chat", "m1"), NINE))
    school.go_to(MONDAY + days(1))

    line = (await lines(school))["Anna"]

    assert line.what == f"has the card since Monday 6 September 2021; while it is open, {REMINDERS}"
    assert (line.gets, line.waits) == (True, False)


async def test_what_comes_next_for_somebody_is_one_card_and_one_reminder(school: CampaignSchool):
    await school.release()

    coming = await next_messages(school.book, await school.campaign())

    assert coming[await school.pseudonym(ANNA)].endswith("09:00; next reminder on Thu 16 Sep")
    assert coming[await school.pseudonym(VERA)] == "has no account here, so on paper"


async def test_the_preview_says_the_very_words(school: CampaignSchool):
    words = (await preview(school.book, await school.campaign())).words

    assert words["The card begins"].startswith("Our Acceptable Use Policy for 2021/22. It takes about ten minutes")
    assert "by [their last day]" in words["A reminder says"]
    assert "After [a later day] I will tell the head" in words["The last one says"]


async def test_a_changed_policy_is_announced_above_everything(school: CampaignSchool):
    await school.release()
    changed = school.at_version("2", *LONGER)
    await changed.publish()

    shown = await preview(changed.book, await changed.campaign())

    assert shown.notice == ("The policy has changed since the cards went out: version 2 is asked of everybody again.")
    assert shown.is_waiting and not shown.is_under_way


async def test_somebody_erased_is_counted_and_not_named(school: CampaignSchool):
    await school.store.erase(await school.pseudonym(ANNA), (await school.events())[-1])

    assert (await lines(school))["Somebody whose details were erased"].what == "does not work here any more"
