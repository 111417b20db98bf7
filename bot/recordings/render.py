"""Phrases what a slot about a lesson says, at the moment it goes out; nothing, where nobody needs it any more."""

from bot.desk.rules.messages import Outgoing
from bot.evidence.records import Records
from bot.outbox.rules.message import Slot, Sort
from bot.recordings import cards
from bot.recordings.rules.recording import OVERDUE, SHELVED, Recording, State

ABOUT_LESSONS = frozenset(
    {
        Sort.NOTICE,
        Sort.EDIT,
        Sort.COPY,
        Sort.MEND,
        Sort.WAS_RECORDED,
        Sort.DUE_SOON,
        Sort.IS_GONE,
        Sort.NOT_GONE,
        Sort.EXPIRY,
    }
)


async def phrase(slot: Slot, records: Records) -> Outgoing | None:
    """What a slot about lessons says as things stand now; None where nobody needs it any more."""
    shelf, today = await records.shelf(), records.today
    if slot.sort is Sort.EXPIRY:
        return None if shelf.expiry_set_on else cards.expiry(records.promise.kept)
    if slot.sort is Sort.NOT_GONE:
        found = [
            one
            for id in slot.about
            if (one := shelf.get(id)) and one.told_on and one.state in OVERDUE | {State.GONE_EARLY}
        ]
        return cards.overdue(found, await records.names(), records.now(), is_again=slot.tries > 0) if found else None
    one = shelf.get(slot.subject.partition(".")[0])
    if one is None or not (one.lesson.label or slot.sort is Sort.EDIT):
        return None
    if slot.sort.is_public:
        is_change = slot.sort is Sort.EDIT
        is_wanted = one.is_misread and slot.about == (one.says,) if is_change else _is_still(slot, one)
        return cards.notice(one, records.promise, today, is_again=slot.tries > 0) if is_wanted else None
    return await _question(slot, one, records)


async def _question(slot: Slot, one: Recording, records: Records) -> Outgoing | None:
    teacher, calendar = await records.person(slot.recipient), records.calendar
    if teacher is None:
        return None
    match slot.sort:
        case Sort.COPY if one.state is State.PLANNED:
            return cards.to_copy(one, records.promise, records.today, slot.words)
        case Sort.MEND:
            return cards.to_mend(one, records.promise, records.today, slot.words)
        case Sort.WAS_RECORDED if one.state in {State.PLANNED, State.ANNOUNCED} and not one.is_answered:
            return cards.was_recorded(one, teacher, calendar)
        case Sort.DUE_SOON if one.state is State.REMINDED and records.today <= one.lesson.last:
            return cards.due_soon(one, teacher, calendar)
        case Sort.IS_GONE if one.state in SHELVED | OVERDUE - {State.LOCKED}:
            return cards.is_gone(one, one.lesson.kept, records.headteacher)
    return None


def _is_still(slot: Slot, one: Recording) -> bool:
    """Whether a notice is still wanted, and for the time it was planned for."""
    return one.state is State.PLANNED and slot.subject == f"{one.lesson.id}.{one.moves}"
