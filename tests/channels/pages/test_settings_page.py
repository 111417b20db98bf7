"""The page Settings: contacts, terms, hours and reminders, written to school.toml and counted at once."""

import tomllib
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, time
from html import unescape
from pathlib import Path

import pytest
import pytest_asyncio

from bot.people.rules.permissions import Permission, may
from bot.settings import Settings
from tests.channels.pages.pages_school import NOW, PagesSchool, button, pages_school
from tests.channels.pages.settings_school import TERMS, changes, form_of, save, school_file, shown
from tests.channels.pages.test_school_pages import ROLES, person
from tests.conftest import settings_with
from tests.journeys.policy_files import changed_policies

pytestmark = pytest.mark.asyncio(loop_scope="module")
SLY = '"><script>alert(1)</script> """ ${x}'


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    place = tmp_path_factory.mktemp("settings")
    return replace(settings_with(place / "data"), policies=changed_policies(place / "policies", {}))


@pytest.fixture(scope="module")
def as_it_came(folder: Settings) -> str:
    return school_file(folder).read_text(encoding="utf-8")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def school(folder: Settings) -> AsyncIterator[PagesSchool]:
    async with pages_school(folder) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="module")
async def at(school: PagesSchool, folder: Settings, as_it_came: str) -> PagesSchool:
    """The school with its file as it came, and the office signed in."""
    school_file(folder).write_text(as_it_came, encoding="utf-8")
    school.clock.move_to(NOW)
    await school.server.staffroom.folder.settings.take_over()
    await school.sign_in("demo-office")
    return school


async def test_contacts_are_written_with_every_comment_kept_and_count_at_once(
    at: PagesSchool, folder: Settings, as_it_came: str
):
    page = await at.get("settings")

    answer = await save(at, page, "handoff", safeguarding="Mrs Example", deputies="Ms One\n\n Mr Two ", phone=SLY)

    text = school_file(folder).read_text(encoding="utf-8")
    assert "“Contacts” is saved, and counts from now on." in answer.text and "<script" not in answer.text
    assert tomllib.loads(text)["handoff"] | {"demo": {}} == {
        "safeguarding": "Mrs Example",
        "phone": SLY,
        "headteacher": "",
        "chair": "",
        "deputies": ["Ms One", "Mr Two"],
        "demo": {},
    }
    assert all(comment in text for comment in _comments(as_it_came))
    context = at.server.staffroom.books.context
    assert context.school.contacts.safeguarding == "Mrs Example"
    assert at.server.staffroom.held.current.policy.contacts.deputies == ("Ms One", "Mr Two")
    assert shown(await at.get("settings"), "handoff")["phone"] == SLY


async def test_only_what_was_changed_differs_in_the_file(at: PagesSchool, folder: Settings, as_it_came: str):
    await save(at, await at.get("settings"), "reminders", every="5")

    assert school_file(folder).read_text(encoding="utf-8") == as_it_came.replace("every = 7 ", "every = 5 ")


async def test_terms_and_hours_decide_at_once_who_may_be_written_to(at: PagesSchool, folder: Settings):
    context = at.server.staffroom.books.context
    page = await at.get("settings")

    answer = await save(
        at, page, "calendar", terms=TERMS, inset="Tue 1 September 2026\n2026-11-02", closed="27/11/2026", hours="09:00"
    )

    assert "“Term dates and hours” is saved, and counts from now on." in answer.text
    written = tomllib.loads(school_file(folder).read_text(encoding="utf-8"))["calendar"]
    assert written["terms"][0] == [date(2026, 9, 2), date(2026, 10, 23)]
    assert written["hours"] == [time(9), time(16)]
    assert context.calendar.closed == {date(2026, 11, 27)}
    assert not context.calendar.is_school_day(date(2026, 11, 27)) and not context.calendar.knows(date(2027, 3, 1))
    assert (await context.staff()).calendar is context.calendar
    assert shown(answer, "calendar")["terms"] == TERMS


