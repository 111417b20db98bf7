"""What people ask of campaigns in their own words: a form, or one press, that says what was understood."""

from dataclasses import dataclass
from datetime import date, datetime

from bot.campaigns.book import CampaignBook
from bot.campaigns.forms import Prefill, correction_form
from bot.campaigns.manage import ManageCampaign
from bot.campaigns.record_for_others import RecordForOthers
from bot.campaigns.rules.campaign import Campaign
from bot.campaigns.rules.requested_days import day_gone_by_in, is_past, last_day_in
from bot.campaigns.rules.standing import due_for
from bot.desk.routing import Command, Handler
from bot.desk.rules.messages import Incoming, Outgoing, note
from bot.desk.rules.requests import DayField, Press, request_card, understood
from bot.errors import BadInput
from bot.people.rules.named_people import people_called
from bot.people.rules.permissions import Permission
from bot.people.rules.person import Person
from bot.school.rules.calendar import written
from bot.school.rules.spoken_days import ONE_DAY

MAX_NAMES = 5
NOBODY = "I do not know whom you mean by “{words}”: please choose."
SEVERAL = "“{words}” may be {names}: please choose."
NO_DAY_READ = "I could not read “{words}” as a day that fits: please choose one."
DAY_IS_PAST = "“{words}” is past: please choose a day from today on."
DAY_IS_TODAY = "“{words}” is today, and the last day must be later: please choose a day."
NOT_YET = "“{words}” is still to come, and a sheet is recorded once it is signed: please choose a day up to today."
BEFORE_IT_OPENED = "“{words}” is before the campaign opened, on {opened}: please choose a later day."
NO_SCHOOL_DAY = "{day} is not a school day."
NOT_LATER = "“{words}” does not fit: the new last day must be in the future and later than the last day now."
WHICH_RECEIPT = "The number is on the receipt, and in the evidence pack."
CLOSED = "That campaign closed on {day}."
DEADLINE = "The last day for the agreement is {day}."
NOT_ASKED = "You are not asked for this year’s agreement, so nothing is waiting for you."
COMPLETE = "You have acknowledged this year’s agreement already."
YOURS = "Yours is {day}."
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
HOURS = (
    "I write to you only while you work, as the staff list has it: {days}{hours}. If that is wrong, please ask the "
    "office to change it there; I cannot. Nothing was changed."
)


