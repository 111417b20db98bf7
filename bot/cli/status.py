"""One line of what `doctor` says."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Status:
    """One line of `doctor`: the name of what was checked, whether it is well, and what was found."""

    name: str
    is_well: bool
    says: str
    remedy: str = ""  # what to do if it is not well
    is_needed: bool = False  # Staffroom does not work without it
