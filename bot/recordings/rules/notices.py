"""The words of a notice: for children of an age, short and plain, with no names, and with the promise quoted."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from datetime import date, timedelta
from string import Formatter

from bot.errors import PolicyFileError
from bot.outbox.rules.message import Wording
from bot.recordings.rules.lesson import Lesson
from bot.recordings.rules.parsed_lesson import without_markup
from bot.recordings.rules.recording import Recording
from bot.school.rules.calendar import LONDON, spoken

MAX_NOTICE_CHARS = 400  # of a text that children read
WHICH_LESSON = "The lesson is {name}, at {begins:%H:%M}."
SEEN_TWICE = "If you see this twice, it is the same notice."
_PLACEHOLDERS = frozenset({"lesson", "last"})


@dataclass(frozen=True, slots=True)
class NoticeTexts:
    """What children of some years read. They are for lessons whose name has one of `years` in it; without any, for all.

    {lesson} becomes "Today's lesson" or "The lesson on Tuesday 8 September", {last} the last day of the recording.
    A `Wording` names one of these texts.
    """

    says: str
    moved: str
    taken_back: str
    cancelled: str
    not_recorded: str
    years: tuple[str, ...] = ()

    def are_for(self, label: str) -> bool:
        """Whether they are for the children of a lesson with that name.

        >>> infants = NoticeTexts("", "", "", "", "", ("Year 1", "Reception"))
        >>> [infants.are_for(name) for name in ("phonics (reception)", "Year 1/2: reading", "Year 10 maths")]
        [True, True, False]
        """
        name = " ".join(label.casefold().split())
        words = (re.escape(" ".join(year.casefold().split())) for year in self.years)
        return not self.years or any(re.search(rf"(?<!\w){word}(?!\w)", name) for word in words)


@dataclass(frozen=True, slots=True)
class Promise:
    """What the school tells children about recorded lessons.

    `quote` is word for word in the clause, which names the number of days. The notice of a series goes up
    `posted_before` its lesson. A lesson takes `usual_length` if nobody says how long it is.
    """

    clause: str
    quote: str
    kept_days: int
    texts: tuple[NoticeTexts, ...]
    posted_before: timedelta = timedelta(minutes=15)
    usual_length: timedelta = timedelta(hours=1)

    @property
    def quotation(self) -> str:
        """The promise, as notices quote it."""
        return f"Our promise: \u201c{self.quote}\u201d"

    def texts_for(self, label: str) -> NoticeTexts:
        """The texts for a lesson of that name: the first that are for it."""
        return next(texts for texts in self.texts if texts.are_for(label))

    def notice_text(self, wording: Wording, lesson: Lesson, today: date) -> str:
        """What a notice with that wording says about a lesson, as read on a day.

        If the wording names the lesson's day, that day counts, even if the lesson was moved since.
        """
        template: str = getattr(self.texts_for(lesson.label), wording.name)
        lesson_then = lesson.on(wording.day) if wording.day else lesson
        name = "Today's lesson" if lesson_then.day == today else f"The lesson on {spoken(lesson_then.day)}"
        return template.format(lesson=name, last=spoken(lesson_then.last_day))

    def current_text(self, recording: Recording, today: date) -> str:
        """What the notice of a recording should say now."""
        return self.notice_text(recording.says, recording.lesson, today)

    def whole_text(self, recording: Recording, today: date) -> str:
        """The current text, and the lesson's name and hour if it is to be recorded: a class has many lessons a day.

        The name is not sealed with the wording, because erasing the teacher's details erases it.
        """
        text, lesson = self.current_text(recording, today), recording.lesson
        name = without_markup(lesson.label)
        if not name or recording.says.name not in {"says", "moved"}:
            return text
        return f"{text} {WHICH_LESSON.format(name=name, begins=lesson.starts.astimezone(LONDON))}"


def check_texts(notices: Iterable[NoticeTexts], file: str) -> None:
    """Raises PolicyFileError, naming the file and the text, unless every notice can be made and says what it must."""
    last = None
    for number, last in enumerate(notices, 1):
        for name, text in _texts(last):
            _check_text(name, text, f"{file}: notice {number}: {name}")
    if last is None or last.years:
        raise PolicyFileError(f"{file}: the last notice must name no years, so that it is for everybody else.")


def _check_text(name: str, text: str, place: str) -> None:
    try:
        parts = list(Formatter().parse(text))
    except ValueError as error:
        raise PolicyFileError(f"{place} has a brace without its partner.") from error
    placeholders = {placeholder for _, placeholder, _, _ in parts if placeholder is not None}
    if placeholders - _PLACEHOLDERS or any(form or conversion for _, _, form, conversion in parts):
        raise PolicyFileError(f"{place} may name {{lesson}} and {{last}} only.")
    if name in {"says", "moved"} and "last" not in placeholders:
        raise PolicyFileError(f"{place} must name {{last}}, the last day of the recording.")
    if len(text) > MAX_NOTICE_CHARS:
        raise PolicyFileError(f"{place} is longer than {MAX_NOTICE_CHARS} characters; children read it.")


def _texts(notice: NoticeTexts) -> Iterator[tuple[str, str]]:
    return ((field.name, getattr(notice, field.name)) for field in fields(notice) if field.name != "years")
