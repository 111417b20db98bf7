"""The Slack app's manifest: exactly the scopes and events that the code uses, in the form that Slack publishes."""

import ast
import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator

from bot import slack_manifest
from bot.channels.pages import slack_sign_in
from bot.channels.pages.sign_in_way import back
from bot.channels.slack.payload import EVENTS, NOTHING, read_payload
from bot.channels.slack.scopes import (
    EVENT_SCOPES,
    GROUPS_SCOPE,
    METHOD_SCOPES,
    OTHER_SCOPES,
    REASONS,
    USER_SCOPES,
    needed_scopes,
)
from bot.cli.main import run_command
from bot.errors import SettingsError
from bot.settings import PREFIX, ROOT
from bot.slack_manifest import build_slack
from tests.standins.slack import direct, event, mention, user
from tests.standins.slack_methods import METHODS

FOLDER = ROOT / "manifest"
ADDRESS = "https://staffroom.example.sch.uk"
METHOD = re.compile(r"[a-z]+(\.[a-zA-Z]+)+")
DESCRIPTIONS = os.environ.get("STAFFROOM_SLACK", "")  # a folder with Slack's published descriptions
published = pytest.mark.skipif(not DESCRIPTIONS, reason="STAFFROOM_SLACK names no folder")
EXAMPLES = {
    "app_home_opened": {"type": "app_home_opened", "tab": "home", "user": "U0TEACHER"},
    "app_mention": mention("hello", "U0TEACHER"),
    "message.im": direct("hello", "U0TEACHER"),
    "user_change": {"type": "user_change", "user": user("U0TEACHER")},
}


@pytest.fixture
def manifest() -> dict[str, Any]:
    return dict(yaml.safe_load(build_slack(FOLDER, ADDRESS)))


