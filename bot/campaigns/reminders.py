"""Plans reminders, makes them when they go out, and tells the headteacher what is left to do."""

from collections.abc import Sequence
from datetime import date, time

from bot.campaigns import forms
from bot.campaigns.book import CampaignBook
from bot.campaigns.rules.campaign import Campaign
from bot.campaigns.rules.reminder_dates import HISTORY_KINDS, History, digests, reported_after
from bot.campaigns.rules.standing import WAITING, Signatory, signatories, signatory
from bot.desk.rules.messages import Outgoing, card_beside
from bot.outbox.rules.message import Message, MessageKind
from bot.people.rules.person import Person, Role
from bot.people.rules.staff import Staff
from bot.school.rules.calendar import written
from bot.school.rules.documents import listed

HEADS_AT = time(8)
BEFORE_ITS_DAY = "The {title} is waiting for you, by {due}. Ten minutes, in work time."
AFTER_ITS_DAY = "The {title} is still waiting for you. Ten minutes, in work time."
SEVERAL_BEFORE_THEIR_DAY = "Waiting for you, by {due}: {title}. Ten minutes for each, in work time."
SEVERAL_AFTER_THEIR_DAY = "Still waiting for you: {title}. Ten minutes for each, in work time."
LAST = "This is my last reminder. After {day} I will tell {head} that yours is still open, nothing else."
ONE_CHANGED = (
    "A document has changed and is asked of everybody again. Nothing more goes out, neither cards nor reminders, "
    "before you have seen it and pressed Send."
)
CHANGED = (
    "Version {label} is asked of everybody again. Nothing more goes out, neither cards nor reminders, before you have "
    "seen it and pressed Send."
)
HEADING = "A reminder, no more"
ON_LOCKED_SCREEN = f"{HEADING}: something is waiting for you to read."  # all that a locked screen shows
STILL_OPEN = "No more reminders go out for the agreement of {year}, and these are still open:"
A_WORD = "I do not write to them about it any more. A word from you may help, or a sheet of paper from the office."
JOINED = "These people joined after the campaign began and are asked too. Nothing goes to them until you have seen it:"


async def plan_reminders(book: CampaignBook) -> int:
    """Keeps today's reminder for everybody who needs one; returns how many. Safe to repeat at any time."""
    store = book.context.store
    planned = digests(
        await book.projection(),
        await book.staff(),
        await store.messages(*HISTORY_KINDS),
        book.settings.reminders,
        book.context.now(),
    )
    return await store.keep_messages(*planned) if planned else 0


async def tell_heads(book: CampaignBook) -> int:
    """Keeps what the headteacher must be told: who waits for one press, and who had their last reminder."""
    context = book.context
    if context.now().time() < HEADS_AT or not context.calendar.is_school_day(context.today):
        return 0
    projection, staff = await book.projection(), await book.staff()
    messages = await context.store.messages(*HISTORY_KINDS, MessageKind.JOINED)
    history, planned = History.of(messages), list[Message]()
    for campaign in projection.open_campaigns():
        people = [person for person in signatories(campaign, projection, staff) if person.standing in WAITING]
        late = [person.pseudonym for person in people if _is_given_up(person, campaign, history, book)]
        has_begun = projection.has_begun(campaign)
        joined = [
            person.pseudonym
            for person in people
            if has_begun and not projection.is_released(campaign, person.pseudonym)
        ]
        for kind, pseudonyms in ((MessageKind.STILL_OPEN, late), (MessageKind.JOINED, joined)):
            reported = _already_reported(messages, kind, campaign)
            planned += await _for_heads(kind, campaign, [p for p in pseudonyms if p not in reported], book)
    return await context.store.keep_messages(*planned) if planned else 0


def _already_reported(messages: Sequence[Message], kind: MessageKind, campaign: Campaign) -> set[str]:
    """Pseudonyms in earlier messages to the headteacher of this kind about a campaign's text."""
    earlier = [message for message in messages if message.kind is kind and message.subject == campaign.subject]
    return {pseudonym for message in earlier for pseudonym in message.people}


def _is_given_up(person: Signatory, campaign: Campaign, history: History, book: CampaignBook) -> bool:
    after = _reported_after(person, campaign, history, book)
    return not person.is_asking and after is not None and after < book.context.today


def _reported_after(person: Signatory, campaign: Campaign, history: History, book: CampaignBook) -> date | None:
    past = history.of_person(campaign, person.pseudonym)
    return reported_after(person, past, book.context.calendar, book.settings.reminders, book.context.today)


