"""Who an account in Slack is, and whether it may belong to somebody on the staff list: the one place that decides it.

https://docs.slack.dev/reference/objects/user-object
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from bot.channels.slack.payload import is_user
from bot.outside import email_address
from bot.people.rules.person import Member, Person, Role

# Guests, people of other workspaces, invited people who never came, and bots.
_OUTSIDE = ("is_restricted", "is_ultra_restricted", "is_stranger", "is_invited_user", "is_bot", "deleted")
_SLACKBOT = "USLACKBOT"
# By flag, why an account is not one of the school's people, as a part of a sentence.
_WHY_NOT = {
    "deleted": "has a closed account in Slack",
    "is_restricted": "is a guest in Slack",
    "is_ultra_restricted": "is a guest in Slack",
    "is_stranger": "is in another workspace of Slack",
    "is_invited_user": "was invited to Slack and has not come yet",
}


def member_of(user: Mapping[str, Any], domains: Collection[str] | None = None) -> Member:
    """What Slack says about an account, in the words of every channel; one that may be nobody on the list is a guest.

    Such are guests, bots, deactivated accounts, people of other workspaces and accounts whose e-mail address is not
    confirmed: a member may change the address, and anybody may type one. `tenant` is the account's own workspace, which
    has to be the one the request came from. A flag that is not false, and a confirmation that is not true, count
    against the account. With `domains`, in lower case, an address has to be in one of them: a private one joins nobody.
    """
    profile = user.get("profile")
    email = profile.get("email") if isinstance(profile, dict) else None
    address = email_address(email) if isinstance(email, str) else None
    id, team = user.get("id"), user.get("team_id")
    is_staff = (
        isinstance(team, str)
        and is_insider(user, team)
        and user.get("is_email_confirmed") is True
        and address is not None
        and (domains is None or address.rpartition("@")[2] in domains)
    )
    return Member(
        account=str(id) if is_user(id) else "",
        tenant=team if isinstance(team, str) else "",
        sign_in=address or "",
        is_guest=not is_staff,
    )


def is_insider(user: Mapping[str, Any], team: str) -> bool:
    """Whether an account is a full member's of this workspace, whatever its address: somebody's own, and active."""
    is_one = is_user(user.get("id")) and user.get("id") != _SLACKBOT
    return is_one and user.get("team_id") == team and all(user.get(flag, False) is False for flag in _OUTSIDE)


def why_not_staff(user: Mapping[str, Any], team: str) -> str:
    """Why nobody at the school can have this account, as a part of a sentence; empty for a full member's.

    >>> why_not_staff({"id": "U012AB3CD", "team_id": "T1", "is_restricted": True}, "T1")
    'is a guest in Slack'
    """
    if is_insider(user, team):
        return ""
    reasons = (why for flag, why in _WHY_NOT.items() if user.get(flag, False) is not False)
    return next(reasons, _WHY_NOT["is_stranger"])


def is_bot(user: Mapping[str, Any]) -> bool:
    """Whether nobody is behind an account: an app, or Slack itself."""
    return user.get("id") == _SLACKBOT or user.get("is_bot", False) is not False


def school_domains(named: Collection[str], people: Iterable[Person]) -> frozenset[str]:
    """The domains of the school's addresses: those `named` in school.toml, else that of the headteacher's address.

    >>> head = Person("h1", "The head", "head@school.example", "", frozenset({Role.HEAD}))
    >>> school_domains((), [head]), school_domains(("a.example",), [head])
    (frozenset({'school.example'}), frozenset({'a.example'}))
    """
    heads = (email_address(person.email) for person in people if Role.HEAD in person.roles and person.email)
    return frozenset(named) or frozenset(address.rpartition("@")[2] for address in heads if address)


def is_deactivated(user: Mapping[str, Any]) -> bool:
    """Whether an account is closed: Slack takes messages for it all the same, and nobody reads them.

    https://github.com/slackapi/python-slack-sdk/issues/1156
    """
    return user.get("deleted") is True
