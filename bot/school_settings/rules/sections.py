"""The settings that an office changes, by section of school.toml. The reader of each section has the last word."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.school.rules.calendar import NATIONS
from bot.school_settings.rules.fields import Kind, SettingField

RECORDINGS = "recordings"  # shown only to a school that has this section
SAID_TO_STAFF = "As staff should read it, like “Mrs Example, our safeguarding lead”."


@dataclass(frozen=True, slots=True)
class SettingsSection:
    """A form. `name` is the section in school.toml."""

    name: str
    title: str
    intro: str
    fields: tuple[SettingField, ...]


def sections(usual: Mapping[str, Mapping[str, Any]]) -> tuple[SettingsSection, ...]:
    """Every section. `usual` is what counts where school.toml says nothing, by section and key."""
    return (
        _contacts(),
        _calendar(usual["calendar"]),
        _reminders(usual["reminders"]),
        _recordings(usual[RECORDINGS]),
    )


def _contacts() -> SettingsSection:
    intro = "Whom staff are told to turn to if a child may be at risk, and about the policy itself."
    fields = (
        SettingField("safeguarding", "Safeguarding lead", Kind.LINE, "", SAID_TO_STAFF),
        SettingField("phone", "How to reach the safeguarding lead", Kind.LINE, "", "Usually a phone number."),
        SettingField("deputies", "Deputy safeguarding leads", Kind.LINES, [], "One to a line. May be empty."),
        SettingField(
            "out_of_hours",
            "Phone number when the school is closed",
            Kind.PHONE,
            "",
            "A number in digits, like 01234 567890. May be empty.",
        ),
        SettingField("headteacher", "Headteacher", Kind.LINE, "", "Like “Mr Example, the headteacher”."),
        SettingField("chair", "Chair of governors", Kind.LINE, "", "With a way to reach them."),
    )
    return SettingsSection("handoff", "Contacts", intro, fields)


def _calendar(usual: Mapping[str, Any]) -> SettingsSection:
    intro = "Reminders come on working days only. Without terms every weekday counts, except bank holidays."
    day_hint = "One to a line, like 27 November 2026 or 27/11/2026. May be empty."
    fields = (
        SettingField(
            "terms",
            "Terms",
            Kind.PERIODS,
            [],
            "First and last day, one term to a line, like 2 September 2026 to 23 October 2026. "
            "A half-term is the time between two of them.",
        ),
        SettingField("inset", "INSET days", Kind.DAYS, [], f"Staff are in, pupils are not. {day_hint}"),
        SettingField("closed", "Other days on which the school is closed", Kind.DAYS, [], day_hint),
        SettingField(
            "nation",
            "Bank holidays",
            Kind.CHOICE,
            usual["nation"],
            "Whose bank holidays count.",
            0,
            tuple(NATIONS.items()),
        ),
        SettingField("nudges_on_inset", "Reminders may come on INSET days", Kind.SWITCH, usual["nudges_on_inset"]),
        SettingField(
            "hours",
            "School hours",
            Kind.HOURS,
            usual["hours"],
            "For people without hours of their own in the staff list. Reminders come in these hours.",
        ),
        SettingField("quiet", "Nothing is sent at night", Kind.NIGHT, usual["quiet"], "From an evening to a morning."),
    )
    return SettingsSection("calendar", "Term dates and hours", intro, fields)


def _reminders(usual: Mapping[str, Any]) -> SettingsSection:
    intro = "When people who have not acknowledged the agreement are reminded."
    fields = (
        SettingField(
            "before",
            "School days before somebody's last day",
            Kind.NUMBERS,
            usual["before"],
            "A reminder comes so many school days before it. Numbers with commas between, like 14, 7, 3, 1.",
            100,
        ),
        SettingField("every", "Days between reminders after their last day", Kind.NUMBER, usual["every"], "", 100),
        SettingField(
            "most",
            "Reminders at most",
            Kind.NUMBER,
            usual["most"],
            "The last one says that the headteacher will be told.",
            100,
        ),
        SettingField(
            "rest",
            "Days of rest",
            Kind.NUMBER,
            usual["rest"],
            "Nobody is reminded for so many days after a card came.",
            100,
        ),
    )
    return SettingsSection("reminders", "Reminders", intro, fields)


def _recordings(usual: Mapping[str, Any]) -> SettingsSection:
    intro = "Lessons whose recording children are told of."
    fields = (
        SettingField(
            "before",
            "Minutes before a lesson at which its notice goes up",
            Kind.NUMBER,
            usual["before"],
            "For a lesson of a series.",
            600,
        ),
        SettingField(
            "lasts", "Minutes that a lesson lasts", Kind.NUMBER, usual["lasts"], "Where nobody says how long.", 600
        ),
    )
    return SettingsSection(RECORDINGS, "Recorded lessons", intro, fields)
