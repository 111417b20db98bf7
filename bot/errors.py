"""Every error Staffroom raises on purpose. Each carries a plain sentence that may be shown to people.

StaffroomError
├── BadInput            somebody typed or sent something we cannot work with
├── PolicyFileError     a file under policies/ is missing, broken or contradicts another
├── CardError           a card template and its values do not fit together
├── SettingsError       Staffroom cannot start as it is set up
├── StoreError          what must not be lost cannot be kept or read
│   └── StoreLocked     another Staffroom is already writing there
└── WeightsError        the sentence model is missing or is not the published one
"""


class StaffroomError(Exception):
    """The root: `str(error)` is a sentence for people."""


class BadInput(StaffroomError):
    """Somebody typed or sent something we cannot work with; nothing was changed."""


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


class WeightsError(StaffroomError):
    """The sentence model is missing or is not the published one."""