def methods_in_the_code() -> set[str]:
    """Every method's name that is written in the channel, whatever it is passed to."""
    strings: set[str] = set()
    for file in [*(ROOT / "bot" / "channels" / "slack").glob("*.py"), ROOT / "bot" / "cli" / "doctor_slack.py"]:
        if file.name == "scopes.py":
            continue
        nodes = ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        strings |= {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    families = {method.partition(".")[0] for method in (*METHODS, *METHOD_SCOPES)} | {"team", "users", "conversations"}
    return {text for text in strings if METHOD.fullmatch(text) and text.partition(".")[0] in families}


def test_the_table_names_exactly_the_methods_that_the_code_calls():
    assert methods_in_the_code() == set(METHOD_SCOPES) == set(METHODS)


def test_the_table_names_exactly_the_events_that_the_code_reads():
    for name, example in EXAMPLES.items():
        assert read_payload(event(example)).content != NOTHING, name
    assert set(EXAMPLES) == set(EVENT_SCOPES) == {*EVENTS, "app_mention", "message.im"}


def test_the_manifest_asks_for_exactly_the_scopes_and_events_in_use(manifest: dict[str, Any]):
    scopes, events = manifest["oauth_config"]["scopes"], manifest["settings"]["event_subscriptions"]["bot_events"]

    assert set(scopes) == {"bot", "user"}
    assert scopes["user"] == list(USER_SCOPES) == [slack_sign_in.SCOPE]  # nobody's data, only who signs in
    assert scopes["bot"] == sorted(needed_scopes())
    assert events == sorted(EVENT_SCOPES)
    commands = {entry["command"] for entry in manifest["features"]["slash_commands"]}
    assert commands == {name for name in OTHER_SCOPES if name.startswith("/")}


def test_only_a_school_whose_staff_list_comes_from_user_groups_is_asked_for_their_scope(manifest: dict[str, Any]):
    whole = yaml.safe_load(build_slack(FOLDER, ADDRESS, reads_groups=True))

    assert whole["oauth_config"]["scopes"]["bot"] == sorted(needed_scopes(reads_groups=True))
    assert needed_scopes(reads_groups=True) - needed_scopes() == {GROUPS_SCOPE}
    assert GROUPS_SCOPE == slack_manifest.GROUPS_SCOPE and GROUPS_SCOPE not in str(manifest)


def test_each_scope_has_its_reason_in_the_guide():
    guide = (ROOT / "docs" / "install-slack.md").read_text(encoding="utf-8")

    assert set(REASONS) == needed_scopes(reads_groups=True)
    rows = re.findall(r"^\| `([a-z_:.]+)` \| (.*) \|$", guide, re.MULTILINE)
    assert dict(rows) == {**REASONS, **USER_SCOPES}


def test_sign_in_with_slack_comes_back_to_the_page_that_waits_for_it(manifest: dict[str, Any]):
    assert manifest["oauth_config"]["redirect_urls"] == [f"{ADDRESS}{back(slack_sign_in.PATH)}"]


def test_people_can_write_to_staffroom_and_everything_arrives_at_one_address(manifest: dict[str, Any]):
    home = manifest["features"]["app_home"]
    assert home["home_tab_enabled"] and home["messages_tab_enabled"]
    assert home["messages_tab_read_only_enabled"] is False
    settings = manifest["settings"]
    addresses = {
        settings["event_subscriptions"]["request_url"],
        settings["interactivity"]["request_url"],
        *(entry["url"] for entry in manifest["features"]["slash_commands"]),
    }
    assert addresses == {f"{ADDRESS}/api/slack"}
    assert settings["interactivity"]["is_enabled"] and not settings["token_rotation_enabled"]


def test_for_socket_mode_it_names_no_address_and_is_the_same_otherwise(manifest: dict[str, Any]):
    text = build_slack(FOLDER, "")
    by_socket = yaml.safe_load(text)

    assert "url" not in text and "http" not in text
    assert by_socket["settings"]["socket_mode_enabled"] is True and by_socket["settings"]["interactivity"]["is_enabled"]
    assert manifest["settings"]["socket_mode_enabled"] is False
    manifest["settings"]["socket_mode_enabled"] = True
    del manifest["settings"]["event_subscriptions"]["request_url"], manifest["settings"]["interactivity"]["request_url"]
    del manifest["features"]["slash_commands"][0]["url"], manifest["oauth_config"]["redirect_urls"]
    assert by_socket == manifest


@pytest.mark.parametrize(
    "address",
    ["staffroom.example", "http://staffroom.example", "https://a.example/path", "https://a b", "https://a\n"],
)
def test_an_address_that_slack_cannot_reach_is_refused(address: str):
    with pytest.raises(SettingsError, match="starts with https://"):
        build_slack(FOLDER, address)


def test_a_placeholder_without_a_value_is_named(tmp_path: Path):
    (tmp_path / "slack.yaml").write_text("name: ${school}", encoding="utf-8")

    with pytest.raises(SettingsError, match="school"):
        build_slack(tmp_path, ADDRESS)
    with pytest.raises(SettingsError, match="cannot be read"):
        build_slack(tmp_path / "nowhere", ADDRESS)


@published
def test_the_manifest_has_the_form_that_slack_publishes(manifest: dict[str, Any]):
    schema = json.loads(Path(DESCRIPTIONS, "manifest.schema.2.0.0.json").read_text(encoding="utf-8"))
    validator = Draft7Validator(schema)

    assert [error.message for error in validator.iter_errors(manifest)] == []
    assert [error.message for error in validator.iter_errors(yaml.safe_load(build_slack(FOLDER, "")))] == []
    broken = {**manifest, "features": {**manifest["features"], "app_home": {"home_tab_enabled": "yes"}}}
    assert list(validator.iter_errors(broken))


@published
def test_the_arguments_that_the_stand_in_takes_are_slacks_own():
    for method, (required, optional) in METHODS.items():
        described = json.loads(Path(DESCRIPTIONS, "methods", f"{method}.json").read_text(encoding="utf-8"))["args"]
        assert required | optional <= described["properties"].keys(), method
        assert set(described.get("required", [])) - {"token"} <= required, method


@published
def test_the_table_of_scopes_is_slacks_own():
    for method, scope in METHOD_SCOPES.items():
        described = json.loads(Path(DESCRIPTIONS, "methods", f"{method}.json").read_text(encoding="utf-8"))
        scopes = described["scope"].get("bot", [])
        assert scope in scopes if scopes else scope == "", method
    listed = json.loads(Path(DESCRIPTIONS, "events.json").read_text(encoding="utf-8"))
    events = {entry["name"]: entry for entry in listed}
    for name, scope in EVENT_SCOPES.items():
        scopes = [text.replace("app_mentions.read", "app_mentions:read") for text in events[name]["scopes"]]
        assert scope in scopes if scopes else scope == "", name


def test_one_command_writes_the_manifest_and_says_what_is_missing(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    environment = {f"{PREFIX}DATA": str(tmp_path)}

    assert run_command(["manifest", "--slack", "--address", "http://a"], environment) == 1
    assert "--address https://" in capsys.readouterr().err
    assert run_command(["manifest", "--slack"], environment) == 0
    assert "Socket Mode, because no --address was given" in capsys.readouterr().out
    assert (tmp_path / "staffroom-slack.yaml").read_text(encoding="utf-8") == build_slack(FOLDER, "")
    assert run_command(["manifest", "--slack", "--address", ADDRESS], environment) == 0

    assert "docs/install-slack.md" in capsys.readouterr().out
    written = (tmp_path / "staffroom-slack.yaml").read_text(encoding="utf-8")
    assert written == build_slack(FOLDER, ADDRESS)
