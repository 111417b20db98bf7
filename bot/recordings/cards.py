"""The notice that children read, and the cards about one lesson that its teacher gets."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

from bot.desk.rules.messages import Outgoing
from bot.people.rules.conversations import Conversation, best_conversation_for
from bot.people.rules.person import Person
from bot.recordings.rules.lesson import Lesson
from bot.recordings.rules.notices import SEEN_TWICE, Promise
from bot.recordings.rules.parsed_lesson import without_markup
from bot.recordings.rules.recording import MAY_BECOME, OVERDUE, UPCOMING, FileState, Recording, RecordingState
from bot.recordings.rules.timetable import CalendarEntry
from bot.recordings.rules.week import lesson_name, state_in_words
from bot.school.rules.calendar import LONDON, Calendar, spoken

MAX_LABEL_CHARS = 60  # of a lesson's name
BY_HAND = ""  # the choice of a place that means: the teacher copies the notice
HOW_TO_DELETE = (
    "To delete it: open the recording, choose the three dots, then Delete. Or let Teams delete it: set an expiration "
    "date in the recording's details."
)
EXPIRY = (
    "Unless a school sets another number, Teams deletes new recordings after 120 days (30 with A1 licences). Staffroom "
    "cannot see or change that setting. The IT lead sets it once to {days} days: in the Teams admin centre, under "
    "Meeting policies, Recording and transcription, or with this command:"
)
EXPIRY_COMMAND = "Set-CsTeamsMeetingPolicy -Identity Global -NewMeetingRecordingExpirationDays {days}"
IN_A_HOLIDAY = (
    "{day} is in a holiday: please set the recording's expiration date to that day now, or arrange for somebody to "
    "delete it then."
)
NO_CHAT_NAME = "A chat without a name"


@dataclass(frozen=True, slots=True)
class Button:
    """A button of a card: its title, the name of its command, and what it carries."""

    title: str
    verb: str
    lesson: str = ""
    answer: str = ""


def notice(recording: Recording, promise: Promise, today: date, *, is_again: bool = False) -> Outgoing:
    """The notice that children read, as it should be now. Its text alone says everything."""
    text = promise.whole_text(recording, today)
    if is_again:
        text = f"{text} {SEEN_TWICE}"
    is_promised = recording.state not in {RecordingState.TAKEN_BACK, RecordingState.NOT_RECORDED}
    quote = promise.quotation if is_promised else ""
    return Outgoing("notice", {"fallback": text, "says": text, "quote": quote}, f"{text}\n{quote}".strip())


def recorded_question(recording: Recording, teacher: Person, calendar: Calendar) -> Outgoing:
    """Asks the teacher, once the lesson is over, whether it was recorded."""
    lesson = recording.lesson
    lines = [
        lesson_name(recording),
        f"If it was, everybody in the class can watch it until the end of {spoken(lesson.last_day)}.",
        *holiday_lines(lesson, teacher, calendar),
    ]
    buttons = [
        Button("Yes, it was recorded", "was_recorded", lesson.id, "yes"),
        Button("No", "was_recorded", lesson.id, "no"),
    ]
    return _lesson_card("Was it recorded?", lines, buttons)


def last_day_reminder(recording: Recording, teacher: Person, calendar: Calendar) -> Outgoing:
    """Reminds the teacher of a recording's last day."""
    lesson = recording.lesson
    lines = [
        lesson_name(recording),
        f"The class can watch its recording until the end of {spoken(lesson.last_day)}. It should be gone from "
        f"{spoken(lesson.first_day_gone)}.",
        *holiday_lines(lesson, teacher, calendar),
        HOW_TO_DELETE,
    ]
    buttons = [
        Button("It is gone already", "is_gone", lesson.id, "yes"),
        Button("It was not recorded", "was_recorded", lesson.id, "no"),
    ]
    return _lesson_card("A recording's last day", lines, buttons, recording.link)


