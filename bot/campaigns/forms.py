"""The forms the headteacher and the office fill in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.campaigns.rules.campaign import EVERYBODY
from bot.campaigns.rules.preview import IN_BRACKETS, Preview
from bot.desk.rules.messages import Outgoing, card_beside
from bot.errors import BadInput

GROUPS = {"staff": "Staff", "volunteer": "Volunteers", "governor": "Governors"}
MAX_GROUPS = 30  # in a card that cannot hold all
IN_THE_FILE = "That is more than one message holds: everybody's name is in the file that comes with this."


@dataclass(frozen=True, slots=True)
class Prefill:
    """What a form shows filled in already: a person's pseudonym, a day as YYYY-MM-DD, and what was understood."""

    understood: str = ""
    person: str = ""
    day: str = ""


NOTHING_SAID = Prefill()


def opening_form(*, what: str, due: str, audience: str, warning: str, anyway: bool, understood: str = "") -> Outgoing:
    """The form that opens a campaign; days as YYYY-MM-DD, the audience as roles with commas."""
    values = {
        "fallback": "Open a campaign",
        "understood": understood,
        "what": what,
        "warning": warning,
        "roles": [{"title": GROUPS[role.value], "value": role.value} for role in sorted(EVERYBODY)],
        "audience": audience,
        "due": due,
        "open_title": "Open anyway" if anyway else "Open",
        "anyway": "true" if anyway else "",
    }
    text = f"Open a campaign for {what}. {warning}"
    return card_beside("opening", values, f"{understood} {text}".strip())


def preview_card(preview: Preview, *, is_whole: bool = True) -> Outgoing:
    """What will go to whom and in which words, and why nothing goes to the others.

    If it is not to be whole, groups stand for the names in them.
    """
    groups = preview.groups if is_whole else preview.groups[:MAX_GROUPS]
    values = {
        "fallback": preview.sum,
        "heading": "What goes out next" if preview.campaign else "What would go out",
        "notice": preview.notice,
        "summary": preview.sum,
        "groups": [{"what": group.title, "names": ", ".join(group.names) if is_whole else ""} for group in groups],
        "more": "" if is_whole else IN_THE_FILE,
        "words": [{"title": title, "text": text} for title, text in preview.words.items()],
        "brackets": IN_BRACKETS,
        "campaign": preview.campaign,
        "number": str(preview.waiting),
        "digest": preview.seal,
        "may_send": preview.is_waiting,
        "may_hold": preview.is_under_way,
    }
    return card_beside("preview", values, preview.text)


def closing_form(campaign: str, what: str, outstanding: int) -> Outgoing:
    """Asks whether a campaign should really close."""
    who = "Everybody has acknowledged."
    if outstanding:
        who = f"{outstanding} people have not acknowledged {what} yet."
    summary = f"{who} Once closed it stays closed, and the evidence stays as it is."
    return card_beside("closing", {"fallback": summary, "campaign": campaign, "summary": summary}, summary)


def paper_form(
    campaign: str,
    people: Sequence[tuple[str, str]],
    staff: Sequence[tuple[str, str]],
    today: date,
    witness: str,
    prefill: Prefill = NOTHING_SAID,
) -> Outgoing:
    """The form that records a signed sheet; people as pairs of pseudonym and name."""
    values = {
        "fallback": "Record a signed sheet",
        "understood": prefill.understood,
        "person": prefill.person,
        "signed": prefill.day or today.isoformat(),
        "campaign": campaign,
        "people": _choices(people),
        "staff": _choices(staff),
        "today": today.isoformat(),
        "witness": witness,
    }
    return card_beside("paper", values, f"Record a signed sheet. {prefill.understood}".strip())


def pause_form(people: Sequence[tuple[str, str]], today: date, prefill: Prefill = NOTHING_SAID) -> Outgoing:
    """The form that sets a pause: who and until when, and no reason."""
    values = {
        "fallback": "Set a pause",
        "understood": prefill.understood,
        "people": _choices(people),
        "person": prefill.person,
        "today": today.isoformat(),
        "until": prefill.day,
    }
    return card_beside("pause", values, f"Send somebody nothing for a time. {prefill.understood}".strip())


def correction_form(understood: str = "") -> Outgoing:
    """The form that corrects a receipt."""
    values = {"fallback": "Correct a receipt", "understood": understood}
    return card_beside("correction", values, f"Correct a receipt. {understood}".strip())


def names_card(
    heading: str,
    says: str,
    names: Sequence[str],
    what: str = "",
    *,
    campaign: str = "",
    may_preview: bool = False,
) -> Outgoing:
    """A list of names for the headteacher, with what to do about it."""
    values: Mapping[str, Any] = {
        "fallback": f"{heading}: {len(names)}" if names else heading,
        "heading": heading,
        "says": says,
        "names": [{"text": name} for name in names],
        "what": what,
        "campaign": campaign,
        "may_preview": may_preview,
        "may_take": False,
        "digest": "",
    }
    return card_beside("names", values, "\n".join([says, *names, what]).strip())


def chosen_day(text: str) -> date:
    """A day as a card's date input gives it; raises BadInput."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise BadInput("Please choose a day. Nothing was changed.") from None


def _choices(people: Sequence[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"title": name, "value": value} for value, name in people if name]
