"""The language model's part of the page Settings: what leaves for where, and the headteacher's word on it."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio

from bot.ask.chooser_consent import CHANGED, acknowledged_endpoint, consent_entries
from bot.ask.rules.model_pick import Option
from bot.chooser.answer import Shape
from bot.chooser.chooser import ModelChooser
from bot.chooser.counts import Counts, write_counts
from bot.evidence.rules.ledger import Entry, EventKind
from bot.settings import ChooserSettings
from tests.channels.pages.pages_school import NOW, Answer, PagesSchool, button, later, pages_school
from tests.channels.pages.settings_school import form_of
from tests.conftest import settings_with
from tests.standins.chooser import MODEL, REGION, LittleChooser, little_chooser

ACKNOWLEDGE, SWITCH_OFF = "I acknowledge this endpoint", "Switch it off"
ON, OFF = EventKind.CHOOSER_ACKNOWLEDGED, EventKind.CHOOSER_WITHDRAWN
pytestmark = pytest.mark.asyncio(loop_scope="module")
OPTIONS = (Option("parking", "Cars."), Option("lunch", "Meals."))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def little() -> AsyncIterator[LittleChooser]:
    async with little_chooser() as opened:
        yield opened


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def school(little: LittleChooser, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[PagesSchool]:
    chooser = ChooserSettings(little.address, MODEL, None, is_identity=False)
    settings = replace(settings_with(tmp_path_factory.mktemp("model") / "data"), chooser=chooser)
    async with pages_school(settings) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="module")
async def at(school: PagesSchool) -> PagesSchool:
    """The school with the model switched off, and the headteacher signed in."""
    school.clock.move_to(NOW)
    page = await school.sign_in("demo-head")
    await school.post("settings", {"csrf": page.csrf, "press": button("chooser_off")})
    return school


async def part(at: PagesSchool) -> Answer:
    """The language model's part of the page, with the token of the page's forms."""
    return form_of(await at.get("settings"), "language-model")


async def words_on(at: PagesSchool) -> list[Entry]:
    """Every acknowledgement and withdrawal of the school, in their order."""
    return await consent_entries(at.server.staffroom.books.context.store)


async def is_on(at: PagesSchool) -> bool:
    return acknowledged_endpoint(await words_on(at)) is not None


async def asks(at: PagesSchool, little: LittleChooser) -> bool:
    """Whether an unclear question leaves."""
    before = len(little.sent)
    await at.server.staffroom.chooser.pick("Where may I park?", OPTIONS, "t1")
    return len(little.sent) > before


async def test_the_page_says_what_leaves_for_where_and_that_it_is_off(at: PagesSchool, little: LittleChooser):
    text = (await part(at)).text

    assert f"Where questions go: {little.address}, model {MODEL}." in text
    assert "It is off: nothing is sent there before the headteacher acknowledges it." in text
    assert "What leaves: the text of a question" in text and "of at most 500 times" in text
    assert not await asks(at, little)


async def test_the_headteacher_acknowledges_it_and_switches_it_off_on_the_page(at: PagesSchool, little: LittleChooser):
    answer = await at.press(await part(at), "settings", ACKNOWLEDGE)

    assert "Acknowledged. Unclear questions may now be sent to" in answer.text
    shown = (await part(at)).text
    assert "It is on" in shown and "acknowledged on Monday 7 September 2026" in shown and ACKNOWLEDGE not in shown
    entry = (await words_on(at))[-1]
    assert dict(entry.event.facts) == {"address": little.address, "model": MODEL}
    assert entry.event.who["conversation"] == "pages" and await asks(at, little)

    answer = await at.press(await part(at), "settings", SWITCH_OFF)

    assert "Switched off. No question is sent anywhere." in answer.text and "It is off" in answer.text
    assert [entry.event.kind for entry in (await words_on(at))[-2:]] == [ON, OFF]
    assert not await asks(at, little)


async def test_todays_count_and_the_last_answer_are_shown_as_doctor_says_them(at: PagesSchool, little: LittleChooser):
    await at.sign_in("demo-head")
    await at.press(await part(at), "settings", ACKNOWLEDGE)
    await asks(at, little)
    chooser = at.server.staffroom.chooser.chooser
    assert isinstance(chooser, ModelChooser) and chooser.data
    write_counts(chooser.data, Counts("2026-09-07", 1, Shape.PICK.value, MODEL, REGION))

    text = (await part(at)).text

    assert f"asked {chooser.budget.used} of at most 500 times" in text
    assert "last answer on 2026-09-07: a pick from the list" in text
    assert MODEL in text and REGION in text and "park" not in text


@pytest.mark.parametrize("account", ["demo-office", "demo-it"])
async def test_who_may_not_decide_has_no_button(at: PagesSchool, little: LittleChooser, account: str):
    await at.sign_in("demo-head")
    press = (await part(at)).button(ACKNOWLEDGE)
    page = await at.sign_in(account)

    text = (await part(at)).text
    answer = await at.post("settings", {"csrf": page.csrf, "press": press})

    assert little.address in text and "Only the headteacher" in text and "<button" not in text
    assert "Only the headteacher" in answer.text and not await is_on(at)


async def test_an_acknowledgement_needs_a_sign_in_of_the_last_half_hour_but_switching_off_does_not(
    at: PagesSchool, little: LittleChooser
):
    await at.sign_in("demo-head")
    page = await part(at)
    later(at, minutes=31)

    refused = await at.press(page, "settings", ACKNOWLEDGE)

    assert "within the last 30 minutes" in refused.text and not await is_on(at)

    await at.sign_in("demo-head")
    await at.press(await part(at), "settings", ACKNOWLEDGE)
    assert await is_on(at)
    later(at, minutes=45)
    await at.press(await part(at), "settings", SWITCH_OFF)

    assert not await is_on(at)


@pytest.mark.parametrize("name", ["", "0123456789abcdef", "x" * 500])
async def test_a_button_that_names_another_endpoint_changes_nothing(at: PagesSchool, little: LittleChooser, name: str):
    page = await at.sign_in("demo-head")

    answer = await at.post("settings", {"csrf": page.csrf, "press": button("chooser_on", name=name)})

    assert CHANGED in answer.text and not await is_on(at)
