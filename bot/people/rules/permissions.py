"""Who may do what: one table."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from bot.errors import NotAllowed
from bot.people.rules.person import Person, Role


class Permission(StrEnum):
    """What only some may do. Acknowledging one's own agreement is for everybody and stands nowhere here."""

    PUBLISH = "publish"  # make a policy's text a version
    OPEN = "open"  # begin a campaign
    RELEASE = "release"  # let its messages go out
    HOLD = "hold"  # stop them
    EXTEND = "extend"  # move its last day
    CLOSE = "close"  # end it
    SUMMARY = "summary"  # see how it stands, and who is left
    PREVIEW = "preview"  # see what would go to whom
    TEST = "test"  # have a test card sent to oneself
    PAPER = "paper"  # record a signed sheet
    PAUSE = "pause"  # leave somebody in peace for a time
    CORRECT = "correct"  # say that a receipt was recorded wrongly
    ANSWER = "answer"  # mark a question to the headteacher as answered
    EXPORT = "export"  # have the evidence pack made
    SYNC = "sync"  # read the staff list from the school's groups
    TAKE_OVER = "take_over"  # confirm a change of the staff list that waits
    ANNOUNCE = "announce"  # tell children that a lesson will be recorded, and say what became of the recording
    OVERSEE = "oversee"  # see every lesson's recording, and take any notice back
    EXPIRY = "expiry"  # say that the tenant takes recordings away by itself
    ERASE = "erase"  # take somebody's details away


_HEAD = frozenset({Role.HEAD})
# Whoever stands in for the head may do what the head may: see `may`.
MAY: Mapping[Permission, frozenset[Role]] = {
    Permission.PUBLISH: _HEAD | {Role.IT},
    Permission.OPEN: _HEAD,
    Permission.RELEASE: _HEAD,
    Permission.HOLD: _HEAD | {Role.IT},
    Permission.EXTEND: _HEAD,
    Permission.CLOSE: _HEAD,
    Permission.SUMMARY: _HEAD | {Role.CHAIR},
    Permission.PREVIEW: _HEAD | {Role.IT},
    Permission.TEST: _HEAD | {Role.IT},
    Permission.PAPER: _HEAD | {Role.OFFICE},
    Permission.PAUSE: _HEAD,
    Permission.CORRECT: _HEAD,
    Permission.ANSWER: _HEAD | {Role.CHAIR},
    Permission.EXPORT: _HEAD | {Role.IT},
    Permission.SYNC: _HEAD | {Role.IT},
    # Not the head: who is head may be what the change is about.
    Permission.TAKE_OVER: frozenset({Role.IT}),
    Permission.ANNOUNCE: _HEAD | {Role.STAFF, Role.VOLUNTEER},
    Permission.OVERSEE: _HEAD,
    Permission.EXPIRY: frozenset({Role.IT}),
    Permission.ERASE: _HEAD | {Role.IT},
}
_DOES = {
    Permission.PUBLISH: "publish a policy",
    Permission.OPEN: "open a campaign",
    Permission.RELEASE: "let a campaign's messages go out",
    Permission.HOLD: "stop what is being sent",
    Permission.EXTEND: "move a campaign's last day",
    Permission.CLOSE: "close a campaign",
    Permission.SUMMARY: "see how a campaign stands",
    Permission.PREVIEW: "see what would go to whom",
    Permission.TEST: "have a test card",
    Permission.PAPER: "record a signed sheet",
    Permission.PAUSE: "set a pause",
    Permission.CORRECT: "correct a receipt",
    Permission.ANSWER: "mark a question as answered",
    Permission.EXPORT: "have the evidence pack",
    Permission.SYNC: "read the staff list from the groups",
    Permission.TAKE_OVER: "confirm a change of the staff list",
    Permission.ANNOUNCE: "announce that a lesson is recorded",
    Permission.OVERSEE: "see every lesson's recording",
    Permission.EXPIRY: "say that the tenant takes recordings away",
    Permission.ERASE: "erase somebody's details",
}
_CALLED = {
    Role.HEAD: "the headteacher (or the deputy standing in)",
    Role.IT: "the IT lead",
    Role.OFFICE: "the office",
    Role.CHAIR: "the chair of governors",
    Role.STAFF: "staff",
    Role.VOLUNTEER: "volunteers",
}


def may(person: Person, act: Permission, today: date) -> bool:
    """Whether somebody may do that today; a deputy standing in may do what the head may, until their date."""
    roles = person.roles | _HEAD if person.is_delegate(today) else person.roles
    return person.works_here(today) and bool(roles & MAY[act])


def refuse_unless(person: Person, act: Permission, today: date) -> None:
    """Raises NotAllowed, in a sentence that names who may, unless this person may do that today."""
    if not may(person, act, today):
        names = [name for role, name in _CALLED.items() if role in MAY[act]]
        raise NotAllowed(f"Only {' and '.join(names)} can {_DOES[act]}. Nothing was changed.")
