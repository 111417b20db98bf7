"""Builds the Teams app package from manifest/: filled with the school's own values, and checked before the upload.

Microsoft's schema, which npm installs, says what Teams accepts. Its upload has further rules; we check both.
"""

import copy
import json
import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile, ZipInfo

from jsonschema import Draft4Validator
from jsonschema.exceptions import ValidationError

from bot import template
from bot.errors import NoValue, SettingsError, TemplateError

MANIFEST = "manifest.json"
ICON_SIDES = {"color": 192, "outline": 32}  # pixels
MAX_COMMANDS = 8  # https://learn.microsoft.com/microsoftteams/platform/bots/how-to/create-a-bot-commands-menu
NOTICE_TITLES = frozenset(("Recording notice", "How long are lesson recordings kept?"))
NOTICE_ACTIVITY = "recordingNotice"
SCHEMAS = Path("node_modules", "@microsoft", "app-manifest", "build", "json-schemas", "teams")

# Teams would allow the app an id of its own. We use the bot's id: the school compares one number only, and Graph finds
# the app in the school's catalogue by it (externalId).
APP_ID_FIELDS = {
    "id": "${app_id}",
    "bots.0.botId": "${app_id}",
    "webApplicationInfo.id": "${app_id}",
}
WITHOUT_PAGES = "api://botid-${app_id}"  # the resource of a bot without pages; nobody asks a token for it

_UUID = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")
_VERSION = re.compile(r"(?:0|[1-9]\d*)(?:\.(?:0|[1-9]\d*)){2}", re.ASCII)
_PNG = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True, slots=True)
class Package:
    """The values of manifest.json: the bot's id, three numbers as the version, and addresses that start with https://."""

    app_id: str
    version: str
    school: str
    website: str
    privacy: str
    terms: str
    has_notices: bool = True  # whether the school tells children of recorded lessons
    address: str = ""  # of the school pages, https://HOST; empty if the package has no tab
    tab: str = "/school/start"  # where they begin


def build(folder: Path, values: Package) -> bytes:
    """The zip to upload to Teams: the same bytes for the same values, wherever it is built.

    Raises SettingsError, which names everything that is missing or wrong.
    """
    _refuse_if_any(_problems_of_values(values))
    template_manifest = read(folder / MANIFEST)
    filled = _filled(template_manifest if values.has_notices else without_notices(template_manifest), values)
    manifest = _with_tab(filled, values)
    _refuse_if_any([*problems(manifest, folder), *_other_ids(manifest, values.app_id, values.address)])
    icons = {
        manifest["icons"][kind]: _icon(folder / manifest["icons"][kind], side) for kind, side in ICON_SIDES.items()
    }
    text = json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"
    return _zipped({MANIFEST: text.encode(), **icons})


def problems(manifest: Mapping[str, Any], folder: Path) -> list[str]:
    """What Teams would refuse in a filled manifest, one sentence each; empty if nothing.

    Raises SettingsError if the schema is not installed.
    """
    errors = Draft4Validator(_schema(folder, manifest)).iter_errors(manifest)
    by_path = sorted(errors, key=lambda error: [str(step) for step in error.absolute_path])
    return [_sentence(error) for error in by_path] or list(_problems_beyond_schema(manifest))


def is_schema_installed(folder: Path) -> bool:
    """Whether the schema that manifest.json names is installed."""
    return _schema_file(folder, read(folder / MANIFEST)).is_file()


def disagreements(file: Path, app_id: str, address: str = "") -> list[str]:
    """Which ids in a package (.zip) or the template (.json) are another app's, one sentence each; empty if none is.

    A file that cannot be read, or an `app_id` that is not an id, is one sentence as well.
    """
    try:
        _refuse_if_any(_problems_of_id(app_id))
        return _other_ids(read(file), app_id, address)
    except SettingsError as error:
        return [str(error)]


def read(file: Path) -> dict[str, Any]:
    """The manifest in a package (.zip) or a file (.json), filled or not; raises SettingsError if it cannot be read."""
    try:
        manifest = json.loads(_unpacked(file) if file.suffix == ".zip" else file.read_bytes())
    except (OSError, ValueError) as error:
        raise SettingsError(f"{file.name} cannot be read: {error}.") from error
    if not isinstance(manifest, dict):
        raise SettingsError(f"{file.name} is not a manifest.")
    return manifest


def _unpacked(file: Path) -> bytes:
    try:
        with ZipFile(file) as archive:
            return archive.read(MANIFEST)
    except (KeyError, RuntimeError, BadZipFile, zlib.error) as error:  # RuntimeError: somebody set a password
        raise SettingsError(f"{file.name} cannot be read: {error}.") from error


def _refuse_if_any(sentences: list[str]) -> None:
    if sentences:
        raise SettingsError(" ".join(sentences))


def _problems_of_values(values: Package) -> list[str]:
    sentences = _problems_of_id(values.app_id)
    # Microsoft's upload takes these three numbers and nothing after them, whatever its schema says.
    if not _VERSION.fullmatch(values.version):
        sentences.append(f"The package's version must be three numbers such as 1.0.0, not {values.version!r}.")
    for name in ("website", "privacy", "terms"):
        address = getattr(values, name)
        if not re.fullmatch(r"https://[^\s/]\S*", address):
            sentences.append(f"STAFFROOM_{name.upper()} must be an address that starts with https://, not {address!r}.")
    return sentences


def _problems_of_id(app_id: str) -> list[str]:
    if _UUID.fullmatch(app_id):
        return []
    return [f"STAFFROOM_APP_ID must be the bot's id, 32 digits and letters in five groups, not {app_id!r}."]


