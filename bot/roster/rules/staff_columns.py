"""Which column of a staff list holds what: our own names, and those of Arbor, SIMS, Bromcom and Microsoft 365."""

import dataclasses
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum

from bot.outside import clean_line

MAX_LINES_ABOVE = 40  # title lines, "Generated on ...", blank lines
MAX_COLUMNS_LISTED = 30


class Field(StrEnum):
    """What a column can hold. The value is the name of our own column, where we have one."""

    ID = "id"
    NAME = "name"
    EMAIL = "email"
    ACCOUNT = "account"
    ROLES = "roles"
    DAYS = "days"
    HOURS = "hours"
    STARTS = "starts"
    ENDS = "ends"
    ABOUT = "about"
    SLACK = "slack"
    FORENAME = "forename"
    SURNAME = "surname"
    BLOCKED = "blocked"  # Microsoft 365: whether signing in is blocked
    ENABLED = "enabled"  # Entra: the opposite
    KIND = "kind"  # Entra: Member or Guest
    STATUS = "status"  # Google: Active or Suspended; SIMS and others: Current or Leaver


OWN = tuple(Field)[:11]
# Names without capitals, spaces and signs, the best first. Home addresses and Mr or Mrs are not among them.
NAMES: Mapping[Field, tuple[str, ...]] = {
    Field.ID: (
        *("id", "staffcode", "staffid", "arborid", "arborstaffid", "bromcomid", "simsid", "staffnumber", "staffref"),
        *("employeeid", "employeenumber", "employeeno", "payrollnumber", "payrollno", "personid"),
    ),
    Field.NAME: (
        *("name", "displayname", "fullname", "staffname", "employeename", "preferredfullname", "staffmember"),
        *("legalname", "legalfullname"),
    ),
    Field.EMAIL: (
        *("email", "userprincipalname", "upn", "signinname", "workemail", "workemailaddress", "emailaddress"),
        *("schoolemail", "schoolemailaddress", "staffemail", "mainemail", "primaryemail", "primaryemailaddress"),
        *("defaultemail", "emailwork", "mail", "username"),
    ),
    Field.ACCOUNT: ("account", "objectid", "azureadobjectid", "entraobjectid", "externaldirectoryobjectid"),
    Field.ROLES: (
        *("roles", "role", "staffrole", "mainrole", "schoolrole", "jobtitle", "jobrole", "job", "post", "posttitle"),
        *("postdescription", "position", "positiontitle", "contractpost", "staffcategory", "stafftype"),
    ),
    Field.DAYS: ("days", "workingdays", "daysworked"),
    Field.HOURS: ("hours", "workinghours"),
    Field.STARTS: (
        *("starts", "employmentstartdate", "employmentstart", "startdate", "dateofarrival", "dateofjoining"),
        *("joiningdate", "datestarted", "employeehiredate", "hiredate", "contractstartdate", "contractstart"),
    ),
    Field.ENDS: (
        *("ends", "employmentenddate", "employmentend", "enddate", "leavingdate", "dateofleaving", "leavedate"),
        *("dateleft", "employeeleavedate", "contractenddate", "contractend"),
    ),
    Field.ABOUT: ("about",),
    Field.SLACK: ("slack",),
    Field.FORENAME: (
        *("preferredforename", "preferredfirstname", "chosenforename", "chosenfirstname", "forename", "firstname"),
        *("givenname", "forenames", "firstnames", "givennames", "legalforename", "legalfirstname", "legalforenames"),
    ),
    Field.SURNAME: (
        *("preferredsurname", "preferredlastname", "chosensurname", "chosenlastname", "surname", "lastname"),
        *("familyname", "legalsurname", "legallastname"),
    ),
    Field.BLOCKED: ("blockcredential", "signinblocked"),
    Field.ENABLED: ("accountenabled",),
    Field.KIND: ("usertype",),
    Field.STATUS: ("status", "accountstatus", "userstatus", "staffstatus", "employmentstatus", "employeestatus"),
}
FIELD_OF = {name: field for field, names in NAMES.items() for name in names}
SIGN_IN = frozenset({"userprincipalname", "upn", "signinname"})  # what we match people by, so it beats other addresses
MICROSOFT = frozenset({"userprincipalname", "displayname", "objectid"})  # there, "Title" is the job
SAID_AS = {
    Field.NAME: "the name",
    Field.FORENAME: "the first name",
    Field.EMAIL: "the e-mail address",
    Field.ROLES: "the roles",
}
HINTS = {
    Field.NAME: ("name",),
    Field.FORENAME: ("first", "fore", "given", "name"),
    Field.EMAIL: ("mail", "login", "logon"),
    Field.ROLES: ("role", "job", "post", "title"),
}
# A row that has none in the best column may have one in the next: SIMS fills the preferred name only where it differs.
FILLED_UP = (Field.ID, Field.NAME, Field.FORENAME, Field.SURNAME)
NO_SIGN = frozenset(NAMES[Field.STATUS])  # a list of our own may have such a column too
_SIGNS = re.compile(r"[^a-z0-9]+")
_PLURAL = re.compile(r"\(e?s\)")


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table file: the line it begins in, from 1, and its cells; `flaw` says why it could not be cut."""

    line: int
    cells: tuple[str, ...]
    flaw: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing in any cell."""
        return not self.flaw and not any(cell.strip() for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Columns:
    """Where each field is, from 0. `is_export` says that another system's names are in use; `problem` why it fails."""

    line: int
    names: tuple[str, ...]
    places: Mapping[Field, int]
    is_export: bool
    problem: str = ""
    other_emails: tuple[int, ...] = ()  # columns that agree with the one of the e-mail address, where both are filled
    # What counts in a row in which the field's best column is empty.
    others: Mapping[Field, tuple[int, ...]] = dataclasses.field(default_factory=dict)

    @property
    def width(self) -> int:
        """How many columns there are up to the last that has a name."""
        return max((place + 1 for place, name in enumerate(self.names) if name), default=0)

    @property
    def left_alone(self) -> tuple[str, ...]:
        """Names of the columns that nothing is taken from."""
        return tuple(name for place, name in enumerate(self.names) if name and place not in self._taken)

    @property
    def _taken(self) -> frozenset[int]:
        others = (place for places in self.others.values() for place in places)
        return frozenset({*self.places.values(), *self.other_emails, *others})


def short_name(header: str) -> str:
    """A column's name in the form in which names are compared.

    >>> short_name("E-Mail_Address: "), short_name("displayName [displayName]"), short_name("Forename(s)")
    ('emailaddress', 'displayname', 'forename')
    """
    return _SIGNS.sub("", _PLURAL.sub("", header.partition("[")[0].casefold()))


def header_score(row: Row) -> int:
    """How many fields a row names, were it the one with the names of the columns."""
    return len({FIELD_OF[name] for name in map(short_name, row.cells) if name in FIELD_OF})


def find_header(rows: Sequence[Row]) -> int | None:
    """The place of the row with the names of the columns, title lines being left out; None if all rows are empty."""
    places = [place for place, row in enumerate(rows[:MAX_LINES_ABOVE]) if not row.is_empty]
    if not places:
        return None
    return max(places, key=lambda place: (header_score(rows[place]), -place))


def find_columns(header: Row, body: Sequence[Row]) -> Columns:
    """Where each field is. The rows below decide whether two columns that could be meant say the same."""
    names = tuple(clean_line(cell) for cell in header.cells)
    found: dict[Field, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    shorts = [_short_or_job(name, names) for name in names]
    for place, short in enumerate(shorts):
        if short in FIELD_OF:
            found[FIELD_OF[short]][short].append(place)
    places = {field: _best(field, named) for field, named in found.items()}
    is_export = any(short in FIELD_OF and short not in OWN and short not in NO_SIGN for short in shorts)
    problem = (
        _two_meant(found, names, body) or _missing(places, names, is_export) or _misspelt(names, places, is_export)
    )
    named = found.get(Field.EMAIL, {})
    others = () if SIGN_IN & named.keys() else tuple(place for places in named.values() for place in places)
    following = {field: _following(field, found[field]) for field in FILLED_UP if field in found}
    return Columns(header.line, names, places, is_export, problem, others, following)


def _short_or_job(name: str, names: Sequence[str]) -> str:
    short = short_name(name)
    is_job = short == "title" and any(short_name(other) in MICROSOFT for other in names)
    return "jobtitle" if is_job else short


def _best(field: Field, named: Mapping[str, list[int]]) -> int:
    def rank(name: str) -> tuple[bool, int]:
        return name not in SIGN_IN, NAMES[field].index(name)

    return named[min(named, key=rank)][0]


def _following(field: Field, named: Mapping[str, list[int]]) -> tuple[int, ...]:
    """The other columns of a field, the best first."""
    return tuple(named[name][0] for name in NAMES[field] if name in named)[1:]


def _two_meant(found: Mapping[Field, Mapping[str, list[int]]], names: Sequence[str], body: Sequence[Row]) -> str:
    """Two columns of one name that differ, or two e-mail addresses of which none is the sign-in name."""
    for field, named in found.items():
        rivals = [places for places in named.values() if len(places) > 1]
        if field is Field.EMAIL and not SIGN_IN & named.keys():
            rivals.append([place for name, places in named.items() for place in places if name != "username"])
        for places in rivals:
            if len(places) > 1 and _differ(places, body):
                both = " and ".join(repr(names[place]) for place in places)
                return (
                    f"the columns {both} could both be meant for {field.value!r}, and they differ: name the right one "
                    f"{field.value!r} and take the other out; {_found(names)}"
                )
    return ""


def _differ(places: Sequence[int], body: Sequence[Row]) -> bool:
    for row in body:
        cells = {row.cells[place].strip().casefold() for place in places if place < len(row.cells)}
        if len(cells - {""}) > 1:
            return True
    return False


def _missing(places: Mapping[Field, int], names: Sequence[str], is_export: bool) -> str:
    if not {Field.NAME, Field.SURNAME} & places.keys():
        return _rename(Field.NAME, places, names)
    if Field.NAME not in places and Field.FORENAME not in places:
        return _rename(Field.FORENAME, places, names)
    if not {Field.EMAIL, Field.ACCOUNT} & places.keys():
        return _rename(Field.EMAIL, places, names)
    if Field.ROLES not in places and not is_export:
        return _rename(Field.ROLES, places, names)
    return ""


def _rename(field: Field, places: Mapping[Field, int], names: Sequence[str]) -> str:
    free = [name for place, name in enumerate(names) if name and place not in places.values()]
    likely = [name for name in free if any(hint in name.casefold() for hint in HINTS[field])]
    which = f"the column {likely[0]!r}" if len(likely) == 1 else f"the column with {SAID_AS[field]}"
    return f"the column {field.value!r} is missing: rename {which} to {field.value!r}; {_found(names)}"


def _misspelt(names: Sequence[str], places: Mapping[Field, int], is_export: bool) -> str:
    """A slip in one of our own optional names would be left alone unseen; other systems have columns of any name."""
    missing = [field.value for field in OWN if field not in places]
    for name in [] if is_export else names:
        close = get_close_matches(short_name(name), missing, 1, 0.8)
        if close and short_name(name) not in FIELD_OF:
            return f"the column {name!r} is not one of ours: if it is meant, rename it to {close[0]!r}; {_found(names)}"
    return ""


def _found(names: Sequence[str]) -> str:
    listed = [repr(name) for name in names if name]
    more = f" and {len(listed) - MAX_COLUMNS_LISTED} more" if len(listed) > MAX_COLUMNS_LISTED else ""
    return f"the columns found are {', '.join(listed[:MAX_COLUMNS_LISTED]) or 'none'}{more}"
