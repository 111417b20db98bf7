"""Works out which cards and summaries must go out, and keeps them as messages; what is due is never remembered."""

from datetime import time, timedelta

from bot.campaigns.book import CampaignBook
from bot.campaigns.rules.campaign import Campaign
from bot.campaigns.rules.first_cards import cards_to_plan
from bot.campaigns.rules.standing import Standing
from bot.outbox.rules.message import Message, MessageKind, Subject
from bot.school.rules.calendar import monday_of

SUMMARY_AT = time(8)
WEEK = timedelta(days=7)
CLOSED = "closed"  # names the summary of a campaign that has closed


async def plan_cards(book: CampaignBook) -> int:
    """Keeps a message for every card that must go out and has none; returns how many. Safe to repeat at any time."""
    context = book.context
    cards = await context.store.messages(MessageKind.AGREEMENT)
    planned = cards_to_plan(await book.projection(), await book.staff(), cards, context.now())
    return await context.store.keep_messages(*planned) if planned else 0


async def plan_summaries(book: CampaignBook) -> int:
    """Keeps the weekly summary of each open campaign, and one for a campaign that has closed.

    They go to the headteacher; if the head's own day has passed, the chair of governors gets them as well.
    """
    projection, context = await book.projection(), book.context
    monday = monday_of(context.today)
    is_time = context.now().time() >= SUMMARY_AT and context.calendar.is_school_day(context.today)
    due = [
        (campaign, Subject(campaign=campaign.id), monday)
        for campaign in projection.open_campaigns()
        if is_time and campaign.opened < monday
    ]
    due += [
        (campaign, Subject(campaign=campaign.id, name=CLOSED), campaign.closed)
        for campaign in projection.campaigns.values()
        if campaign.closed and campaign.closed > monday - WEEK
    ]
    messages = [
        Message(MessageKind.SUMMARY, subject, recipient, day)
        for campaign, subject, day in due
        for recipient in await _recipients(book, campaign)
    ]
    return await context.store.keep_messages(*messages) if messages else 0


async def _recipients(book: CampaignBook, campaign: Campaign) -> list[str]:
    heads, chairs = book.context.heads(), book.context.chairs()
    overdue = {p.person for p in await book.signatories(campaign) if p.standing is Standing.OVERDUE}
    recipients = [*heads, *(chair for chair in chairs if overdue & set(heads) and chair not in heads)]
    return list((await book.context.store.enrol(recipients)).values())


async def is_needed(message: Message, book: CampaignBook) -> bool:
    """Whether what comes next is planned from a sent message, so that it must not be forgotten yet."""
    if message.kind is MessageKind.SUMMARY:
        return message.on > book.context.today - 2 * WEEK  # plan_summaries looks back that far
    running = {campaign.id for campaign in (await book.projection()).open_campaigns()}
    return bool(running & {message.subject.campaign, *(subject.campaign for subject in message.campaigns)})
