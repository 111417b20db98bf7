"""Words that suggest harm to a child, illegal material, or a worry about an adult who works here.

They never decide what is true. They decide only that the safeguarding hand-off comes first.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class HarmSigns:
    """What to look for: some phrases suffice alone, others only in company; innocent phrases are put aside first."""

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
        """Signs from phrases; a trailing * stands for any ending. `together` names groups that must all be met."""
        read = {name: _any(phrases) for name, phrases in groups.items()}
        return cls(_any(alone), tuple(tuple(read[name] for name in names) for names in together), _any(innocent))

    def suggest_harm(self, text: str) -> bool:
        """Whether a message should be handed to a person before anything else.

        >>> groups = {"child": ["pupil", "girl*"], "hurt": ["bruise*"]}
        >>> signs = HarmSigns.of(["self harm"], ["self harm policy"], groups, [["child", "hurt"]])
        >>> [signs.suggest_harm(said) for said in ("A pupil has bruises", "the self harm policy", "I bruised my knee")]
        [True, False, False]
        """
        left = self.innocent.sub(" ", " ".join(re.findall(r"[a-z0-9']+", text.lower().replace("-", " "))))
        return bool(self.alone.search(left)) or any(all(one.search(left) for one in signs) for signs in self.together)


def _any(phrases: Iterable[str]) -> re.Pattern[str]:
    choices = [
        re.escape(phrase.lower()).replace(r"\*", r"[a-z']*") for phrase in sorted(phrases, key=len, reverse=True)
    ]
    return re.compile(rf"\b(?:{'|'.join(choices)})(?![a-z0-9])" if choices else r"(?!)")
