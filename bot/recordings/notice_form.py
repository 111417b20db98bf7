"""The form for a notice, and the card that shows what was understood before anything is posted."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta

from bot.desk.rules.messages import Outgoing
from bot.errors import BadInput
from bot.outside import written_text
from bot.people.rules.conversations import Conversation, best_conversation_for
from bot.recordings.cards import MAX_LABEL_CHARS, conversation_choices, time_in_words
from bot.recordings.rules.lesson import Lesson
from bot.recordings.rules.notices import Promise
from bot.recordings.rules.parsed_lesson import ParsedLesson, without_markup
from bot.recordings.rules.recording import Recording
from bot.school.rules.calendar import Calendar, spoken

MAX_DOUBTS = 3  # that a sentence names
MAX_AHEAD = timedelta(days=400)
NOTHING_POSTED = "This is what I understood. Nothing is posted yet."
TOO_LONG = f"Please keep the lesson's name to {MAX_LABEL_CHARS} characters or fewer."
TOO_FAR = "That is more than a year ahead. Nothing was planned."
NO_NAME = "What is the lesson called? A year and a subject are enough, for example: Year 4 maths."
NO_TIME = "When is the lesson? Please choose a day and an hour."
UNREAD = "I am not sure about {words}: please check the day and the hour. Nothing is posted yet."
OVER = (
    "That lesson is over, so no notice will go up. I can still keep its recording in mind: I will remind you before "
    "{last}, and ask you afterwards whether it is gone."
)


def lesson_in(inputs: Mapping[str, str]) -> ParsedLesson:
    """The lesson that a form or a preview holds; raises BadInput."""
    label = without_markup(written_text(inputs.get("label", "")))
    if len(label) > MAX_LABEL_CHARS:
        raise BadInput(TOO_LONG)
    try:
        begins, ends = (time_in(inputs[name]) if inputs.get(name) else None for name in ("begins", "ends"))
        day, until = (date.fromisoformat(inputs[name]) if inputs.get(name) else None for name in ("day", "until"))
    except ValueError:
        raise BadInput("Please choose a day, and an hour such as 10:00.") from None
    if begins and ends and ends <= begins:
        raise BadInput("The lesson would end before it begins.")
    if until and day and until < day:
        raise BadInput("The last day of the series is before the first.")
    return ParsedLesson(label, day, begins, ends, inputs.get("weekly") == "true", until)


def time_in(text: str) -> time:
    """A time as a card's input gives it; raises ValueError, also for one with a time zone."""
    value = time.fromisoformat(text)
    if value.tzinfo:
        raise ValueError(text)
    return value


def inputs_of(parsed: ParsedLesson) -> dict[str, str]:
    """The same lesson as a form's inputs."""
    return {
        "label": parsed.label,
        "day": parsed.day.isoformat() if parsed.day else "",
        "begins": f"{parsed.begins:%H:%M}" if parsed.begins else "",
        "ends": f"{parsed.ends:%H:%M}" if parsed.ends else "",
        "weekly": "true" if parsed.is_weekly else "false",
        "until": parsed.until.isoformat() if parsed.until else "",
    }


def problem_with(parsed: ParsedLesson, today: date) -> str:
    """What is missing or wrong, in a sentence; empty if the lesson can be planned."""
    if len(parsed.label) > MAX_LABEL_CHARS:
        return TOO_LONG
    if not parsed.label:
        return NO_NAME
    if parsed.day is None or parsed.begins is None:
        return f"{_doubt(parsed)} {NO_TIME}".strip()
    if parsed.unread:
        return _doubt(parsed)
    return TOO_FAR if parsed.day > today + MAX_AHEAD else ""


def _doubt(parsed: ParsedLesson) -> str:
    """The words that were not understood, in a sentence; empty if there are none."""
    words = " and ".join(f"“{without_markup(words)}”" for words in parsed.unread[:MAX_DOUBTS])
    return UNREAD.format(words=words) if words else ""


def notice_form(parsed: ParsedLesson, place: str, problem: str = "") -> Outgoing:
    """The form, with what is known so far and what is wrong with it; `place` is the chat that was chosen."""
    values = {"fallback": "A recording notice", "problem": problem, "place": place, **inputs_of(parsed)}
    return Outgoing("planning", values, f"A recording notice. {problem}".strip())


def notice_preview(
    parsed: ParsedLesson,
    lessons: Sequence[Lesson],
    conversations: Sequence[Conversation],
    place: str,
    promise: Promise,
    calendar: Calendar,
    now: datetime,
) -> Outgoing:
    """What was understood, what children will read, and where it can be posted; `place` is the chat that was chosen."""
    first = lessons[0]
    is_over = first.ends <= now and not first.series
    is_known = any(conversation.id == place for conversation in conversations)
    offered = () if is_over else conversations
    warnings = _warnings(first, calendar, is_over=is_over)
    fallback = f"A recording notice for {first.label}, {time_in_words(first)}"
    notice_text = promise.whole_text(Recording(first), now.date())
    values = {
        "fallback": fallback,
        "facts": [{"title": title, "value": value} for title, value in _facts(lessons).items()],
        "warnings": [{"text": warning} for warning in warnings],
        "shows_words": not is_over,
        "says": notice_text,
        "quote": promise.quotation,
        "may_only_copy": not conversations and not is_over,
        "places": conversation_choices(offered),
        "place": place if is_known else best_conversation_for(conversations, first.label),
        "when": _when(first, promise.posted_before),
        "is_over": is_over,
        **inputs_of(parsed),
    }
    words = [] if is_over else [notice_text, promise.quotation]
    return Outgoing("announcing", values, "\n".join([fallback, NOTHING_POSTED, *words, *warnings]))


def minutes_in_words(length: timedelta) -> str:
    """A length of time in words.

    >>> minutes_in_words(timedelta(minutes=15)), minutes_in_words(timedelta(minutes=10))
    ('a quarter of an hour', '10 minutes')
    """
    minutes = length // timedelta(minutes=1)
    return "a quarter of an hour" if minutes == 15 else f"{minutes} minutes"


def _facts(lessons: Sequence[Lesson]) -> dict[str, str]:
    first = lessons[0]
    facts = {
        "Lesson": first.label,
        "When": time_in_words(first),
        "Can be watched until": f"the end of {spoken(first.last_day)}",
    }
    if first.series:
        later_days = [spoken(lesson.day) for lesson in lessons[1:]]
        facts["And every week"] = ", ".join(later_days) or "only this once"
    return facts


def _warnings(lesson: Lesson, calendar: Calendar, *, is_over: bool) -> list[str]:
    warnings = [OVER.format(last=spoken(lesson.last_day))] if is_over else []
    if not calendar.are_pupils_in(lesson.day):
        warnings.append(f"{spoken(lesson.day)} is not a school day here.")
    return warnings


def _when(lesson: Lesson, before: timedelta) -> str:
    if lesson.series:
        return f"It goes up {minutes_in_words(before)} before each lesson."
    return "It goes up when you press Post."
