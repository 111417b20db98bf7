"""A school year of 500 lessons a week: what is in calendars, and what the ledger and the outbox hold of it.

It is written in the shape the capabilities write it.
"""

import asyncio
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from bot.app import Books
from bot.evidence.context import details
from bot.evidence.rules.ledger import Event, EventKind
from bot.outbox.rules.message import Message, MessageKind, Subject, Wording
from bot.people.rules.conversations import Address, SentMessage
from bot.people.rules.person import Person
from bot.recordings.rules.lesson import Lesson
from bot.recordings.rules.notices import Promise
from bot.recordings.rules.recording import RecordingFile
from bot.recordings.rules.recording_events import RECORDED, TEACHER, TENANT, address_facts, message_facts
from bot.recordings.rules.sealed_wording import sealed_wording
from bot.recordings.rules.timetable import CalendarEntry
from bot.school.rules.calendar import LONDON, Calendar

TEACHERS, A_WEEK, WEEKS = 100, 5, 39  # lessons of each teacher in a week
MONDAY = date(2026, 9, 7)
BATCH = 500  # entries
HOUR, DAY, QUARTER = timedelta(hours=1), timedelta(days=1), timedelta(minutes=15)
CHANNEL = "msteams"
IN_OWN_CHAT = SentMessage(CHANNEL, "chat", "m")
Written = tuple[Event, str, tuple[Message, ...]]


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=LONDON)


def class_channel(teacher: int) -> str:
    return f"19:class{teacher}@thread.tacv2"


def timetable(calendar: Calendar) -> dict[str, list[CalendarEntry]]:
    """Every teacher's lessons of the year, by account, in order; each week's on the days on which pupils are in."""
    calendars: dict[str, list[CalendarEntry]] = {f"a{teacher}": [] for teacher in range(TEACHERS)}
    week, number = MONDAY, 0
    while number < WEEKS:
        days = [day for ahead in range(5) if calendar.are_pupils_in(day := week + ahead * DAY)]
        for teacher in range(TEACHERS if days else 0):
            for lesson in range(A_WEEK):
                starts, series = at(days[(teacher + lesson) % len(days)], 9 + lesson), f"s{teacher}-{lesson}"
                entry = CalendarEntry(f"{series}-{number}", series, f"Year {lesson} maths", starts, starts + HOUR)
                online = replace(entry, categories=("Lesson",), is_online=True, thread=class_channel(teacher))
                calendars[f"a{teacher}"].append(online)
        number += 1 if days else 0
        week += 7 * DAY
    return calendars


def is_recorded(id: str) -> bool:
    """All but every tenth lesson are."""
    teacher, lesson, week = (int(part) for part in id[1:].split("-"))
    return bool((teacher + lesson + week) % 10)


def file_of(entry: CalendarEntry) -> RecordingFile:
    return RecordingFile("d1", entry.id, f"https://school.example/{entry.id}")


