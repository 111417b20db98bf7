"""The ledger: every later change is found, and erasing a person is not a change."""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.errors import LedgerBroken
from bot.evidence.rules.ledger import GENESIS, Entry, Event, EventKind, Head, Leaf, head, seal, verify
from bot.school.rules.calendar import LONDON

NINE = datetime(2026, 10, 24, 9, tzinfo=LONDON)
TIMES = 1_000
PEOPLE = 20


def chain(length: int = 60) -> list[Entry]:
    """A ledger of a campaign in which twenty people did three things each."""
    entries: list[Entry] = []
    for number in range(length):
        person = f"p{number % PEOPLE}"
        kind = (EventKind.ACKNOWLEDGE, EventKind.PAPER, EventKind.PAUSE)[number // PEOPLE % 3]
        who = {"name": f"Person {number % PEOPLE}", "email": f"{person}@school.example"}
        event = Event(kind, NINE + timedelta(hours=number), person, "p0", "c1", {"version": "v1", "n": number}, who)
        entries.append(seal(event, head(entries), (f"{number:032x}", f"{number + 500:032x}")))
    return entries


WHOLE = chain()


def edited(entries: list[Entry], chance: random.Random) -> int:
    at = chance.randrange(len(entries))
    half = chance.choice(["what", "who"])
    leaf: Leaf = getattr(entries[at], half)
    text = list(leaf.text)
    place = chance.choice([n for n, sign in enumerate(text) if sign.isalnum()])
    text[place] = "x" if text[place] != "x" else "y"
    entries[at] = replace(entries[at], **{half: replace(leaf, text="".join(text))})
    return at + 1


def deleted(entries: list[Entry], chance: random.Random) -> int:
    at = chance.randrange(len(entries) - 1)
    del entries[at]
    return at + 1


def inserted(entries: list[Entry], chance: random.Random) -> int:
    at = chance.randrange(len(entries))
    before = Head(at, entries[at].previous)
    event = Event(EventKind.ACKNOWLEDGE, NINE, "p99", "p99", "c1", {}, {"name": "Nobody"})
    entries.insert(at, seal(event, before, ("a" * 32, "b" * 32)))
    return at + 2  # the new one fits where it stands; the one after it does not


def reordered(entries: list[Entry], chance: random.Random) -> int:
    first, second = sorted(chance.sample(range(len(entries)), 2))
    entries[first], entries[second] = entries[second], entries[first]
    return first + 1


def swapped(entries: list[Entry], chance: random.Random) -> int:
    """Two people change places: each entry says that it was the other, leaf, salt and hash."""
    first, second = sorted(chance.sample(range(PEOPLE), 2))
    who = entries[first].who
    entries[first] = replace(entries[first], who=entries[second].who)
    entries[second] = replace(entries[second], who=who)
    return first + 1


@pytest.mark.parametrize("change", [edited, deleted, inserted, reordered, swapped])
def test_every_change_is_found_and_the_first_entry_that_does_not_fit_is_named(
    change: Callable[[list[Entry], random.Random], int],
):
    chance = random.Random(7)
    for _ in range(TIMES):
        entries = list(WHOLE)
        number = change(entries, chance)

        with pytest.raises(LedgerBroken, match=rf"Entry {number}\b"):
            verify(entries)


def test_a_ledger_cut_short_is_found_by_the_head_that_somebody_outside_kept():
    chance = random.Random(7)
    for _ in range(TIMES):
        kept = chance.randrange(len(WHOLE))
        last = chance.randrange(kept, len(WHOLE))
        witness = Head(WHOLE[last].number, WHOLE[last].hash)

        with pytest.raises(LedgerBroken, match=f"ends at entry {kept}, but entry {last + 1} was seen outside"):
            verify(WHOLE[:kept], witness)


def test_a_whole_ledger_written_again_is_found_by_the_head_as_well():
    entries: list[Entry] = []
    for entry in WHOLE:
        event = replace(entry.event, campaign="c2") if entry.number == 5 else entry.event
        entries.append(seal(event, head(entries), ("c" * 32, "d" * 32)))

    assert verify(entries).number == len(WHOLE)
    with pytest.raises(LedgerBroken, match="is not the one whose hash was kept outside"):
        verify(entries, head(WHOLE))


def test_a_whole_ledger_verifies_also_with_any_head_it_ever_had():
    assert verify(WHOLE) == verify(WHOLE, Head(WHOLE[20].number, WHOLE[20].hash)) == head(WHOLE)
    assert verify([], Head()) == Head(0, GENESIS)


def test_erasing_who_leaves_the_chain_whole_and_what_happened_to_be_read():
    entries = [entry.without_who() if entry.event.subject == "p3" else entry for entry in WHOLE]

    assert verify(entries) == head(WHOLE)
    assert entries[3].event.who == {}
    assert entries[3].event.facts == WHOLE[3].event.facts
    assert "Person 3" not in "".join(entry.what.text + entry.who.text for entry in entries)


def test_bare_entries_hold_the_chain_and_say_nothing():
    bare = [entry.bare() for entry in WHOLE]

    assert verify(bare) == head(WHOLE)
    assert not any(entry.what.is_open or entry.what.text or entry.who.is_open or entry.who.text for entry in bare)


def test_half_an_erasure_is_a_change():
    for part in ("salt", "text"):
        half_erased = replace(WHOLE[3], who=replace(WHOLE[3].who, **{part: ""}))

        with pytest.raises(LedgerBroken, match="Entry 4: whom it was about"):
            verify([*WHOLE[:3], half_erased, *WHOLE[4:]])


def test_an_event_comes_back_as_it_was_with_both_clocks():
    event = Event(
        EventKind.PAPER, NINE + timedelta(days=1), "p1", "p2", "c1", {"n": 1, "list": ["ä", "–"]}, {"name": "Ł"}
    )

    entry = seal(event, Head(), ("0" * 32, "1" * 32))

    assert entry.event == event
    assert '"at":"2026-10-25T09:00:00+00:00"' in entry.what.text  # the clocks went back that night
    assert '"local":"2026-10-25T09:00:00+00:00"' in entry.what.text


@pytest.mark.parametrize("text", ["", "12", "12:", ":abc", "12:xyz", f"-1:{GENESIS}", f"١:{GENESIS}", "12:0a1b"])
def test_what_is_no_head_is_refused_in_a_sentence(text: str):
    with pytest.raises(LedgerBroken, match="looks like 12:0a1b"):
        Head.read(text)


def test_a_printed_head_reads_back():
    assert Head.read(f" {head(WHOLE)}\n") == head(WHOLE)


def test_a_ledger_is_verified_on_from_where_it_was_verified_before():
    at = Head(WHOLE[19].number, WHOLE[19].hash)

    assert verify(WHOLE[20:], begin=at) == head(WHOLE)
    assert verify([], begin=at) == at
    with pytest.raises(LedgerBroken, match="Entry 21 is missing"):
        verify(WHOLE[21:], begin=at)
    with pytest.raises(LedgerBroken, match="Entry 21 does not follow"):
        verify(WHOLE[20:], begin=replace(at, hash=GENESIS))


def test_the_head_where_verifying_began_may_be_the_one_that_was_kept_outside():
    at = Head(WHOLE[19].number, WHOLE[19].hash)

    assert verify(WHOLE[20:], at, begin=at) == head(WHOLE)
