"""On which days an entry of a calendar file repeats (RRULE, RFC 5545 3.3.10), never looking at more days than allowed.

Only what schools use is read: daily, weekly, monthly and yearly repeats with BYDAY, BYMONTHDAY, BYMONTH and BYSETPOS.
Anything else raises BadInput with a sentence, and so does a rule that would be guessed at.
"""

import re
from calendar import monthrange
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count

from bot.errors import BadInput
from bot.school.rules.ics_lines import Field
from bot.school.rules.ics_times import shown

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
TOO_OFTEN = ("SECONDLY", "MINUTELY", "HOURLY")
PARTS = frozenset(["FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS", "WKST"])
MAX_RULE_CHARS = 500
MAX_INTERVAL = 1_000
MAX_OCCURRENCES = 500  # of one entry: every week for nearly ten years
MAX_DAYS_READ = 300_000  # of one file: about a second of work
DAYS_AN_OCCURRENCE_COSTS = 10  # as much work as looking at so many days
_BY_DAY = re.compile(r"([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)", re.ASCII)
_NUMBER = re.compile(r"[+-]?\d{1,9}", re.ASCII)


@dataclass
class Budget:
    """How many days may still be looked at, so that no file can take long."""

    days: int = MAX_DAYS_READ

    def spend(self, days: int) -> None:
        """Takes days from it; raises BadInput once they are used up."""
        self.days -= days
        if self.days < 0:
            raise BadInput("the file's entries repeat more often than Staffroom reads")


@dataclass(frozen=True, slots=True)
class Rule:
    """How an entry repeats. `weekdays` are numbers and weekdays: (2, 0) is the second Monday, (0, 0) every Monday."""

    frequency: str
    interval: int = 1
    count: int | None = None
    until: str = ""  # as the file writes it: what it means depends on how the entry begins
    weekdays: tuple[tuple[int, int], ...] = ()
    month_days: tuple[int, ...] = ()
    months: tuple[int, ...] = ()
    positions: tuple[int, ...] = ()
    week_start: int = 0


def read_rule(field: Field) -> Rule:
    """The rule in an entry's RRULE."""
    parts = _parts(field)
    frequency = parts.get("FREQ", "")
    if frequency in TOO_OFTEN:
        raise BadInput(f"line {field.line}: it repeats more often than once a day")
    if frequency not in FREQUENCIES:
        raise BadInput(f"line {field.line}: RRULE does not say whether it repeats daily, weekly, monthly or yearly")
    weekdays = tuple(_by_day(text, field) for text in parts["BYDAY"].split(",")) if "BYDAY" in parts else ()
    month_days = _numbers(parts, "BYMONTHDAY", field, 31)
    has_ordinals = any(number for number, _ in weekdays)
    if (has_ordinals and frequency in ("DAILY", "WEEKLY")) or (month_days and frequency == "WEEKLY"):
        raise BadInput(f"line {field.line}: RRULE has parts that do not go together")
    interval = _numbers(parts, "INTERVAL", field, MAX_INTERVAL, least=1)
    counts = _numbers(parts, "COUNT", field, 999_999_999, least=1)
    if "COUNT" in parts and "UNTIL" in parts:
        raise BadInput(f"line {field.line}: RRULE has both COUNT and UNTIL")
    if parts.get("WKST", "MO") not in WEEKDAYS:
        raise BadInput(f"line {field.line}: RRULE has no such week start as {shown(parts['WKST'])}")
    return Rule(
        frequency=frequency,
        interval=interval[0] if interval else 1,
        count=counts[0] if counts else None,
        until=parts.get("UNTIL", ""),
        weekdays=weekdays,
        month_days=month_days,
        months=_numbers(parts, "BYMONTH", field, 12, least=1),
        positions=_numbers(parts, "BYSETPOS", field, 366),
        week_start=WEEKDAYS.index(parts.get("WKST", "MO")),
    )


def _parts(field: Field) -> dict[str, str]:
    parts: dict[str, str] = {}
    if len(field.value) > MAX_RULE_CHARS:
        raise BadInput(f"line {field.line}: RRULE is too long")
    for text in field.value.upper().strip(";").split(";"):
        name, _, value = text.partition("=")
        if name not in PARTS:
            raise BadInput(f"line {field.line}: it repeats in a way that is not read, {shown(text)}")
        if name in parts:
            raise BadInput(f"line {field.line}: RRULE has {name} twice")
        parts[name] = value
    return parts


