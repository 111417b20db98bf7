"""Finds what is wrong in a school's policy folder before anybody is answered from it."""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bot.ask.rules.bank import Example
from bot.ask.rules.policy import Policy
from bot.ask.rules.rulings import Ruling
from bot.ask.rules.verdicts import Verdict
from bot.ask.rules.words import words
from bot.school.rules.documents import Bound

LONGEST_SAYS = 170  # characters; more does not fit on a phone above the clause
LONGEST_LABEL = 40
ONE_WORD_FROM = 6  # telling words; below that, one word makes another question
HARD_TO_TELL = 0.85  # cosine of two situations' words
STOP_WORDS = frozenset(
    words(
        """
        a an and are am as at be been but by can could did do does for from get got had has have he her him his how i if
        in is it it's its just me my of on or our please shall she should so some that the their them then there they
        this to too up us was we were what when where which who will with would you your i'm i've don't can't hi hello
        thanks thank
        """
    )
)

Stem = Callable[[str], str]
Bank = Sequence[Example]


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """Something to mend: where it stands, and what is wrong in a sentence."""

    file: str
    entry: str
    field: str
    says: str

    @property
    def place(self) -> str:
        """File, entry and field, as a school accepts a finding by."""
        return f"{self.file}: {self.entry}: {self.field}"

    def __str__(self) -> str:
        return f"{self.place}: {self.says}"


def check(policy: Policy, source: str, bank: Bank, stem: Stem, today: date) -> list[Finding]:
    """Everything that is wrong, in the order of the files."""
    found = [
        *_documents(policy, source, today),
        *_rulings(policy),
        *_situations(policy, bank),
        *_questions(bank, stem),
        *_hard_to_tell(bank, stem),
    ]
    return sorted(set(found))


def _squeeze(text: str) -> str:
    return "".join(text.split())


def _documents(policy: Policy, source: str, today: date) -> Iterator[Finding]:
    whole = _squeeze(source)
    for paper in policy.documents.values():
        seen: set[str] = set()
        for clause in paper.clauses:
            if clause.id in seen:
                yield Finding(paper.id, clause.id, "id", "this clause stands twice.")
            seen.add(clause.id)
            if _squeeze(clause.text) not in whole:
                yield Finding(paper.id, clause.id, "text", "these are not the words of source.txt.")
        if paper.is_overdue(today):
            yield Finding(paper.id, "document", "review_due", f"the review was due on {paper.review_due:%-d %B %Y}.")
    for paper_away in policy.absent:
        yield Finding("school.toml", "absent", paper_away.name, "this policy is mentioned and not held here.")
        for ref in paper_away.clauses:
            if ref not in policy.clauses:
                yield Finding("school.toml", "absent", paper_away.name, f"there is no clause {ref!r}.")


def _rulings(policy: Policy) -> Iterator[Finding]:
    for id, ruling in policy.rulings.items():
        if id not in policy.situations:
            yield Finding("rulings.toml", id, "situation", "there is no such situation.")
        for field, refs, known in (
            ("clauses", ruling.clauses, policy.clauses),
            ("see_also", ruling.see_also, policy.situations),
        ):
            for ref in refs:
                if ref not in known:
                    yield Finding("rulings.toml", id, field, f"there is no {ref!r}.")
        if id in policy.situations and policy.situations[id].volunteers:
            yield from _for_volunteers(ruling, policy)
        if (ruling.verdict is Verdict.NOT_COVERED) == bool(ruling.clauses):
            yield Finding("rulings.toml", id, "clauses", "a ruling rests on clauses, and a silence on none.")
        if len(ruling.says) > LONGEST_SAYS:
            yield Finding("rulings.toml", id, "says", f"longer than {LONGEST_SAYS} characters.")
        if ruling.verdict is Verdict.YES_IF and not ruling.conditions:
            yield Finding("rulings.toml", id, "conditions", "an 'only if' needs its conditions.")


def _for_volunteers(ruling: Ruling, policy: Policy) -> Iterator[Finding]:
    for ref in ruling.clauses:
        if ref in policy.clauses and Bound.VOLUNTEERS not in policy.clauses[ref].binds:
            says = f"{ref} does not bind volunteers, and this ruling is for them."
            yield Finding("rulings.toml", ruling.situation, "clauses", says)


def _situations(policy: Policy, bank: Bank) -> Iterator[Finding]:
    asked = {example.situation for example in bank}
    for id, situation in policy.situations.items():
        if not situation.offers and id not in policy.rulings:
            yield Finding("rulings.toml", id, "verdict", "this situation has no ruling.")
        if situation.offers and id in policy.rulings:
            yield Finding("rulings.toml", id, "verdict", "too wide for a ruling: it offers others.")
        for other in situation.offers:
            if other not in policy.situations:
                yield Finding("situations.toml", id, "offers", f"there is no situation {other!r}.")
        if len(situation.label) > LONGEST_LABEL:
            yield Finding("situations.toml", id, "label", f"longer than {LONGEST_LABEL} characters.")
        if id not in asked:
            yield Finding("situations.toml", id, "questions", "the bank has no question for it.")
    for example in bank:
        for id in {example.situation, example.also or example.situation} - policy.situations.keys():
            yield Finding("questions", id, example.text, "there is no such situation.")


def telling(question: str, stem: Stem) -> tuple[str, ...]:
    """The words of a question that tell it from others: stemmed, in order, without stop-words."""
    said = words(question)
    return tuple(stem(word) for word in said if word not in STOP_WORDS) or tuple(said)


def _questions(bank: Bank, stem: Stem) -> Iterator[Finding]:
    homes: dict[tuple[str, ...], Example] = {}
    nearly: dict[tuple[str, tuple[str, ...]], Example] = {}
    for one in bank:
        key = telling(one.text, stem)
        twin = homes.setdefault(key, one)
        if twin is not one:
            other = "" if twin.situation == one.situation else f" under {twin.situation}"
            yield Finding("questions", one.situation, one.text, f"the same as {twin.text!r}{other}.")
        elif len(key) >= ONE_WORD_FROM:
            gaps = [(one.situation, (*key[:gap], "", *key[gap + 1 :])) for gap in range(len(key))]
            twins = [nearly.setdefault(gap, one) for gap in gaps]
            near = next((twin for twin in twins if twin is not one), None)
            if near:
                yield Finding("questions", one.situation, one.text, f"one word away from {near.text!r}.")


def _hard_to_tell(bank: Bank, stem: Stem) -> Iterator[Finding]:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for example in bank:
        counts[example.situation].update(set(telling(example.text, stem)))
    spread = Counter(word for count in counts.values() for word in count)
    weighed = {
        id: _unit({word: math.log(1 + n) * math.log(len(counts) / spread[word]) for word, n in count.items()})
        for id, count in counts.items()
    }
    by_word: dict[str, list[str]] = defaultdict(list)
    for id, vector in weighed.items():
        for word in vector:
            by_word[word].append(id)
    for one, vector in weighed.items():
        alike: Counter[str] = Counter()
        for word, value in vector.items():
            for other in by_word[word]:
                if other > one:
                    alike[other] += value * weighed[other][word]  # type: ignore[assignment]
        for other, cosine in alike.items():
            if cosine > HARD_TO_TELL:
                yield Finding("questions", one, other, "these two situations are hard to tell apart.")


def _unit(vector: Mapping[str, float]) -> dict[str, float]:
    length = math.sqrt(sum(value * value for value in vector.values())) or 1.0
    return {word: value / length for word, value in vector.items()}