@dataclass(frozen=True, slots=True)
class CampaignRequests:
    """The commands that show what was understood. The buttons of their cards are those of the other parts."""

    book: CampaignBook
    manage: ManageCampaign
    record_for_others: RecordForOthers

    def commands(self) -> tuple[Command, ...]:
        """What people can ask of it; nothing here changes anything."""
        requests: dict[str, tuple[Handler, Permission | None]] = {
            "deadline": (self._deadline, None),
            "later": (self._later, None),
            "hours": (self._hours, None),
            "stop": (self._stop, Permission.HOLD),
            "extend": (self._extend, Permission.EXTEND),
            "export": (self._export, Permission.EXPORT),
            "test": (self._test, Permission.TEST),
            "pause": (self._pause, Permission.PAUSE),
            "paper": (self._paper, Permission.PAPER),
            "correct": (self._correct, Permission.CORRECT),
            "campaign": (self._campaign, Permission.OPEN),
        }
        return tuple(
            Command(f"request_{name}", handle, permission, intents=(name,), shows_only=True)
            for name, (handle, permission) in requests.items()
        )

    async def _deadline(self, incoming: Incoming, person: Person) -> Outgoing:
        """The last day of the campaign that runs, and the person's own."""
        campaign, projection, context = await self.book.campaign(""), await self.book.projection(), self.book.context
        pseudonym, says = await context.pseudonym(person), DEADLINE.format(day=written(campaign.due))
        if pseudonym not in campaign.people:
            return note(f"{says} {NOT_ASKED}")
        if projection.receipt(campaign, pseudonym):
            return note(f"{says} {COMPLETE}")
        own = due_for(pseudonym, person, campaign, projection, context.calendar)
        text = says if own == campaign.due else f"{says} {YOURS.format(day=written(own))}"
        return note(text)

    async def _later(self, incoming: Incoming, person: Person) -> Outgoing:
        """The buttons of the agreement's own card that put it off."""
        campaign, projection = await self.book.campaign(""), await self.book.projection()
        pseudonym = await self.book.context.pseudonym(person)
        if pseudonym not in campaign.people:
            return note(NOT_ASKED)
        if projection.receipt(campaign, pseudonym):
            return note(COMPLETE)
        carried = {"campaign": campaign.id}
        presses = [Press("Not now", "not_now", carried), Press("I’d like time first", "time", carried)]
        lines = [
            understood("bring your agreement another time"),
            '"Not now" brings it on your next working day; "I’d like time first" gives you ten school days.',
        ]
        return request_card("Another time", lines, presses)

    async def _hours(self, incoming: Incoming, person: Person) -> Outgoing:
        days = ", ".join(WEEKDAYS[day] for day in sorted(person.days)) or "no day"
        hours = f", {person.hours[0]:%H:%M} to {person.hours[1]:%H:%M}" if person.hours else ""
        return note(HOURS.format(days=days, hours=hours))

    async def _stop(self, incoming: Incoming, person: Person) -> Outgoing:
        campaign = await self._running()
        press = Press("Stop sending", "hold", {"campaign": campaign.id})
        says = understood("stop sending: no cards and no reminders, to anybody, until somebody presses Send again")
        return request_card("Stop sending?", [says], [press])

    async def _extend(self, incoming: Incoming, person: Person) -> Outgoing:
        campaign = await self._running()
        context, said = self.book.context, incoming.inputs.get("until", "")
        named = last_day_in(said, context.now(), campaign.due)
        earliest = max(campaign.due, context.today) + ONE_DAY
        until = named if named and named >= earliest else None
        doubt = NOT_LATER.format(words=said) if named and not until else _unread(said, until, context.now())
        what = f"give everybody longer, until {written(until)}" if until else "give everybody longer"
        lines = [understood(what), f"The last day is {written(campaign.due)} now.", doubt, self._no_school(until)]
        due = until.isoformat() if until else ""
        day = DayField("due", "The new last day", due, min=earliest.isoformat())
        press = Press("Move the last day", "extend", {"campaign": campaign.id})
        return request_card("Give everybody longer?", lines, [press], day)

    async def _export(self, incoming: Incoming, person: Person) -> Outgoing:
        campaign = await self.book.last_campaign()
        press = Press("Make the evidence pack", "export", {"campaign": campaign.id})
        says = understood(f"make the evidence pack of {campaign.year}, one file that names everybody")
        return request_card("The evidence as a file?", [says], [press])

    async def _test(self, incoming: Incoming, person: Person) -> Outgoing:
        says = understood("show you a test card, as everybody would get it")
        return request_card("A test card?", [says], [Press("Send me a test", "test")])

    async def _pause(self, incoming: Incoming, person: Person) -> Outgoing:
        """The form for a pause: who, and up to which day."""
        context, said = self.book.context, incoming.inputs.get("until", "")
        who, doubt = self._who(incoming.inputs.get("person", ""))
        until = last_day_in(said, context.now(), context.today)
        what = f"pause {who.name if who else 'somebody'}{f' until {written(until)}' if until else ''}"
        prefill = Prefill(
            understood=" ".join(filter(None, [understood(what), doubt, _unread(said, until, context.now())])),
            person=await context.pseudonym(who) if who else "",
            day=until.isoformat() if until else "",
        )
        return await self.record_for_others.filled_pause_form(prefill)

    async def _paper(self, incoming: Incoming, person: Person) -> Outgoing:
        """The form for a signed sheet: whose, and of which day. Raises BadInput if no campaign runs."""
        campaign, context, said = await self._running(), self.book.context, incoming.inputs.get("day", "")
        who, doubt = self._who(incoming.inputs.get("person", ""))
        signed = day_gone_by_in(said, context.now())
        unfit = _unread_signature(said, signed, campaign.opened, context.now())
        signed = signed if signed and not unfit else None
        on = f" on {written(signed)}" if signed else ""
        what = f"record that {who.name if who else 'somebody'} signed on paper{on}"
        prefill = Prefill(
            understood=" ".join(filter(None, [understood(what), doubt, unfit])),
            person=await context.pseudonym(who) if who else "",
            day=signed.isoformat() if signed else "",
        )
        return await self.record_for_others.filled_paper_form(campaign, person, prefill)

    async def _correct(self, incoming: Incoming, person: Person) -> Outgoing:
        """The form that corrects a receipt; its number is on the receipt, and never guessed."""
        return correction_form(f"{understood('correct a record')} {WHICH_RECEIPT}")

    async def _campaign(self, incoming: Incoming, person: Person) -> Outgoing:
        context, said = self.book.context, incoming.inputs.get("until", "")
        due = last_day_in(said, context.now(), context.today)
        due = due if due and due > context.today else None
        what = f"start this year's agreement{f', until {written(due)}' if due else ''}"
        doubt = _unread(said, due, context.now())
        text = " ".join(filter(None, [understood(what), doubt, self._no_school(due)]))
        return await self.manage.opening_form({"due": due.isoformat()} if due else {}, text)

    def _who(self, words: str) -> tuple[Person | None, str]:
        """Who was meant, if it is certain; else what to choose, in a sentence."""
        if not words:
            return None, ""
        context = self.book.context
        people = people_called(words, (p for p in context.roster.people() if p.works_here(context.today)))
        if len(people) == 1:
            return people[0], ""
        if not people:
            return None, NOBODY.format(words=words)
        names = ", ".join(p.name for p in people[:MAX_NAMES])
        return None, SEVERAL.format(words=words, names=names)

    def _no_school(self, day: date | None) -> str:
        """That a last day is no school day; empty if it is one, or there is none."""
        if day is None or self.book.context.calendar.is_school_day(day):
            return ""
        return NO_SCHOOL_DAY.format(day=written(day))

    async def _running(self) -> Campaign:
        """The campaign that runs; raises BadInput if none does."""
        campaign = await self.book.campaign("")
        if campaign.closed:
            raise BadInput(CLOSED.format(day=written(campaign.closed)))
        return campaign


def _unread(words: str, day: date | None, now: datetime) -> str:
    """Why a day that was named does not fit; empty if it does, or none was named."""
    if not words or day is not None:
        return ""
    if last_day_in(words, now, now.date()) == now.date():
        return DAY_IS_TODAY.format(words=words)
    return (DAY_IS_PAST if is_past(words, now) else NO_DAY_READ).format(words=words)


def _unread_signature(words: str, signed: date | None, opened: date, now: datetime) -> str:
    """Why the day on a sheet does not fit; empty if it does, or none was named."""
    if not words or (signed and opened <= signed):
        return ""
    if signed:
        return BEFORE_IT_OPENED.format(words=words, opened=written(opened))
    is_to_come = last_day_in(words, now, now.date()) is not None
    return (NOT_YET if is_to_come else NO_DAY_READ).format(words=words)
