"""Campaigns as the rest of Staffroom uses them: commands for the desk, renderers for the outbox, duties."""

from collections.abc import Mapping
from typing import Any

from bot.campaigns import reminders, schedule
from bot.campaigns.acknowledge import Acknowledge
from bot.campaigns.ask_headteacher import AskHeadteacher
from bot.campaigns.book import CampaignBook
from bot.campaigns.manage import ManageCampaign
from bot.campaigns.open_questions import OpenQuestions
from bot.campaigns.own_time import OwnTime
from bot.campaigns.ports import Adviser, BuildPack, DrawProgress, Remarks
from bot.campaigns.publish import Publish
from bot.campaigns.question_cards import question_card, reply_card
from bot.campaigns.record_for_others import RecordForOthers
from bot.campaigns.reports import Reports
from bot.campaigns.requests import CampaignRequests
from bot.campaigns.roster_changes import follow_roster
from bot.campaigns.rules.campaign import Campaign, Ending
from bot.campaigns.rules.questions import question_of
from bot.campaigns.rules.reminder_dates import HISTORY_KINDS, History
from bot.campaigns.rules.standing import WAITING, Standing, signatory
from bot.campaigns.summary_card import SummaryCards
from bot.desk.routing import Command
from bot.desk.rules.messages import Outgoing, note
from bot.desk.tick import Duty
from bot.outbox.render import Renderer
from bot.outbox.rules.message import Message, MessageKind
from bot.people.rules.permissions import Permission, refuse_unless
from bot.people.rules.person import Person, Role
from bot.people.rules.staff import Staff


class Campaigns:
    """All the parts over one book."""

    def __init__(
        self, book: CampaignBook, adviser: Adviser, draw: DrawProgress, build: BuildPack, remarks: Remarks
    ) -> None:
        self.book = book
        self.acknowledge = Acknowledge(book)
        self.questions = OpenQuestions(book)
        self.summaries = SummaryCards(book, draw, remarks)
        manage, record_for_others = ManageCampaign(book, self.acknowledge), RecordForOthers(book)
        self._parts = (
            self.acknowledge,
            OwnTime(book),
            AskHeadteacher(book, adviser),
            self.questions,
            Publish(book),
            manage,
            record_for_others,
            Reports(book, self.summaries, build),
            CampaignRequests(book, manage, record_for_others),
        )

    def commands(self) -> tuple[Command, ...]:
        """Everything people can ask about campaigns."""
        return tuple(command for part in self._parts for command in part.commands())

    def duties(self) -> Mapping[str, Duty]:
        """What each tick does for campaigns, in order."""
        book = self.book
        return {
            "follow_roster": lambda: follow_roster(book),
            "plan_cards": lambda: schedule.plan_cards(book),
            "plan_reminders": lambda: reminders.plan_reminders(book),
            "plan_summaries": lambda: schedule.plan_summaries(book),
            "tell_heads": lambda: reminders.tell_heads(book),
            "forget_question_words": self.questions.forget_words,
        }

    async def is_needed(self, message: Message) -> bool:
        """Whether what comes next is planned from a sent message, so that it must not be forgotten yet."""
        return await schedule.is_needed(message, self.book)

    async def page_values(self, person: Person) -> dict[str, Any]:
        """The values of the summary's page; raises NotAllowed for people who may not see it."""
        refuse_unless(person, Permission.SUMMARY, self.book.context.today)
        return await self.summaries.values(await self.book.last_campaign())

    async def renderers(self) -> Mapping[MessageKind, Renderer]:
        """What messages about campaigns say, for one round of sending."""
        history = History.of(await self.book.context.store.messages(*HISTORY_KINDS))
        return _Rendering(self, await self.book.staff(), history).renderers()


class _Rendering:
    """The renderers of one round of sending: who is who, and what was sent, at its start."""

    def __init__(self, campaigns: Campaigns, staff: Staff, history: History) -> None:
        self._campaigns = campaigns
        self._book = campaigns.book
        self._staff = staff
        self._history = history

    def renderers(self) -> Mapping[MessageKind, Renderer]:
        return {
            MessageKind.AGREEMENT: self._agreement,
            MessageKind.PAPER: self._paper,
            MessageKind.SUMMARY: self._summary,
            MessageKind.QUESTION: self._question,
            MessageKind.REPLY: self._reply,
            MessageKind.ANSWERED: self._answered,
            MessageKind.NUDGE: self._reminder,
            MessageKind.STILL_OPEN: self._still_open,
            MessageKind.JOINED: self._joined,
        }

    async def _campaign(self, message: Message) -> Campaign | None:
        return (await self._book.projection()).campaigns.get(message.subject.campaign)

    async def _agreement(self, message: Message) -> Outgoing | None:
        campaign, projection = await self._campaign(message), await self._book.projection()
        if campaign is None or campaign.closed or campaign.subject != message.subject:
            return None
        standing = signatory(message.recipient, campaign, projection, self._staff).standing
        is_asked = standing in WAITING or standing is Standing.UNREACHABLE
        if not is_asked or not projection.is_released(campaign, message.recipient):
            return None
        return await self._campaigns.acknowledge.card(campaign, message.recipient)

    async def _paper(self, message: Message) -> Outgoing | None:
        campaign = await self._campaign(message)
        return await self._campaigns.acknowledge.card(campaign, message.recipient) if campaign else None

    async def _summary(self, message: Message) -> Outgoing | None:
        campaign = await self._campaign(message)
        return await self._campaigns.summaries.summary(campaign) if campaign else None

    async def _question(self, message: Message) -> Outgoing | None:
        question = question_of(message, await self._book.projection())
        if question is None or not self._staff.known.keys() >= set(message.people):
            return None
        return question_card(await self._campaigns.questions.view(question, message.recipient, is_head=False))

    async def _reply(self, message: Message) -> Outgoing | None:
        context = self._book.context
        heads = {person.id for person in context.with_role(Role.HEAD)}
        by = next((self._staff.known.get(pseudonym) for pseudonym in message.people), None)
        who = context.headteacher if by is None or by.id in heads else by.name
        closed = (await self._book.projection()).closed_questions.get(message.subject.number)
        is_answered_here = closed is not None and closed.ending is Ending.ANSWERED
        return reply_card(who, message.in_reply_to, message.words, is_answered_here=is_answered_here)

    async def _answered(self, message: Message) -> Outgoing | None:
        says = await self._campaigns.questions.ending(message.subject.number)
        return note(says) if says else None

    async def _reminder(self, message: Message) -> Outgoing | None:
        return await reminders.reminder_card(message, self._book, self._staff, self._history)

    async def _still_open(self, message: Message) -> Outgoing | None:
        campaign = await self._campaign(message)
        return await reminders.still_open_card(message, campaign, self._book, self._staff) if campaign else None

    async def _joined(self, message: Message) -> Outgoing | None:
        campaign = await self._campaign(message)
        return await reminders.joined_card(message, campaign, self._book, self._staff) if campaign else None
