"""Without the headteacher's acknowledgement of exactly this endpoint no question leaves."""

from dataclasses import replace

import pytest

from bot.ask.chooser_consent import CHANGED, ChooserConsent
from bot.ask.chooser_page import ChooserPage
from bot.ask.rules.model_pick import ModelEndpoint
from bot.evidence.rules.ledger import EventKind
from tests.chooser.asking import HEAD, QUESTION, ChoosingSchool, choosing_school
from tests.fakes import TEACHER

ON, OFF = EventKind.CHOOSER_ACKNOWLEDGED, EventKind.CHOOSER_WITHDRAWN


async def entries(at: ChoosingSchool) -> list[EventKind]:
    return [entry.event.kind for entry in await at.store.entries()]


async def asks(at: ChoosingSchool) -> bool:
    before = len(at.at.little.sent)
    await at.write(QUESTION)
    return len(at.at.little.sent) > before


async def test_what_it_has_set_up_stays_off_before_the_headteacher_acknowledges_it():
    async with choosing_school(acknowledged=False) as at:
        assert not await asks(at)

        await at.acknowledge()

        assert await asks(at)


async def test_the_acknowledgement_is_sealed_with_the_endpoint_and_the_person():
    async with choosing_school() as at:
        (entry,) = await at.store.entries_of(ON)

    endpoint = at.at.chooser.endpoint.endpoint
    assert dict(entry.event.facts) == {"address": endpoint.address, "model": endpoint.model}
    assert entry.event.who["account"] == "head" and entry.event.actor


async def test_the_card_says_where_questions_go_and_what_leaves():
    async with choosing_school(acknowledged=False) as at:
        text = (await at.write("chooser", "head")).text

    assert at.at.little.address in text and "What leaves: the text of a question" in text and "It is off" in text


async def test_pressing_twice_is_sealed_once():
    async with choosing_school() as at:
        await at.press("chooser_on", name=(await at.write("chooser", "head")).values["buttons"][0]["name"])

        assert await entries(at) == [ON]


async def test_the_headteacher_switches_it_off_and_on_again():
    async with choosing_school() as at:
        (button,) = (await at.write("chooser", "head")).values["buttons"]
        await at.press(button["verb"])
        assert not await asks(at)

        await at.acknowledge()
        assert await asks(at)
        assert await entries(at) == [ON, OFF, ON]


async def test_switching_off_what_is_off_changes_nothing():
    async with choosing_school(acknowledged=False) as at:
        await at.press("chooser_off")

        assert await entries(at) == []


async def test_nobody_but_the_headteacher_can_acknowledge_or_switch_off():
    async with choosing_school(acknowledged=False) as at:
        (button,) = (await at.write("chooser", "head")).values["buttons"]

        replies = [await at.press(verb, "teacher", name=button["name"]) for verb in ("chooser_on", "chooser_off")]

        assert all("Only the headteacher" in reply.text for reply in replies) and await entries(at) == []


async def test_another_address_or_model_needs_a_new_acknowledgement():
    async with choosing_school() as at:
        endpoint = at.at.chooser.endpoint.endpoint
        for changed in (replace(endpoint, model="other"), ModelEndpoint("https://example.com/v1", endpoint.model)):
            consent = replace(at.consent, endpoint=changed)

            assert await consent.pick(QUESTION, (), "t1") is None
        assert at.at.little.sent == []


async def test_a_button_of_another_endpoint_acknowledges_nothing():
    async with choosing_school(acknowledged=False) as at:
        reply = await at.press("chooser_on", name="0123456789abcdef")

        assert reply.text == CHANGED and await entries(at) == []


async def test_without_an_endpoint_there_is_nothing_to_acknowledge():
    async with choosing_school(acknowledged=False) as at:
        consent = ChooserConsent(at.context)

        assert await consent.pick(QUESTION, (), "t1") is None
        assert [command.name for command in consent.commands()] == ["chooser", "chooser_on", "chooser_off"]


@pytest.mark.parametrize("model", ["another", None])
async def test_the_page_shows_an_acknowledgement_of_what_is_no_longer_set_up_and_takes_it_back(model: str | None):
    async with choosing_school() as at:
        before = at.at.chooser.endpoint.endpoint
        now = ModelEndpoint(before.address, model) if model else None
        page = ChooserPage(ChooserConsent(at.context, at.at.chooser if model else None, now))

        values = await page.values(HEAD)
        await at.press("chooser_off")

        assert not values["is_on"] and f"{before.address}, model {before.model}" in values["earlier"]
        assert "Switch it off" in [button["title"] for button in values["buttons"]]
        assert (await page.values(HEAD))["earlier"] == "" and await entries(at) == [ON, OFF]


async def test_without_an_endpoint_the_page_says_that_nothing_leaves_and_offers_nothing():
    async with choosing_school(acknowledged=False) as at:
        values = await ChooserPage(ChooserConsent(at.context)).values(HEAD)

    assert "No language model is set up" in values["state"]
    assert not (values["buttons"] or values["lines"] or values["use"] or values["who"])


async def test_somebody_who_may_not_decide_sees_where_questions_go_and_gets_no_button():
    async with choosing_school() as at:
        values = await ChooserPage(at.consent).values(TEACHER)

    assert values["is_on"] and values["lines"] and not values["buttons"] and "Only the headteacher" in values["who"]