async def _for_heads(kind: MessageKind, campaign: Campaign, pseudonyms: list[str], book: CampaignBook) -> list[Message]:
    """One message for each headteacher; the chair is told of the headteacher's own."""
    context = book.context
    heads = await context.store.enrol(context.heads())
    chairs = await context.store.enrol(context.chairs())
    own = [pseudonym for pseudonym in pseudonyms if pseudonym in heads.values()]
    others = [pseudonym for pseudonym in pseudonyms if pseudonym not in own]
    return [
        Message(kind, campaign.subject, recipient, context.today, people=tuple(people))
        for recipients, people in ((heads, others), (chairs, own))
        if people
        for recipient in recipients.values()
    ]


async def reminder_card(message: Message, book: CampaignBook, staff: Staff, history: History) -> Outgoing | None:
    """A reminder as it is when it goes out; None if nothing in it is wanted any more."""
    projection, today = await book.projection(), book.context.today
    lines, last = [], ""
    for campaign in projection.open_campaigns():
        if campaign.subject not in message.campaigns or not projection.is_released(campaign, message.recipient):
            continue
        person = signatory(message.recipient, campaign, projection, staff)
        if not person.is_waiting:
            continue
        titles = await book.titles(person.left)
        text = _waiting(titles, written(person.due), is_late=today > person.due)
        button = titles[0] if len(titles) == 1 else f"{len(titles)} documents"  # a button holds few words
        lines.append({"text": text, "campaign": campaign.id, "title": button})
        after = _reported_after(person, campaign, history, book)
        last = LAST.format(day=written(after), head=_who_is_told(person.person, book)) if after else last
    if not lines:
        return None
    values = {"fallback": ON_LOCKED_SCREEN, "heading": HEADING, "lines": lines, "last": last}
    text = "\n".join([ON_LOCKED_SCREEN, *(line["text"] for line in lines), *([last] if last else [])])
    return card_beside("nudge", values, text)


def _waiting(titles: Sequence[str], due: str, *, is_late: bool) -> str:
    """What a reminder says of what is left."""
    before, after = (BEFORE_ITS_DAY, AFTER_ITS_DAY)
    if len(titles) > 1:
        before, after = (SEVERAL_BEFORE_THEIR_DAY, SEVERAL_AFTER_THEIR_DAY)
    return (after if is_late else before).format(title=listed(titles), due=due)


def reminder_words(titles: Sequence[str], head: str) -> dict[str, str]:
    """What reminders say, with brackets in place of everybody's own days, while all of it is left."""
    last, day = LAST.format(day="[a later day]", head=head), "[their last day]"
    return {
        "A reminder says": f"{HEADING}. {_waiting(titles, day, is_late=False)}",
        "The last one says": f"{HEADING}. {_waiting(titles, day, is_late=True)} {last}",
    }


def _who_is_told(person: Person | None, book: CampaignBook) -> str:
    is_head = person is not None and Role.HEAD in person.roles
    chair = book.context.school.contacts.chair or "the chair of governors"
    return chair if is_head else book.context.headteacher


async def still_open_card(message: Message, campaign: Campaign, book: CampaignBook, staff: Staff) -> Outgoing | None:
    """For the headteacher: whose agreement is still open after all reminders."""
    names = await _names(message.people, campaign, book, staff)
    says = STILL_OPEN.format(year=campaign.year)
    return forms.names_card("Still open", says, names, A_WORD, campaign=campaign.id) if names else None


async def joined_card(message: Message, campaign: Campaign, book: CampaignBook, staff: Staff) -> Outgoing | None:
    """For the headteacher: who came after a campaign's first messages and waits for one press."""
    projection = await book.projection()
    waiting = [pseudonym for pseudonym in message.people if not projection.is_released(campaign, pseudonym)]
    names = await _names(waiting, campaign, book, staff)
    if not names:
        return None
    if projection.is_asked_again(campaign):
        says = ONE_CHANGED if campaign.others else CHANGED.format(label=campaign.label)
        return forms.names_card("The policy has changed", says, [], campaign=campaign.id, may_preview=True)
    return forms.names_card("Somebody has joined", JOINED, names, campaign=campaign.id, may_preview=True)


async def _names(pseudonyms: Sequence[str], campaign: Campaign, book: CampaignBook, staff: Staff) -> list[str]:
    """Names of those who still have to acknowledge; none once the campaign has closed."""
    projection = await book.projection()
    people = [signatory(pseudonym, campaign, projection, staff) for pseudonym in pseudonyms]
    is_open = campaign.closed is None
    return [person.name for person in people if is_open and person.standing in WAITING and person.name]
