"""Forgeries by somebody who writes the whole chain again: by hand, by a lie in the seal, or with the program."""

import asyncio
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

from bot.evidence.rules.ledger import Entry, Event, EventKind, Head, seal
from tests.evidence.dishonest_school import (
    Forged,
    NotPossible,
    canonical,
    chain,
    kind,
    pick,
    put_head,
    put_text,
    put_what,
    put_who,
    reseal,
    what_of,
    who_of,
)
from tests.evidence.honest_school import AnySchool, HonestPack, SaltedStore

ACKNOWLEDGED = (EventKind.ACKNOWLEDGE, EventKind.PAPER)
Change = Callable[[list[Event]], list[Event]]


@kind("nothing about the campaign was hidden", is_rebuilt=True)
def an_entry_made_bare_and_sealed_again(draft: Forged, random: Random, pack: HonestPack) -> None:
    """A correction that nobody may see: the receipt would count again, if the list said so."""
    lines = draft.lines
    line = lines[pick(random, lines[:-1], "correct", "close", "release", "extend", "hold", "question")]
    for key in ("what", "what_salt", "who", "who_salt"):
        line.pop(key, None)
    reseal(draft, lines)


@kind("nobody's details were taken away but by erasing", is_rebuilt=True)
def details_taken_away_and_sealed_again(draft: Forged, random: Random, pack: HonestPack) -> None:
    lines = draft.lines
    line = lines[pick(random, lines[:-1], "correct", "publish", "open", named=False)]
    line.pop("who", None)
    line.pop("who_salt", None)
    reseal(draft, lines)


@kind("the list says what the ledger says")
def an_entry_made_bare_but_not_its_row(draft: Forged, random: Random, pack: HonestPack) -> None:
    lines = draft.lines
    line = lines[pick(random, lines[:-1], "acknowledge", "paper")]
    for key in ("what", "what_salt", "who", "who_salt"):
        line.pop(key, None)
    reseal(draft, lines)


@kind("the list says what the ledger says")
def an_entry_changed_but_not_its_row(draft: Forged, random: Random, pack: HonestPack) -> None:
    lines = draft.lines
    line = lines[pick(random, lines, "acknowledge", "paper", named=True)]
    ways: tuple[Callable[[], None], ...] = (
        lambda: put_who(line, name=who_of(line)["name"] + "\u200b"),
        lambda: put_who(line, email="nobody@school.example"),
        lambda: put_what(line, at="2021-09-01T08:00:00+00:00", local="2021-09-01T09:00:00+01:00"),
        lambda: put_what(line, kind="pause"),
        lambda: put_what(line, facts={"label": "7"}),
        lambda: put_what(line, facts={"version": "0" * 64}),
    )
    random.choice(ways)()
    reseal(draft, lines)


@kind("the seal says which entries and files are in the pack")
def a_seal_that_lies(draft: Forged, random: Random, pack: HonestPack) -> None:
    lines = draft.lines
    facts = what_of(lines[-1])["facts"]
    files, opened = facts["files"], facts["opened"]
    name = random.choice(sorted(files))
    last = len(lines)
    lies: tuple[dict[str, Any], ...] = (
        {"opened": []}, {"opened": [[1, last - 1]]}, {"opened": [[1, last]]}, {"opened": opened[::-1]},
        {"opened": [[first, end + 1] for first, end in opened]}, {"opened": [*opened, [last + 5, last + 9]]},
        {"opened": "all"}, {"opened": [[1, 10**9]]}, {"opened": [[1]]}, {"opened": [["1", "9"]]}, {"opened": None},
        {"erased": [[1, last - 1]]}, {"erased": [[1, 1]]}, {"erased": [[-5, 0]]}, {"erased": {}}, {"erased": None},
        {"before": pack.head}, {"before": ""}, {"before": f"1:{lines[0]['hash']}"}, {"before": None}, {"before": 7},
        {"files": {}}, {"files": {key: value for key, value in files.items() if key != name}},
        {"files": {**files, name: "0" * 64}}, {"files": {**files, name: None}}, {"files": {**files, name: ""}},
        {"files": {**files, "more.csv": "0" * 64}}, {"files": sorted(files)}, {"files": None},
        {"files": {**files, name: files[name].upper()}}, {"files": {**files, "../x": "0" * 64}},
        {"files": {**files, "ledger.jsonl": "0" * 64}}, {"files": {**files, "head.txt": "0" * 64}},
        {"files": {**files, "/etc/passwd": "0" * 64}}, {"files": {**files, "\ud800": "0" * 64}},
    )  # fmt: skip
    lie = random.choice(lies)
    put_text(lines[-1], "what", json.dumps(what_of(lines[-1]) | {"facts": {**facts, **lie}}, sort_keys=True))
    if "\\ud800" not in lines[-1]["what"]:
        put_what(lines[-1])
    draft.put_lines(chain(lines))
    put_head(draft, lines)


