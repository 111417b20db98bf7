"""What the ledger says, event by event."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from bot.campaigns.rules.campaign import Pause
from bot.campaigns.rules.projection import CampaignProjection
from bot.evidence.rules.ledger import Entry, Event, EventKind, Fact, head, seal
from bot.people.rules.person import Role
from bot.school.rules.calendar import LONDON

NINE = datetime(2026, 9, 7, 9, tzinfo=LONDON)


class Ledger:
    """Events, one a day."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []

    def add(self, kind: EventKind, subject: str = "", campaign: str = "", **facts: Fact) -> int:
        at = NINE + timedelta(days=len(self.entries))
        event = Event(kind, at, subject, "", campaign, facts)
        self.entries.append(seal(event, head(self.entries), ("0" * 32, "1" * 32)))
        return len(self.entries)

    def publish(self, digest: str, weight: str = "material") -> None:
        self.add(
            EventKind.PUBLISH, document="AUP", digest=digest, label=digest, weight=weight, statement="I have read it."
        )

    def open(self, digest: str = "v1", people: tuple[str, ...] = ("p1", "p2")) -> None:
        self.add(
            EventKind.OPEN,
            campaign="c1",
            document="AUP",
            label=digest,
            version=digest,
            asked=digest,
            audience=["staff"],
            due="2026-09-28",
            people=list(people),
        )

    def acknowledge(self, subject: str, version: str = "v1", asked: str = "v1", **more: Fact) -> int:
        kind = EventKind.PAPER if "signed" in more else EventKind.ACKNOWLEDGE
        return self.add(kind, subject, "c1", document="AUP", label=version, version=version, asked=asked, **more)

    @property
    def projection(self) -> CampaignProjection:
        return replayed(self.entries)


def replayed(entries: Iterable[Entry]) -> CampaignProjection:
    projection = CampaignProjection()
    for entry in entries:
        projection.add(entry, entry.event)
    return projection


def opened() -> Ledger:
    ledger = Ledger()
    ledger.publish("v1")
    ledger.open()
    return ledger


def test_a_campaign_is_as_it_was_opened():
    campaign = opened().projection.campaigns["c1"]

    assert (campaign.opened, campaign.due) == (date(2026, 9, 8), date(2026, 9, 28))
    assert campaign.audience == {Role.STAFF}
    assert campaign.people == {"p1", "p2"}


def test_a_material_change_asks_again_and_the_first_receipt_stays():
    ledger = opened()
    ledger.acknowledge("p1")
    ledger.publish("v2")
    projection = ledger.projection
    campaign = projection.campaigns["c1"]

    assert (campaign.version, campaign.asked) == ("v2", "v2")
    assert projection.receipt(campaign, "p1") is None
    assert projection.last_receipt("AUP", "p1") == projection.receipts["c1", "p1"][0]


def test_a_minor_change_asks_nobody_again():
    ledger = opened()
    ledger.acknowledge("p1")
    ledger.publish("v2", "minor")
    projection = ledger.projection
    campaign = projection.campaigns["c1"]

    assert (campaign.version, campaign.asked) == ("v2", "v1")
    assert projection.receipt(campaign, "p1") is not None
    ledger.acknowledge("p2", "v2", "v1")
    assert ledger.projection.receipt(campaign, "p2") is not None


def test_a_closed_campaign_stays_as_it_was():
    ledger = opened()
    ledger.add(EventKind.CLOSE, campaign="c1", total=2, pending=2)
    ledger.publish("v2")
    projection = ledger.projection

    assert projection.campaigns["c1"].version == "v1"
    assert projection.campaigns["c1"].closed == date(2026, 9, 9)
    assert projection.open_campaigns() == ()
    assert projection.results["c1"]["total"] == 2


def test_a_correction_takes_a_receipt_away_and_frees_its_key():
    ledger = opened()
    number = ledger.acknowledge("p1", signed="2026-09-08")
    campaign = ledger.projection.campaigns["c1"]
    before = ledger.projection.acknowledgement_key(campaign, "p1")
    ledger.add(EventKind.CORRECT, "p1", "c1", entry=number)

    assert ledger.projection.receipt(campaign, "p1") is None
    assert ledger.projection.acknowledgement_key(campaign, "p1") != before
    ledger.acknowledge("p1")
    assert ledger.projection.receipt(campaign, "p1") is not None


