"""Makes the forms the head and the office fill in."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from bot.campaigns.rules.campaign import EVERYBODY
from bot.campaigns.rules.preview import IN_BRACKETS, Preview
from bot.desk.rules.messages import Outgoing

GROUPS = {"staff": "Staff", "volunteer": "Volunteers", "governor": "Governors"}
MOST_GROUPS = 30  # in a card that cannot hold all
IN_THE_FILE = "That is more than one message holds: everybody's name is in the file that comes with this."


def opening(*, title: str, label: str, due: str, audience: str, warning: str, anyway: bool) -> Outgoing:
    """The form that opens a campaign; days as YYYY-MM-DD, the audience as roles with commas."""
    values = {
        "fallback": "Open a campaign",
        "title": title,
        "label": label,
        "has_warning": bool(warning),
        "warning": warning,
        "roles": [{"title": GROUPS[role.value], "value": role.value} for role in sorted(EVERYBODY)],
        "audience": audience,
        "due": due,
        "open_title": "Open anyway" if anyway else "Open",
        "anyway": "true" if anyway else "",
    }
    return _private("opening", values, f"Open a campaign for {title}, version {label}. {warning}".strip())


def preview(made: Preview, *, is_whole: bool = True) -> Outgoing:
    """What will go to whom and in which words, and why nothing goes to the others.

    Where it is not to be whole, groups stand for the names in them.
    """
    groups = made.groups if is_whole else made.groups[:MOST_GROUPS]
    names = [one.names if is_whole else () for one in groups]
    more = "" if is_whole else IN_THE_FILE
    values = {
        "fallback": made.sum,
        "heading": "What goes out next" if made.campaign else "What would go out",
        "has_notice": bool(made.notice),
        "notice": made.notice,
        "summary": made.sum,
        "groups": [
            {"what": one.title, "has_names": bool(held), "names": ", ".join(held)}
            for one, held in zip(groups, names, strict=True)
        ],
        "has_more": bool(more),
        "more": more,
        "words": [{"title": title, "text": text} for title, text in made.words.items()],
        "brackets": IN_BRACKETS,
        "campaign": made.campaign,
        "number": str(made.held),
        "digest": made.seal,
        "may_send": made.is_waiting,
        "may_hold": made.is_under_way,
    }
    return _private("preview", values, made.text)


def closing(campaign: str, label: str, left: int) -> Outgoing:
    """Asks whether a campaign should really close."""
    who = "Everybody has acknowledged." if not left else f"{left} people have not acknowledged version {label} yet."
    summary = f"{who} Once closed it stays closed, and the evidence stays as it is."
    return _private("closing", {"fallback": summary, "campaign": campaign, "summary": summary}, summary)


def paper_form(
    campaign: str, people: Sequence[tuple[str, str]], staff: Sequence[tuple[str, str]], today: date, witness: str
) -> Outgoing:
    """The form that records a signed sheet; people as pairs of pseudonym and name."""
    values = {
        "fallback": "Record a signed sheet",
        "campaign": campaign,
        "people": _choices(people),
        "staff": _choices(staff),
        "today": today.isoformat(),
        "witness": witness,
    }
    return _private("paper", values, "Record a signed sheet.")


def pause_form(people: Sequence[tuple[str, str]], today: date) -> Outgoing:
    """The form that sets a pause: who and until when, and no reason."""
    values = {"fallback": "Set a pause", "people": _choices(people), "today": today.isoformat()}
    return _private("pause", values, "Leave somebody in peace for a time.")


def correction_form() -> Outgoing:
    """The form that corrects a receipt."""
    return _private("correction", {"fallback": "Correct a receipt"}, "Correct a receipt.")


def _choices(people: Sequence[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"title": name, "value": value} for value, name in people if name]


def _private(card: str, values: Mapping[str, Any], text: str) -> Outgoing:
    return Outgoing(card, values, text, is_for_one=True, is_beside=True)
