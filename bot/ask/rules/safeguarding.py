"""Words that suggest harm to a child, illegal material, or a worry about an adult who works here.

They never decide what is true. They decide only that the safeguarding hand-off comes first.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Self


class HandOff(StrEnum):
    """Whether a reply says whom to report a worry to, and how. Falsy if it does not."""

    NONE = ""  # nothing suggests harm
    QUIET = "quiet"  # something may: one line below the answer
    LEAD = "lead"  # something does: before everything else


@dataclass(frozen=True, slots=True)
class HarmSigns:
    """What to look for. Some phrases are enough alone, others only together; innocent phrases are removed first."""

    alone: re.Pattern[str]
    together: tuple[tuple[re.Pattern[str], ...], ...]
    innocent: re.Pattern[str]

    @classmethod
    def of(
        cls,
        alone: Iterable[str],
        innocent: Iterable[str],
        groups: Mapping[str, Iterable[str]],
        together: Iterable[Iterable[str]],
    ) -> Self:
        """Signs from phrases. A * at the end of a phrase matches any ending.

        Each item of `together` lists names of `groups`: a message has the sign if it has a phrase of every one of them.
        """
        patterns = {name: _any_of(phrases) for name, phrases in groups.items()}
        combinations = tuple(tuple(patterns[name] for name in names) for names in together)
        return cls(_any_of(alone), combinations, _any_of(innocent))

    def suggest_harm(self, text: str) -> bool:
        """Whether a message should be handed to a person before anything else.

        >>> groups = {"child": ["pupil", "girl*"], "hurt": ["bruise*"]}
        >>> signs = HarmSigns.of(["self harm"], ["self harm policy"], groups, [["child", "hurt"]])
        >>> [signs.suggest_harm(text) for text in ("A pupil has bruises", "the self harm policy", "I bruised my knee")]
        [True, False, False]
        """
        plain = " ".join(re.findall(r"[a-z0-9']+", text.lower().replace("-", " ")))
        rest = self.innocent.sub(" ", plain)
        return bool(self.alone.search(rest)) or any(all(sign.search(rest) for sign in signs) for signs in self.together)


def _any_of(phrases: Iterable[str]) -> re.Pattern[str]:
    choices = [
        re.escape(phrase.lower()).replace(r"\*", r"[a-z']*") for phrase in sorted(phrases, key=len, reverse=True)
    ]
    return re.compile(rf"\b(?:{'|'.join(choices)})(?![a-z0-9])" if choices else r"(?!)")
