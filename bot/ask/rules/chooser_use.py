"""How much the school's language model was asked, and what came back: facts for IT and the headteacher, no words."""

from dataclasses import dataclass

NOT_NAMED = "not named"
NO_ANSWER_YET = "no answer yet"


@dataclass(frozen=True, slots=True)
class ChooserUse:
    """Today's count of requests, and the last answer: its day (YYYY-MM-DD), its shape, and what the endpoint named.

    `day`, `shape`, `model` and `region` are empty if there was no answer yet, or nothing was named.
    """

    used: int
    most: int  # requests a day
    day: str = ""
    shape: str = ""
    model: str = ""
    region: str = ""

    @property
    def asked(self) -> str:
        """How often it was asked today."""
        return f"asked {self.used} of at most {self.most} times"

    @property
    def last_answer(self) -> str:
        """What the last answer looked like, and when it came; nothing of what it said."""
        return f"last answer on {self.day}: {self.shape}" if self.shape else NO_ANSWER_YET

    @property
    def rows(self) -> list[tuple[str, str]]:
        """Everything as lines of a table: a name, and what was found."""
        return [
            ("Today", self.asked),
            ("What came back", self.last_answer),
            ("Model, as the endpoint names it", self.model or NOT_NAMED),
            ("Region, as the endpoint names it", self.region or NOT_NAMED),
        ]
