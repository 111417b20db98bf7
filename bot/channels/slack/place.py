"""Where somebody is when they write or press."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """Who is where: a `user` in a conversation, in a thread of it if there is one.

    `message` is the card whose button was pressed; it is empty if there is none that can be replaced.
    """

    user: str
    conversation: str
    is_direct: bool
    thread: str = ""
    message: str = ""

    @property
    def topic(self) -> tuple[str, str]:
        """What a follow-up belongs to: this person, in this thread or conversation."""
        return self.user, self.thread or self.conversation

    @property
    def shown_in(self) -> dict[str, str]:
        """What a form remembers of the place it was opened from."""
        return {"conversation": self.conversation, "thread": self.thread, "message": self.message}
