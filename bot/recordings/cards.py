"""Makes the cards about recorded lessons: the notice children read, what the teacher is asked, what the head sees."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from bot.desk.rules.messages import Outgoing
from bot.people.rules.conversations import Conversation, fitting
from bot.people.rules.person import Person
from bot.recordings.rules.lesson import Lesson
from bot.recordings.rules.notices import AGAIN, Promise
from bot.recordings.rules.parsed_lesson import without_markup
from bot.recordings.rules.recording import MAY_BECOME, OVERDUE, FileState, Recording, RecordingState
from bot.recordings.rules.timetable import CalendarEntry
from bot.recordings.rules.week import Week, named, standing
from bot.school.rules.calendar import LONDON, Calendar, spoken

LONGEST_NAME = 60  # characters of a lesson's name
BY_HAND = ""  # the place of a notice that somebody copies
HOW_TO = (
    "To take it away: open the recording, choose the three dots, then Delete. Or let Teams do it: in the recording's "
    "details set its expiration date."
)
EXPIRY = (
    "Teams takes new recordings away after 120 days unless it is told otherwise (30 with A1 licences), and Staffroom "
    "cannot see or change that. The IT lead sets it once to {days}: in the Teams admin centre under Meeting policies, "
    "Recording and transcription, or by this command:"
)
COMMAND = "Set-CsTeamsMeetingPolicy -Identity Global -NewMeetingRecordingExpirationDays {days}"
HOLIDAY = (
    "{day} falls in a holiday: please set the recording's expiration date to that day now, or arrange for somebody to "
    "take it away then."
)
MOST_ROWS, MOST_OVERDUE = 15, 8  # with a button each: more would not fit into a message


@dataclass(frozen=True, slots=True)
class Button:
    """A button of a card: its title, what it does, and what it carries."""

    title: str
    verb: str
    lesson: str = ""
    answer: str = ""


def notice(one: Recording, promise: Promise, today: date, *, is_again: bool = False) -> Outgoing:
    """The notice children read, as it should stand now. Its text alone says everything."""
    says = promise.of(one, today)
    if is_again:
        says = f"{says} {AGAIN}"
    stands = one.state not in {RecordingState.TAKEN_BACK, RecordingState.NOT_RECORDED}
    quote = f"Our promise: \u201c{promise.quote}\u201d" if stands else ""
    values = {"fallback": says, "says": says, "has_quote": stands, "quote": quote}
    return Outgoing("notice", values, f"{says}\n{quote}".strip())


def was_recorded(one: Recording, teacher: Person, calendar: Calendar) -> Outgoing:
    """Asks the teacher, once the lesson is over."""
    lines = [
        named(one),
        f"If it was, everybody in the class can watch it until the end of {spoken(one.lesson.last)}.",
        *_holiday(one.lesson, teacher, calendar),
    ]
    buttons = [
        Button("Yes, it was recorded", "was_recorded", one.lesson.id, "yes"),
        Button("No", "was_recorded", one.lesson.id, "no"),
    ]
    return _card("Was it recorded?", lines, buttons)


def due_soon(one: Recording, teacher: Person, calendar: Calendar) -> Outgoing:
    """Reminds the teacher of a recording's last day."""
    lines = [
        named(one),
        f"Its recording is there for the class until the end of {spoken(one.lesson.last)}, and should be gone from "
        f"{spoken(one.lesson.over)} on.",
        *_holiday(one.lesson, teacher, calendar),
        HOW_TO,
    ]
    buttons = [
        Button("It is gone already", "is_gone", one.lesson.id, "yes"),
        Button("It was not recorded", "was_recorded", one.lesson.id, "no"),
    ]
    return _card("A recording's last day", lines, buttons, one.link)


def is_gone(one: Recording, kept: int, head: str) -> Outgoing:
    """Asks the teacher whether a recording is gone, once its time is over."""
    told = spoken(one.told_from.astimezone(LONDON).date())
    seen = ["I looked: it is still there."] if one.is_seen and one.found is FileState.THERE else []
    lines = [
        named(one),
        f"Its {kept} days ended with {spoken(one.lesson.last)}. Is the recording gone?",
        *seen,
        HOW_TO,
        "" if one.told_on else f"If it is still there on {told}, I tell {head}, so that somebody can help.",
    ]
    buttons = [
        Button("Yes, it is gone", "is_gone", one.lesson.id, "yes"),
        Button("Not yet", "is_gone", one.lesson.id, "no"),
    ]
    if RecordingState.NOT_RECORDED in MAY_BECOME[one.state]:
        buttons.append(Button("It was not recorded", "was_recorded", one.lesson.id, "no"))
    return _card("Is it gone?", lines, buttons, one.link)


def to_copy(one: Recording, promise: Promise, today: date, why: str) -> Outgoing:
    """The notice for the teacher to put up by hand."""
    text = f"{promise.of(one, today)} Our promise: \u201c{promise.quote}\u201d"
    lines = [named(one), why, text]
    return _card("A notice to copy", lines, [Button("I have put it up", "copied", one.lesson.id)])


