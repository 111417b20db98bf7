"""A setting of school.toml as a field of a form: what it shows, and how what is typed becomes a value of TOML."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from enum import StrEnum
from typing import Any

from bot.errors import BadInput
from bot.outside import clean_line, is_blank, number
from bot.school.rules.settings import is_phone_number
from bot.school_settings.rules.typed_days import day_in, period_in, time_in, written_day

MAX_LINES = 200
MAX_LINE_CHARS = 160
UNTIL = "_until"  # the end of the name of a second time
NOT_A_PHONE = "Enter a phone number in digits, like 01234 567890."
NOT_A_NUMBER = "Enter a whole number from 1 to {most}."
NOT_NUMBERS = "Enter whole numbers from 1 to {most} with commas between, like 14, 7, 3, 1."
NOT_A_CHOICE = "Choose one of the list."
TOO_MANY_LINES = "Enter at most {most} lines."
WRONG_ORDER = "The first time must be before the second."


class Kind(StrEnum):
    """What a field holds."""

    LINE = "line"  # one line of text
    PHONE = "phone"  # a number that can be rung, or nothing
    LINES = "lines"  # texts, one to a line
    DAYS = "days"  # days, one to a line
    PERIODS = "periods"  # first and last days, one pair to a line
    NUMBER = "number"  # a whole number
    NUMBERS = "numbers"  # whole numbers with commas between
    HOURS = "hours"  # two times of one day
    NIGHT = "night"  # a time in the evening and one in the morning
    CHOICE = "choice"  # one of several
    SWITCH = "switch"  # yes or no


@dataclass(frozen=True, slots=True)
class SettingField:
    """`key` is the key in school.toml, `usual` what counts if it is not there. `most` limits a number.

    `choices` are pairs of value and title.
    """

    key: str
    label: str
    kind: Kind
    usual: Any
    hint: str = ""
    most: int = 0
    choices: Sequence[tuple[str, str]] = field(default=())


def shown_in(setting: SettingField, value: Any) -> Mapping[str, str]:
    """What the field's inputs show of a value of TOML, by their names: two inputs for two times."""
    match setting.kind, value:
        case Kind.LINES, list():
            return {setting.key: "\n".join(map(str, value))}
        case Kind.DAYS, list():
            return {setting.key: "\n".join(_shown_day(day) for day in value)}
        case Kind.PERIODS, list():
            return {setting.key: "\n".join(_shown_period(period) for period in value)}
        case Kind.NUMBERS, list():
            return {setting.key: ", ".join(map(str, value))}
        case ((Kind.HOURS | Kind.NIGHT), [time() as first, time() as second]):
            return {setting.key: f"{first:%H:%M}", setting.key + UNTIL: f"{second:%H:%M}"}
        case Kind.SWITCH, bool():
            return {setting.key: "true" if value else "false"}
    return {setting.key: str(value)}


def value_in(setting: SettingField, typed: Mapping[str, str]) -> Any:
    """What was typed as a value of TOML; raises BadInput with the sentence for this field."""
    text = typed.get(setting.key, "")
    match setting.kind:
        case Kind.LINES:
            return lines_in(text)
        case Kind.DAYS:
            return [day_in(line) for line in lines_in(text)]
        case Kind.PERIODS:
            return [list(period_in(line)) for line in lines_in(text)]
        case Kind.NUMBER:
            return _whole_number(text, NOT_A_NUMBER.format(most=setting.most), setting.most)
        case Kind.NUMBERS:
            says = NOT_NUMBERS.format(most=setting.most)
            return [_whole_number(part, says, setting.most) for part in text.split(",")]
        case Kind.HOURS | Kind.NIGHT:
            return _two_times(setting, typed)
        case Kind.SWITCH:
            return text == "true"
        case Kind.CHOICE:
            return _choice(setting, text)
        case Kind.LINE | Kind.PHONE:
            return _line(setting, text)


def lines_in(text: str) -> list[str]:
    """The lines in which something is written, clean; raises BadInput if there are too many."""
    lines = [clean_line(line, MAX_LINE_CHARS) for line in text.splitlines()]
    written = [line for line in lines if not is_blank(line)]
    if len(written) > MAX_LINES:
        raise BadInput(TOO_MANY_LINES.format(most=MAX_LINES))
    return written


def _line(setting: SettingField, text: str) -> str:
    line = clean_line(text, MAX_LINE_CHARS)
    line = "" if is_blank(line) else line
    if line and setting.kind is Kind.PHONE and not is_phone_number(line):
        raise BadInput(NOT_A_PHONE)
    return line


def _whole_number(text: str, says: str, most: int) -> int:
    amount = number(text.strip(), 0, most + 1)
    if amount is None or amount != int(amount) or not 0 < amount <= most:
        raise BadInput(says)
    return int(amount)


def _two_times(setting: SettingField, typed: Mapping[str, str]) -> list[time]:
    first, second = (time_in(typed.get(name, "")) for name in (setting.key, setting.key + UNTIL))
    if setting.kind is Kind.HOURS and first >= second:
        raise BadInput(WRONG_ORDER)
    return [first, second]


def _choice(setting: SettingField, text: str) -> str:
    if text not in dict(setting.choices):
        raise BadInput(NOT_A_CHOICE)
    return text


def _shown_day(day: Any) -> str:
    return written_day(day) if isinstance(day, date) else str(day)


def _shown_period(period: Any) -> str:
    return " to ".join(_shown_day(day) for day in period) if isinstance(period, list) else str(period)
