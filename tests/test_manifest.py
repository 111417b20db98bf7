"""The Teams app package: what Teams accepts, with the school's own ids, the same every time."""

import json
import shutil
import zlib
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from bot import manifest
from bot.ask.ask import ask
from bot.ask.capability import HELP_WORDS
from bot.ask.understanding import Understanding
from bot.campaigns.acknowledge import WORDS as WORDS_FOR_AGREEMENT
from bot.campaigns.reports import RECORD_WORDS
from bot.channels.pages.sign_in_pages import START
from bot.errors import SettingsError
from bot.manifest import Package
from bot.recordings.plan_notice import REQUEST
from bot.settings import ROOT
from tests.conftest import lacking
from tests.fakes import MONDAY

FOLDER = ROOT / "manifest"
APP_ID = "11111111-2222-3333-4444-555555555555"
OTHER_ID = "99999999-2222-3333-4444-555555555555"
VALUES = Package(
    app_id=APP_ID,
    version="1.2.3",
    school='The "Example" School',
    website="https://school.example/",
    privacy="https://school.example/privacy",
    terms="https://school.example/terms",
)

Change = Callable[[dict[str, Any]], object]


@pytest.fixture
def folder() -> Path:
    if not manifest.is_schema_installed(FOLDER):
        lacking("npm, which brings Microsoft's schema for Teams apps")
    return FOLDER


@pytest.fixture
def copied(folder: Path, tmp_path: Path) -> Path:
    """A manifest folder of the test's own, with the same schema."""
    for file in folder.glob("*.*"):
        if file.is_file():
            shutil.copy(file, tmp_path)
    (tmp_path / "node_modules").symlink_to(folder / "node_modules")
    return tmp_path


def without(manifest: dict[str, Any], *fields: str) -> dict[str, Any]:
    return {name: value for name, value in manifest.items() if name not in fields}


def opened(package: bytes) -> dict[str, Any]:
    with ZipFile(BytesIO(package)) as archive:
        return json.loads(archive.read("manifest.json"))


def template() -> dict[str, Any]:
    return manifest.read(FOLDER / "manifest.json")


def menus() -> list[list[dict[str, str]]]:
    return [menu["commands"] for menu in template()["bots"][0]["commandLists"]]


def change(folder: Path, how: Change) -> None:
    file = folder / "manifest.json"
    changed = manifest.read(file)
    how(changed)
    file.write_text(json.dumps(changed), encoding="utf-8")


def pixels(file: Path) -> list[tuple[int, int, int, int]]:
    """Every pixel of an RGBA picture as red, green, blue and opacity (PNG specification, sections 7 and 9)."""
    content, at, packed = file.read_bytes(), 8, b""
    while at < len(content):
        length = int.from_bytes(content[at : at + 4], "big")
        if content[at + 4 : at + 8] == b"IDAT":
            packed += content[at + 8 : at + 8 + length]
        at += length + 12
    width, raw = int.from_bytes(content[16:20], "big"), zlib.decompress(packed)
    assert tuple(content[24:29]) == (8, 6, 0, 0, 0), "eight bits each of red, green, blue and opacity"
    before, matches = bytes(width * 4), []
    for start in range(0, len(raw), width * 4 + 1):
        before = unfiltered(raw[start], raw[start + 1 : start + 1 + width * 4], before)
        matches += [(*before[number : number + 3], before[number + 3]) for number in range(0, width * 4, 4)]
    return matches


