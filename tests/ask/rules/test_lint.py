"""What `python -m bot check` finds."""

from dataclasses import replace

import pytest
import snowballstemmer

from bot.ask.rules.bank import Example
from bot.ask.rules.lint import Finding, check, unanswered
from bot.ask.rules.policy import Policy
from bot.ask.rules.rulings import AskedWords, Ruling, Situation
from bot.ask.rules.verdicts import Verdict
from bot.school.rules.documents import Document
from tests.fakes import MONDAY, clause, days, policy

STEM = snowballstemmer.stemmer("english").stemWord
CLAUSES = tuple(f"P-{number}" for number in range(1, 10))
FORBIDDEN = Ruling("forbidden", Verdict.NO, "You may not.", clauses=CLAUSES, governing=("P-1", "P-2"))
SCHOOL = replace(policy(FORBIDDEN), absent=())
SOURCE = " ".join(clause.text for clause in SCHOOL.clauses.values())
BANK = (Example("what is for dinner", "lunch", "w"), Example("may I smoke a pipe", "forbidden", "w"))


def findings(
    school: Policy = SCHOOL, source: str = SOURCE, bank: tuple[Example, ...] = BANK, today=MONDAY
) -> list[str]:
    return [str(finding) for finding in check(school, source, bank, STEM, today)]


def with_ruling(**changes: object) -> Policy:
    return replace(SCHOOL, rulings={**SCHOOL.rulings, "forbidden": replace(FORBIDDEN, **changes)})


def conditional(**asked: tuple[object, ...]) -> Policy:
    """The same with "only if", two conditions, and phrases of a question."""
    return with_ruling(verdict=Verdict.YES_IF, conditions=("A.", "B."), asked=AskedWords(**asked))


def test_phrases_that_fit_their_ruling_have_no_findings():
    assert findings(conditional(meets=(("a", "not c"), ("b",)), breaks=("c ... d",))) == []
    assert findings(with_ruling(verdict=Verdict.MUST, asked=AskedWords(("c",), (("a",),), (), ("e",)))) == []


def test_a_sound_folder_has_no_findings():
    assert findings() == []


@pytest.mark.parametrize(
    ("school", "place"),
    [
        (with_ruling(clauses=("P-77",)), "rulings.toml: forbidden: clauses"),
        (with_ruling(clauses=()), "rulings.toml: forbidden: clauses"),
        (with_ruling(governing=("P-77",)), "rulings.toml: forbidden: governing"),
        (with_ruling(clauses=("P-2",), governing=("P-3",)), "rulings.toml: forbidden: governing"),
        (with_ruling(see_also=("nowhere",)), "rulings.toml: forbidden: see_also"),
        (with_ruling(says="x" * 171), "rulings.toml: forbidden: says"),
        (with_ruling(verdict=Verdict.YES_IF), "rulings.toml: forbidden: conditions"),
        (with_ruling(asked=AskedWords(contrary=("without",))), "rulings.toml: forbidden: contrary"),
        (with_ruling(asked=AskedWords(meets=(("at lunch",),))), "rulings.toml: forbidden: meets"),
        (with_ruling(asked=AskedWords(breaks=("?",))), "rulings.toml: forbidden: ?"),
        (with_ruling(asked=AskedWords(breaks=("... it",))), "rulings.toml: forbidden: ... it"),
        (with_ruling(verdict=Verdict.MUST, asked=AskedWords(breaks=("x",))), "rulings.toml: forbidden: breaks"),
        (with_ruling(verdict=Verdict.REPORT, asked=AskedWords(informs=("x",))), "rulings.toml: forbidden: informs"),
        (conditional(meets=(("a",),)), "rulings.toml: forbidden: meets"),
        (conditional(meets=(("she ... yes",), ("b",))), "rulings.toml: forbidden: she ... yes"),
        (conditional(meets=(("a",), ("b",)), breaks=("b",)), "rulings.toml: forbidden: b"),
        (replace(SCHOOL, situations={"lunch": SCHOOL.situations["lunch"]}), "rulings.toml: forbidden: situation"),
    ],
)
def test_what_is_wrong_with_a_ruling_is_named_by_file_entry_and_field(school, place):
    assert any(line.startswith(f"{place}: ") for line in findings(school))


def test_a_ruling_for_volunteers_never_rests_on_what_speaks_of_employees():
    theirs = replace(SCHOOL.situations["forbidden"], volunteers=True)
    school = replace(SCHOOL, situations={**SCHOOL.situations, "forbidden": theirs})

    assert findings(school) == [
        f"rulings.toml: forbidden: clauses: {ref} does not bind volunteers, and this ruling is for them."
        for ref in FORBIDDEN.clauses
    ]


