"""What the page Answers shows: every answer with its clauses word for word, where it stands, and what can be done."""

import asyncio
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from bot.ask.own_situations import OwnSituations
from bot.ask.policy_file import read_bank
from bot.ask.ports import Tallies
from bot.ask.rules.exemptions import shown_exemptions
from bot.ask.rules.policy import Policy
from bot.ask.rules.ruling_states import (
    Missed,
    RulingState,
    by_topic,
    is_silence_to_confirm,
    may_permit_something,
    missed_first,
    most_asked_first,
    states_of,
)
from bot.ask.rules.rulings import Ruling, digest
from bot.ask.rules.tallies import Tally
from bot.ask.rules.verdicts import Verdict
from bot.ask.ruling_commands import RulingCommands, digest_of_all
from bot.desk.rules.today import TodayItem
from bot.people.rules.permissions import Permission, may
from bot.people.rules.person import Person
from bot.undoable_file import digest_of

SITTING = 30  # answers shown at once, the most asked first: some 15 minutes
MISSED_SINCE = timedelta(weeks=8)
MAX_MISSED = 20
MAX_FOLLOWING = SITTING + 1  # a press may take all that are shown away
WAITS_FOR_HEAD = (RulingState.DRAFT, RulingState.CHANGED)
WAITS_FOR_OFFICE = (RulingState.PROPOSED, RulingState.SENT_BACK)
FOR_OFFICE = (*WAITS_FOR_OFFICE, RulingState.TO_WRITE)
LISTED = (
    (RulingState.PROPOSED, "Proposed, and not confirmed"),
    (RulingState.TO_WRITE, "To be written: your policy speaks of it"),
    (RulingState.DRAFT, "Waiting for approval"),
    (RulingState.CHANGED, "Changed since they were approved"),
    (RulingState.SENT_BACK, "Sent back"),
    (RulingState.APPROVED, "Approved"),
    (RulingState.STRUCK, "Struck"),
    (RulingState.OPEN, "Not ruled yet"),
)

Values = dict[str, Any]


@dataclass(slots=True)
class Voices:
    """How many writers of the bank ask about each situation. The bank is read once, when it is first needed."""

    policies: Path
    _voices: Mapping[str, int] = field(default_factory=dict, repr=False)

    async def by_situation(self) -> Mapping[str, int]:
        """The count of each."""
        if not self._voices:
            self._voices = await asyncio.to_thread(self._count)
        return self._voices

    def _count(self) -> Mapping[str, int]:
        writers = {(example.situation, example.voice) for example in read_bank(self.policies)}
        counts: dict[str, int] = {}
        for situation, _ in writers:
            counts[situation] = counts.get(situation, 0) + 1
        return counts


