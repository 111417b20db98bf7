"""How Staffroom is set up: STAFFROOM_* in the environment, read here and nowhere else."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from bot.errors import SettingsError

ROOT = Path(__file__).parent.parent
PREFIX = "STAFFROOM_"
_ADDRESS = re.compile(r"https://[a-z0-9-]+(\.[a-z0-9-]+)+(:[1-9]\d{0,4})?", re.ASCII)
_MODEL = re.compile(r"[!-~]{1,100}")
# An address that every program reads as the same host: no part of it is escaped, and nothing comes before or after.
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_CHOOSER_ADDRESS = re.compile(
    rf"https?://(?:{_LABEL}(?:\.{_LABEL})*|\[[0-9a-f:]+\])(?::[0-9]{{1,5}})?"
    r"(?:/(?!\.{1,2}(?:/|$))[a-z0-9._~-]{1,64})*/?",
    re.ASCII | re.IGNORECASE,
)
MAX_HOST_CHARS = 253  # of a name in DNS
# Only these are given a token of the bot's own identity: to anybody else it would be a key to the school's Azure.
AZURE_MODELS = (".openai.azure.com", ".cognitiveservices.azure.com", ".services.ai.azure.com")
TEAMS_CREDENTIALS = ("APP_ID", "TENANT_ID", "CERTIFICATE", "FEDERATED", "MANAGED_IDENTITY", "SECRET")
SLACK_CREDENTIALS = (
    "SLACK_TEAM",
    "SLACK_APP",
    "SLACK_TOKEN",
    "SLACK_SECRET",
    "SLACK_APP_TOKEN",
    "SLACK_CLIENT",
    "SLACK_CLIENT_SECRET",
)
CREDENTIALS = (*TEAMS_CREDENTIALS, *SLACK_CREDENTIALS)


@dataclass(frozen=True, slots=True)
class SlackSettings:
    """The school's workspace (team) and our app in it; each is empty if it is not set.

    `token` speaks for the app (xoxb-). Either `secret` signs what Slack posts, or `app_token` (xapp-) opens the
    connection over which everything comes (Socket Mode).
    `client` and `client_secret` are the app's for Sign in with Slack.
    """

    team: str
    app: str
    token: str = field(repr=False)
    secret: str = field(repr=False)
    app_token: str = field(repr=False)
    client: str = ""
    client_secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class ChooserSettings:
    """The language model that IT has set up: where it is, its name there, and what proves who we are.

    `key` is a file with one line; `is_identity` is the bot's own identity at Microsoft; neither on this machine.
    """

    address: str  # of an OpenAI-compatible API, without a slash at its end
    model: str
    key: Path | None
    is_identity: bool

    @property
    def is_loopback(self) -> bool:
        """Whether it runs on this machine."""
        return _is_loopback(urlsplit(self.address).hostname or "")


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
    chooser: ChooserSettings | None  # None, the usual: no language model is asked
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
        chooser=_chooser(
            value("CHOOSER", ""),
            value("CHOOSER_MODEL", ""),
            _path(value("CHOOSER_KEY", "")),
            is_identity=_switch("CHOOSER_IDENTITY", value("CHOOSER_IDENTITY", "no")),
        ),
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


def _chooser(address: str, model: str, key: Path | None, *, is_identity: bool) -> ChooserSettings | None:
    """The language model, or None; raises SettingsError for one that is set up half, or not safely."""
    if not address:
        if model or key or is_identity:
            raise SettingsError("STAFFROOM_CHOOSER is missing: its model or its key is set, but not its address.")
        return None
    host = _chooser_host(address)
    if not _MODEL.fullmatch(model):
        raise SettingsError("STAFFROOM_CHOOSER_MODEL must be the model's name at STAFFROOM_CHOOSER, without spaces.")
    if key and is_identity:
        raise SettingsError("STAFFROOM_CHOOSER_KEY and STAFFROOM_CHOOSER_IDENTITY are both set; please choose one.")
    if is_identity and not host.endswith(AZURE_MODELS):
        raise SettingsError(f"STAFFROOM_CHOOSER_IDENTITY is for Azure only, and {host} is no address of its models.")
    if not (key or is_identity or _is_loopback(host)):
        raise SettingsError("STAFFROOM_CHOOSER needs STAFFROOM_CHOOSER_IDENTITY=yes, or STAFFROOM_CHOOSER_KEY.")
    return ChooserSettings(address.rstrip("/"), model, key, is_identity)


def _chooser_host(address: str) -> str:
    """The host in lower case; raises SettingsError unless it is reached by HTTPS, or on this machine."""
    try:
        parts = urlsplit(address)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        host, port = "", None
    if not host or port == 0 or not _CHOOSER_ADDRESS.fullmatch(address) or len(host) > MAX_HOST_CHARS:
        raise SettingsError("STAFFROOM_CHOOSER must be such as https://NAME.openai.azure.com/openai/v1.")
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_loopback(host)):
        raise SettingsError("STAFFROOM_CHOOSER must begin with https://; http:// is for this machine only (127.0.0.1).")
    return host


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _switch(name: str, text: str) -> bool:
    if text not in {"yes", "no"}:
        raise SettingsError(f"STAFFROOM_{name} must be yes or no, not {text!r}.")
    return text == "yes"


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > 65535:
        raise SettingsError(f"STAFFROOM_PORT must be a number up to 65535, not {text!r}.")
    return int(text)
