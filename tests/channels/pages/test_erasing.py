"""Erasing somebody who has left, on the page People."""

import json
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bot.evidence.context import details
from bot.evidence.erase import GOES, STAYS
from bot.evidence.rules.ledger import EventKind, verify
from bot.people.rules.permissions import Permission, may
from bot.people.rules.person import Person, Role
from bot.settings import Settings
from tests.channels.pages.pages_school import NOW, PagesSchool, later, pages_school
from tests.channels.pages.test_school_pages import ROLES, person
from tests.conftest import settings_with

pytestmark = pytest.mark.asyncio(loop_scope="module")
LEFT = Person("gone", 'Gone <b>"Person"</b>', "gone@school.example", "gone-account", frozenset({Role.STAFF}))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def school(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[PagesSchool]:
    settings: Settings = settings_with(tmp_path_factory.mktemp("erasing") / "data")
    async with pages_school(settings) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="module")
async def at(school: PagesSchool) -> PagesSchool:
    """The school, with a receipt of somebody who is not on its staff list."""
    school.clock.move_to(NOW)
    context = school.server.staffroom.books.context
    pseudonym = await context.pseudonym(LEFT)
    facts = {"campaign": "", "once": pseudonym}
    await context.write(EventKind.WITHDRAW, f"left/{pseudonym}", subject=pseudonym, facts=facts, who=details(LEFT))
    return school


async def pseudonym(at: PagesSchool) -> str:
    return await at.server.staffroom.books.context.store.pseudonym_of(LEFT.id)


async def test_the_confirmation_names_what_goes_and_what_stays_and_nothing_is_erased_yet(at: PagesSchool):
    await at.sign_in("demo-head")

    asked = await at.press(
        await at.get("people"), "people", "Show what would be erased", **{"in:person": await pseudonym(at)}
    )

    assert GOES in asked.text and STAYS in asked.text and "This cannot be undone." in asked.text
    assert "Gone &lt;b&gt;" in asked.text and "<b>" not in asked.text
    assert await pseudonym(at)


async def test_the_press_takes_every_detail_away_and_the_ledger_still_verifies(at: PagesSchool):
    await at.sign_in("demo-it")
    was = await pseudonym(at)
    asked = await at.press(await at.get("people"), "people", "Show what would be erased", **{"in:person": was})

    done = await at.press(asked, "people", "Erase Gone &lt;b&gt;&#34;Person&#34;&lt;/b&gt; for good")

    store = at.server.staffroom.books.context.store
    entries = await store.entries()
    assert "Erased: Staffroom has no details of" in done.text and "backups" in done.text
    assert not await pseudonym(at) and await store.known([was]) == {}
    assert verify(entries).number == len(entries)
    assert all(entry.event.who == {} for entry in entries if entry.event.subject == was)
    assert (entries[-1].event.kind, entries[-1].event.subject) == (EventKind.ERASE, was)


async def test_erasing_needs_a_sign_in_of_the_last_five_minutes(at: PagesSchool):
    await at.sign_in("demo-head")
    asked = await at.press(
        await at.get("people"), "people", "Show what would be erased", **{"in:person": await pseudonym(at)}
    )
    later(at, minutes=6)

    refused = await at.press(asked, "people", "Erase Gone &lt;b&gt;&#34;Person&#34;&lt;/b&gt; for good")

    assert refused.status == 401 and "within the last five minutes" in refused.text
    assert await pseudonym(at)


@pytest.mark.parametrize("account", ROLES)
async def test_only_those_of_the_permission_table_can_erase(at: PagesSchool, account: str):
    await at.sign_in(account)
    own = await at.get("today")
    is_allowed = may(person(at, account), Permission.ERASE, NOW.date())

    await at.post("people", {"csrf": own.csrf, "press": _press("erase_person", person=await pseudonym(at))})

    assert (not await pseudonym(at)) is is_allowed
    assert ("Erase somebody who has left" in (await at.get("people")).text) is is_allowed


async def test_nobody_on_the_staff_list_and_nobody_unknown_can_be_chosen(at: PagesSchool):
    await at.sign_in("demo-head")
    context = at.server.staffroom.books.context
    on_the_list = await context.pseudonym(context.roster.people()[0])
    page = await at.get("people")

    assert on_the_list not in page.text and LEFT.id in page.text
    for chosen in (on_the_list, LEFT.id, "nobody", ""):
        answer = await at.post("people", {"csrf": page.csrf, "press": _press("erase_person", person=chosen)})
        assert "Please choose somebody who is not on the staff list any more" in answer.text
    assert await context.store.known([on_the_list])


def _press(verb: str, **data: str) -> str:
    return json.dumps({"verb": verb, "data": data, "takes_fields": False})
