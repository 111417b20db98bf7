"""What a form of the pages sent: read, limited in size and cleaned, before anything of it is used."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

from aiohttp import BodyPartReader, web

from bot.channels.inputs import MAX_NAME_CHARS, plain_inputs
from bot.channels.strict_json import read_json
from bot.desk.rules.messages import Attachment
from bot.errors import BadInput
from bot.outside import clean_line

MAX_FORM_BYTES = 64 * 1024
MAX_FILE_BYTES = 5_000_000
MAX_FIELDS = 300
FIELD, CHOICES, NEEDED = "in:", "many:", "needs:"  # how names of fields begin: see cards/pages/school/blocks.html
NOT_READABLE = "That form could not be read. Please go back and try again. Nothing was changed."
CHOOSE_ONE = "Please choose at least one of “{label}”. Nothing was changed."
TOO_LARGE = "That file is too large: the limit is {limit} MB. Nothing was changed."
NO_FILE = "Please choose a file first. Nothing was changed."


class TooLarge(BadInput):
    """What was sent has more bytes than we read."""


@dataclass(frozen=True, slots=True)
class Press:
    """A button that was pressed: `csrf` is the page's token, `opener` the command whose form it was on, if any.

    `lacks` is the label of something that had to be chosen and was not.
    """

    csrf: str
    verb: str
    inputs: Mapping[str, str]
    opener: str = ""
    lacks: str = ""
    file: Attachment | None = None


async def read_press(request: web.Request, max_file_bytes: int = MAX_FILE_BYTES) -> Press:
    """The press that a request brings; raises BadInput for anything of another kind, shape or size."""
    match request.content_type:
        case "application/x-www-form-urlencoded":
            return _press(_pairs(await _body(request, MAX_FORM_BYTES)))
        case "multipart/form-data":
            return await _press_with_file(request, max_file_bytes)
    raise BadInput(NOT_READABLE)


async def read_form_token(request: web.Request) -> str:
    """The token of a form that has nothing else in it; raises BadInput for anything of another kind or size."""
    if request.content_type != "application/x-www-form-urlencoded":
        raise BadInput(NOT_READABLE)
    return dict(_pairs(await _body(request, MAX_FORM_BYTES))).get("csrf", "")


async def _body(request: web.Request, limit: int) -> bytes:
    """The whole body; raises TooLarge without reading on."""
    body = bytearray()
    async for chunk in request.content.iter_any():
        body += chunk
        if len(body) > limit:
            raise TooLarge(TOO_LARGE.format(limit=max(1, limit // 1_000_000)))
    return bytes(body)


def _pairs(body: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="replace", max_num_fields=MAX_FIELDS)
    except ValueError as error:
        raise BadInput(NOT_READABLE) from error


def _press(pairs: Iterable[tuple[str, str]], file: Attachment | None = None) -> Press:
    values: dict[str, list[str]] = defaultdict(list)
    for name, value in pairs:
        values[name].append(value)
    verb, data, takes_fields = _button(values["press"])
    fields = _fields(values) if takes_fields else {}
    return Press(
        csrf=values["csrf"][0] if values["csrf"] else "",
        verb=verb,
        inputs=plain_inputs({**fields, **data}),
        opener=clean_line("".join(values["opener"][:1]), MAX_NAME_CHARS),
        lacks=_lacking(values, fields) if takes_fields else "",
        file=file,
    )


def _button(sent: list[str]) -> tuple[str, Mapping[str, str], bool]:
    """The verb of the button, what it carries, and whether fields go with it."""
    try:
        (text,) = sent
        button = read_json(text.encode())
        verb, data, takes_fields = button["verb"], button["data"], button["takes_fields"]
    except (ValueError, TypeError, KeyError) as error:
        raise BadInput(NOT_READABLE) from error
    if not isinstance(verb, str) or not isinstance(data, dict) or not isinstance(takes_fields, bool):
        raise BadInput(NOT_READABLE)
    return clean_line(verb, MAX_NAME_CHARS), data, takes_fields


def _fields(values: Mapping[str, list[str]]) -> dict[str, str]:
    """What was filled in, by field: of a box to tick the last value, of several the chosen ones with commas."""
    fields = {name.removeprefix(FIELD): sent[-1] for name, sent in values.items() if name.startswith(FIELD) and sent}
    for name, sent in values.items():
        if name.startswith(CHOICES):
            fields[name.removeprefix(CHOICES)] = ",".join(filter(None, sent))
    return fields


def _lacking(values: Mapping[str, list[str]], fields: Mapping[str, str]) -> str:
    needed = {name.removeprefix(NEEDED): sent[-1] for name, sent in values.items() if name.startswith(NEEDED) and sent}
    return next((clean_line(label) for id, label in needed.items() if not fields.get(id)), "")


async def _press_with_file(request: web.Request, max_file_bytes: int) -> Press:
    """The form's fields, and its one file, of which no more is read than we take."""
    pairs: list[tuple[str, str]] = []
    file: Attachment | None = None
    try:
        async for part in await request.multipart():
            if not isinstance(part, BodyPartReader) or len(pairs) > MAX_FIELDS:
                raise BadInput(NOT_READABLE)
            if part.filename is None:
                content = await _part(part, MAX_FORM_BYTES)
                pairs.append((part.name or "", content.decode("utf-8", errors="replace")))
            else:
                content = await _part(part, max_file_bytes)
                file = Attachment(clean_line(part.filename, MAX_NAME_CHARS), content, "")
    except (ValueError, RuntimeError, AssertionError, web.HTTPException) as error:  # how aiohttp says it is malformed
        raise BadInput(NOT_READABLE) from error
    if file is None or not file.content:
        raise BadInput(NO_FILE)
    return _press(pairs, file)


async def _part(part: BodyPartReader, limit: int) -> bytes:
    """A part's content; raises TooLarge without reading on."""
    content = bytearray()
    while chunk := await part.read_chunk():
        content += chunk
        if len(content) > limit:
            raise TooLarge(TOO_LARGE.format(limit=max(1, limit // 1_000_000)))
    return bytes(content)
