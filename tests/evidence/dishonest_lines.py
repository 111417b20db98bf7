"""Forgeries of the ledger in the pack, by somebody who writes its lines by hand and builds no new chain."""

import json
from collections.abc import Callable
from random import Random
from typing import Any

from tests.evidence.dishonest_school import (
    Forged,
    Line,
    NotPossible,
    as_line,
    canonical,
    chain,
    kind,
    pick,
    put_head,
    put_text,
    put_what,
    put_who,
    sha,
    what_of,
    who_of,
)
from tests.evidence.honest_school import HonestPack

HALVES = ("what", "who")


@kind("the ledger goes on to its head")
def entries_cut_at_the_end(draft: Forged, random: Random, pack: HonestPack) -> None:
    lines = draft.lines
    lines = lines[: random.randrange(len(lines))]
    draft.put_lines(lines)
    if lines and random.random() < 0.7:
        put_head(draft, lines)


@kind("every entry is here once, in order")
def entries_moved(draft: Forged, random: Random, pack: HonestPack) -> None:
    lines = draft.lines
    place = random.randrange(len(lines) - 1)
    ways = (
        lines[:place] + lines[place + 1 :],
        [*lines[: place + 1], *lines[place:]],
        [*lines[:place], lines[place + 1], lines[place], *lines[place + 2 :]],
        lines[::-1],
        [*lines, lines[place]],
        [lines[-1], *lines[:-1]],
        [*lines, lines[-1]],
        lines[1:],
    )
    lines = random.choice(ways)
    if random.random() < 0.5:
        lines = [{**line, "number": number} for number, line in enumerate(lines, start=1)]
    draft.put_lines(lines)


@kind("nothing was put in between")
def an_entry_inserted(draft: Forged, random: Random, pack: HonestPack) -> None:
    lines = draft.lines
    place = pick(random, lines[:-1], "acknowledge", "paper", "correct")
    new = json.loads(json.dumps(lines[place]))
    put_who(new, name="Mr Nobody")
    lines.insert(random.choice((place, place + 1, len(lines) - 1, len(lines))), new)
    if random.random() < 0.6:
        lines = [{**line, "number": number} for number, line in enumerate(lines, start=1)]
    draft.put_lines(lines)


@kind("the entry says what it said when it was written")
def the_text_of_an_entry_edited(draft: Forged, random: Random, pack: HonestPack) -> None:
    """Without its hash, with the hash of the half, or with that and the hash of the entry."""
    lines = draft.lines
    line = lines[pick(random, lines, "acknowledge", "paper", "correct", "publish", "open")]
    depth = random.randrange(3)
    before = dict(line)
    ways: tuple[Callable[[], None], ...] = (
        lambda: put_what(line, local="2021-09-01T09:00:00+01:00"),
        lambda: put_what(line, subject="0" * 32),
        lambda: put_what(line, campaign="AUP-2020-1"),
        lambda: put_what(line, kind="paper" if what_of(line)["kind"] != "paper" else "acknowledge"),
        lambda: put_what(line, facts={"statement": "I agree to everything."}),
        lambda: put_what(line, facts={"version": "0" * 64}),
        lambda: put_what(line, facts={"witness": "0" * 32}),
        lambda: put_who(line, name="Mr Nobody") if "who" in line else put_what(line, subject="1" * 32),
        lambda: put_who(line, roles="head") if "who" in line else put_what(line, subject="2" * 32),
    )
    random.choice(ways)()
    if depth == 0:
        line |= {f"{half}_hash": before[f"{half}_hash"] for half in HALVES}
    if depth == 2:
        body = {key: line[key] for key in ("number", "previous", "format")}
        line["hash"] = sha(canonical({**body, "what": line["what_hash"], "who": line["who_hash"]}).encode())
    draft.put_lines(lines)


@kind("what can be read here is what was exported to be read")
def an_open_entry_made_bare(draft: Forged, random: Random, pack: HonestPack) -> None:
    lines = draft.lines
    line = lines[pick(random, lines, named=random.random() < 0.5)]
    hidden = random.choice((("what", "who"), ("what",), ("who",)))
    for half in hidden:
        if random.random() < 0.8:
            line.pop(half, None)
            line.pop(f"{half}_salt", None)
        else:
            line |= {half: "", f"{half}_salt": ""}
    draft.put_lines(lines)


@kind("what is about other people cannot be read here")
def a_bare_entry_opened(draft: Forged, random: Random, pack: HonestPack) -> None:
    """By somebody who has the school's ledger: the salts are the right ones."""
    lines = draft.lines
    places = [place for place, line in enumerate(lines) if "what" not in line]
    if not places:
        raise NotPossible("no bare entry")
    for place in random.sample(places, random.randint(1, len(places))):
        entry = pack.ledger[place]
        for half in random.choice((HALVES, ("what",), ("who",))):
            leaf = getattr(entry, half)
            if leaf.is_open:
                lines[place] |= {half: leaf.text, f"{half}_salt": leaf.salt}
    draft.put_lines(lines)


