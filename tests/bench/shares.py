"""Shares of a count, how sure they are, and whether they reach a goal."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import sqrt

Z_95 = 1.959964  # the normal distribution has 95 % within this many standard deviations


def wilson(number: int, total: int) -> tuple[float, float]:
    """The 95 % score interval of a share, without continuity correction (Wilson 1927); all of 0 to 1 for no trials."""
    if not total:
        return 0.0, 1.0
    share, z_squared = number / total, Z_95**2
    centre = share + z_squared / (2 * total)
    spread = Z_95 * sqrt(share * (1 - share) / total + z_squared / (4 * total**2))
    scale = 1 + z_squared / total
    return max(0.0, (centre - spread) / scale), min(1.0, (centre + spread) / scale)


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    number: int
    total: int

    @classmethod
    def of(cls, answers: Iterable[bool]) -> "Share":
        """The share of answers that are true."""
        listed = list(answers)
        return cls(sum(listed), len(listed))

    @property
    def value(self) -> float:
        """Between 0 and 1; 0 of 0 is 0."""
        return self.number / self.total if self.total else 0.0

    def __str__(self) -> str:
        low, high = wilson(self.number, self.total)
        return f"{self.number:4d} of {self.total:4d}  {self.value:.3f} ({low:.3f} to {high:.3f})"


@dataclass(frozen=True, slots=True)
class Goal:
    """What a share should be: at least `limit`, or at most."""

    limit: float
    is_floor: bool = True

    def missed_by(self, share: Share) -> float:
        """How far a share is from the goal; 0 if it is met."""
        return max(0.0, self.limit - share.value if self.is_floor else share.value - self.limit)

    def judgement(self, share: Share) -> str:
        """The goal, and whether a share meets it."""
        goal = f"goal {'>=' if self.is_floor else '<='} {self.limit:g}"
        if not share.total:
            return f"{goal}: nothing to measure"
        missed_by = self.missed_by(share)
        return f"{goal}: missed by {missed_by:.3f}" if missed_by else f"{goal}: met"


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of what a bench prints."""

    name: str
    share: Share
    goal: Goal | None = None

    def __str__(self) -> str:
        judgement = f"  {self.goal.judgement(self.share)}" if self.goal else ""
        return f"  {self.name:44} {self.share}{judgement}"
