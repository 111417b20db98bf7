"""Brings somebody their agreement and records what they do with it."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from bot.ask.answer_card import note, show
from bot.ask.ask import Understanding, ask, worries
from bot.ask.rules.answers import hand_off
from bot.campaigns import cards
from bot.campaigns.rules.campaign import Campaign, Receipt
from bot.campaigns.rules.first_cards import begin_of, cards_of, delivery, named_by, put_off
from bot.campaigns.rules.projection import CampaignProjection
from bot.campaigns.rules.standing import due_for, signatory
from bot.campaigns.rules.versions import differences
from bot.desk.routing import verb_of
from bot.desk.rules.messages import Incoming, Outgoing
from bot.errors import BadInput
from bot.evidence.records import Records, who
from bot.evidence.rules.ledger import Entry, EventKind
from bot.outbox.rules.message import DeliveryState, Message, MessageKind
from bot.people.rules.person import Person
from bot.school.rules.calendar import written

WORDS = dict.fromkeys(
    ("agreement", "my agreement", "the agreement", "policy", "my policy", "acknowledge", "my receipt"), "agreement"
)
TIME_TO_READ = 10  # school days
LONGEST_QUESTION = 500
NOTHING_WAITS = "Nothing is waiting for you: there is no agreement for you to acknowledge just now."
NOT_YOURS = "That card was brought to somebody else, so nothing was recorded. Here is what is yours."
TICK_FIRST = "Please tick the box under the statement first. Nothing was recorded yet."
TEST = "That was a test: nothing was recorded."
ASKED = "Sent to {head}. I keep that you asked, never what, and leave you in peace until there is an answer."


@dataclass(frozen=True, slots=True)
class Acknowledge:
    """The part of the desk where staff read, ask about and acknowledge their agreement."""

    records: Records
    mind: Understanding

    async def __call__(self, incoming: Incoming, person: Person) -> Outgoing | None:
        """The reply to a button or word of ours; None for those of others."""
        does = _VERBS.get(verb_of(incoming, WORDS))
        return await does(self, incoming, person) if does else None

    async def waiting(self, person: Person) -> list[Outgoing]:
        """The cards somebody has still to act on, and may have."""
        pseudonym = await self.records.pseudonym(person)
        register = await self.records.register()
        mine = [one for one in register.open_campaigns() if register.is_released(one, pseudonym)]
        return [await self.card(one, pseudonym) for one in mine if not register.receipt(one, pseudonym)]

    async def card(self, campaign: Campaign, pseudonym: str, notice: str = "", *, is_test: bool = False) -> Outgoing:
        """Somebody's agreement card, or their receipt where they have acknowledged."""
        register = await self.records.register()
        receipt = None if is_test else register.receipt(campaign, pseudonym)
        if receipt:
            return await self._receipt(receipt)
        version = await self.records.text(campaign.version)
        person = await self.records.person(pseudonym)
        before = register.last_receipt(campaign.document, pseudonym)
        held = await self.records.store.version(before.version) if before else None
        one = cards.Addressed(
            to=pseudonym,
            due=due_for(pseudonym, person, campaign, register, self.records.calendar),
            changed=differences(held, version) if held else (),
            notice=notice,
            is_test=is_test,
        )
        about = await self.records.asked(campaign)
        made = cards.agreement(version, campaign, about, self.records.headteacher, one)
        if one.changed and not self.records.fits(made):  # the new words stand in the text itself
            one = replace(one, changed=tuple(replace(each, before="", now="") for each in one.changed))
            made = cards.agreement(version, campaign, about, self.records.headteacher, one)
        return made

    async def _receipt(self, receipt: Receipt, person: Person | None = None) -> Outgoing:
        known = person or (await self.records.store.known()).get(receipt.subject)
        version = await self.records.text(receipt.version)
        return cards.receipt(receipt, known.name if known else "", version.title)

    async def _show(self, incoming: Incoming, person: Person) -> Outgoing:
        register = await self.records.register()
        pseudonym = await self.records.pseudonym(person)
        wanted = incoming.inputs.get("campaign", "")
        mine = [one for one in register.campaigns.values() if pseudonym in one.people and wanted in {"", one.id}]
        running = [one for one in mine if one.closed is None]
        open = [one for one in running if not register.receipt(one, pseudonym)]
        done = [one for one in mine if register.receipt(one, pseudonym)]
        if not open and not done:
            return note(NOTHING_WAITS)
        return await self.card((open or done)[-1], pseudonym)

    async def _acknowledge(self, incoming: Incoming, person: Person) -> Outgoing:
        if incoming.inputs.get("test"):
            return note(TEST)
        campaign = await self.records.campaign(incoming.inputs.get("campaign", "?"))
        pseudonym = await self.records.pseudonym(person)
        register = await self.records.register()
        if incoming.inputs.get("to") != pseudonym or pseudonym not in campaign.people:
            return await self._not_yours(campaign, pseudonym)
        receipt = register.receipt(campaign, pseudonym)
        if receipt:
            return await self._receipt(receipt, person)
        if campaign.closed:
            return note(f"This closed on {written(campaign.closed)}, so nothing was recorded. Please ask the office.")
        if incoming.inputs.get("version") != campaign.version:
            return await self.card(campaign, pseudonym, await self._replaced(incoming, campaign, register))
        if incoming.inputs.get("agree") != "true":
            return note(TICK_FIRST)
        return await self._receipt(await self._recorded(incoming, person, pseudonym, campaign), person)

    async def _not_yours(self, campaign: Campaign, pseudonym: str) -> Outgoing:
        if pseudonym in campaign.people:
            return await self.card(campaign, pseudonym, NOT_YOURS)
        return note("That card was brought to somebody else, so nothing was recorded.")

    async def _replaced(self, incoming: Incoming, campaign: Campaign, register: CampaignProjection) -> str:
        old = incoming.inputs.get("version", "")
        label = next((one.label for one in register.publications if one.digest == old), "that one")
        return (
            f"Version {label} was replaced by version {campaign.label} while your card was open, so nothing was "
            "recorded yet. This is the text as it is now."
        )

    async def _recorded(self, incoming: Incoming, person: Person, pseudonym: str, campaign: Campaign) -> Receipt:
        register = await self.records.register()
        version = await self.records.text(campaign.version)
        about = await self.records.asked(campaign)
        for_nobody = cards.Addressed("", campaign.due)
        shared = cards.agreement(version, campaign, about, self.records.headteacher, for_nobody)
        typed = incoming.inputs.get("typed", "").strip()[:100] if about.typed_name else ""
        entry = await self.records.write(
            EventKind.ACKNOWLEDGE,
            subject=pseudonym,
            actor=pseudonym,
            campaign=campaign.id,
            facts={
                "document": campaign.document,
                "version": campaign.version,
                "label": campaign.label,
                "asked": campaign.asked,
                "statement": about.statement,
                "card": self.records.fingerprint(shared),
                "channel": incoming.caller.channel,
            },
            who=who(person, incoming.caller, incoming.conversation, typed=typed),
            key=register.acknowledgement_key(campaign, pseudonym),
        )
        return await self._of(entry, campaign, pseudonym)

    async def _of(self, entry: Entry, campaign: Campaign, pseudonym: str) -> Receipt:
        register = await self.records.register()
        held = register.receipts[campaign.id, pseudonym]
        return next(one for one in held if one.number == entry.number)

    async def _question(self, incoming: Incoming, person: Person) -> Outgoing:
        campaign = await self.records.campaign(incoming.inputs.get("campaign", ""))
        return cards.question(campaign.id, self.records.headteacher)

    async def _ask_first(self, incoming: Incoming, person: Person) -> Outgoing:
        campaign = await self.records.campaign(incoming.inputs.get("campaign", ""))
        words = _question_in(incoming)
        reply = await asyncio.to_thread(ask, words, self.mind, self.records.today)
        said = show(reply, self.mind.policy, is_private=incoming.is_private).text
        if reply.hand_off:
            return note(said)
        return cards.question(campaign.id, self.records.headteacher, text=words, answer=said)

    async def _ask_head(self, incoming: Incoming, person: Person) -> Outgoing:
        campaign = await self.records.campaign(incoming.inputs.get("campaign", ""))
        words = _question_in(incoming)
        if await asyncio.to_thread(worries, words, self.mind):
            return note(hand_off(self.mind.policy, is_private=incoming.is_private))
        heads = [one for one in await self.records.heads() if one.id != person.id]
        if not heads:
            raise BadInput(f"There is nobody I could send this to. Please ask {self.records.headteacher} in person.")
        pseudonym = await self.records.pseudonym(person)
        subject = f"{campaign.id}.{pseudonym}.{self.records.now():%H%M%S%f}"
        to = await self.records.store.enrol(heads)
        await self.records.write(
            EventKind.QUESTION,
            subject=pseudonym,
            actor=pseudonym,
            campaign=campaign.id,
            who=who(person, incoming.caller, incoming.conversation),
            slots=tuple(Message(MessageKind.QUESTION, subject, to[one.id], self.records.today, words) for one in heads),
        )
        return note(ASKED.format(head=" and ".join(one.name for one in heads)))

    async def _time(self, incoming: Incoming, person: Person) -> Outgoing:
        campaign, pseudonym = await self._still_open(incoming, person)
        until = self.records.calendar.school_days_after(self.records.today, TIME_TO_READ)
        again = await self._again(campaign, pseudonym, until)
        until = again.on if again else until
        await self.records.write(
            EventKind.TIME,
            subject=pseudonym,
            actor=pseudonym,
            campaign=campaign.id,
            facts={"until": until.isoformat()},
            who=who(person, incoming.caller, incoming.conversation),
            key=f"time/{campaign.subject}/{pseudonym}",
            slots=(again,) if again else (),
        )
        given = (await self.records.register()).time_until[campaign.id, pseudonym]
        if given <= self.records.today:
            return note(
                f"You had time until {written(given)}. If you need more, please ask {self.records.headteacher}."
            )
        once = "" if given == until else " You had asked for time already."
        said = await self._put_off(campaign, pseudonym, given)
        return note(f"Of course, no reason needed. {said}{once}")

    async def _not_now(self, incoming: Incoming, person: Person) -> Outgoing:
        campaign, pseudonym = await self._still_open(incoming, person)
        tomorrow = self.records.today + timedelta(days=1)
        return note(f"Of course. {await self._put_off(campaign, pseudonym, tomorrow)}")

    async def _put_off(self, campaign: Campaign, pseudonym: str, until: date) -> str:
        """Leaves somebody in peace until a day, or a later one they had named before; when the card comes, in words.

        The card that came last keeps the day, so that it counts whatever becomes of the row of the next one.
        """
        store, register = self.records.store, await self.records.register()
        cards = cards_of(await store.slots(MessageKind.AGREEMENT)).get((campaign.subject, pseudonym), ())
        named = named_by(campaign, pseudonym, register, cards)
        until = max(until, named or until)
        came = [one for one in cards if one.state in {DeliveryState.SENT, DeliveryState.DOUBT}]
        if came:
            await store.move(came[-1], put_off(came[-1], until))
        again = await self._again(campaign, pseudonym, until)
        if again is None:
            return "I know of no working day of yours then, so I will not bring it again by myself."
        await store.drop_slots(*[one for one in cards if one.state is DeliveryState.DUE and one.on < again.on])
        await store.keep_slots(again)
        return f"I will bring it again on {written(again.on)}."

    async def _again(self, campaign: Campaign, pseudonym: str, day: date) -> Message | None:
        """Somebody's card, to be brought again from a day on."""
        one = signatory(pseudonym, campaign, await self.records.register(), await self.records.school())
        return delivery(campaign, one, self.records.calendar, begin_of(day))

    async def _still_open(self, incoming: Incoming, person: Person) -> tuple[Campaign, str]:
        campaign = await self.records.campaign(incoming.inputs.get("campaign", ""))
        pseudonym = await self.records.pseudonym(person)
        register = await self.records.register()
        if pseudonym not in campaign.people or campaign.closed:
            raise BadInput(NOTHING_WAITS)
        if register.receipt(campaign, pseudonym):
            raise BadInput("You have acknowledged it already; nothing more is needed.")
        return campaign, pseudonym


_Does = Callable[[Acknowledge, Incoming, Person], Awaitable[Outgoing]]
_VERBS: dict[str, _Does] = {
    "agreement": Acknowledge._show,
    "acknowledge": Acknowledge._acknowledge,
    "question": Acknowledge._question,
    "ask_first": Acknowledge._ask_first,
    "ask_head": Acknowledge._ask_head,
    "time": Acknowledge._time,
    "not_now": Acknowledge._not_now,
}


def _question_in(incoming: Incoming) -> str:
    words = incoming.inputs.get("question", "").strip()
    if not words:
        raise BadInput("Please write your question first.")
    if len(words) > LONGEST_QUESTION:
        raise BadInput(f"That is longer than I can send ({LONGEST_QUESTION} characters). Could you shorten it?")
    return words
