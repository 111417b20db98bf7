"""`doctor` for Slack: what stops messages is named with what to do, and nothing is asked unless Slack is set."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp import web

from bot.channels.connections import ConnectionLimits
from bot.cli.doctor_slack import NO_GROUPS, slack_lines
from bot.cli.status import Status
from bot.people.rules.person import Role
from bot.roster.rules.directory import Source, Sources
from bot.roster.settings import SlackPeople
from bot.settings import PREFIX, Settings, read_settings
from tests.standins.microsoft import serving
from tests.standins.slack import APP_ID, SECRET, TEAM, TOKEN, LittleSlack, Trouble, little_slack, user
from tests.standins.slack_sign_in import CLIENT, CLIENT_SECRET, little_slack_with_sign_in
from tests.standins.slack_socket import APP_TOKEN, socket_slack

TEACHER = "U0TEACHER"


@pytest.fixture
async def slack() -> AsyncIterator[LittleSlack]:
    async with little_slack() as slack:
        yield slack


def settings_of(tmp_path: Path, **more: str) -> Settings:
    values = {"SLACK_TEAM": TEAM, "SLACK_APP": APP_ID, "SLACK_TOKEN": TOKEN, "SLACK_SECRET": SECRET, **more}
    given = {f"{PREFIX}{name}": value for name, value in {**values, "DATA": str(tmp_path)}.items()}
    return replace(read_settings(given), port=1)  # nothing answers there


async def lines(
    slack: LittleSlack, settings: Settings, message_to: str = "", people: SlackPeople = NO_GROUPS
) -> dict[str, Status]:
    found = await slack_lines(settings, f"{slack.address}/api/", message_to, people)
    return {line.name: line for line in found}


async def test_nothing_is_asked_of_slack_unless_it_is_set(slack: LittleSlack, tmp_path: Path):
    assert await slack_lines(read_settings({f"{PREFIX}DATA": str(tmp_path)}), f"{slack.address}/api/") == []
    assert slack.calls == []


async def test_a_workspace_that_is_set_up_well_has_nothing_to_fix_but_a_server_that_is_off(slack, tmp_path):
    found = await lines(slack, settings_of(tmp_path))

    assert [name for name, line in found.items() if not line.is_well] == ["Slack requests, here"]
    assert {call.method for call in slack.calls} == {"auth.test", "bots.info"}  # and no message was sent
    assert not slack.refused


@pytest.mark.parametrize(
    ("change", "name", "says"),
    [
        ({"is_revoked": True}, "Slack token", "token_revoked"),
        ({"scopes": "chat:write,commands"}, "Slack scopes", "MISSING app_mentions:read, files:write"),
        ({"scopes": ""}, "Slack scopes", "does not say"),
        ({"team": "T0ELSE001"}, "Slack workspace", f"another workspace than {TEAM}"),
        ({"app_id": "A0ELSE001"}, "Slack app", f"another app than {APP_ID}"),
        ({"runs_ahead": 400.0}, "clock beside Slack's", "seconds apart"),
    ],
)
async def test_each_fault_is_named_with_a_remedy(slack: LittleSlack, tmp_path: Path, change, name: str, says: str):
    for attribute, value in change.items():
        setattr(slack, attribute, value)

    line = (await lines(slack, settings_of(tmp_path)))[name]

    assert not line.is_well and says in line.says and line.remedy


@pytest.mark.parametrize("token", [APP_TOKEN, "xapp-1-another"])
async def test_with_socket_mode_slack_is_asked_for_a_connection_and_none_is_opened(tmp_path: Path, token: str):
    async with socket_slack() as slack:
        found = await lines(slack, settings_of(tmp_path, SLACK_SECRET="", SLACK_APP_TOKEN=token))

        assert found["Slack settings"].is_well and "Slack requests, here" not in found
        line = found["Slack Socket Mode"]
        assert line.is_well == (token == APP_TOKEN)
        assert ("not_allowed_token_type" in line.says) == (token != APP_TOKEN)
        assert slack.opened == 0 and token not in line.says


async def test_a_scope_that_is_not_needed_is_named_too(slack: LittleSlack, tmp_path: Path):
    slack.scopes += ",channels:history"

    line = (await lines(slack, settings_of(tmp_path)))["Slack scopes"]

    assert not line.is_well and not line.is_needed and "the app may also: channels:history" in line.says


async def test_the_messages_tab_is_tried_only_with_somebody_who_was_named(slack: LittleSlack, tmp_path: Path):
    settings = settings_of(tmp_path)
    assert "not tried" in (await lines(slack, settings))["Slack Messages tab"].says

    assert (await lines(slack, settings, TEACHER))["Slack Messages tab"].is_well
    assert len(slack.texts(LittleSlack.chat_of(TEACHER))) == 1

    slack.troubles["chat.postMessage"].append(Trouble(error="messages_tab_disabled"))
    line = (await lines(slack, settings, TEACHER))["Slack Messages tab"]
    assert not line.is_well and "no Messages tab" in line.says and "Messages Tab" in line.remedy
    assert not (await lines(slack, settings, "anna"))["Slack Messages tab"].is_well


async def test_what_is_missing_in_the_settings_is_named_and_without_a_token_nothing_is_asked(slack, tmp_path):
    (line,) = (await lines(slack, settings_of(tmp_path, SLACK_TOKEN=""))).values()

    assert not line.is_well and "STAFFROOM_SLACK_TOKEN" in line.says
    assert slack.calls == []


async def challenge(request: web.Request) -> web.Response:
    content = json.loads(await request.read())
    return web.json_response({"challenge": content["challenge"]})


async def refuse(request: web.Request) -> web.Response:
    return web.Response(status=401, text="No.")


@pytest.mark.parametrize(("respond", "is_well"), [(challenge, True), (refuse, False)])
async def test_the_request_address_is_tried_with_a_request_as_slack_signs_it(slack, tmp_path, respond, is_well: bool):
    app = web.Application()
    app.router.add_post("/api/slack", respond)
    async with serving(app, limits=ConnectionLimits(max_open=8)) as address:
        settings = replace(settings_of(tmp_path), port=int(address.rpartition(":")[2]), address=address)

        found = await lines(slack, settings)

    assert found["Slack requests, here"].is_well is is_well
    assert found["Slack requests, from outside"].is_well is is_well


async def test_a_staff_list_from_slack_is_counted_and_what_it_lacks_is_named(slack: LittleSlack, tmp_path: Path):
    people = SlackPeople((), Sources(groups={Role.STAFF: ("S0STAFF",)}, source=Source.SLACK))
    slack.users[TEACHER], slack.groups["S0STAFF"] = user(TEACHER), [TEACHER]
    settings = settings_of(tmp_path)

    found = await lines(slack, settings, people=people)
    assert "MISSING usergroups:read" in found["Slack scopes"].says
    assert found["Slack staff list"] == Status("Slack staff list", True, "S0STAFF: 1 people")

    slack.has_groups = False
    line = (await lines(slack, settings, people=people))["Slack staff list"]
    assert not line.is_well and "plan of Slack has no user groups" in line.says and line.remedy
    assert "Slack staff list" not in await lines(slack, settings)


async def test_sign_in_with_slack_needs_slacks_keys(slack: LittleSlack, tmp_path: Path):
    settings = settings_of(tmp_path, SLACK_CLIENT=CLIENT, SLACK_CLIENT_SECRET=CLIENT_SECRET)

    line = (await lines(slack, settings))["Sign in with Slack"]  # this little Slack publishes none
    assert not line.is_well and "cannot be fetched" in line.says
    async with little_slack_with_sign_in() as sign_in:
        assert (await lines(sign_in.slack, settings))["Sign in with Slack"].is_well
    assert "Sign in with Slack" not in await lines(slack, settings_of(tmp_path))
