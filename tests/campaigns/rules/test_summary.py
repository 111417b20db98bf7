"""A campaign in figures that add up, with progress by day and last year beside it."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from bot.campaigns.rules.campaign import EVERYBODY, Campaign, Method, Receipt
from bot.campaigns.rules.projection import CampaignProjection
from bot.campaigns.rules.standing import Signatory, Standing
from bot.campaigns.rules.summary import Summary, percent, summary_of
from bot.outbox.rules.message import DeliveryState, Message, MessageKind
from bot.school.rules.calendar import LONDON

OPENED = date(2026, 9, 7)
CAMPAIGN = Campaign(
    "c2", "AUP", "1", "v1", "v1", EVERYBODY, OPENED, date(2026, 9, 28), frozenset({"p1", "p2", "p3", "p4"})
)


def on(days: int, hour: int = 9) -> datetime:
    return datetime(2026, 9, 7, hour, tzinfo=LONDON) + timedelta(days=days)


def acknowledged(pseudonym: str, at: datetime, campaign: str = "c2", how: Method = Method.PRESSED) -> Receipt:
    signed = OPENED if how is Method.PAPER else None
    return Receipt(5, campaign, pseudonym, at, "v1", "1", "v1", how, signed)


def signatory(pseudonym: str, receipt: Receipt | None = None) -> Signatory:
    standing = Standing.PENDING
    if receipt:
        standing = Standing.PAPER if receipt.signed else Standing.ACKNOWLEDGED
    return Signatory(pseudonym, pseudonym, None, CAMPAIGN.due, standing, receipt, is_asking=False)


PEOPLE = (
    signatory("p1", acknowledged("p1", on(0))),
    signatory("p2", acknowledged("p2", on(2), how=Method.PAPER)),
    signatory("p3"),
    signatory("p4"),
)


def summary(days: int = 3, campaign: Campaign = CAMPAIGN, projection: CampaignProjection | None = None) -> Summary:
    today = OPENED + timedelta(days=days)
    return summary_of(campaign, "AUP", PEOPLE, projection or CampaignProjection(), (), today)


def test_the_lines_say_how_many_have_acknowledged_and_add_up():
    assert summary().line == "2 of 4 have acknowledged (50%)."
    assert summary().sum == "4 people = 1 acknowledged + 1 on paper + 2 still with time."


def test_governors_read_figures_and_no_names():
    assert summary().governors == (
        "2026/27, version 1: 2 of 4 people have acknowledged (50%), 1 of them on paper; 2 have not yet."
    )


def test_progress_counts_everybody_by_the_end_of_each_day():
    assert [number for _, number in summary().progress] == [1, 1, 2, 2]
    assert summary().picture_says == (
        "Progress by day: 1 on Monday 7 September 2026, 2 of 4 by now. Half had by Wednesday 9 September 2026."
    )


def test_progress_ends_on_the_day_a_campaign_closed():
    closed = replace(CAMPAIGN, closed=OPENED + timedelta(days=1))

    assert len(summary(30, closed).progress) == 2


def last_year(closed: date | None) -> CampaignProjection:
    """Last year's campaign, in which two of three had acknowledged, the second on the fifth day."""
    opened = date(2025, 9, 8)
    before = replace(CAMPAIGN, id="c1", opened=opened, closed=closed, people=frozenset({"p1", "p2", "p3"}))
    at = datetime(2025, 9, 8, 9, tzinfo=LONDON)
    receipts = {
        ("c1", "p1"): [acknowledged("p1", at, "c1")],
        ("c1", "p2"): [acknowledged("p2", at + timedelta(days=4), "c1")],
    }
    return CampaignProjection(campaigns={"c1": before, "c2": CAMPAIGN}, receipts=receipts, results={"c1": {"total": 3}})


@pytest.mark.parametrize(("days", "number"), [(3, "1 of 3 (33%)"), (4, "2 of 3 (67%)")])
def test_last_year_is_told_as_it_was_as_many_days_after_it_had_opened(days: int, number: str):
    projection = last_year(closed=date(2025, 10, 1))

    assert summary(days, projection=projection).last_year == f"At this point in 2025/26: {number}."


def test_a_campaign_that_still_runs_is_no_last_year():
    assert summary(projection=last_year(closed=None)).last_year == ""


def test_cards_of_this_text_that_did_not_arrive_are_counted():
    card = Message(MessageKind.AGREEMENT, CAMPAIGN.subject, "p3", OPENED)
    cards = [
        replace(card, state=DeliveryState.FAILED),
        replace(card, state=DeliveryState.DOUBT),
        replace(card, state=DeliveryState.FAILED, subject=replace(card.subject, text="v0")),
    ]

    counted = summary_of(CAMPAIGN, "AUP", PEOPLE, CampaignProjection(), cards, OPENED)

    assert (counted.failed, counted.doubtful) == (1, 1)


@pytest.mark.parametrize(
    ("part", "whole", "words"), [(0, 0, "0%"), (0, 9, "0%"), (1, 900, "1%"), (899, 900, "99%"), (9, 9, "100%")]
)
def test_a_share_is_never_all_while_somebody_is_missing_and_never_nothing_once_somebody_began(part, whole, words):
    assert percent(part, whole) == words
