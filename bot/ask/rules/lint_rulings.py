"""Finds mistakes in a school's rulings: what is missing, what goes against its clause, what another school wrote."""

from collections.abc import Iterator, Mapping

from bot.ask.rules.findings import Finding
from bot.ask.rules.policy import Policy
from bot.ask.rules.rulings import Ruling, Situation
from bot.ask.rules.verdicts import Verdict
from bot.ask.rules.words import words
from bot.school.rules.documents import Bound

MAX_SAYS_CHARS = 170  # more does not fit on a phone above the clause
MIN_COPIED_CHARS = 45  # of a sentence: shorter ones are alike by chance, "It does not cover dress."


def rulings_found(policy: Policy) -> Iterator[Finding]:
    """What is missing or broken in each ruling by itself."""
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


def against_clauses(policy: Policy) -> Iterator[Finding]:
    """Rulings that say the contrary of the clause they rest on: allowed where it forbids, forbidden where it allows."""
    unmet = {id for ruling in policy.rulings.values() for id in ruling.otherwise}
    for id, ruling in policy.rulings.items():
        modalities = {policy.clauses[ref].modality for ref in ruling.governing if ref in policy.clauses}
        if ruling.verdict is Verdict.YES and modalities and modalities <= {"must_not", "should_not"}:
            says = 'it says yes, and its clause says that it must not be done. Is there an "only if"?'
            yield Finding("rulings.toml", id, "verdict", says)
        is_explained = ruling.headline or ruling.exemptions or id in unmet  # "only this one" forbids the others
        if ruling.verdict is Verdict.NO and modalities == {"may"} and not is_explained:
            yield Finding("rulings.toml", id, "verdict", "it says no, and its clause only allows something.")


def copied(policy: Policy, others: Mapping[str, str]) -> Iterator[Finding]:
    """Sentences that another school wrote about its own policy."""
    for id, ruling in policy.rulings.items():
        for field, sentence in (("says", ruling.says), ("silent_on", ruling.silent_on), ("pointer", ruling.pointer)):
            if len(sentence) >= MIN_COPIED_CHARS and sentence in others and not ruling.is_common:
                says = f"this sentence is word for word that of {others[sentence]}. Is it true of your policy?"
                yield Finding("rulings.toml", id, field, says)
