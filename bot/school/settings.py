"""Reads what school.toml says: contacts, agreement, retention, calendar, reminders, groups and recordings."""

from collections.abc import Mapping
from datetime import date, time, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from bot.ask.rules.policy import Contacts
from bot.campaigns.rules.agreement import Agreement, Retention
from bot.campaigns.rules.reminder_dates import ReminderSettings
from bot.errors import PolicyFileError
from bot.people.rules.directory import Sources
from bot.people.rules.person import Role
from bot.recordings.rules.lesson import kept_for
from bot.recordings.rules.notices import Promise, Wording, check_wordings
from bot.recordings.rules.timetable import TenantAccess, Timetable
from bot.school.rules.calendar import NATIONS, Calendar, Period
from bot.school.rules.documents import Document
from bot.toml_fields import text, texts


def contacts(entry: Mapping[str, Any], *, demo: bool) -> Contacts:
    """Whom the hand-off names; roles in the place of empty ones in the demo."""
    spare = entry.get("demo", {}) if demo else {}
    fields = ("safeguarding", "phone", "headteacher", "chair")
    return Contacts(*(entry.get(field) or spare.get(field, "") for field in fields))


def agreement(entry: Mapping[str, Any] | None, documents: Mapping[str, Document], file: Path) -> Agreement | None:
    """What is acknowledged; None where the school asks for nothing."""
    if entry is None:
        return None
    made = Agreement(
        document=text(entry, "document", file, "agreement"),
        clause=text(entry, "clause", file, "agreement"),
        statement=" ".join(text(entry, "statement", file, "agreement").split()),
        typed_name=entry.get("typed_name") is True,
        union_note=entry.get("union_note", ""),
    )
    if made.document not in documents:
        raise PolicyFileError(f"{file.name}: agreement: there is no document {made.document!r}.")
    clauses = {one.id: one.text for one in documents[made.document].clauses}
    if made.statement not in clauses.get(made.clause, ""):
        raise PolicyFileError(f"{file.name}: agreement: the statement does not stand word for word in {made.clause}.")
    return made


def retention(entry: Mapping[str, Any], file: Path) -> Retention:
    """How long what names somebody is kept."""
    usual = Retention()
    years, days = entry.get("leavers_years", usual.leavers_years), entry.get("outbox_days", usual.outbox_days)
    if not all(isinstance(one, int) and one > 0 for one in (years, days)):
        raise PolicyFileError(f"{file.name}: retention: leavers_years and outbox_days must be whole numbers above 0.")
    return Retention(years, days)


def calendar(entry: Mapping[str, Any], file: Path, *, demo: bool) -> Calendar:
    """When the school works; in the demo with terms of its own where the school has set none."""
    spare = entry.get("demo", {}) if demo and not entry.get("terms") else {}
    given, usual = {**entry, **spare}, Calendar()
    nation = given.get("nation", usual.nation)
    if nation not in NATIONS:
        raise PolicyFileError(f"{file.name}: calendar: nation {nation!r} is not one of {', '.join(NATIONS)}.")
    terms = tuple(_period(one, file) for one in given.get("terms", []))
    if any(one.ends >= then.begins for one, then in pairwise(terms)):
        raise PolicyFileError(f"{file.name}: calendar: terms must be in order and not overlap.")
    return Calendar(
        closed=_days(given, "closed", file),
        nation=nation,
        terms=terms,
        inset=_days(given, "inset", file),
        nudges_on_inset=given.get("nudges_on_inset", True) is True,
        quiet=_quiet(given, usual.quiet, file),
        hours=_times(given, "hours", usual.hours, file),
    )


def _period(given: Any, file: Path) -> Period:
    match given:
        case [date() as begins, date() as ends] if begins <= ends:
            return Period(begins, ends)
    raise PolicyFileError(f"{file.name}: calendar: a term is its first and last day, like [2026-09-02, 2026-10-23].")


def _days(entry: Mapping[str, Any], key: str, file: Path) -> frozenset[date]:
    given = entry.get(key, [])
    if not isinstance(given, list) or not all(type(one) is date for one in given):
        raise PolicyFileError(f"{file.name}: calendar: {key} must be days, like [2026-11-27].")
    return frozenset(given)


def _times(entry: Mapping[str, Any], key: str, usual: tuple[time, time], file: Path) -> tuple[time, time]:
    match entry.get(key, list(usual)):
        case [time() as first, time() as second]:
            return first, second
    raise PolicyFileError(f"{file.name}: calendar: {key} must be two times, like [08:30:00, 16:00:00].")


