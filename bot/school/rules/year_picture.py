"""A school year as a picture in plain text, for a terminal."""

from collections.abc import Iterator
from datetime import date, timedelta

from bot.school.rules.calendar import Calendar, bank_holidays, written

SIGNS = "# school   i INSET   b bank holiday   . no school   ? not known"
SOON = timedelta(days=60)


def year_picture(calendar: Calendar, first: date) -> str:
    """Twelve months from the month of a day on: a line for each, a sign for each day, weekends blank."""
    months = [_later(first, number) for number in range(12)]
    ruler = "           " + "".join(f"{day:<5}" for day in (1, 6, 11, 16, 21, 26, 31))
    return "\n".join([ruler.rstrip(), *(_month(calendar, one) for one in months), "", SIGNS])


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
    """What is missing in a calendar, in sentences."""
    if not calendar.terms:
        return ["No terms are known, so every weekday counts that is no bank holiday. Set them in school.toml."]
    until = calendar.terms[-1].ends
    if until < today:
        return [f"The terms ran out on {written(until)}: nobody is reminded of anything until new ones are set."]
    if until < today + SOON:
        return [f"The terms run out on {written(until)}: set the next ones, or nobody is reminded after that day."]
    return []


def _later(day: date, months: int) -> date:
    number = day.month - 1 + months
    return date(day.year + number // 12, number % 12 + 1, 1)


def _days_of(first: date) -> Iterator[date]:
    after = _later(first, 1)
    return (first + timedelta(days=number) for number in range((after - first).days))
