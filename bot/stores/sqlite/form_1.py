"""How release 0.5.0 kept messages, conversations and pins (form 1 of the store), and what they are in form 2.

Its messages were called slots and its conversations places. What a slot was about was one text whose parts depended on
its sort: "AUP-2026-1.16a886be2558" was a campaign and the text it asks for, "fe0dcb6a34f723eb.1" a lesson and a count.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import TypeAlias

from bot.outbox.rules.message import NO_SUBJECT, DeliveryState, Lease, Message, MessageKind, Subject, Wording
from bot.people.rules.conversations import Address, Conversation, ConversationKind, SentMessage
from bot.stores.rows import Row

HOLDER = "0.5.0"  # of leases, which named nobody
NO_CHANNEL = ""  # slots kept a conversation without its channel
TEAMS_CHANNELS = ("msteams",)
DEMO_CHANNELS = ("msteams", "terminal", "web")  # in a demo an account is the same on every channel
MEETING = "19:meeting_"  # how Teams begins the ids of meeting chats
Sent: TypeAlias = Mapping[str, str]  # the channel's id of the notice in a lesson's chat, by the lesson's id


def message_of_slot(slot: Row, notices: Sent) -> Message:
    """The message that a slot was; an edit replaces the notice of its lesson."""
    kind = MessageKind(slot["sort"])
    message = Message(
        kind,
        NO_SUBJECT,
        "" if kind.is_public else slot["recipient"],
        date.fromisoformat(slot["on"]),
        address=Address(NO_CHANNEL, conversation=slot["recipient"]) if kind.is_public else None,
        words=slot.get("words", ""),
        state=DeliveryState(slot["state"]),
        not_before=_instant(slot, "not_before"),
        expires_at=_instant(slot, "expires_at"),
        tries=slot.get("tries", 0),
        lease=_lease(slot),
        sent=_sent(slot.get("message", ""), slot, kind),
        sent_at=_instant(slot, "sent_at"),
        why=slot.get("why", ""),
        is_unreachable=slot.get("is_unreached", False),
    )
    message = _ABOUT[kind](message, slot["subject"], tuple(slot.get("about", ())))
    if kind is MessageKind.EDIT:
        message = replace(message, replaces=_sent(notices.get(message.subject.recording, ""), slot, kind))
    return message


def lesson_of_slot(slot: Row) -> str:
    """The id of the lesson that a notice was about."""
    return _counted(slot["subject"]).recording


def conversation_of_place(place: Row) -> Conversation:
    """The conversation that a place was; the channel's own id of its person is not kept any more."""
    names = ("channel", "service", "tenant", "account", "team", "group", "name")
    texts = {name: place.get(name, "") for name in names}
    return Conversation(id=place["conversation"], kind=_kind(place), **texts)


def pin_channels(*, is_demo: bool) -> tuple[str, ...]:
    """The channels on which a pinned account counts: form 1 did not say, and only Teams made pins in a real school."""
    return DEMO_CHANNELS if is_demo else TEAMS_CHANNELS


def _kind(place: Row) -> ConversationKind:
    if place["kind"] == "channel":
        return ConversationKind.TEAM
    if place["kind"] == "groupChat":
        is_meeting = place["conversation"].startswith(MEETING)
        return ConversationKind.MEETING if is_meeting else ConversationKind.GROUP
    return ConversationKind(place["kind"])


def _lease(slot: Row) -> Lease | None:
    """Who is sending it; slots that are not being sent any more kept the time by which it should have been done."""
    until = _instant(slot, "leased_until")
    return Lease(HOLDER, until) if until and slot["state"] == DeliveryState.SENDING else None


def _sent(id: str, slot: Row, kind: MessageKind) -> SentMessage | None:
    return SentMessage(NO_CHANNEL, slot["recipient"] if kind.is_public else "", id) if id else None


def _instant(slot: Row, name: str) -> datetime | None:
    text = slot.get(name)
    return datetime.fromisoformat(text) if text else None


def _campaign(subject: str) -> Subject:
    """The campaign and the text it asks for; the document's id, which begins the campaign's, may hold a dot.

    >>> _campaign("A.B-2026-1.16a886be2558")
    Subject(campaign='A.B-2026-1', text='16a886be2558', recording='', number=0, name='')
    """
    campaign, _, text = subject.rpartition(".")
    return Subject(campaign=campaign, text=text)


def _counted(subject: str) -> Subject:
    recording, _, number = subject.rpartition(".")
    return Subject(recording=recording, number=int(number))


def _agreement(message: Message, subject: str, about: tuple[str, ...]) -> Message:
    put_off_until = date.fromisoformat(about[0]) if about else None
    return replace(message, subject=_campaign(subject), put_off_until=put_off_until)


def _of_campaign(message: Message, subject: str, about: tuple[str, ...]) -> Message:
    return replace(message, subject=_campaign(subject), people=about)


def _summary(message: Message, subject: str, about: tuple[str, ...]) -> Message:
    campaign, dot, _ = subject.rpartition(".closed")
    return replace(message, subject=Subject(campaign=campaign, name="closed") if dot else Subject(campaign=subject))


def _question(message: Message, subject: str, about: tuple[str, ...]) -> Message:
    campaign, asker, nonce = subject.rsplit(".", 2)
    return replace(message, subject=Subject(campaign=campaign, name=nonce), people=(asker,))


def _reply(message: Message, subject: str, about: tuple[str, ...]) -> Message:
    return replace(message, subject=Subject(number=int(subject)))


def _nudge(message: Message, subject: str, about: tuple[str, ...]) -> Message:
    return replace(message, campaigns=tuple(_campaign(campaign) for campaign in about))


def _named(message: Message, subject: str, about: tuple[str, ...]) -> Message:
    return replace(message, subject=Subject(name=subject))


def _of_notice(message: Message, subject: str, about: tuple[str, ...]) -> Message:
    return replace(message, subject=_counted(subject), wording=_wording(about[0]) if about else None)


def _wording(words: str) -> Wording:
    name, slash, day = words.partition("/")
    return Wording(name, date.fromisoformat(day) if slash else None)


def _counted_recording(message: Message, subject: str, about: tuple[str, ...]) -> Message:
    return replace(message, subject=_counted(subject))


def _recording(message: Message, subject: str, about: tuple[str, ...]) -> Message:
    return replace(message, subject=Subject(recording=subject))


def _not_gone(message: Message, subject: str, about: tuple[str, ...]) -> Message:
    return replace(message, subject=Subject(name=subject), recordings=about)


_ABOUT: Mapping[MessageKind, Callable[[Message, str, tuple[str, ...]], Message]] = {
    MessageKind.AGREEMENT: _agreement,
    MessageKind.PAPER: _of_campaign,
    MessageKind.SUMMARY: _summary,
    MessageKind.QUESTION: _question,
    MessageKind.REPLY: _reply,
    MessageKind.NUDGE: _nudge,
    MessageKind.STILL_OPEN: _of_campaign,
    MessageKind.JOINED: _of_campaign,
    MessageKind.SYNC: _named,
    MessageKind.FAULT: _named,
    MessageKind.NOTICE: _of_notice,
    MessageKind.EDIT: _of_notice,
    MessageKind.COPY: _recording,
    MessageKind.MEND: _counted_recording,
    MessageKind.WAS_RECORDED: _counted_recording,
    MessageKind.DUE_SOON: _recording,
    MessageKind.IS_GONE: _recording,
    MessageKind.NOT_GONE: _not_gone,
    MessageKind.EXPIRY: _named,
    MessageKind.FOUND_LESSON: _named,
}
