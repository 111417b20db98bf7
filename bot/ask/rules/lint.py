"""Finds mistakes in a school's policy folder, before questions are answered from it."""

import math
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date

from bot.ask.rules.bank import Example
from bot.ask.rules.card_buttons import MAX_LABEL_CHARS
from bot.ask.rules.clause_search import Stem
from bot.ask.rules.findings import Finding
from bot.ask.rules.lint_rulings import against_clauses, copied, rulings_found
from bot.ask.rules.policy import Policy
from bot.ask.rules.rulings import Situation
from bot.ask.rules.words import words

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


def check(
    policy: Policy,
    source: str,
    bank: Bank,
    stem: Stem,
    today: date,
    others: Mapping[str, str] | None = None,
    to_acknowledge: Collection[str] = (),
) -> list[Finding]:
    """Every mistake, in the order of the files. `source` is the text of source.txt.

    `others` are sentences that other schools wrote, each with the school's name: they say nothing about this one.
    `to_acknowledge` are the ids of documents that staff are asked to acknowledge: one of these needs no rulings.
    """
    findings = [
        *_documents(policy, source, today),
        *rulings_found(policy),
        *against_clauses(policy),
        *copied(policy, others or {}),
        *_unquoted_clauses(policy, set(to_acknowledge) & set(documents_without_rulings(policy))),
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


def unanswered(policy: Policy) -> tuple[str, ...]:
    """The situations on which no clause says anything, except talk with the bot itself."""
    return tuple(
        id
        for id, ruling in policy.rulings.items()
        if not ruling.clauses and ruling.is_decision and id in policy.situations and not policy.situations[id].chat
    )


def not_ruled(policy: Policy, bank: Bank) -> tuple[str, ...]:
    """The situations that the school has not ruled on, those with the most example questions first."""
    asked = Counter(example.situation for example in bank)
    open_ones = [s.id for s in policy.situations.values() if not s.offers and not policy.is_decided(s.id)]
    return tuple(sorted(open_ones, key=lambda id: -asked[id]))


def resting_on_absent(policy: Policy) -> dict[str, tuple[str, ...]]:
    """The policies that are not held, each with the situations whose answers rest on it."""
    resting: dict[str, list[str]] = defaultdict(list)
    for id, ruling in policy.rulings.items():
        for name in policy.absent_behind(ruling):
            resting[name].append(id)
    return {name: tuple(ids) for name, ids in resting.items()}


def documents_without_rulings(policy: Policy) -> tuple[str, ...]:
    """The ids of documents that no ruling quotes at all."""
    quoted = {ref for ruling in policy.rulings.values() for ref in ruling.clauses}
    documents = policy.documents.values()
    return tuple(d.id for d in documents if not any(clause.id in quoted for clause in d.clauses))


def _unquoted_clauses(policy: Policy, only_read: Collection[str]) -> Iterator[Finding]:
    if not any(ruling.clauses for ruling in policy.rulings.values()):  # imported just now: `check` says so in one line
        return
    quoted = {ref for ruling in policy.rulings.values() for ref in ruling.clauses}
    for clause in policy.clauses.values():
        if clause.id not in quoted and clause.document not in only_read:
            yield Finding(clause.document, clause.id, "rulings", "no ruling quotes this clause.")


def _situations(policy: Policy, bank: Bank) -> Iterator[Finding]:
    asked = {example.situation for example in bank}
    for id, situation in policy.situations.items():
        yield from _situation(situation, policy)
        if id not in asked and id not in policy.own_wordings:
            yield Finding("situations.toml", id, "questions", "the bank has no question for it.")
    for example in bank:
        known = policy.situations.keys() | policy.commands.keys()
        for id in {example.situation, example.also or example.situation} - known:
            yield Finding("questions", id, example.text, "there is no such situation.")


def _situation(situation: Situation, policy: Policy) -> Iterator[Finding]:
    if situation.offers and situation.id in policy.rulings:
        yield Finding("rulings.toml", situation.id, "verdict", "too wide for a ruling: it offers other situations.")
    for other in situation.offers:
        if other not in policy.situations:
            yield Finding("situations.toml", situation.id, "offers", f"there is no situation {other!r}.")
    if situation.chat and situation.offers:
        yield Finding("situations.toml", situation.id, "offers", "the bot itself answers this, so it has a ruling.")
    if situation.why and situation.why not in policy.situations:
        yield Finding("situations.toml", situation.id, "why", f"there is no situation {situation.why!r}.")
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
