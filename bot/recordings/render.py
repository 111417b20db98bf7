"""Phrases what a slot about a lesson says, at the moment it goes out; nothing, where nobody needs it any more."""

from bot.desk.rules.messages import Outgoing
from bot.evidence.records import Records
from bot.outbox.rules.message import Message, MessageKind
from bot.recordings import cards
from bot.recordings.rules.recording import AVAILABLE, OVERDUE, Recording, RecordingState

ABOUT_LESSONS = frozenset(
    {
        MessageKind.NOTICE,
        MessageKind.EDIT,
        MessageKind.COPY,
        MessageKind.MEND,
        MessageKind.WAS_RECORDED,
        MessageKind.DUE_SOON,
        MessageKind.IS_GONE,
        MessageKind.NOT_GONE,
        MessageKind.EXPIRY,
    }
)


async def render_lesson_message(slot: Message, records: Records) -> Outgoing | None:
    """What a slot about lessons says as things stand now; None where nobody needs it any more."""
    shelf, today = await records.shelf(), records.today
    if slot.sort is MessageKind.EXPIRY:
        return None if shelf.expiry_set_on else cards.expiry(records.promise.kept)
    if slot.sort is MessageKind.NOT_GONE:
        found = [
            one
            for id in slot.about
            if (one := shelf.get(id)) and one.told_on and one.state in OVERDUE | {RecordingState.GONE_EARLY}
        ]
        return cards.overdue(found, await records.names(), records.now(), is_again=slot.tries > 0) if found else None
    one = shelf.get(slot.subject.partition(".")[0])
    if one is None or not (one.lesson.label or slot.sort is MessageKind.EDIT):
        return None
    if slot.sort.is_public:
        is_change = slot.sort is MessageKind.EDIT
        is_wanted = one.is_misread and slot.about == (one.says,) if is_change else _is_still(slot, one)
        return cards.notice(one, records.promise, today, is_again=slot.tries > 0) if is_wanted else None
    return await _question(slot, one, records)


async def _question(slot: Message, one: Recording, records: Records) -> Outgoing | None:
    teacher, calendar = await records.person(slot.recipient), records.calendar
    if teacher is None:
        return None
    match slot.sort:
        case MessageKind.COPY if one.state is RecordingState.PLANNED:
            return cards.to_copy(one, records.promise, records.today, slot.words)
        case MessageKind.MEND:
            return cards.to_mend(one, records.promise, records.today, slot.words)
        case MessageKind.WAS_RECORDED if (
            one.state in {RecordingState.PLANNED, RecordingState.ANNOUNCED} and not one.is_answered
        ):
            return cards.was_recorded(one, teacher, calendar)
        case MessageKind.DUE_SOON if one.state is RecordingState.REMINDED and records.today <= one.lesson.last:
            return cards.due_soon(one, teacher, calendar)
        case MessageKind.IS_GONE if one.state in AVAILABLE | OVERDUE - {RecordingState.LOCKED}:
            return cards.is_gone(one, one.lesson.kept, records.headteacher)
    return None


def _is_still(slot: Message, one: Recording) -> bool:
    """Whether a notice is still wanted, and for the time it was planned for."""
    return one.state is RecordingState.PLANNED and slot.subject == f"{one.lesson.id}.{one.moves}"