@dataclass(frozen=True, slots=True)
class AnswersPage:
    """The page's values. It is read from the folder each time, so a change by hand is seen at once."""

    rulings: RulingCommands
    own: OwnSituations
    tallies: Tallies
    voices: Voices

    async def values(self, person: Person, at: str = "") -> Values:
        """Everything the page shows to somebody. `at` is where they were: ids with commas."""
        await self.rulings.refresh()
        policy, today = self.rulings.policy, self.rulings.context.today
        states = states_of(policy, self.rulings.held.records)
        tallies = await self.tallies.tallies()
        ordered = most_asked_first(states, tallies, await self.voices.by_situation())
        may_approve = may(person, Permission.APPROVE, today)
        silences = [
            id for id in ordered if states[id] is RulingState.PROPOSED and is_silence_to_confirm(policy.rulings[id])
        ]
        waiting = [id for id in ordered if states[id] in _waits_for(may_approve) and id not in set(silences)]
        shown = waiting[:SITTING]
        unruled = [id for id in ordered if states[id] is RulingState.OPEN]
        to_write = [id for id in ordered if states[id] is RulingState.TO_WRITE]
        listed = [id for id in ordered if id not in {*shown, *silences, *to_write}]
        seen = await asyncio.to_thread(lambda: digest_of(self.rulings.file.text()))
        drawing = _Drawing(policy, states, seen, may_approve)
        return {
            "sum": _sum(states),
            "here": _here(at.split(","), shown, [*_sections(silences or to_write, unruled), *to_write, *listed]),
            "waits": len(waiting) + len(silences) + len(to_write),
            "left": len(waiting) - len(shown),
            "topics": drawing.topics(shown),
            "shown": len(shown),
            "approve_all": drawing.approve_all(shown),
            "silences": drawing.batch(silences, "confirm_silences"),
            "to_write": [drawing.line(id) for id in to_write],
            "open": drawing.batch(unruled, "silence_rulings"),
            "lists": drawing.lists(listed),
            "undo": _press("undo_ruling", {"file": seen}) if self.rulings.file.can_undo() else "",
            "missed": self._missed(policy, tallies) if may(person, Permission.QUESTIONS, today) else [],
            "add": _press("add_situation", {"file": await asyncio.to_thread(self.own.seen)}, takes_fields=True),
            "try_it": _press("try_answer", {}, takes_fields=True),
        }

    async def today(self, person: Person) -> list[TodayItem]:
        """What needs somebody: answers to approve, or to confirm."""
        today = self.rulings.context.today
        states = states_of(self.rulings.policy, self.rulings.held.records).values()
        items = []
        if (drafts := sum(state in WAITS_FOR_HEAD for state in states)) and may(person, Permission.APPROVE, today):
            waits = "1 answer waits" if drafts == 1 else f"{drafts} answers wait"
            says = f"{waits} for you. Nothing is allowed by an answer before you have approved it."
            items.append(TodayItem("Rulings wait for approval", says, "answers"))
        if (proposed := sum(state in FOR_OFFICE for state in states)) and may(person, Permission.RULINGS, today):
            waits = "1 answer waits" if proposed == 1 else f"{proposed} answers wait"
            says = f"{waits} to be confirmed or written. None of them allows anything."
            items.append(TodayItem("Answers wait to be confirmed", says, "answers"))
        return items

    def _missed(self, policy: Policy, tallies: Iterable[Tally]) -> list[Values]:
        since = self.rulings.context.today - MISSED_SINCE
        return [
            {"id": m.situation, "label": policy.situations[m.situation].label, "says": _missed_says(m)}
            for m in missed_first(policy, tallies, since)[:MAX_MISSED]
        ]


