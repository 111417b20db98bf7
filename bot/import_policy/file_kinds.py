"""What kind of file this is, by its content: its name is never trusted. Each kind we cannot read has one sentence."""

import io
import re
import zipfile
from enum import StrEnum

from bot.errors import BadInput

MAX_BYTES = 20_000_000
MIN_TEXT_LETTERS = 20
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\x00", b"MM\x00*", b"BM")
CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f]")
EMPTY = "This file is empty. Choose the file that has the policy in it."
TOO_LARGE = "This file is larger than 20 MB. Take out the pictures and save it again as .docx."
OLD_WORD = "This is a Word file of the old kind (.doc). Open it in Word and save it as .docx."
LOCKED_WORD = "This Word file is protected by a password. Open it in Word, take the password away and save it as .docx."
RICH_TEXT = "This is a rich text file (.rtf). Open it in Word and save it as .docx."
OPEN_DOCUMENT = "This is an OpenDocument file. Open it in Word or LibreOffice and save it as .docx."
WEB_PAGE = "This is a web page. Copy its text into a Word file, or save the page as PDF."
A_PICTURE = "This is a picture. Use the Word file or PDF with text that it was made from."
A_WORKBOOK = "This is a spreadsheet or a presentation. Copy the policy into a Word file and save it as .docx."
UNKNOWN = "This is not a Word file (.docx), a PDF or a text. Export it as .docx, from Word, Pages or Google Docs."
DAMAGED_ZIP = "This file is damaged. Open it in Word, or download it again, and save it as .docx."


class FileKind(StrEnum):
    """The kinds of file we read."""

    DOCX = "docx"
    PDF = "pdf"
    TEXT = "text"


def kind_of(content: bytes) -> FileKind:
    """The kind of a file; raises BadInput with a sentence that says what to do with it instead."""
    if not content.strip(b"\x00 \t\r\n\xef\xbb\xbf"):
        raise BadInput(EMPTY)
    if len(content) > MAX_BYTES:
        raise BadInput(TOO_LARGE)
    start = content[:2048].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(b"%PDF-") or b"%PDF-" in content[:1024]:
        return FileKind.PDF
    if content.startswith(OLE):
        raise BadInput(LOCKED_WORD if ENCRYPTED_PACKAGE in content else OLD_WORD)
    if content.startswith(b"PK"):
        return _kind_of_zip(content)
    if start.startswith(b"{\\rtf"):
        raise BadInput(RICH_TEXT)
    if content.startswith(PICTURES) or content[4:12] in {b"ftypheic", b"ftypmif1"} or content[8:12] == b"WEBP":
        raise BadInput(A_PICTURE)
    if re.match(rb"<(?:!doctype\s+html|html|head|body)\b", start, re.IGNORECASE):
        raise BadInput(WEB_PAGE)
    return _kind_of_text(content)


def _kind_of_zip(content: bytes) -> FileKind:
    try:
        names = zipfile.ZipFile(io.BytesIO(content)).namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise BadInput(DAMAGED_ZIP) from error
    if any(re.fullmatch(r"word/document\d*\.xml", name) for name in names):
        return FileKind.DOCX
    if any(name.startswith(("xl/", "ppt/")) for name in names):
        raise BadInput(A_WORKBOOK)
    if "content.xml" in names:
        raise BadInput(OPEN_DOCUMENT)
    raise BadInput(UNKNOWN)


def _kind_of_text(content: bytes) -> FileKind:
    text = decoded(content)
    if len(CONTROLS.findall(text)) * 500 > len(text) or sum(char.isalpha() for char in text) < MIN_TEXT_LETTERS:
        raise BadInput(UNKNOWN)
    return FileKind.TEXT


def decoded(content: bytes) -> str:
    """A text file's text: UTF-8 or UTF-16 as marked, else as Windows writes it."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")