def about(one: Recording, now: datetime) -> Outgoing:
    """One lesson, and what its teacher may still say of it."""
    id, buttons = one.lesson.id, list[Button]()
    if one.state in {RecordingState.PLANNED, RecordingState.ANNOUNCED} and now < one.lesson.ends:
        buttons = [Button("Take it back", "take_back", id), Button("The lesson is off", "take_back", id, "off")]
        buttons.append(Button("Another time", "moving", id))
        buttons += [Button("Take back all that are left", "take_back_all", id)] if one.lesson.series else []
        buttons += [Button("I have put it up", "copied", id)] if not one.lesson.place and not one.shown else []
    elif one.state in {RecordingState.PLANNED, RecordingState.ANNOUNCED, RecordingState.NOT_RECORDED}:
        buttons = [Button("It was recorded", "was_recorded", id, "yes")]
        buttons += [Button("It was not recorded", "was_recorded", id, "no")] if not one.is_answered else []
    elif one.state in {RecordingState.RECORDED, RecordingState.REMINDED} | OVERDUE:
        buttons = [Button("It is gone", "is_gone", id, "yes")]
        may_deny = RecordingState.NOT_RECORDED in MAY_BECOME[one.state]
        buttons += [Button("It was not recorded", "was_recorded", id, "no")] if may_deny else []
    return _card("A lesson of yours", [named(one), standing(one, now)], buttons, one.link)


def mine(found: Sequence[Recording], now: datetime) -> Outgoing:
    """Somebody's own lessons, the latest last."""
    values = {
        "fallback": "Your lessons with a recording notice",
        "heading": "Your lessons",
        "sum": f"{len(found)} with a recording notice, the latest last.",
        "has_overdue": False,
        "overdue": [],
        "rows": [_row(one, named(one), now) for one in found],
        "has_more_overdue": False,
        "more_overdue": "",
        "has_more": False,
        "more": "",
        "week": "",
        "next": "",
        "notes": [],
        "has_weeks": False,
        "before": "",
        "after": "",
    }
    text = [values["heading"], *(f"- {named(one)}: {standing(one, now)}" for one in found)]
    return Outgoing("lessons", values, "\n".join(str(one) for one in text), is_for_one=True, is_beside=True)


def found(entry: CalendarEntry, key: str, places: Sequence[Conversation]) -> Outgoing:
    """Asks a teacher whether notices should go up for a lesson of their calendar, and where."""
    lesson = Lesson("", "", without_markup(entry.subject)[:LONGEST_NAME], entry.starts, entry.ends, 0)
    says = f"Your calendar has {named(Recording(lesson))}."
    wishes = [("Yes, each time", "each"), ("Yes, this one only", "once")] if entry.series else [("Yes", "once")]
    offered = [{"title": one.name or "A chat without a name", "value": one.conversation} for one in places]
    values = {
        "fallback": f"A lesson of yours: {lesson.label}",
        "says": says,
        "found": key,
        "places": [*offered, {"title": "Nowhere: I copy it myself", "value": BY_HAND}],
        "place": _likeliest(entry, places, lesson.label),
        "buttons": [{"title": title, "answer": answer} for title, answer in wishes],
    }
    return Outgoing("found", values, f"{says} Should its notice go up?", is_for_one=True)


def to_mend(one: Recording, promise: Promise, today: date, why: str) -> Outgoing:
    """That the notice in the chat could not be changed, and what it should say."""
    lines = [
        named(one),
        f"I could not change the notice in the lesson's chat ({why}). Please put this in its place, or tell the class:",
        promise.of(one, today),
    ]
    return _card("A notice that is wrong by now", lines, [])


def _likeliest(entry: CalendarEntry, places: Sequence[Conversation], label: str) -> str:
    """Where its notice most likely goes: the channel it is held in, else the class's own, else the meeting's chat."""
    there = [one.conversation for one in places]
    if there[:1] == [entry.thread]:
        return entry.thread
    own = fitting([one for one in places if one.conversation != entry.thread], label)
    return own or (entry.thread if entry.thread in there else BY_HAND)


def kept(one: Recording, says: str) -> Outgoing:
    """What a planned notice's card turns into, with what can still be done about it."""
    buttons = [Button("Take it back", "take_back", one.lesson.id), Button("Another time", "moving", one.lesson.id)]
    if one.lesson.series:
        buttons.append(Button("Take back all that are left", "take_back_all", one.lesson.id))
    return _card("A recording notice", [named(one), says], buttons)