def without_notices(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """The manifest of a school whose policy speaks of no recorded lessons: nothing about them is offered."""
    kept = copy.deepcopy(dict(manifest))
    for bot in kept.get("bots", ()):
        for menu in bot.get("commandLists", ()):
            menu["commands"] = [command for command in menu["commands"] if command["title"] not in NOTICE_TITLES]
    activities = kept.get("activities", {})
    types = [entry for entry in activities.get("activityTypes", ()) if entry["type"] != NOTICE_ACTIVITY]
    return {**kept, "activities": {**activities, "activityTypes": types}} if types else kept


def _filled(manifest: Mapping[str, Any], values: Package) -> dict[str, Any]:
    try:
        return template.fill(manifest, asdict(values))
    except NoValue as error:
        raise SettingsError(f"{MANIFEST}: there is no value for ${{{error.path}}}.") from error
    except TemplateError as error:
        raise SettingsError(f"{MANIFEST}: {error}") from error


def _with_tab(manifest: dict[str, Any], values: Package) -> dict[str, Any]:
    """The manifest with a personal tab for the school pages, after the chat; as it is if there are none.

    https://learn.microsoft.com/microsoftteams/platform/tabs/how-to/authentication/tab-sso-manifest
    """
    if not values.address:
        return manifest
    start = f"{values.address}{values.tab}"
    tab = {"entityId": "pages", "name": "School pages", "contentUrl": start, "websiteUrl": start}
    return {
        **manifest,
        "staticTabs": [
            {"entityId": "conversations", "scopes": ["personal"]},
            {**tab, "scopes": ["personal"]},
        ],
        "webApplicationInfo": {
            "id": values.app_id,
            "resource": _resource(values.address).replace("${app_id}", values.app_id),
        },
        "validDomains": [values.address.removeprefix("https://")],
    }


def _schema_file(folder: Path, manifest: Mapping[str, Any]) -> Path:
    return folder / SCHEMAS / f"v{manifest.get('manifestVersion')}" / "MicrosoftTeams.schema.json"


def _schema(folder: Path, manifest: Mapping[str, Any]) -> Any:
    file = _schema_file(folder, manifest)
    if not file.is_file():
        raise SettingsError(
            f"Microsoft's schema {manifest.get('manifestVersion')} for Teams apps is not installed; run `make setup`."
        )
    return read(file)


def _sentence(error: ValidationError) -> str:
    place = ".".join(str(step) for step in error.absolute_path) or "at the top"
    match error.validator:
        case "maxLength":
            problem = f"{len(error.instance)} characters, and Teams takes {error.validator_value}"
        case "maxItems":
            problem = f"{len(error.instance)} entries, and Teams takes {error.validator_value}"
        case _:
            problem = error.message
    return f"{MANIFEST}: {place}: {problem}."


def _problems_beyond_schema(manifest: Mapping[str, Any]) -> Iterator[str]:
    for bot in manifest.get("bots", ()):
        # https://learn.microsoft.com/microsoftteams/platform/build-apps-for-shared-private-channels
        if "team" in bot["scopes"] and not manifest.get("supportsChannelFeatures"):
            yield f"{MANIFEST}: a bot for teams must say supportsChannelFeatures."
        for number, menu in enumerate(bot.get("commandLists", ())):
            if len(menu["commands"]) > MAX_COMMANDS:
                yield f"{MANIFEST}: menu {number} has more than the {MAX_COMMANDS} commands that Teams shows."


def _resource(address: str) -> str:
    """The name by which Teams asks for tokens, as a template."""
    return f"api://{address.removeprefix('https://')}/${{app_id}}" if address else WITHOUT_PAGES


def _other_ids(manifest: Mapping[str, Any], app_id: str, address: str) -> list[str]:
    sentences = []
    for path, template_text in {**APP_ID_FIELDS, "webApplicationInfo.resource": _resource(address)}.items():
        actual = _text_at(path, manifest).replace("${app_id}", app_id)
        expected = template_text.replace("${app_id}", app_id)
        if actual.lower() != expected.lower():
            sentence = f"{MANIFEST}: {path} is {actual or 'missing'}, and by STAFFROOM_APP_ID it is {expected}."
            sentences.append(sentence)
    return sentences


def _text_at(path: str, manifest: Any) -> str:
    """The value at a path such as "bots.0.botId", as text; empty if there is none."""
    part = manifest
    try:
        for step in path.split("."):
            part = part[int(step) if isinstance(part, list) else step]
    except (KeyError, IndexError, TypeError, ValueError):
        return ""
    return str(part)


def _icon(file: Path, side: int) -> bytes:
    try:
        content = file.read_bytes()
    except OSError as error:
        raise SettingsError(f"The icon {file.name} cannot be read: {error}.") from error
    # A PNG's width and height follow its signature and its first chunk's name: https://www.w3.org/TR/png-3/#11IHDR
    width, height = (int.from_bytes(content[start : start + 4], "big") for start in (16, 20))
    if not content.startswith(_PNG):
        raise SettingsError(f"The icon {file.name} is not a PNG picture.")
    if (width, height) != (side, side):
        raise SettingsError(f"The icon {file.name} is {width} by {height}, and Teams wants {side} by {side}.")
    return content


def _zipped(files: Mapping[str, bytes]) -> bytes:
    buffer = BytesIO()
    with ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            # Not compressed, dated 1980, created "on Unix": the bytes do not depend on zlib, the clock or the machine.
            entry = ZipInfo(name)
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content)
    return buffer.getvalue()
