"""Recognises that a message is not in English: by its script first, then by the commonest words of each language."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.school.rules.settings import Contacts

SURE_WORDS = 2  # different common words of a language; one alone is a name, a slip or a borrowed word
MIXED_WORDS = 2  # of English among words of another script: it may ask about them, or want a translation
MIN_SHARE = 0.25  # of all words of the message
TOLD_WORDS = 1  # if something else already says that the message is not in English
PHONE = " ({phone})"
_WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|\u0300|[\u0900-\u0dff\u064b-\u0652]|[-'’](?=[^\W\d_]))*")
# Letters that Unicode does not take apart into a plain letter and an accent.
_PLAIN = str.maketrans({"ł": "l", "ı": "i", "đ": "d", "œ": "oe", "æ": "ae", "’": "'"})


@dataclass(frozen=True, slots=True)
class Language:
    """A language that staff may write in. `line` says in it that the bot reads English only, and whom to tell.

    `scripts` are pairs of first and last character; `letters` tell it from others of the same script. `words` are its
    commonest words without accents.
    """

    name: str
    line: str
    words: frozenset[str]
    scripts: tuple[tuple[str, str], ...] = ()
    letters: frozenset[str] = frozenset()

    def writes_in(self, char: str) -> bool:
        """Whether a character belongs to its script; never for a language in Latin letters."""
        return any(first <= char <= last for first, last in self.scripts)


@dataclass(frozen=True, slots=True)
class Languages:
    """The languages we know, and the commonest words of English."""

    english: frozenset[str] = frozenset()
    others: tuple[Language, ...] = ()


NO_LANGUAGES = Languages()
UNKNOWN = Language("", "", frozenset())  # certainly not English, and none that we know


def plain_word(word: str) -> str:
    """A word in small letters and without accents.

    >>> plain_word("Dzień"), plain_word("Çok"), plain_word("Proszę")
    ('dzien', 'cok', 'prosze')
    """
    parts = unicodedata.normalize("NFKD", word.replace("İ", "i").lower().translate(_PLAIN))
    return "".join(char for char in parts if not "\u0300" <= char <= "\u036f")


def language_of(line: str, languages: Languages, sure_words: int = SURE_WORDS) -> Language | None:
    """The language of a message that is surely not in English; None for English, and in any doubt.

    UNKNOWN is a message in a script that none of ours is written in.
    """
    tokens = _WORD.findall(line)
    foreign = [token for token in tokens if not _is_latin(token)]
    is_told = sure_words <= TOLD_WORDS
    if 2 * len(foreign) > len(tokens) or (foreign and is_told):
        is_mixed = _count(map(plain_word, tokens), languages.english) >= MIXED_WORDS
        return None if is_mixed and not is_told else _by_script(foreign, languages)
    return _by_words(tokens, languages, sure_words)


def _is_latin(token: str) -> bool:
    return any(unicodedata.name(char, "").startswith("LATIN") for char in token)


def _by_script(tokens: Sequence[str], languages: Languages) -> Language:
    """The language most of whose script is written; its own letters, then its words, decide between two of a script."""
    text = "".join(tokens)
    words = {plain_word(token) for token in tokens}
    share = {language.name: sum(map(language.writes_in, text)) / len(text) for language in languages.others}
    written = [language for language in languages.others if share[language.name] > 0.5]
    return max(
        written,
        key=lambda language: sum(char in language.letters for char in text) + len(words & language.words),
        default=UNKNOWN,
    )


def _by_words(tokens: Sequence[str], languages: Languages, sure_words: int) -> Language | None:
    """The language with most of its common words in the message, if they are more than the English ones.

    A word with letters of its own counts too, but not alone: a whole message of such words may be names.
    """
    plain = {token: plain_word(token) for token in tokens}
    letters = {token: set(token.lower()) for token in tokens}

    def weight(language: Language) -> tuple[int, int]:
        own_letters = sum(bool(letters[token] & language.letters) for token in tokens)
        return len(set(plain.values()) & language.words) + own_letters, own_letters

    likeliest = max(languages.others, key=weight, default=UNKNOWN)
    only_theirs = likeliest.words - languages.english
    only_english = languages.english - likeliest.words
    common = [token for token in tokens if plain[token] in only_theirs]
    theirs = [token for token in tokens if plain[token] in only_theirs or letters[token] & likeliest.letters]
    is_sure = bool(common) and len({plain[token] for token in theirs}) >= sure_words
    is_sure = is_sure and len(theirs) >= MIN_SHARE * len(tokens)
    return likeliest if is_sure and len(theirs) > _count(plain.values(), only_english) else None


def _count(tokens: Iterable[str], among: frozenset[str]) -> int:
    return sum(token in among for token in tokens)


def line_for(language: Language, contacts: Contacts) -> str:
    """What the bot says in that language, with whom to tell; empty for a language it does not know."""
    lead = (contacts.safeguarding or "the safeguarding lead").removeprefix("the ")
    line = language.line if contacts.phone else language.line.replace(PHONE, "")
    return line.replace("{lead}", lead).replace("{phone}", contacts.phone)
