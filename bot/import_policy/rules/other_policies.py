"""The other policies that a document names."""

import re
from collections.abc import Iterable

KIND = (
    r"(?:Policy|Policies|Agreement|Code of Conduct|Procedures?|Schedule|Guidance|Handbook|Protocol|Guidelines|Code|Plan"
    r"|Statement|Framework)"
)
NAME = re.compile(
    rf"\b[A-Z][\w’'-]*(?:(?:,?\s+|/)(?:[A-Z][\w’'-]*|and|of|for|in|on|to|&))*?\s+{KIND}\b(?:\s+of\s+Conduct\b)?"
)
LEADING = re.compile(
    r"^(?:See|Under|The|This|Our|Read|Please|A|An|Any|Each|In|Follow|If|School|Staff and|Use)\s+(?=\S+\s)"
)
A_KIND_ALONE = re.compile(rf"^(?:Staff\s+)?{KIND}$")


def policies_named(texts: Iterable[str], own_title: str) -> list[str]:
    """The policies that texts name, in their order, without the document itself.

    >>> policies_named(["Under our Disciplinary Policy and the Staff Code of Conduct, this Policy applies."], "")
    ['Disciplinary Policy', 'Staff Code of Conduct']
    """
    own = own_title.lower()
    names = [_name(match[0]) for text in texts for match in NAME.finditer(text)]
    return [name for name in dict.fromkeys(names) if name and name.lower() not in own]


def _name(text: str) -> str:
    text = re.sub(r"\s+", " ", text)
    while (shorter := LEADING.sub("", text)) != text:
        text = shorter
    if re.fullmatch(KIND, text):
        return ""
    return text