@kind("the last entry seals the pack")
def a_seal_in_another_place(draft: Forged, random: Random, pack: HonestPack) -> None:
    lines = draft.lines
    sealing = lines[-1]
    body, copy = lines[:-1], json.loads(json.dumps(sealing))
    before = json.loads(json.dumps(body[pick(random, body, "acknowledge", "paper", "open")]))
    ways = (
        [*body],
        [*body, sealing, before],
        [*body[:-1], sealing, body[-1]],
        [*body, sealing, copy],
        [sealing, *body],
    )
    lines = chain(random.choice(ways))
    draft.put_lines(lines)
    put_head(draft, lines)


@kind("the seal is the seal of this pack")
def a_seal_of_another_sort(draft: Forged, random: Random, pack: HonestPack) -> None:
    lines = draft.lines
    line = lines[-1]
    way = random.randrange(7)
    if way == 0:
        put_what(line, campaign="AUP-2020-1")
    elif way == 1:
        put_what(line, kind="export")
    elif way == 2:
        line["format"] = 2
    elif way == 3:
        line.pop("format")
    elif way == 4:
        for key in ("what", "what_salt"):
            line.pop(key)
    elif way == 5:
        lines[pick(random, lines[:-1])]["format"] = 3
    else:
        put_what(line, campaign="")
    if way in (0, 6):
        reseal(draft, lines)
    else:
        draft.put_lines(chain(lines))
        put_head(draft, lines)


@kind("an entry says each thing once, as RFC 8785 writes it")
def another_spelling_of_a_text_and_sealed_again(draft: Forged, random: Random, pack: HonestPack) -> None:
    lines = draft.lines
    line = lines[pick(random, lines[:-1], "acknowledge", "paper", "correct", "open")]
    text = line["what"]
    ways = (
        text.replace('{"actor"', '{"kind":"pause","actor"', 1),
        text[:-1] + ',"kind":"acknowledge"}',
        text.replace('"facts":{', '"facts":{"version":"x",', 1),
        text.replace(":", ": "),
        json.dumps(dict(sorted(json.loads(text).items(), reverse=True)), separators=(",", ":"), ensure_ascii=False),
        text.replace('"kind"', '"k\\u0069nd"'),
        text.replace('"form":2', '"form":2.0'),
        text.replace('"form":2', '"form":NaN'),
        text + " ",
        "\ufeff" + text,
        text.replace('"form":2', '"form":1e999'),
        text[:-1] + ',"z":' + "[" * 50_000 + "]" * 50_000 + "}",
        text[:-1] + ',"z":' + "9" * 5000 + "}",
        "null",
        "[]",
        '"x"',
        "",
        "{}",
    )
    put_text(line, "what", random.choice(ways))
    reseal(draft, lines)


@kind("the pack was made by a release that sealed its files", is_rebuilt=True)
def an_old_pack_made_of_a_new_one(draft: Forged, random: Random, pack: HonestPack) -> None:
    """Every entry in the old format, without a seal or with an export of that time, and any file changed."""
    lines = draft.lines[:-1]
    if random.random() < 0.5:
        lines.append(draft.lines[-1])
        put_what(lines[-1], kind="export")
    for line in lines:
        line.pop("format", None)
        if "what" in line:
            what = what_of(line)
            what.pop("form")
            put_text(line, "what", canonical(what))
    draft.files["README.txt"] = b"EVIDENCE OF ACKNOWLEDGEMENT\n"
    draft.put_lines(chain(lines))
    put_head(draft, lines)


@kind("an old release's entries are not written after a new one's")
def old_entries_after_new_ones(draft: Forged, random: Random, pack: HonestPack) -> None:
    lines = draft.lines
    for line in lines[random.randrange(1, len(lines) - 1) :]:
        line.pop("format", None)
    draft.put_lines(chain(lines))
    put_head(draft, lines)


@kind("the ledger begins at its first entry")
def another_beginning(draft: Forged, random: Random, pack: HonestPack) -> None:
    lines = draft.lines
    if random.random() < 0.5:
        lines[0]["previous"] = "f" * 64
        draft.put_lines(lines)
    else:
        first = random.randrange(1, len(lines) - 1)
        draft.put_lines(lines[first:])


@kind("the pack is the one that was exported then", is_rebuilt=True)
def another_pack_of_the_campaign(draft: Forged, random: Random, pack: HonestPack) -> None:
    draft.files = dict(
        random.choice([p for p in pack.life.packs if p is not pack and p.campaign == pack.campaign]).files
    )


@kind("the pack is the one that was exported then", is_rebuilt=True)
def a_pack_of_another_campaign(draft: Forged, random: Random, pack: HonestPack) -> None:
    draft.files = dict(random.choice([p for p in pack.life.packs if p.campaign != pack.campaign]).files)


