"""Every error Staffroom raises on purpose. Each carries a plain sentence that may be shown to people.

StaffroomError
├── BadInput            somebody typed or sent something we cannot work with
│   └── NothingYet      what they asked for is not there at present; that is no mistake
├── NotAllowed          somebody may not do what they asked for
├── PolicyFileError     a file in policies/ is missing, broken or contradicts another
├── TemplateError       a template has a mistake, or hides all of itself
│   └── NoValue         a path in it has no value
├── CardError           a card template and its values do not fit together
├── SettingsError       Staffroom cannot start with these settings
├── StoreError          the store cannot be written or read
│   ├── StoreLocked     another Staffroom is already writing to it
│   ├── StoreUnsafe     what was written may be lost, so nothing more is confirmed
│   ├── AccountTaken    an account or a person is joined already, or was to somebody else
│   ├── StoreUnsure     it may or may not have been saved; repeating it is safe
│   ├── LedgerBroken    evidence is not as it was written
│   └── LedgerMoved     something else was recorded while this was decided
├── WeightsError        the sentence model is missing or is not the published one
├── TokenUnavailable    Microsoft gave us no token
├── NotNow              we could not find out just now; trying again may help
├── GraphError          Microsoft Graph did not do what we asked
│   ├── GraphBusy       not now: it says when to try again
│   └── GraphUnsure     it may or may not have done it
└── ChannelError        a channel did not take a message
    ├── Unreachable     it does not at present: blocked, not installed, not allowed
    │   └── Gone        it never will: the chat is no more
    ├── Busy            not now: it says when to try again
    └── InDoubt         it may or may not have taken it
"""


class StaffroomError(Exception):
    """The root: `str(error)` is a sentence for people."""


class BadInput(StaffroomError):
    """Somebody typed or sent something we cannot work with; nothing was changed."""


class NothingYet(BadInput):
    """What somebody asked for is not there at present; that is no mistake of theirs."""


class NotAllowed(StaffroomError):
    """Somebody may not do what they asked for; nothing was changed."""


class PolicyFileError(StaffroomError):
    """A file in policies/ is missing, broken or contradicts another."""


class TemplateError(StaffroomError):
    """A template has a mistake, or hides all of itself."""


class NoValue(TemplateError):
    """A `path` in a template has no value."""

    def __init__(self, path: str) -> None:
        super().__init__(f"${{{path}}} has no value.")
        self.path = path


class CardError(StaffroomError):
    """A card template and its values do not fit together."""


class SettingsError(StaffroomError):
    """Staffroom cannot start with these settings."""


class StoreError(StaffroomError):
    """The store cannot be written or read."""


class StoreLocked(StoreError):
    """Another Staffroom is already writing to the store."""


class StoreUnsafe(StoreError):
    """What is written may be lost: files were deleted or replaced, or somebody else writes. Nothing is confirmed."""


class AccountTaken(StoreError):
    """An account or a person is joined already, or the account was somebody else's; nothing was changed."""


class StoreUnsure(StoreError):
    """The database did not say whether it was saved. Whoever pressed presses again, and it counts once."""


class LedgerBroken(StoreError):
    """Evidence is not as it was written."""


class LedgerMoved(StoreError):
    """Something else was recorded while this was decided; nothing was changed, and deciding again is safe."""


class WeightsError(StaffroomError):
    """The sentence model is missing or is not the published one."""


class NotNow(StaffroomError):
    """We could not find out just now; trying again may help."""


class TokenUnavailable(StaffroomError):
    """Microsoft gave us no token."""


class GraphError(StaffroomError):
    """Microsoft Graph did not do what we asked.

    `status` is HTTP's, or 0 if there was no response; `code`, the more specific `inner_codes` (the last is the most
    specific) and `graph_message` are Graph's own. Graph's message is not shown to people: it is meant for programmers,
    and may contain names.
    """

    def __init__(
        self,
        sentence: str,
        status: int = 0,
        code: str = "",
        graph_message: str = "",
        inner_codes: tuple[str, ...] = (),
    ) -> None:
        super().__init__(sentence)
        self.status = status
        self.code = code
        self.graph_message = graph_message
        self.inner_codes = inner_codes


class GraphBusy(GraphError):
    """Not now; try again after `seconds`."""

    def __init__(self, sentence: str, seconds: float) -> None:
        super().__init__(sentence, 429)
        self.seconds = seconds


class GraphUnsure(GraphError):
    """It may or may not have been done."""


class ChannelError(StaffroomError):
    """A channel did not take a message, and never will in this form."""


class Unreachable(ChannelError):
    """The recipient cannot be reached at present: blocked, not installed, not allowed."""


class Gone(Unreachable):
    """The chat is no more; it is forgotten."""


class Busy(ChannelError):
    """Not now; try again after `seconds`."""

    def __init__(self, sentence: str, seconds: float) -> None:
        super().__init__(sentence)
        self.seconds = seconds


class InDoubt(ChannelError):
    """It may or may not have been taken: the connection failed, or the answer never came."""
