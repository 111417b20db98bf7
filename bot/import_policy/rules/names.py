"""Names of folders, files and clauses, made from titles and references: letters, figures and hyphens only."""

import re
import unicodedata
from collections.abc import Iterable

RESERVED = frozenset(
    ["con", "prn", "aux", "nul", "staffroom", *(f"{port}{number}" for port in ("com", "lpt") for number in range(10))]
)
MAX_NAME_CHARS = 60
SMALL_WORDS = frozenset(
    ["a", "an", "and", "at", "by", "for", "from", "in", "of", "on", "or", "our", "the", "to", "use", "with"]
)
NOT_A_SCHOOL_NAME = "school"


def slug(name: str, usual: str = NOT_A_SCHOOL_NAME) -> str:
    """A name for a folder or file, whatever was given; `usual` if nothing of it is left.

    >>> [slug(name) for name in ("St Luke's Primary", "../../etc/x", "CON", "", "École élémentaire")]
    ['st-lukes-primary', 'etc-x', 'con-school', 'school', 'ecole-elementaire']
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    plain = re.sub(r"[^a-z0-9]+", "-", plain.replace("'", "")).strip("-")[:MAX_NAME_CHARS].strip("-")
    if not plain:
        return usual
    return f"{plain}-{usual}" if plain in RESERVED else plain


def short_id(title: str, taken: Iterable[str] = ()) -> str:
    """The initials that clauses of a document begin with, unlike those taken.

    >>> short_id("Staff Laptops Policy"), short_id("Staff Laptops Policy", ["SLP"]), short_id("")
    ('SLP', 'SLP2', 'POL')
    """
    words = re.findall(r"[A-Za-z]+", unicodedata.normalize("NFKD", title.split(":")[0]))
    initials = "".join(word[0] for word in words if word.lower() not in SMALL_WORDS).upper()[:5]
    if len(initials) < 2:
        initials = "POL"
    candidates = [initials, *(f"{initials}{number}" for number in range(2, 1000))]
    return next(candidate for candidate in candidates if candidate not in set(taken))


def clause_ids(document: str, refs: Iterable[str]) -> list[str]:
    """An id for each reference, all different.

    >>> clause_ids("SLP", ["4.2.1(a)(i)", "Off site, bullet 2", "Footnote 1"])
    ['SLP-4.2.1.a.i', 'SLP-off-site.bullet-2', 'SLP-footnote-1']
    """
    ids: list[str] = []
    taken: set[str] = set()
    for ref in refs:
        id = base = f"{document}-{_ref_slug(ref)}"
        number = 1
        while id.lower() in taken:
            number += 1
            id = f"{base}.{number}"
        taken.add(id.lower())
        ids.append(id)
    return ids


def _ref_slug(ref: str) -> str:
    plain = unicodedata.normalize("NFKD", ref).encode("ascii", "ignore").decode().lower().replace("'", "")
    plain = re.sub(r"\((\w{1,5})\)", r".\1", plain)
    plain = re.sub(r"(?<=\d)\s+(?=[a-z]\b)", ".", plain).replace(", ", ".")
    return re.sub(r"\.+", ".", re.sub(r"[^a-z0-9.]+", "-", plain)).replace("-.", ".").strip(".-")[:80] or "clause"
