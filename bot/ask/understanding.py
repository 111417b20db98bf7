"""What understanding a line needs, how it is read in one pass, and whether there is a worry in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.ask.ports import NearestClauses, QuestionReader
from bot.ask.rules.choose_command import meant_as
from bot.ask.rules.choose_situation import Reading, Thresholds
from bot.ask.rules.clause_search import EMPTY_INDEX, ClauseIndex
from bot.ask.rules.languages import NO_LANGUAGES, Languages
from bot.ask.rules.policy import Policy
from bot.ask.rules.question_parts import clauses, parts
from bot.ask.rules.safeguarding import HandOff, HarmSigns
from bot.ask.rules.words import MAX_QUESTION_CHARS, tidy
from bot.ask.rules.worries import grade, gravest

MAX_PARTS = 3


def no_clauses(question: str, about: str, *, surely: bool) -> tuple[str, ...]:
    """No clause is near: without a search of the clauses, nothing is quoted."""
    return ()


@dataclass(frozen=True, slots=True)
class Understanding:
    """Everything that understanding a question needs. `trusts_drafts` is true in local mode only.

    `index` is what the policy itself is searched with; `languages` are those that a message not in English may be in;
    `groups` are words of which a question names one, such as devices: a follow-up replaces it. `nearest` finds the
    clauses to quote where nothing is ruled.
    """

    policy: Policy
    reader: QuestionReader
    thresholds: Thresholds
    signs: HarmSigns
    trusts_drafts: bool
    index: ClauseIndex = EMPTY_INDEX
    languages: Languages = NO_LANGUAGES
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    nearest: NearestClauses = no_clauses


def read_line(
    line: str, understanding: Understanding, as_written: str = "", *, takes_commands: bool = True
) -> dict[str, Reading]:
    """The readings of a message and of its pieces, all in one pass. `as_written` is a follow-up's own words."""
    texts = list(dict.fromkeys([as_written or line, line, *several(line), *clauses(line)]))
    pairs = zip(texts, understanding.reader.read(texts), strict=True)
    return {text: meant_as(text, reading, takes_commands=takes_commands) for text, reading in pairs}


def several(line: str) -> Sequence[str]:
    """The questions in a message, if there are several but not too many."""
    pieces = parts(line)
    return pieces if 1 < len(pieces) <= MAX_PARTS else ()


def sounds_like_harm(text: str, understanding: Understanding) -> bool:
    """Whether a text on its way to a person sounds like harm, surely or not."""
    return bool(hand_off_for(tidy(text), understanding))


def hand_off_for(line: str, understanding: Understanding) -> HandOff:
    """The hand-off for a tidy line of any length, even none: by all its words, and by its beginning and its end."""
    if not line:
        return HandOff.NONE
    if understanding.signs.suggest_harm(line):
        return HandOff.LEAD
    ends = dict.fromkeys([line[:MAX_QUESTION_CHARS], line[-MAX_QUESTION_CHARS:]])
    return gravest(hand_off_in(end, end, read_line(end, understanding), understanding) for end in ends)


def hand_off_in(as_written: str, line: str, readings: Mapping[str, Reading], understanding: Understanding) -> HandOff:
    """The hand-off for a worry anywhere in a message: in a long one it may be a few words of the story.

    A piece alone has lost what stands around it, and a long message has many, so it counts only if it is certain. If
    it is a follow-up, `line` is the whole question that was made of it: its other words are ours.
    """
    whole = grade(max(readings[text].worry for text in (as_written, line)), understanding.thresholds)
    pieces = [grade(readings[text].worry, understanding.thresholds) for text in clauses(line)]
    certain = [piece for piece in pieces if piece is HandOff.LEAD]
    return gravest([by_signs(as_written, understanding), whole, *certain])


def by_signs(line: str, understanding: Understanding) -> HandOff:
    """The hand-off by the certain signs alone, which always lead."""
    return HandOff.LEAD if understanding.signs.suggest_harm(line) else HandOff.NONE
