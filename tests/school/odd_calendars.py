"""Odd calendar files by number: real shapes, broken in the ways in which exports, editors and attackers break them."""

from random import Random

TITLES = [
    "INSET",
    "Half term",
    "Half\u00a0term",
    "Autumn term",
    "First day of term",
    "Last day of term",
    "School closed",
    "Canceled: INSET",
    "Nativity",
    "",
    "\x00\u202e",
    "Staff training 4pm",
    "School reopens",
    "School closes for half term",
    "inset " * 400,
]
DAYS = [
    *["20260902", "20261026", "20261030", "20261104"] * 4,
    "20261026",
    "20261218T133000",
    "20261025T013000Z",
    "99991231",
    "00000101",
    "20260230",
    "20261332T250000",
    "19000101",
    "2026-09-01",
    "",
    "\u0662\u0660\u0662\u0666\u0660\u0669\u0660\u0661",
    "20261231T235960Z",
    "99991231T235959Z",
]
PARAMETERS = [
    "",
    ";VALUE=DATE",
    ";TZID=Europe/London",
    ";TZID=GMT Standard Time",
    ';TZID="(UTC+00:00) Dublin, Edinburgh, Lisbon, London"',
    ";TZID=Nowhere",
    ";TZID=..",
    ";TZID=Europe",
    ";TZID=" + "A" * 3_000,
    ';TZID="',
    ";VALUE=PERIOD",
]
RULES = [
    "FREQ=WEEKLY;COUNT=3",
    "FREQ=DAILY;INTERVAL=0",
    "FREQ=SECONDLY",
    "FREQ=DAILY;COUNT=99999999",
    "FREQ=WEEKLY;UNTIL=99991231T000000Z",
    "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
    "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=31",
    "FREQ=MONTHLY;BYDAY=1MO;BYSETPOS=-1",
    "FREQ=WEEKLY;INTERVAL=1000000",
    "COUNT=1",
    "FREQ=YEARLY;COUNT=" + "9" * 6_000,
    "FREQ=WEEKLY;UNTIL=soon",
    "",
    ";;==;",
]
NESTED = ["VALARM", "VEVENT", "VTIMEZONE", "X" * 300, "VCALENDAR", ""]


def odd_calendar(seed: int) -> bytes:
    """The file of that number; the same every time."""
    random = Random(seed)
    lines = ["BEGIN:VCALENDAR", f"X-WR-TIMEZONE:{random.choice(['GMT Standard Time', 'Nowhere', '', 'Europe/London'])}"]
    for _ in range(random.randint(0, 12)):
        lines += _entry(random)
    lines.append("END:VCALENDAR")
    text = random.choice(["\r\n", "\n", "\r"]).join(lines)
    if random.random() < 0.2:
        text = text[: random.randint(20, len(text))]
    content = text.encode(random.choice(["utf-8", "utf-8-sig", "utf-16"]))
    return content + bytes(random.choices(range(256), k=30)) if random.random() < 0.1 else content


def _entry(random: Random) -> list[str]:
    def dated(name: str) -> str:
        return f"{name}{random.choice(PARAMETERS)}:{random.choice(DAYS)}"

    lines = [f"SUMMARY:{random.choice(TITLES)}", dated("DTSTART")]
    optional = [
        dated("DTEND"),
        f"DURATION:{random.choice(['P1D', 'P99999W', '-P1D', 'PT', 'P1Y'])}",
        f"RRULE:{random.choice(RULES)}",
        f"RRULE:{random.choice(RULES)}",
        dated("RDATE") + ",20261102" * random.choice([0, 3, 5_000]),
        dated("EXDATE"),
        dated("RECURRENCE-ID"),
        f"UID:{random.choice(['1', '2', ''])}",
        f"STATUS:{random.choice(['CANCELLED', 'CONFIRMED', 'TENTATIVE', '?'])}",
        dated("DTSTART"),
        "a line that got lost",
        " folded" * random.choice([1, 20_000]),
        f"BEGIN:{random.choice(NESTED)}",
        f"END:{random.choice(NESTED)}",
    ]
    lines += random.sample(optional, random.randint(0, 5))
    if random.random() < 0.2:
        random.shuffle(lines)
    end = ["END:VEVENT"] if random.random() < 0.9 else []
    return ["BEGIN:VEVENT", *lines, *end]
