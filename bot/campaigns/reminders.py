"""Reminds: one digest a day for whoever still has to acknowledge; and tells the headteacher what is left to do."""

from datetime import date, time

from bot.campaigns.rules.campaign import Campaign
from bot.campaigns.rules.reminder_dates import PAST, WAITING, History, digests, told_after
from bot.campaigns.rules.standing import Signatory, Staff, signatories, signatory
from bot.desk.rules.messages import Outgoing
from bot.evidence.records import Records
from bot.outbox.rules.message import Message, MessageKind
from bot.people.rules.person import Person, Role
from bot.school.rules.calendar import written

HEADS_AT = time(8)
ONCE_MORE = "The {title} is waiting for you, by {due}. Ten minutes, in work time."
AFTER_ITS_DAY = "The {title} is still waiting for you. Ten minutes, in work time."
LAST = "This is my last reminder. After {day} I will tell {head} that yours is still open, nothing else."
CHANGED = (
    "Version {label} is asked of everybody again. Nothing more goes out, neither cards nor reminders, before you have "
    "seen it and pressed Send."
)
HEADING = "A reminder, no more"
PREVIEWED = f"{HEADING}: something is waiting for you to read."  # all that a locked screen shows


async def plan_reminders(records: Records) -> int:
    """Keeps today's digest for everybody who needs one; says how many. Safe to repeat at any time."""
    made = digests(
        await records.register(),
        await records.school(),
        await records.store.slots(*PAST),
        records.policy.rhythm,
        records.now(),
    )
    return await records.store.keep_slots(*made) if made else 0


async def tell_heads(records: Records) -> int:
    """Keeps what the headteacher must be told: who waits for one press, and whose last reminder has gone by."""
    if records.now().time() < HEADS_AT or not records.calendar.is_school_day(records.today):
        return 0
    register, school = await records.register(), await records.school()
    slots = await records.store.slots(*PAST, MessageKind.JOINED)
    history, new = History.of(slots), []
    for campaign in register.open_campaigns():
        people = [one for one in signatories(campaign, register, school) if one.standing in WAITING]
        late = [one.pseudonym for one in people if _is_given_up(one, campaign, history, records)]
        began = register.has_begun(campaign)
        fresh = [one.pseudonym for one in people if began and not register.is_released(campaign, one.pseudonym)]
        for sort, about in ((MessageKind.STILL_OPEN, late), (MessageKind.JOINED, fresh)):
            told = {each for one in slots if one.sort is sort and one.subject == campaign.subject for each in one.about}
            new += await _for_heads(sort, campaign, [one for one in about if one not in told], records)
    return await records.store.keep_slots(*new) if new else 0


def _is_given_up(one: Signatory, campaign: Campaign, history: History, records: Records) -> bool:
    after = _told_after(one, campaign, history, records)
    return not one.is_asking and after is not None and after < records.today


def _told_after(one: Signatory, campaign: Campaign, history: History, records: Records) -> date | None:
    past = history.of_one(campaign, one.pseudonym)
    return told_after(one, past, records.calendar, records.policy.rhythm, records.today)


async def _for_heads(sort: MessageKind, campaign: Campaign, about: list[str], records: Records) -> list[Message]:
    """One message for each headteacher; of the headteacher's own, the chair is told."""
    heads = await records.store.enrol(await records.heads())
    chairs = await records.store.enrol(records.chairs())
    own = [one for one in about if one in heads.values()]
    parts = ((heads, [one for one in about if one not in own]), (chairs, own))
    return [
        Message(sort, campaign.subject, recipient, records.today, about=tuple(people))
        for told, people in parts
        if people
        for recipient in told.values()
    ]


async def nudge(slot: Message, records: Records, school: Staff, history: History) -> Outgoing | None:
    """A digest as it is when it goes out; None where nothing in it is wanted any more."""
    register = await records.register()
    lines, last = [], ""
    for campaign in register.open_campaigns():
        if campaign.subject not in slot.about or not register.is_released(campaign, slot.recipient):
            continue
        one = signatory(slot.recipient, campaign, register, school)
        if one.standing not in WAITING or one.is_asking:
            continue
        title = (await records.text(campaign.version)).title.split(" / ")[0]
        words = ONCE_MORE if records.today <= one.due else AFTER_ITS_DAY
        lines.append({"text": words.format(title=title, due=written(one.due)), "campaign": campaign.id, "title": title})
        after = _told_after(one, campaign, history, records)
        last = LAST.format(day=written(after), head=_whom(one.person, records)) if after else last
    if not lines:
        return None
    values: dict[str, object] = {
        "fallback": PREVIEWED,
        "heading": HEADING,
        "lines": lines,
        "has_last": bool(last),
        "last": last,
    }
    text = "\n".join([PREVIEWED, *(line["text"] for line in lines), *([last] if last else [])])
    return Outgoing("nudge", values, text, is_for_one=True, is_beside=True)


def wording(title: str, head: str) -> dict[str, str]:
    """What reminders say, by which of them, with brackets where everybody's own days stand."""
    last = LAST.format(day="[a later day]", head=head)
    return {
        "A reminder says": f"{HEADING}. {ONCE_MORE.format(title=title, due='[their last day]')}",
        "The last one says": f"{HEADING}. {AFTER_ITS_DAY.format(title=title)} {last}",
    }


def _whom(person: Person | None, records: Records) -> str:
    is_head = person is not None and Role.HEAD in person.roles
    return records.policy.contacts.chair or "the chair of governors" if is_head else records.headteacher


async def still_open(slot: Message, campaign: Campaign, records: Records, school: Staff) -> Outgoing | None:
    """Whose agreement is still open after all reminders, for the headteacher."""
    names = await _names(slot, campaign, records, school)
    says = f"No more reminders go out for the agreement of {campaign.year}, and these are still open:"
    what = "I do not write to them about it any more. A word from you may help, or a sheet of paper from the office."
    return _list("Still open", says, names, what, campaign, may_preview=False) if names else None


async def joined(slot: Message, campaign: Campaign, records: Records, school: Staff) -> Outgoing | None:
    """Who came after a campaign's first messages and waits for one press by the headteacher."""
    register = await records.register()
    waiting = [one for one in slot.about if not register.is_released(campaign, one)]
    names = await _names(slot, campaign, records, school, waiting)
    if register.is_asked_again(campaign):
        says = CHANGED.format(label=campaign.label)
        return _list("The policy has changed", says, [], "", campaign, may_preview=True) if names else None
    says = "These people are asked as well since the campaign began. Nothing goes to them before you have seen it:"
    return _list("Somebody has joined", says, names, "", campaign, may_preview=True) if names else None


async def _names(
    slot: Message, campaign: Campaign, records: Records, school: Staff, among: list[str] | None = None
) -> list[str]:
    register = await records.register()
    about = slot.about if among is None else among
    people = [signatory(one, campaign, register, school) for one in about]
    return [one.name for one in people if one.standing in WAITING and one.name and campaign.closed is None]


def _list(heading: str, says: str, names: list[str], what: str, campaign: Campaign, *, may_preview: bool) -> Outgoing:
    values = {
        "fallback": f"{heading}: {len(names)}" if names else heading,
        "heading": heading,
        "says": says,
        "names": [{"text": one} for one in names],
        "has_what": bool(what),
        "what": what,
        "campaign": campaign.id,
        "may_preview": may_preview,
        "may_take": False,
        "digest": "",
    }
    return Outgoing("names", values, "\n".join([says, *names, what]).strip(), is_for_one=True, is_beside=True)
