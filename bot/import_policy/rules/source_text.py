"""One document's part of a school's source.txt, put in place of its older version's."""

from collections.abc import Collection, Sequence

from bot.import_policy.rules.match_clauses import plain

BREAK = "\n\n"  # between the paragraphs of source.txt


def with_new_source(source: str, new: str, old_texts: Collection[str], others: Collection[str], next_title: str) -> str:
    """The whole source with `new` where the old version was; paragraphs of other documents stay as they are.

    `old_texts` are the clauses of the old version, `others` those of the other documents. `next_title` is the title of
    the document after it, which begins where its title is; empty if it is the last.
    """
    paragraphs = source.rstrip("\n").split(BREAK)
    owned = [_owner(plain(paragraph), old_texts, others) for paragraph in paragraphs]
    if not others:
        return new
    if "old" not in owned:
        return BREAK.join([*paragraphs, new])
    begin, end = _range(paragraphs, owned, next_title)
    kept_between = [paragraphs[place] for place in range(begin, end) if owned[place] == "other"]
    return BREAK.join([*paragraphs[:begin], new.rstrip("\n"), *kept_between, *paragraphs[end:]]) + "\n"


def _owner(paragraph: str, old_texts: Collection[str], others: Collection[str]) -> str:
    """Whose a paragraph is: of the old version, of another document, or of neither for all we know."""
    is_others = any(plain(text) in paragraph for text in others)
    is_old = any(plain(text) in paragraph for text in old_texts)
    if is_others == is_old:
        return ""
    return "other" if is_others else "old"


def _range(paragraphs: Sequence[str], owned: Sequence[str], next_title: str) -> tuple[int, int]:
    """Where the old version begins and ends, with its cover and its last page."""
    begin, end = owned.index("old"), len(owned) - owned[::-1].index("old")
    before = [place for place in range(begin) if owned[place] == "other"]
    if not before:
        begin = 0
    after = [place for place in range(end, len(owned)) if owned[place] == "other"]
    limit = after[0] if after else len(owned)
    titles = [place for place in range(end, limit) if next_title and plain(next_title) in plain(paragraphs[place])]
    if titles or not after:
        end = titles[0] if titles else limit
    return begin, end
