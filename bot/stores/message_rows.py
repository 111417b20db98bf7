"""Messages of the outbox as rows: only what differs from the default is written."""

from datetime import date, datetime
from typing import Any

from bot.outbox.rules.message import DeliveryState, Lease, Message, MessageKind, Subject, Wording
from bot.people.rules.conversations import Address, SentMessage
from bot.stores.rows import Row


def message_row(message: Message) -> Row:
    """A message as a row. `is_open` is written for the index of open messages."""
    row: Row = {
        "kind": message.kind.value,
        "subject": _subject_row(message.subject),
        "on": message.on.isoformat(),
        "state": message.state.value,
    }
    others: Row = {
        "is_open": message.is_open,
        "recipient": message.recipient,
        "address": message.address and _address_row(message.address),
        "words": message.words,
        "in_reply_to": message.in_reply_to,
        "campaigns": [_subject_row(campaign) for campaign in message.campaigns],
        "people": list(message.people),
        "recordings": list(message.recordings),
        "wording": message.wording and {"name": message.wording.name, "day": _text(message.wording.day)},
        "replaces": message.replaces and _sent_row(message.replaces),
        "put_off_until": _text(message.put_off_until),
        "not_before": _text(message.not_before),
        "expires_at": _text(message.expires_at),
        "tries": message.tries,
        "lease": message.lease and {"holder": message.lease.holder, "until": _text(message.lease.until)},
        "sent": message.sent and _sent_row(message.sent),
        "sent_at": _text(message.sent_at),
        "why": message.why,
        "is_unreachable": message.is_unreachable,
    }
    return row | {name: value for name, value in others.items() if value}


def message_of(row: Row) -> Message:
    """The message a row stands for."""
    return Message(
        kind=MessageKind(row["kind"]),
        subject=Subject(**row["subject"]),
        recipient=row.get("recipient", ""),
        on=date.fromisoformat(row["on"]),
        address=Address(**row["address"]) if "address" in row else None,
        words=row.get("words", ""),
        in_reply_to=row.get("in_reply_to", ""),
        campaigns=tuple(Subject(**campaign) for campaign in row.get("campaigns", ())),
        people=tuple(row.get("people", ())),
        recordings=tuple(row.get("recordings", ())),
        wording=_wording(row["wording"]) if "wording" in row else None,
        replaces=SentMessage(**row["replaces"]) if "replaces" in row else None,
        put_off_until=date.fromisoformat(row["put_off_until"]) if "put_off_until" in row else None,
        state=DeliveryState(row["state"]),
        not_before=_instant(row, "not_before"),
        expires_at=_instant(row, "expires_at"),
        tries=row.get("tries", 0),
        lease=_lease(row["lease"]) if "lease" in row else None,
        sent=SentMessage(**row["sent"]) if "sent" in row else None,
        sent_at=_instant(row, "sent_at"),
        why=row.get("why", ""),
        is_unreachable=row.get("is_unreachable", False),
    )


def is_same_message(row: Row, message: Message) -> bool:
    """Whether a row stands for exactly this message.

    They are compared as they are written: of the hour that comes twice in October, two equal instants are not equal to
    Python if one has London's zone and the other an offset.
    """
    return message_row(message_of(row)) == message_row(message)


def is_about_campaign(message: Message, campaign: str) -> bool:
    """Whether a message is about a campaign, alone or with others."""
    subjects = (message.subject, *message.campaigns)
    return any(subject.campaign == campaign for subject in subjects)


def is_about_recording(message: Message, recording: str) -> bool:
    """Whether a message is about a recording, alone or with others."""
    return recording in (message.subject.recording, *message.recordings)


def _subject_row(subject: Subject) -> Row:
    parts = {
        "campaign": subject.campaign,
        "text": subject.text,
        "recording": subject.recording,
        "number": subject.number,
        "name": subject.name,
    }
    return {name: part for name, part in parts.items() if part}


def _address_row(address: Address) -> Row:
    return {"channel": address.channel, "account": address.account, "conversation": address.conversation}


def _sent_row(sent: SentMessage) -> Row:
    return {"channel": sent.channel, "conversation": sent.conversation, "id": sent.id}


def _wording(row: Row) -> Wording:
    return Wording(row["name"], date.fromisoformat(row["day"]) if row["day"] else None)


def _lease(row: Row) -> Lease:
    return Lease(row["holder"], datetime.fromisoformat(row["until"]))


def _text(moment: date | datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _instant(row: dict[str, Any], name: str) -> datetime | None:
    return datetime.fromisoformat(row[name]) if name in row else None
