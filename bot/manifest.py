"""Reads manifest/: the Teams app package, filled with the school's own values and checked before anybody uploads it.

What Teams wants stands in Microsoft's schema, which npm brings, and in rules that only its upload knows; we check both.
"""

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

from bot.errors import SettingsError

MANIFEST = "manifest.json"
SIDES = {"color": 192, "outline": 32}  # pixels
MOST_COMMANDS = 8  # https://learn.microsoft.com/microsoftteams/platform/bots/how-to/create-a-bot-commands-menu
SCHEMAS = Path("node_modules", "@microsoft", "app-manifest", "build", "json-schemas", "teams")

# Teams would let the app have an id of its own. Ours is the bot's: one number for the school to compare, and the one by
# which Graph finds the app in the school's catalogue (externalId).
OURS = {
    "id": "${app_id}",
    "bots.0.botId": "${app_id}",
    "webApplicationInfo.id": "${app_id}",
    "webApplicationInfo.resource": "api://botid-${app_id}",
}

_HOLE = re.compile(r"\$\{([^}]*)\}")
_UUID = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")
_VERSION = re.compile(r"(?:0|[1-9]\d*)(?:\.(?:0|[1-9]\d*)){2}", re.ASCII)
_PNG = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True, slots=True)
class Package:
    """What fills the holes of manifest.json, each by its name."""

    app_id: str
    version: str
    school: str
    website: str
    privacy: str
    terms: str


def build(folder: Path, values: Package) -> bytes:
    """The zip to upload to Teams: the same bytes for the same values, wherever it is built.

    Raises SettingsError saying all that is missing or wrong.
    """
    _refuse(_wrong_values(values))
    manifest = _fill(read(folder / MANIFEST), asdict(values))
    _refuse([*problems(manifest, folder), *_foreign(manifest, values.app_id)])
    icons = {manifest["icons"][kind]: _icon(folder / manifest["icons"][kind], side) for kind, side in SIDES.items()}
    text = json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"
    return _zipped({MANIFEST: text.encode(), **icons})


def problems(manifest: Mapping[str, Any], folder: Path) -> list[str]:
    """What Teams would refuse in a filled manifest, a sentence each; raises SettingsError without the schema."""
    wrong = Draft4Validator(_schema(folder, manifest)).iter_errors(manifest)
    by_place = sorted(wrong, key=lambda error: [str(step) for step in error.absolute_path])
    return [_sentence(error) for error in by_place] or list(_beyond_the_schema(manifest))


def is_schema_installed(folder: Path) -> bool:
    """Whether set-up has brought the schema that manifest.json names."""
    return _schema_file(folder, read(folder / MANIFEST)).is_file()


def disagreements(file: Path, app_id: str) -> list[str]:
    """Which ids in a package (.zip) or the template (.json) are another app's, a sentence each; none when all agree."""
    try:
        _refuse(_wrong_id(app_id))
        return _foreign(read(file), app_id)
    except SettingsError as seen:
        return [str(seen)]


def read(file: Path) -> dict[str, Any]:
    """The manifest in a package (.zip) or in a file (.json), with its holes if it has any."""
    try:
        found = json.loads(_unpacked(file) if file.suffix == ".zip" else file.read_bytes())
    except (OSError, ValueError) as seen:
        raise SettingsError(f"{file.name} cannot be read: {seen}.") from seen
    if not isinstance(found, dict):
        raise SettingsError(f"{file.name} is not a manifest.")
    return found


def _unpacked(file: Path) -> bytes:
    try:
        with ZipFile(file) as archive:
            return archive.read(MANIFEST)
    except (KeyError, RuntimeError, BadZipFile, zlib.error) as seen:  # RuntimeError: somebody set a password
        raise SettingsError(f"{file.name} cannot be read: {seen}.") from seen


def _refuse(wrong: list[str]) -> None:
    if wrong:
        raise SettingsError(" ".join(wrong))


