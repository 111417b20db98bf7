"""Files that harm, or cannot be read, get one sentence that says what to do, and change nothing."""

import io
import time
import zipfile
from pathlib import Path

import pytest

from bot.errors import BadInput
from bot.import_policy import reading_process
from bot.import_policy.file_kinds import MAX_BYTES, FileKind, kind_of
from bot.import_policy.import_policy import read_policy
from bot.import_policy.readers import blocks_of
from tests.import_policy import word_files as word
from tests.import_policy.pdf_files import Paper


def zipped(**parts: bytes | str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return file.getvalue()


def a_word_file() -> bytes:
    document = word.new_document()
    document.add_heading("Phones", 1)
    document.add_paragraph("Phones must be off.")
    return word.saved(document)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "empty"),
        (b"\r\n  \n", "empty"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
            r"old kind \(\.doc\)\. Open it in Word and save it as \.docx",
        ),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "protected by a password"),
        (b"{\\rtf1 Phones}", r"\.rtf"),
        (b"\x89PNG\r\n\x1a\n" + bytes(50), "picture"),
        (b"<!DOCTYPE html><html><body>Phones must be off.</body></html>", "web page"),
        (zipped(xl__workbook_xml="<x/>"), "spreadsheet"),
        (zipped(content_xml="<x/>"), "OpenDocument"),
        (zipped(Index="x"), "Google Docs"),
        (b"PK\x03\x04 and no more of it", "damaged"),
        (b"\x7fELF" + bytes(range(256)) * 20, "not a Word file"),
        (b"x" * (MAX_BYTES + 1), "larger than 20 MB"),
    ],
)
def test_what_cannot_be_read_is_refused_with_what_to_do(content: bytes, sentence: str):
    with pytest.raises(BadInput, match=sentence):
        kind_of(content)


def test_a_file_is_known_by_its_content_whatever_its_name_says():
    assert kind_of(a_word_file()) is FileKind.DOCX
    assert kind_of(Paper().saved()) is FileKind.PDF
    assert kind_of("Phones must be off in class, at all times.".encode("utf-16")) is FileKind.TEXT


@pytest.mark.parametrize(
    "declaration",
    [
        '<!DOCTYPE w [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>',
        '<!DOCTYPE w SYSTEM "http://192.0.2.1/x.dtd">',
        '<!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
    ],
)
def test_document_types_and_entities_are_refused(declaration: str):
    evil = word.with_part(a_word_file(), "word/document.xml", lambda xml: xml.replace("?>", f"?>{declaration}", 1))

    with pytest.raises(BadInput, match="document type"):
        blocks_of(evil)


def test_a_document_type_in_another_encoding_is_refused_too():
    def in_utf16(xml: str) -> str:
        return xml.replace("encoding='UTF-8'", "encoding='UTF-16'").replace('encoding="UTF-8"', 'encoding="UTF-16"')

    plain = zipfile.ZipFile(io.BytesIO(a_word_file())).read("word/document.xml").decode()
    evil = in_utf16(plain).replace("?>", '?><!DOCTYPE w [<!ENTITY a "b">]>', 1).encode("utf-16")

    with pytest.raises(BadInput, match="document type"):
        blocks_of(zipped(word__document_xml=evil))


def test_a_zip_bomb_is_refused_before_it_is_unpacked():
    begun = time.perf_counter()

    with pytest.raises(BadInput, match="far larger inside"):
        blocks_of(zipped(word__document_xml=b"<w>" + b"a" * 80_000_000))
    with pytest.raises(BadInput, match="far larger inside"):
        blocks_of(zipped(word__document_xml=b"<w>" + b" " * 25_000_000))

    assert time.perf_counter() - begun < 20


def test_deeply_nested_xml_is_one_sentence(tmp_path: Path):
    deep = "<w:p>" * 60_000 + "</w:p>" * 60_000
    file = tmp_path / "deep.docx"
    file.write_bytes(
        word.with_part(a_word_file(), "word/document.xml", lambda xml: xml.replace("<w:body>", f"<w:body>{deep}", 1))
    )

    try:
        assert read_policy(file).clauses
    except BadInput as error:
        assert str(error).endswith(".docx.")


def test_a_damaged_word_file_is_refused():
    content = a_word_file()
    broken = word.with_part(content, "word/document.xml", lambda xml: xml[: len(xml) // 2])

    with pytest.raises(BadInput, match="damaged"):
        blocks_of(broken)
    with pytest.raises(BadInput, match="damaged"):
        blocks_of(content[: len(content) // 2])


def test_a_word_file_without_text_is_refused():
    with pytest.raises(BadInput, match="no text in it"):
        blocks_of(word.saved(word.new_document()))


@pytest.mark.parametrize(
    "event", ["socket.connect", "socket.__new__", "subprocess.Popen", "os.system", "os.remove", "shutil.move"]
)
def test_the_process_that_reads_may_do_nothing_else(event: str):
    with pytest.raises(PermissionError):
        reading_process._refuse(event, ())


def test_the_process_that_reads_may_not_write_files():
    with pytest.raises(PermissionError):
        reading_process._refuse("open", ("x", "w", 0))

    reading_process._refuse("open", ("x", "rb", 0))


def test_a_file_that_is_not_there_is_one_sentence(tmp_path: Path):
    with pytest.raises(BadInput, match="cannot be opened"):
        read_policy(tmp_path / "none.docx")
    with pytest.raises(BadInput, match="cannot be opened"):
        read_policy(tmp_path)


def test_a_text_without_any_clause_is_refused(tmp_path: Path):
    file = tmp_path / "a.md"
    file.write_text("# Only a heading of a policy\n", encoding="utf-8")

    with pytest.raises(BadInput, match="No clause was found"):
        read_policy(file)
