"""The words of a notice: for children of an age, short and plain, with no names, and with the promise quoted."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from datetime import date, timedelta
from string import Formatter

from bot.errors import PolicyFileError
from bot.recordings.rules.lesson import Lesson
from bot.recordings.rules.recording import Recording
from bot.school.rules.calendar import spoken

MAX_NOTICE_CHARS = 400  # characters of a text that children read
AGAIN = "If you see this twice, it is the same notice."
_HOLES = frozenset({"lesson", "last"})


@dataclass(frozen=True, slots=True)
class Wording:
    """What children of some years read. A lesson whose name has one of `years` in it is theirs; without any, all are.

    {lesson} becomes "Today's lesson" or "The lesson on Tuesday 8 September", {last} the last day of the recording.
    """

    says: str
    moved: str
    taken_back: str
    cancelled: str
    not_recorded: str
    years: tuple[str, ...] = ()

    def is_for(self, label: str) -> bool:
        """Whether a lesson of that name is read by these children.

        >>> little = Wording("", "", "", "", "", ("Year 1", "Reception"))
        >>> little.is_for("phonics (reception)"), little.is_for("Year 1/2: reading"), little.is_for("Year 10 maths")
        (True, True, False)
        """
        name = " ".join(label.casefold().split())
        words = (re.escape(" ".join(one.casefold().split())) for one in self.years)
        return not self.years or any(re.search(rf"(?<!\w){word}(?!\w)", name) for word in words)


@dataclass(frozen=True, slots=True)
class Promise:
    """What the school tells children about recorded lessons.

    `quote` stands word for word in the clause, which names the number of days; `before` is how long before a lesson the
    notice of a series goes up, `lasts` how long a lesson is where nobody says.
    """

    clause: str
    quote: str
    kept: int
    wordings: tuple[Wording, ...]
    before: timedelta = timedelta(minutes=15)
    lasts: timedelta = timedelta(hours=1)

    def wording(self, label: str) -> Wording:
        """The words for a lesson of that name: the first that are for it."""
        return next(one for one in self.wordings if one.is_for(label))

    def says(self, lesson: Lesson, today: date, what: str = "says") -> str:
        """What a notice says of a lesson, as read on a day; `what` names the text (`Recording.says`)."""
        template: str = getattr(self.wording(lesson.label), what.partition("/")[0])
        named = "Today's lesson" if lesson.day == today else f"The lesson on {spoken(lesson.day)}"
        return template.format(lesson=named, last=spoken(lesson.last))

    def of(self, one: Recording, today: date) -> str:
        """What the notice of a recording should say now."""
        return self.says(one.lesson, today, one.says)


def check_wordings(wordings: Iterable[Wording], file: str) -> None:
    """Raises PolicyFileError, naming the file and the text, unless every notice can be made and says what it must."""
    held = tuple(wordings)
    for number, one in enumerate(held, 1):
        for name, text in _texts(one):
            place = f"{file}: notice {number}: {name}"
            try:
                parts = list(Formatter().parse(text))
            except ValueError as seen:
                raise PolicyFileError(f"{place} has a brace without its partner.") from seen
            holes = {hole for _, hole, _, _ in parts if hole is not None}
            if holes - _HOLES or any(form or turn for _, _, form, turn in parts):
                raise PolicyFileError(f"{place} may name {{lesson}} and {{last}} only.")
            if name in {"says", "moved"} and "last" not in holes:
                raise PolicyFileError(f"{place} must name {{last}}, the last day of the recording.")
            if len(text) > MAX_NOTICE_CHARS:
                raise PolicyFileError(f"{place} is longer than {MAX_NOTICE_CHARS} characters; children read it.")
    if not held or held[-1].years:
        raise PolicyFileError(f"{file}: the last notice must name no years, so that it is for everybody else.")


def _texts(one: Wording) -> Iterator[tuple[str, str]]:
    return ((each.name, getattr(one, each.name)) for each in fields(one) if each.name != "years")
