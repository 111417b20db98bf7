"""Reads the rows of a staff list: people, and a problem with its line for everything that is not right."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from bot.outside import MAX_LINE_CHARS, MAX_TEXT_CHARS, REPLACEMENT, clean_line, is_blank
from bot.people.rules.identity import (
    RowProblem,
    checked_account,
    checked_address,
    checked_id,
    checked_slack_account,
    repeated,
)
from bot.people.rules.person import Person, Role
from bot.roster.rules.staff_cells import all_are_roles, read_day, read_hours, read_job, read_roles, read_weekdays
from bot.roster.rules.staff_columns import Columns, Field, Row, find_columns, find_header, short_name

NAMES_NOBODY = "the list names nobody"
FEWER = "there are fewer columns than in the line with their names"
MORE = "there are more columns than in the line with their names"
TRUE, FALSE = frozenset({"true", "yes", "1"}), frozenset({"false", "no", "0"})
# People are joined by these: a sign that Unicode folds to a letter, as the Kelvin sign to K, must not become one.
JOINED_BY = frozenset({Field.ID, Field.EMAIL, Field.ACCOUNT, Field.SLACK})
NAMED_BY = frozenset({Field.NAME, Field.FORENAME, Field.SURNAME, Field.ABOUT})
NONE = frozenset({"n/a", "na", "none", "nil", "null"})
GONE = frozenset({"suspended", "archived", "deleted", "disabled", "inactive", "leaver", "left", "former", "past"})
TITLES = frozenset({"jobtitle", "title", "posttitle", "postdescription", "positiontitle"})
_AS_TEXT = re.compile(r'="(.*)"', re.DOTALL)  # how reports keep a spreadsheet from changing "007"
_BY_SPREADSHEET = re.compile(r"#(N/A|REF!|VALUE!|NAME\?|DIV/0!|NULL!|NUM!)|-?\d+([.,]\d+)?E[+-]\d+", re.IGNORECASE)
_DASH = re.compile(r"[-\u2010-\u2015\u2212]+")
_FOOTER = re.compile(
    r"(grand |sub-?)?totals?\b|count\b|(number|no\.?) of\b|(generated|printed|exported|created|produced|report)\b|"
    r"page \d|end of\b|records?\b|\d+ (records?|rows?|people|staff|results?)\b|©|\(c\) ",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class StaffList:
    """What a file says. People in a row with a problem are not among `people`.

    `left_out` are rows that are right and of nobody who works here: accounts that are blocked, guests.
    """

    people: tuple[Person, ...] = ()
    problems: tuple[RowProblem, ...] = ()
    left_out: tuple[RowProblem, ...] = ()
    columns: Columns | None = None


class _NotOurs(Exception):
    """Raised for a row about somebody who is not one of the school's people."""


def read_staff_list(rows: Sequence[Row]) -> StaffList:
    """Everybody in these rows; title lines, footers and empty rows are left out. Never raises."""
    place = find_header(rows)
    if place is None:
        return StaffList(problems=(RowProblem(1, NAMES_NOBODY),))
    body = [row for row in rows[place + 1 :] if not row.is_empty]
    columns = find_columns(rows[place], body)
    if not body:
        return StaffList(problems=(RowProblem(columns.line, NAMES_NOBODY),), columns=columns)
    if rows[place].flaw or columns.problem:
        problem = RowProblem(columns.line, rows[place].flaw or columns.problem)
        return StaffList(problems=(problem,), columns=columns)
    listed, problems, left_out = _read_body(body, columns)
    doubles = repeated(listed)
    problems += doubles
    if not listed and not problems:
        problems = [RowProblem(columns.line, NAMES_NOBODY)]
    second = {problem.line for problem in doubles}
    people = tuple(person for line, person in listed.items() if line not in second)
    return StaffList(people, tuple(sorted(problems, key=lambda problem: problem.line)), tuple(left_out), columns)