@kind("nothing comes after the seal that was given out", is_rebuilt=True)
def a_new_seal_after_the_true_one(draft: Forged, random: Random, pack: HonestPack) -> None:
    """The true ledger, one more correction or none, and a seal of other files, of this campaign or by another name."""
    lines = draft.lines
    old_seal = json.loads(json.dumps(lines[-1]))
    if random.random() < 0.5:
        lines.append(json.loads(json.dumps(lines[pick(random, lines, "acknowledge", "paper", "correct", "lesson")])))
        for half in ("what", "who"):
            if random.random() < 0.5:
                lines[-1].pop(half, None)
                lines[-1].pop(f"{half}_salt", None)
    if random.random() < 0.4:
        for key in ("what", "what_salt", "who", "who_salt"):
            lines[len(pack.ledger) - 1].pop(key, None)
    lines.append(old_seal)
    names = (pack.campaign, f"{pack.campaign} ", pack.campaign.lower(), "", "AUP-2021-1", "AUP-2031-1")
    put_what(lines[-1], campaign=random.choice(names))
    draft.files["README.txt"] = b"All is well.\n"
    reseal(draft, lines)


@kind("the files belong to this ledger")
def the_ledger_of_one_pack_with_the_files_of_another(draft: Forged, random: Random, pack: HonestPack) -> None:
    other = random.choice([other for other in pack.life.packs if other is not pack])
    taken = random.choice((("ledger.jsonl",), ("head.txt",), ("ledger.jsonl", "head.txt"), ("acknowledgements.csv",)))
    draft.files |= {name: other.files[name] for name in taken}
    if draft.files == other.files:
        raise NotPossible("it is the other pack")


def insider(draft: Forged, pack: HonestPack, change: Change) -> None:
    """Writes the school's whole ledger again with the program, and exports the pack from it."""
    events = change([entry.event for entry in pack.ledger[:-1]])
    random, ledger, last = Random(len(events)), list[Entry](), Head()
    for event in events:
        entry = seal(event, last, (random.randbytes(16).hex(), random.randbytes(16).hex()))
        ledger.append(entry)
        last = Head(entry.number, entry.hash)
    store = SaltedStore(random=random, ledger=ledger)
    true = pack.life.school.store
    store.people, store.texts = true.people, true.texts
    life = AnySchool(random, replace(pack.life.school, store=store))
    draft.files = dict(asyncio.run(life.export_of(pack.campaign)).files)


def place_of(random: Random, events: Sequence[Event], pack: HonestPack, *kinds: EventKind) -> int:
    places = [n for n, event in enumerate(events) if event.kind in kinds and event.campaign == pack.campaign]
    if not places:
        raise NotPossible(str(kinds))
    return random.choice(places)


@kind("these people acknowledged this text then", is_rebuilt=True)
def an_acknowledgement_changed_with_the_program(draft: Forged, random: Random, pack: HonestPack) -> None:
    def change(events: list[Event]) -> list[Event]:
        place = place_of(random, events, pack, *ACKNOWLEDGED)
        event = events[place]
        changes = (
            replace(event, who={**event.who, "name": "Mr Nobody"}),
            replace(event, at=event.at - timedelta(days=30)),
            replace(event, kind=EventKind.ACKNOWLEDGE if event.kind is EventKind.PAPER else EventKind.PAPER),
            replace(event, facts={**event.facts, "statement": "I agree to everything."}),
            replace(event, facts={**event.facts, "witness": event.subject}),
            replace(event, facts={**event.facts, "signed": "2021-09-01"}),
            replace(event, subject=random.choice(sorted(pack.life.school.store.people))),
        )
        return [*events[:place], random.choice(changes), *events[place + 1 :]]

    insider(draft, pack, change)


@kind("nothing was left out of the ledger", is_rebuilt=True)
def an_entry_left_out_with_the_program(draft: Forged, random: Random, pack: HonestPack) -> None:
    def change(events: list[Event]) -> list[Event]:
        place = place_of(random, events, pack, *ACKNOWLEDGED, EventKind.CORRECT)
        return [*events[:place], *events[place + 1 :]]

    insider(draft, pack, change)


@kind("nothing was added to the ledger", is_rebuilt=True)
def an_entry_added_with_the_program(draft: Forged, random: Random, pack: HonestPack) -> None:
    def change(events: list[Event]) -> list[Event]:
        event = events[place_of(random, events, pack, *ACKNOWLEDGED)]
        me = random.choice(sorted(pack.life.school.store.people))
        new = replace(event, subject=me, actor=me, who={"name": "Mr Nobody", "email": "", "roles": "staff"})
        return [*events, new]

    insider(draft, pack, change)


@kind("the same thing was written, but not at that place in the world", is_rebuilt=True)
def the_same_ledger_with_other_salts(draft: Forged, random: Random, pack: HonestPack) -> None:
    """Nothing that can be read is another: what is lost is that it was written then."""
    insider(draft, pack, list)
