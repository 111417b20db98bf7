"""Everything kept about one person, in words for that person alone."""

from collections.abc import Iterable
from datetime import datetime

from bot.evidence.context import Context
from bot.evidence.rules.ledger import Event, EventKind
from bot.outbox.rules.message import MessageKind
from bot.people.rules.accounts import SLACK, counts_on, personal_record
from bot.people.rules.person import Person
from bot.school.rules.calendar import london, written

DESCRIPTIONS = {
    EventKind.PUBLISH: "published a policy",
    EventKind.OPEN: "opened a campaign",
    EventKind.EXTEND: "moved a campaign's last day",
    EventKind.CLOSE: "closed a campaign",
    EventKind.ACKNOWLEDGE: "acknowledged {document}, version {label}: receipt {number}",
    EventKind.PAPER: "a sheet for {document}, version {label}, signed on {signed}, was recorded: receipt {number}",
    EventKind.PAUSE: "a pause was set until {until}",
    EventKind.QUESTION: "sent a question to the headteacher",
    EventKind.ANSWER: "a question was marked as answered",
    EventKind.WITHDRAW: "a question to the headteacher was withdrawn",
    EventKind.TIME: "asked for time to read until {until}",
    EventKind.JOIN: "was asked as a new starter, by {due}",
    EventKind.LEAVE: "left",
    EventKind.CORRECT: "receipt {entry} was corrected",
    EventKind.EXPORT: "made an evidence pack",
    EventKind.EXPORT_PREPARED: "made an evidence pack",
    EventKind.LESSON: "a lesson on {starts} was planned, with a notice that it is recorded",
    EventKind.MOVE: "a lesson was moved to {starts}",
    EventKind.ANNOUNCE: "a lesson's notice said: {text}",
    EventKind.TAKE_BACK: "a lesson's notice was taken back",
    EventKind.ASK: "was asked about a lesson's recording ({about})",
    EventKind.RECORD: "a lesson was recorded: {recorded} (by {by})",
    EventKind.REMIND: "was reminded of a recording's last day",
    EventKind.LOOK: "a lesson's recording was looked for: {found} (by {by})",
    EventKind.TELL: "the headteacher was told of a recording",
    EventKind.WISH: "said whether notices go up for lessons in the calendar: {wanted}",
    EventKind.EXPIRY: "said that the tenant deletes recordings by itself",
    EventKind.RULING_APPROVED: "approved the answer {situation}",
    EventKind.RULING_CHANGED: "changed the answer {situation} ({change})",
    EventKind.NEW_VERSION: "put another version of {document} in place ({change})",
    EventKind.POLICY_ADDED: "added the policy {document}, with {clauses} clauses",
    EventKind.CHOOSER_ACKNOWLEDGED: "acknowledged that unclear questions go to {address}, model {model}",
    EventKind.CHOOSER_WITHDRAWN: "switched off that unclear questions go to {address}, model {model}",
    EventKind.SETTINGS_CHANGED: "changed the settings under {section} ({change})",
    EventKind.CLOCK_WENT_BACK: "the clock went back from {before} to {now}",
}


async def record_of(context: Context, person: Person, channel: str = "", account: str = "") -> str:
    """Everything kept about somebody; `account` of `channel` is where they ask from, if they do."""
    pins = (await context.store.pins_of([person.id])).get(person.id, {})
    accounts = {(channel, account), ("", person.account), (SLACK, person.slack), *pins.items()}
    chats = await _chats_of(context, accounts)
    about = personal_record(person, pinned=frozenset(pins), chats=chats)
    pseudonym = await context.store.pseudonym_of(person.id)
    if not pseudonym:
        return about
    return "\n\n".join([about, *await _kept_about(context, pseudonym)])


async def _chats_of(context: Context, accounts: Iterable[tuple[str, str]]) -> frozenset[str]:
    """The channels on which an own chat of one of these accounts is kept; one without a channel is the directory's."""
    chats = [(on, await context.store.conversation_of(on, account)) for on, account in accounts if account]
    return frozenset(chat.channel for on, chat in chats if chat and counts_on(on, chat.channel))


async def _kept_about(context: Context, pseudonym: str) -> list[str]:
    evidence, messages = await _evidence_about(context, pseudonym), await _messages_to(context, pseudonym)
    return [*evidence, *messages, *await _open_questions_of(context, pseudonym)]


async def _open_questions_of(context: Context, pseudonym: str) -> list[str]:
    messages = await context.store.messages(MessageKind.QUESTION)
    words = dict.fromkeys(m.words for m in messages if m.words and m.people == (pseudonym,))
    lines = "\n\n".join(f"- {question}" for question in words)
    return [f"Your questions to the headteacher that are not answered yet:\n\n{lines}"] if words else []


async def _evidence_about(context: Context, pseudonym: str) -> list[str]:
    events = [(entry.number, entry.event) for entry in await context.store.entries()]
    mine = [(number, event) for number, event in events if pseudonym in (event.subject, event.actor)]
    lines = "\n\n".join(_described(number, event) for number, event in mine)
    return [f"In the evidence the school keeps:\n\n{lines}"] if mine else []


async def _messages_to(context: Context, pseudonym: str) -> list[str]:
    messages = await context.store.messages(recipient=pseudonym)
    lines = (f"- {message.kind.value}, {written(message.on)}: {message.state.value}" for message in messages)
    return ["Messages to you:\n\n" + "\n\n".join(lines)] if messages else []


def _described(number: int, event: Event) -> str:
    facts = {
        name: london(datetime.fromisoformat(str(fact))) if name == "starts" else fact
        for name, fact in event.facts.items()
    }
    words = DESCRIPTIONS.get(event.kind, event.kind.value).format(number=number, **facts)
    named = ", ".join(f"{name} {text}" for name, text in event.who.items() if text)
    return f"- {london(event.at)}: {words}" + (f" ({named})" if named else "")
