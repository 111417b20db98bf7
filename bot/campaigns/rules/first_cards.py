"""When agreement cards come: at the first hour somebody may be written to, once, and again on the day they named.

    wanted -> planned for a day and its hours -> sent | expired, and planned for the next day and its hours

A card that was not sent within the hours of its day is not wanted at night or at a weekend: the day after, it is
planned again. So is a card that somebody was promised again: the day they named says that it must come, not a row in
the outbox, which may have been stopped or dropped.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time

from bot.campaigns.rules.campaign import Campaign
from bot.campaigns.rules.projection import CampaignProjection
from bot.campaigns.rules.standing import Signatory, signatories
from bot.outbox.rules.message import DeliveryState, Message, MessageKind, Subject
from bot.people.rules.staff import Staff
from bot.school.rules.calendar import LONDON, Calendar


def card_from(campaign: Campaign, signatory: Signatory, calendar: Calendar, since: datetime) -> Message | None:
    """Somebody's card at their first working hour from an instant on; None if no such day is known."""
    at = calendar.first_moment(signatory.person, since) if signatory.person else None
    if at is None or signatory.person is None:
        return None
    _, end = calendar.working_hours(signatory.person, at.date())
    return Message(
        MessageKind.AGREEMENT, campaign.subject, signatory.pseudonym, at.date(), not_before=at, expires_at=end
    )


def card_needed(
    campaign: Campaign,
    signatory: Signatory,
    cards: Sequence[Message],
    put_off_until: date | None,
    calendar: Calendar,
    now: datetime,
) -> Message | None:
    """The card somebody still needs; None if one is to come, or came and was not put off.

    `cards` are those they had of this text, `put_off_until` is the day before which they want none.
    """
    if any(not card.has_expired(now) and (put_off_until is None or card.on >= put_off_until) for card in cards):
        return None
    since = max(now, start_of(put_off_until)) if put_off_until else now
    return card_from(campaign, signatory, calendar, since)


def day_put_off_to(
    campaign: Campaign, pseudonym: str, projection: CampaignProjection, cards: Iterable[Message]
) -> date | None:
    """The day somebody named last, by asking for time or by "Not now"; None if they named none."""
    asked_for = projection.time_until.get((campaign.id, pseudonym))
    days = [card.put_off_until for card in cards if card.put_off_until]
    return max([*days, *([asked_for] if asked_for else [])], default=None)


def put_off(card: Message, until: date) -> Message:
    """A card that came, once its person wants it again from a day on."""
    return replace(card, put_off_until=until)


def start_of(day: date) -> datetime:
    """The first instant of a day in London."""
    return datetime.combine(day, time(), LONDON)


def cards_to_plan(
    projection: CampaignProjection, staff: Staff, messages: Iterable[Message], now: datetime
) -> list[Message]:
    """The cards to plan now: for people who were released, still have to acknowledge, and need one."""
    cards = cards_by_person(messages)
    planned = []
    for campaign in projection.open_campaigns():
        for signatory in signatories(campaign, projection, staff):
            if signatory.is_waiting and projection.is_released(campaign, signatory.pseudonym):
                earlier = cards.get((campaign.subject, signatory.pseudonym), ())
                until = day_put_off_to(campaign, signatory.pseudonym, projection, earlier)
                planned.append(card_needed(campaign, signatory, earlier, until, staff.calendar, now))
    return [card for card in planned if card]


def first_cards_to_come(projection: CampaignProjection, pseudonym: str, messages: Iterable[Message]) -> list[Message]:
    """Of somebody's messages the cards that are still to be sent; not those they put off, which come on their day."""
    cards = cards_by_person(messages)
    to_come = []
    for campaign in projection.open_campaigns():
        own = cards.get((campaign.subject, pseudonym), ())
        if day_put_off_to(campaign, pseudonym, projection, own) is None:
            to_come += [card for card in own if card.state is DeliveryState.DUE]
    return to_come


def cards_by_person(messages: Iterable[Message]) -> Mapping[tuple[Subject, str], Sequence[Message]]:
    """The agreement cards among messages, by text and person, in the order of their days."""
    cards: dict[tuple[Subject, str], list[Message]] = defaultdict(list)
    for message in sorted(messages, key=lambda message: message.on):
        if message.kind is MessageKind.AGREEMENT:
            cards[message.subject, message.recipient].append(message)
    return cards
