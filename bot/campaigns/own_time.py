"""Somebody takes their time: asks for ten school days, or says "Not now"."""

from dataclasses import dataclass
from datetime import date, timedelta

from bot.campaigns.acknowledge import NOTHING_WAITS
from bot.campaigns.book import CampaignBook
from bot.campaigns.rules.campaign import Campaign
from bot.campaigns.rules.first_cards import card_from, cards_by_person, day_put_off_to, put_off, start_of
from bot.campaigns.rules.standing import signatory
from bot.desk.routing import Command
from bot.desk.rules.messages import Incoming, Outgoing, note
from bot.errors import BadInput
from bot.evidence.context import details
from bot.evidence.rules.ledger import EventKind
from bot.outbox.rules.message import DeliveryState, Message, MessageKind
from bot.people.rules.person import Person
from bot.school.rules.calendar import written

TIME_TO_READ = 10  # school days
ACKNOWLEDGED = "You have acknowledged it already; nothing more is needed."
NO_DAY = "I know of no working day of yours then, so I will not bring it again by myself."


@dataclass(frozen=True, slots=True)
class OwnTime:
    """The part of the desk where staff put their agreement off."""

    book: CampaignBook

    def commands(self) -> tuple[Command, ...]:
        """What people can ask of it."""
        return (Command("time", self._time), Command("not_now", self._not_now))

    async def _time(self, incoming: Incoming, person: Person) -> Outgoing:
        campaign, pseudonym = await self._still_open(incoming, person)
        context = self.book.context
        until = context.calendar.school_days_after(context.today, TIME_TO_READ)
        card = await self._card_from(campaign, pseudonym, until)
        until = card.on if card else until
        await context.write(
            EventKind.TIME,
            f"time/{campaign.key}/{pseudonym}",
            subject=pseudonym,
            actor=pseudonym,
            campaign=campaign.id,
            facts={"until": until.isoformat()},
            who=details(person, incoming.caller, incoming.conversation),
            messages=(card,) if card else (),
        )
        granted = (await self.book.projection()).time_until[campaign.id, pseudonym]
        if granted <= context.today:
            return note(f"You had time until {written(granted)}. If you need more, please ask {context.headteacher}.")
        earlier = "" if granted == until else " You had asked for time already."
        return note(f"Of course, no reason needed. {await self._put_off(campaign, pseudonym, granted)}{earlier}")

    async def _not_now(self, incoming: Incoming, person: Person) -> Outgoing:
        campaign, pseudonym = await self._still_open(incoming, person)
        tomorrow = self.book.context.today + timedelta(days=1)
        return note(f"Of course. {await self._put_off(campaign, pseudonym, tomorrow)}")

    async def _put_off(self, campaign: Campaign, pseudonym: str, until: date) -> str:
        """Brings no card before a day, or a later one they had named before; says when the card comes.

        The card that came last keeps the day, so that it counts whatever becomes of the next one's row.
        """
        store, projection = self.book.context.store, await self.book.projection()
        messages = await store.messages(MessageKind.AGREEMENT, campaign=campaign.id, recipient=pseudonym)
        cards = cards_by_person(messages).get((campaign.subject, pseudonym), ())
        until = max(until, day_put_off_to(campaign, pseudonym, projection, cards) or until)
        came = [card for card in cards if card.state in {DeliveryState.SENT, DeliveryState.DOUBT}]
        if came:
            await store.move(came[-1], put_off(came[-1], until))
        again = await self._card_from(campaign, pseudonym, until)
        if again is None:
            return NO_DAY
        await store.drop_messages(*[card for card in cards if card.state is DeliveryState.DUE and card.on < again.on])
        await store.keep_messages(again)
        return f"I will bring it again on {written(again.on)}."

    async def _card_from(self, campaign: Campaign, pseudonym: str, day: date) -> Message | None:
        """Somebody's card, to be brought again from a day on."""
        person = signatory(pseudonym, campaign, await self.book.projection(), await self.book.staff())
        return card_from(campaign, person, self.book.context.calendar, start_of(day))

    async def _still_open(self, incoming: Incoming, person: Person) -> tuple[Campaign, str]:
        """The campaign and the person's pseudonym; raises BadInput if there is nothing to put off."""
        campaign = await self.book.campaign(incoming.inputs.get("campaign", ""))
        pseudonym = await self.book.context.pseudonym(person)
        if pseudonym not in campaign.people or campaign.closed:
            raise BadInput(NOTHING_WAITS)
        if (await self.book.projection()).receipt(campaign, pseudonym):
            raise BadInput(ACKNOWLEDGED)
        return campaign, pseudonym
