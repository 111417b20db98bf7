"""What staff ask about, and what one school's policy says about it."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.ask.rules.verdicts import Verdict
from bot.school.rules.documents import Clause


@dataclass(frozen=True, slots=True)
class Situation:
    """Something staff ask about (an intent), independent of any school's wording.

    `asks` completes "I read your question as: ..."; `offers` are the situations to offer if this one is too wide.
    `volunteers` marks what only volunteers ask: its ruling cannot rest on clauses that bind employees only.
    `chat` marks talk with the bot itself, of which no school's policy speaks: its ruling is always a silence.
    `why` is the situation that gives the reason for its rule; empty if none does.
    """

    id: str
    asks: str
    label: str
    about: str
    offers: tuple[str, ...] = ()
    hand_off: bool = False
    volunteers: bool = False
    chat: bool = False
    why: str = ""


@dataclass(frozen=True, slots=True)
class Approval:
    """When a ruling was approved, and the digest of exactly what was approved. The TOML file says by whom."""

    on: date
    digest: str


@dataclass(frozen=True, slots=True)
class AskedWords:
    """Phrases of a question that change a ruling's headline. In a phrase, "..." stands for a few words.

    `contrary` is what a duty forbids, `meets` names each condition in turn (or what a duty asks for), `breaks` breaks
    one, and `informs` marks who only wants to know what the policy says.
    """

    contrary: tuple[str, ...] = ()
    meets: tuple[tuple[str, ...], ...] = ()
    breaks: tuple[str, ...] = ()
    informs: tuple[str, ...] = ()

    @property
    def phrases(self) -> tuple[str, ...]:
        """All of them."""
        return (*self.contrary, *(phrase for phrases in self.meets for phrase in phrases), *self.breaks, *self.informs)


@dataclass(frozen=True, slots=True)
class Exemption:
    """Where a ruling is otherwise: for some people, in some places, or in some cases.

    `verdict` is None if only the case is named: then the rule simply does not hold there.
    """

    verdict: Verdict | None = None
    says: str = ""
    for_roles: tuple[str, ...] = ()
    where: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()

    @property
    def cases(self) -> tuple[str, ...]:
        """What it is about, in the school's words: whom, where and when."""
        return (*self.for_roles, *self.where, *self.unless)


@dataclass(frozen=True, slots=True)
class Ruling:
    """One school's answer to one situation.

    `clauses` are the ids of all clauses quoted, in the order shown. `governing` are those of them that would each be a
    right first quotation, the best first; `clauses` begin with them. `otherwise` are situations in which a condition is
    not met: an "only if" already says "no" to them. `is_proposed` says that no person has confirmed it yet,
    `is_doubtful` that such a proposal is confirmed by itself, `is_common` that its words are Staffroom's own, from
    policies/staffroom/answers.toml. `remark` is why the headteacher sent it back; empty if nobody did. `is_to_write`
    says that somebody looked at the silence and knows that the policy does speak of it: the answer is still to be
    written.
    """

    situation: str
    verdict: Verdict
    says: str
    headline: str = ""
    conditions: tuple[str, ...] = ()
    clauses: tuple[str, ...] = ()
    governing: tuple[str, ...] = ()
    silent_on: str = ""
    pointer: str = ""
    see_also: tuple[str, ...] = ()
    otherwise: tuple[str, ...] = ()
    needs_owner: str = ""
    approval: Approval | None = None
    asked: AskedWords = AskedWords()
    exemptions: tuple[Exemption, ...] = ()
    is_proposed: bool = False
    is_doubtful: bool = False
    is_common: bool = False
    remark: str = ""
    is_to_write: bool = False

    @property
    def is_decision(self) -> bool:
        """Whether it decides anything: a silence that nobody confirmed, or that somebody denied, is only a guess."""
        return not ((self.is_proposed or self.is_to_write) and self.verdict is Verdict.NOT_COVERED)

    @property
    def must_be_read_alone(self) -> bool:
        """Whether nobody should confirm it together with others: the clause or the verdict may be the wrong one."""
        return self.is_proposed and self.is_doubtful

    @property
    def may_permit(self) -> bool:
        """Whether its permissions count: only a person can give one."""
        return not self.is_proposed

    @property
    def shown_headline(self) -> str:
        """The verdict in words: the ruling's own headline, or else the usual one."""
        return self.headline or self.verdict.headline


def digest(ruling: Ruling, clauses: Mapping[str, Clause]) -> str:
    """The digest of a ruling's words and of the clauses it quotes, in their order: 16 hexadecimal digits.

    Any change to them makes the ruling a draft again. Which of the clauses govern is not shown to anybody, so it is not
    part of what was approved.
    """
    words: list[Any] = [
        ruling.situation,
        ruling.verdict.value,
        ruling.says,
        ruling.headline,
        list(ruling.conditions),
        ruling.silent_on,
        ruling.pointer,
        [[ref, " ".join(clauses[ref].text.split()) if ref in clauses else ""] for ref in ruling.clauses],
    ]
    asked = ruling.asked
    if asked.phrases:  # a ruling without them keeps the digest it was approved under
        words.append([asked.contrary, asked.meets, asked.breaks, asked.informs])
    if ruling.exemptions:
        words.append([[e.verdict, e.says, e.for_roles, e.where, e.unless] for e in ruling.exemptions])
    return hashlib.sha256(json.dumps(words, ensure_ascii=False).encode()).hexdigest()[:16]


def is_draft(ruling: Ruling, clauses: Mapping[str, Clause]) -> bool:
    """Whether the school has not approved exactly these words and clauses yet."""
    return ruling.is_proposed or ruling.approval is None or ruling.approval.digest != digest(ruling, clauses)
