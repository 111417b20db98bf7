"""How a reader cites a clause: "4.1", "3.4(b)", "Off site, bullet 2", "Appendix A, 2.1 a."."""

import re
from collections import Counter
from dataclasses import dataclass, field

from bot.import_policy.rules.blocks import Block
from bot.import_policy.rules.labels import Label, LabelKind

APPENDIX = re.compile(r"^(?:Appendix|Annexe?|Schedule)(?:\s+(?:[A-Z]|\d{1,2}|[IVX]{1,4})(?=\b))?", re.I)
SECTION = re.compile(r"^((?:Section|Part)\s+(?:\d{1,2}|[A-Z]|[IVX]{1,4}))\s*[:–-]\s*\S", re.I)
SAME_INDENT = 6.0  # points
INTRODUCTION = "Introduction"


@dataclass(slots=True)
class References:
    """Where in a document we are: heading, appendix, and the numbers above the next clause."""

    heading: str = ""
    heading_label: Label | None = None
    appendix: str = ""
    appendix_rank: tuple[int, float] = (0, 0.0)
    chain: list[tuple[Label, str]] = field(default_factory=list)  # each label with its whole reference
    bullets: list[tuple[float, str]] = field(default_factory=list)  # the open bullets: indent and reference
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)

    @property
    def context(self) -> str:
        """What an unnumbered clause is cited under."""
        section = SECTION.match(self.heading)
        return self.appendix or (section[1] if section else self.heading) or INTRODUCTION

    def enter(self, block: Block, label: Label | None) -> None:
        """Goes on to the next heading."""
        text = block.text.strip().rstrip(":").strip()
        match = APPENDIX.match(text)
        rank = (block.heading_level or 9, -block.size)
        if match:
            self.appendix, self.appendix_rank = match[0], rank
        elif self.appendix and self._ends_appendix(rank, label):
            self.appendix = ""
        self.heading, self.heading_label = text, label
        self.chain, self.bullets = [], []

    def _ends_appendix(self, rank: tuple[int, float], label: Label | None) -> bool:
        if rank[0] < 9 or self.appendix_rank[0] < 9:
            return rank[0] <= self.appendix_rank[0]
        return False

    def labelled(self, label: Label) -> str:
        """The reference of a numbered clause."""
        self.bullets = []
        if label.kind is LabelKind.DOTTED:
            ref = self._in_appendix(label.cited)
            self.chain = [(label, ref)]
            return ref
        while self.chain and any(open_label.style == label.style for open_label, _ in self.chain):
            self.chain.pop()
        ref = self._joined(label)
        self.chain.append((label, ref))
        return ref

    def _joined(self, label: Label) -> str:
        if self.chain:
            return _attach(self.chain[-1][1], label.cited)
        is_bracketed = label.cited.startswith("(") and self.heading_label is not None
        if label.kind is LabelKind.NUMBER and not is_bracketed:
            return self._in_appendix(label.cited)
        if self.heading_label is not None and self.heading_label.kind in {LabelKind.DOTTED, LabelKind.NUMBER}:
            return self._in_appendix(_attach(self.heading_label.cited, label.cited))
        return f"{self.context}, {label.cited}"

    def _in_appendix(self, ref: str) -> str:
        return f"{self.appendix}, {ref}" if self.appendix else ref

    def bullet(self, indent: float) -> str:
        """The reference of a bullet, which counts within its heading or under the numbered clause it belongs to."""
        while self.bullets and indent < self.bullets[-1][0] - SAME_INDENT:
            self.bullets.pop()
        if self.bullets and indent <= self.bullets[-1][0] + SAME_INDENT:
            self.bullets.pop()
        if self.bullets:
            ref = self._counted(self.bullets[-1][1], "sub-bullet")
        else:
            ref = self._counted(self.chain[-1][1] if self.chain else self.context, "bullet")
        self.bullets.append((indent, ref))
        return ref

    def paragraph(self) -> str:
        """The reference of an unnumbered paragraph."""
        self.bullets = []
        if not self.chain:
            return self._counted(self.context, "paragraph")
        while len(self.chain) > 1:
            self.chain.pop()
        own = (self.chain[0][1], "paragraph")
        self.counts[own] = max(self.counts[own], 1)  # the numbered clause itself is its first paragraph
        return self._counted(*own)

    def sentence(self) -> str:
        """The reference of a sentence of an agreement."""
        return self._counted(self.context, "sentence")

    def signature(self, name: str) -> str:
        """The reference of a line or table to sign on."""
        ref = self._counted(self.context, name)
        return ref.removesuffix(" 1")

    def _counted(self, context: str, name: str) -> str:
        self.counts[context, name] += 1
        return f"{context}, {name} {self.counts[context, name]}"


def _attach(parent: str, label: str) -> str:
    """A label after its parent's reference.

    >>> _attach("3.4", "(b)"), _attach("2.1", "a."), _attach("3", "2")
    ('3.4(b)', '2.1 a.', '3, 2')
    """
    if label.startswith("("):
        return parent + label
    return f"{parent}, {label}" if label[0].isdigit() else f"{parent} {label}"


def distinct(refs: list[tuple[str, str]]) -> list[str]:
    """References made distinct; each comes with its heading, which tells apart numbers that begin again.

    >>> distinct([("1", "Phones"), ("2", "Phones"), ("1", "Cameras")])
    ['Phones, 1', 'Phones, 2', 'Cameras, 1']
    >>> distinct([("1.1", "Purpose"), ("1.1", "Agreement")])
    ['1.1', 'Agreement, 1.1']
    """
    times = Counter(ref for ref, _ in refs)
    restarting = {heading for ref, heading in refs if times[ref] > 1 and re.fullmatch(r"\d+", ref)}
    taken: Counter[str] = Counter()
    result = []
    for ref, heading in refs:
        is_flat = re.match(r"\d+(?![.\d])", ref) is not None
        if heading and ((is_flat and heading in restarting) or ref in taken):
            ref = f"{heading}, {ref}"
        taken[ref] += 1
        result.append(ref if taken[ref] == 1 else f"{ref} ({taken[ref]})")
        taken[result[-1]] += taken[ref] > 1
    return result