@dataclass(frozen=True)
class _Drawing:
    """Answers as the template needs them, for somebody who may approve or not."""

    policy: Policy
    states: Mapping[str, RulingState]
    seen: str
    may_approve: bool

    def topics(self, ids: Sequence[str]) -> list[Values]:
        grouped = by_topic(ids, self.policy)
        in_order = [id for group in grouped.values() for id in group]
        return [
            {
                "title": topic,
                "at": _following(group[0], in_order),
                "answers": [{**self._answer(id), "at": _following(id, in_order)} for id in group],
                "confirm": self.batch([id for id in group if self._is_plain_proposal(id)], "confirm_rulings"),
            }
            for topic, group in grouped.items()
        ]

    def batch(self, ids: Sequence[str], verb: str) -> Values:
        """Boxes to tick for several situations, and the one press for them; empty if there are none."""
        boxes = [self._box(id) for id in ids]
        return {"boxes": boxes, "press": _press(verb, {"file": self.seen}, takes_fields=True)} if boxes else {}

    def _box(self, id: str) -> Values:
        ruling, situation = self._own(id), self.policy.situations[id]
        is_worded = ruling is not None and ruling.verdict is not Verdict.NOT_COVERED
        says = f"{ruling.shown_headline}: {ruling.says}" if ruling and is_worded else f"About {situation.asks}."
        return {"id": id, "label": situation.label, "says": says}

    def _is_plain_proposal(self, id: str) -> bool:
        ruling = self.policy.rulings[id]
        is_plain = not may_permit_something(ruling) and not ruling.must_be_read_alone
        return self.states[id] is RulingState.PROPOSED and is_plain

    def approve_all(self, shown: Sequence[str]) -> Values:
        """The press for all shown that may be approved together; empty if there is none."""
        rulings = [self.policy.rulings[id] for id in shown if self._is_for_all(id)] if self.may_approve else []
        if not rulings:
            return {}
        data = {"names": " ".join(r.situation for r in rulings), "digest": digest_of_all(rulings, self.policy)}
        return {"press": _press("approve_rulings", data), "count": len(rulings)}

    def _is_for_all(self, id: str) -> bool:
        return self.states[id] in WAITS_FOR_HEAD and not may_permit_something(self.policy.rulings[id])

    def lists(self, ids: Sequence[str]) -> list[Values]:
        lists = [(title, [self.line(id) for id in ids if self.states[id] is state]) for state, title in LISTED]
        return [{"title": title, "lines": lines} for title, lines in lists if lines]

    def line(self, id: str) -> Values:
        """An answer in one line; one that is still to be written is asked for."""
        ruling = None if self.states[id] is RulingState.TO_WRITE else self._own(id)
        situation = self.policy.situations[id]
        return {
            "id": id,
            "label": situation.label,
            "says": f"{ruling.shown_headline}: {ruling.says}" if ruling else f"About {situation.asks}.",
            "change": _press("change_ruling", {"name": id}),
            "title": "Change" if ruling else "Write the answer",
            "silence": "" if ruling else self._silence(id),
        }

    def _own(self, id: str) -> Ruling | None:
        ruling = self.policy.rulings.get(id)
        return None if ruling is None or ruling.is_common else ruling

    def _silence(self, id: str) -> str:
        return _press("silence_ruling", {"name": id, "file": self.seen})

    def _answer(self, id: str) -> Values:
        ruling, situation = self.policy.rulings[id], self.policy.situations[id]
        is_proposed = ruling.is_proposed
        return {
            "id": id,
            "label": situation.label,
            "asks": situation.asks,
            "verdict": ruling.shown_headline,
            "is_permission": ruling.verdict.is_permission,
            "allows": may_permit_something(ruling),
            "says": ruling.says,
            "conditions": ruling.conditions,
            "exceptions": self._exceptions(ruling),
            "silent_on": ruling.silent_on,
            "pointer": ruling.pointer,
            "quotes": [self._quote(ref) for ref in ruling.clauses],
            "state": self.states[id].value,
            "remark": ruling.remark,
            "approve": "" if is_proposed or ruling.remark or not self.may_approve else self._approve(ruling),
            "confirm": self._with_file("confirm_ruling", id) if is_proposed or ruling.remark else "",
            "silence": "" if ruling.verdict is Verdict.NOT_COVERED and not is_proposed else self._silence(id),
            "strike": self._with_file("strike_ruling", id),
            "change": _press("change_ruling", {"name": id}),
            "send_back": "" if is_proposed or not self.may_approve else self._send_back(id),
        }

    def _exceptions(self, ruling: Ruling) -> tuple[str, ...]:
        """Every exception; what a guess would allow is shown as well, because somebody is to judge it."""
        return shown_exemptions(replace(ruling, is_proposed=False))

    def _quote(self, ref: str) -> tuple[str, str]:
        clause = self.policy.clauses.get(ref)
        if clause is None:
            return ref, "This clause is not there any more."
        return f"{self.policy.documents[clause.document].short}, {clause.ref}", clause.quoted_text

    def _approve(self, ruling: Ruling) -> str:
        data = {"name": ruling.situation, "digest": digest(ruling, self.policy.clauses)}
        return _press("approve_ruling", data)

    def _with_file(self, verb: str, id: str) -> str:
        return _press(verb, {"name": id, "file": self.seen})

    def _send_back(self, id: str) -> str:
        return _press("send_back_ruling", {"name": id, "file": self.seen}, takes_fields=True)


def _following(id: str, in_order: Sequence[str]) -> str:
    """Where somebody is after a press on an answer: at it if it is still among those shown, else at one after it."""
    return ",".join(in_order[in_order.index(id) :][:MAX_FOLLOWING])


def _sections(silences: Sequence[str], unruled: Sequence[str]) -> list[str]:
    """The sections that the page has now, by the ids of their headings."""
    return [name for name, is_there in (("waiting", True), ("silences", silences), ("open", unruled)) if is_there]


def _here(asked: Sequence[str], shown: Sequence[str], others: Sequence[str]) -> str:
    """The id on the page at which to go on: an answer that is shown, else a section or one that is listed."""
    places = [id for id in asked if id in shown] + [id for id in asked if id in others]
    return places[0] if places else ""


def _waits_for(may_approve: bool) -> tuple[RulingState, ...]:
    return (*WAITS_FOR_HEAD, RulingState.PROPOSED) if may_approve else WAITS_FOR_OFFICE


def _sum(states: Mapping[str, RulingState]) -> list[tuple[str, str]]:
    counts = {title: sum(value is state for value in states.values()) for state, title in LISTED}
    return [(title, str(count)) for title, count in counts.items() if count]


def _missed_says(missed: Missed) -> str:
    parts = [f"asked {missed.unanswered} times where nothing is said"] if missed.unanswered else []
    parts += [f"{missed.did_not_help} times “not what I asked”"] if missed.did_not_help else []
    return ", ".join(parts)


def _press(verb: str, data: Mapping[str, str], *, takes_fields: bool = False) -> str:
    """What a button of the page sends."""
    return json.dumps({"verb": verb, "data": data, "takes_fields": takes_fields})
