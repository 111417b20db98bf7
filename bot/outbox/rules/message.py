"""What goes out to people: every message is a row, with a key of its own, before it is sent.

    due -> sending -> sent | doubt | failed

What the channel certainly did not take is due again, however often. After a crash whatever was `sending` is in `doubt`:
Teams has no idempotency key, so nobody can know. Each kind says what doubt means for it. A first agreement card is
sent again, because acknowledging is keyed and a second card does no harm; whatever would only annoy twice is listed
and left.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

MOST_TRIES = 5
LEASE = timedelta(minutes=10)  # longer than any answer takes
PATIENCE = timedelta(minutes=5)  # until a message in doubt that should be sent again is


class DeliveryState(StrEnum):
    """How far a message has come."""

    DUE = "due"  # to be sent, not before its time
    SENDING = "sending"  # handed to the channel, which has not answered yet
    SENT = "sent"  # the channel took it
    DOUBT = "doubt"  # the channel may have taken it
    FAILED = "failed"  # the channel never will take it


_OPEN = frozenset({DeliveryState.DUE, DeliveryState.SENDING})


class MessageKind(StrEnum):
    """What kind of message it is."""

    AGREEMENT = "agreement"  # the policy to acknowledge
    PAPER = "paper"  # "the office has recorded your signed sheet"
    SUMMARY = "summary"  # how a campaign stands, for the headteacher
    QUESTION = "question"  # a question somebody chose to send to the headteacher
    REPLY = "reply"  # that the headteacher has answered
    NUDGE = "nudge"  # a reminder, for all campaigns of the day together
    STILL_OPEN = "still_open"  # for the headteacher: whose last reminder has gone by
    JOINED = "joined"  # for the headteacher: who came since and waits for one press
    SYNC = "sync"  # for whoever looks after the set-up: a change of the staff list that waits for their word
    FAULT = "fault"  # for whoever looks after the set-up: what could not be done
    NOTICE = "notice"  # that a lesson will be recorded, in the lesson's chat
    EDIT = "edit"  # what stands in the place of a notice by now
    COPY = "copy"  # for the teacher: the notice could not be put up, here it is to copy
    MEND = "mend"  # for the teacher: the notice could not be changed, somebody has to do it by hand
    WAS_RECORDED = "was_recorded"  # for the teacher: was it recorded?
    DUE_SOON = "due_soon"  # for the teacher: a recording's last day is near
    IS_GONE = "is_gone"  # for the teacher: is it gone?
    NOT_GONE = "not_gone"  # for the headteacher: recordings that are not gone, or went too early
    EXPIRY = "expiry"  # for whoever looks after the set-up: the tenant should take recordings away by itself
    FOUND_LESSON = "found_lesson"  # for the teacher: lessons in their calendar, should notices go up?

    @property
    def is_sent_again(self) -> bool:
        """Whether a message of this kind that is in doubt is sent again."""
        return self in {
            MessageKind.AGREEMENT,
            MessageKind.QUESTION,
            MessageKind.NOTICE,
            MessageKind.EDIT,
            MessageKind.NOT_GONE,
        }

    @property
    def is_public(self) -> bool:
        """Whether it goes to a lesson's chat, where it is not anybody's hours that count."""
        return self in {MessageKind.NOTICE, MessageKind.EDIT}


@dataclass(frozen=True, slots=True)
class Message:
    """A message and how far it has come. `recipient` is a pseudonym; instants carry a time zone.

    `subject` is what it is about, so that sort, subject, recipient and day name it once and for all. The card is made
    when it is sent, from how things stand then; only `words` that somebody wrote are kept, and only until it was sent.
    """

    sort: MessageKind
    subject: str
    recipient: str
    on: date
    words: str = ""
    state: DeliveryState = DeliveryState.DUE
    not_before: datetime | None = None
    tries: int = 0  # that ended in doubt
    message: str = ""  # the channel's id of what was sent
    why: str = ""  # why it failed or is in doubt
    is_unreached: bool = False  # it failed because nobody was there: it may go out once they are
    about: tuple[str, ...] = ()  # a digest's subjects, a list's pseudonyms
    expires_at: datetime | None = None  # from then on it is not wanted any more
    leased_until: datetime | None = None  # by when the channel must have answered
    sent_at: datetime | None = None  # when the channel took it

    @property
    def key(self) -> str:
        """What makes it unique within a school."""
        return f"{self.sort.value}/{self.subject}/{self.recipient}/{self.on.isoformat()}"

    @property
    def is_open(self) -> bool:
        """Whether it may still go out."""
        return self.state in _OPEN or self.is_unreached

    def is_due(self, now: datetime) -> bool:
        """Whether it should be sent now."""
        return self.state is DeliveryState.DUE and (self.not_before is None or self.not_before <= now)

    def is_over(self, now: datetime) -> bool:
        """Whether its time has gone by before it was sent."""
        return self.state is DeliveryState.DUE and self.expires_at is not None and self.expires_at <= now

    def is_stuck(self, now: datetime) -> bool:
        """Whether the channel has had it for longer than any answer takes."""
        return self.state is DeliveryState.SENDING and self.leased_until is not None and self.leased_until <= now

    def taken_up(self, now: datetime) -> "Message":
        """As it stands while the channel has it."""
        return replace(self, state=DeliveryState.SENDING, leased_until=now + LEASE)

    def arrived(self, message: str, at: datetime | None = None) -> "Message":
        """As it stands once the channel took it; what somebody wrote is not kept any longer."""
        return replace(self, state=DeliveryState.SENT, message=message, words="", why="", sent_at=at)

    def left_in_doubt(self, why: str) -> "Message":
        """As it stands when it is not sent again, though it may have arrived."""
        return replace(self, state=DeliveryState.DOUBT, why=why)

    def failed(self, why: str) -> "Message":
        """As it stands once the channel will never take it."""
        return replace(self, state=DeliveryState.FAILED, why=why)

    def unreached(self, why: str) -> "Message":
        """As it stands when whoever it is for could not be reached."""
        return replace(self.failed(why), is_unreached=True)

    def again(self) -> "Message":
        """As it stands once they can be reached after all."""
        return replace(self, state=DeliveryState.DUE, is_unreached=False, why="")

    def later(self, at: datetime, why: str) -> "Message":
        """As it stands when the channel certainly did not take it and asked us to come back: that is no try."""
        return replace(self, state=DeliveryState.DUE, not_before=at, why=why, leased_until=None)

    def doubted(self, now: datetime, why: str) -> "Message":
        """As it stands when nobody can know whether it was taken."""
        tries = self.tries + 1
        if self.sort.is_sent_again and tries < MOST_TRIES:
            return replace(self, state=DeliveryState.DUE, not_before=now + PATIENCE, why=why, tries=tries)
        return replace(self, state=DeliveryState.DOUBT, why=why, tries=tries)
