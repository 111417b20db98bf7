"""The section [agreement] once one more document is acknowledged."""

from collections.abc import Mapping
from typing import Any

from bot.errors import BadInput

ASKED_ALREADY = "Staff are asked for this document already. Nothing was changed."


def with_document(agreement: Mapping[str, Any], id: str) -> dict[str, Any]:
    """The fields that change when staff acknowledge a document besides those they acknowledge now.

    Words to agree to that were given for the only document are from now on given by its id.

    >>> with_document({"document": "AUP", "clause": "AUP-9"}, "PH")
    {'document': ['AUP', 'PH'], 'clause': {'AUP': 'AUP-9'}}
    """
    asked = documents_of(agreement)
    if id in asked:
        raise BadInput(ASKED_ALREADY)
    if not asked:
        return {"document": id}
    worded = {field: agreement[field] for field in ("clause", "statement") if isinstance(agreement.get(field), str)}
    return {"document": [*asked, id], **{field: {asked[0]: words} for field, words in worded.items()}}


def documents_of(agreement: Mapping[str, Any]) -> list[str]:
    """The ids of the documents that staff acknowledge."""
    given = agreement.get("document", [])
    return [str(id) for id in given] if isinstance(given, list) else [str(given)]
