"""What Teams wants done to every card."""

from typing import Any


def with_fallback(part: Any) -> Any:
    """The card with an Action.Submit behind each Action.Execute, for clients too old for it."""
    if isinstance(part, list):
        return [with_fallback(one) for one in part]
    if not isinstance(part, dict):
        return part
    made = {key: with_fallback(value) for key, value in part.items()}
    if made.get("type") == "Action.Execute":
        data = {**made.get("data", {}), "verb": made["verb"]}
        kept = {name: made[name] for name in ("associatedInputs", "style") if name in made}
        made["fallback"] = {"type": "Action.Submit", "title": made["title"], "data": data, **kept}
    return made