def gone_question(recording: Recording, head: str) -> Outgoing:
    """Asks the teacher, after a recording's last day, whether it is gone; `head` is what the headteacher is called."""
    lesson = recording.lesson
    told_on = spoken(recording.head_told_from.astimezone(LONDON).date())
    is_still_there = recording.is_looked_at and recording.finding is FileState.THERE
    lines = [
        lesson_name(recording),
        f"Its {lesson.kept_days} days ended with {spoken(lesson.last_day)}. Is the recording gone?",
        "I looked: it is still there." if is_still_there else "",
        HOW_TO_DELETE,
        "" if recording.head_told_on else f"If it is still there on {told_on}, I will tell {head}, who can help.",
    ]
    buttons = [
        Button("Yes, it is gone", "is_gone", lesson.id, "yes"),
        Button("Not yet", "is_gone", lesson.id, "no"),
        *_denial(recording),
    ]
    return _lesson_card("Is it gone?", lines, buttons, recording.link)


def notice_to_copy(recording: Recording, promise: Promise, today: date, why: str) -> Outgoing:
    """The notice for the teacher to copy into the lesson's chat."""
    text = f"{promise.whole_text(recording, today)} {promise.quotation}"
    button = Button("I have put it up", "copied", recording.lesson.id)
    return _lesson_card("A notice to copy", [lesson_name(recording), why, text], [button])


def notice_to_change(recording: Recording, promise: Promise, today: date, why: str) -> Outgoing:
    """Tells the teacher that the notice in the chat could not be changed, and what it should say."""
    lines = [
        lesson_name(recording),
        f"I could not change the notice in the lesson's chat ({why}). Please replace it with this, or tell the class:",
        promise.whole_text(recording, today),
    ]
    return _lesson_card("A notice to change", lines, [])


def one_lesson(recording: Recording, now: datetime) -> Outgoing:
    """One lesson, and what its teacher may still say about it."""
    lines = [lesson_name(recording), state_in_words(recording, now)]
    return _lesson_card("A lesson of yours", lines, _buttons_for(recording, now), recording.link)


def buttons_to_report(intent: str, recording: Recording, now: datetime) -> list[Button]:
    """The buttons with which a teacher says what they told us in their own words; empty if that may not be said now.

    `intent` is a name of commands.toml, such as "lesson-gone".
    """
    id, state = recording.lesson.id, recording.state
    is_coming = state in UPCOMING and now < recording.lesson.ends
    may_be_gone = RecordingState.REMOVED in MAY_BECOME[state] and now >= recording.lesson.ends
    match intent:
        case "lesson-off":
            off = [Button("The lesson is off", "take_back", id, "off")]
            return off if is_coming else _denial(recording) if now >= recording.lesson.ends else []
        case "lesson-moved":
            return [Button("Another time", "moving", id)] if is_coming else []
        case "lesson-gone":
            return [Button("It is gone", "is_gone", id, "yes")] if may_be_gone else []
        case "lesson-still-there":
            return [Button("It is still there", "is_gone", id, "no")] if may_be_gone else []
    return []


def lesson_meant(recording: Recording, now: datetime, buttons: Sequence[Button]) -> Outgoing:
    """The lesson that somebody told us something of; the button says it."""
    lines = [lesson_name(recording), state_in_words(recording, now), "Nothing is changed before you press the button."]
    return _lesson_card("Is this the lesson you mean?", lines, buttons, recording.link)


def planned_notice(recording: Recording, text: str) -> Outgoing:
    """What the card of a notice becomes once it is planned, with what can still be done about it."""
    id = recording.lesson.id
    buttons = [
        Button("Take it back", "take_back", id),
        Button("Another time", "moving", id),
        *_take_back_all(recording),
    ]
    return _lesson_card("A recording notice", [lesson_name(recording), text], buttons)


def found_lesson(entry: CalendarEntry, key: str, conversations: Sequence[Conversation]) -> Outgoing:
    """Asks a teacher whether notices should go up for a lesson in their calendar, and where."""
    lesson = Lesson("", "", without_markup(entry.subject)[:MAX_LABEL_CHARS], entry.starts, entry.ends, 0)
    text = f"Your calendar has {lesson_name(Recording(lesson))}."
    buttons = [("Yes, each time", "each"), ("Yes, this one only", "once")] if entry.series else [("Yes", "once")]
    values = {
        "fallback": f"A lesson of yours: {lesson.label}",
        "says": text,
        "found": key,
        "places": [*conversation_choices(conversations), {"title": "Nowhere: I copy it myself", "value": BY_HAND}],
        "place": _likeliest_place(entry, conversations, lesson.label),
        "buttons": [{"title": title, "answer": answer} for title, answer in buttons],
    }
    return Outgoing("found", values, f"{text} Should its notice go up?")


