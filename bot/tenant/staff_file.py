"""The staff list from a file: staff.csv, described in docs/staff-list.md."""

import logging
from pathlib import Path

from bot.errors import BadInput, SettingsError, StoreError
from bot.people.rules.person import Person
from bot.roster.rules.list_change import ListChange, list_change
from bot.roster.rules.staff_list import StaffList, read_staff_list
from bot.tenant.accepted_list import read_accepted, write_accepted
from bot.tenant.kept_file import write_whole_bytes
from bot.tenant.table_file import read_table, table_rows

LOG = logging.getLogger("staffroom.roster")
ACCEPTED_FILE = "staff-accepted.json"
BEFORE_FILE = "staff-before.csv"  # the list that the last one brought took the place of
BROUGHT = "The file"
MAX_MISTAKES_NAMED = 10
NOT_IN_THE_DEMO = "The list is in order. The demo keeps its own staff list, so nothing was changed."
CHANGED_SINCE = "The staff list has changed since, so nothing was changed. Please look at it again."


class FileRoster:
    """Who works here: the list that was accepted last.

    The file is read again when it has changed. One with a mistake changes nothing, nor does one in doubt until it is
    confirmed. The accepted list is kept beside the file unless `keeps` is off; a reader beside a running bot does not
    write it.
    """

    def __init__(self, file: Path, *, keeps: bool = True, writes: bool = True) -> None:
        self._file = file
        self._accepted_file = file.with_name(ACCEPTED_FILE) if keeps else None
        self._writes = writes
        self._people = read_accepted(self._accepted_file) if self._accepted_file else ()
        self._kept = self._people
        self._stamps = self._stamps_now()
        self._waiting: ListChange | None = None
        self._problem = ""
        self._read()
        if not self._people:
            raise SettingsError(self._problem)
        self._keep()

    def people(self) -> tuple[Person, ...]:
        """Everybody on the accepted list, in its order; the same tuple until it changes."""
        stamps = self._stamps_now()
        if stamps != self._stamps:
            is_accepted_new = stamps[1] != self._stamps[1]
            self._stamps = stamps
            if is_accepted_new:
                self._read_accepted()
            self._read()
            self._keep()
        return self._people

    @property
    def waiting(self) -> ListChange | None:
        """The change that waits for confirmation, if one does."""
        self.people()
        return self._waiting

    @property
    def problem(self) -> str:
        """Why the file as it is now was not taken, as a sentence; empty if it was, or waits."""
        self.people()
        return self._problem

    def confirm(self, digest: str) -> None:
        """Accepts the change that waits; raises BadInput if it is not that one, StoreError if it could not be kept."""
        change = self.waiting
        if change is None or change.digest != digest:
            raise BadInput(CHANGED_SINCE)
        if self._accepted_file:
            write_accepted(self._accepted_file, change.after)
        self._people, self._waiting, self._kept = change.after, None, change.after
        self._stamps = (self._stamps[0], _stamp(self._accepted_file))
        LOG.info("staff_list_confirmed people=%d", len(self._people))

    def check(self, content: bytes) -> StaffList:
        """What a file would say, with its problems; raises BadInput if it is no table that can be read."""
        try:
            return read_staff_list(table_rows(content, BROUGHT))
        except SettingsError as error:
            raise BadInput(f"{error} Nothing was changed.") from error

    def bring(self, content: bytes) -> None:
        """Puts a file in place of the school's, and keeps the one before beside it; it is read like any other.

        Raises BadInput where there is no file of the school's own, StoreError if it could not be written.
        """
        if self._accepted_file is None or not self._writes:
            raise BadInput(NOT_IN_THE_DEMO)
        try:
            if self._file.is_file():
                write_whole_bytes(self._file.with_name(BEFORE_FILE), self._file.read_bytes())
        except OSError as error:
            raise StoreError(f"{self._file.name} could not be kept: {error.strerror}.") from error
        write_whole_bytes(self._file, content)
        LOG.info("staff_list_brought")
        self.people()

    def _read(self) -> None:
        """Reads the file, and takes it if nothing speaks against it."""
        self._waiting, self._problem = None, ""
        try:
            change = list_change(self._people, read_people(self._file))
        except SettingsError as error:
            self._refuse(str(error))
            return
        if change.problem:
            self._refuse(f"{self._file.name}: {change.problem}.")
        elif change.doubts:
            self._waiting = change
            LOG.warning("staff_list_waits people=%d", len(change.after))
        elif change.after != self._people:
            self._people = change.after
            LOG.info("staff_list_read people=%d", len(self._people))

    def _refuse(self, problem: str) -> None:
        self._problem = problem
        LOG.warning("staff_list_refused")  # its sentence, which `doctor` shows, may hold an account

    def _keep(self) -> None:
        """Keeps the accepted list, also if its file was deleted: without it, the next start would take any list."""
        if self._accepted_file is None or not self._writes:
            return
        if self._kept == self._people and self._accepted_file.is_file():
            return
        try:
            write_accepted(self._accepted_file, self._people)
            self._kept = self._people
        except StoreError:
            LOG.warning("staff_list_not_kept")  # in force all the same; after a restart it is compared once more
        self._stamps = (self._stamps[0], _stamp(self._accepted_file))

    def _read_accepted(self) -> None:
        """Takes over what a command on the server confirmed; a file that is gone or damaged changes nothing."""
        try:
            self._kept = read_accepted(self._accepted_file) if self._accepted_file else ()
            self._people = self._kept or self._people
        except SettingsError:
            LOG.warning("accepted_staff_list_damaged")

    def _stamps_now(self) -> tuple[tuple[int, int], tuple[int, int]]:
        return _stamp(self._file), _stamp(self._accepted_file)


def _stamp(file: Path | None) -> tuple[int, int]:
    try:
        status = file.stat() if file else None
    except OSError:
        status = None
    return (status.st_mtime_ns, status.st_size) if status else (0, 0)


def check_file(file: Path) -> StaffList:
    """What a file says, with its problems; raises SettingsError if it is no table that can be read."""
    return read_staff_list(read_table(file))


def read_people(file: Path) -> tuple[Person, ...]:
    """Everybody; raises SettingsError naming the first ten problems, all at once."""
    staff_list = check_file(file)
    problems = [f"line {problem.line}: {problem.says}" for problem in staff_list.problems]
    if problems:
        more = f"; and {len(problems) - MAX_MISTAKES_NAMED} more" if len(problems) > MAX_MISTAKES_NAMED else ""
        raise SettingsError(f"{file.name}, {'; '.join(problems[:MAX_MISTAKES_NAMED])}{more}.")
    if not staff_list.people:
        raise SettingsError(f"{file.name} names nobody.")
    return staff_list.people