def _holiday(lesson: Lesson, teacher: Person, calendar: Calendar) -> list[str]:
    """That the day on which it should be gone lies in a holiday, said while there is time."""
    if not lesson.is_over_in_a_holiday(teacher, calendar):
        return []
    back = lesson.answered_on(teacher, calendar)
    asked = f" I ask you on {spoken(back)}, when you are back." if back else ""
    return [f"{HOLIDAY.format(day=spoken(lesson.over))}{asked}"]


def _card(heading: str, lines: Sequence[str], buttons: Sequence[Button], link: str = "") -> Outgoing:
    said = [one for one in lines if one]
    safe = link if link.startswith("https://") else ""
    values = {
        "fallback": f"{heading} {said[0]}",
        "heading": heading,
        "lines": [{"text": one} for one in said],
        "has_link": bool(safe),
        "link": safe or "https://",
        "buttons": [
            {"title": one.title, "verb": one.verb, "lesson": one.lesson, "answer": one.answer} for one in buttons
        ],
    }
    return Outgoing("lesson", values, "\n".join([heading, *said]), is_for_one=True)


def overdue(
    found: Sequence[Recording], teachers: Mapping[str, str], now: datetime, *, is_again: bool = False
) -> Outgoing:
    """Recordings that are not gone though their time is over, or went too early, for the headteacher."""
    names = [f"{_whose(one, teachers)}: {standing(one, now)}" for one in found]
    says = "A recording is not as it was promised:" if len(names) == 1 else "Recordings are not as they were promised:"
    what = "A word with the teacher, or with the IT lead, may help. Staffroom never takes a recording away itself."
    what += " If you have had this already, it is the same message." if is_again else ""
    values = {
        "fallback": f"{says} {names[0]}",
        "heading": "Recorded lessons",
        "says": says,
        "names": [{"text": one} for one in names],
        "has_what": True,
        "what": what,
        "campaign": "",
        "may_preview": False,
        "may_take": False,
        "digest": "",
    }
    return Outgoing("names", values, "\n".join([says, *names, what]), is_for_one=True, is_beside=True)


def expiry(days: int) -> Outgoing:
    """Asks the IT lead to have the tenant take recordings away by itself."""
    return _card(
        "Recordings' own expiry",
        [EXPIRY.format(days=days), COMMAND.format(days=days)],
        [Button("It is set", "expiry_done")],
    )


def week(made: Week, teachers: Mapping[str, str], now: datetime, notes: Sequence[str], page: int = 0) -> Outgoing:
    """A week of lessons: announced, recorded, due, gone, not gone; a page at a time."""
    whole = week_values(made, teachers, now, notes)
    begin, end = page * MOST_ROWS, (page + 1) * MOST_ROWS
    left = len(whole["rows"]) - end
    hidden = len(whole["overdue"]) - MOST_OVERDUE
    values = whole | {
        "rows": whole["rows"][begin:end],
        "overdue": whole["overdue"][:MOST_OVERDUE],
        "has_more_overdue": hidden > 0,
        "more_overdue": f'and {hidden} more; "python -m bot lessons" lists them all',
        "has_more": left > 0,
        "more": f"{left} more of this week",
        "next": str(page + 1),
    }
    rows = [*whole["overdue"], *whole["rows"]]
    text = [values["heading"], values["sum"], *(f"- {one['name']}: {one['what']}" for one in rows), *notes]
    return Outgoing("lessons", values, "\n".join(text), is_for_one=True, is_beside=True)


def week_values(made: Week, teachers: Mapping[str, str], now: datetime, notes: Sequence[str]) -> dict[str, Any]:
    """What the card and the page of a week show."""
    heading = f"Recorded lessons, week of {spoken(made.begins)}"
    return {
        "fallback": f"{heading}: {made.sum}",
        "heading": heading,
        "sum": made.sum,
        "has_overdue": bool(made.overdue),
        "overdue": [_row(one, _whose(one, teachers), now) for one in made.overdue],
        "rows": [_row(one, _whose(one, teachers), now) for one in made.lessons],
        "week": made.begins.isoformat(),
        "notes": [{"text": one} for one in notes],
        "has_weeks": True,
        "before": (made.begins - timedelta(days=7)).isoformat(),
        "after": (made.begins + timedelta(days=7)).isoformat(),
    }


def _row(one: Recording, name: str, now: datetime) -> dict[str, str]:
    """A line of a list; its button says in short which lesson it opens."""
    opens = f"{one.lesson.label or 'a lesson'}, {one.lesson.day.day} {one.lesson.day:%B}"
    return {"name": name, "what": standing(one, now), "opens": opens, "lesson": one.lesson.id}


def _whose(one: Recording, teachers: Mapping[str, str]) -> str:
    return f"{named(one)} ({teachers.get(one.lesson.teacher, 'somebody who has left')})"


def at(lesson: Lesson) -> str:
    """When a lesson is, in words."""
    begins, ends = (each.astimezone(LONDON) for each in (lesson.starts, lesson.ends))
    return f"{spoken(begins.date())} {begins.year}, {begins:%H:%M} to {ends:%H:%M}"
