"""Hands a document to the reader of its kind."""

from bot.errors import BadInput
from bot.import_policy.file_kinds import EMPTY, FileKind, kind_of
from bot.import_policy.rules.blocks import Block


def blocks_of(content: bytes) -> list[Block]:
    """A document's blocks in reading order; raises BadInput with one sentence for a file that cannot be read."""
    kind = kind_of(content)
    # Each reader is imported only when it is needed: the PDF library alone takes half a second.
    if kind is FileKind.DOCX:
        from bot.import_policy.docx_reader import read_docx as read
    elif kind is FileKind.PDF:
        from bot.import_policy.pdf_reader import read_pdf as read
    else:
        from bot.import_policy.text_reader import read_text_file as read
    blocks = read(content)
    if not any(block.printed.strip() for block in blocks):
        raise BadInput(EMPTY)
    return blocks
