"""A school year as a picture in plain text, for a terminal."""

from collections.abc import Iterator
from datetime import date, timedelta

from bot.school.rules.calendar import Calendar, bank_holidays, written

KEY = "# school   i INSET   b bank holiday   . no school   ? not known"
WARN_BEFORE_END = timedelta(days=60)


def year_picture(calendar: Calendar, first: date) -> str:
    """Twelve months, starting with the month of `first`: one line for each, one sign for each day, weekends blank."""
    months = [_first_of_month(first, number) for number in range(12)]
    ruler = "           " + "".join(f"{day:<5}" for day in (1, 6, 11, 16, 21, 26, 31))
    return "\n".join([ruler.rstrip(), *(_month(calendar, month) for month in months), "", KEY])


def _month(calendar: Calendar, first: date) -> str:
    return f"{first:%b %Y}   {''.join(_sign(calendar, day) for day in _days_of(first))}".rstrip()


def _sign(calendar: Calendar, day: date) -> str:
    if day.weekday() > 4:
        return " "
    if day in calendar.inset:
        return "i"
    if day in bank_holidays(day.year, calendar.nation):
        return "b"
    if not calendar.knows(day):
        return "?"
    return "#" if calendar.is_school_day(day) else "."


def warnings(calendar: Calendar, today: date) -> list[str]:
    """What is missing in a calendar, one sentence each; empty if nothing is."""
    if not calendar.terms:
        return ["No terms are known, so every weekday counts, except bank holidays. Please set the terms."]
    until = calendar.terms[-1].ends
    if until < today:
        return [f"The last term ended on {written(until)}. Nobody is reminded of anything until you set new terms."]
    if until < today + WARN_BEFORE_END:
        return [f"The last term ends on {written(until)}. Set the next terms, or nobody is reminded after that day."]
    return []


def _first_of_month(day: date, months_later: int) -> date:
    number = day.month - 1 + months_later
    return date(day.year + number // 12, number % 12 + 1, 1)


def _days_of(first: date) -> Iterator[date]:
    next_month = _first_of_month(first, 1)
    return (first + timedelta(days=number) for number in range((next_month - first).days))
