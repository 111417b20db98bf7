"""The projection (read model) of campaigns: what the ledger says of them today, and nothing else."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, ClassVar

from bot.campaigns.rules import saved_form
from bot.campaigns.rules.campaign import (
    Campaign,
    CampaignItem,
    ClosedQuestion,
    Ending,
    Method,
    Pause,
    Publication,
    Question,
    Receipt,
)
from bot.evidence.rules.ledger import Entry, Event, EventKind, Head
from bot.outbox.rules.message import Subject
from bot.people.rules.person import Role
from bot.school.rules.calendar import LONDON


@dataclass(slots=True)
class CampaignProjection:
    """Campaigns, receipts, pauses and questions. Mappings are keyed by id, or by campaign and pseudonym."""

    name: ClassVar[str] = "campaigns"
    version: ClassVar[int] = 3

    publications: list[Publication] = field(default_factory=list)
    campaigns: dict[str, Campaign] = field(default_factory=dict)
    receipts: dict[tuple[str, str], list[Receipt]] = field(default_factory=lambda: defaultdict(list))
    pauses: dict[str, Pause] = field(default_factory=dict)
    questions: dict[int, Question] = field(default_factory=dict)  # open ones, by their entry's number
    closed_questions: dict[int, ClosedQuestion] = field(default_factory=dict)
    time_until: dict[tuple[str, str], date] = field(default_factory=dict)
    own_due: dict[tuple[str, str], date] = field(default_factory=dict)
    left: dict[tuple[str, str], date] = field(default_factory=dict)  # campaign is empty for the school itself
    released: dict[Subject, frozenset[str]] = field(default_factory=dict)  # who may be written to, by campaign and text
    results: dict[str, dict[str, Any]] = field(default_factory=dict)  # what was counted when a campaign closed
    corrections: dict[tuple[str, str], list[str]] = field(default_factory=lambda: defaultdict(list))  # documents
    head: Head = field(default_factory=Head)

    def add(self, entry: Entry, event: Event) -> None:
        """Takes in the next entry; an entry that is in already changes nothing."""
        if entry.number <= self.head.number:
            return
        self.head = Head(entry.number, entry.hash)
        handler = _HANDLERS.get(event.kind)
        if handler:
            handler(self, entry.number, event)

    def dump(self) -> Any:
        """All of it as JSON values."""
        return saved_form.dump({name: getattr(self, name) for name in saved_form.FIELDS}, self.head)

    def load(self, state: Any) -> None:
        """Becomes what `dump` gave; raises KeyError, TypeError or ValueError for anything else."""
        fields, head = saved_form.load(state)
        for name, content in fields.items():
            setattr(self, name, content)
        self.head = head

    def fresh(self) -> "CampaignProjection":
        """An empty one."""
        return CampaignProjection()

    def current(self, document: str) -> Publication | None:
        """A document's text in force; None if none was published."""
        return next((text for text in reversed(self.publications) if text.document == document), None)

    def statement(self, digest: str) -> str:
        """The words acknowledged with a published text."""
        return next((text.statement for text in reversed(self.publications) if text.digest == digest), "")

    def is_released(self, campaign: Campaign, subject: str) -> bool:
        """Whether the headteacher let a campaign's messages about its text go out to somebody."""
        return subject in self.released.get(campaign.subject, frozenset())

    def has_begun(self, campaign: Campaign) -> bool:
        """Whether messages of a campaign were released, perhaps with an older text, and not stopped since."""
        return any(subject.campaign == campaign.id for subject in self.released)

    def is_asked_again(self, campaign: Campaign) -> bool:
        """Whether a campaign's text changed since its messages were released, and nobody may have the new one yet."""
        return self.has_begun(campaign) and not self.released.get(campaign.subject)

    def open_campaigns(self) -> tuple[Campaign, ...]:
        """The campaigns that run, oldest first."""
        return tuple(campaign for campaign in self.campaigns.values() if campaign.closed is None)

    def receipt(self, campaign: Campaign, subject: str) -> Receipt | None:
        """What completed a campaign for somebody: the last receipt needed; None while anything is left to do."""
        receipts = [self.item_receipt(campaign, item, subject) for item in campaign.items]
        complete = [receipt for receipt in receipts if receipt]
        return max(complete, key=lambda receipt: receipt.number) if len(complete) == len(receipts) else None

    def item_receipt(self, campaign: Campaign, item: CampaignItem, subject: str) -> Receipt | None:
        """Somebody's acknowledgement of a text a campaign asks for; one of an older text does not count."""
        receipts = self.receipts.get((campaign.id, subject), ())
        return next((receipt for receipt in receipts if receipt.asked == item.asked), None)

    def items_left(self, campaign: Campaign, subject: str) -> tuple[CampaignItem, ...]:
        """What somebody has still to acknowledge in a campaign."""
        return tuple(item for item in campaign.items if not self.item_receipt(campaign, item, subject))

    def last_receipt(self, document: str, subject: str) -> Receipt | None:
        """The last text of a document that somebody acknowledged, in any campaign."""
        receipts = [
            receipt
            for (_, person), receipts in self.receipts.items()
            if person == subject
            for receipt in receipts
            if receipt.document == document
        ]
        return max(receipts, key=lambda receipt: receipt.number, default=None)

    def acknowledgement_key(self, campaign: Campaign, subject: str, item: CampaignItem | None = None) -> str:
        """What makes an acknowledgement unique: nobody acknowledges one text twice, unless the first was corrected.

        It is about the campaign's first document if `item` is None.
        """
        asked = item or campaign.items[0]
        corrections = self.corrections.get((campaign.id, subject), []).count(asked.document)
        return f"acknowledge/{campaign.item_key(asked)}/{subject}/{corrections}"

    def questions_of(self, subject: str) -> tuple[Question, ...]:
        """Somebody's open questions, oldest first."""
        return tuple(question for question in self.questions.values() if question.subject == subject)

    def _publish(self, number: int, event: Event) -> None:
        facts: Any = event.facts
        before = self.current(facts["document"])
        asked = facts["digest"] if facts["weight"] == "material" or before is None else before.asked
        text = Publication(facts["document"], facts["digest"], facts["label"], asked, facts["statement"], event.at)
        self.publications.append(text)
        for campaign in self.open_campaigns():
            if text.document in campaign.documents:
                self._ask(campaign.with_text(text))

    def _ask(self, campaign: Campaign) -> None:
        """From now on a campaign asks for this text; a text asked for before must be released again as well."""
        if campaign.subject != self.campaigns[campaign.id].subject and campaign.subject in self.released:
            self.released[campaign.subject] = frozenset()
        self.campaigns[campaign.id] = campaign

    def _open(self, number: int, event: Event) -> None:
        facts: Any = event.facts
        self.campaigns[event.campaign] = Campaign(
            id=event.campaign,
            document=facts["document"],
            label=facts["label"],
            version=facts["version"],
            asked=facts["asked"],
            audience=frozenset(Role(role) for role in facts["audience"]),
            opened=event.at.astimezone(LONDON).date(),
            due=date.fromisoformat(facts["due"]),
            people=frozenset(facts["people"]),
            others=tuple(CampaignItem(**item) for item in facts.get("documents", ())[1:]),
        )

    def _release(self, number: int, event: Event) -> None:
        people: Any = event.facts["people"]
        subject = self.campaigns[event.campaign].subject
        self.released[subject] = self.released.get(subject, frozenset()) | frozenset(people)

    def _hold(self, number: int, event: Event) -> None:
        for subject in [subject for subject in self.released if subject.campaign == event.campaign]:
            del self.released[subject]

    def _extend(self, number: int, event: Event) -> None:
        due = date.fromisoformat(str(event.facts["due"]))
        self.campaigns[event.campaign] = replace(self.campaigns[event.campaign], due=due)

    def _close(self, number: int, event: Event) -> None:
        closed = event.at.astimezone(LONDON).date()
        self.campaigns[event.campaign] = replace(self.campaigns[event.campaign], closed=closed)
        self.results[event.campaign] = dict(event.facts)

    def _join(self, number: int, event: Event) -> None:
        self.left.pop((event.campaign, event.subject), None)
        if not event.campaign:  # somebody who had left the school is back
            return
        campaign = self.campaigns[event.campaign]
        self.campaigns[event.campaign] = replace(campaign, people=campaign.people | {event.subject})
        self.own_due[event.campaign, event.subject] = date.fromisoformat(str(event.facts["due"]))

    def _leave(self, number: int, event: Event) -> None:
        self.left[event.campaign, event.subject] = event.at.astimezone(LONDON).date()

    def _acknowledge(self, number: int, event: Event) -> None:
        facts: Any = event.facts
        signed = facts.get("signed")
        receipt = Receipt(
            number=number,
            campaign=event.campaign,
            subject=event.subject,
            at=event.at,
            version=facts["version"],
            label=facts["label"],
            asked=facts["asked"],
            how=Method.PAPER if event.kind is EventKind.PAPER else Method.PRESSED,
            signed=date.fromisoformat(signed) if signed else None,
            document=facts.get("document", self.campaigns[event.campaign].document),
        )
        self.receipts[event.campaign, event.subject].append(receipt)

    def _pause(self, number: int, event: Event) -> None:
        until = date.fromisoformat(str(event.facts["until"]))
        self.pauses[event.subject] = Pause(number, event.at.astimezone(LONDON).date(), until)

    def _question(self, number: int, event: Event) -> None:
        day = event.at.astimezone(LONDON).date()
        self.questions[number] = Question(number, event.subject, day, event.campaign)

    def _answer(self, number: int, event: Event) -> None:
        self._close_question(event, Ending(str(event.facts.get("ending", Ending.IN_PERSON))))

    def _withdraw(self, number: int, event: Event) -> None:
        self._close_question(event, Ending.WITHDRAWN)

    def _close_question(self, event: Event, ending: Ending) -> None:
        """Closes the question an entry names, or all of the person's: entries up to 0.6.0 name the person only."""
        closed = event.facts.get("question")
        for question in self.questions_of(event.subject):
            if closed is None or question.number == closed:
                del self.questions[question.number]
                self.closed_questions[question.number] = ClosedQuestion(question, event.actor, event.at, ending)

    def _forget(self, number: int, event: Event) -> None:
        """Nobody can answer somebody whose details are gone."""
        for question in self.questions_of(event.subject):
            del self.questions[question.number]

    def _time(self, number: int, event: Event) -> None:
        self.time_until[event.campaign, event.subject] = date.fromisoformat(str(event.facts["until"]))

    def _correct(self, number: int, event: Event) -> None:
        wrong = event.facts["entry"]
        receipts = self.receipts[event.campaign, event.subject]
        kept = [receipt for receipt in receipts if receipt.number != wrong]
        corrected = [receipt.document for receipt in receipts if receipt.number == wrong]
        if corrected:
            self.corrections[event.campaign, event.subject] += corrected
        self.receipts[event.campaign, event.subject] = kept
        pause = self.pauses.get(event.subject)
        if pause and pause.number == wrong:
            del self.pauses[event.subject]


_HANDLERS: dict[EventKind, Callable[[CampaignProjection, int, Event], None]] = {
    EventKind.PUBLISH: CampaignProjection._publish,
    EventKind.OPEN: CampaignProjection._open,
    EventKind.RELEASE: CampaignProjection._release,
    EventKind.HOLD: CampaignProjection._hold,
    EventKind.EXTEND: CampaignProjection._extend,
    EventKind.CLOSE: CampaignProjection._close,
    EventKind.JOIN: CampaignProjection._join,
    EventKind.LEAVE: CampaignProjection._leave,
    EventKind.ACKNOWLEDGE: CampaignProjection._acknowledge,
    EventKind.PAPER: CampaignProjection._acknowledge,
    EventKind.PAUSE: CampaignProjection._pause,
    EventKind.QUESTION: CampaignProjection._question,
    EventKind.ANSWER: CampaignProjection._answer,
    EventKind.WITHDRAW: CampaignProjection._withdraw,
    EventKind.ERASE: CampaignProjection._forget,
    EventKind.REMOVE: CampaignProjection._forget,
    EventKind.TIME: CampaignProjection._time,
    EventKind.CORRECT: CampaignProjection._correct,
}