def test_a_clause_that_no_ruling_quotes_is_found():
    assert findings(with_ruling(clauses=CLAUSES[:8])) == ["P: P-9: rulings: no ruling quotes this clause."]


def test_a_document_that_staff_are_asked_to_acknowledge_needs_no_ruling_unless_one_quotes_part_of_it():
    gift = replace(clause("G-1", "Declare gifts."), document="G")
    gifts = Document("G", "Gifts", "Gifts", "1", None, (gift,))
    both = replace(SCHOOL, documents={**SCHOOL.documents, "G": gifts}, clauses={**SCHOOL.clauses, "G-1": gift})

    def unquoted(policy: Policy, *to_acknowledge: str) -> list[str]:
        found = check(policy, SOURCE, BANK, STEM, MONDAY, None, to_acknowledge)
        return [finding.place for finding in found if "no ruling quotes" in str(finding)]

    assert unquoted(both) == ["G: G-1: rulings"]
    assert unquoted(both, "G") == []
    assert unquoted(with_ruling(clauses=CLAUSES[:8]), "P") == ["P: P-9: rulings"]


def test_talk_with_the_bot_itself_has_no_verdict_of_the_policy():
    greeting = replace(SCHOOL.situations["forbidden"], chat=True)
    school = replace(SCHOOL, situations={**SCHOOL.situations, "forbidden": greeting})

    assert findings(school) == [
        "rulings.toml: forbidden: verdict: the bot itself answers this, so it is 'not_covered'."
    ]


def test_a_reason_without_a_ruling_and_talk_without_one_are_found():
    forbidden = replace(SCHOOL.situations["forbidden"], why="because")
    talk = Situation("talk", "talk", "Talk", "", offers=("forbidden",), chat=True)
    school = replace(SCHOOL, situations={**SCHOOL.situations, "forbidden": forbidden, "talk": talk})

    assert "situations.toml: forbidden: why: there is no situation 'because'." in findings(school)
    assert "situations.toml: talk: offers: the bot itself answers this, so it has a ruling." in findings(school)


def test_situations_that_no_clause_answers_are_listed_without_talk_with_the_bot():
    assert unanswered(SCHOOL) == ("lunch",)

    chat = replace(SCHOOL.situations["lunch"], chat=True)
    assert unanswered(replace(SCHOOL, situations={**SCHOOL.situations, "lunch": chat})) == ()


def test_words_that_are_not_the_schools_are_found():
    assert findings(source=SOURCE.replace("Clause 3 says so.", "Clause 3 said so.")) == [
        "P: P-3: text: these are not the words of source.txt."
    ]


def test_an_overdue_review_is_found_on_the_day_after():
    due = SCHOOL.documents["P"].review_due

    assert findings(today=due) == []
    assert "review_due" in findings(today=due + days(1))[0]


def test_a_policy_mentioned_and_not_held_is_found():
    assert "Far Policy" in findings(policy(FORBIDDEN))[0]


@pytest.mark.parametrize("twin", ["What is for DINNER?", "what the dinner is for please", "dinner"])
def test_questions_that_differ_only_in_case_or_stop_words_are_found(twin):
    lines = findings(bank=(*BANK, Example(twin, "lunch", "w")))

    assert len(lines) == 1
    assert "the same as" in lines[0]


def test_one_question_under_two_situations_is_found():
    assert "under lunch" in findings(bank=(*BANK, Example("what is for dinner", "forbidden", "w")))[0]


def test_long_questions_one_word_apart_are_found_within_one_situation_only():
    first = Example("menu changed again fish chips peas Friday", "lunch", "w")
    near = "menu changed again fish chips beans Friday"

    assert "one word away" in findings(bank=(*BANK, first, Example(near, "lunch", "w")))[0]
    assert findings(bank=(*BANK, first, Example(near, "forbidden", "w"))) == []


def test_a_situation_nobody_asks_about_is_found():
    assert any("no question" in line for line in findings(bank=BANK[:1]))


def test_situations_that_are_hard_to_tell_apart_are_found():
    words = ["apple pear", "cherry plum", "grape fig", "kiwi lime"]
    others = {id: Situation(id, id, id, "") for id in ("one", "two")}
    rulings = {id: replace(FORBIDDEN, situation=id) for id in others}
    school = replace(SCHOOL, situations={**SCHOOL.situations, **others}, rulings={**SCHOOL.rulings, **rulings})
    bank = [Example(text, "one", "w") for text in words] + [
        Example(f"{a} {b}", "two", "w") for a, b in (pair.split()[::-1] for pair in words)
    ]

    assert any("hard to tell apart" in line for line in findings(school, bank=(*BANK, *bank)))


def test_a_finding_is_named_by_its_place():
    assert Finding("a.toml", "b", "c", "wrong.").place == "a.toml: b: c"
