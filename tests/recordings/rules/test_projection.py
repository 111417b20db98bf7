"""The shelf of recorded lessons: which are whose, and which notices stand where."""

from datetime import datetime, timedelta

from bot.evidence.rules.ledger import Entry, Event, EventKind, Fact, Head, head, seal
from bot.recordings.rules.projection import RecordingProjection
from bot.school.rules.calendar import LONDON

TEN = datetime(2026, 9, 8, 10, tzinfo=LONDON)
DAY = timedelta(days=1)


def planned(id: str, teacher: str, place: str, days: int = 0) -> Event:
    starts = TEN + days * DAY
    facts: dict[str, Fact] = {"lesson": id, "starts": starts.isoformat(), "ends": (starts + DAY / 24).isoformat()}
    facts |= {"kept": 21, "place": place, "series": "", "source": ""}
    return Event(EventKind.LESSON, TEN - DAY, teacher, teacher, facts=facts, who={"label": f"Lesson {id}"})


def announced(id: str) -> Event:
    facts: dict[str, Fact] = {"lesson": id, "says": "says/2026-09-08", "text": "", "message": f"m-{id}"}
    return Event(EventKind.ANNOUNCE, TEN, "p1", facts={**facts, "by_hand": False, "again": False})


def moved(id: str, days: int) -> Event:
    starts = TEN + days * DAY
    facts: dict[str, Fact] = {"lesson": id, "starts": starts.isoformat(), "ends": (starts + DAY / 24).isoformat()}
    return Event(EventKind.MOVE, TEN, "p1", facts=facts)


def ledger(*events: Event) -> list[Entry]:
    made: list[Entry] = []
    for one in events:
        made.append(seal(one, head(made[-1:]) if made else Head(), ("0" * 32, "1" * 32)))
    return made


def test_lessons_are_their_teachers_by_when_they_are():
    shelf = RecordingProjection.of(ledger(planned("b", "p1", "c", 7), planned("x", "p2", "c"), planned("a", "p1", "c")))
    assert [one.lesson.id for one in shelf.of_teacher("p1")] == ["a", "b"]

    shelf = RecordingProjection.of(ledger(planned("b", "p1", "c", 7), planned("a", "p1", "c"), moved("a", 8)))
    assert [one.lesson.id for one in shelf.of_teacher("p1")] == ["b", "a"]
    assert shelf.of_teacher("p2") == ()


def test_in_a_conversation_stand_the_notices_that_went_up_in_it():
    shelf = RecordingProjection.of(
        ledger(
            planned("a", "p1", "c"), planned("b", "p1", "c"), planned("x", "p1", "d"), announced("a"), announced("x")
        )
    )

    assert [one.message for one in shelf.in_place("c")] == ["m-a"]
    assert shelf.in_place("elsewhere") == ()


def test_children_are_in_every_conversation_a_notice_was_planned_for():
    shelf = RecordingProjection.of(ledger(planned("a", "p1", "c"), planned("b", "p1", ""), planned("x", "p1", "d")))

    assert shelf.places == {"c", "d"}


def test_an_entry_that_is_in_already_makes_no_lesson_twice():
    entries = ledger(planned("a", "p1", "c"), announced("a"))
    shelf = RecordingProjection.of(entries)
    for one in entries:
        shelf.add(one)

    assert len(shelf.of_teacher("p1")) == len(shelf.in_place("c")) == 1


def test_whoever_is_forgotten_keeps_their_lessons_without_names():
    shelf = RecordingProjection.of(ledger(planned("a", "p1", "c"), planned("x", "p2", "c")))
    shelf.forget("p1")

    assert [one.lesson.label for one in (*shelf.of_teacher("p1"), *shelf.of_teacher("p2"))] == ["", "Lesson x"]
