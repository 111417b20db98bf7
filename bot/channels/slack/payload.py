"""What Slack sends must look like before anybody reads it, and what it says in our words.

https://docs.slack.dev/apis/events-api (event_callback, url_verification),
https://docs.slack.dev/reference/interaction-payloads (block_actions, view_submission) and
https://docs.slack.dev/interactivity/implementing-slash-commands
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from bot.channels.request_body import Refused
from bot.channels.slack.account_events import HomeOpened, ProfileChanged
from bot.channels.slack.open_modal import OpenModal, open_modal
from bot.people.rules.identity import is_slack_account

CHANNEL = "slack"  # the channel's name in addresses
MAX_TEXT_CHARS = 40_000  # of a message in Slack

_ID = re.compile(r"[A-Z][A-Z0-9]{1,30}", re.ASCII)
_CONVERSATION = re.compile(r"[CDG][A-Z0-9]{1,30}", re.ASCII)
_TIME_STAMP = re.compile(r"\d{1,12}\.\d{1,9}", re.ASCII)
_NAME = re.compile(r"[!-~]{1,255}")
is_user = is_slack_account
_SAID = frozenset({"", "file_share", "thread_broadcast"})  # subtypes that are messages all the same


@dataclass(frozen=True, slots=True)
class UrlVerification:
    """Slack asks whether this is the address: the challenge goes back."""

    challenge: str


@dataclass(frozen=True, slots=True)
class WrittenMessage:
    """What somebody wrote: to the bot alone (`is_direct`), or in a channel where they mentioned it.

    `id` is the message's time stamp, which with the conversation is unique; `thread` that of the message that it
    replies to, empty if it replies to none.
    """

    user: str
    conversation: str
    id: str
    text: str
    thread: str
    is_direct: bool

    @property
    def key(self) -> tuple[str, ...]:
        """The same for every delivery, and for both events that one mention may bring."""
        return ("message", self.conversation, self.id)


@dataclass(frozen=True, slots=True)
class ChatOpened:
    """Somebody looks at their direct messages with the bot."""

    event: str
    user: str
    conversation: str

    @property
    def key(self) -> tuple[str, ...]:
        """The same for every delivery."""
        return ("event", self.event)


@dataclass(frozen=True, slots=True)
class ButtonPress:
    """A pressed button (`action`, as Slack sends it). `message` is empty if Slack keeps none that could be replaced.

    `trigger` opens a form, once, within three seconds.
    """

    user: str
    conversation: str
    message: str
    thread: str
    action: Mapping[str, Any]
    trigger: str
    is_on_home: bool = False
    modal: OpenModal | None = None  # in which it was pressed

    @property
    def key(self) -> tuple[str, ...]:
        """The same for every delivery."""
        return ("press", self.trigger)


@dataclass(frozen=True, slots=True)
class Submission:
    """A form that was sent off (`view`, as Slack sends it)."""

    user: str
    id: str
    view: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class SlashCommand:
    """`/policy` with the words behind it."""

    user: str
    conversation: str
    text: str
    trigger: str

    @property
    def key(self) -> tuple[str, ...]:
        """The same for every delivery."""
        return ("command", self.trigger)


@dataclass(frozen=True, slots=True)
class Nothing:
    """Something that is none of our business: an edit, a deletion, a bot's own post, an event we did not ask for."""


Content: TypeAlias = (
    UrlVerification
    | WrittenMessage
    | ChatOpened
    | HomeOpened
    | ProfileChanged
    | ButtonPress
    | Submission
    | SlashCommand
    | Nothing
)
NOTHING = Nothing()


@dataclass(frozen=True, slots=True)
class Payload:
    """What arrived, and the app and the workspace (team) it was sent to."""

    app: str
    team: str
    content: Content


def read_payload(fields: Mapping[str, Any]) -> Payload:
    """What the fields of a request say; raises Refused (400) if they have the shape of nothing that Slack sends."""
    read = _READERS.get(str(fields.get("type")))
    if read is None:
        raise Refused(400, "Staffroom does not know that kind of request.")
    return read(fields)


def is_time_stamp(text: object) -> bool:
    """Whether it is the time stamp by which Slack knows a message, such as 1700000000.000100."""
    return isinstance(text, str) and _TIME_STAMP.fullmatch(text) is not None


def is_conversation(text: object) -> bool:
    """Whether it is the id of a channel, a group or a direct message."""
    return isinstance(text, str) and _CONVERSATION.fullmatch(text) is not None


def _challenge(fields: Mapping[str, Any]) -> Payload:
    return Payload("", "", UrlVerification(_named(fields, "challenge", _is_name)))


def _event(fields: Mapping[str, Any]) -> Payload:
    app, team = _named(fields, "api_app_id", _is_id), _named(fields, "team_id", _is_id)
    event_id, event = _named(fields, "event_id", _is_name), _part(fields, "event")
    kind = _named(event, "type", _is_name)
    if kind in {"message", "app_mention"}:
        return Payload(app, team, _message(event, team))
    read = EVENTS.get(kind)
    return Payload(app, team, read(event_id, event) if read else NOTHING)


def _profile(event_id: str, event: Mapping[str, Any]) -> ProfileChanged:
    profile = _part(event, "user")
    return ProfileChanged(event_id, _named(profile, "id", is_user), profile)


def _opened(event_id: str, event: Mapping[str, Any]) -> ChatOpened | HomeOpened | Nothing:
    match event.get("tab"):
        case "messages":
            return ChatOpened(event_id, _named(event, "user", is_user), _named(event, "channel", is_conversation))
        case "home":
            return HomeOpened(event_id, _named(event, "user", is_user))
    return NOTHING


