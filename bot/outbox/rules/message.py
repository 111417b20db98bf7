"""What goes out to people (a transactional outbox): every message is a row, with a unique slot, before it is sent.

    due -> sending -> sent | doubt | failed

A message that the channel certainly did not take is due again, however often. While it is being sent it is leased; a
lease that has run out puts it in `doubt`: chat services have no idempotency key, so nobody can know whether it
arrived. Each kind says what doubt means for it. A first agreement card is sent again, because acknowledging is keyed
and a second card does no harm; a message that would only annoy twice is listed and left.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from urllib.parse import quote

from bot.people.rules.conversations import Address, SentMessage

MAX_TRIES = 5
LEASE = timedelta(minutes=10)  # longer than any channel takes to answer
RETRY_AFTER = timedelta(minutes=5)  # for a message in doubt that should be sent again


class DeliveryState(StrEnum):
    """How far a message has come."""

    DUE = "due"  # to be sent, not before its time
    SENDING = "sending"  # leased: handed to the channel, which has not answered yet
    SENT = "sent"  # the channel took it
    DOUBT = "doubt"  # the channel may have taken it
    FAILED = "failed"  # the channel will never take it


class MessageKind(StrEnum):
    """What kind of message it is."""

    AGREEMENT = "agreement"  # the policy to acknowledge
    PAPER = "paper"  # "the office has recorded your signed sheet"
    SUMMARY = "summary"  # how a campaign is doing, for the headteacher
    QUESTION = "question"  # a question somebody chose to send to the headteacher
    REPLY = "reply"  # for who had asked: the answer, or that there was one in person
    ANSWERED = "answered"  # in place of a question's card: somebody else has answered, or it was withdrawn
    DIGEST = "digest"  # for the head and the office: how many questions were sent to the school
    NUDGE = "nudge"  # a reminder, for all campaigns of the day together
    STILL_OPEN = "still_open"  # for the headteacher: people who had their last reminder and have not acknowledged
    JOINED = "joined"  # for the headteacher: people who joined since and wait for one press
    SYNC = "sync"  # for the IT lead: a change of the staff list, from groups or its file, that waits
    FAULT = "fault"  # for the IT lead: something that could not be done
    NOTICE = "notice"  # that a lesson will be recorded, in the lesson's chat
    EDIT = "edit"  # what replaces a notice from now on
    COPY = "copy"  # for the teacher: the notice could not be posted, here it is to copy
    MEND = "mend"  # for the teacher: the notice could not be changed, somebody has to do it by hand
    WAS_RECORDED = "was_recorded"  # for the teacher: was it recorded?
    DUE_SOON = "due_soon"  # for the teacher: a recording's last day is near
    IS_GONE = "is_gone"  # for the teacher: is it gone?
    NOT_GONE = "not_gone"  # for the headteacher: recordings that are not gone, or went too early
    EXPIRY = "expiry"  # for the IT lead: the tenant should delete recordings by itself
    FOUND_LESSON = "found_lesson"  # for the teacher: lessons in their calendar, should notices go up?

    @property
    def is_sent_again(self) -> bool:
        """Whether a message of this kind that is in doubt is sent again."""
        return self in _SENT_AGAIN

    @property
    def is_public(self) -> bool:
        """Whether it goes to a lesson's chat, at the lesson's time and not in anybody's working hours."""
        return self in {MessageKind.NOTICE, MessageKind.EDIT}


_SENT_AGAIN = frozenset(
    {
        MessageKind.AGREEMENT,
        MessageKind.QUESTION,
        MessageKind.ANSWERED,
        MessageKind.NOTICE,
        MessageKind.EDIT,
        MessageKind.NOT_GONE,
    }
)


@dataclass(frozen=True, slots=True)
class Subject:
    """What a message is about; together with kind, recipient and day it is its slot.

    `campaign` is a campaign's id and `text` which text of its policy (the first 12 digits of the digest); `recording`
    is a lesson's id; `number` counts notices, moves or ledger entries; `name` is anything else that must be unique.
    """

    campaign: str = ""
    text: str = ""
    recording: str = ""
    number: int = 0
    name: str = ""

    @property
    def key(self) -> str:
        """The subject as a part of the slot's key, unambiguous whatever the ids hold."""
        parts = (self.campaign, self.text, self.recording, str(self.number or ""), self.name)
        return "/".join(quote(part, safe="") for part in parts)


NO_SUBJECT = Subject()


