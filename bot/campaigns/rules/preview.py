"""What will go to whom, as the headteacher sees it before pressing Send."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.campaigns.rules.campaign import Campaign

ONCE_SENT = "once Send is pressed: "
IN_BRACKETS = "In place of what stands in brackets, everybody reads their own day."


@dataclass(frozen=True, slots=True)
class Line:
    """One person: what will go to them and when, or why nothing will; `waits` where one press must come first."""

    name: str
    gets: bool
    what: str
    waits: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """People to whom the same goes at the same time, or nothing for the same reason."""

    what: str
    names: tuple[str, ...]

    @property
    def title(self) -> str:
        """How many, and what."""
        return f"{people(len(self.names))}: {self.what}"


@dataclass(frozen=True, slots=True)
class Preview:
    """Everything a campaign will send. `campaign` is empty for one that is not open; `words` are titles and texts.

    `seal` comes back with the press on Send; `is_under_way` says that some were let go before.
    """

    campaign: str
    lines: tuple[Line, ...]
    words: Mapping[str, str]
    seal: str
    notice: str
    is_under_way: bool

    @property
    def is_waiting(self) -> bool:
        """Whether anybody waits for a press."""
        return any(one.waits for one in self.lines)

    @property
    def held(self) -> int:
        """How many a press would send something to."""
        return sum(one.gets and one.waits for one in self.lines)

    @property
    def sum(self) -> str:
        """Everybody, in one sentence whose parts add up."""
        going = sum(one.gets and not one.waits for one in self.lines)
        rest = len(self.lines) - going - self.held
        parts = [f"{going} {_are(going)} written to"] if going or not self.held else []
        if self.held:
            verb = "" if going else f" {_are(self.held)} written to"
            parts.append(f"{self.held}{verb} once Send is pressed")
        if rest:
            parts.append(f"{rest} {_are(rest)} not")
        return f"{people(len(self.lines))} {_are(len(self.lines))} asked: {', '.join(parts)}."

    @property
    def groups(self) -> tuple[Group, ...]:
        """Everybody, those first to whom something goes, and the largest groups first."""
        held: dict[tuple[bool, str], list[str]] = defaultdict(list)
        for one in self.lines:
            held[not one.gets, self._what(one)].append(one.name)
        ordered = sorted(held.items(), key=lambda pair: (pair[0][0], -len(pair[1])))
        return tuple(Group(what, tuple(names)) for (_, what), names in ordered)

    @property
    def text(self) -> str:
        """All of it, a line for each person."""
        begins = [one for one in (self.notice, self.sum) if one]
        lines = [f"{one.name}: {self._what(one)}" for one in self.lines]
        words = [f"{title}: {text}" for title, text in self.words.items()]
        return "\n".join([*begins, *lines, "", *words, IN_BRACKETS])

    def _what(self, one: Line) -> str:
        """Where only some wait for the press, it is said of whom."""
        return f"{ONCE_SENT}{one.what}" if one.waits and one.gets and self.is_under_way else one.what


def people(number: int) -> str:
    """So many people."""
    return "1 person" if number == 1 else f"{number} people"


def _are(number: int) -> str:
    return "is" if number == 1 else "are"


def seal(campaign: Campaign, waiting: Iterable[str]) -> str:
    """What a press on Send must bring back, so that it lets go what was shown and nothing else.

    It is another one as soon as somebody else waits, the text is another, or the last day has moved.
    """
    shown = "/".join([campaign.id, campaign.version, campaign.due.isoformat(), *sorted(waiting)])
    return hashlib.sha256(shown.encode()).hexdigest()
