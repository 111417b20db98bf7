"""What the office and the headteacher record for others: signed sheets, pauses, corrections."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date

from bot.campaigns import forms
from bot.campaigns.book import CampaignBook
from bot.campaigns.forms import NOTHING_SAID, Prefill, chosen_day
from bot.campaigns.rules.campaign import Campaign
from bot.campaigns.rules.standing import Signatory
from bot.desk.routing import Command
from bot.desk.rules.messages import Incoming, Outgoing, note
from bot.errors import BadInput
from bot.evidence.context import Context, details
from bot.evidence.rules.ledger import EventKind
from bot.outbox.rules.message import DeliveryState, Message, MessageKind
from bot.outside import written_text
from bot.people.rules.permissions import Permission
from bot.people.rules.person import Person
from bot.school.rules.calendar import written
from bot.school.rules.documents import listed

NO_ACCOUNT = "no account"
MAX_REASON_CHARS = 100


@dataclass(frozen=True, slots=True)
class RecordForOthers:
    """The part of the desk where things are recorded on behalf of somebody else."""

    book: CampaignBook

    def commands(self) -> tuple[Command, ...]:
        """What people can ask of it."""
        return (
            Command("paper", self._paper_form, Permission.PAPER, ("record paper", "paper", "record a sheet")),
            Command("record_paper", self._record_paper, Permission.PAPER),
            Command("pause", self._pause_form, Permission.PAUSE, ("pause", "pause somebody")),
            Command("record_pause", self._record_pause, Permission.PAUSE),
            Command("correcting", self._correction_form, Permission.CORRECT, ("correct", "correction")),
            Command("correct", self._correct, Permission.CORRECT),
        )

    @property
    def _context(self) -> Context:
        return self.book.context

    async def _paper_form(self, incoming: Incoming, person: Person) -> Outgoing:
        campaign = await self.book.campaign(incoming.inputs.get("campaign", ""))
        return await self.filled_paper_form(campaign, person)

    async def filled_paper_form(self, campaign: Campaign, person: Person, prefill: Prefill = NOTHING_SAID) -> Outgoing:
        """The form for a signed sheet, with what is known of it already; `person` is the witness to begin with."""
        people = self._context.roster.people()
        pseudonyms = await self._context.store.enrol(people)
        missing = [(p.pseudonym, p.name) for p in await self.book.signatories(campaign) if not p.receipt and p.name]
        staff = [(pseudonyms[member.id], member.name) for member in people]
        return forms.paper_form(campaign.id, missing, staff, self._context.today, pseudonyms[person.id], prefill)

    async def _record_paper(self, incoming: Incoming, person: Person) -> Outgoing:
        campaign = await self.book.campaign(incoming.inputs.get("campaign", ""))
        signatory = await self._signatory(incoming)
        today = self._context.today
        if campaign.closed:
            raise BadInput(f"That campaign closed on {written(campaign.closed)}; nothing was recorded.")
        signed = chosen_day(incoming.inputs.get("signed", ""))
        if not campaign.opened <= signed <= today:
            first = written(campaign.opened)
            raise BadInput(f"The day on the sheet must be between {first} and today; nothing was recorded.")
        witness = incoming.inputs.get("witness", "")
        if witness == signatory.pseudonym or not await self._context.store.known([witness]):
            raise BadInput("Please choose a witness other than the person who signed; nothing was recorded.")
        if signatory.receipt:
            raise BadInput(f"{signatory.name} has acknowledged already; nothing was changed.")
        facts = {"channel": incoming.caller.channel, "signed": signed.isoformat(), "witness": witness}
        reason = written_text(incoming.inputs.get("reason", ""), MAX_REASON_CHARS) or NO_ACCOUNT
        numbers = await self._record_sheet(campaign, signatory, person, facts, reason)
        receipts = f"Receipt {numbers[0]}" if len(numbers) == 1 else f"Receipts {listed(numbers)}"
        return note(f"Recorded: the sheet {signatory.name} signed on {written(signed)}. {receipts}.")

    async def _record_sheet(
        self, campaign: Campaign, signatory: Signatory, person: Person, facts: Mapping[str, str], reason: str
    ) -> list[str]:
        """One entry for each document that was left; returns the numbers. Repeating it adds what was left out.

        The receipt goes out with the last entry, so that it lists all of them.
        """
        who = details(signatory.person) if signatory.person else {"name": signatory.name}
        receipt = Message(MessageKind.PAPER, campaign.subject, signatory.pseudonym, self._context.today)
        actor = await self._context.pseudonym(person)
        numbers = []
        for item in signatory.left:
            statement = (await self.book.agreement_to(item)).statement
            entry = await self._context.write(
                EventKind.PAPER,
                (await self.book.projection()).acknowledgement_key(campaign, signatory.pseudonym, item),
                subject=signatory.pseudonym,
                actor=actor,
                campaign=campaign.id,
                facts={**asdict(item), "statement": statement, **facts},
                who={**who, "reason": reason},
                messages=(receipt,) if item == signatory.left[-1] else (),
            )
            numbers.append(str(entry.number))
        return numbers

    async def _pause_form(self, incoming: Incoming, person: Person) -> Outgoing:
        return await self.filled_pause_form()

    async def filled_pause_form(self, prefill: Prefill = NOTHING_SAID) -> Outgoing:
        """The form for a pause, with what is known of it already."""
        people = self._context.roster.people()
        pseudonyms = await self._context.store.enrol(people)
        choices = [(pseudonyms[member.id], member.name) for member in people]
        return forms.pause_form(choices, self._context.today, prefill)

    async def _record_pause(self, incoming: Incoming, person: Person) -> Outgoing:
        subject = incoming.inputs.get("person", "")
        known = (await self._context.store.known([subject])).get(subject)
        if known is None:
            raise BadInput("Please choose a person; nothing was changed.")
        until = chosen_day(incoming.inputs.get("until", ""))
        if until < self._context.today:
            raise BadInput("The pause must end today or later; nothing was changed.")
        await self._write_pause(subject, until, person)
        cards = await self._context.store.messages(MessageKind.AGREEMENT, recipient=subject)
        await self._context.store.drop_messages(*[card for card in cards if card.state is DeliveryState.DUE])
        return note(
            f"{known.name} is sent nothing until {written(until)}; nobody else is told, and no reason is kept. "
            "Afterwards there are ten working days to acknowledge."
        )

    async def _write_pause(self, subject: str, until: date, person: Person) -> None:
        """Records a pause; pressing again records nothing more."""
        projection = await self.book.projection()
        pause = projection.pauses.get(subject)
        if pause and pause.until == until:
            return
        await self._context.write(
            EventKind.PAUSE,
            projection.head,
            subject=subject,
            actor=await self._context.pseudonym(person),
            facts={"until": until.isoformat()},
        )

    async def _correction_form(self, incoming: Incoming, person: Person) -> Outgoing:
        return forms.correction_form()

    async def _correct(self, incoming: Incoming, person: Person) -> Outgoing:
        number = incoming.inputs.get("receipt", "").strip()
        reason = written_text(incoming.inputs.get("reason", ""), MAX_REASON_CHARS)
        receipts = (await self.book.projection()).receipts.values()
        wrong = next((r for person_receipts in receipts for r in person_receipts if str(r.number) == number), None)
        if wrong is None:
            raise BadInput("There is no receipt with that number; nothing was changed.")
        if not reason:
            raise BadInput("Please say in a few words what was wrong; nothing was changed.")
        await self._context.write(
            EventKind.CORRECT,
            f"correct/{wrong.number}",
            subject=wrong.subject,
            actor=await self._context.pseudonym(person),
            campaign=wrong.campaign,
            facts={"entry": wrong.number},
            who={"reason": reason},
        )
        return note(f"Receipt {number} no longer counts. It stays in the evidence, with the correction beside it.")

    async def _signatory(self, incoming: Incoming) -> Signatory:
        campaign = await self.book.campaign(incoming.inputs.get("campaign", ""))
        pseudonym = incoming.inputs.get("person", "")
        for person in await self.book.signatories(campaign):
            if person.pseudonym == pseudonym and person.name:
                return person
        raise BadInput("Please choose somebody who is asked in this campaign; nothing was recorded.")
