"""The modal in which a button was pressed: how many lie on top of each other, and where its card is shown.

https://docs.slack.dev/surfaces/modals: a stack holds three views at most.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.channels.slack.modal import metadata_of
from bot.errors import BadInput

MAX_STACKED = 3


@dataclass(frozen=True, slots=True)
class OpenModal:
    """A modal, by its id; `depth` is 1 for the lowest. `shown_in` is where the card is that it belongs to, if known."""

    id: str
    depth: int
    shown_in: Mapping[str, str]

    @property
    def has_room_above(self) -> bool:
        """Whether Slack takes another view on top."""
        return self.depth < MAX_STACKED


def open_modal(view: Mapping[str, Any]) -> OpenModal | None:
    """The modal in a view as Slack sends it; None for a page on the App Home, and for no view.

    >>> open_modal({"type": "modal", "id": "V2", "root_view_id": "V1", "previous_view_id": "V1"}).depth
    2
    """
    id, root = view.get("id"), view.get("root_view_id")
    if view.get("type") != "modal" or not isinstance(id, str):
        return None
    depth = 1 if root in (id, None) else 2 if view.get("previous_view_id") == root else MAX_STACKED
    return OpenModal(id, depth, _shown_in(view))


def _shown_in(view: Mapping[str, Any]) -> Mapping[str, str]:
    try:
        _, shown_in = metadata_of(view)
    except BadInput:
        return {}
    return {name: text for name, text in shown_in.items() if isinstance(text, str)}