EVENTS: Mapping[str, Callable[[str, Mapping[str, Any]], Content]] = {
    "app_home_opened": _opened,
    "user_change": _profile,
}  # beside messages and mentions


def _message(event: Mapping[str, Any], team: str) -> WrittenMessage | Nothing:
    """The message of an event; Nothing for one that no person of this workspace wrote to the bot."""
    subtype = _optional(event, "subtype", _is_name)
    is_direct = event.get("channel_type") == "im" and str(event.get("channel")).startswith("D")
    is_to_bot = is_direct or event["type"] == "app_mention"
    if subtype not in _SAID or "bot_id" in event or "bot_profile" in event or not is_to_bot:
        return NOTHING
    # In a channel shared with others the author's own workspace is named.
    if any(event.get(name) not in (None, team) for name in ("team", "user_team", "source_team")):
        return NOTHING
    return WrittenMessage(
        user=_named(event, "user", is_user),
        conversation=_named(event, "channel", is_conversation),
        id=_named(event, "ts", is_time_stamp),
        text=_optional(event, "text", _is_text),
        thread=_optional(event, "thread_ts", is_time_stamp),
        is_direct=is_direct,
    )


def _press(fields: Mapping[str, Any]) -> Payload:
    actions = fields.get("actions")
    if not isinstance(actions, list) or not actions or not isinstance(actions[0], dict):
        raise Refused(400, "The request's actions are missing or have the wrong shape.")
    container, message = _optional_part(fields, "container"), _optional_part(fields, "message")
    is_kept = container.get("is_ephemeral") is not True
    press = ButtonPress(
        user=_user_of(fields),
        conversation=_optional(_optional_part(fields, "channel"), "id", is_conversation),
        message=_optional(message, "ts", is_time_stamp) if is_kept else "",
        thread=_optional(message, "thread_ts", is_time_stamp),
        action=actions[0],
        trigger=_named(fields, "trigger_id", _is_name),
        is_on_home=_optional_part(fields, "view").get("type") == "home",
        modal=open_modal(_optional_part(fields, "view")),
    )
    return Payload(_named(fields, "api_app_id", _is_id), _team_of(fields), press)


def _submission(fields: Mapping[str, Any]) -> Payload:
    view = _part(fields, "view")
    _named(view, "callback_id", _is_name)
    submission = Submission(_user_of(fields), _named(view, "id", _is_id), view)
    return Payload(_named(fields, "api_app_id", _is_id), _team_of(fields), submission)


def _command(fields: Mapping[str, Any]) -> Payload:
    if not _named(fields, "command", _is_name).startswith("/"):
        raise Refused(400, "That command could not be read.")
    command = SlashCommand(
        user=_named(fields, "user_id", is_user),
        conversation=_named(fields, "channel_id", is_conversation),
        text=_optional(fields, "text", _is_text),
        trigger=_named(fields, "trigger_id", _is_name),
    )
    return Payload(_named(fields, "api_app_id", _is_id), _named(fields, "team_id", _is_id), command)


def _other(fields: Mapping[str, Any]) -> Payload:
    """A kind of interaction that we do not use: it is taken, and nothing is done."""
    return Payload(_named(fields, "api_app_id", _is_id), _team_of(fields), NOTHING)


def _about_limits(fields: Mapping[str, Any]) -> Payload:
    """Slack says that it drops events because there are too many."""
    return Payload(_named(fields, "api_app_id", _is_id), _named(fields, "team_id", _is_id), NOTHING)


_READERS: Mapping[str, Callable[[Mapping[str, Any]], Payload]] = {
    "url_verification": _challenge,
    "event_callback": _event,
    "app_rate_limited": _about_limits,
    "block_actions": _press,
    "view_submission": _submission,
    "view_closed": _other,
    "shortcut": _other,
    "message_action": _other,
    "slash_command": _command,
}


def _team_of(fields: Mapping[str, Any]) -> str:
    """The workspace of an interaction; raises Refused if the user is of another."""
    team = _named(_part(fields, "team"), "id", _is_id)
    if _part(fields, "user").get("team_id") not in (None, team):
        raise Refused(403, "Staffroom answers its own school only.")
    return team


def _user_of(fields: Mapping[str, Any]) -> str:
    return _named(_part(fields, "user"), "id", is_user)


def _named(fields: Mapping[str, Any], name: str, is_right: Callable[[object], bool]) -> str:
    value = fields.get(name)
    if not is_right(value):
        raise Refused(400, f"The request's {name} is missing or has the wrong shape.")
    return str(value)


def _optional(fields: Mapping[str, Any], name: str, is_right: Callable[[object], bool]) -> str:
    """The text by that name; empty if it is not there."""
    return "" if fields.get(name) in (None, "") else _named(fields, name, is_right)


def _part(fields: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = fields.get(name)
    if not isinstance(part, dict):
        raise Refused(400, f"The request's {name} is missing or has the wrong shape.")
    return part


def _optional_part(fields: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    return {} if fields.get(name) is None else _part(fields, name)


def _is_id(value: object) -> bool:
    return isinstance(value, str) and _ID.fullmatch(value) is not None


def _is_name(value: object) -> bool:
    return isinstance(value, str) and _NAME.fullmatch(value) is not None


def _is_text(value: object) -> bool:
    return isinstance(value, str) and len(value) <= MAX_TEXT_CHARS