@dataclass(frozen=True, slots=True)
class Wording:
    """Which words a notice shows: their name in the school's notices, and the lesson's day where they speak of one."""

    name: str
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Lease:
    """Who is sending a message, and until when nobody else may."""

    holder: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Message:
    """A message and how far it has come. Instants carry a time zone, `on` is a London day.

    It goes to `recipient`, a person's pseudonym, or to the conversation at `address`. The card is made when it is sent,
    from how things are then; only `words` that somebody wrote are kept, with the words they answer (`in_reply_to`), and
    only until it was sent; those of a question to the headteacher until it is answered. `campaigns` are what a reminder
    is about, `people` the pseudonyms and `recordings` the lessons that a list names, `wording` what a notice says,
    `replaces` the message it takes the place of, `put_off_until` the day before which somebody wants no card.
    """

    kind: MessageKind
    subject: Subject
    recipient: str
    on: date
    address: Address | None = None
    words: str = ""
    in_reply_to: str = ""
    campaigns: tuple[Subject, ...] = ()
    people: tuple[str, ...] = ()
    recordings: tuple[str, ...] = ()
    wording: Wording | None = None
    replaces: SentMessage | None = None
    put_off_until: date | None = None
    state: DeliveryState = DeliveryState.DUE
    not_before: datetime | None = None
    expires_at: datetime | None = None  # from then on it is not wanted any more
    tries: int = 0  # that ended in doubt
    lease: Lease | None = None
    sent: SentMessage | None = None
    sent_at: datetime | None = None
    why: str = ""  # why it failed or is in doubt
    is_unreachable: bool = False  # it failed because the person has no chat: it may go out once they have one

    @property
    def key(self) -> str:
        """The slot: what makes the message unique within a school."""
        to = self.address.key if self.address else self.recipient
        return f"{self.kind.value}/{self.subject.key}/{quote(to, safe='')}/{self.on.isoformat()}"

    @property
    def is_under_way(self) -> bool:
        """Whether it is to be sent, or is being sent."""
        return self.state in {DeliveryState.DUE, DeliveryState.SENDING}

    @property
    def is_open(self) -> bool:
        """Whether it may still go out: it is under way, or its recipient may be reached one day."""
        return self.is_under_way or self.is_unreachable

    def is_due(self, now: datetime) -> bool:
        """Whether it should be sent now."""
        return self.state is DeliveryState.DUE and (self.not_before is None or self.not_before <= now)

    def has_expired(self, now: datetime) -> bool:
        """Whether its time passed before it was sent."""
        return self.state is DeliveryState.DUE and self.expires_at is not None and self.expires_at <= now

    def is_stuck(self, now: datetime) -> bool:
        """Whether it is being sent and the lease has run out."""
        return self.state is DeliveryState.SENDING and (self.lease is None or self.lease.until <= now)

    def names(self, pseudonym: str) -> bool:
        """Whether it is for or about a person."""
        return pseudonym == self.recipient or pseudonym in self.people

    def leased(self, holder: str, now: datetime, lease: timedelta = LEASE) -> "Message":
        """The message while `holder` is sending it."""
        return replace(self, state=DeliveryState.SENDING, lease=Lease(holder, now + lease))

    def arrived(self, sent: SentMessage, at: datetime) -> "Message":
        """The message once the channel took it; words that somebody wrote are kept no longer than they are needed."""
        arrived = replace(self, state=DeliveryState.SENT, sent=sent, why="", sent_at=at, lease=None)
        return arrived if self.kind is MessageKind.QUESTION else arrived.without_words()

    def without_words(self) -> "Message":
        """The message without anything that somebody wrote."""
        return replace(self, words="", in_reply_to="")

    def left_in_doubt(self, why: str) -> "Message":
        """The message when it is not sent again, though it may have arrived."""
        return replace(self, state=DeliveryState.DOUBT, why=why, lease=None)

    def failed(self, why: str) -> "Message":
        """The message once the channel will never take it."""
        return replace(self, state=DeliveryState.FAILED, why=why, lease=None)

    def unreachable(self, why: str) -> "Message":
        """The message when its recipient has no chat with the bot."""
        return replace(self.failed(why), is_unreachable=True)

    def again(self) -> "Message":
        """The message once its recipient can be reached after all."""
        return replace(self, state=DeliveryState.DUE, is_unreachable=False, why="")

    def later(self, at: datetime, why: str) -> "Message":
        """The message when the channel certainly did not take it and asked us to come back; that is no try."""
        return replace(self, state=DeliveryState.DUE, not_before=at, why=why, lease=None)

    def doubted(self, now: datetime, why: str) -> "Message":
        """The message when nobody can know whether it was taken: to be sent again, or left in doubt."""
        tries = self.tries + 1
        if self.kind.is_sent_again and tries < MAX_TRIES:
            again = replace(self, state=DeliveryState.DUE, not_before=now + RETRY_AFTER)
            return replace(again, why=why, tries=tries, lease=None)
        return replace(self.left_in_doubt(why), tries=tries)


@dataclass(frozen=True, slots=True)
class Claim:
    """A message that is leased to one holder. `fence` counts its leases: who has an older one can settle nothing."""

    message: Message
    fence: int = 0