def promise(
    entry: Mapping[str, Any] | None, wordings: tuple[Wording, ...], documents: Mapping[str, Document], file: Path
) -> Promise | None:
    """What children are told about recorded lessons; None where the school has no such clause."""
    if entry is None:
        return None
    id = text(entry, "clause", file, "recordings")
    held = {one.id: one for paper in documents.values() for one in paper.clauses}
    if id not in held:
        raise PolicyFileError(f"{file.name}: recordings: there is no clause {id!r}.")
    quote = " ".join(text(entry, "promise", file, "recordings").split())
    if quote not in held[id].text:
        raise PolicyFileError(f"{file.name}: recordings: the promise does not stand word for word in {id}.")
    check_wordings(wordings, "notices.toml")
    before, lasts = entry.get("before", 15), entry.get("lasts", 60)
    if not all(type(one) is int and 0 < one <= 600 for one in (before, lasts)):
        raise PolicyFileError(f"{file.name}: recordings: before and lasts must be whole minutes from 1 to 600.")
    return Promise(id, quote, kept_for(held[id]).days, wordings, timedelta(minutes=before), timedelta(minutes=lasts))


def wording(entry: Mapping[str, Any], number: int, file: Path) -> Wording:
    """One notice of notices.toml."""
    place = f"notice {number}"
    return Wording(
        says=text(entry, "says", file, place),
        moved=text(entry, "moved", file, place),
        taken_back=text(entry, "taken_back", file, place),
        cancelled=text(entry, "cancelled", file, place),
        not_recorded=text(entry, "not_recorded", file, place),
        years=texts(entry, "years", file, place),
    )


def _quiet(entry: Mapping[str, Any], usual: tuple[time, time], file: Path) -> tuple[time, time]:
    evening, morning = _times(entry, "quiet", usual, file)
    if evening <= morning:
        raise PolicyFileError(
            f"{file.name}: calendar: quiet lasts over a night, from an evening to a morning, like [18:00:00, 07:30:00]."
        )
    return evening, morning


def rhythm(entry: Mapping[str, Any], file: Path) -> ReminderSettings:
    """When reminders come."""
    usual = ReminderSettings()
    before, every = entry.get("before", list(usual.before)), entry.get("every", usual.every)
    most, rest = entry.get("most", usual.most), entry.get("rest", usual.rest)
    numbers = [*before, every, most, rest] if isinstance(before, list) else [0]
    if not all(type(one) is int and 0 < one <= 100 for one in numbers):
        raise PolicyFileError(
            f"{file.name}: reminders: before, every, most and rest must be whole numbers from 1 to 100."
        )
    return ReminderSettings(tuple(before), every, most, rest)


def sources(entry: Mapping[str, Any], file: Path) -> Sources:
    """Where the roster comes from; nothing of it is secret, but the ids are the school's own."""
    known = {role.value for role in Role}
    strange = sorted(set(entry) - known - {"pupils", "excluded", "app", "installs", "toasts"})
    if strange:
        raise PolicyFileError(f"{file.name}: graph: {strange[0]!r} is no role and no setting of ours.")
    groups = {Role(name): texts(entry, name, file, "graph") for name in known if entry.get(name)}
    app, installs, toasts = entry.get("app", ""), entry.get("installs") is True, entry.get("toasts") is True
    if (installs or toasts) and not app:
        raise PolicyFileError(f"{file.name}: graph: app must be the id of Staffroom in the school's Teams catalogue.")
    return Sources(
        groups=groups,
        pupils=texts(entry, "pupils", file, "graph"),
        excluded=frozenset(one.lower() for one in texts(entry, "excluded", file, "graph")),
        app=app,
        installs=installs,
        toasts=toasts,
    )


def watch(entry: Mapping[str, Any], file: Path) -> TenantAccess:
    """What of lessons and recordings may be looked at in the tenant. Other keys of the entry are left alone."""
    return TenantAccess(
        timetable=Timetable(frozenset(_words(entry, "categories", file)), _words(entry, "subjects", file)),
        chats=_switch(entry, "chats", file),
        recordings=_switch(entry, "recordings", file),
        files=_switch(entry, "files", file),
        pupils_messages=_assessment(entry, file),
    )


def _words(entry: Mapping[str, Any], key: str, file: Path) -> tuple[str, ...]:
    given = tuple(" ".join(one.split()) for one in texts(entry, key, file, "recordings"))
    if not all(given):
        raise PolicyFileError(f"{file.name}: recordings: {key} must not hold an empty text.")
    return given


def _switch(entry: Mapping[str, Any], key: str, file: Path) -> bool:
    given = entry.get(key, False)
    if not isinstance(given, bool):
        raise PolicyFileError(f"{file.name}: recordings: {key} must be true or false.")
    return given


def _assessment(entry: Mapping[str, Any], file: Path) -> str:
    """The reference of the impact assessment that allows reading what pupils write; empty where nobody may."""
    given = entry.get("pupils_messages", False)
    if given is False:
        return ""
    if not isinstance(given, str) or not given.strip():
        raise PolicyFileError(
            f"{file.name}: recordings: pupils_messages lets Staffroom read pupils' messages, so it must be the "
            'reference of the school\'s impact assessment, like "DPIA 2026-3", or false.'
        )
    return given.strip()
