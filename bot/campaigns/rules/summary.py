"""How a campaign is doing, in figures that add up."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.campaigns.rules.campaign import Campaign, Receipt
from bot.campaigns.rules.projection import CampaignProjection
from bot.campaigns.rules.standing import OUTSTANDING, Signatory, Standing, counted
from bot.evidence.rules.ledger import Head
from bot.outbox.rules.message import DeliveryState, Message
from bot.school.rules.calendar import LONDON, written

NAMED_BELOW = 12  # outstanding people are named at once
STANDING_WORDS = {
    Standing.ACKNOWLEDGED: "acknowledged",
    Standing.PAPER: "on paper",
    Standing.LEFT: "left before completing",
    Standing.PAUSED: "paused",
    Standing.UNREACHABLE: "not reachable here",
    Standing.OVERDUE: "past their day",
    Standing.PENDING: "still with time",
}


@dataclass(frozen=True, slots=True)
class Summary:
    """One campaign on one day. `progress` says how many had acknowledged everything by the end of each day so far.

    `titles` are the documents', in order; `title` is all of them.
    """

    campaign: Campaign
    title: str
    today: date
    people: tuple[Signatory, ...]
    progress: tuple[tuple[date, int], ...]
    last_year: str
    asking: int  # people who wait for an answer, in any campaign
    open_questions: int
    doubtful: int
    failed: int
    head: Head
    titles: tuple[str, ...] = ()

    @property
    def counts(self) -> dict[Standing, int]:
        """How many are where."""
        return counted(self.people)

    @property
    def total(self) -> int:
        """Everybody ever asked."""
        return len(self.people)

    @property
    def done(self) -> int:
        """Who acknowledged, here or on paper."""
        return self.counts[Standing.ACKNOWLEDGED] + self.counts[Standing.PAPER]

    @property
    def outstanding(self) -> tuple[Signatory, ...]:
        """Who still has to, in the order of their standing."""
        return tuple(person for standing in OUTSTANDING for person in self.people if person.standing is standing)

    @property
    def by_document(self) -> tuple[str, ...]:
        """How many acknowledged each of several documents; empty if there is one."""
        if not self.campaign.others:
            return ()
        done = [sum(item not in person.left for person in self.people) for item in self.campaign.items]
        counted_titles = zip(self.titles, done, strict=True)
        return tuple(
            f"{title}: {number} of {self.total} ({percent(number, self.total)})." for title, number in counted_titles
        )

    @property
    def line(self) -> str:
        """The figure everybody asks for."""
        what = " everything" if self.campaign.others else ""
        return f"{self.done} of {self.total} have acknowledged{what} ({percent(self.done, self.total)})."

    @property
    def sum(self) -> str:
        """Everybody, in parts that add up."""
        parts = [f"{number} {STANDING_WORDS[standing]}" for standing, number in self.counts.items() if number]
        return f"{self.total} people = {' + '.join(parts) or 'nobody'}."

    @property
    def governors(self) -> str:
        """The same without a name, for a governors' meeting."""
        on_paper = self.counts[Standing.PAPER]
        paper = f", {on_paper} of them on paper" if on_paper else ""
        return (
            f"{self.campaign.year}, {self.campaign.what}: {self.done} of {self.total} people have "
            f"acknowledged ({percent(self.done, self.total)}){paper}; {len(self.outstanding)} have not yet."
        )

    @property
    def picture_says(self) -> str:
        """The picture of progress, in words."""
        if not self.progress or not self.progress[-1][1]:
            return "Nobody has acknowledged yet."
        first, last = self.progress[0], self.progress[-1]
        half = next((day for day, done in self.progress if done * 2 >= self.total), None)
        middle = f" Half had by {written(half)}." if half and half != last[0] else ""
        return f"Progress by day: {first[1]} on {written(first[0])}, {last[1]} of {self.total} by now.{middle}"


def summary_of(
    campaign: Campaign,
    title: str,
    people: Sequence[Signatory],
    projection: CampaignProjection,
    cards: Iterable[Message],
    today: date,
    titles: Sequence[str] = (),
) -> Summary:
    """The summary of a campaign now; `cards` are its agreement cards, `titles` its documents' if it has several."""
    states = [card.state for card in cards if card.subject == campaign.subject]
    return Summary(
        campaign=campaign,
        title=title,
        today=today,
        people=tuple(people),
        progress=_progress(campaign, people, today),
        last_year=_last_year(campaign, projection, today),
        asking=len({question.subject for question in projection.questions.values()}),
        open_questions=len(projection.questions),
        doubtful=states.count(DeliveryState.DOUBT),
        failed=states.count(DeliveryState.FAILED),
        head=projection.head,
        titles=tuple(titles),
    )


def _progress(campaign: Campaign, people: Sequence[Signatory], today: date) -> tuple[tuple[date, int], ...]:
    end = min(campaign.closed or today, today)
    by_day = Counter(person.receipt.at.astimezone(LONDON).date() for person in people if person.receipt)
    done, progress = 0, []
    for number in range((end - campaign.opened).days + 1):
        day = campaign.opened + timedelta(days=number)
        done += by_day[day]
        progress.append((day, done))
    return tuple(progress)


def _last_year(campaign: Campaign, projection: CampaignProjection, today: date) -> str:
    """How the last closed campaign for the same documents was doing as many days after it had opened."""
    older = [
        other
        for other in projection.campaigns.values()
        if set(other.documents) == set(campaign.documents)
        and other.closed
        and other.id != campaign.id
        and other.opened < campaign.opened
    ]
    if not older:
        return ""
    before = max(older, key=lambda other: other.opened)
    day = before.opened + (min(campaign.closed or today, today) - campaign.opened)
    by_then = sum(
        _is_complete(before, receipts, day) for (id, _), receipts in projection.receipts.items() if id == before.id
    )
    total = int(projection.results.get(before.id, {}).get("total", len(before.people)))
    return f"At this point in {before.year}: {by_then} of {total} ({percent(by_then, total)})."


def _is_complete(campaign: Campaign, receipts: Iterable[Receipt], day: date) -> bool:
    """Whether somebody with these receipts had acknowledged everything by the end of a day."""
    asked = {receipt.asked for receipt in receipts if receipt.at.astimezone(LONDON).date() <= day}
    return all(item.asked in asked for item in campaign.items)


def percent(part: int, whole: int) -> str:
    """A share as people say it: never 100% while somebody is missing, never 0% once somebody has begun.

    >>> percent(199, 200), percent(1, 400), percent(0, 0), percent(3, 3)
    ('99%', '1%', '0%', '100%')
    """
    if not whole or not part:
        return "0%"
    return f"{100 if part == whole else min(99, max(1, round(100 * part / whole)))}%"
