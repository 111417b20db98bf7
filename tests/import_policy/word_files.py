"""Builds Word files for tests: what python-docx has no words for is written as XML."""

import io
import re
import zipfile
from collections.abc import Callable

from docx import Document
from docx.document import Document as WordDocument
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

Level = tuple[str, str]  # Word's format and pattern, as ("lowerLetter", "(%3)")
MADE_UP_LIST = 700


def saved(document: WordDocument) -> bytes:
    """The document as a file's bytes."""
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def a_list(document: WordDocument, *levels: Level, number: int = MADE_UP_LIST, styles: tuple[str, ...] = ()) -> int:
    """Defines a list of several levels; returns its number for `item`."""
    written = "".join(
        f'<w:lvl w:ilvl="{depth}"><w:start w:val="1"/><w:numFmt w:val="{format}"/>'
        + (f'<w:pStyle w:val="{styles[depth]}"/>' if depth < len(styles) and styles[depth] else "")
        + f'<w:lvlText w:val="{pattern}"/><w:pPr><w:ind w:left="{(depth + 1) * 400}"/></w:pPr></w:lvl>'
        for depth, (format, pattern) in enumerate(levels)
    )
    numbering = document.part.numbering_part.element
    abstract = f'<w:abstractNum {nsdecls("w")} w:abstractNumId="{number}">{written}</w:abstractNum>'
    numbering.insert(0, parse_xml(abstract))
    return restarted(document, number, number, restart=False)


def restarted(document: WordDocument, list_number: int, number: int, *, restart: bool = True) -> int:
    """Another run through a list, beginning again if `restart`."""
    override = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>' if restart else ""
    document.part.numbering_part.element.append(
        parse_xml(
            f'<w:num {nsdecls("w")} w:numId="{number}"><w:abstractNumId w:val="{list_number}"/>{override}</w:num>'
        )
    )
    return number


def item(document: WordDocument, text: str, list_number: int, level: int = 0) -> None:
    """A paragraph of a list."""
    paragraph = document.add_paragraph(text)
    paragraph._p.get_or_add_pPr().append(
        parse_xml(f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{level}"/><w:numId w:val="{list_number}"/></w:numPr>')
    )


def xml_paragraph(document: WordDocument, inner: str) -> None:
    """A paragraph of raw XML."""
    namespaces = nsdecls("w") + ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    document.element.body.insert(-1, parse_xml(f"<w:p {namespaces}>{inner}</w:p>"))


def run(text: str) -> str:
    """A run of raw XML."""
    return f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r>'


def bold(document: WordDocument, text: str) -> None:
    """A paragraph in bold, as people write headings by hand."""
    document.add_paragraph().add_run(text).bold = True


def with_part(content: bytes, name: str, change: Callable[[str], str]) -> bytes:
    """A file with one part changed, or added if it had none of that name."""
    old, new = zipfile.ZipFile(io.BytesIO(content)), io.BytesIO()
    with zipfile.ZipFile(new, "w", zipfile.ZIP_DEFLATED) as made:
        for part in old.namelist():
            if part != name:
                made.writestr(part, old.read(part))
        made.writestr(name, change(old.read(name).decode() if name in old.namelist() else ""))
    return new.getvalue()


def with_footnote(content: bytes, text: str) -> bytes:
    """A file whose mark [[note]] became a footnote with that text."""
    namespace = nsdecls("w")
    paragraph = f"<w:p><w:r><w:footnoteRef/></w:r>{run(text)}</w:p>"
    note = f'<w:footnotes {namespace}><w:footnote w:id="2">{paragraph}</w:footnote></w:footnotes>'
    content = with_part(content, "word/footnotes.xml", lambda _: note)
    mark = '</w:t></w:r><w:r><w:footnoteReference w:id="2"/></w:r><w:r><w:t xml:space="preserve">'
    return with_part(content, "word/document.xml", lambda xml: re.sub(r"\[\[note\]\]", mark, xml))


def new_document() -> WordDocument:
    """An empty Word document."""
    return Document()
