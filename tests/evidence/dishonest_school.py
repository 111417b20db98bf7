"""Somebody holds an honest evidence pack and makes it say something else: by a seed, one kind of forgery at a time.

Nothing in here knows how verify.py works. The forger has the pack, the README in it, SHA-256, JSON and zip; another one
also has the school's whole ledger and the program (`dishonest_ledger.py`).
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any, TypeAlias

from tests.evidence.honest_school import HonestPack

Line: TypeAlias = dict[str, Any]
LEDGER = "ledger.jsonl"
UNBOUND = (LEDGER, "head.txt")
GENESIS = "0" * 64


@dataclass
class Forged:
    """A pack as the forger hands it over: files, links and empty folders by name."""

    files: dict[str, bytes]
    head: str
    links: dict[str, str] = field(default_factory=dict)
    folders: list[str] = field(default_factory=list)

    def write(self, folder: Path) -> None:
        """Puts it into an empty folder, as unpacking does."""
        for name in self.folders:
            (folder / name).mkdir(parents=True, exist_ok=True)
        for name, content in self.files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)
        for name, target in self.links.items():
            (folder / name).symlink_to(target)

    @property
    def lines(self) -> list[Line]:
        """The ledger's entries as they are in the pack."""
        return [json.loads(line) for line in self.files[LEDGER].decode().split("\n") if line]

    def put_lines(self, lines: list[Line]) -> None:
        """Writes the ledger as the program does."""
        self.put_raw("".join(f"{as_line(line)}\n" for line in lines))

    def put_raw(self, text: str) -> None:
        """Writes the ledger in the forger's own way."""
        self.files[LEDGER] = text.encode("utf-8", "surrogatepass")

    def edit(self, name: str, before: bytes, after: bytes) -> bool:
        """Replaces some bytes of a file, once; False if they are not there."""
        content = self.files[name]
        self.files[name] = content.replace(before, after, 1)
        return self.files[name] != content


Forge: TypeAlias = Callable[[Forged, Random, HonestPack], None]


@dataclass(frozen=True)
class Kind:
    """A kind of forgery and the claim that it makes false.

    `is_rebuilt` says that the whole chain and its seal are written again and fit, so that only a head kept elsewhere
    can show it.
    """

    name: str
    claim: str
    is_rebuilt: bool
    forge: Forge


KINDS: dict[str, Kind] = {}


def kind(claim: str, *, is_rebuilt: bool = False) -> Callable[[Forge], Forge]:
    """Adds a kind of forgery; it is called as its function is."""

    def add(forge: Forge) -> Forge:
        name = forge.__name__
        KINDS[name] = Kind(name, claim, is_rebuilt, forge)
        return forge

    return add


def kind_of_file(claim: str, *, fits: bool = False) -> Callable[[Forge], Forge]:
    """Adds two kinds: a file is changed, and the seal and the chain are then made to say so.

    `fits` says that nothing else in the pack contradicts what the file says after that.
    """

    def add(forge: Forge) -> Forge:
        def forge_and_seal(draft: Forged, random: Random, pack: HonestPack) -> None:
            forge(draft, random, pack)
            if draft.files == pack.files:
                raise NotPossible("nothing was changed")
            reseal(draft, draft.lines)

        name = f"{forge.__name__}_and_sealed_again"
        KINDS[name] = Kind(name, claim, fits, forge_and_seal)
        return kind(claim)(forge)

    return add


class NotPossible(Exception):
    """This pack has nothing that this kind could forge, such as a sheet on paper."""


def forged(name: str, seed: int, pack: HonestPack) -> Forged:
    """The forgery of a kind by its seed; raises NotPossible if this pack has nothing to forge, so nothing changed."""
    draft = Forged(dict(pack.files), pack.head)
    KINDS[name].forge(draft, Random(f"{name} {seed}"), pack)
    if draft.files == pack.files and not draft.links and not draft.folders:
        raise NotPossible(name)
    return draft


def as_line(line: Mapping[str, Any]) -> str:
    return json.dumps(line, ensure_ascii=False, sort_keys=True)


def canonical(part: object) -> str:
    """RFC 8785, as far as our numbers and names go."""
    return json.dumps(part, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def what_of(line: Line) -> Any:
    return json.loads(line["what"]) if "what" in line else {}


def who_of(line: Line) -> Any:
    return json.loads(line["who"]) if "who" in line else {}


def pick(random: Random, lines: list[Line], *kinds: str, named: bool = False) -> int:
    """The place of an entry of some kinds that can be read; raises NotPossible if there is none."""
    places = [
        place
        for place, line in enumerate(lines)
        if "what" in line and (not kinds or what_of(line)["kind"] in kinds) and (not named or who_of(line).get("name"))
    ]
    if not places:
        raise NotPossible(", ".join(kinds))
    return random.choice(places)


def put_what(line: Line, **changes: Any) -> None:
    """Writes another *what*, with its hash."""
    what = what_of(line)
    facts = {**what["facts"], **changes.pop("facts", {})}
    put_text(line, "what", canonical({**what, **changes, "facts": facts}))


def put_who(line: Line, **changes: str) -> None:
    """Writes another *who*, with its hash."""
    put_text(line, "who", canonical({**who_of(line), **changes}))


def put_text(line: Line, half: str, text: str) -> None:
    line[half] = text
    line.setdefault(f"{half}_salt", "ab" * 16)
    salted = bytes.fromhex(line[f"{half}_salt"]) + text.encode("utf-8", "surrogatepass")
    line[f"{half}_hash"] = sha(salted)


def chain(lines: list[Line]) -> list[Line]:
    """The same entries, numbered and hashed again from the first one on."""
    previous = GENESIS
    for number, line in enumerate(lines, start=1):
        line |= {"number": number, "previous": previous}
        body = {"number": number, "previous": previous, "what": line["what_hash"], "who": line["who_hash"]}
        line["hash"] = previous = sha(canonical({**body, "format": line.get("format", 1)}).encode())
    return lines


def ranges(numbers: list[int]) -> list[list[int]]:
    pairs: list[list[int]] = []
    for number in numbers:
        if pairs and pairs[-1][1] == number - 1:
            pairs[-1][1] = number
        else:
            pairs.append([number, number])
    return pairs


def reseal(draft: Forged, lines: list[Line], **changes: Any) -> None:
    """Rebuilds the chain, and a seal that says of it and of the files what is so now; `changes` are lies in it."""
    seal = lines[-1]
    if what_of(seal).get("kind") != "export_prepared":
        raise NotPossible("no seal")
    chain(lines)
    opened = [line["number"] for line in lines[:-1] if "what" in line]
    erased = [line["number"] for line in lines[:-1] if "what" in line and "who" not in line]
    facts = {
        "opened": ranges(opened),
        "erased": ranges(erased),
        "before": f"{lines[-2]['number']}:{lines[-2]['hash']}",
        "files": {name: sha(content) for name, content in draft.files.items() if name not in UNBOUND},
    }
    put_what(seal, facts={**facts, **changes})
    chain(lines)
    draft.put_lines(lines)
    put_head(draft, lines)


def put_head(draft: Forged, lines: list[Line]) -> None:
    draft.files["head.txt"] = f"{lines[-1]['number']}:{lines[-1]['hash']}\n".encode()