def _by_day(text: str, field: Field) -> tuple[int, int]:
    match = _BY_DAY.fullmatch(text)
    number = int(match[1] or 0) if match else 0
    if not match or abs(number) > 53 or (match[1] and not number):
        raise BadInput(f"line {field.line}: RRULE has no such weekday as {shown(text)}")
    return number, WEEKDAYS.index(match[2])


def _numbers(parts: dict[str, str], name: str, field: Field, most: int, least: int | None = None) -> tuple[int, ...]:
    """The whole numbers of a part, up to `most`; from `least` on, or else also negative ones, but never 0."""
    if name not in parts:
        return ()
    texts = parts[name].split(",")
    numbers = tuple(int(text) for text in texts if _NUMBER.fullmatch(text))
    lowest = -most if least is None else least
    if len(numbers) != len(texts) or not all(lowest <= number <= most and number for number in numbers):
        raise BadInput(f"line {field.line}: RRULE has {shown(f'{name}={parts[name]}')}, which is not read")
    return numbers


def repeated(rule: Rule, first: date, is_over: Callable[[date], bool], budget: Budget) -> Iterator[date]:
    """The days of a repeated entry, the first one first, until its count is used up or `is_over` says so of a day.

    `is_over` must become true some day. `budget` pays for every day that is looked at.
    """
    number = 0
    for candidates in _periods(rule, first):
        budget.spend(len(candidates))
        matching = [day for day in candidates if _matches(rule, first, day)]
        for day in _at_positions(matching, rule.positions):
            if day < first:
                continue
            if is_over(day) or (rule.count is not None and number >= rule.count):
                return
            number += 1
            budget.spend(DAYS_AN_OCCURRENCE_COSTS)
            yield day
        if is_over(candidates[0]):
            return


def _periods(rule: Rule, first: date) -> Iterator[Sequence[date]]:
    """The days of each day, week, month or year in which the rule may hold."""
    for number in count(0, rule.interval):
        match rule.frequency:
            case "DAILY":
                yield [first + timedelta(days=number)]
            case "WEEKLY":
                week = first - timedelta(days=(first.weekday() - rule.week_start) % 7)
                yield [week + timedelta(days=7 * number + weekday) for weekday in range(7)]
            case "MONTHLY":
                months = first.month - 1 + number
                yield _month(first.year + months // 12, months % 12 + 1)
            case _:
                year = first.year + number
                yield [day for month in _months_of(rule, first) for day in _month(year, month)]


def _months_of(rule: Rule, first: date) -> Sequence[int]:
    """The months of a year in which a yearly rule may hold."""
    if rule.months:
        return sorted(set(rule.months))
    return range(1, 13) if rule.weekdays or rule.month_days else (first.month,)


def _month(year: int, month: int) -> list[date]:
    return [date(year, month, day) for day in range(1, monthrange(year, month)[1] + 1)]


def _matches(rule: Rule, first: date, day: date) -> bool:
    months, month_days, weekdays = rule.months, rule.month_days, rule.weekdays
    if not weekdays and not month_days:  # what the rule leaves open is as on the first day
        if rule.frequency == "YEARLY" and not months:
            months = (first.month,)
        if rule.frequency in ("MONTHLY", "YEARLY"):
            month_days = (first.day,)
        if rule.frequency == "WEEKLY":
            weekdays = ((0, first.weekday()),)
    if months and day.month not in months:
        return False
    if month_days and not {day.day, day.day - monthrange(day.year, day.month)[1] - 1} & set(month_days):
        return False
    return not weekdays or any(_is_weekday(rule, day, number, weekday) for number, weekday in weekdays)


def _is_weekday(rule: Rule, day: date, number: int, weekday: int) -> bool:
    """Whether a day is a weekday of that number in its month, or in its year if the rule names no months."""
    if day.weekday() != weekday or not number:
        return day.weekday() == weekday
    if rule.frequency == "YEARLY" and not rule.months:
        begins, ends = date(day.year, 1, 1), date(day.year, 12, 31)
    else:
        begins, ends = day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1])
    return number in ((day - begins).days // 7 + 1, -((ends - day).days // 7) - 1)


def _at_positions(days: Sequence[date], positions: tuple[int, ...]) -> list[date]:
    if not positions:
        return list(days)
    chosen = {position - 1 if position > 0 else len(days) + position for position in positions}
    return [day for index, day in enumerate(days) if index in chosen]