def _read_body(body: Iterable[Row], columns: Columns) -> tuple[dict[int, Person], list[RowProblem], list[RowProblem]]:
    """The people by their line, then the problems and the rows left out."""
    people, problems, left_out = dict[int, Person](), [], []
    for row in body:
        if not row.flaw and (_is_footer(row) or _is_header_again(row, columns)):
            continue
        try:
            people[row.line] = _person(row, columns)
        except _NotOurs as reason:
            left_out.append(RowProblem(row.line, str(reason)))
        except ValueError as error:
            problems.append(RowProblem(row.line, str(error)))
    return people, problems, left_out


def _is_footer(row: Row) -> bool:
    """Whether a row is a report's last line, such as "Total: 23"; nothing in it can be a person's."""
    cells = [cell.strip() for cell in row.cells if cell.strip()]
    return bool(_FOOTER.match(cells[0])) and all(re.fullmatch(r"[\d.,:/ -]+", cell) for cell in cells[1:])


def _is_header_again(row: Row, columns: Columns) -> bool:
    """Whether a row repeats the columns' names, as reports of several pages do."""
    cells = [short_name(cell) for cell in row.cells]
    return cells[: columns.width] == [short_name(name) for name in columns.names][: columns.width]


# Cleaning would turn a Kelvin sign into a K in these.
_JOINED_BY = frozenset((Field.ID, Field.EMAIL, Field.ACCOUNT, Field.SLACK))
_AROUND = "".join(map(chr, (0x09, 0x0A, 0x0D, 0x20, 0xA0, 0x200B, 0x2060, 0xFEFF)))  # what copying leaves at the ends


@dataclass(frozen=True, slots=True)
class _Cells:
    """The cells of one row by field; raises ValueError for those that nobody meant."""

    row: Row
    columns: Columns

    def text(self, field: Field) -> str:
        """What the row says of a field, in the first of its columns that is filled."""
        place = self.columns.places.get(field)
        places = () if place is None else (place, *self.columns.others.get(field, ()))
        return next(filter(None, (self.at(place, field) for place in places)), "")

    def email(self) -> str:
        """The e-mail address, from the first of the columns that agree on it in which there is one."""
        texts = [self.text(Field.EMAIL), *(self.at(place, Field.EMAIL) for place in self.columns.other_emails)]
        return next(filter(None, texts), "")

    def at(self, place: int, field: Field) -> str:
        if place >= len(self.row.cells):
            return ""
        cell = self.row.cells[place].strip()
        match = _AS_TEXT.fullmatch(cell)
        limit = MAX_TEXT_CHARS if field is Field.ABOUT else MAX_LINE_CHARS
        raw = match[1] if match else cell
        text = clean_line(raw, limit + 1)
        where = self.columns.names[place]
        if field in _JOINED_BY and text.isascii() and not raw.strip(_AROUND).isascii():
            raise ValueError(f"{where}: {raw!a} has a character that cannot be seen or only looks like a letter")
        if REPLACEMENT in text:
            raise ValueError(f"{where}: there is a character that cannot be read; save the list as CSV UTF-8")
        if len(text) > limit:
            raise ValueError(f"{where}: it is longer than {limit} characters")
        if _BY_SPREADSHEET.fullmatch(text):
            raise ValueError(f"{where}: {text!r} was written by a spreadsheet in place of what was meant")
        if field is not Field.ABOUT and text.count('"') % 2:
            raise ValueError(f"{where}: there is a quotation mark too many, or one too few")
        if field in JOINED_BY and unicodedata.normalize("NFC", raw) != raw:
            raise ValueError(f"{where}: there is a character that only looks like {text!r}")
        return "" if self._says_none(text, field) else text

    def _says_none(self, text: str, field: Field) -> bool:
        """Whether a cell says in a word or a sign that it is empty. In our own lists roles are never made up for."""
        if field in JOINED_BY or (field is Field.ROLES and not self.columns.is_export):
            return False
        return bool(_DASH.fullmatch(text)) or (field not in NAMED_BY and text.casefold() in NONE)


