"""What will go to whom, as the headteacher sees it before pressing Send."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.campaigns.rules.campaign import Campaign

ONCE_SENT = "once Send is pressed: "
IN_BRACKETS = "Everybody reads their own day in place of the words in brackets."


@dataclass(frozen=True, slots=True)
class Line:
    """One person: what will go to them and when, or why nothing will; `waits` if one press must come first."""

    name: str
    gets: bool
    what: str
    waits: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """People who get the same at the same time, or nothing for the same reason."""

    what: str
    names: tuple[str, ...]

    @property
    def title(self) -> str:
        """How many, and what."""
        return f"{people(len(self.names))}: {self.what}"


@dataclass(frozen=True, slots=True)
class Preview:
    """Everything a campaign will send. `campaign` is empty if it is not open; `words` are titles and texts.

    `seal` is returned with the press on Send; `is_under_way` says that messages were released before.
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
        return any(line.waits for line in self.lines)

    @property
    def waiting(self) -> int:
        """How many people a press would send something to."""
        return sum(line.gets and line.waits for line in self.lines)

    @property
    def sum(self) -> str:
        """Everybody, in one sentence whose parts add up."""
        going = sum(line.gets and not line.waits for line in self.lines)
        rest = len(self.lines) - going - self.waiting
        parts = [f"{going} {_are(going)} written to"] if going or not self.waiting else []
        if self.waiting:
            verb = "" if going else f" {_are(self.waiting)} written to"
            parts.append(f"{self.waiting}{verb} once Send is pressed")
        if rest:
            parts.append(f"{rest} {_are(rest)} not")
        return f"{people(len(self.lines))} {_are(len(self.lines))} asked: {', '.join(parts)}."

    @property
    def groups(self) -> tuple[Group, ...]:
        """Everybody, people who get something first, and the largest groups first."""
        names: dict[tuple[bool, str], list[str]] = defaultdict(list)
        for line in self.lines:
            names[not line.gets, self._what(line)].append(line.name)
        ordered = sorted(names.items(), key=lambda pair: (pair[0][0], -len(pair[1])))
        return tuple(Group(what, tuple(names)) for (_, what), names in ordered)

    @property
    def text(self) -> str:
        """All of it, a line for each person."""
        opening = [text for text in (self.notice, self.sum) if text]
        lines = [f"{line.name}: {self._what(line)}" for line in self.lines]
        words = [f"{title}: {text}" for title, text in self.words.items()]
        return "\n".join([*opening, *lines, "", *words, IN_BRACKETS])

    def _what(self, line: Line) -> str:
        """What goes to somebody; if only some wait for the press, their lines say so."""
        return f"{ONCE_SENT}{line.what}" if line.waits and line.gets and self.is_under_way else line.what


def people(number: int) -> str:
    """A number of people, in words."""
    return "1 person" if number == 1 else f"{number} people"


def _are(number: int) -> str:
    return "is" if number == 1 else "are"


def seal(campaign: Campaign, waiting: Iterable[str]) -> str:
    """What a press on Send must return, so that it releases what was shown and nothing else.

    It changes as soon as somebody else waits, the text is another, or the last day has moved.
    """
    versions = [item.version for item in campaign.items]
    shown = "/".join([campaign.id, *versions, campaign.due.isoformat(), *sorted(waiting)])
    return hashlib.sha256(shown.encode()).hexdigest()
