"""Repeated entries: the same days as another library finds, and a sentence for what is not read."""

from datetime import date, datetime, timedelta
from random import Random

import pytest
from dateutil.rrule import rrulestr

from bot.errors import BadInput
from bot.school.rules.ics_lines import Field
from bot.school.rules.ics_repeats import WEEKDAYS, Budget, read_rule, repeated

FIRST, LAST = date(2026, 9, 7), date(2029, 12, 31)


def rule_field(text: str) -> Field:
    return Field("RRULE", {}, text, 7)


def days_of(text: str, first: date) -> list[date]:
    return list(repeated(read_rule(rule_field(text)), first, lambda day: day > LAST, Budget()))


def random_rule(random: Random) -> str:
    frequency = random.choice(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"])
    parts = [f"FREQ={frequency}"]
    if random.random() < 0.5:
        parts.append(f"INTERVAL={random.randint(1, 5)}")
    if random.random() < 0.6:
        has_ordinals = frequency in ("MONTHLY", "YEARLY") and random.random() < 0.5
        names = random.sample(WEEKDAYS, random.randint(1, 3))
        parts.append(
            "BYDAY=" + ",".join(f"{random.choice([1, 2, -1]) if has_ordinals else ''}{name}" for name in names)
        )
    elif frequency != "WEEKLY" and random.random() < 0.5:
        parts.append("BYMONTHDAY=" + ",".join(str(random.choice([1, 7, 31, -1, -3])) for _ in range(2)))
    if random.random() < 0.3:
        parts.append("BYMONTH=" + ",".join(map(str, random.sample(range(1, 13), 3))))
    if len(parts) > 2 and frequency in ("MONTHLY", "YEARLY") and random.random() < 0.3:
        parts.append(f"BYSETPOS={random.choice([1, -1, 2])}")
    if random.random() < 0.4:
        parts.append(f"COUNT={random.randint(1, 40)}")
    if random.random() < 0.3:
        parts.append(f"WKST={random.choice(WEEKDAYS)}")
    return ";".join(parts)


@pytest.mark.parametrize("seed", range(200))
def test_a_rule_gives_the_days_that_another_library_finds(seed: int):
    random = Random(seed)
    text, first = random_rule(random), FIRST + timedelta(days=random.randint(0, 400))

    expected = rrulestr(text, dtstart=datetime(first.year, first.month, first.day)).between(  # noqa: DTZ001
        datetime(2020, 1, 1),  # noqa: DTZ001
        datetime(2029, 12, 31),  # noqa: DTZ001
        inc=True,
    )

    assert days_of(text, first) == [moment.date() for moment in expected], text


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("FREQ=DAILY;INTERVAL=0", 'RRULE has "INTERVAL=0"'),
        ("FREQ=SECONDLY", "more often than once a day"),
        ("FREQ=HOURLY;COUNT=5000000", "more often than once a day"),
        ("FREQ=FORTNIGHTLY", "does not say whether"),
        ("", "not read"),
        ("FREQ=WEEKLY;COUNT=-1", "COUNT=-1"),
        ("FREQ=WEEKLY;COUNT=3;UNTIL=20261201", "both COUNT and UNTIL"),
        ("FREQ=WEEKLY;BYDAY=XX", "no such weekday"),
        ("FREQ=WEEKLY;BYDAY=2MO", "do not go together"),
        ("FREQ=YEARLY;BYWEEKNO=20", "in a way that is not read"),
        ("FREQ=DAILY;FREQ=DAILY", "FREQ twice"),
        ("FREQ=MONTHLY;BYMONTHDAY=" + "1," * 500, "too long"),
    ],
)
def test_a_rule_that_is_not_read_is_named_with_its_line(text: str, sentence: str):
    with pytest.raises(BadInput, match=sentence) as caught:
        read_rule(rule_field(text))

    assert str(caught.value).startswith("line 7: ")


def test_a_rule_that_never_comes_true_ends():
    assert days_of("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", FIRST) == []
    assert days_of("FREQ=YEARLY;INTERVAL=1000;BYMONTH=2;BYMONTHDAY=30", FIRST) == []


def test_no_more_days_are_looked_at_than_allowed():
    rule = read_rule(rule_field("FREQ=DAILY"))

    with pytest.raises(BadInput, match="more often than Staffroom reads"):
        list(repeated(rule, FIRST, lambda day: False, Budget(days=100)))
