"""When agreement cards come: at the first hour somebody may be written to, once, and again on the day they named.

    wanted -> planned for a day and its hours -> sent | gone by, and planned for the next day and its hours

A card that did not get away within the hours of its day is not wanted at night or at a weekend: the day after, it is
planned anew. So is one that somebody was promised again: what they named, and not a row that may have been stopped or
dropped, says that it must come.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time

from bot.campaigns.rules.campaign import Campaign
from bot.campaigns.rules.projection import CampaignProjection
from bot.campaigns.rules.reminder_dates import WAITING
from bot.campaigns.rules.standing import Signatory, Staff, signatories
from bot.outbox.rules.message import Message, MessageKind
from bot.school.rules.calendar import LONDON, Calendar


def delivery(campaign: Campaign, one: Signatory, calendar: Calendar, since: datetime) -> Message | None:
    """Somebody's card at the first hour from an instant on that is theirs; None where no such day is known."""
    at = calendar.first_moment(one.person, since) if one.person else None
    if at is None or one.person is None:
        return None
    _, end = calendar.working_hours(one.person, at.date())
    return Message(MessageKind.AGREEMENT, campaign.subject, one.pseudonym, at.date(), not_before=at, expires_at=end)


def next_delivery(
    campaign: Campaign, one: Signatory, cards: Sequence[Message], named: date | None, calendar: Calendar, now: datetime
) -> Message | None:
    """The card somebody still needs; None where one is to come, or came and was not put off.

    `cards` are those they had of this text, `named` is the day before which they want none.
    """
    if any(not card.is_over(now) and (named is None or card.on >= named) for card in cards):
        return None
    return delivery(campaign, one, calendar, max(now, begin_of(named)) if named else now)


def named_by(campaign: Campaign, pseudonym: str, register: CampaignProjection, cards: Iterable[Message]) -> date | None:
    """The day somebody named last, by asking for time or by "Not now"; None where they named none."""
    until = register.time_until.get((campaign.id, pseudonym))
    put_off = [date.fromisoformat(card.about[0]) for card in cards if card.about]
    return max([*put_off, *([until] if until else [])], default=None)


def put_off(card: Message, until: date) -> Message:
    """A card that came, as it stands once its person wants it again from a day on."""
    return replace(card, about=(until.isoformat(),))


def begin_of(day: date) -> datetime:
    """The first instant of a day in London."""
    return datetime.combine(day, time(), LONDON)


def deliveries(register: CampaignProjection, school: Staff, slots: Iterable[Message], now: datetime) -> list[Message]:
    """The cards to plan now: for whoever was let go, still has to acknowledge, and needs one."""
    had, found = cards_of(slots), []
    for campaign in register.open_campaigns():
        for one in signatories(campaign, register, school):
            if one.standing in WAITING and not one.is_asking and register.is_released(campaign, one.pseudonym):
                cards = had.get((campaign.subject, one.pseudonym), ())
                named = named_by(campaign, one.pseudonym, register, cards)
                found.append(next_delivery(campaign, one, cards, named, school.calendar, now))
    return [one for one in found if one]


def cards_of(slots: Iterable[Message]) -> Mapping[tuple[str, str], Sequence[Message]]:
    """The agreement cards in an outbox, by text and person, in the order of their days."""
    held: dict[tuple[str, str], list[Message]] = defaultdict(list)
    for one in sorted(slots, key=lambda one: one.on):
        if one.sort is MessageKind.AGREEMENT:
            held[one.subject, one.recipient].append(one)
    return held
