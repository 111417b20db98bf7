"""The exceptions of an answer as fields of its form: whom, where and when it is otherwise, and what holds there."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from bot.ask.rules.rulings import Exemption
from bot.ask.rules.verdicts import Verdict
from bot.errors import BadInput
from bot.outside import clean_line, is_blank, written_text

MAX_EXEMPTIONS, MAX_CASES = 20, 12
MAX_SAYS_CHARS, MAX_CASE_CHARS = 170, 120
NOT_THERE = "none"  # the choice that the answer does not hold there
CASES = ("for_roles", "where", "unless")
NO_CASE = "An exception needs whom, where or when it is about. Nothing was changed."
NOT_A_VERDICT = "Please choose what holds in the exception. Nothing was changed."
TOO_LONG = "Please keep the sentence of an exception under {limit} characters. Nothing was changed."

_FIELD = re.compile(r"also(\d{1,2})_(verdict|says|for_roles|where|unless)")


def exemption_fields(exemptions: Sequence[Exemption]) -> list[dict[str, Any]]:
    """What cards/change_ruling.json shows: each exception, and an empty one to add another."""
    shown = [*exemptions, Exemption()]
    last = len(exemptions) + 1
    return [
        {
            "number": str(number),
            "title": f"Exception {number}" if number < last else "Add an exception",
            "verdict": exemption.verdict.value if exemption.verdict else NOT_THERE,
            "says": exemption.says,
            "for_roles": "\n".join(exemption.for_roles),
            "where": "\n".join(exemption.where),
            "unless": "\n".join(exemption.unless),
        }
        for number, exemption in enumerate(shown[:MAX_EXEMPTIONS], start=1)
    ]


def exemptions_in(inputs: Mapping[str, str]) -> tuple[Exemption, ...] | None:
    """The exceptions that were filled in, in their order; one with nothing written in it is none.

    None if the form had no fields for them. Whether each can be one says `refuse_faulty`. Raises BadInput.
    """
    filled: dict[int, dict[str, str]] = {}
    for name, text in inputs.items():
        if field := _FIELD.fullmatch(name):
            filled.setdefault(int(field[1]), {})[field[2]] = text
    if not filled:
        return None
    written = (filled[number] for number in sorted(filled) if _is_written(filled[number]))
    return tuple(_exemption(fields) for fields in written)


def _is_written(fields: Mapping[str, str]) -> bool:
    return not all(is_blank(text) for name, text in fields.items() if name != "verdict")


def _exemption(fields: Mapping[str, str]) -> Exemption:
    for_roles, where, unless = (_cases(fields.get(name, "")) for name in CASES)
    says = clean_line(written_text(fields.get("says", "")), 2 * MAX_SAYS_CHARS)
    return Exemption(_verdict(fields.get("verdict", "")), says, for_roles, where, unless)


def refuse_faulty(exemptions: Sequence[Exemption]) -> None:
    """Raises BadInput for an exception that names no case, or says too much."""
    for exemption in exemptions:
        if not exemption.cases:
            raise BadInput(NO_CASE)
        if len(exemption.says) > MAX_SAYS_CHARS:
            raise BadInput(TOO_LONG.format(limit=MAX_SAYS_CHARS))


def _cases(text: str) -> tuple[str, ...]:
    lines = [clean_line(line, MAX_CASE_CHARS) for line in text.splitlines()]
    return tuple(line for line in lines if not is_blank(line))[:MAX_CASES]


def _verdict(text: str) -> Verdict | None:
    if text == NOT_THERE:
        return None
    if text in {Verdict.CHOOSE.value, Verdict.COMMAND.value} or (text and text not in set(Verdict)):
        raise BadInput(NOT_A_VERDICT)
    return Verdict(text) if text else None


def exemption_tables(exemptions: Sequence[Exemption]) -> list[dict[str, Any]]:
    """The exceptions as sections [[id.also]] of rulings.toml."""
    return [_table(exemption) for exemption in exemptions]


def _table(exemption: Exemption) -> dict[str, Any]:
    table: dict[str, Any] = {"verdict": exemption.verdict.value} if exemption.verdict else {}
    table |= {"says": exemption.says} if exemption.says else {}
    cases = {"for_roles": exemption.for_roles, "where": exemption.where, "unless": exemption.unless}
    return table | {name: list(texts) for name, texts in cases.items() if texts}
