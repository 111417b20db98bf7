"""Who may do what, by role."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from bot.errors import NotAllowed
from bot.people.rules.person import Person, Role


class Permission(StrEnum):
    """What only some people may do. Everybody may acknowledge their own agreement, so that is not in this list."""

    PUBLISH = "publish"  # make a policy's text a version
    OPEN = "open"  # begin a campaign
    RELEASE = "release"  # let its messages go out
    HOLD = "hold"  # stop them
    EXTEND = "extend"  # move its last day
    CLOSE = "close"  # end it
    SUMMARY = "summary"  # see its progress, and who has not acknowledged
    PREVIEW = "preview"  # see what would go to whom
    TEST = "test"  # have a test card sent to oneself
    PAPER = "paper"  # record a signed sheet
    PAUSE = "pause"  # send somebody nothing for a time
    CORRECT = "correct"  # say that a receipt was recorded wrongly
    ANSWER = "answer"  # mark a question to the headteacher as answered
    READ_SENT = "read_sent"  # see the questions that were sent to the school without a name
    EXPORT = "export"  # get the evidence pack
    SYNC = "sync"  # read the staff list from the school's groups
    TAKE_OVER = "take_over"  # confirm a change to the staff list that needs it
    ANNOUNCE = "announce"  # post the notice of a recorded lesson, and say what happened to the recording
    OVERSEE = "oversee"  # see every lesson's recording, and withdraw any notice
    EXPIRY = "expiry"  # say that the tenant deletes recordings by itself
    ERASE = "erase"  # erase somebody's details
    TODAY = "today"  # see on the school pages what needs somebody
    PEOPLE = "people"  # see the staff list, and bring a new one
    QUESTIONS = "questions"  # see what is asked about, as counts by week
    SETTINGS = "settings"  # see the school's contacts, terms and reminders
    CHANGE_SETTINGS = "change_settings"  # change them
    POLICY = "policy"  # see how the policy is kept: documents and clauses
    ADD_POLICY = "add_policy"  # bring a policy, set its clauses right, and use it
    RULINGS = "rulings"  # confirm, change and strike the answers of the policy, and try them
    APPROVE = "approve"  # approve them for the school
    CHOOSER = "chooser"  # acknowledge the language model that unclear questions go to, or switch it off
    HEALTH = "health"  # see what `doctor` finds


_HEAD = frozenset({Role.HEAD})
# A deputy who acts for the headteacher may do the same as the headteacher: see `may`.
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
    Permission.READ_SENT: _HEAD | {Role.OFFICE},
    Permission.EXPORT: _HEAD | {Role.IT},
    Permission.SYNC: _HEAD | {Role.IT},
    # Not the headteacher: the change may be about who the headteacher is.
    Permission.TAKE_OVER: frozenset({Role.IT}),
    Permission.ANNOUNCE: _HEAD | {Role.STAFF, Role.VOLUNTEER},
    Permission.OVERSEE: _HEAD,
    Permission.EXPIRY: frozenset({Role.IT}),
    Permission.ERASE: _HEAD | {Role.IT},
    Permission.TODAY: _HEAD | {Role.CHAIR, Role.IT, Role.OFFICE},
    Permission.PEOPLE: _HEAD | {Role.IT, Role.OFFICE},
    Permission.QUESTIONS: _HEAD | {Role.IT},
    Permission.SETTINGS: _HEAD | {Role.IT, Role.OFFICE},
    Permission.CHANGE_SETTINGS: _HEAD | {Role.IT, Role.OFFICE},
    Permission.POLICY: _HEAD | {Role.IT, Role.OFFICE},
    Permission.ADD_POLICY: _HEAD | {Role.IT, Role.OFFICE},
    Permission.RULINGS: _HEAD | {Role.OFFICE},
    Permission.APPROVE: _HEAD,
    Permission.CHOOSER: _HEAD,
    Permission.HEALTH: _HEAD | {Role.IT},
}
_ACTION_WORDS = {
    Permission.PUBLISH: "publish a policy",
    Permission.OPEN: "open a campaign",
    Permission.RELEASE: "let a campaign's messages go out",
    Permission.HOLD: "stop what is being sent",
    Permission.EXTEND: "move a campaign's last day",
    Permission.CLOSE: "close a campaign",
    Permission.SUMMARY: "see a campaign's progress",
    Permission.PREVIEW: "see what would go to whom",
    Permission.TEST: "get a test card",
    Permission.PAPER: "record a signed sheet",
    Permission.PAUSE: "set a pause",
    Permission.CORRECT: "correct a receipt",
    Permission.ANSWER: "mark a question as answered",
    Permission.READ_SENT: "read the questions that were sent to the school",
    Permission.EXPORT: "get the evidence pack",
    Permission.SYNC: "read the staff list from the groups",
    Permission.TAKE_OVER: "confirm a change of the staff list",
    Permission.ANNOUNCE: "announce that a lesson is recorded",
    Permission.OVERSEE: "see every lesson's recording",
    Permission.EXPIRY: "say that the tenant deletes recordings",
    Permission.ERASE: "erase somebody's details",
    Permission.TODAY: "open the school pages",
    Permission.PEOPLE: "see the staff list",
    Permission.QUESTIONS: "see what is asked about",
    Permission.SETTINGS: "see the school's settings",
    Permission.CHANGE_SETTINGS: "change the school's settings",
    Permission.POLICY: "see how the policy is kept",
    Permission.ADD_POLICY: "add a policy",
    Permission.RULINGS: "change what the policy's answers say",
    Permission.APPROVE: "approve an answer",
    Permission.CHOOSER: "say whether a language model is asked",
    Permission.HEALTH: "see how Staffroom is doing",
}
_ROLE_NAMES = {
    Role.HEAD: "the headteacher (or the deputy standing in)",
    Role.IT: "the IT lead",
    Role.OFFICE: "the office",
    Role.CHAIR: "the chair of governors",
    Role.STAFF: "staff",
    Role.VOLUNTEER: "volunteers",
}


def may(person: Person, permission: Permission, today: date) -> bool:
    """Whether somebody has a permission today. A deputy has the headteacher's permissions until their date."""
    roles = person.roles | _HEAD if person.is_delegate(today) else person.roles
    return person.works_here(today) and bool(roles & MAY[permission])


def refuse_unless(person: Person, permission: Permission, today: date) -> None:
    """Raises NotAllowed unless this person has the permission today; the sentence names the roles that have it."""
    if not may(person, permission, today):
        names = [name for role, name in _ROLE_NAMES.items() if role in MAY[permission]]
        raise NotAllowed(f"Only {' and '.join(names)} can {_ACTION_WORDS[permission]}. Nothing was changed.")