async def test_reminders_count_at_once_for_the_campaign(at: PagesSchool):
    await save(at, await at.get("settings"), "reminders", before="10, 5", most="3")

    reminders = at.server.staffroom.books.campaigns.settings.reminders
    assert (reminders.before, reminders.most) == ((10, 5), 3)


async def test_what_counts_only_after_the_next_start_is_said_so(at: PagesSchool):
    answer = await save(at, await at.get("settings"), "recordings", before="20")

    assert "“Recorded lessons” is saved. It counts when Staffroom starts again." in answer.text
    assert "<strong>Not in use yet:</strong> Recorded lessons." in (await at.get("settings")).text


@pytest.mark.parametrize(
    ("section", "field", "typed", "says"),
    [
        ("calendar", "terms", "2 September to Christmas", "“2 September” is not a day."),
        ("calendar", "terms", "2026", "“2026” is not a term."),
        ("calendar", "terms", "3 November 2026 to 2 November 2026", "ends before it begins"),
        (
            "calendar",
            "terms",
            f"{TERMS}\n1 October 2026 to 2 October 2026",
            "“Terms” must be in order and not overlap.",
        ),
        ("calendar", "closed", "31 February 2027", "“31 February 2027” is not a day."),
        ("calendar", "inset", "Monday 1 September 2026", "1 September 2026 is a Tuesday."),
        ("calendar", "hours", "half past", "“half past” is not a time."),
        ("calendar", "hours", "17:00", "The first time must be before the second."),
        ("calendar", "quiet", "06:00", "“Nothing is sent at night” lasts over a night"),
        ("calendar", "nation", "FRA", "Choose one of the list."),
        ("handoff", "out_of_hours", "ring the office", "Enter a phone number in digits, like 01234 567890."),
        ("reminders", "before", "7; 3", "Enter whole numbers from 1 to 100"),
        ("reminders", "every", "0", "Enter a whole number from 1 to 100."),
        ("reminders", "every", "1e3", "Enter a whole number from 1 to 100."),
        ("recordings", "lasts", "6.5", "Enter a whole number from 1 to 600."),
    ],
)
async def test_a_mistake_is_named_at_its_field_and_nothing_typed_is_lost(
    at: PagesSchool, folder: Settings, as_it_came: str, section: str, field: str, typed: str, says: str
):
    before = len(await changes(at))
    page = await at.get("settings")
    others = {"handoff": {"chair": "A. Chair"}, "calendar": {"inset": "1 September 2026"}}.get(section, {})

    answer = await save(at, page, section, **{**others, field: typed})

    form = unescape(form_of(answer, section).text)
    assert f'href="#{section}-{field}"' in answer.text and "There is a problem" in answer.text
    assert says in form.split(f'id="{section}-{field}-fault"')[1].split("</p>")[0]
    if field != "nation":
        assert shown(answer, section)[field] == typed
    assert all(shown(answer, section)[name] == text for name, text in others.items() if name != field)
    assert school_file(folder).read_text(encoding="utf-8") == as_it_came and len(await changes(at)) == before


async def test_the_change_is_recorded_with_the_person_and_the_digests(at: PagesSchool):
    before = len(await changes(at))
    answer = await save(at, await at.get("settings"), "reminders", rest="2")

    await at.press(answer, "settings", "Undo the last change")

    edit, undo = (await changes(at))[before:]
    assert edit.event.who["account"] == "demo-office" and edit.event.actor
    assert (edit.event.facts["section"], edit.event.facts["change"]) == ("reminders", "edit")
    assert (undo.event.facts["change"], undo.event.facts["after"]) == ("undo", edit.event.facts["before"])
    assert undo.event.facts["before"] == edit.event.facts["after"] != edit.event.facts["before"]


async def test_the_last_change_can_be_undone_once(at: PagesSchool, folder: Settings, as_it_came: str):
    first = await at.get("settings")
    saved = await save(at, first, "handoff", headteacher="Dr Example")

    undone = await at.press(saved, "settings", "Undo the last change")

    assert "The last change was undone: Contacts." in undone.text
    assert school_file(folder).read_text(encoding="utf-8") == as_it_came
    assert at.server.staffroom.books.context.headteacher == "the headteacher"
    assert "Undo the last change" not in undone.text
    again = await at.press(saved, "settings", "Undo the last change")
    assert "There is a problem" in again.text


