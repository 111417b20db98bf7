"""How Staffroom is set up: STAFFROOM_* in the environment, read here and nowhere else."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bot.errors import SettingsError

ROOT = Path(__file__).parent.parent
PREFIX = "STAFFROOM_"
_ADDRESS = re.compile(r"https://[a-z0-9-]+(\.[a-z0-9-]+)+(:[1-9]\d{0,4})?", re.ASCII)
TEAMS_CREDENTIALS = ("APP_ID", "TENANT_ID", "CERTIFICATE", "FEDERATED", "MANAGED_IDENTITY", "SECRET")
SLACK_CREDENTIALS = ("SLACK_TEAM", "SLACK_APP", "SLACK_TOKEN", "SLACK_SECRET", "SLACK_APP_TOKEN")
CREDENTIALS = (*TEAMS_CREDENTIALS, *SLACK_CREDENTIALS)


@dataclass(frozen=True, slots=True)
class SlackSettings:
    """The school's workspace (team) and our app in it; each is empty if it is not set.

    `token` speaks for the app (xoxb-), `secret` signs what Slack sends, `app_token` (xapp-) is for Socket Mode.
    """

    team: str
    app: str
    token: str = field(repr=False)
    secret: str = field(repr=False)
    app_token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Settings:
    """Where things are, and what is switched on."""

    school: str
    policies: Path
    cards: Path
    data: Path
    cache: Path
    host: str
    port: int
    weights: Path | None
    manifest: Path
    website: str
    address: str  # where people open the pages, https://HOST; empty if they are not served
    privacy: str
    terms: str
    store: str
    witness_copy: Path | None  # a folder on another volume, in which the witness is kept a second time
    app_id: str
    tenant: str
    certificate: Path | None
    federated: Path | None
    is_managed: bool
    secret: str = field(repr=False)
    evidence_key: str = field(repr=False)
    slack: SlackSettings
    credentials: tuple[str, ...]  # the names of those that are set

    @property
    def has_teams(self) -> bool:
        """Whether anything of Teams is set."""
        return any(name in TEAMS_CREDENTIALS for name in self.credentials)

    @property
    def has_slack(self) -> bool:
        """Whether anything of Slack is set."""
        return any(name in SLACK_CREDENTIALS for name in self.credentials)

    @property
    def staff_file(self) -> Path:
        """The school's staff list."""
        return self.data / "staff.csv"

    @property
    def resource(self) -> str:
        """The name of our application in Entra that Teams asks tokens for; empty if the pages are not served."""
        return f"api://{self.address.removeprefix('https://')}/{self.app_id}" if self.address else ""

    def store_url(self, *, local: bool) -> str:
        """The store's address: local mode has a store of its own, never that of a real school."""
        return f"sqlite:{self.data / 'demo.db'}" if local else self.store or f"sqlite:{self.data / 'staffroom.db'}"


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """The settings; raises SettingsError naming the variable that does not make sense."""
    given = os.environ if environment is None else environment

    def value(name: str, usual: str) -> str:
        return given.get(PREFIX + name) or usual

    data = Path(value("DATA", str(ROOT / "data")))
    return Settings(
        school=value("SCHOOL", "slyne-with-hest"),
        policies=Path(value("POLICIES", str(ROOT / "policies"))),
        cards=ROOT / "cards",
        data=data,
        cache=Path(value("CACHE", str(ROOT / ".cache"))),
        host=value("HOST", "127.0.0.1"),
        port=_port(value("PORT", "3978")),
        weights=_path(value("WEIGHTS", "")),
        manifest=ROOT / "manifest",
        website=value("WEBSITE", ""),
        address=_address(value("ADDRESS", "")),
        privacy=value("PRIVACY", ""),
        terms=value("TERMS", value("WEBSITE", "")),
        store=value("STORE", ""),
        witness_copy=_path(value("WITNESS_COPY", "")),
        app_id=value("APP_ID", "").lower(),
        tenant=value("TENANT_ID", "").lower(),
        certificate=_path(value("CERTIFICATE", "")),
        federated=_path(value("FEDERATED", "")),
        is_managed=_switch("MANAGED_IDENTITY", value("MANAGED_IDENTITY", "no")),
        secret=value("SECRET", ""),
        evidence_key=value("EVIDENCE_KEY", ""),
        slack=SlackSettings(*(value(name, "") for name in SLACK_CREDENTIALS)),
        credentials=tuple(name for name in CREDENTIALS if given.get(PREFIX + name)),
    )


def _path(text: str) -> Path | None:
    return Path(text) if text else None


def _address(text: str) -> str:
    """The address in the form in which browsers send it as an origin."""
    address = text.removesuffix("/").lower()
    if text and not _ADDRESS.fullmatch(address):
        raise SettingsError(f"STAFFROOM_ADDRESS must be such as https://staffroom.example.sch.uk, not {text!r}.")
    return address.removesuffix(":443")


def _switch(name: str, text: str) -> bool:
    if text not in {"yes", "no"}:
        raise SettingsError(f"STAFFROOM_{name} must be yes or no, not {text!r}.")
    return text == "yes"


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > 65535:
        raise SettingsError(f"STAFFROOM_PORT must be a number up to 65535, not {text!r}.")
    return int(text)
