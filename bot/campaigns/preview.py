"""What a campaign will send: to whom, when, in which words, and why not to others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from bot.campaigns import cards, reminders
from bot.campaigns.book import CARDS, CampaignBook, recipients_not_reached
from bot.campaigns.rules.campaign import Campaign
from bot.campaigns.rules.first_cards import card_needed, cards_by_person, day_put_off_to
from bot.campaigns.rules.preview import Line, Preview, seal
from bot.campaigns.rules.projection import CampaignProjection
from bot.campaigns.rules.reminder_dates import HISTORY_KINDS, History, Reminder, reminders_to_come
from bot.campaigns.rules.standing import WAITING, Signatory, Standing, signatories
from bot.outbox.rules.message import DeliveryState, Message, Subject
from bot.school.rules.calendar import LONDON, short, written
from bot.school.rules.documents import listed

ERASED = "Somebody whose details were erased"
ONE_ASKED_AGAIN = "A document has changed since the cards went out: what is new is asked of everybody again."
ASKED_AGAIN = "The policy has changed since the cards went out: version {label} is asked of everybody again."
REASONS = {
    Standing.ACKNOWLEDGED: "has acknowledged already",
    Standing.PAPER: "has acknowledged already",
    Standing.LEFT: "does not work here any more",
    Standing.PAUSED: "is paused",
}


async def preview(book: CampaignBook, campaign: Campaign) -> Preview:
    """Everything a campaign will send: what goes to whom and when, or why nothing does, and its very words."""
    outlook = await _Outlook.of(book, campaign)
    titles, head = await book.titles(campaign.items), book.context.headteacher
    heading, intro = cards.heading_and_intro(listed(titles), campaign, head)
    projection = outlook.projection
    asked_again = ONE_ASKED_AGAIN if campaign.others else ASKED_AGAIN.format(label=campaign.label)
    return Preview(
        campaign=campaign.id if outlook.is_open else "",
        lines=tuple(outlook.line(person) for person in outlook.people),
        words={"The card begins": f"{heading}. {intro}", **reminders.reminder_words(titles, head)},
        seal=seal(campaign, unreleased(projection, campaign)),
        notice=asked_again if projection.is_asked_again(campaign) else "",
        is_under_way=any(projection.is_released(campaign, pseudonym) for pseudonym in campaign.people),
    )


def unreleased(projection: CampaignProjection, campaign: Campaign) -> list[str]:
    """Pseudonyms of the people to whom nothing goes before one press."""
    return sorted(pseudonym for pseudonym in campaign.people if not projection.is_released(campaign, pseudonym))


async def next_messages(book: CampaignBook, campaign: Campaign) -> dict[str, str]:
    """By pseudonym, in words: the last message somebody had and the next they will get, or why none."""
    outlook = await _Outlook.of(book, campaign)
    return {person.pseudonym: outlook.next_message(person) for person in outlook.people}


async def left_to_do(book: CampaignBook, campaign: Campaign) -> dict[str, str]:
    """By pseudonym, titles of what is left for people who have acknowledged some of several documents."""
    people = [p for p in await book.signatories(campaign) if 0 < len(p.left) < len(campaign.items)]
    return {person.pseudonym: listed(await book.titles(person.left)) for person in people}


@dataclass(frozen=True, slots=True)
class _Outlook:
    """What a preview is made from."""

    book: CampaignBook
    campaign: Campaign
    projection: CampaignProjection
    people: tuple[Signatory, ...]
    cards: Mapping[tuple[Subject, str], Sequence[Message]]
    history: History
    not_reached: set[str]

    @classmethod
    async def of(cls, book: CampaignBook, campaign: Campaign) -> "_Outlook":
        projection, staff = await book.projection(), await book.staff()
        messages = await book.context.store.messages(*HISTORY_KINDS)
        not_reached = recipients_not_reached(message for message in messages if message.kind in CARDS)
        people = signatories(campaign, projection, staff)
        return cls(book, campaign, projection, people, cards_by_person(messages), History.of(messages), not_reached)

    @property
    def is_open(self) -> bool:
        """Whether the campaign runs, and is more than a form being filled in."""
        return self.campaign.id in self.projection.campaigns

    def line(self, person: Signatory) -> Line:
        """What will go to somebody and when, or why nothing will."""
        is_released = self.projection.is_released(self.campaign, person.pseudonym)
        waits = self.is_open and person.standing in WAITING and not is_released
        name = person.name or ERASED
        reason = self._why_not(person)
        if reason:
            return Line(name, gets=False, what=reason, waits=waits)
        card, since, ahead = self._ahead(person)
        days = ", ".join(short(reminder.on) for reminder in ahead)
        words = f"{card}; while it is open, reminders on {days}" if days else f"{card}; no more reminders"
        gets = bool(since and (ahead or since >= self.book.context.today))
        return Line(name, gets, words, waits)

    def next_message(self, person: Signatory) -> str:
        """What comes next for somebody, or why nothing will."""
        card, _, ahead = self._ahead(person, is_brief=True)
        return self._why_not(person) or (f"{card}; next reminder on {short(ahead[0].on)}" if ahead else card)

    def _ahead(self, person: Signatory, *, is_brief: bool = False) -> tuple[str, date | None, tuple[Reminder, ...]]:
        """The card in words, its day, and the reminders to come."""
        card, since = self._card(person, is_brief=is_brief)
        history = replace(self.history.of_person(self.campaign, person.pseudonym), card=since)
        context, settings = self.book.context, self.book.settings.reminders
        return card, since, reminders_to_come(person, history, context.calendar, settings, context.today)

    def _why_not(self, person: Signatory) -> str:
        if person.standing is Standing.UNREACHABLE:
            is_blocked = person.pseudonym in self.not_reached
            return "cannot be reached here" if is_blocked else "has no account here, so on paper"
        return REASONS.get(person.standing, "waits for an answer to a question" if person.is_asking else "")

    def _card(self, person: Signatory, *, is_brief: bool) -> tuple[str, date | None]:
        """The card in words, and its day. Briefly is for tables, which have a column for the last day."""
        context, now = self.book.context, self.book.context.now()
        earlier = self.cards.get((self.campaign.subject, person.pseudonym), ())
        until = day_put_off_to(self.campaign, person.pseudonym, self.projection, earlier)
        planned = card_needed(self.campaign, person, earlier, until, context.calendar, now)
        card = planned or next(reversed(earlier), None)
        if card is None or card.has_expired(now):
            return "no day is known on which they may be written to, so on paper", None
        day = short if is_brief else written
        if card.state is not DeliveryState.DUE or card.not_before is None:
            came = min(card.on, card.sent_at.astimezone(LONDON).date()) if card.sent_at else card.on
            return f"has the card since {day(came)}", card.on
        is_first = all(message.state is DeliveryState.DUE for message in earlier)
        by = f", to acknowledge by {written(person.due)}" if is_first and not is_brief else ""
        return f"the card on {day(card.on)} at {card.not_before:%H:%M}{by}", card.on
