"""Setting Slack up: what is missing is named before anything starts, and local mode refuses all of it."""

import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from bot.app import open_books
from bot.channels.services import HttpSession
from bot.config import read_config
from bot.errors import SettingsError
from bot.run_local import refuse_unless_local
from bot.run_school import refuse_unless_complete
from bot.run_slack import slack_lacks, slack_side
from bot.settings import PREFIX, ROOT, SLACK_CREDENTIALS, Settings, read_settings

WHOLE = {
    "SLACK_TEAM": "T0SCHOOL1",
    "SLACK_APP": "A0STAFF01",
    "SLACK_TOKEN": "xoxb-123-456-abc",
    "SLACK_SECRET": "8f742231b10e8888abcd99yyyzzz85a5",
}


def settings_with(tmp_path: Path, **more: str) -> Settings:
    given = {f"{PREFIX}{name}": value for name, value in {**WHOLE, "DATA": str(tmp_path), **more}.items() if value}
    return read_settings(given)


def test_a_school_with_slack_alone_lacks_nothing_of_microsofts(tmp_path: Path):
    settings = settings_with(tmp_path)

    assert slack_lacks(settings) == []
    with pytest.raises(SettingsError) as error:
        refuse_unless_complete(settings, read_config(settings, date(2026, 9, 7)))
    assert str(error.value).startswith("Staffroom cannot start for Slack yet. It lacks: the four contacts")
    assert "TENANT_ID" not in str(error.value)


def test_what_is_begun_for_either_channel_has_to_be_finished(tmp_path: Path):
    settings = settings_with(tmp_path, APP_ID="11111111-2222-3333-4444-555555555555", SLACK_SECRET="")

    with pytest.raises(SettingsError) as error:
        refuse_unless_complete(settings, read_config(settings, date(2026, 9, 7)))

    for lack in ("Teams and Slack", "STAFFROOM_TENANT_ID", "STAFFROOM_SLACK_SECRET"):
        assert lack in str(error.value)


@pytest.mark.parametrize("name", WHOLE)
def test_each_setting_of_slack_is_missed_and_a_wrong_paste_is_named(tmp_path: Path, name: str):
    (lack,) = slack_lacks(settings_with(tmp_path, **{name: ""}))
    assert lack.startswith(f"STAFFROOM_{name}")
    (lack,) = slack_lacks(settings_with(tmp_path, **{name: "xoxp 1"}))
    assert lack.startswith(f"a STAFFROOM_{name} that is ")


def test_socket_mode_has_an_app_level_token_in_place_of_the_secret(tmp_path: Path):
    whole = {"SLACK_SECRET": "", "SLACK_APP_TOKEN": "xapp-1-A0STAFF01-123-abc"}

    assert slack_lacks(settings_with(tmp_path, **whole)) == []
    (lack,) = slack_lacks(settings_with(tmp_path, **{**whole, "SLACK_APP_TOKEN": "xoxb-123-456-abc"}))
    assert lack.startswith("a STAFFROOM_SLACK_APP_TOKEN that is an app-level token")


def test_two_ways_in_are_refused_and_no_way_in_is_missed(tmp_path: Path):
    (both,) = slack_lacks(settings_with(tmp_path, SLACK_APP_TOKEN="xapp-1-A0STAFF01-123-abc"))
    (neither,) = slack_lacks(settings_with(tmp_path, SLACK_SECRET=""))

    assert both.startswith("one way in: unset STAFFROOM_SLACK_APP_TOKEN")
    assert neither == "STAFFROOM_SLACK_SECRET, or STAFFROOM_SLACK_APP_TOKEN for Socket Mode"


CLIENT = {"SLACK_CLIENT": "2141029472.691202649728", "SLACK_CLIENT_SECRET": "e1b9e11dfcd19c1982d5de12921e17e8c"}
TEAMS = {"APP_ID": "11111111-2222-3333-4444-555555555555"}
PAGES = {"ADDRESS": "https://staffroom.example.sch.uk"}


@pytest.mark.parametrize(
    ("given", "lacks"),
    [
        ({**PAGES, **CLIENT}, []),
        (PAGES, ["STAFFROOM_SLACK_CLIENT, for Sign in", "STAFFROOM_SLACK_CLIENT_SECRET, for Sign in"]),
        ({**PAGES, **TEAMS}, []),  # they sign in with Microsoft
        ({**PAGES, **TEAMS, **CLIENT}, []),
        ({**PAGES, **TEAMS, "SLACK_CLIENT": CLIENT["SLACK_CLIENT"]}, ["STAFFROOM_SLACK_CLIENT_SECRET, for Sign in"]),
        ({**PAGES, **CLIENT, "SLACK_CLIENT": "A0STAFF01"}, ["a STAFFROOM_SLACK_CLIENT that is a client ID"]),
        (CLIENT, ["STAFFROOM_ADDRESS, which Sign in with Slack is for"]),
    ],
)
def test_the_pages_of_a_school_with_slack_alone_need_sign_in_with_slack(
    tmp_path: Path, given: dict[str, str], lacks: list[str]
):
    found = slack_lacks(settings_with(tmp_path, **given))

    assert len(found) == len(lacks)
    assert all(says.startswith(begins) for says, begins in zip(found, lacks, strict=True))


@pytest.mark.parametrize("name", SLACK_CREDENTIALS)
def test_local_mode_refuses_every_credential_of_slack(tmp_path: Path, name: str):
    settings = read_settings({f"{PREFIX}{name}": "x", f"{PREFIX}DATA": str(tmp_path)})

    with pytest.raises(SettingsError, match=f"unset STAFFROOM_{name}"):
        refuse_unless_local(settings)


def test_no_secret_is_shown_with_the_settings(tmp_path: Path):
    shown = repr(settings_with(tmp_path, SLACK_APP_TOKEN="xapp-secret", SLACK_CLIENT_SECRET="of-the-client"))

    secrets = (WHOLE["SLACK_TOKEN"], WHOLE["SLACK_SECRET"], "xapp-secret", "of-the-client")
    assert not [secret for secret in secrets if secret in shown]


async def test_the_slack_side_speaks_for_the_schools_own_workspace(tmp_path: Path):
    settings = replace(settings_with(tmp_path), credentials=())
    async with open_books(settings, local=True) as books:
        side = slack_side(settings, books, HttpSession())

        assert (side.messenger.channel, side.messenger.proactive.team) == ("slack", "T0SCHOOL1")


def test_without_socket_mode_slacks_own_library_is_not_loaded():
    code = "import sys, bot.run_school, bot.channels.slack.server; sys.exit('slack_sdk' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