def expiry(days: int) -> Outgoing:
    """Asks the IT lead to have the tenant delete recordings by itself."""
    lines = [EXPIRY.format(days=days), EXPIRY_COMMAND.format(days=days)]
    return _lesson_card("When Teams deletes recordings", lines, [Button("It is set", "expiry_done")])


def conversation_choices(conversations: Sequence[Conversation]) -> list[dict[str, str]]:
    """Conversations as the choices of a card."""
    return [{"title": conversation.name or NO_CHAT_NAME, "value": conversation.id} for conversation in conversations]


def time_in_words(lesson: Lesson) -> str:
    """When a lesson is, in words."""
    starts, ends = lesson.starts.astimezone(LONDON), lesson.ends.astimezone(LONDON)
    return f"{spoken(starts.date())} {starts.year}, {starts:%H:%M} to {ends:%H:%M}"


def holiday_lines(lesson: Lesson, teacher: Person, calendar: Calendar) -> list[str]:
    """That the day on which it should be gone is in a holiday, said while there is time; else nothing."""
    if not lesson.is_over_in_a_holiday(teacher, calendar):
        return []
    back_on = lesson.teacher_is_back_on(teacher, calendar)
    question = f" I will ask you on {spoken(back_on)}, when you are back." if back_on else ""
    return [f"{IN_A_HOLIDAY.format(day=spoken(lesson.first_day_gone))}{question}"]


def _buttons_for(recording: Recording, now: datetime) -> list[Button]:
    id, state = recording.lesson.id, recording.state
    if state in UPCOMING and now < recording.lesson.ends:
        copied = (
            [Button("I have put it up", "copied", id)] if not recording.lesson.address and not recording.shown else []
        )
        return [
            Button("Take it back", "take_back", id),
            Button("The lesson is off", "take_back", id, "off"),
            Button("Another time", "moving", id),
            *_take_back_all(recording),
            *copied,
        ]
    if state in UPCOMING | {RecordingState.NOT_RECORDED}:
        denial = [] if recording.is_answered else [Button("It was not recorded", "was_recorded", id, "no")]
        return [Button("It was recorded", "was_recorded", id, "yes"), *denial]
    if state in {RecordingState.RECORDED, RecordingState.REMINDED} | OVERDUE:
        return [Button("It is gone", "is_gone", id, "yes"), *_denial(recording)]
    return []


def _denial(recording: Recording) -> list[Button]:
    """The button that says it was not recorded, if that may still be said."""
    if RecordingState.NOT_RECORDED not in MAY_BECOME[recording.state]:
        return []
    return [Button("It was not recorded", "was_recorded", recording.lesson.id, "no")]


def _take_back_all(recording: Recording) -> list[Button]:
    lesson = recording.lesson
    return [Button("Take back all that are left", "take_back_all", lesson.id)] if lesson.series else []


def _likeliest_place(entry: CalendarEntry, conversations: Sequence[Conversation], label: str) -> str:
    """Where its notice most likely goes: the channel it is held in, else the class's own, else the meeting's chat."""
    ids = [conversation.id for conversation in conversations]
    if ids[:1] == [entry.thread]:
        return entry.thread
    others = [conversation for conversation in conversations if conversation.id != entry.thread]
    return best_conversation_for(others, label) or (entry.thread if entry.thread in ids else BY_HAND)


def _lesson_card(heading: str, lines: Sequence[str], buttons: Sequence[Button], link: str = "") -> Outgoing:
    texts = [line for line in lines if line]
    values = {
        "fallback": f"{heading} {texts[0]}",
        "heading": heading,
        "lines": [{"text": text} for text in texts],
        "link": link if link.startswith("https://") else "",
        "buttons": [asdict(button) for button in buttons],
    }
    return Outgoing("lesson", values, "\n".join([heading, *texts]))
