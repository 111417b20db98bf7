"""Makes the forms the head and the office fill in."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from bot.rules.campaigns import EVERYBODY
from bot.rules.preview import Line
from bot.rules.talk import Outgoing

GROUPS = {"staff": "Staff", "volunteer": "Volunteers", "governor": "Governors"}
MOST_LINES = 60


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


def preview(
    lines: Sequence[Line], *, is_open: bool, campaign: str = "", waiting: int = 0, seal: str = "", notice: str = ""
) -> Outgoing:
    """What will go to whom, and why nothing goes to the others; `waiting` people wait for one press.

    `seal` comes back with the press.
    """
    going = sum(one.gets for one in lines)
    heading = "What goes out next" if is_open else "What would go out"
    summary = f"{len(lines)} people are asked: {going} are written to, {len(lines) - going} are not."
    if waiting:
        summary += f" Nothing goes to {waiting} of them before you press Send."
    shown = sorted(lines, key=lambda one: not one.gets)[:MOST_LINES]
    more = len(lines) - len(shown)
    values = {
        "fallback": summary,
        "heading": heading,
        "has_notice": bool(notice),
        "notice": notice,
        "summary": summary,
        "lines": [{"name": one.name, "what": one.what} for one in shown],
        "has_more": more > 0,
        "more": f"and {more} more",
        "campaign": campaign,
        "number": str(waiting),
        "digest": seal,
        "may_send": bool(waiting),
        "may_hold": is_open and not waiting,
    }
    said = [notice] if notice else []
    return _private("preview", values, "\n".join([*said, summary, *(f"{one.name}: {one.what}" for one in shown)]))


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