def test_a_correction_of_another_entry_changes_no_receipt():
    ledger = opened()
    ledger.acknowledge("p1")
    ledger.add(EventKind.CORRECT, "p1", "c1", entry=99)
    campaign = ledger.projection.campaigns["c1"]

    assert ledger.projection.receipt(campaign, "p1") is not None
    assert ledger.projection.corrections.get(("c1", "p1"), 0) == 0


def test_pauses_questions_time_and_dates_are_the_last_that_were_recorded():
    ledger = opened()
    ledger.add(EventKind.PAUSE, "p1", until="2026-09-20")
    ledger.add(EventKind.PAUSE, "p1", until="2026-10-20")
    ledger.add(EventKind.QUESTION, "p1", "c1")
    ledger.add(EventKind.QUESTION, "p2", "c1")
    ledger.add(EventKind.ANSWER, "p2", "c1")
    ledger.add(EventKind.TIME, "p1", "c1", until="2026-09-30")
    ledger.add(EventKind.EXTEND, campaign="c1", due="2026-10-09", before="2026-09-28")
    projection = ledger.projection

    assert projection.pauses["p1"] == Pause(4, date(2026, 9, 10), date(2026, 10, 20))
    assert [question.subject for question in projection.questions.values()] == ["p1"]
    assert projection.time_until["c1", "p1"] == date(2026, 9, 30)
    assert projection.campaigns["c1"].due == date(2026, 10, 9)


def test_somebody_who_joins_is_asked_and_somebody_who_leaves_and_returns_has_not_left():
    ledger = opened()
    ledger.add(EventKind.JOIN, "p3", "c1", due="2026-10-12")
    ledger.add(EventKind.LEAVE, "p3", "c1")
    ledger.add(EventKind.LEAVE, "p3")
    assert set(ledger.projection.left) == {("c1", "p3"), ("", "p3")}
    ledger.add(EventKind.JOIN, "p3")
    projection = ledger.projection

    assert projection.campaigns["c1"].people == {"p1", "p2", "p3"}
    assert projection.own_due["c1", "p3"] == date(2026, 10, 12)
    assert ("", "p3") not in projection.left


def test_an_entry_taken_in_twice_changes_nothing():
    ledger = opened()
    ledger.acknowledge("p1")
    projection = ledger.projection
    projection.add(ledger.entries[-1], ledger.entries[-1].event)

    assert len(projection.receipts["c1", "p1"]) == 1
    assert projection.head == head(ledger.entries)


def released(projection: CampaignProjection) -> list[str]:
    return [person for person in ("p1", "p2") if projection.is_released(projection.campaigns["c1"], person)]


def test_a_material_change_waits_for_another_press_and_a_minor_one_does_not():
    ledger = opened()
    ledger.add(EventKind.RELEASE, campaign="c1", people=["p1", "p2"])
    ledger.publish("v2", "minor")
    projection = ledger.projection
    assert released(projection) == ["p1", "p2"] and not projection.is_asked_again(projection.campaigns["c1"])

    ledger.publish("v3")
    projection = ledger.projection
    assert released(projection) == [] and projection.is_asked_again(projection.campaigns["c1"])
    ledger.add(EventKind.RELEASE, campaign="c1", people=["p2"])
    projection = ledger.projection
    assert released(projection) == ["p2"] and not projection.is_asked_again(projection.campaigns["c1"])


def test_a_text_that_comes_back_waits_for_another_press_as_well():
    ledger = opened()
    ledger.add(EventKind.RELEASE, campaign="c1", people=["p1", "p2"])
    ledger.publish("v2")
    ledger.publish("v1")

    assert released(ledger.projection) == []
    assert ledger.projection.is_asked_again(ledger.projection.campaigns["c1"])


def test_a_stop_is_a_stop_for_a_changed_text_as_well():
    ledger = opened()
    ledger.add(EventKind.RELEASE, campaign="c1", people=["p1", "p2"])
    ledger.publish("v2")
    ledger.add(EventKind.HOLD, campaign="c1")

    assert not ledger.projection.has_begun(ledger.projection.campaigns["c1"])


def test_a_correction_of_a_pause_ends_it():
    ledger = opened()
    number = ledger.add(EventKind.PAUSE, "p1", until="2026-10-20")
    ledger.add(EventKind.CORRECT, "p1", entry=number)

    assert ledger.projection.pauses == {}


def test_the_words_acknowledged_are_those_published_with_the_text():
    projection = opened().projection

    assert projection.statement("v1") == "I have read it."
    assert projection.statement("unknown") == ""
