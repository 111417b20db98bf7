"""Every kind of message that release 0.5.0 kept becomes a message with fields."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest

from bot.outbox.rules.message import NO_SUBJECT, DeliveryState, Lease, Message, MessageKind, Subject, Wording
from bot.people.rules.conversations import Address, SentMessage
from bot.stores.sqlite.form_1 import message_of_slot

DAY = date(2026, 9, 8)
NOON = datetime.fromisoformat("2026-09-08T12:00:00+01:00")
CAMPAIGN = Subject(campaign="A.UP-2026-1", text="16a886be2558")
CLASS = Address("", conversation="p")
ABOUT: list[tuple[MessageKind, str, list[str], dict[str, Any]]] = [
    (MessageKind.AGREEMENT, "A.UP-2026-1.16a886be2558", [], {"subject": CAMPAIGN}),
    (
        MessageKind.AGREEMENT,
        "A.UP-2026-1.16a886be2558",
        ["2026-09-21"],
        {"subject": CAMPAIGN, "put_off_until": date(2026, 9, 21)},
    ),
    (MessageKind.PAPER, "A.UP-2026-1.16a886be2558", [], {"subject": CAMPAIGN}),
    (MessageKind.SUMMARY, "A.UP-2026-1", [], {"subject": Subject(campaign="A.UP-2026-1")}),
    (MessageKind.SUMMARY, "A.UP-2026-1.closed", [], {"subject": Subject(campaign="A.UP-2026-1", name="closed")}),
    (
        MessageKind.QUESTION,
        "A.UP-2026-1.asker.090000",
        [],
        {"subject": Subject(campaign="A.UP-2026-1", name="090000"), "people": ("asker",)},
    ),
    (MessageKind.REPLY, "12", [], {"subject": Subject(number=12)}),
    (MessageKind.NUDGE, "digest", ["A.UP-2026-1.16a886be2558"], {"campaigns": (CAMPAIGN,)}),
    (MessageKind.STILL_OPEN, "A.UP-2026-1.16a886be2558", ["p1", "p2"], {"subject": CAMPAIGN, "people": ("p1", "p2")}),
    (MessageKind.JOINED, "A.UP-2026-1.16a886be2558", ["p1"], {"subject": CAMPAIGN, "people": ("p1",)}),
    (MessageKind.SYNC, "feed", [], {"subject": Subject(name="feed")}),
    (MessageKind.FAULT, "send", [], {"subject": Subject(name="send")}),
    (
        MessageKind.NOTICE,
        "l1.2",
        ["moved/2026-09-09"],
        {"subject": Subject(recording="l1", number=2), "wording": Wording("moved", date(2026, 9, 9)), "address": CLASS},
    ),
    (
        MessageKind.EDIT,
        "l1.1",
        ["cancelled"],
        {
            "subject": Subject(recording="l1", number=1),
            "wording": Wording("cancelled"),
            "address": CLASS,
            "replaces": SentMessage("", "p", "of-the-notice"),
        },
    ),
    (MessageKind.EDIT, "l2.1", [], {"subject": Subject(recording="l2", number=1), "address": CLASS}),
    (MessageKind.COPY, "l1", [], {"subject": Subject(recording="l1")}),
    (MessageKind.MEND, "l1.0", [], {"subject": Subject(recording="l1")}),
    (MessageKind.WAS_RECORDED, "l1.1", [], {"subject": Subject(recording="l1", number=1)}),
    (MessageKind.DUE_SOON, "l1", [], {"subject": Subject(recording="l1")}),
    (MessageKind.IS_GONE, "l1", [], {"subject": Subject(recording="l1")}),
    (MessageKind.NOT_GONE, "batch", ["l1", "l2"], {"subject": Subject(name="batch"), "recordings": ("l1", "l2")}),
    (MessageKind.EXPIRY, "expiry", [], {"subject": Subject(name="expiry")}),
    (MessageKind.FOUND_LESSON, "0123", [], {"subject": Subject(name="0123")}),
]


def slot(kind: MessageKind, subject: str, **more: object) -> dict[str, object]:
    return {"sort": kind.value, "subject": subject, "recipient": "p", "on": "2026-09-08", "state": "due", **more}


@pytest.mark.parametrize(("kind", "subject", "about", "fields"), ABOUT, ids=[f"{row[0]}-{row[1]}" for row in ABOUT])
def test_what_a_message_was_about_is_in_its_fields(
    kind: MessageKind, subject: str, about: list[str], fields: dict[str, Any]
):
    message = message_of_slot(slot(kind, subject, about=about), {"l1": "of-the-notice"})

    assert message == replace(Message(kind, NO_SUBJECT, "" if kind.is_public else "p", DAY), **fields)


def test_every_kind_of_message_of_its_time_is_known():
    assert {row[0] for row in ABOUT} == set(MessageKind) - {MessageKind.ANSWERED, MessageKind.DIGEST}


def test_how_far_it_had_come_is_kept():
    more = {"words": "Why?", "state": "failed", "why": "gone", "tries": 3, "is_unreached": True, "message": "m1"}
    instants = dict.fromkeys(("not_before", "expires_at", "sent_at"), "2026-09-08T12:00:00+01:00")

    message = message_of_slot(slot(MessageKind.REPLY, "1", **more, **instants), {})

    assert (message.words, message.state, message.why) == ("Why?", DeliveryState.FAILED, "gone")
    assert (message.tries, message.is_unreachable, message.sent) == (3, True, SentMessage("", "", "m1"))
    assert {message.not_before, message.expires_at, message.sent_at} == {NOON}


@pytest.mark.parametrize(
    ("state", "until", "expected"),
    [
        ("sending", "2026-09-08T12:00:00+01:00", Lease("0.5.0", NOON)),
        ("sending", None, None),
        ("sent", "2026-09-08T12:00:00+01:00", None),
    ],
)
def test_only_what_is_being_sent_has_a_lease(state: str, until: str | None, expected: Lease | None):
    message = message_of_slot(slot(MessageKind.REPLY, "1", state=state, leased_until=until), {})

    assert message.lease == expected
    assert message.is_stuck(NOON) is (state == "sending")
