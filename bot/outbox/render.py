"""Says what a slot says, at the moment it goes out: acknowledgements and pauses of the last minute count."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from bot.ask.answer_card import note
from bot.campaigns import cards as bring
from bot.campaigns import reminders as remind
from bot.campaigns.acknowledge import Acknowledge
from bot.campaigns.rules.campaign import Campaign
from bot.campaigns.rules.reminder_dates import PAST, WAITING, History
from bot.campaigns.rules.standing import Staff, Standing, signatory
from bot.campaigns.summary_card import SummaryCards
from bot.desk.rules.messages import Outgoing
from bot.evidence.records import Records, account
from bot.outbox.rules.message import Message, MessageKind
from bot.people.roster_sync import RosterSync
from bot.recordings.discovery import Discovery
from bot.recordings.render import ABOUT_LESSONS, render_lesson_message
from bot.recordings.rules.projection import RecordingProjection

ANSWERED = "{head} has marked your question as answered. If it is still open for you, please ask again."


@dataclass(frozen=True, slots=True)
class SendingRound:
    """One round of sending: who is who at its beginning, and what was sent before."""

    records: Records
    agree: Acknowledge
    report: SummaryCards
    school: Staff
    history: History
    accounts: Mapping[str, str]
    sync: RosterSync | None
    find: Discovery | None
    shelf: RecordingProjection

    @classmethod
    async def begin(
        cls,
        records: Records,
        agree: Acknowledge,
        report: SummaryCards,
        sync: RosterSync | None,
        find: Discovery | None,
    ) -> "SendingRound":
        """A round that begins now."""
        pins = await records.store.pins()
        school = await records.school()
        here = {one: school.person(one) for one in school.known}
        accounts = {one: account(person, pins) for one, person in here.items() if person}
        history, shelf = History.of(await records.store.slots(*PAST)), await records.shelf()
        return cls(records, agree, report, school, history, accounts, sync, find, shelf)

    def address(self, slot: Message) -> str:
        """The account it goes to, empty where there is none; or the lesson's chat."""
        return slot.recipient if slot.sort.is_public else self.accounts.get(slot.recipient, "")

    def is_welcome(self, slot: Message) -> bool:
        """Whether whoever it is for works at this hour: nobody is written to at night or on a day off.

        A lesson's notice goes up when it is time, whoever works.
        """
        if slot.sort.is_public:
            return True
        person = self.school.person(slot.recipient)
        return person is None or self.records.calendar.is_at_work(person, self.records.now())

    async def replaces(self, slot: Message) -> str:
        """The message in whose place it goes: a notice that says something else by now."""
        one = self.shelf.get(slot.subject.partition(".")[0]) if slot.sort is MessageKind.EDIT else None
        return one.message if one else ""

    async def card(self, slot: Message) -> Outgoing | None:
        """What a slot says as things stand now; None where nobody needs it any more."""
        if slot.sort is MessageKind.NUDGE:
            return await remind.nudge(slot, self.records, self.school, self.history)
        if slot.sort is MessageKind.REPLY:
            return note(ANSWERED.format(head=self.records.headteacher))
        if slot.sort is MessageKind.SYNC:
            return self.sync.card(slot) if self.sync else None
        if slot.sort is MessageKind.FAULT:
            return note(slot.words)
        if slot.sort in ABOUT_LESSONS:
            return await render_lesson_message(slot, self.records)
        if slot.sort is MessageKind.FOUND_LESSON:
            return await self.find.card(slot) if self.find else None
        register = await self.records.register()
        campaign = register.campaigns.get(slot.subject.split(".", 1)[0])
        return await _SAYS[slot.sort](self, slot, campaign) if campaign else None

    async def _agreement(self, slot: Message, campaign: Campaign) -> Outgoing | None:
        register = await self.records.register()
        one = signatory(slot.recipient, campaign, register, self.school)
        is_asked = one.standing in {*WAITING, Standing.UNREACHABLE}
        is_now = campaign.closed is None and campaign.subject == slot.subject
        is_wanted = is_asked and is_now and register.is_released(campaign, slot.recipient)
        return await self.agree.card(campaign, slot.recipient) if is_wanted else None

    async def _paper(self, slot: Message, campaign: Campaign) -> Outgoing | None:
        return await self.agree.card(campaign, slot.recipient)

    async def _summary(self, slot: Message, campaign: Campaign) -> Outgoing | None:
        return await self.report.summary(campaign)

    async def _question(self, slot: Message, campaign: Campaign) -> Outgoing | None:
        asker = slot.subject.split(".")[1]
        known = self.school.known.get(asker)
        return bring.asked(known.name, slot.words, campaign.id, asker) if known else None

    async def _still_open(self, slot: Message, campaign: Campaign) -> Outgoing | None:
        return await remind.still_open(slot, campaign, self.records, self.school)

    async def _joined(self, slot: Message, campaign: Campaign) -> Outgoing | None:
        return await remind.joined(slot, campaign, self.records, self.school)


_SAYS: Mapping[MessageKind, Callable[[SendingRound, Message, Campaign], Awaitable[Outgoing | None]]] = {
    MessageKind.AGREEMENT: SendingRound._agreement,
    MessageKind.PAPER: SendingRound._paper,
    MessageKind.SUMMARY: SendingRound._summary,
    MessageKind.QUESTION: SendingRound._question,
    MessageKind.STILL_OPEN: SendingRound._still_open,
    MessageKind.JOINED: SendingRound._joined,
}
