"""What an error of Slack's Web API means: its error code decides, and its status only where there is none.

The codes are those of https://docs.slack.dev/reference/methods (each method lists its own), as collected in
github.com/slack-ruby/slack-api-ref, docs.slack.dev/methods/*.json; what each says is quoted there.
"""

from collections.abc import Mapping
from typing import Any

from bot.channels.refusals import ASK_AN_ADMINISTRATOR, RETRY_LATER, Meaning
from bot.errors import Busy, ChannelError, Gone, InDoubt, Unreachable

MEANINGS = {
    "channel_not_found": Meaning.GONE,
    "is_archived": Meaning.GONE,
    "is_inactive": Meaning.GONE,
    "message_not_found": Meaning.GONE,
    "file_not_found": Meaning.GONE,
    "file_deleted": Meaning.GONE,
    "user_not_found": Meaning.NOT_ALLOWED,  # also for people of other workspaces whom we do not see yet
    "users_not_found": Meaning.NOT_ALLOWED,
    "user_not_visible": Meaning.NOT_ALLOWED,
    "user_disabled": Meaning.NOT_ALLOWED,
    "cannot_dm_bot": Meaning.NOT_ALLOWED,
    "not_in_channel": Meaning.NOT_ALLOWED,
    "user_not_in_channel": Meaning.NOT_ALLOWED,
    "restricted_action": Meaning.NOT_ALLOWED,
    "restricted_action_read_only_channel": Meaning.NOT_ALLOWED,
    "restricted_action_thread_only_channel": Meaning.NOT_ALLOWED,
    "restricted_action_non_threadable_channel": Meaning.NOT_ALLOWED,
    "restricted_action_thread_locked": Meaning.NOT_ALLOWED,
    "cannot_reply_to_message": Meaning.NOT_ALLOWED,
    "messages_tab_disabled": Meaning.SWITCHED_OFF,  # a tick in the app's settings
    "not_authed": Meaning.SWITCHED_OFF,
    "invalid_auth": Meaning.SWITCHED_OFF,
    "account_inactive": Meaning.SWITCHED_OFF,
    "token_revoked": Meaning.SWITCHED_OFF,
    "token_expired": Meaning.SWITCHED_OFF,
    "missing_scope": Meaning.SWITCHED_OFF,
    "no_permission": Meaning.SWITCHED_OFF,
    "not_allowed_token_type": Meaning.SWITCHED_OFF,
    "org_login_required": Meaning.SWITCHED_OFF,
    "ekm_access_denied": Meaning.SWITCHED_OFF,
    "access_denied": Meaning.SWITCHED_OFF,
    "app_access_restricted": Meaning.SWITCHED_OFF,
    "enterprise_is_restricted": Meaning.SWITCHED_OFF,
    "team_access_not_granted": Meaning.SWITCHED_OFF,
    "two_factor_setup_required": Meaning.SWITCHED_OFF,
    "ratelimited": Meaning.BUSY,
    "rate_limited": Meaning.BUSY,
    "message_limit_exceeded": Meaning.BUSY,
    "service_unavailable": Meaning.BUSY,
    "team_added_to_org": Meaning.BUSY,  # the workspace is being moved into an organisation
    "external_channel_migrating": Meaning.BUSY,
    "request_timeout": Meaning.BUSY,  # what we sent did not arrive whole
    # "It's possible some aspect of the operation succeeded before the error was raised."
    "internal_error": Meaning.DOUBT,
    "fatal_error": Meaning.DOUBT,
}
# A method that the app may not use says nothing about the others: without files:write, messages still go out.
OF_ONE_METHOD = frozenset({"missing_scope", "no_permission", "not_allowed_token_type", "messages_tab_disabled"})
SWITCHED_OFF = "Slack takes no messages from Staffroom at present: the school's IT has to allow the app again ({code})."
# What is refused for a reason that the school's IT can act on.
EXPLAINED = {
    "plan_upgrade_required": "The workspace's plan of Slack has no user groups.",
    "no_such_subteam": "Slack has no user group with that id, or it is switched off.",
}
SLOW_FORM = frozenset({"expired_trigger_id", "exchanged_trigger_id", "invalid_trigger_id"})


class TriggerExpired(ChannelError):
    """A form cannot be opened any more by that press: it has to be pressed again."""


def as_error(code: str, wait: float, *, may_repeat: bool) -> ChannelError:
    """The error for an error code. `wait` is how many seconds Slack asked us to wait, 0 if it did not say.

    If the call `may_repeat` because doing it twice is doing it once, there is no doubt.
    """
    if code in SLOW_FORM:
        return TriggerExpired("That took too long.")
    match MEANINGS.get(code, Meaning.REFUSED):
        case Meaning.GONE:
            return Gone("Slack says that this is gone.")
        case Meaning.NOT_ALLOWED:
            return Unreachable(f"Slack does not let us write there at present ({code}).")
        case Meaning.SWITCHED_OFF:
            return Busy(SWITCHED_OFF.format(code=code), ASK_AN_ADMINISTRATOR)
        case Meaning.BUSY:
            return Busy(f"Slack asks us to wait ({code}).", wait or RETRY_LATER)
        case Meaning.DOUBT:
            return unclear(may_repeat=may_repeat)
    return ChannelError(EXPLAINED.get(code) or f"Slack refused it ({code or 'no reason'}).")


def is_switched_off(code: str) -> bool:
    """Whether nobody can be written to after this error, of whatever method, until an administrator acts."""
    return MEANINGS.get(code) is Meaning.SWITCHED_OFF and code not in OF_ONE_METHOD


def unclear(*, may_repeat: bool) -> ChannelError:
    """The error if Slack did not say whether it took something."""
    if may_repeat:
        return Busy("Slack did not answer just now.", RETRY_LATER)
    return InDoubt("Slack did not say whether it took the message.")


def error_code(answer: Mapping[str, Any]) -> str:
    """The error code of an answer; empty if there is none that could be one.

    >>> error_code({"ok": False, "error": "channel_not_found"}), error_code({"error": "<b>x</b>"})
    ('channel_not_found', '')
    """
    code = answer.get("error")
    is_code = isinstance(code, str) and len(code) <= 60 and code.isascii() and code.replace("_", "").isalnum()
    return str(code) if is_code else ""
