"""Fills the manifest of the Slack app, manifest/slack.yaml, with the school's own address.

https://docs.slack.dev/reference/app-manifest
"""

import json
import re
from pathlib import Path

from bot.errors import SettingsError

MANIFEST = "slack.yaml"
REQUEST_PATH = "/api/slack"
REQUEST_URL, REDIRECT_URL = "request_url", "redirect_url"  # placeholders of lines that need an address
REDIRECT_PATH = "/school/sign-in/slack/back"  # where Sign in with Slack sends the browser back
GROUPS_SCOPE = "usergroups:read"
_PLACEHOLDER = re.compile(r"\$\{(\w*)\}")
_ADDRESS = re.compile(r"https://[a-z0-9.-]+(:[0-9]{1,5})?", re.ASCII)
_GROUPS_LINE = re.compile(rf"^ *- {GROUPS_SCOPE}\n", re.MULTILINE)
NO_ADDRESS = (
    "An address that Slack reaches starts with https:// and has nothing behind the name: "
    "python -m bot manifest --slack --address https://staffroom.example.sch.uk. Without one, it is for Socket Mode."
)


def build_slack(folder: Path, address: str, *, reads_groups: bool = False) -> str:
    """The manifest to paste into Slack, as YAML; raises SettingsError.

    `address` is https://HOST. If it is empty, the manifest is for Socket Mode, and names no address. The scope for
    user groups is in it only if the staff list comes from them.
    """
    address = address.removesuffix("/").lower()
    if address and not _ADDRESS.fullmatch(address):
        raise SettingsError(NO_ADDRESS)
    addresses = {REQUEST_URL: f"{address}{REQUEST_PATH}", REDIRECT_URL: f"{address}{REDIRECT_PATH}"}
    values: dict[str, str | bool] = {**addresses, "socket_mode": not address}
    try:
        lines = (folder / MANIFEST).read_text(encoding="utf-8").splitlines(keepends=True)
    except OSError as error:
        raise SettingsError(f"{MANIFEST} cannot be read: {error.strerror}.") from error
    needs_address = [f"${{{name}}}" for name in addresses]
    text = "".join(line for line in lines if address or not any(name in line for name in needs_address))
    if not reads_groups:
        text = _GROUPS_LINE.sub("", text)
    unknown = sorted(set(_PLACEHOLDER.findall(text)) - values.keys())
    if unknown:
        raise SettingsError(f"{MANIFEST}: there is no value for ${{{unknown[0]}}}.")
    return _PLACEHOLDER.sub(lambda name: json.dumps(values[name[1]]), text)  # what is JSON is YAML
