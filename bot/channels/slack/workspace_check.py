"""The check of what Slack says, whichever way it came: it has to be for our app, from the school's workspace."""

from collections.abc import Callable
from dataclasses import dataclass, field

from bot.channels.rate_counter import WINDOW, RateCounter
from bot.channels.request_body import Refused
from bot.channels.slack.payload import Content, Payload

MAX_MESSAGES = 30  # of one person in a window
OTHER_SCHOOL = "Staffroom answers its own school only."


@dataclass(slots=True)
class WorkspaceCheck:
    """The check for one app (its id) in one workspace (`team`). `monotonic` gives seconds of any beginning."""

    app: str
    team: str
    monotonic: Callable[[], float]
    _messages: RateCounter = field(init=False)  # by user

    def __post_init__(self) -> None:
        self._messages = RateCounter(MAX_MESSAGES, self.monotonic)

    def admit(self, payload: Payload) -> Content:
        """What arrived, if it is for us and its user did not send too much; raises Refused."""
        if (payload.app, payload.team) != (self.app, self.team):
            raise Refused(403, OTHER_SCHOOL)
        user = getattr(payload.content, "user", "")
        if user:
            if self._messages.is_over(user):
                raise Refused(429, "That was a lot at once. Please try again in a minute.", wait=int(WINDOW))
            self._messages.add(user)
        return payload.content