async def test_of_two_people_who_change_at_once_the_second_is_told_and_nothing_is_overwritten(
    at: PagesSchool, folder: Settings
):
    of_the_office = await at.get("settings")
    await at.sign_in("demo-head")
    of_the_head = await at.get("settings")
    await save(at, of_the_head, "handoff", chair="Ms First")
    between = school_file(folder).read_text(encoding="utf-8")
    await at.sign_in("demo-office")
    stale = await at.get("settings")
    pressed = form_of(of_the_office, "handoff").button("Save contacts")

    answer = await at.post("settings", {"csrf": stale.csrf, "press": pressed, "in:chair": "Mr Second"})

    assert "Somebody else changed the settings meanwhile" in answer.text
    assert shown(answer, "handoff")["chair"] == "Mr Second"
    assert "The settings say now: Ms First" in form_of(answer, "handoff").text
    assert school_file(folder).read_text(encoding="utf-8") == between


async def test_saving_what_is_there_already_changes_and_records_nothing(at: PagesSchool, folder: Settings):
    before, count = school_file(folder).read_text(encoding="utf-8"), len(await changes(at))

    for section in ("handoff", "calendar", "reminders", "recordings"):
        assert "says this already" in (await save(at, await at.get("settings"), section)).text

    assert school_file(folder).read_text(encoding="utf-8") == before and len(await changes(at)) == count


async def test_a_file_broken_by_hand_is_named_and_cannot_be_saved_over(at: PagesSchool, folder: Settings):
    page = await at.get("settings")
    school_file(folder).write_text("name = ", encoding="utf-8")

    shown_broken = await at.get("settings")
    answer = await at.press(form_of(page, "reminders"), "settings", "Save reminders", **{"in:every": "9"})

    assert shown_broken.status == 200 and "school.toml cannot be read" in shown_broken.text
    assert "meanwhile" in answer.text
    assert school_file(folder).read_text(encoding="utf-8") == "name = "


@pytest.mark.parametrize("account", ROLES)
async def test_only_those_of_the_permission_table_can_change_a_setting(at: PagesSchool, folder: Settings, account: str):
    before = school_file(folder).read_text(encoding="utf-8")
    page = await at.get("settings")
    forged = form_of(page, "reminders").button("Save reminders")
    await at.sign_in(account)
    own = await at.get("today")
    is_allowed = may(person(at, account), Permission.CHANGE_SETTINGS, NOW.date())

    fields = {"in:before": "9", "in:every": "9", "in:most": "9", "in:rest": "9"}
    await at.post("settings", {"csrf": own.csrf, "press": forged, **fields})

    assert (school_file(folder).read_text(encoding="utf-8") != before) is is_allowed


@pytest.mark.parametrize(
    "data", [{}, {"section": "agreement"}, {"section": "../x"}, {"section": "handoff", "seen": ""}]
)
async def test_a_forged_press_changes_nothing(at: PagesSchool, folder: Settings, data: dict[str, str]):
    before = school_file(folder).read_text(encoding="utf-8")
    page = await at.get("settings")

    answer = await at.post("settings", {"csrf": page.csrf, "press": button("save_settings", **data), "in:chair": "X"})

    assert answer.status == 200 and "There is a problem" in answer.text
    assert school_file(folder).read_text(encoding="utf-8") == before


async def test_without_a_campaign_the_page_says_where_its_last_day_is_chosen(at: PagesSchool):
    assert "No campaign is open" in (await at.get("settings")).text


def _comments(text: str) -> list[str]:
    return [line[line.index("#") :] for line in text.splitlines() if line.startswith("#") or "  # " in line]


async def test_what_is_kept_for_the_undo_lies_in_the_data_folder_only(folder: Settings):
    kept = {path.name for path in Path(folder.policies / folder.school).iterdir()}

    assert not any("before" in name or "part" in name for name in kept)
