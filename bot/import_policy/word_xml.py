"""The parts of a Word file as XML: opened within limits, without DTDs, external entities or anything followed."""

import io
import re
import zipfile
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from bot.errors import BadInput

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
STRICT = b"http://purl.oclc.org/ooxml/wordprocessingml/main"
TRANSITIONAL = b"http://schemas.openxmlformats.org/wordprocessingml/2006/main"
MAX_PARTS = 4000
MAX_PART_BYTES = 30_000_000
MIN_PART_BYTES = 5_000
MAX_ALL_BYTES = 400_000_000  # as the zip's directory says; only text parts are ever unpacked
MAX_RATIO = 400  # an XML part shrinks to a twentieth; a bomb to a thousandth
DAMAGED = "This Word file is damaged. Open it in Word and save it again as .docx."
TOO_LARGE_INSIDE = "This Word file is far larger inside than it looks. Open it in Word and save it again as .docx."
NO_DTD = (
    "This Word file has a part that Word never writes (a document type). Open it in Word and save it again as .docx."
)


class WordFile:
    """A .docx, part by part."""

    def __init__(self, content: bytes) -> None:
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(content))
        except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
            raise BadInput(DAMAGED) from error
        parts = self._zip.infolist()
        if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_ALL_BYTES:
            raise BadInput(TOO_LARGE_INSIDE)
        self.names = frozenset(part.filename for part in parts)

    def part(self, name: str) -> Element | None:
        """A part's root; None if the file has no such part. Raises BadInput for anything not plain XML."""
        if name not in self.names:
            return None
        content = self._unpacked(name)
        if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
            raise BadInput(NO_DTD)
        try:
            root: Element = fromstring(content.replace(STRICT, TRANSITIONAL), forbid_dtd=True)
        except DefusedXmlException as error:
            raise BadInput(NO_DTD) from error
        except (ParseError, ValueError, LookupError) as error:
            raise BadInput(DAMAGED) from error
        return root

    def _unpacked(self, name: str) -> bytes:
        """A part's bytes; never more than the limit, whatever the zip's directory says."""
        about = self._zip.getinfo(name)
        if about.file_size > MAX_PART_BYTES or about.file_size > max(about.compress_size, MIN_PART_BYTES) * MAX_RATIO:
            raise BadInput(TOO_LARGE_INSIDE)
        try:
            with self._zip.open(about) as part:
                content = part.read(MAX_PART_BYTES + 1)
        except Exception as error:  # zipfile, zlib and lzma each raise errors of their own
            raise BadInput(DAMAGED) from error
        if len(content) > MAX_PART_BYTES:
            raise BadInput(TOO_LARGE_INSIDE)
        return content

    def like(self, pattern: str) -> list[str]:
        """The names of the parts that match, in order."""
        return sorted(name for name in self.names if re.fullmatch(pattern, name))


def value(element: Element, child: str) -> str | None:
    """The w:val of a child; None if there is no such child."""
    found = element.find(f"{W}{child}")
    return None if found is None else found.get(f"{W}val")


def on(element: Element | None) -> bool:
    """Whether a switch such as <w:b/> is there and not turned off."""
    return element is not None and element.get(f"{W}val", "true") not in {"0", "false", "off", "none"}
