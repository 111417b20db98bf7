"""Every error Staffroom raises on purpose. Each carries a plain sentence that may be shown to people.

StaffroomError
├── BadInput            somebody typed or sent something we cannot work with
├── NotAllowed          somebody may not do what they asked for
├── PolicyFileError     a file under policies/ is missing, broken or contradicts another
├── CardError           a card template and its values do not fit together
├── SettingsError       Staffroom cannot start as it is set up
├── StoreError          what must not be lost cannot be kept or read
│   ├── StoreLocked     another Staffroom is already writing there
│   └── LedgerBroken    what counts as evidence is not as it was written
├── WeightsError        the sentence model is missing or is not the published one
├── TokenUnavailable    Microsoft gave us no token
├── NotNow              we could not find out just now; trying again may help
├── GraphError          Microsoft Graph did not do what we asked
│   ├── GraphBusy       not now: it says when to come back
│   └── GraphUnsure     it may or may not have done it
└── ChannelError        a channel did not take what we wanted to say
    ├── Unreachable     it never will: uninstalled, blocked, gone
    ├── Busy            not now: it says when to come back
    └── InDoubt         it may or may not have taken it
"""


class StaffroomError(Exception):
    """The root: `str(error)` is a sentence for people."""


class BadInput(StaffroomError):
    """Somebody typed or sent something we cannot work with; nothing was changed."""


class NotAllowed(StaffroomError):
    """Somebody may not do what they asked for; nothing was changed."""


class PolicyFileError(StaffroomError):
    """A file under policies/ is missing, broken or contradicts another."""


class CardError(StaffroomError):
    """A card template and its values do not fit together."""


class SettingsError(StaffroomError):
    """Staffroom cannot start as it is set up."""


class StoreError(StaffroomError):
    """What must not be lost cannot be kept or read."""


class StoreLocked(StoreError):
    """Another Staffroom is already writing there."""


class LedgerBroken(StoreError):
    """What counts as evidence is not as it was written."""


class WeightsError(StaffroomError):
    """The sentence model is missing or is not the published one."""


class NotNow(StaffroomError):
    """We could not find out just now; trying again may help."""


class TokenUnavailable(StaffroomError):
    """Microsoft gave us no token."""


class GraphError(StaffroomError):
    """Microsoft Graph did not do what we asked: `status` of HTTP, 0 where there was none, Graph's own `code` and words.

    What Graph `said` is not shown to people: it is meant for programmers, and may hold names.
    """

    def __init__(self, sentence: str, status: int = 0, code: str = "", said: str = "") -> None:
        super().__init__(sentence)
        self.status = status
        self.code = code
        self.said = said


class GraphBusy(GraphError):
    """Not now. `seconds` says when to come back."""

    def __init__(self, sentence: str, seconds: float) -> None:
        super().__init__(sentence, 429)
        self.seconds = seconds


class GraphUnsure(GraphError):
    """It may or may not have been done."""


class ChannelError(StaffroomError):
    """A channel did not take what we wanted to say, and never will in this form."""


class Unreachable(ChannelError):
    """Whoever it was for cannot be reached: uninstalled, blocked, gone."""


class Busy(ChannelError):
    """Not now. `seconds` says when to come back."""

    def __init__(self, sentence: str, seconds: float) -> None:
        super().__init__(sentence)
        self.seconds = seconds


class InDoubt(ChannelError):
    """It may or may not have been taken: the connection failed, or the answer never came."""
