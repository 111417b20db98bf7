"""What a refusal of Microsoft's Bot Connector means: its error code decides, and its status only where it gives none.

https://learn.microsoft.com/microsoftteams/platform/bots/build-conversational-capability#status-codes-from-bot-conversational-apis
"""

from collections.abc import Mapping
from typing import Any

from bot.channels.refusals import ASK_AN_ADMINISTRATOR, RETRY_LATER, Meaning
from bot.errors import Busy, ChannelError, Gone, InDoubt, Unreachable
from bot.response_body import json_object

MEANINGS = {
    "conversationnotfound": Meaning.GONE,  # 404
    "botnotinconversationroster": Meaning.GONE,  # 403, and 404 for messages to one person of a group
    "forbiddenoperationexception": Meaning.GONE,  # 403: not installed for the person
    "conversationblockedbyuser": Meaning.NOT_ALLOWED,  # 403
    "messagewritesblocked": Meaning.NOT_ALLOWED,  # 403, as a subcode: blocked, muted or removed
    "notenoughpermissions": Meaning.NOT_ALLOWED,  # 403
    "botdisabledbyadmin": Meaning.SWITCHED_OFF,  # 403
    "botnotregistered": Meaning.SWITCHED_OFF,  # 401
    "invalidbotapihost": Meaning.SWITCHED_OFF,  # 403
    "preconditionfailed": Meaning.BUSY,  # 412
    "throttled": Meaning.BUSY,  # 429
    "messagesizetoobig": Meaning.REFUSED,  # 413
}
# Without a code we know: a 403 or a 404 says nothing about who is gone.
MEANINGS_BY_STATUS = {
    401: Meaning.BUSY,
    403: Meaning.NOT_ALLOWED,
    404: Meaning.NOT_ALLOWED,
    412: Meaning.BUSY,
    429: Meaning.BUSY,
}
SWITCHED_OFF = "Teams takes no messages from Staffroom at present: the school's IT has to allow the app again ({code})."


def as_error(status: int, body: Mapping[str, Any], wait: float) -> ChannelError:
    """The error for a response that is no success. `wait` is how many seconds it asked us to wait."""
    code = error_code(body)
    match MEANINGS.get(code.casefold()) or MEANINGS_BY_STATUS.get(status):
        case Meaning.GONE:
            return Gone("Teams says that this chat is gone.")
        case Meaning.NOT_ALLOWED:
            return Unreachable(f"Teams does not let us write there at present ({code or status}).")
        case Meaning.SWITCHED_OFF:
            return Busy(SWITCHED_OFF.format(code=code), ASK_AN_ADMINISTRATOR)
        case Meaning.BUSY if status == 429:
            return Busy("Teams asks us to wait.", wait)
        case Meaning.BUSY:
            return Busy(f"Teams did not take the message just now ({code or status}).", RETRY_LATER)
    if status >= 500:
        return InDoubt("Teams failed while it took the message.")
    return ChannelError(f"Teams refused the message ({code or status}).")


def error_code(body: Mapping[str, Any]) -> str:
    """The code in an error's body, a subcode before the code it belongs to; empty if there is none.

    >>> error_code({"error": {"code": "BotDisabledByAdmin", "message": "The tenant admin disabled this bot"}})
    'BotDisabledByAdmin'
    >>> error_code({"errorCode": 209, "message": '{"subCode": "MessageWritesBlocked"}'})
    'MessageWritesBlocked'
    """
    error = body.get("error")
    parts = [body, error if isinstance(error, Mapping) else {}]
    parts += [_object(part.get("message")) for part in tuple(parts)]
    codes = [part.get(name) for name in ("subCode", "code") for part in reversed(parts)]
    named = (code for code in [*codes, error] if isinstance(code, str) and code.isalnum() and len(code) <= 60)
    return next(named, "")


def _object(message: object) -> Mapping[str, Any]:
    """The object that some of Teams' services write into the message as text."""
    if not isinstance(message, str) or len(message) >= 10_000:
        return {}
    return json_object(message.encode(errors="replace")) or {}
