"""What people ask of campaigns in their own words: a form, or one press, that says what was understood."""

from dataclasses import dataclass, replace

from bot.campaigns.book import CampaignBook
from bot.campaigns.rules.campaign import Campaign
from bot.campaigns.rules.standing import due_for
from bot.desk.routing import Command, Handler
from bot.desk.rules.messages import Incoming, Outgoing, note
from bot.desk.rules.requests import DayField, Press, request_card, understood
from bot.errors import BadInput
from bot.people.rules.permissions import Permission
from bot.people.rules.person import Person
from bot.school.rules.calendar import written

CLOSED = "That campaign closed on {day}."
DEADLINE = "The last day for the agreement is {day}."
NOT_ASKED = "You are not asked in it, so nothing is waiting for you."
COMPLETE = "You have acknowledged it already."
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
        return replace(note(text), is_for_one=True)

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
        return replace(note(HOURS.format(days=days, hours=hours)), is_for_one=True)

    async def _stop(self, incoming: Incoming, person: Person) -> Outgoing:
        campaign = await self._running()
        press = Press("Stop sending", "hold", {"campaign": campaign.id})
        says = understood("stop sending: no cards and no reminders, to anybody, until somebody presses Send again")
        return request_card("Stop sending?", [says], [press])

    async def _extend(self, incoming: Incoming, person: Person) -> Outgoing:
        campaign = await self._running()
        lines = [understood("give everybody longer"), f"The last day is {written(campaign.due)} now."]
        day = DayField("due", "The new last day", min=self.book.context.today.isoformat())
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

    async def _running(self) -> Campaign:
        """The campaign that runs; raises BadInput if none does."""
        campaign = await self.book.campaign("")
        if campaign.closed:
            raise BadInput(CLOSED.format(day=written(campaign.closed)))
        return campaign
