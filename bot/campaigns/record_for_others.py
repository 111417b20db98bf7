"""Enters what the office and the headteacher record for others: signed sheets, pauses, corrections, answers."""

from dataclasses import dataclass

from bot.ask.answer_card import note
from bot.campaigns import forms
from bot.campaigns.manage import day_in
from bot.campaigns.rules.standing import Signatory
from bot.desk.routing import Verbs, act_on, verb_of
from bot.desk.rules.messages import Incoming, Outgoing
from bot.errors import BadInput
from bot.evidence.records import Records, who
from bot.evidence.rules.ledger import EventKind
from bot.outbox.rules.message import DeliveryState, Message, MessageKind
from bot.people.rules.permissions import Permission
from bot.people.rules.person import Person
from bot.school.rules.calendar import written

NO_ACCOUNT = "no account"
LONGEST_REASON = 100
WORDS = {
    "record paper": "paper",
    "paper": "paper",
    "record a sheet": "paper",
    "pause": "pause",
    "pause somebody": "pause",
    "correct": "correcting",
    "correction": "correcting",
}


@dataclass(frozen=True, slots=True)
class RecordForOthers:
    """The part of the desk where things are recorded on behalf of somebody else."""

    records: Records

    async def __call__(self, incoming: Incoming, person: Person) -> Outgoing | None:
        """The reply to a button or word of ours; None for those of others."""
        return await act_on(self, verb_of(incoming, WORDS), _VERBS, self.records, incoming, person)

    async def _paper(self, incoming: Incoming, person: Person) -> Outgoing:
        campaign = await self.records.campaign(incoming.inputs.get("campaign", ""))
        people = [one for one in await self.records.signatories(campaign) if not one.receipt and one.name]
        known = await self.records.store.enrol(self.records.roster.people())
        staff = [(known[one.id], one.name) for one in self.records.roster.people()]
        choices = [(one.pseudonym, one.name) for one in people]
        return forms.paper_form(campaign.id, choices, staff, self.records.today, known[person.id])

    async def _record_paper(self, incoming: Incoming, person: Person) -> Outgoing:
        campaign = await self.records.campaign(incoming.inputs.get("campaign", ""))
        signatory = await self._signatory(incoming)
        register = await self.records.register()
        if campaign.closed:
            raise BadInput(f"That campaign closed on {written(campaign.closed)}; nothing was recorded.")
        signed = day_in(incoming.inputs.get("signed", ""))
        if not campaign.opened <= signed <= self.records.today:
            raise BadInput(
                f"The day on the sheet must lie between {written(campaign.opened)} and today; nothing was recorded."
            )
        witness = incoming.inputs.get("witness", "")
        if witness not in await self.records.store.known() or witness == signatory.pseudonym:
            raise BadInput("Please choose a witness other than the person who signed; nothing was recorded.")
        if signatory.receipt:
            raise BadInput(f"{signatory.name} has acknowledged already; nothing was changed.")
        subject = signatory.pseudonym
        details = who(signatory.person) if signatory.person else {"name": signatory.name}
        reason = incoming.inputs.get("reason", "").strip()[:LONGEST_REASON] or NO_ACCOUNT
        entry = await self.records.write(
            EventKind.PAPER,
            subject=subject,
            actor=await self.records.pseudonym(person),
            campaign=campaign.id,
            facts={
                "document": campaign.document,
                "version": campaign.version,
                "label": campaign.label,
                "asked": campaign.asked,
                "statement": (await self.records.asked(campaign)).statement,
                "channel": incoming.caller.channel,
                "signed": signed.isoformat(),
                "witness": witness,
            },
            who={**details, "reason": reason},
            key=register.acknowledgement_key(campaign, subject),
            slots=(Message(MessageKind.PAPER, campaign.subject, subject, self.records.today),),
        )
        return note(f"Recorded: the sheet {signatory.name} signed on {written(signed)}. Receipt {entry.number}.")

    async def _pause(self, incoming: Incoming, person: Person) -> Outgoing:
        known = await self.records.store.enrol(self.records.roster.people())
        people = [(known[one.id], one.name) for one in self.records.roster.people()]
        return forms.pause_form(people, self.records.today)

    async def _record_pause(self, incoming: Incoming, person: Person) -> Outgoing:
        subject = incoming.inputs.get("person", "")
        known = (await self.records.store.known()).get(subject)
        if known is None:
            raise BadInput("Please choose a person; nothing was changed.")
        until = day_in(incoming.inputs.get("until", ""))
        if until < self.records.today:
            raise BadInput("The pause must end today or later; nothing was changed.")
        await self.records.write(
            EventKind.PAUSE,
            subject=subject,
            actor=await self.records.pseudonym(person),
            facts={"until": until.isoformat()},
        )
        unsent = [
            one
            for one in await self.records.store.slots(MessageKind.AGREEMENT)
            if one.recipient == subject and one.state is DeliveryState.DUE
        ]
        await self.records.store.drop_slots(*unsent)
        return note(
            f"{known.name} is left in peace until {written(until)}; nobody else is told, and no reason is kept. "
            "Afterwards there are ten working days to acknowledge."
        )

    async def _correcting(self, incoming: Incoming, person: Person) -> Outgoing:
        return forms.correction_form()

    async def _correct(self, incoming: Incoming, person: Person) -> Outgoing:
        number = incoming.inputs.get("receipt", "").strip()
        reason = incoming.inputs.get("reason", "").strip()[:LONGEST_REASON]
        register = await self.records.register()
        held = [one for receipts in register.receipts.values() for one in receipts if str(one.number) == number]
        if not held:
            raise BadInput("There is no receipt with that number; nothing was changed.")
        if not reason:
            raise BadInput("Please say in a few words what was wrong; nothing was changed.")
        wrong = held[0]
        await self.records.write(
            EventKind.CORRECT,
            subject=wrong.subject,
            actor=await self.records.pseudonym(person),
            campaign=wrong.campaign,
            facts={"entry": wrong.number},
            who={"reason": reason},
            key=f"correct/{wrong.number}",
        )
        return note(f"Receipt {number} no longer counts. It stays in the evidence, with the correction beside it.")

    async def _answered(self, incoming: Incoming, person: Person) -> Outgoing:
        subject = incoming.inputs.get("subject", "")
        register = await self.records.register()
        if subject not in register.questions:
            return note("That question is marked as answered already.")
        number = register.questions[subject].number
        await self.records.write(
            EventKind.ANSWER,
            subject=subject,
            actor=await self.records.pseudonym(person),
            campaign=incoming.inputs.get("campaign", ""),
            key=f"answer/{number}",
            slots=(Message(MessageKind.REPLY, str(number), subject, self.records.today),),
        )
        return note("Marked as answered. Whoever asked is told that you did.")

    async def _signatory(self, incoming: Incoming) -> Signatory:
        campaign = await self.records.campaign(incoming.inputs.get("campaign", ""))
        wanted = incoming.inputs.get("person", "")
        found = [one for one in await self.records.signatories(campaign) if one.pseudonym == wanted]
        if not found or not found[0].name:
            raise BadInput("Please choose somebody who is asked in this campaign; nothing was recorded.")
        return found[0]


_VERBS: Verbs[RecordForOthers] = {
    "paper": (Permission.PAPER, RecordForOthers._paper),
    "record_paper": (Permission.PAPER, RecordForOthers._record_paper),
    "pause": (Permission.PAUSE, RecordForOthers._pause),
    "record_pause": (Permission.PAUSE, RecordForOthers._record_pause),
    "correcting": (Permission.CORRECT, RecordForOthers._correcting),
    "correct": (Permission.CORRECT, RecordForOthers._correct),
    "answered": (Permission.ANSWER, RecordForOthers._answered),
}
