"""What the refusals of every channel can mean; each channel has a table of its own codes."""

from enum import Enum

RETRY_LATER = 60.0  # seconds: something on the channel's side that passes
ASK_AN_ADMINISTRATOR = 3600.0  # seconds: nothing changes until somebody in the school's IT does something


class Meaning(Enum):
    """What to do after a refusal."""

    GONE = "the chat or the message is no more: forget it"
    NOT_ALLOWED = "this person or chat does not want us now: keep the chat, and try again another day"
    SWITCHED_OFF = "nobody in the school can be written to until an administrator acts: everything waits"
    BUSY = "not taken just now: try again soon"
    DOUBT = "part of it may have been done"
    REFUSED = "never taken in this form"
