"""A school whose staff list comes from Slack: read every night, never much at once without IT's word."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio

from bot.app import SLACK_DIRECTORY_FILE
from bot.errors import SettingsError
from bot.outbox.rules.message import MessageKind
from bot.people.rules.person import Person, Role
from bot.run_school import open_school
from bot.settings import Settings
from tests.channels.pages.pages_school import button
from tests.channels.pages.slack_school import HEAD, OFFICE, SlackSchool, slack_school, slack_settings
from tests.channels.pages.tab_school import Browser
from tests.standins.slack import Trouble, busy, user

STAFF, LEADERS = "S0STAFF01", "S0DEPUTY1"
SECTION = f'[slack]\nstaff = ["{STAFF}"]\ndeputy = ["{LEADERS}"]\ndomains = ["school.example"]\n\n'


def teacher(number: int, **more: Any) -> dict[str, Any]:
    id = f"U0TEACH{number:02}"
    profile = {"email": f"teacher{number}@school.example", "real_name": f"Teacher {number} of Slack"}
    return user(id, **{"profile": profile, **more})


def from_slack(settings: Settings) -> Settings:
    return slack_settings(settings, SECTION)


@pytest_asyncio.fixture
async def at(settings: Settings) -> AsyncIterator[SlackSchool]:
    async with slack_school(from_slack(settings)) as opened:
        slack = opened.sign_in.slack
        slack.users |= {person["id"]: person for person in (teacher(number) for number in range(10))}
        slack.groups |= {STAFF: [HEAD, OFFICE, *(f"U0TEACH{number:02}" for number in range(10))], LEADERS: []}
        yield opened


async def sync(browser: Browser) -> str:
    """What the press of `sync` says."""
    answer = await browser.post("people", {"csrf": (await browser.get("people")).csrf, "press": button("sync")})
    assert answer.status == 200
    return answer.text


async def confirmed(browser: Browser) -> str:
    """Reads the groups, and confirms the change that waits."""
    asked = await browser.post("people", {"csrf": (await browser.get("people")).csrf, "press": button("sync")})
    press = {"csrf": asked.csrf, "press": asked.button("Confirm it")}
    return (await browser.post("people", press)).text


def person(at: SlackSchool, slack: str) -> Person | None:
    assert at.server
    people = at.server.staffroom.books.context.roster.people()
    return next((person for person in people if person.slack == slack), None)


async def night(at: SlackSchool) -> None:
    assert at.server
    at.now = (at.now + timedelta(days=1)).replace(hour=3, minute=30)
    await at.server.tick()


async def test_a_first_list_waits_for_it_and_joins_the_rows_of_the_staff_list(at: SlackSchool):
    office = await at.opened(OFFICE)

    assert "would come at once" in await sync(office)
    assert person(at, "U0TEACH00") is None
    await confirmed(office)

    new, head = person(at, "U0TEACH00"), person(at, HEAD)
    assert new and (new.id, new.name, new.email) == ("U0TEACH00", "Teacher 0 of Slack", "teacher0@school.example")
    assert head and (head.id, head.roles) == ("h1", {Role.STAFF, Role.HEAD})  # by address; the roles of the row stay
    assert (await office.get("today")).status == 200
    assert (at.settings.data / SLACK_DIRECTORY_FILE).is_file()


async def test_by_night_few_come_and_go_by_themselves_and_many_wait_for_it(at: SlackSchool):
    await confirmed(await at.opened(OFFICE))
    slack = at.sign_in.slack
    slack.users["U0TEACH00"] = teacher(0, deleted=True)
    slack.users["U0TEACH20"] = teacher(20)
    slack.groups[STAFF].append("U0TEACH20")
    await night(at)
    assert person(at, "U0TEACH00") is None and person(at, "U0TEACH20") is not None

    assert at.server
    store = at.server.staffroom.books.context.store
    asked = set(await store.messages(MessageKind.SYNC))
    slack.groups[STAFF] = [HEAD, OFFICE]
    await night(at)

    assert person(at, "U0TEACH01") is not None
    (waiting,) = {message.subject for message in await store.messages(MessageKind.SYNC)} - {m.subject for m in asked}
    assert waiting.name


async def test_nobody_comes_to_a_leading_role_by_themselves(at: SlackSchool):
    """Where a workspace lets every member change user groups, anybody can put themselves into one."""
    await confirmed(await at.opened(OFFICE))
    at.sign_in.slack.groups[LEADERS] = ["U0TEACH01"]

    await night(at)

    teacher_one = person(at, "U0TEACH01")
    assert teacher_one and Role.DEPUTY not in teacher_one.roles
    assert "would come to a role that may do more than others" in await sync(await at.opened(OFFICE))


@pytest.mark.parametrize(
    "flags",
    [{"is_restricted": True}, {"is_stranger": True}, {"team_id": "T0ELSE001"}, {"is_bot": True}, {"deleted": True}],
)
async def test_guests_bots_and_people_from_elsewhere_are_left_out(at: SlackSchool, flags: dict[str, Any]):
    at.sign_in.slack.users["U0TEACH05"] = teacher(5, **flags)

    await confirmed(await at.opened(OFFICE))

    assert person(at, "U0TEACH05") is None and person(at, "U0TEACH06") is not None


async def test_an_account_without_an_address_of_the_schools_is_left_out_unless_the_list_names_it(at: SlackSchool):
    at.sign_in.slack.users["U0TEACH05"] = teacher(5, is_email_confirmed=False)
    office = await at.opened(OFFICE)  # named in the list, with a private address

    await confirmed(office)

    assert person(at, "U0TEACH05") is None and person(at, OFFICE) is not None
    assert "has no confirmed address of the school" in (await office.get("people")).text


@pytest.mark.parametrize("method", ["users.list", "usergroups.users.list"])
@pytest.mark.parametrize(
    "trouble",
    [busy(600), Trouble(body=b'{"ok": true, "members": [], "users": null}'), Trouble(breaks=True), Trouble(error="x")],
)
async def test_what_cannot_be_read_changes_nothing(at: SlackSchool, method: str, trouble: Trouble):
    office = await at.opened(OFFICE)
    at.sign_in.slack.troubles[method].append(trouble)

    answer = await sync(office)

    assert "nothing was changed" in answer and person(at, "U0TEACH00") is None
    assert not (at.settings.data / SLACK_DIRECTORY_FILE).exists()


async def test_a_staff_list_from_slack_needs_slack(settings: Settings):
    ready = from_slack(settings)
    without = replace(ready, credentials=(), slack=replace(ready.slack, team="", app="", token="", secret=""))

    with pytest.raises(SettingsError, match="Slack, from which the staff list comes"):
        async with open_school(without):
            pass
