"""An invented school whose settings are changed on the page, and the forms of that page."""

import re
from dataclasses import replace
from html import unescape
from pathlib import Path

from bot.evidence.rules.ledger import Entry, EventKind
from bot.policies import SCHOOL
from bot.settings import Settings
from tests.channels.pages.pages_school import Answer, PagesSchool

TITLES = {
    "handoff": "contacts",
    "calendar": "term dates and hours",
    "reminders": "reminders",
    "recordings": "recorded lessons",
}
TERMS = "2 September 2026 to 23 October 2026\n2 November 2026 to 18 December 2026\n5 January 2027 to 12 February 2027"


def school_file(settings: Settings) -> Path:
    return settings.policies / settings.school / SCHOOL


def form_of(page: Answer, section: str) -> Answer:
    """The part of the page with one section's form."""
    match = re.search(rf'<section id="{section}".*?</section>', page.text, re.DOTALL)
    assert match, (section, page.text)
    return replace(page, text=match[0])


def shown(page: Answer, section: str) -> dict[str, str]:
    """What the fields of a section hold, as a browser sends them."""
    form = form_of(page, section).text
    fields = dict(re.findall(r'<input[^>]* name="in:(\w+)" value="([^"]*)"', form))
    for name, rest in re.findall(r'<input[^>]* type="checkbox" name="in:(\w+)" value="true"([^>]*)', form):
        fields[name] = "true" if "checked" in rest else "false"
    fields |= dict(re.findall(r'<textarea[^>]* name="in:(\w+)"[^>]*>(.*?)</textarea>', form, re.DOTALL))
    for name, options in re.findall(r'<select[^>]* name="in:(\w+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        fields[name] = "".join(re.findall(r'<option value="([^"]*)" selected', options))
    return {name: unescape(value) for name, value in fields.items()}


async def save(at: PagesSchool, page: Answer, section: str, **changed: str) -> Answer:
    """Presses Save under a form, with what it shows but for what somebody typed."""
    fields = {**shown(page, section), **changed}
    sent = {f"in:{name}": value for name, value in fields.items()}
    return await at.press(form_of(page, section), "settings", f"Save {TITLES[section]}", **sent)


async def changes(at: PagesSchool) -> tuple[Entry, ...]:
    return await at.server.staffroom.books.context.store.entries_of(EventKind.SETTINGS_CHANGED)
