"""A school's own calendar file: terms, closing days and INSET days, and plain sentences for what is wrong."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.errors import SettingsError
from bot.school.calendar_file import read_ics
from bot.school.rules.calendar import Calendar, Period
from bot.school.rules.school_year import CalendarFile

TODAY = date(2026, 11, 23)


def event(name: str, *lines: str) -> str:
    return "\n".join(["BEGIN:VEVENT", f"UID:{name}", f"SUMMARY:{name}", *lines, "END:VEVENT"])


def ics(folder: Path, *events: str) -> Path:
    file = folder / "calendar.ics"
    file.write_text("\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//test//", *events, "END:VCALENDAR", ""]))
    return file


def test_terms_half_terms_inset_days_and_the_rest(tmp_path: Path):
    read = read_ics(
        ics(
            tmp_path,
            event("Autumn term", "DTSTART;VALUE=DATE:20260902", "DTEND;VALUE=DATE:20261219"),
            event("Half term", "DTSTART;VALUE=DATE:20261026", "DTEND;VALUE=DATE:20261031"),
            event("INSET day, school closed to pupils", "DTSTART;VALUE=DATE:20260901"),
            event("Nativity", "DTSTART:20261210T140000", "DTEND:20261210T150000"),
        ),
        TODAY,
    )

    assert read.terms == (Period(date(2026, 9, 2), date(2026, 12, 18)),)
    assert sorted(read.closed) == [date(2026, 10, day) for day in range(26, 31)]
    assert read.inset == {date(2026, 9, 1)}
    assert [entry.title for entry in read.left] == ["Nativity"]
    calendar = read.added_to(Calendar(closed=frozenset({date(2026, 11, 27)})))
    assert [day for day in (1, 2, 26, 30) if calendar.is_school_day(date(2026, 10, day))] == [1, 2]
    assert calendar.is_school_day(date(2026, 9, 1)) and not calendar.is_school_day(date(2026, 11, 27))


def test_a_day_that_is_repeated_is_there_every_time(tmp_path: Path):
    line = event("INSET", "DTSTART;VALUE=DATE:20260907", "RRULE:FREQ=MONTHLY;COUNT=3")

    assert read_ics(ics(tmp_path, line), TODAY).inset == {date(2026, month, 7) for month in (9, 10, 11)}


def october(*days: int) -> set[date]:
    return {date(2026, 10, day) for day in days}


@pytest.mark.parametrize(
    ("begins", "ends", "days"),
    [
        ("DTSTART:20261004T230000Z", "DTEND:20261005T230000Z", {5}),  # a day of summer time, as UTC sees it
        ("DTSTART:20261025T000000Z", "DTEND:20261027T000000Z", {25, 26}),  # the clocks went back on the 25th
        ("DTSTART:20261024T230000Z", "DTEND:20261026T000000Z", {25}),
        ("DTSTART:20261005T000000", "DTEND:20261006T000000", {5}),
        ("DTSTART;TZID=Europe/London:20261005T000000", "DTEND;TZID=Europe/London:20261007T000000", {5, 6}),
        ("DTSTART:20261005T083000", "DTEND:20261005T153000", {5}),
        ("DTSTART;VALUE=DATE:20261005", "DTEND;VALUE=DATE:20261007", {5, 6}),
        ("DTSTART;TZID=America/New_York:20261005T000000", "DTEND;TZID=America/New_York:20261006T000000", {5}),
        ("DTSTART;TZID=Europe/Berlin:20261005T000000", "DTEND;TZID=Europe/Berlin:20261006T000000", {5}),
        ("DTSTART;VALUE=DATE:20261005", "DTEND;VALUE=DATE:20261005", {5}),
    ],
)
def test_days_are_londons_and_midnight_ends_the_day_before(tmp_path: Path, begins: str, ends: str, days: set[int]):
    assert read_ics(ics(tmp_path, event("INSET", begins, ends)), TODAY).inset == october(*days)


def whole_days(name: str, first: date, last: date) -> str:
    ends = last + timedelta(days=1)
    return event(name, f"DTSTART;VALUE=DATE:{first:%Y%m%d}", f"DTEND;VALUE=DATE:{ends:%Y%m%d}")


@pytest.mark.parametrize("name", ["Autumn half term 1", "Half-term 1", "Halfterm 1 (autumn)"])
def test_a_half_term_of_seven_weeks_is_a_term(tmp_path: Path, name: str):
    begins, ends = date(2026, 9, 2), date(2026, 10, 23)

    read = read_ics(ics(tmp_path, whole_days(name, begins, ends)), TODAY)

    assert (read.terms, read.closed) == ((Period(begins, ends),), frozenset())


@pytest.mark.parametrize(
    ("name", "number", "closed"),
    [
        ("Half term", 9, 9),
        ("October half term (two weeks)", 16, 16),
        ("Half term", 17, 0),
        ("Summer holidays", 44, 44),
        ("Holiday reading", 90, 0),
        ("Christmas break", 16, 16),
        ("Break", 1, 1),
        ("Half-term break", 9, 9),
        ("Break the rules day", 1, 0),
        ("Wet break rota", 1, 0),
        ("School closed for the election", 1, 1),
    ],
)
def test_school_is_out_by_whole_words_and_never_for_longer_than_is_usual(
    tmp_path: Path, name: str, number: int, closed: int
):
    first = date(2026, 7, 20)
    read = read_ics(ics(tmp_path, whole_days(name, first, first + timedelta(days=number - 1))), TODAY)

    assert len(read.closed) == closed


def test_terms_that_overlap_or_touch_are_one_and_their_last_day_stays_known(tmp_path: Path):
    read = read_ics(
        ics(
            tmp_path,
            whole_days("Autumn term", date(2026, 9, 2), date(2026, 12, 18)),
            whole_days("Autumn half term 1", date(2026, 9, 2), date(2026, 10, 23)),
            whole_days("Autumn half term 2", date(2026, 11, 2), date(2026, 12, 18)),
            whole_days("Spring term 1", date(2027, 1, 4), date(2027, 2, 12)),
            whole_days("Spring term 2", date(2027, 2, 13), date(2027, 3, 25)),
        ),
        TODAY,
    )

    assert read.terms == (
        Period(date(2026, 9, 2), date(2026, 12, 18)),
        Period(date(2027, 1, 4), date(2027, 3, 25)),
    )
    assert read.added_to(Calendar()).knows(date(2026, 12, 18))


def read_events(folder: Path, *events: str) -> CalendarFile:
    return read_ics(ics(folder, *events), TODAY)


def why(read: CalendarFile) -> str:
    (entry,) = read.left
    return entry.says


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        (["DTSTART;VALUE=DATE:20261332"], 'Line 7: DTSTART "20261332" does not exist.'),
        (["DTSTART;VALUE=DATE:2026-09-01"], 'Line 7: DTSTART "2026-09-01" is not a day or a time.'),
        (["DTSTART 20260901"], 'Line 7: DTSTART "DTSTART 20260901" is not a day or a time.'),
        ([], "Line 4: it has no day."),
        (["DTSTART;VALUE=DATE:20260901", "DTSTART;VALUE=DATE:20260902"], "Line 8: it has DTSTART more than once."),
        (["DTSTART;VALUE=DATE:20260901", "DTEND;VALUE=DATE:99991231"], "Line 8: DTEND is in the year 9999."),
        (["DTSTART;VALUE=DATE:20260902", "DTEND;VALUE=DATE:20260901"], "Line 8: it ends before it begins."),
        (["DTSTART:20260902T090000", "DTEND;VALUE=DATE:20260903"], "Line 8: one of its ends is a day"),
        (["DTSTART;VALUE=DATE:20260901", "DURATION:P99999D"], "Line 7: it ends after Friday 31 December 2100."),
        (["DTSTART;VALUE=DATE:20260901", "DURATION:-P1D"], 'Line 8: DURATION "-P1D" is not a length of time.'),
        (["DTSTART;TZID=Middle Earth Time:20260901T090000"], 'Line 7: the time zone "Middle Earth Time" is not known.'),
        (["DTSTART;TZID=../../etc/passwd:20260901T090000"], "is not known."),
        (["DTSTART;VALUE=DATE:20260901", "RRULE:FREQ=DAILY;INTERVAL=0"], "Line 8: RRULE has"),
        (["DTSTART;VALUE=DATE:20260901", "RRULE:FREQ=SECONDLY"], "Line 8: it repeats more often than once a day."),
        (["DTSTART;VALUE=DATE:20260901", "RRULE:FREQ=DAILY;COUNT=9000000"], "Line 8: it repeats more than 500 times."),
        (["DTSTART;VALUE=DATE:20260901", "RRULE:FREQ=WEEKLY;UNTIL=20250101"], "or after its last one."),
        (["DTSTART;VALUE=DATE:20260901", "RRULE:FREQ=WEEKLY;BYDAY=MO"], "on which it does not repeat"),
        (
            ["DTSTART;VALUE=DATE:20260901", "RRULE:FREQ=WEEKLY", "EXRULE:FREQ=MONTHLY"],
            "Line 9: it leaves out days by a rule",
        ),
        (["DTSTART;VALUE=DATE:20260901", "RRULE:FREQ=WEEKLY;COUNT=2", "EXDATE:soon"], 'Line 9: EXDATE "soon"'),
        (["DTSTART;VALUE=DATE:20260901", "RDATE;VALUE=DATE:" + "20260902," * 5_000], "Line 8: RDATE has more than"),
        (["DTSTART:20261007T160000", "DTEND:20261007T173000"], "Line 4: it only begins at 16:00."),
        (["DTSTART;VALUE=DATE:20140901"], "Line 4: none of its days is between"),
        (
            ["DTSTART;VALUE=DATE:20260901", "DTEND;VALUE=DATE:20261201"],
            "Line 4: its title means INSET, but it lasts 91 days.",
        ),
        (["DTSTART;VALUE=DATE:20260901", "STATUS:CANCELLED"], "Line 4: it is cancelled."),
        (["DTSTART;VALUE=DATE:20260901", "STATUS:CONFIRMED", "STATUS:CANCELLED"], "Line 4: it is cancelled."),
        (["DTSTART;VALUE=DATE:20260901", "STATUS:tentative"], "Line 4: it is marked as not certain yet."),
        (["DTSTART;VALUE=DATE:20260901", "SUMMARY:Half term"], "Line 4: it has more than one title."),
    ],
)
def test_an_odd_entry_is_left_alone_with_a_sentence_and_its_line(tmp_path: Path, lines: list[str], sentence: str):
    half_term = event("Half term", "DTSTART;VALUE=DATE:20261026", "DTEND;VALUE=DATE:20261031")

    read = read_events(tmp_path, event("INSET", *lines), half_term)

    assert sentence in why(read)
    assert (len(read.taken), len(read.closed), read.inset) == (1, 5, frozenset())


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        (["BEGIN:VEVENT", "SUMMARY:INSET", "DTSTART;VALUE=DATE:20260901"], "Line 4: the entry has no end in the file."),
        (
            ["BEGIN:VEVENT", "SUMMARY:INSET", event("INSET", "DTSTART;VALUE=DATE:20260901")],
            "Line 4: the entry has no end",
        ),
        (["BEGIN:VEVENT", "BEGIN:VALARM", "SUMMARY:INSET", "END:VALARM", "END:VEVENT"], "Line 4: its title does not"),
        (["BEGIN:VEVENT", *["BEGIN:X"] * 10_000, "END:VEVENT"], "Line 4: its title does not"),
    ],
)
def test_an_entry_without_its_end_or_with_others_in_it_is_counted(tmp_path: Path, lines: list[str], sentence: str):
    assert why(read_events(tmp_path, *lines)).startswith(sentence)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"nonsense", "calendar.ics cannot be read as a calendar: no line of it is BEGIN:VCALENDAR."),
        (b"", "cannot be read as a calendar"),
        (b"\x00\xff" * 50, "cannot be read as a calendar"),
        (b"BEGIN:VCALENDAR\r\n" + b" " * 20_000_000, "larger than a school's calendar"),
    ],
)
def test_a_file_that_is_no_calendar_is_refused_in_one_sentence(tmp_path: Path, content: bytes, sentence: str):
    file = tmp_path / "calendar.ics"
    file.write_bytes(content)

    with pytest.raises(SettingsError, match=sentence):
        read_ics(file, TODAY)


@pytest.mark.parametrize(
    "zone", ["GMT Standard Time", "(UTC+00:00) Dublin, Edinburgh, Lisbon, London", "Europe/London"]
)
def test_windows_names_of_london_are_london_in_summer_as_well(tmp_path: Path, zone: str):
    begins, ends = f"DTSTART;TZID={zone}:20260907T000000", f"DTEND;TZID={zone}:20260908T000000"
    in_file = event("INSET", "DTSTART:20260913T230000Z", "DTEND:20260914T230000Z")

    read = read_events(tmp_path, f"X-WR-TIMEZONE:{zone}", event("INSET", begins, ends), in_file)

    assert read.inset == {date(2026, 9, 7), date(2026, 9, 14)}


def test_a_zone_that_the_file_describes_is_known_by_its_place_or_its_offsets(tmp_path: Path):
    described = ["BEGIN:VTIMEZONE", "TZID:Our time", "BEGIN:STANDARD", "TZOFFSETTO:+0000", "END:STANDARD"]
    summer = ["BEGIN:DAYLIGHT", "TZOFFSETTO:+0100", "END:DAYLIGHT", "END:VTIMEZONE"]
    inset = event("INSET", "DTSTART;TZID=Our time:20260907T000000", "DTEND;TZID=Our time:20260908T000000")

    assert read_events(tmp_path, *described, *summer, inset).inset == {date(2026, 9, 7)}


@pytest.mark.parametrize(
    "until", ["20261109", "20261109T090000Z", "20261109T090000", "20261109T235959Z", "20261109T000000Z"]
)
def test_a_weekly_entry_until_a_date_has_its_last_day(tmp_path: Path, until: str):
    begins = "DTSTART;TZID=Europe/London:20261012T090000"

    read = read_events(tmp_path, event("INSET", begins, f"RRULE:FREQ=WEEKLY;UNTIL={until}"))

    assert sorted(read.inset) == [
        date(2026, 10, 12),
        date(2026, 10, 19),
        date(2026, 10, 26),
        date(2026, 11, 2),
        date(2026, 11, 9),
    ]


def test_a_series_that_was_cut_a_second_before_a_day_does_not_have_that_day(tmp_path: Path):
    lines = ["DTSTART;TZID=Europe/London:20261005T090000", "RRULE:FREQ=WEEKLY;UNTIL=20261012T075959Z"]

    assert read_events(tmp_path, event("INSET", *lines)).inset == {date(2026, 10, 5)}


def test_a_series_loses_the_days_that_it_leaves_out_or_that_others_replace(tmp_path: Path):
    london = ";TZID=Europe/London:"
    series = ["UID:s", f"DTSTART{london}20261005T090000", "RRULE:FREQ=WEEKLY;COUNT=5", "EXDATE:20261012T080000Z"]
    moved = ["UID:s", f"RECURRENCE-ID{london}20261019T090000", f"DTSTART{london}20261021T090000"]
    cancelled = ["UID:s", "RECURRENCE-ID:20261026T090000Z", "DTSTART:20261026T090000Z", "STATUS:CANCELLED"]

    def entry(lines: list[str]) -> str:
        return "\n".join(["BEGIN:VEVENT", "SUMMARY:INSET", *lines, "END:VEVENT"])

    read = read_events(tmp_path, *map(entry, (series, moved, cancelled)))

    assert sorted(read.inset) == [date(2026, 10, 5), date(2026, 10, 21), date(2026, 11, 2)]
    assert why(read) == "Line 17: it is cancelled."


def test_an_occurrence_of_a_cancelled_series_is_cancelled_as_well(tmp_path: Path):
    def entry(*lines: str) -> str:
        return "\n".join(["BEGIN:VEVENT", "UID:s", "SUMMARY:INSET", *lines, "END:VEVENT"])

    series = entry("DTSTART;VALUE=DATE:20261005", "RRULE:FREQ=WEEKLY;COUNT=5", "STATUS:CANCELLED")
    moved = entry("RECURRENCE-ID;VALUE=DATE:20261012", "DTSTART;VALUE=DATE:20261013")

    read = read_events(tmp_path, series, moved)

    assert [entry.why for entry in read.left] == ["it is cancelled", "its series is cancelled"]


def test_entries_with_one_uid_are_all_taken(tmp_path: Path):
    days = [20260901, 20261026, 20270104]
    events = [f"BEGIN:VEVENT\nUID:1\nSUMMARY:INSET\nDTSTART;VALUE=DATE:{day}\nEND:VEVENT" for day in days]

    read = read_events(tmp_path, *events)

    assert len(read.taken) == len(read.inset) == 3


def one_day(name: str, day: date) -> str:
    return whole_days(name, day, day)


def test_terms_are_read_from_their_first_and_last_days(tmp_path: Path):
    read = read_events(
        tmp_path,
        one_day("First day of term", date(2026, 9, 2)),
        one_day("Children return", date(2026, 9, 3)),
        one_day("Last day before half term", date(2026, 10, 23)),
        whole_days("Half term", date(2026, 10, 26), date(2026, 10, 30)),
        one_day("School closes for Christmas", date(2026, 12, 18)),
        one_day("Spring term begins - INSET", date(2027, 1, 4)),
        one_day("School closes for half term", date(2027, 2, 12)),
        one_day("School reopens", date(2027, 2, 22)),
        one_day("Last day of term", date(2027, 3, 25)),
        one_day("Start of summer term", date(2027, 4, 12)),
    )

    assert read.terms == (
        Period(date(2026, 9, 2), date(2026, 12, 18)),
        Period(date(2027, 1, 4), date(2027, 2, 12)),
        Period(date(2027, 2, 22), date(2027, 3, 25)),
    )
    assert read.inset == {date(2027, 1, 4)}
    assert date(2026, 10, 23) not in read.closed and read.closed_in_term == [
        date(2026, 10, day) for day in range(26, 31)
    ]
    assert [entry.title for entry in read.left] == [
        "Children return",
        "Last day before half term",
        "Start of summer term",
    ]


def test_a_title_is_read_folded_escaped_and_in_the_encodings_of_windows(tmp_path: Path):
    summary = "SUMMARY:Half\u00a0term\\, school\n  closed"
    file = ics(tmp_path, "BEGIN:VEVENT", summary, "DTSTART:20261026", "END:VEVENT")
    text = file.read_text(encoding="utf-8")

    for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"):
        file.write_bytes(text.encode(encoding))
        assert read_ics(file, TODAY).closed == october(26)
