"""Finds mistakes in a school's policy folder, before questions are answered from it."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bot.ask.rules.bank import Example
from bot.ask.rules.card_buttons import MAX_LABEL_CHARS
from bot.ask.rules.clause_search import Stem
from bot.ask.rules.policy import Policy
from bot.ask.rules.rulings import Ruling, Situation
from bot.ask.rules.verdicts import Verdict
from bot.ask.rules.words import words
from bot.school.rules.documents import Bound

MAX_SAYS_CHARS = 170  # more does not fit on a phone above the clause
MIN_NEAR_MISS_WORDS = 6  # in a question of fewer keywords, one other word makes it another question
MAX_SIMILARITY = 0.85  # cosine of two situations' keywords
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

Bank = Sequence[Example]


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """Something to fix: where it is, and a sentence that says what is wrong."""

    file: str
    entry: str
    field: str
    says: str

    @property
    def place(self) -> str:
        """File, entry and field. A school that accepts a finding names this in school.toml."""
        return f"{self.file}: {self.entry}: {self.field}"

    def __str__(self) -> str:
        return f"{self.place}: {self.says}"


def check(policy: Policy, source: str, bank: Bank, stem: Stem, today: date) -> list[Finding]:
    """Every mistake, in the order of the files. `source` is the text of source.txt."""
    findings = [
        *_documents(policy, source, today),
        *_rulings(policy),
        *_unquoted_clauses(policy),
        *_situations(policy, bank),
        *_commands(policy, bank),
        *_questions(bank, stem),
        *_similar_situations(bank, stem),
    ]
    return sorted(set(findings))


def _without_spaces(text: str) -> str:
    return "".join(text.split())


def _documents(policy: Policy, source: str, today: date) -> Iterator[Finding]:
    source_text = _without_spaces(source)
    for document in policy.documents.values():
        clause_ids: set[str] = set()
        for clause in document.clauses:
            if clause.id in clause_ids:
                yield Finding(document.id, clause.id, "id", "this clause is there twice.")
            clause_ids.add(clause.id)
            if _without_spaces(clause.text) not in source_text:
                yield Finding(document.id, clause.id, "text", "these are not the words of source.txt.")
        if document.review_due is not None and document.is_overdue(today):
            due = f"{document.review_due:%-d %B %Y}"
            yield Finding(document.id, "document", "review_due", f"the review was due on {due}.")
    for absent in policy.absent:
        yield Finding("school.toml", "absent", absent.name, "this policy is mentioned, but Staffroom does not have it.")
        for ref in absent.clauses:
            if ref not in policy.clauses:
                yield Finding("school.toml", "absent", absent.name, f"there is no clause {ref!r}.")


def _rulings(policy: Policy) -> Iterator[Finding]:
    for id, ruling in policy.rulings.items():
        if id not in policy.situations:
            yield Finding("rulings.toml", id, "situation", "there is no such situation.")
        for field, refs, targets in (
            ("clauses", ruling.clauses, policy.clauses),
            ("governing", ruling.governing, ruling.clauses),
            ("see_also", ruling.see_also, policy.situations),
            ("otherwise", ruling.otherwise, policy.situations),
        ):
            for ref in refs:
                if ref not in targets:
                    yield Finding("rulings.toml", id, field, f"there is no {ref!r}.")
        if id in policy.situations:
            yield from _for_situation(ruling, policy.situations[id], policy)
        if (ruling.verdict is Verdict.NOT_COVERED) == bool(ruling.clauses):
            yield Finding("rulings.toml", id, "clauses", "a ruling needs clauses, and a silence has none.")
        if len(ruling.says) > MAX_SAYS_CHARS:
            yield Finding("rulings.toml", id, "says", f"longer than {MAX_SAYS_CHARS} characters.")
        if ruling.verdict is Verdict.YES_IF and not ruling.conditions:
            yield Finding("rulings.toml", id, "conditions", "an 'only if' needs its conditions.")
        yield from _asked_words(ruling)


def _asked_words(ruling: Ruling) -> Iterator[Finding]:
    """Phrases that could never count, or that would make a "Yes" of too little."""
    asked, duties, conditional = ruling.asked, {Verdict.MUST, Verdict.REPORT}, {Verdict.YES_IF, Verdict.NO}
    for field, phrases, verdicts in (
        ("contrary", asked.contrary, duties),
        ("meets", asked.meets, duties | {Verdict.YES_IF}),
        ("breaks", asked.breaks, conditional),
        ("informs", asked.informs, {Verdict.MUST, Verdict.NO}),
    ):
        if phrases and ruling.verdict not in verdicts:
            yield Finding("rulings.toml", ruling.situation, field, f"does nothing with the verdict {ruling.verdict}.")
    if ruling.verdict is Verdict.YES_IF and asked.meets and len(asked.meets) != len(ruling.conditions):
        yield Finding("rulings.toml", ruling.situation, "meets", "needs one list of phrases for each condition.")
    for phrase in asked.phrases:
        if not all(words(piece) for piece in phrase.split("...")):
            yield Finding("rulings.toml", ruling.situation, phrase, "this phrase has no words, or none beside its gap.")
    met = {phrase for phrases in asked.meets for phrase in phrases}
    for phrase in sorted(met):
        if ruling.verdict is Verdict.YES_IF and "..." in phrase:
            yield Finding("rulings.toml", ruling.situation, phrase, 'a gap could hide a "not", so it meets nothing.')
        if phrase in {*asked.breaks, *asked.contrary}:
            yield Finding("rulings.toml", ruling.situation, phrase, "this phrase cannot both meet and break a rule.")


def unanswered(policy: Policy) -> tuple[str, ...]:
    """The situations on which no clause says anything, except talk with the bot itself."""
    return tuple(
        id
        for id, ruling in policy.rulings.items()
        if not ruling.clauses and id in policy.situations and not policy.situations[id].chat
    )


def _unquoted_clauses(policy: Policy) -> Iterator[Finding]:
    if not policy.rulings:  # a policy that was imported just now: `check` says so in one line
        return
    quoted = {ref for ruling in policy.rulings.values() for ref in ruling.clauses}
    for clause in policy.clauses.values():
        if clause.id not in quoted:
            yield Finding(clause.document, clause.id, "rulings", "no ruling quotes this clause.")


def _for_situation(ruling: Ruling, situation: Situation, policy: Policy) -> Iterator[Finding]:
    if situation.volunteers:
        yield from _for_volunteers(ruling, policy)
    if situation.chat and ruling.verdict is not Verdict.NOT_COVERED:
        says = "the bot itself answers this, so it is 'not_covered'."
        yield Finding("rulings.toml", situation.id, "verdict", says)


def _for_volunteers(ruling: Ruling, policy: Policy) -> Iterator[Finding]:
    for ref in ruling.clauses:
        if ref in policy.clauses and Bound.VOLUNTEERS not in policy.clauses[ref].binds:
            says = f"{ref} does not bind volunteers, and this ruling is for them."
            yield Finding("rulings.toml", ruling.situation, "clauses", says)


def _situations(policy: Policy, bank: Bank) -> Iterator[Finding]:
    asked = {example.situation for example in bank}
    for id, situation in policy.situations.items():
        yield from _situation(situation, policy)
        if id not in asked:
            yield Finding("situations.toml", id, "questions", "the bank has no question for it.")
    for example in bank:
        known = policy.situations.keys() | policy.commands.keys()
        for id in {example.situation, example.also or example.situation} - known:
            yield Finding("questions", id, example.text, "there is no such situation.")


def _situation(situation: Situation, policy: Policy) -> Iterator[Finding]:
    if policy.rulings and not situation.offers and situation.id not in policy.rulings:
        yield Finding("rulings.toml", situation.id, "verdict", "this situation has no ruling.")
    if situation.offers and situation.id in policy.rulings:
        yield Finding("rulings.toml", situation.id, "verdict", "too wide for a ruling: it offers other situations.")
    for other in situation.offers:
        if other not in policy.situations:
            yield Finding("situations.toml", situation.id, "offers", f"there is no situation {other!r}.")
    if situation.chat and situation.offers:
        yield Finding("situations.toml", situation.id, "offers", "the bot itself answers this, so it has a ruling.")
    if policy.rulings and situation.why and situation.why not in policy.rulings:
        yield Finding("situations.toml", situation.id, "why", f"there is no ruling on {situation.why!r}.")
    if len(situation.label) > MAX_LABEL_CHARS:
        yield Finding("situations.toml", situation.id, "label", f"longer than {MAX_LABEL_CHARS} characters.")


def _commands(policy: Policy, bank: Bank) -> Iterator[Finding]:
    asked = {example.situation for example in bank}
    for id in policy.commands.keys() - asked:
        yield Finding("commands.toml", id, "questions", "the bank has no line for it.")
    for id in policy.commands.keys() & policy.situations.keys():
        yield Finding("commands.toml", id, "id", "there is a situation of that name.")


def keywords(question: str, stem: Stem) -> tuple[str, ...]:
    """The words of a question that tell it from others: stemmed, in order, without stop words."""
    all_words = words(question)
    return tuple(stem(word) for word in all_words if word not in STOP_WORDS) or tuple(all_words)


def _questions(bank: Bank, stem: Stem) -> Iterator[Finding]:
    first_with: dict[tuple[str, ...], Example] = {}
    first_with_gap: dict[tuple[str, tuple[str, ...]], Example] = {}  # the keywords with one of them left out
    for example in bank:
        key = keywords(example.text, stem)
        twin = first_with.setdefault(key, example)
        if twin is not example:
            place = "" if twin.situation == example.situation else f" under {twin.situation}"
            yield Finding("questions", example.situation, example.text, f"the same as {twin.text!r}{place}.")
        elif len(key) >= MIN_NEAR_MISS_WORDS:
            gaps = [(example.situation, (*key[:gap], "", *key[gap + 1 :])) for gap in range(len(key))]
            near_misses = [first_with_gap.setdefault(gap, example) for gap in gaps]
            near_miss = next((earlier for earlier in near_misses if earlier is not example), None)
            if near_miss:
                yield Finding("questions", example.situation, example.text, f"one word away from {near_miss.text!r}.")


def _similar_situations(bank: Bank, stem: Stem) -> Iterator[Finding]:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for example in bank:
        counts[example.situation].update(set(keywords(example.text, stem)))
    vectors = _tf_idf(counts)
    situations_with: dict[str, list[str]] = defaultdict(list)
    for id, vector in vectors.items():
        for word in vector:
            situations_with[word].append(id)
    for situation, vector in vectors.items():
        cosines: dict[str, float] = defaultdict(float)
        for word, value in vector.items():
            for other in situations_with[word]:
                if other > situation:
                    cosines[other] += value * vectors[other][word]
        for other, cosine in cosines.items():
            if cosine > MAX_SIMILARITY:
                yield Finding("questions", situation, other, "these two situations are hard to tell apart.")


def _tf_idf(counts: Mapping[str, Mapping[str, int]]) -> dict[str, dict[str, float]]:
    """A unit vector of keywords for each situation: rare keywords count more."""
    frequency = Counter(word for count in counts.values() for word in count)
    return {
        id: _unit({word: math.log(1 + n) * math.log(len(counts) / frequency[word]) for word, n in count.items()})
        for id, count in counts.items()
    }


def _unit(vector: Mapping[str, float]) -> dict[str, float]:
    length = math.sqrt(sum(value * value for value in vector.values())) or 1.0
    return {word: value / length for word, value in vector.items()}
