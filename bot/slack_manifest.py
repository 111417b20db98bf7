"""Fills the manifest of the Slack app, manifest/slack.yaml, with the school's own address.

https://docs.slack.dev/reference/app-manifest
"""

import json
import re
from pathlib import Path

from bot.errors import SettingsError

MANIFEST = "slack.yaml"
REQUEST_PATH = "/api/slack"
REDIRECT_PATH = "/school/sign-in/slack/back"  # where Sign in with Slack sends the browser back
GROUPS_SCOPE = "usergroups:read"
_PLACEHOLDER = re.compile(r"\$\{(\w*)\}")
_ADDRESS = re.compile(r"https://[a-z0-9.-]+(:[0-9]{1,5})?", re.ASCII)
_GROUPS_LINE = re.compile(rf"^ *- {GROUPS_SCOPE}\n", re.MULTILINE)
NO_ADDRESS = (
    "Where does Slack reach Staffroom? Give its address, which starts with https:// and has nothing behind the name: "
    "python -m bot manifest --slack --address https://staffroom.example.sch.uk"
)


def build_slack(folder: Path, address: str, *, reads_groups: bool = False) -> str:
    """The manifest to paste into Slack, as YAML; `address` is https://HOST. Raises SettingsError.

    The scope for user groups is in it only if the staff list comes from them.
    """
    address = address.removesuffix("/").lower()
    if not _ADDRESS.fullmatch(address):
        raise SettingsError(NO_ADDRESS)
    values = {"request_url": f"{address}{REQUEST_PATH}", "redirect_url": f"{address}{REDIRECT_PATH}"}
    try:
        text = (folder / MANIFEST).read_text(encoding="utf-8")
    except OSError as error:
        raise SettingsError(f"{MANIFEST} cannot be read: {error.strerror}.") from error
    if not reads_groups:
        text = _GROUPS_LINE.sub("", text)
    unknown = sorted(set(_PLACEHOLDER.findall(text)) - values.keys())
    if unknown:
        raise SettingsError(f"{MANIFEST}: there is no value for ${{{unknown[0]}}}.")
    return _PLACEHOLDER.sub(lambda name: json.dumps(values[name[1]]), text)  # a string of JSON is one of YAML
