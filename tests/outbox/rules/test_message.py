"""What a message may still become, and what makes it unique."""

from dataclasses import replace
from datetime import timedelta
from itertools import combinations

import pytest

from bot.outbox.rules.message import (
    LEASE,
    MAX_TRIES,
    RETRY_AFTER,
    DeliveryState,
    Message,
    MessageKind,
    Subject,
    Wording,
)
from bot.people.rules.conversations import Address, SentMessage
from tests.fakes import MONDAY, NINE, days

CARD = Message(MessageKind.AGREEMENT, Subject(campaign="c1", text="v1"), "p1", MONDAY)
REMINDER = replace(CARD, kind=MessageKind.NUDGE)
SENT = SentMessage("msteams", "a:1", "m1")


@pytest.mark.parametrize("state", list(DeliveryState))
def test_a_message_is_open_until_it_came_to_its_end(state: DeliveryState):
    assert replace(CARD, state=state).is_open is (state in {DeliveryState.DUE, DeliveryState.SENDING})


def test_a_message_that_reached_nobody_is_open_until_it_can_be_sent_after_all():
    assert CARD.unreachable("has no account here").is_open
    assert not CARD.failed("refused").is_open
    assert CARD.unreachable("has no account here").again() == CARD


@pytest.mark.parametrize("kind", list(MessageKind))
def test_every_kind_says_what_doubt_means(kind: MessageKind):
    doubted = replace(CARD, kind=kind).leased("a process", NINE).doubted(NINE, "no answer")

    assert doubted.state is (DeliveryState.DUE if kind.is_sent_again else DeliveryState.DOUBT)
    assert (doubted.why, doubted.lease) == ("no answer", None)


def test_a_card_in_doubt_is_sent_again_a_little_later_and_not_for_ever():
    doubted = CARD.doubted(NINE, "no answer")
    assert not doubted.is_due(NINE) and doubted.is_due(NINE + RETRY_AFTER)

    for _ in range(MAX_TRIES - 1):
        doubted = doubted.doubted(NINE, "no answer")
    assert doubted.state is DeliveryState.DOUBT


def test_a_lease_runs_out_after_ten_minutes():
    leased = CARD.leased("a process", NINE)

    assert not leased.is_stuck(NINE + LEASE - timedelta(seconds=1))
    assert leased.is_stuck(NINE + LEASE)
    assert not CARD.is_stuck(NINE + LEASE)


def test_a_message_that_asked_to_wait_is_due_again_then_and_has_no_lease():
    later = CARD.leased("a process", NINE).later(NINE + timedelta(seconds=90), "busy")

    assert (later.state, later.lease, later.tries) == (DeliveryState.DUE, None, 0)
    assert not later.is_due(NINE) and later.is_due(NINE + timedelta(seconds=90))


def test_only_a_message_that_was_not_sent_expires():
    card = replace(CARD, expires_at=NINE)

    assert card.has_expired(NINE) and not card.has_expired(NINE - timedelta(seconds=1))
    assert not card.arrived(SENT, NINE).has_expired(NINE) and not CARD.has_expired(NINE)


DIFFERENT = (
    CARD,
    REMINDER,
    replace(CARD, on=MONDAY + days(1)),
    replace(CARD, recipient="p2"),
    replace(CARD, subject=Subject(campaign="c1", text="v2")),
    replace(CARD, subject=Subject(campaign="c1/v1")),
    replace(CARD, subject=Subject(campaign="c1.v1")),
    replace(CARD, subject=Subject(recording="c1", name="v1")),
    replace(CARD, subject=Subject(campaign="c1", text="v1", number=1)),
    replace(CARD, recipient="", address=Address("msteams", conversation="p1")),
    replace(CARD, recipient="", address=Address("slack", conversation="p1")),
)


def test_messages_that_differ_in_kind_subject_recipient_or_day_have_keys_of_their_own():
    assert all(first.key != second.key for first, second in combinations(DIFFERENT, 2))


@pytest.mark.parametrize(
    "changes",
    [
        {"words": "why?"},
        {"put_off_until": MONDAY},
        {"people": ("p2",)},
        {"not_before": NINE},
        {"wording": Wording("says", MONDAY)},
        {"state": DeliveryState.SENT},
    ],
)
def test_everything_else_about_a_message_leaves_its_key_as_it_is(changes: dict[str, object]):
    assert replace(CARD, **changes).key == CARD.key


def test_a_message_names_its_recipient_and_everybody_in_its_list():
    message = replace(CARD, people=("p2", "p3"))

    assert [message.names(pseudonym) for pseudonym in ("p1", "p2", "p3", "p4")] == [True, True, True, False]