@kind("what was erased cannot be read here")
def erased_details_put_back(draft: Forged, random: Random, pack: HonestPack) -> None:
    """By somebody who kept an earlier pack, where they can still be read."""
    lines = draft.lines
    earlier = Forged(dict(pack.life.packs[0].files), "").lines
    places = [
        place for place, (new, old) in enumerate(zip(lines, earlier, strict=False)) if "who" in old and "who" not in new
    ]
    if not places:
        raise NotPossible("nothing was erased")
    for place in random.sample(places, random.randint(1, len(places))):
        lines[place] |= {key: earlier[place][key] for key in ("who", "who_salt")}
    draft.put_lines(lines)


@kind("each half of an entry has a salt of its own")
def another_salt(draft: Forged, random: Random, pack: HonestPack) -> None:
    lines = draft.lines
    line, other = lines[pick(random, lines)], lines[pick(random, lines)]
    half = random.choice([half for half in HALVES if half in line])
    salt, key = line[f"{half}_salt"], f"{half}_salt"
    ways: tuple[Any, ...] = (
        salt.upper(), " ".join(salt[i : i + 2] for i in range(0, 32, 2)), f" {salt}", f"{salt}\n", f"0x{salt}",
        other["what_salt"][::-1], salt[:-2], salt + "00", "", None, 0, [salt], int(salt, 16), "zz" * 16, "\ud800",
        "".join(chr(ord(digit) + 0xFEE0) for digit in salt), {"hex": salt}, True, f"{salt}\0", salt * 100_000,
    )  # fmt: skip
    line[key] = random.choice(ways)
    if random.random() < 0.1:
        del line[key]
    draft.put_raw("".join(f"{json.dumps(one, sort_keys=True)}\n" for one in lines))


@kind("each half of an entry has a salt of its own")
def a_salt_of_another_entry(draft: Forged, random: Random, pack: HonestPack) -> None:
    lines = draft.lines
    line, other = lines[pick(random, lines)], lines[pick(random, lines, named=True)]
    line["what_salt"] = other["who_salt"]
    if random.random() < 0.5:
        put_text(line, "what", line["what"])
    draft.put_lines(lines)


@kind("each half of an entry belongs to it")
def halves_moved(draft: Forged, random: Random, pack: HonestPack) -> None:
    lines = draft.lines
    one, two = lines[pick(random, lines, named=True)], lines[pick(random, lines, named=True)]
    half = random.choice(HALVES)
    keys = [half, f"{half}_salt", f"{half}_hash"][: random.choice((2, 3))]
    for key in keys:
        one[key], two[key] = two[key], one[key]
    if one is two or one[half] == two[half]:
        one["what"], one["who"] = one["who"], one["what"]
    draft.put_lines(lines)


def change_a_line(draft: Forged, random: Random, change: Callable[[Line], str]) -> None:
    lines = draft.lines
    place = random.randrange(len(lines))
    written = [as_line(line) for line in lines]
    written[place] = change(lines[place])
    draft.put_raw("".join(f"{line}\n" for line in written))


@kind("a line says each thing once")
def a_key_twice(draft: Forged, random: Random, pack: HonestPack) -> None:
    key = random.choice(("number", "hash", "previous", "what_hash", "format", "what", "who", "what_salt"))
    lie = random.choice(('"x"', "1", "null", '"' + "0" * 64 + '"', '""'))
    is_first = random.random() < 0.5

    def change(line: Line) -> str:
        text = as_line(line)
        return f'{{"{key}": {lie}, {text[1:]}' if is_first else f'{text[:-1]}, "{key}": {lie}}}'

    change_a_line(draft, random, change)


@kind("a line is written as the program writes it")
def another_spelling_of_a_line(draft: Forged, random: Random, pack: HonestPack) -> None:
    ways: tuple[Callable[[Line], str], ...] = (
        lambda line: json.dumps(line, ensure_ascii=False),
        lambda line: json.dumps(dict(sorted(line.items(), reverse=True))),
        canonical,
        lambda line: as_line(line).replace('"hash"', '"\\u0068ash"'),
        lambda line: as_line(line).replace('"number": ', '"number":  '),
        lambda line: as_line(line) + " ",
        lambda line: "\t" + as_line(line),
        lambda line: as_line(line) + "\r",
        lambda line: as_line(line).replace(", ", ",\t"),
        lambda line: "\ufeff" + as_line(line),
        lambda line: as_line({**line, "hash": line["hash"].upper()}),
        lambda line: as_line({**line, "what_hash": line["what_hash"].upper()}),
        lambda line: as_line(line).replace('"number": ', '"number": 0'),
        lambda line: as_line({**line, "number": float(line["number"])}),
        lambda line: as_line(line).replace(f'"number": {line["number"]}', f'"number": {line["number"]}e0'),
        lambda line: as_line({**line, "format": float(line["format"])}),
        lambda line: as_line({**line, "number": str(line["number"])}),
        lambda line: as_line({**line, "hash": f" {line['hash']}"}),
    )
    change_a_line(draft, random, random.choice(ways))