def _wrong_values(values: Package) -> list[str]:
    wrong = _wrong_id(values.app_id)
    # Microsoft's upload takes these three numbers and nothing after them, whatever its schema says.
    if not _VERSION.fullmatch(values.version):
        wrong.append(f"The package's version must be three numbers such as 1.0.0, not {values.version!r}.")
    for name in ("website", "privacy", "terms"):
        address = getattr(values, name)
        if not re.fullmatch(r"https://[^\s/]\S*", address):
            wrong.append(f"STAFFROOM_{name.upper()} must be an address that starts with https://, not {address!r}.")
    return wrong


def _wrong_id(app_id: str) -> list[str]:
    if _UUID.fullmatch(app_id):
        return []
    return [f"STAFFROOM_APP_ID must be the bot's id, 32 digits and letters in five groups, not {app_id!r}."]


def _fill(part: Any, values: Mapping[str, str]) -> Any:
    if isinstance(part, str):
        return _HOLE.sub(lambda hole: _value(hole[1], values), part)
    if isinstance(part, list):
        return [_fill(piece, values) for piece in part]
    if isinstance(part, dict):
        return {key: _fill(value, values) for key, value in part.items()}
    return part


def _value(name: str, values: Mapping[str, str]) -> str:
    if name not in values:
        raise SettingsError(f"{MANIFEST}: nothing fills ${{{name}}}.")
    return values[name]


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
            said = f"{len(error.instance)} characters, and Teams takes {error.validator_value}"
        case "maxItems":
            said = f"{len(error.instance)} entries, and Teams takes {error.validator_value}"
        case _:
            said = error.message
    return f"{MANIFEST}: {place}: {said}."


def _beyond_the_schema(manifest: Mapping[str, Any]) -> Iterator[str]:
    for bot in manifest.get("bots", ()):
        # https://learn.microsoft.com/microsoftteams/platform/build-apps-for-shared-private-channels
        if "team" in bot["scopes"] and not manifest.get("supportsChannelFeatures"):
            yield f"{MANIFEST}: a bot for teams must say supportsChannelFeatures."
        for number, menu in enumerate(bot.get("commandLists", ())):
            if len(menu["commands"]) > MOST_COMMANDS:
                yield f"{MANIFEST}: menu {number} has more than the {MOST_COMMANDS} commands that Teams shows."


def _foreign(manifest: Mapping[str, Any], app_id: str) -> list[str]:
    wrong = []
    for place, ours in OURS.items():
        found, wanted = (text.replace("${app_id}", app_id) for text in (_at(manifest, place), ours))
        if found.lower() != wanted.lower():
            wrong.append(f"{MANIFEST}: {place} is {found or 'missing'}, and by STAFFROOM_APP_ID it is {wanted}.")
    return wrong


def _at(part: Any, place: str) -> str:
    try:
        for step in place.split("."):
            part = part[int(step) if isinstance(part, list) else step]
    except (KeyError, IndexError, TypeError, ValueError):
        return ""
    return str(part)


def _icon(file: Path, side: int) -> bytes:
    try:
        content = file.read_bytes()
    except OSError as seen:
        raise SettingsError(f"The icon {file.name} cannot be read: {seen}.") from seen
    # A PNG's width and height follow its signature and the name of its first part: https://www.w3.org/TR/png-3/#11IHDR
    width, height = (int.from_bytes(content[at : at + 4], "big") for at in (16, 20))
    if not content.startswith(_PNG):
        raise SettingsError(f"The icon {file.name} is not a PNG picture.")
    if (width, height) != (side, side):
        raise SettingsError(f"The icon {file.name} is {width} by {height}, and Teams wants {side} by {side}.")
    return content


def _zipped(files: Mapping[str, bytes]) -> bytes:
    made = BytesIO()
    with ZipFile(made, "w") as archive:
        for name, content in files.items():
            # Not compressed, dated 1980 and made "on Unix", so that neither zlib, clock nor machine changes a byte.
            entry = ZipInfo(name)
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content)
    return made.getvalue()
