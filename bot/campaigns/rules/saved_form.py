"""The saved form of the campaign projection: every record as JSON values, and back."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, TypeAlias

from bot.campaigns.rules.campaign import (
    Campaign,
    CampaignItem,
    ClosedQuestion,
    Ending,
    Method,
    Pause,
    Publication,
    Question,
    Receipt,
)
from bot.evidence.rules.ledger import Head
from bot.outbox.rules.message import Subject
from bot.people.rules.person import Role

Pair: TypeAlias = tuple[str, str]
FIELDS = (
    "publications",
    "campaigns",
    "receipts",
    "pauses",
    "questions",
    "closed_questions",
    "time_until",
    "own_due",
    "left",
    "released",
    "results",
    "corrections",
)


def dump(fields: Mapping[str, Any], head: Head) -> dict[str, Any]:
    """The fields of a projection as JSON values; mappings keyed by pairs become lists of key and value."""
    dumped = {name: _dump(content) for name, content in fields.items()}
    return dumped | {"head": [head.number, head.hash]}


def _dump(content: Any) -> Any:
    if isinstance(content, list | tuple):
        return [_dump(item) for item in content]
    if isinstance(content, frozenset):
        return sorted(_dump(item) for item in content)
    if isinstance(content, Mapping):
        return [[_dump(key), _dump(item)] for key, item in content.items()]
    if isinstance(content, date):  # a datetime is one as well
        return content.isoformat()
    if hasattr(content, "__dataclass_fields__"):
        return {name: _dump(item) for name, item in _shallow(content).items()}
    return content


def _shallow(record: Any) -> dict[str, Any]:
    return {name: getattr(record, name) for name in record.__dataclass_fields__}


def load(state: Any) -> tuple[dict[str, Any], Head]:
    """The fields of a projection and its head; raises KeyError, TypeError or ValueError for anything else."""
    number, hash = state["head"]
    receipts: dict[Pair, list[Receipt]] = defaultdict(list)
    receipts.update(_by_pair(state["receipts"], lambda items: [_receipt(item) for item in items]))
    corrections: dict[Pair, list[str]] = defaultdict(list)
    corrections.update(_by_pair(state["corrections"], list))
    fields = {
        "publications": [_publication(item) for item in state["publications"]],
        "campaigns": {id: _campaign(item) for id, item in state["campaigns"]},
        "receipts": receipts,
        "pauses": {subject: Pause(**_with_days(item, "since", "until")) for subject, item in state["pauses"]},
        "questions": {int(number): _question(item) for number, item in state["questions"]},
        "closed_questions": {int(number): _closed_question(item) for number, item in state["closed_questions"]},
        "time_until": _by_pair(state["time_until"], date.fromisoformat),
        "own_due": _by_pair(state["own_due"], date.fromisoformat),
        "left": _by_pair(state["left"], date.fromisoformat),
        "released": {Subject(**subject): frozenset(people) for subject, people in state["released"]},
        "results": {id: dict(results) for id, results in state["results"]},
        "corrections": corrections,
    }
    return fields, Head(int(number), str(hash))


def _by_pair(items: Any, read: Callable[[Any], Any]) -> dict[Pair, Any]:
    return {(first, second): read(item) for (first, second), item in items}


def _with_days(item: Any, *names: str) -> dict[str, Any]:
    return {**item, **{name: date.fromisoformat(item[name]) if item[name] else None for name in names}}


def _publication(item: Any) -> Publication:
    return Publication(**{**item, "at": datetime.fromisoformat(item["at"])})


def _campaign(item: Any) -> Campaign:
    with_days = _with_days(item, "opened", "due", "closed")
    audience = frozenset(Role(role) for role in item["audience"])
    others = tuple(CampaignItem(**other) for other in item["others"])
    return Campaign(**{**with_days, "audience": audience, "people": frozenset(item["people"]), "others": others})


def _receipt(item: Any) -> Receipt:
    at, how = datetime.fromisoformat(item["at"]), Method(item["how"])
    return Receipt(**{**_with_days(item, "signed"), "at": at, "how": how})


def _question(item: Any) -> Question:
    return Question(**_with_days(item, "on"))


def _closed_question(item: Any) -> ClosedQuestion:
    at, ending = datetime.fromisoformat(item["at"]), Ending(item["ending"])
    return ClosedQuestion(_question(item["question"]), item["by"], at, ending)