@dataclass(frozen=True)
class Past:
    """What is in the ledger and the outbox of lessons before an instant, as the capabilities would have written it."""

    books: Books
    until: datetime

    async def write(self, calendars: dict[str, list[CalendarEntry]]) -> None:
        """All of it, in the order of time."""
        context, events = self.books.context, list[Written]()
        pseudonyms = await context.store.enrol(context.roster.people())
        for person in context.roster.people():
            for entry in calendars.get(person.account, ()):
                events += self._of(entry, person, pseudonyms[person.id])
        events = sorted(
            (written for written in events if written[0].at < self.until), key=lambda written: written[0].at
        )
        for begin in range(0, len(events), BATCH):
            batch = events[begin : begin + BATCH]
            await asyncio.gather(*(context.store.append(*written) for written in batch))

    @property
    def _promise(self) -> Promise:
        return self.books.recordings.promise

    def _of(self, entry: CalendarEntry, person: Person, teacher: str) -> Iterator[Written]:
        planned_at, address = entry.starts - 14 * DAY, Address(CHANNEL, conversation=entry.thread)
        if entry.id.endswith("-0"):
            subject, at = Subject(name=entry.series), planned_at
            question = Message(MessageKind.FOUND_LESSON, subject, teacher, at.date()).arrived(IN_OWN_CHAT, at)
            facts = {"source": entry.series, "wanted": True, **address_facts(address)}
            wish = Event(EventKind.WISH, at, teacher, teacher, "", facts, details(person))
            yield wish, f"wish/{entry.series}", (question,)
        lesson = self._lesson(entry, teacher, address)
        times = {"starts": lesson.starts.isoformat(), "ends": lesson.ends.isoformat(), "kept": lesson.kept_days}
        source = {"series": lesson.series, "source": entry.id, "thread": lesson.thread}
        facts = {"lesson": lesson.id, **times, **address_facts(address), **source}
        who = details(person, label=lesson.label)
        yield Event(EventKind.LESSON, planned_at, teacher, "", "", facts, who), f"lesson/{lesson.id}", ()
        wording = Wording("says", lesson.day)
        yield self._notice(MessageKind.NOTICE, lesson, 0, lesson.starts - QUARTER, wording)
        yield from (
            self._recorded(entry, lesson, person) if is_recorded(entry.id) else self._not_recorded(lesson, person)
        )

    def _lesson(self, entry: CalendarEntry, teacher: str, address: Address) -> Lesson:
        return Lesson(
            id=hashlib.sha256(f"{teacher}\n{entry.id}".encode()).hexdigest()[:16],
            teacher=teacher,
            label=entry.subject,
            starts=entry.starts,
            ends=entry.ends,
            kept_days=self._promise.kept_days,
            address=address,
            series=entry.series,
            source=entry.id,
            thread=entry.thread,
        )

    def _notice(self, kind: MessageKind, lesson: Lesson, number: int, at: datetime, wording: Wording) -> Written:
        assert lesson.address
        sent, subject = (
            SentMessage(CHANNEL, lesson.address.conversation, "m"),
            Subject(recording=lesson.id, number=number),
        )
        notice = Message(kind, subject, "", lesson.day, lesson.address, wording=wording).arrived(sent, at)
        text = self._promise.notice_text(wording, lesson, at.date())
        facts = {"says": sealed_wording(wording), "text": text, "by_hand": False, "again": False}
        event = self._event(EventKind.ANNOUNCE, at, lesson, **facts, **message_facts(sent))
        return event, f"announce/{notice.key}", (notice,)

    def _recorded(self, entry: CalendarEntry, lesson: Lesson, person: Person) -> Iterator[Written]:
        file, reminder_day = file_of(entry), lesson.reminded_on(person, self.books.context.calendar)
        facts = {"recorded": True, "by": TENANT, "drive": file.drive, "item": file.item}
        event = self._event(EventKind.RECORD, lesson.ends + HOUR, lesson, **facts)
        yield replace(event, who={"address": file.address}), f"record/{lesson.id}/{file.drive}/{file.item}", ()
        if reminder_day:
            time = at(reminder_day, 8, 30)
            reminder = Message(MessageKind.DUE_SOON, Subject(recording=lesson.id), lesson.teacher, lesson.last_day)
            yield self._look(lesson, at(reminder_day, 8), "there")
            event = self._event(EventKind.REMIND, time, lesson)
            yield event, f"remind/{lesson.id}", (reminder.arrived(IN_OWN_CHAT, time),)
        yield self._look(lesson, at(lesson.first_day_gone, 7), "gone")

    def _not_recorded(self, lesson: Lesson, person: Person) -> Iterator[Written]:
        asked_at = self.books.context.calendar.first_moment(person, lesson.ends + DAY) or lesson.ends + DAY
        yield self._look(lesson, lesson.ends + HOUR, "nothing")
        for later in (1, 2):
            if (day := lesson.day + later * DAY) <= asked_at.date():
                yield self._look(lesson, at(day, 7), "nothing")
        question = Message(MessageKind.WAS_RECORDED, Subject(recording=lesson.id), lesson.teacher, lesson.day)
        event = self._event(EventKind.ASK, asked_at, lesson, about=RECORDED, on=asked_at.date().isoformat())
        yield event, f"ask/{lesson.id}/{RECORDED}/0", (question.arrived(IN_OWN_CHAT, asked_at),)
        facts = {"recorded": False, "by": TEACHER, "drive": "", "item": "", "before": "announced"}
        event = self._event(EventKind.RECORD, asked_at + QUARTER, lesson, **facts)
        yield replace(event, actor=lesson.teacher), f"record/{lesson.id}/no", ()
        changed_at = asked_at + QUARTER + timedelta(minutes=1)
        yield self._notice(MessageKind.EDIT, lesson, 1, changed_at, Wording("not_recorded"))

    def _look(self, lesson: Lesson, at: datetime, finding: str) -> Written:
        event = self._event(EventKind.LOOK, at, lesson, found=finding, by=TENANT)
        return event, f"look/{lesson.id}/{at.isoformat()}", ()

    def _event(self, kind: EventKind, at: datetime, lesson: Lesson, **facts: Any) -> Event:
        return Event(kind, at, lesson.teacher, facts={"lesson": lesson.id, **facts})