@kind("a line has only what the program writes")
def a_key_too_many_or_too_few(draft: Forged, random: Random, pack: HonestPack) -> None:
    key = random.choice(("number", "hash", "previous", "what_hash", "who_hash", "format"))
    ways: tuple[Callable[[Line], str], ...] = (
        lambda line: as_line({name: value for name, value in line.items() if name != key}),
        lambda line: as_line({**line, "note": "checked by the office"}),
        lambda line: as_line({**line, "": ""}),
        lambda line: as_line({**line, "Who": '{"name":"Mr Nobody"}'}),
        lambda line: as_line({**line, "who\u200b": "x"}),
        lambda line: as_line({**line, "more": {"who": {"who": 1}}}),
    )
    change_a_line(draft, random, random.choice(ways))


@kind("a line is an entry")
def a_value_of_another_type(draft: Forged, random: Random, pack: HonestPack) -> None:
    key = random.choice(("number", "hash", "previous", "what", "who", "what_hash", "who_hash", "format", "what_salt"))
    values: tuple[Any, ...] = (
        None, True, False, 0, -1, 1.5, [], {}, "", "x", [1], {"a": 1}, 10**400, "\ud800", "\0", float("nan"), -0.0,
        float("inf"), 4, 2, 1, 3, 2**64,
    )  # fmt: skip
    value = random.choice(values)
    change_a_line(draft, random, lambda line: json.dumps({**line, key: value}, sort_keys=True))


@kind("a line is an entry")
def a_line_that_is_no_entry(draft: Forged, random: Random, pack: HonestPack) -> None:
    ways = (
        "", "null", "1", '""', "[]", "{}", "[" * 100_000, '{"a":' * 50_000, "9" * 6000, "x", "# note", "\0",
        '{"number": ' + "9" * 5000 + "}", '"' + "x" * 1_000_000 + '"', "NaN", "\ufeff", "\x1a", '{"number": 1',
        "\u2028", "\x0c", '{"\ud800": 1}',
    )  # fmt: skip
    lines = [as_line(line) for line in draft.lines]
    lines.insert(random.choice((0, len(lines), random.randrange(len(lines)))), random.choice(ways))
    draft.put_raw("".join(f"{line}\n" for line in lines))


@kind("the ledger is written as the program writes it")
def another_encoding_of_the_ledger(draft: Forged, random: Random, pack: HonestPack) -> None:
    text = draft.files["ledger.jsonl"].decode()
    breaks = ("\r\n", "\r", "\u2028", "\x0b", "\x1c", "\n\n", "\x85", " ", "")
    ways = (
        *(text.replace("\n", line_break).encode() for line_break in breaks),
        b"\xef\xbb\xbf" + text.encode(), text.encode("utf-16"), text.encode("utf-32"), text.rstrip("\n").encode(),
        f"[{text.strip().replace(chr(10), ',')}]".encode(), text.encode() + b"\xff", text.encode() + b"\0",
        text.encode() + b"\n", b" \n" + text.encode(), b"", b"\n", text.replace("a", "\ufeffa", 1).encode(),
        text.encode() + b"\xed\xa0\x80\n",
    )  # fmt: skip
    draft.files["ledger.jsonl"] = random.choice(ways)


@kind("an entry's version is the one it was written in")
def another_version(draft: Forged, random: Random, pack: HonestPack) -> None:
    """In one entry or in all, whether or not the chain is written again; the seal stays as it was."""
    lines = draft.lines
    is_all = random.random() < 0.4
    place = random.randrange(len(lines) - 1)
    value = random.choice((1, 3, 4, 0, -2, None, "2", 2.0, True))
    for line in lines if is_all else [lines[place]]:
        line["format"] = value
        if value in (None, 1):
            line.pop("format")
    if random.random() < 0.5 and isinstance(value, int) and value is not True:
        lines = chain(lines)
        put_head(draft, lines)
    draft.put_lines(lines)


@kind("an entry is about the person it names")
def who_is_who_exchanged(draft: Forged, random: Random, pack: HonestPack) -> None:
    lines = draft.lines
    line = lines[pick(random, lines, "acknowledge", "paper", named=True)]
    name = who_of(line)["name"]
    lookalikes = (name.replace("a", "\u0430"), f"{name}\u200b", f"\u202e{name[::-1]}", f"{name} ", name.upper())
    line["who"] = canonical({**who_of(line), "name": random.choice(lookalikes)})
    if random.random() < 0.5:
        put_text(line, "who", line["who"])
    draft.put_lines(lines)
