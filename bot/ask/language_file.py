"""Turns languages.toml into the languages that the bot recognises."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bot.ask.rules.languages import PHONE, Language, Languages, plain_word
from bot.errors import PolicyFileError
from bot.policies import LANGUAGES, read_common
from bot.toml_fields import entries, text, texts

ENGLISH = "english"


def read_languages(folder: Path) -> Languages:
    """The languages of policies/; raises PolicyFileError naming entry and field."""
    tables = dict(entries(read_common(folder, LANGUAGES), LANGUAGES))
    english = tables.pop(ENGLISH, {})
    return Languages(_words(english, ENGLISH), tuple(_language(id, entry) for id, entry in tables.items()))


def _language(id: str, entry: Mapping[str, Any]) -> Language:
    entry = dict(entry)
    line = text(entry, "line", LANGUAGES, id)
    if "{lead}" not in line or PHONE not in line:
        raise PolicyFileError(f"{LANGUAGES}: {id}: line needs {{lead}} and{PHONE}.")
    scripts = texts(entry, "scripts", LANGUAGES, id)
    if any(len(pair) != 2 for pair in scripts):
        raise PolicyFileError(f"{LANGUAGES}: {id}: scripts must be pairs of first and last letter.")
    return Language(
        name=text(entry, "name", LANGUAGES, id),
        line=line,
        words=_words(entry, id),
        scripts=tuple((pair[0], pair[1]) for pair in scripts),
        letters=frozenset(entry.get("letters", "")),
    )


def _words(entry: Mapping[str, Any], id: str) -> frozenset[str]:
    return frozenset(plain_word(word) for word in text(dict(entry), "words", LANGUAGES, id).split())