def _person(row: Row, columns: Columns) -> Person:
    """One row's person; raises ValueError with the reason, and _NotOurs."""
    if row.flaw:
        raise ValueError(row.flaw)
    _check_width(row, columns)
    cells = _Cells(row, columns)
    _leave_out(cells)
    account, email = checked_account(cells.text(Field.ACCOUNT)), checked_address(cells.email())
    roles, delegate_until = _roles(cells)
    starts, ends = _day(cells, Field.STARTS), _day(cells, Field.ENDS)
    if starts and ends and ends < starts:
        raise ValueError("ends is before starts")
    return Person(
        id=_id(cells, account, email),
        name=_name(cells),
        email=email,
        account=account,
        roles=roles,
        about=cells.text(Field.ABOUT),
        days=read_weekdays(cells.text(Field.DAYS)),
        hours=read_hours(cells.text(Field.HOURS)),
        starts=starts,
        ends=ends,
        delegate_until=delegate_until,
        slack=checked_slack_account(cells.text(Field.SLACK)),
    )


def _check_width(row: Row, columns: Columns) -> None:
    """Refuses a row in which a separator is too many or too few: what follows it may be in the wrong column."""
    for place, cell in enumerate(row.cells):
        if cell.strip() and (place >= len(columns.names) or not columns.names[place]):
            raise ValueError(MORE)
    if len(row.cells) >= columns.width:
        return
    roles = columns.places.get(Field.ROLES, -1)
    needed = [columns.places.get(field, -1) for field in (Field.ID, Field.NAME, Field.EMAIL, Field.ACCOUNT)]
    # Our own list may lack empty cells at its end; that the roles are where they should be shows that none is shifted.
    ends_early = not columns.is_export and roles > max(needed) and roles < len(row.cells)
    if not ends_early or not row.cells[roles].strip():
        raise ValueError(FEWER)


def _leave_out(cells: _Cells) -> None:
    if cells.text(Field.BLOCKED).lower() in TRUE or cells.text(Field.ENABLED).lower() in FALSE:
        raise _NotOurs("the account is blocked")
    if cells.text(Field.KIND).lower() == "guest" or "#ext#" in cells.text(Field.EMAIL).lower():
        raise _NotOurs("the account is a guest's")
    if (status := cells.text(Field.STATUS)).lower() in GONE:
        raise _NotOurs(f"the status is {status!r}")


def _id(cells: _Cells, account: str, email: str) -> str:
    """The id as it is written. Where no column holds one, or another system's is empty, the account, else the e-mail.

    Our own column `id` is never made up for.
    """
    text = cells.text(Field.ID)
    place = cells.columns.places.get(Field.ID)
    is_own = place is not None and short_name(cells.columns.names[place]) == Field.ID and not cells.columns.is_export
    id = text or ("" if is_own else account or email)
    if not id:
        raise ValueError("the id is missing")
    return checked_id(id)


def _name(cells: _Cells) -> str:
    name, forename, surname = (cells.text(field) for field in (Field.NAME, Field.FORENAME, Field.SURNAME))
    if not name:
        name = f"{forename} {surname}".strip()
    elif surname and not forename and Field.FORENAME not in cells.columns.places:
        name = name if surname.casefold() in name.casefold() else f"{name} {surname}"
    if not name:
        raise ValueError("the name is missing")
    if "@" in name or is_blank(name) or not any(char.isalpha() for char in name):
        raise ValueError(f"{name!r} is not a name; is something in the wrong column?")
    return name


def _roles(cells: _Cells) -> tuple[frozenset[Role], date | None]:
    text = cells.text(Field.ROLES)
    if not cells.columns.is_export:
        return read_roles(text)
    place = cells.columns.places.get(Field.ROLES)
    name = "" if place is None else cells.columns.names[place]
    if name.casefold() == Field.ROLES and len(text.split()) > 1 and all_are_roles(text):
        return read_roles(text)  # "head staff" in a column with our own name is two roles, in any list
    return read_job(text, is_title=short_name(name) in TITLES)


def _day(cells: _Cells, field: Field) -> date | None:
    try:
        return read_day(cells.text(field))
    except ValueError as error:
        raise ValueError(f"{field.value}: {error}") from None
