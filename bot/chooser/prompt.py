"""What the model is sent: the words of chooser.toml, the situations, the question, and the form of its answer."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.ask.rules.model_pick import NONE, Option, Sureness
from bot.errors import PolicyFileError
from bot.policies import read_common
from bot.toml_fields import text

PROMPT = "chooser.toml"
MAX_ANSWER_TOKENS = 120  # two ids of ours and a word


@dataclass(frozen=True, slots=True)
class Prompt:
    """The words of one version of chooser.toml."""

    version: int
    instructions: str
    question: str

    def request(self, model: str, question: str, options: Sequence[Option]) -> dict[str, Any]:
        """The body of a chat completion whose answer can only name ids of the list.

        https://platform.openai.com/docs/guides/structured-outputs
        """
        situations = "\n".join(f"- {option.id}: {option.about}" for option in options)
        asked = self.question.replace("{question}", json.dumps(question, ensure_ascii=False))
        return {
            "model": model,
            "messages": [
                {"role": "system", "content": self.instructions.replace("{situations}", situations)},
                {"role": "user", "content": asked},
            ],
            "temperature": 0,
            "max_tokens": MAX_ANSWER_TOKENS,
            "response_format": {
                "type": "json_schema",
                "json_schema": {"name": "pick", "strict": True, "schema": _schema(options)},
            },
        }


def _schema(options: Sequence[Option]) -> dict[str, Any]:
    ids = {"type": "string", "enum": [*(option.id for option in options), NONE]}
    sure = {"type": "string", "enum": [sureness.value for sureness in Sureness]}
    return {
        "type": "object",
        "properties": {"pick": ids, "second": ids, "sure": sure},
        "required": ["pick", "second", "sure"],
        "additionalProperties": False,
    }


def read_prompt(policies: Path) -> Prompt:
    """The prompt of policies/staffroom/; raises PolicyFileError naming what is missing."""
    tables = read_common(policies, PROMPT)
    version = tables.get("version")
    if not isinstance(version, int) or version < 1:
        raise PolicyFileError(f"{PROMPT}: version must be a whole number from 1.")
    instructions, question = (text(tables, field, PROMPT, "the file") for field in ("instructions", "question"))
    for words, place in ((instructions, "{situations}"), (question, "{question}")):
        if words.count(place) != 1:
            raise PolicyFileError(f"{PROMPT}: {place} must be there once.")
    return Prompt(version, instructions.strip(), question)