def unfiltered(kind: int, line: bytes, above: bytes) -> bytes:
    result = bytearray()
    for at, byte in enumerate(line):
        left, up, corner = (result[at - 4], above[at], above[at - 4]) if at >= 4 else (0, above[at], 0)
        paeth = min((left, up, corner), key=lambda one: abs(left + up - corner - one))
        result.append((byte + (0, left, up, (left + up) // 2, paeth)[kind]) % 256)
    return bytes(result)


def test_the_package_is_what_microsofts_schema_asks_for(folder):
    result = opened(manifest.build(folder, VALUES))

    assert manifest.problems(result, folder) == []
    assert result["$schema"].endswith(f"/v{result['manifestVersion']}/MicrosoftTeams.schema.json")


def test_the_package_carries_the_manifest_and_two_icons_at_its_top(folder):
    with ZipFile(BytesIO(manifest.build(folder, VALUES))) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["manifest.json", "color.png", "outline.png"]
        assert archive.read("color.png") == (FOLDER / "color.png").read_bytes()


def test_the_package_is_filled_with_the_schools_own_values(folder):
    result = opened(manifest.build(folder, VALUES))

    assert result["version"] == "1.2.3"
    assert result["name"] == {"short": "Staffroom", "full": 'Staffroom at The "Example" School'}
    assert result["developer"]["privacyUrl"] == "https://school.example/privacy"
    assert {result["id"], result["bots"][0]["botId"], result["webApplicationInfo"]["id"]} == {APP_ID}
    assert "${" not in json.dumps(result)


def test_the_same_values_give_the_same_bytes(copied):
    result = manifest.build(FOLDER, VALUES)
    for file in copied.glob("*.png"):
        file.touch()

    assert manifest.build(copied, VALUES) == result
    assert manifest.build(copied, replace(VALUES, version="1.2.4")) != result


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"app_id": ""}, "STAFFROOM_APP_ID must be the bot's id"),
        ({"app_id": "staffroom"}, "not 'staffroom'"),
        ({"app_id": f"{{{APP_ID}}}"}, "STAFFROOM_APP_ID"),
        ({"version": "1.2"}, "three numbers such as 1.0.0, not '1.2'"),
        ({"version": "1.2.3-beta"}, "three numbers"),
        ({"version": "1.02.3"}, "three numbers"),
        ({"website": ""}, "STAFFROOM_WEBSITE must be an address that starts with https://, not ''"),
        ({"privacy": "http://school.example/"}, "STAFFROOM_PRIVACY"),
        ({"terms": "school.example"}, "STAFFROOM_TERMS"),
        ({"school": "A school whose name is much too long"}, "developer.name: 36 characters, and Teams takes 32"),
    ],
)
def test_wrong_values_are_refused_with_a_sentence_that_names_them(folder, wrong, said):
    with pytest.raises(SettingsError) as error:
        manifest.build(folder, replace(VALUES, **wrong))

    assert said in str(error.value)


def test_all_that_is_wrong_is_said_at_once(folder):
    with pytest.raises(SettingsError) as error:
        manifest.build(folder, replace(VALUES, app_id="", website="", terms=""))

    assert all(name in str(error.value) for name in ("STAFFROOM_APP_ID", "STAFFROOM_WEBSITE", "STAFFROOM_TERMS"))


@pytest.mark.parametrize(
    ("how", "said"),
    [
        (lambda one: one.pop("icons"), "at the top: 'icons' is a required property"),
        (lambda one: one.update(colour="red"), "'colour' was unexpected"),
        (lambda one: one.update(accentColor="green"), "accentColor: 'green' does not match"),
        (lambda one: one["bots"][0]["scopes"].append("meeting"), "bots.0.scopes.3: 'meeting' is not one of"),
        (lambda one: one["description"].update(short="a" * 81), "description.short: 81 characters, and Teams takes 80"),
        (lambda one: one["bots"][0]["commandLists"].extend([{}] * 2), "commandLists: 4 entries, and Teams takes 3"),
        (lambda one: one["bots"][0]["commandLists"][0]["commands"].extend(menus()[1][:3]), "more than the 8 commands"),
        (lambda one: one.pop("supportsChannelFeatures"), "must say supportsChannelFeatures"),
        (lambda one: one.update(id=OTHER_ID), f"id is {OTHER_ID}, and by STAFFROOM_APP_ID it is {APP_ID}"),
        (lambda one: one.pop("webApplicationInfo"), "webApplicationInfo.id is missing"),
        (lambda one: one["name"].update(short="${nickname}"), "there is no value for ${nickname}"),
        (lambda one: one["name"].update(short="${a b}"), "manifest.json: ${a b} is not a path"),
        (lambda one: one.update(manifestVersion="9.9"), "schema 9.9 for Teams apps is not installed; run `make setup`"),
    ],
)
def test_a_manifest_that_teams_would_refuse_is_refused_with_a_sentence(copied, how, said):
    change(copied, how)

    with pytest.raises(SettingsError) as error:
        manifest.build(copied, VALUES)

    assert said in str(error.value)


def test_without_the_schema_the_sentence_says_what_to_do(copied):
    (copied / "node_modules").unlink()

    assert not manifest.is_schema_installed(copied)
    with pytest.raises(SettingsError, match="run `make setup`"):
        manifest.build(copied, VALUES)


@pytest.mark.parametrize("content", ["", "{", "[]"])
def test_a_broken_template_is_named(tmp_path, content):
    (tmp_path / "manifest.json").write_text(content, encoding="utf-8")

    with pytest.raises(SettingsError, match=r"^manifest\.json "):
        manifest.build(tmp_path, VALUES)


@pytest.mark.parametrize(
    ("how", "said"),
    [
        (lambda file: shutil.copy(FOLDER / "color.png", file), "192 by 192, and Teams wants 32 by 32"),
        (lambda file: file.write_bytes(b"GIF89a"), "is not a PNG picture"),
        (lambda file: file.unlink(), "cannot be read"),
    ],
)
def test_an_icon_that_teams_would_refuse_is_refused_by_name(copied, how, said):
    how(copied / "outline.png")

    with pytest.raises(SettingsError, match=said) as error:
        manifest.build(copied, VALUES)

    assert "outline.png" in str(error.value)


