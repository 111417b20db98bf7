"""What a refusal of Microsoft Graph means: its codes decide, the most specific first, and its status only without one.

Graph gives a code, and often more specific ones nested in `innerError`; programs are to use the most specific they know
(https://learn.microsoft.com/graph/errors). Teams' part of Graph gives one code, Forbidden, for several reasons and
tells them apart by its message alone; only there, and only for the phrases of `REASONS_OF_TEAMS`, a message counts.
"""

from collections.abc import Mapping
from enum import Enum
from typing import Any

from bot.errors import GraphBusy, GraphError

MAX_INNER_CODES = 5  # nested in each other


class Refusal(Enum):
    """Why Graph did not do it."""

    GONE = "the file itself is no more"
    NOT_FOUND = "there is no such person, chat or app, or it is not there yet"
    BLOCKED = "a policy of the school's keeps the app from this person or chat"
    NOT_GRANTED = "the application lacks a permission: nobody is reached until an administrator grants it"
    NO_LICENCE = "this person has no licence for Teams, or is a guest"
    NOT_ALLOWED = "we may not see or do this one thing"
    BUSY = "not now"
    UNKNOWN = "nobody can tell"


# By code, in lower case. Where each comes from:
# drives   https://learn.microsoft.com/graph/errors (and OneDrive's concepts/errors in the same documentation)
# folder   https://learn.microsoft.com/graph/resolve-auth-errors: Microsoft Entra's own codes
# teams    observed, see the issues of microsoft-teams-apps-company-communicator: 889 and 1537 (a policy: Forbidden with
#          AccessDenied inside), and microsoft-teams-apps-requestateam: 355 (a licence: Forbidden and a message)
REFUSALS = {
    "itemnotfound": Refusal.GONE,  # drives
    "notfound": Refusal.NOT_FOUND,  # teams
    "resourcenotfound": Refusal.NOT_FOUND,  # drives: not the file, but the drive it was in
    "request_resourcenotfound": Refusal.NOT_FOUND,  # folder
    "erroritemnotfound": Refusal.NOT_FOUND,  # calendars
    "errorinvaliduser": Refusal.NOT_FOUND,  # calendars
    "mailboxnotenabledforrestapi": Refusal.NOT_FOUND,  # calendars: somebody without a mailbox in the cloud
    "accessdenied": Refusal.NOT_ALLOWED,  # drives; inside Forbidden of Teams: see INSIDE_FORBIDDEN
    "erroraccessdenied": Refusal.NOT_ALLOWED,  # calendars
    "authorization_requestdenied": Refusal.NOT_GRANTED,  # folder
    "authorization_identitynotfound": Refusal.NOT_GRANTED,  # folder
    "authentication_msgraphpermissionmissing": Refusal.NOT_GRANTED,  # folder
    "activitylimitreached": Refusal.BUSY,  # drives
    "toomanyrequests": Refusal.BUSY,  # all
    "applicationthrottled": Refusal.BUSY,  # calendars
    "servicenotavailable": Refusal.BUSY,  # drives
    "serviceunavailable": Refusal.BUSY,  # all
    "resourcelocked": Refusal.BUSY,  # drives: somebody has it open
    "unknownerror": Refusal.UNKNOWN,  # all: a 403 of this code was an outage of Teams' (microsoft-graph-docs 9488)
    "generalexception": Refusal.UNKNOWN,  # drives
}
FORBIDDEN = "forbidden"
INSIDE_FORBIDDEN = {"accessdenied": Refusal.BLOCKED}
SHARED_CODES = frozenset({FORBIDDEN, "badrequest", "conflict"})
REASONS_OF_TEAMS = {
    "app permission policy": Refusal.BLOCKED,
    "missing role permissions": Refusal.NOT_GRANTED,
    "license information for the user": Refusal.NO_LICENCE,
    "teams is disabled for": Refusal.NO_LICENCE,
    "for guest users": Refusal.NO_LICENCE,
}
REFUSALS_BY_STATUS = {403: Refusal.NOT_ALLOWED, 404: Refusal.NOT_FOUND, 429: Refusal.BUSY, 503: Refusal.BUSY}


def refusal_of(error: GraphError) -> Refusal:
    """What a refusal means.

    >>> refusal_of(GraphError("Refused.", 403, "Forbidden", "Whatever it says.", ("AccessDenied",)))
    <Refusal.BLOCKED: "a policy of the school's keeps the app from this person or chat">
    >>> refusal_of(GraphError("Refused.", 403, "serviceNotAvailable")).name, refusal_of(GraphError("No", 400)).name
    ('BUSY', 'UNKNOWN')
    """
    if isinstance(error, GraphBusy):
        return Refusal.BUSY
    code = error.code.casefold()
    for inner in (text.casefold() for text in reversed(error.inner_codes)):
        if meaning := (INSIDE_FORBIDDEN.get(inner) if code == FORBIDDEN else None) or REFUSALS.get(inner):
            return meaning
    if meaning := REFUSALS.get(code):
        return meaning
    if code in SHARED_CODES:
        message = error.graph_message.casefold()
        named = (meaning for phrase, meaning in REASONS_OF_TEAMS.items() if phrase in message)
        if meaning := next(named, None):
            return meaning
    return REFUSALS_BY_STATUS.get(error.status, Refusal.UNKNOWN)


def reason_given(body: Mapping[str, Any]) -> tuple[str, str, tuple[str, ...]]:
    """Graph's code, message and inner codes, the most specific last; empty where it gave none.

    >>> reason_given({"error": {"code": "Forbidden", "message": "No.", "innerError": {"code": "AccessDenied"}}})
    ('Forbidden', 'No.', ('AccessDenied',))
    """
    error = body.get("error")
    if not isinstance(error, Mapping):
        return "", "", ()
    inner_codes, inner = list[str](), _inner(error)
    while inner and len(inner_codes) < MAX_INNER_CODES:
        inner_codes.append(_code(inner))
        inner = _inner(inner)
    message = error.get("message")
    return _code(error), message if isinstance(message, str) else "", tuple(code for code in inner_codes if code)


def _inner(error: Mapping[str, Any]) -> Mapping[str, Any]:
    inner = next((error[name] for name in ("innerError", "innererror") if name in error), None)
    return inner if isinstance(inner, Mapping) else {}


def _code(error: Mapping[str, Any]) -> str:
    """A code, which is shown to people; empty if it could be anything else."""
    code = error.get("code")
    is_code = isinstance(code, str) and len(code) <= 60 and code.isascii() and code.replace("_", "").isalnum()
    return str(code) if is_code else ""
