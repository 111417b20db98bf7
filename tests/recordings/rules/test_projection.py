"""What the ledger says about recorded lessons: which are whose, which notices are where, and how it is saved."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.evidence.rules.ledger import Entry, Event, EventKind, Fact, Head, seal
from bot.outbox.rules.message import Wording
from bot.people.rules.conversations import Address, SentMessage
from bot.recordings.rules.projection import NoticeChoice, RecordingProjection
from bot.recordings.rules.recording import RecordingState
from bot.school.rules.calendar import LONDON
from tests.examples import EXAMPLES

TEN = datetime(2026, 9, 8, 10, tzinfo=LONDON)
DAY = timedelta(days=1)
Facts = dict[str, Fact]


def form_of(more: Facts) -> int:
    """Release 0.5.0 named no channel: its entries have form 1."""
    return 2 if "channel" in more else 1


def planned(id: str, teacher: str = "p1", place: str = "c", days: int = 0, **more: Fact) -> Event:
    """As release 0.5.0 wrote it, without a channel."""
    starts = TEN + days * DAY
    facts: Facts = {"lesson": id, "starts": starts.isoformat(), "ends": (starts + DAY / 24).isoformat(), "kept": 21}
    facts |= {"place": place, "series": "", "source": "", **more}
    return Event(
        EventKind.LESSON, TEN - DAY, teacher, teacher, facts=facts, who={"label": f"Lesson {id}"}, form=form_of(more)
    )


def announced(id: str, message: str = "m", **more: Fact) -> Event:
    facts: Facts = {"lesson": id, "says": "says/2026-09-08", "text": "", "message": f"{message}-{id}"}
    return Event(
        EventKind.ANNOUNCE, TEN, "p1", facts={**facts, "by_hand": False, "again": False, **more}, form=form_of(more)
    )


def moved(id: str, days: int, actor: str = "") -> Event:
    starts = TEN + days * DAY
    facts: Facts = {"lesson": id, "starts": starts.isoformat(), "ends": (starts + DAY / 24).isoformat()}
    return Event(EventKind.MOVE, TEN, "p1", actor, facts=facts)


def changed(kind: EventKind, id: str, days: int = 0, address: str = "", **facts: Fact) -> Event:
    who = {"address": address} if address else {}
    return Event(kind, TEN + days * DAY, "p1", facts={"lesson": id, **facts}, who=who, form=form_of(facts))


def chosen(source: str, place: str, *, is_wanted: bool, **more: Fact) -> Event:
    facts: Facts = {"source": source, "wanted": is_wanted, "place": place, **more}
    return Event(EventKind.WISH, TEN, "p1", "p1", facts=facts, form=form_of(more))


def sealed(events: Sequence[Event]) -> list[Entry]:
    entries: list[Entry] = []
    for event in events:
        last = Head(entries[-1].number, entries[-1].hash) if entries else Head()
        entries.append(seal(event, last, ("0" * 32, "1" * 32)))
    return entries


def projection_of(*events: Event) -> RecordingProjection:
    return RecordingProjection.of(sealed(events))


def ids(projection: RecordingProjection, teacher: str = "p1") -> list[str]:
    return [recording.lesson.id for recording in projection.of_teacher(teacher)]


def test_lessons_are_their_teachers_by_when_they_are():
    projection = projection_of(planned("b", days=7), planned("x", "p2"), planned("a"))
    assert ids(projection) == ["a", "b"]

    projection = projection_of(planned("b", days=7), planned("a"), moved("a", 8))
    assert ids(projection) == ["b", "a"] and ids(projection, "p2") == []


def test_the_notices_in_a_conversation_are_those_that_went_up_in_it():
    projection = projection_of(planned("a"), planned("b"), planned("x", place="d"), announced("a"), announced("x"))

    assert [recording.message for recording in projection.announced_in("c")] == [SentMessage("", "c", "m-a")]
    assert projection.announced_in("elsewhere") == ()


def test_children_are_in_every_conversation_a_notice_was_planned_for():
    projection = projection_of(planned("a"), planned("b", place=""), planned("x", place="d"))

    assert projection.conversations == {"c", "d"}


def test_a_lesson_of_release_0_5_0_names_no_channel_and_a_new_one_does():
    old, new = projection_of(planned("a"), planned("b", channel="msteams")).recordings.values()

    assert old.lesson.address == Address("", conversation="c")
    assert new.lesson.address == Address("msteams", conversation="c")
    assert projection_of(planned("a", place="")).recordings["a"].lesson.address is None


def test_the_notice_of_release_0_5_0_is_in_the_lessons_conversation_and_a_new_one_where_it_says():
    old = projection_of(planned("a"), announced("a")).recordings["a"]
    new = projection_of(planned("a"), announced("a", channel="slack", conversation="C1")).recordings["a"]

    assert (old.message, new.message) == (SentMessage("", "c", "m-a"), SentMessage("slack", "C1", "m-a"))
    assert old.shown == new.shown == Wording("says", TEN.date())


def test_a_notice_that_was_copied_is_no_message_of_ours():
    copied = changed(EventKind.ANNOUNCE, "a", says="says/2026-09-08", text="", message="", by_hand=True, again=False)
    projection = projection_of(planned("a"), copied)

    assert projection.recordings["a"].message is None and projection.recordings["a"].is_by_hand
    assert projection.announced_in("c") == ()


def test_what_a_teacher_chose_for_their_calendar_is_known_with_and_without_a_channel():
    projection = projection_of(
        chosen("s1", "c", is_wanted=True),
        chosen("s2", "c", is_wanted=True, channel="msteams"),
        chosen("s3", "", is_wanted=False),
    )

    assert projection.choices == {
        ("p1", "s1"): NoticeChoice(is_wanted=True, address=Address("", conversation="c")),
        ("p1", "s2"): NoticeChoice(is_wanted=True, address=Address("msteams", conversation="c")),
        ("p1", "s3"): NoticeChoice(is_wanted=False),
    }


def test_an_entry_that_is_in_already_changes_nothing():
    entries = sealed([planned("a"), announced("a")])
    projection = RecordingProjection.of(entries)
    before = projection.dump()
    for entry in entries:
        projection.add(entry, entry.event)

    assert projection.dump() == before and projection.head == Head(2, entries[-1].hash)


@pytest.mark.parametrize("kind", [EventKind.ERASE, EventKind.REMOVE])
def test_somebody_who_was_erased_keeps_their_lessons_without_names(kind: EventKind):
    file: Facts = {"recorded": True, "by": "tenant", "drive": "d", "item": "i"}
    recorded = changed(EventKind.RECORD, "a", address="https://school.example/1.mp4", **file)
    projection = projection_of(planned("a"), planned("x", "p2"), recorded, Event(kind, TEN, "p1"))

    assert [recording.lesson.label for recording in projection.recordings.values()] == ["", "Lesson x"]
    assert projection.recordings["a"].link == ""


def test_a_calendars_lesson_that_was_planned_again_is_the_newer_one():
    projection = projection_of(planned("a", source="u1"), planned("a-2", source="u1"))
    recording = projection.from_calendar("p1", "u1")

    assert recording and recording.lesson.id == "a-2"
    assert projection.from_calendar("p2", "u1") is None


def test_a_lesson_that_has_ended_is_open_until_its_notice_was_changed():
    off = changed(EventKind.TAKE_BACK, "a", off=True)
    projection = projection_of(planned("a"), announced("a"), off)
    assert [recording.state for recording in projection.open_recordings(TEN + 9 * DAY)] == [RecordingState.TAKEN_BACK]

    projection = projection_of(planned("a"), announced("a"), off, announced("a", says="cancelled"))
    assert projection.open_recordings(TEN) == () and projection.unsettled == {}


LESSONS = st.sampled_from("abcd")
DAYS = st.integers(0, 40)
TEXTS = st.sampled_from(["", "c", "ü –"])
SAYS = st.sampled_from(["says/2026-09-08", "moved/2026-09-10", "cancelled", "taken_back", "not_recorded"])
FOUND = st.sampled_from(["nothing", "there", "gone", "locked", "forbidden"])
BY = st.sampled_from(["teacher", "tenant"])


def _event(kind: EventKind, **facts: st.SearchStrategy[Fact]) -> st.SearchStrategy[Event]:
    return st.builds(changed, st.just(kind), LESSONS, DAYS, TEXTS, **facts)


EVENTS = st.one_of(
    st.builds(planned, LESSONS, st.sampled_from(["p1", "p2"]), TEXTS, DAYS, series=TEXTS, source=TEXTS, thread=TEXTS),
    st.builds(planned, LESSONS, st.just("p1"), TEXTS, DAYS, channel=st.just("msteams")),
    st.builds(moved, LESSONS, DAYS, st.sampled_from(["", "p1"])),
    _event(EventKind.ANNOUNCE, says=SAYS, text=TEXTS, message=TEXTS, by_hand=st.booleans(), again=st.booleans()),
    _event(EventKind.TAKE_BACK, off=st.booleans()),
    _event(EventKind.ASK, about=st.sampled_from(["recorded", "gone"]), on=st.just("2026-09-30")),
    _event(EventKind.RECORD, recorded=st.booleans(), by=BY, drive=TEXTS, item=TEXTS),
    _event(EventKind.REMIND),
    _event(EventKind.LOOK, found=FOUND, by=BY),
    st.builds(
        lambda days, lessons: Event(EventKind.TELL, TEN + days * DAY, facts={"lessons": lessons}),
        DAYS,
        st.lists(LESSONS),
    ),
    st.builds(chosen, TEXTS, TEXTS, is_wanted=st.booleans(), channel=TEXTS),
    st.builds(lambda done: Event(EventKind.EXPIRY, TEN, "", "p3", facts={"done": done, "days": 21}), st.booleans()),
    st.sampled_from(
        [Event(EventKind.ERASE, TEN, "p1"), Event(EventKind.REMOVE, TEN, "p2"), Event(EventKind.TIME, TEN, "p1")]
    ),
)
HISTORIES = st.lists(EVENTS, max_size=40)


def saved_and_loaded(projection: RecordingProjection) -> RecordingProjection:
    loaded = projection.fresh()
    loaded.load(json.loads(json.dumps(projection.dump(), ensure_ascii=False)))
    return loaded


@settings(max_examples=EXAMPLES, deadline=None)
@given(HISTORIES)
def test_a_saved_projection_is_loaded_exactly_as_it_was(history: list[Event]):
    projection = projection_of(*history)
    loaded = saved_and_loaded(projection)

    assert loaded == projection and loaded.dump() == projection.dump()


@settings(max_examples=EXAMPLES, deadline=None)
@given(HISTORIES, st.integers(0, 40))
def test_going_on_from_a_loaded_projection_is_the_same_as_reading_everything(history: list[Event], saved_at: int):
    entries = sealed(history)
    projection = saved_and_loaded(RecordingProjection.of(entries[:saved_at]))
    for entry in entries[saved_at:]:
        projection.add(entry, entry.event)

    assert projection == RecordingProjection.of(entries)
    assert projection.dump() == RecordingProjection.of(entries).dump()


@pytest.mark.parametrize(
    "state",
    [
        None,
        7,
        [],
        {},
        {"head": [1, "0"], "recordings": {"a": 1}, "choices": [], "expiry_set_on": None, "first_on": None},
        {"head": [1, "0"], "recordings": [{"lesson": []}], "choices": [], "expiry_set_on": None, "first_on": None},
        {
            "head": [1, "0"],
            "recordings": [[["l", "p", "Art", "10 o'clock", "11", 21, None, "", "", ""], *[0] * 18]],
            "choices": [],
            "expiry_set_on": None,
            "first_on": None,
        },
        {"head": [1, "0"], "recordings": [7], "choices": [], "expiry_set_on": None, "first_on": None},
        {"head": [1], "recordings": [], "choices": [], "expiry_set_on": None, "first_on": None},
        {"head": [1, "0"], "recordings": [], "choices": ["ab"], "expiry_set_on": None, "first_on": None},
        {"head": [1, "0"], "recordings": [], "choices": [], "expiry_set_on": "tomorrow", "first_on": None},
    ],
)
def test_what_is_no_saved_projection_is_refused_and_changes_nothing(state: object):
    projection = projection_of(planned("a"))
    before = projection.dump()

    with pytest.raises((KeyError, TypeError, ValueError)):
        projection.load(state)
    assert projection.dump() == before


@pytest.mark.parametrize("length", [0, 3, 18, 20])
def test_a_saved_recording_with_too_few_or_too_many_values_is_refused(length: int):
    projection = projection_of(planned("a"))
    state = projection.dump()
    (row,) = state["recordings"]
    state["recordings"] = [[*row, None][:length]]

    with pytest.raises((TypeError, ValueError)):
        projection.load(state)
