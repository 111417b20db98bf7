"""What the ledger says, event by event."""

from datetime import date, datetime, timedelta

from bot.campaigns.rules.campaign import Pause
from bot.campaigns.rules.projection import CampaignProjection
from bot.evidence.rules.ledger import Entry, Event, EventKind, Fact, head, seal
from bot.people.rules.person import Role
from bot.school.rules.calendar import LONDON

NINE = datetime(2026, 9, 7, 9, tzinfo=LONDON)


class Ledger:
    """Events as a test tells them, one a day."""

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
    def register(self) -> CampaignProjection:
        return CampaignProjection.of(self.entries)


def opened() -> Ledger:
    ledger = Ledger()
    ledger.publish("v1")
    ledger.open()
    return ledger


def test_a_campaign_is_as_it_was_opened():
    campaign = opened().register.campaigns["c1"]

    assert (campaign.opened, campaign.due) == (date(2026, 9, 8), date(2026, 9, 28))
    assert campaign.audience == {Role.STAFF}
    assert campaign.people == {"p1", "p2"}


def test_a_material_change_asks_again_and_the_first_receipt_stays():
    ledger = opened()
    ledger.acknowledge("p1")
    ledger.publish("v2")
    register = ledger.register
    campaign = register.campaigns["c1"]

    assert (campaign.version, campaign.asked) == ("v2", "v2")
    assert register.receipt(campaign, "p1") is None
    assert register.last_receipt("AUP", "p1") == register.receipts["c1", "p1"][0]


def test_a_minor_change_asks_nobody_again():
    ledger = opened()
    ledger.acknowledge("p1")
    ledger.publish("v2", "minor")
    register = ledger.register
    campaign = register.campaigns["c1"]

    assert (campaign.version, campaign.asked) == ("v2", "v1")
    assert register.receipt(campaign, "p1") is not None
    ledger.acknowledge("p2", "v2", "v1")
    assert ledger.register.receipt(campaign, "p2") is not None


def test_a_closed_campaign_stays_as_it_was():
    ledger = opened()
    ledger.add(EventKind.CLOSE, campaign="c1", total=2, pending=2)
    ledger.publish("v2")
    register = ledger.register

    assert register.campaigns["c1"].version == "v1"
    assert register.campaigns["c1"].closed == date(2026, 9, 9)
    assert register.open_campaigns() == ()
    assert register.results["c1"]["total"] == 2


def test_a_correction_takes_a_receipt_away_and_frees_its_key():
    ledger = opened()
    number = ledger.acknowledge("p1", signed="2026-09-08")
    campaign = ledger.register.campaigns["c1"]
    before = ledger.register.acknowledgement_key(campaign, "p1")
    ledger.add(EventKind.CORRECT, "p1", "c1", entry=number)

    assert ledger.register.receipt(campaign, "p1") is None
    assert ledger.register.acknowledgement_key(campaign, "p1") != before
    ledger.acknowledge("p1")
    assert ledger.register.receipt(campaign, "p1") is not None


def test_a_correction_of_another_entry_changes_no_receipt():
    ledger = opened()
    ledger.acknowledge("p1")
    ledger.add(EventKind.CORRECT, "p1", "c1", entry=99)
    campaign = ledger.register.campaigns["c1"]

    assert ledger.register.receipt(campaign, "p1") is not None
    assert ledger.register.corrections.get(("c1", "p1"), 0) == 0


def test_pauses_questions_time_and_dates_are_those_last_told():
    ledger = opened()
    ledger.add(EventKind.PAUSE, "p1", until="2026-09-20")
    ledger.add(EventKind.PAUSE, "p1", until="2026-10-20")
    ledger.add(EventKind.QUESTION, "p1", "c1")
    ledger.add(EventKind.QUESTION, "p2", "c1")
    ledger.add(EventKind.ANSWER, "p2", "c1")
    ledger.add(EventKind.TIME, "p1", "c1", until="2026-09-30")
    ledger.add(EventKind.EXTEND, campaign="c1", due="2026-10-09", before="2026-09-28")
    register = ledger.register

    assert register.pause("p1") == Pause(date(2026, 9, 10), date(2026, 10, 20))
    assert set(register.questions) == {"p1"}
    assert register.time_until["c1", "p1"] == date(2026, 9, 30)
    assert register.campaigns["c1"].due == date(2026, 10, 9)


def test_who_comes_is_asked_and_who_leaves_and_returns_is_here_again():
    ledger = opened()
    ledger.add(EventKind.JOIN, "p3", "c1", due="2026-10-12")
    ledger.add(EventKind.LEAVE, "p3", "c1")
    ledger.add(EventKind.LEAVE, "p3")
    assert set(ledger.register.left) == {("c1", "p3"), ("", "p3")}
    ledger.add(EventKind.JOIN, "p3")
    register = ledger.register

    assert register.campaigns["c1"].people == {"p1", "p2", "p3"}
    assert register.own_due["c1", "p3"] == date(2026, 10, 12)
    assert ("", "p3") not in register.left


def test_an_entry_taken_in_twice_changes_nothing():
    ledger = opened()
    ledger.acknowledge("p1")
    register = ledger.register
    register.add(ledger.entries[-1])

    assert len(register.receipts["c1", "p1"]) == 1
    assert register.head == head(ledger.entries)


def released(register: CampaignProjection) -> list[str]:
    return [one for one in ("p1", "p2") if register.is_released(register.campaigns["c1"], one)]


def test_a_material_change_waits_for_another_press_and_a_minor_one_does_not():
    ledger = opened()
    ledger.add(EventKind.RELEASE, campaign="c1", people=["p1", "p2"])
    ledger.publish("v2", "minor")
    register = ledger.register
    assert released(register) == ["p1", "p2"] and not register.is_asked_again(register.campaigns["c1"])

    ledger.publish("v3")
    register = ledger.register
    assert released(register) == [] and register.is_asked_again(register.campaigns["c1"])
    ledger.add(EventKind.RELEASE, campaign="c1", people=["p2"])
    register = ledger.register
    assert released(register) == ["p2"] and not register.is_asked_again(register.campaigns["c1"])


def test_a_text_that_comes_back_waits_for_another_press_as_well():
    ledger = opened()
    ledger.add(EventKind.RELEASE, campaign="c1", people=["p1", "p2"])
    ledger.publish("v2")
    ledger.publish("v1")

    assert released(ledger.register) == []
    assert ledger.register.is_asked_again(ledger.register.campaigns["c1"])


def test_a_stop_holds_for_a_changed_text_as_well():
    ledger = opened()
    ledger.add(EventKind.RELEASE, campaign="c1", people=["p1", "p2"])
    ledger.publish("v2")
    ledger.add(EventKind.HOLD, campaign="c1")

    assert not ledger.register.has_begun(ledger.register.campaigns["c1"])
