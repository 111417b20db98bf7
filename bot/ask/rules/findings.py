"""What `python -m bot check` finds."""

from dataclasses import dataclass


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
