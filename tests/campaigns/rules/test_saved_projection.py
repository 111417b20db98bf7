"""A projection is saved and loaded whole, whatever happened: going on from it is the same as replaying everything."""

import json
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.campaigns.rules.projection import CampaignProjection
from bot.evidence.rules.ledger import Entry, Event, EventKind, Fact, head, seal
from bot.people.rules.person import Role
from bot.school.rules.calendar import LONDON
from tests.examples import EXAMPLES

NINE = datetime(2026, 9, 7, 9, tzinfo=LONDON)
PEOPLE = ("p1", "p2", "p3", "p4")
TEXTS = ("v1", "v2", "v3")
people = st.sampled_from(PEOPLE)
texts = st.sampled_from(TEXTS)
several = st.lists(people, unique=True)
days = st.dates(date(2026, 9, 1), date(2027, 8, 31)).map(date.isoformat)
campaigns = st.sampled_from(["c1", "c2"])


def facts_of(kind: EventKind) -> st.SearchStrategy[dict[str, Fact]]:
    """The facts that an event of a kind carries."""
    text: dict[str, Any] = {"document": st.just("AUP"), "label": texts}
    acknowledged = {**text, "version": texts, "asked": texts}
    fields: dict[EventKind, dict[str, Any]] = {
        EventKind.PUBLISH: {
            **text,
            "digest": texts,
            "weight": st.sampled_from(["material", "minor"]),
            "statement": st.text(max_size=5),
        },
        EventKind.OPEN: {
            **acknowledged,
            "audience": st.lists(st.sampled_from([role.value for role in Role]), unique=True),
            "due": days,
            "people": several,
        },
        EventKind.RELEASE: {"people": several},
        EventKind.EXTEND: {"due": days},
        EventKind.CLOSE: {"total": st.integers(0, 9), "pending": st.integers(0, 9), "outstanding": several},
        EventKind.JOIN: {"due": days},
        EventKind.ACKNOWLEDGE: acknowledged,
        EventKind.PAPER: {**acknowledged, "signed": days},
        EventKind.PAUSE: {"until": days},
        EventKind.TIME: {"until": days},
        EventKind.CORRECT: {"entry": st.integers(1, 30)},
    }
    return st.fixed_dictionaries(fields.get(kind, {}))


@st.composite
def happenings(draw: st.DrawFn) -> tuple[EventKind, str, str, dict[str, Fact]]:
    kind = draw(st.sampled_from(list(EventKind)))
    is_about_the_school = kind in {EventKind.JOIN, EventKind.LEAVE} and draw(st.booleans())
    return kind, draw(people), "" if is_about_the_school else draw(campaigns), draw(facts_of(kind))


@st.composite
def histories(draw: st.DrawFn) -> list[Entry]:
    """Ledgers in which both campaigns are opened first, and then anything may happen in any order."""
    opened = [(EventKind.OPEN, "", id, draw(facts_of(EventKind.OPEN))) for id in ("c1", "c2")]
    entries: list[Entry] = []
    for kind, subject, campaign, facts in [*opened, *draw(st.lists(happenings(), max_size=25))]:
        event = Event(kind, NINE + timedelta(hours=11 * len(entries)), subject, subject, campaign, facts)
        entries.append(seal(event, head(entries), ("0" * 32, "1" * 32)))
    return entries


def replay(entries: Iterable[Entry], projection: CampaignProjection | None = None) -> CampaignProjection:
    projection = projection or CampaignProjection()
    for entry in entries:
        projection.add(entry, entry.event)
    return projection


def saved_and_loaded(projection: CampaignProjection) -> CampaignProjection:
    """The projection after a stop: it has been through JSON, as in the store."""
    loaded = projection.fresh()
    loaded.load(json.loads(json.dumps(projection.dump())))
    return loaded


@settings(max_examples=EXAMPLES, deadline=None)
@given(histories())
def test_what_is_loaded_is_what_was_saved(entries: list[Entry]):
    projection = replay(entries)
    loaded = saved_and_loaded(projection)

    assert loaded == projection
    assert json.dumps(loaded.dump()) == json.dumps(projection.dump())


@settings(max_examples=EXAMPLES, deadline=None)
@given(histories(), st.data())
def test_going_on_from_what_was_saved_is_the_same_as_replaying_everything(entries: list[Entry], data: st.DataObject):
    stop = data.draw(st.integers(0, len(entries)))

    assert replay(entries[stop:], saved_and_loaded(replay(entries[:stop]))) == replay(entries)


@settings(max_examples=EXAMPLES, deadline=None)
@given(histories(), st.data())
def test_entries_that_are_in_already_change_nothing(entries: list[Entry], data: st.DataObject):
    projection = replay(entries)

    again = replay(data.draw(st.lists(st.sampled_from(entries), max_size=5)), projection)

    assert again == replay(entries)


def test_what_was_loaded_changes_nothing_in_what_it_was_saved_from():
    projection = CampaignProjection()
    loaded = saved_and_loaded(projection)
    loaded.left["", "p1"] = date(2026, 9, 7)

    assert projection == CampaignProjection() == projection.fresh()


WHOLE = CampaignProjection().dump()


@pytest.mark.parametrize(
    "state",
    [
        None,
        [],
        "text",
        {},
        {name: part for name, part in WHOLE.items() if name != "left"},
        {**WHOLE, "head": [1]},
        {**WHOLE, "head": ["x", ""]},
        {**WHOLE, "campaigns": 3},
        {**WHOLE, "campaigns": [["c1", None]]},
        {**WHOLE, "campaigns": [["c1", {"id": "c1"}]]},
        {**WHOLE, "left": [[["c1", "p1"], "yesterday"]]},
        {**WHOLE, "left": [["abc", "2026-09-07"]]},
        {**WHOLE, "released": [[{"color": "red"}, []]]},
        {**WHOLE, "publications": [{"document": "AUP"}]},
    ],
)
def test_what_is_no_saved_projection_is_refused_and_changes_nothing(state: Any):
    projection = CampaignProjection(left={("", "p1"): date(2026, 9, 7)})

    with pytest.raises((KeyError, TypeError, ValueError)):
        projection.load(state)
    assert projection == CampaignProjection(left={("", "p1"): date(2026, 9, 7)})