def test_the_small_icon_is_white_on_nothing():
    matches = pixels(FOLDER / "outline.png")

    assert len(matches) == 32 * 32
    assert {pixel[:3] for pixel in matches if pixel[3]} == {(255, 255, 255)}
    assert {0, 255} <= {pixel[3] for pixel in matches}


def test_a_built_package_agrees_with_its_own_app_and_with_no_other(folder, tmp_path):
    package = tmp_path / "staffroom.zip"
    package.write_bytes(manifest.build(folder, VALUES))

    assert manifest.disagreements(package, APP_ID.upper()) == []
    reply = manifest.disagreements(package, OTHER_ID)
    assert len(reply) == 4
    assert f"bots.0.botId is {APP_ID}, and by STAFFROOM_APP_ID it is {OTHER_ID}." in reply[1]


def test_the_template_agrees_with_whatever_app_it_will_be_filled_for():
    assert manifest.disagreements(FOLDER / "manifest.json", APP_ID) == []


@pytest.mark.parametrize("content", [b"", b"not a zip", None])
def test_a_package_that_cannot_be_read_is_said_to_be_so(tmp_path, content):
    package = tmp_path / "staffroom.zip"
    if content is not None:
        package.write_bytes(content)

    assert [item.split(":")[0] for item in manifest.disagreements(package, APP_ID)] == ["staffroom.zip cannot be read"]
    assert "STAFFROOM_APP_ID" in manifest.disagreements(package, "")[0]


def test_a_package_without_a_manifest_is_said_to_be_so(tmp_path):
    with ZipFile(tmp_path / "staffroom.zip", "w") as archive:
        archive.writestr("staffroom/manifest.json", "{}")

    assert "no item named 'manifest.json'" in manifest.disagreements(tmp_path / "staffroom.zip", APP_ID)[0]


def test_no_menu_is_longer_than_eight_short_commands():
    for menu in menus():
        assert len(menu) <= 8
        assert len({command["title"] for command in menu}) == len(menu)
        assert max(len(command["title"]) for command in menu) <= 50
        assert max(len(command["description"]) for command in menu) <= 40


def test_what_is_one_persons_own_is_only_on_their_own_menu():
    titles = [{command["title"].lower() for command in menu} for menu in menus()]

    for own in (set(RECORD_WORDS), set(WORDS_FOR_AGREEMENT)):
        assert titles[0] & own
        assert not titles[1] & own
    assert all(menu & set(HELP_WORDS) for menu in titles)


def test_every_question_on_a_menu_has_an_answer_in_the_policy(understanding: Understanding):
    titles = {command["title"] for menu in menus() for command in menu}
    for title in titles:
        is_ours = title.lower() in {*HELP_WORDS, *RECORD_WORDS, *WORDS_FOR_AGREEMENT}
        if not is_ours and not REQUEST.fullmatch(title):
            assert ask(title, understanding, MONDAY).answers, title


def test_the_package_asks_for_no_more_than_a_chat_needs():
    asked = template()

    assert "authorization" not in asked
    assert asked["validDomains"] == []
    assert asked["defaultInstallScope"] == "personal"
    assert sorted(asked["bots"][0]["scopes"]) == ["groupChat", "personal", "team"]


def test_a_school_with_pages_gets_a_tab_that_teams_accepts_and_signs_in_to(folder: Path):
    with_tab = opened(manifest.build(folder, replace(VALUES, address="https://staffroom.example.sch.uk")))

    chat, tab = with_tab["staticTabs"]
    assert (chat["entityId"], tab["name"]) == ("conversations", "School pages")
    assert tab["contentUrl"] == tab["websiteUrl"] == f"https://staffroom.example.sch.uk{START}"
    assert with_tab["validDomains"] == ["staffroom.example.sch.uk"]
    assert with_tab["webApplicationInfo"] == {"id": APP_ID, "resource": f"api://staffroom.example.sch.uk/{APP_ID}"}
    changed = ("staticTabs", "validDomains", "webApplicationInfo")
    assert without(with_tab, *changed) == without(opened(manifest.build(folder, VALUES)), *changed)


def test_a_school_without_pages_has_no_tab_and_names_no_address(folder: Path):
    plain = opened(manifest.build(folder, VALUES))

    assert "staticTabs" not in plain
    assert plain["validDomains"] == []


def test_a_package_for_another_address_is_noticed(folder: Path, tmp_path: Path):
    file, address = tmp_path / "staffroom.zip", "https://staffroom.example.sch.uk"
    file.write_bytes(manifest.build(folder, replace(VALUES, address=address)))

    assert manifest.disagreements(file, APP_ID, address) == []
    assert len(manifest.disagreements(file, APP_ID, "https://elsewhere.example")) == 1
    assert len(manifest.disagreements(file, APP_ID)) == 1
