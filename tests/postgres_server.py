"""A real PostgreSQL server in a temporary folder, on a Unix socket, without the rights of root; and a pair of them."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import psycopg

DEBIAN = Path("/usr/lib/postgresql")
OWNER, SERVING, ADMINISTRATOR = "staffroom_owner", "staffroom", "postgres"
STARTS_WITHIN = "60"  # seconds; a busy machine takes its time
PRIMARY, STANDBY = "the_primary", "the_standby"
STREAMS = "SELECT sync_state FROM pg_stat_replication WHERE state = 'streaming'"


def binaries() -> Path | None:
    """The folder with initdb and postgres, the newest there is; None if there is none."""
    folders = sorted(DEBIAN.glob("*/bin"), key=lambda folder: int(folder.parent.name))
    found = shutil.which("initdb")
    candidates = [*reversed(folders), *([Path(found).resolve().parent] if found else [])]
    return next(
        (folder for folder in candidates if (folder / "postgres").exists() and (folder / "initdb").exists()), None
    )


def address(folders: str, database: str, login: str = SERVING) -> str:
    """The address of a database for a login; `folders` have the sockets of its servers, with commas in between."""
    return f"postgresql://{login}@/{database}?host={folders}&sslmode=disable"


@dataclass(frozen=True)
class Server:
    """A server. Its databases belong to OWNER; SERVING may only serve."""

    binaries: Path
    folder: Path
    options: str
    numbers: Iterator[int]

    def url(self, database: str, login: str = SERVING) -> str:
        """The address of a database for a login."""
        return address(str(self.folder), database, login)

    def administer(self, sql: str, database: str = "postgres") -> list[tuple[object, ...]]:
        """Runs one statement as the superuser, outside any transaction, and returns its rows."""
        with psycopg.connect(self.url(database, ADMINISTRATOR), autocommit=True) as connection:
            cursor = connection.execute(sql.encode())
            return cursor.fetchall() if cursor.description else []

    def configure(self, sql: str) -> None:
        """Changes a setting of the running server by ALTER SYSTEM."""
        self.administer(sql)
        self.administer("SELECT pg_reload_conf()")

    def new_database(self) -> str:
        """Makes an empty database, and returns its name."""
        name = f"test_{next(self.numbers)}"
        self.administer(f"CREATE DATABASE {name} OWNER {OWNER}")
        return name

    def drop(self, database: str) -> None:
        """Drops a database, whoever is still in it."""
        self.administer(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")

    def run(self, program: str, *arguments: str) -> None:
        """Runs one of PostgreSQL's programs, never as root."""
        user = ADMINISTRATOR if _is_root() else None
        command = [str(self.binaries / program), *arguments]
        subprocess.run(command, check=True, user=user, cwd=self.folder, stdout=subprocess.DEVNULL)

    def control(self, *arguments: str) -> None:
        """Starts, stops or promotes it, and waits until that is done."""
        self.run("pg_ctl", "-D", str(self.folder / "data"), "-w", "-t", STARTS_WITHIN, *arguments)

    def start(self) -> None:
        """Starts it, also after it was stopped."""
        self.control("-l", str(self.folder / "log"), "-o", self.options, "start")

    def stop(self) -> None:
        """Stops it in order; what streams to it hears nothing more."""
        self.control("-m", "fast", "stop")

    def kill(self) -> None:
        """Ends it as a power cut would: it writes nothing more and tells nobody."""
        self.control("-m", "immediate", "stop")


@dataclass(frozen=True)
class Pair:
    """A server and its streaming standby."""

    primary: Server
    standby: Server

    def url(self, database: str, login: str = SERVING) -> str:
        """The address under which the one of them that takes writes is found."""
        return address(f"{self.primary.folder},{self.standby.folder}", database, login)

    def fail_over(self) -> None:
        """Kills the primary; the standby, which was stopped, comes back and takes its place."""
        self.primary.kill()
        self.standby.start()
        self.standby.control("promote")


@contextmanager
def running_server(*, is_durable: bool = False) -> Iterator[Server]:
    """A server for as long as the block runs. If it `is_durable`, each commit waits for the disk."""
    with _new_server(PRIMARY, is_durable=is_durable) as server:
        names = ("-A", "trust", "-U", ADMINISTRATOR, "-E", "UTF8")
        server.run("initdb", "-D", str(server.folder / "data"), *names, "--no-sync", "--no-instructions")
        server.start()
        server.administer(f"CREATE ROLE {OWNER} LOGIN CREATEROLE")
        server.administer("CREATE ROLE staffroom_serving NOLOGIN")
        server.administer(f"CREATE ROLE {SERVING} LOGIN IN ROLE staffroom_serving")
        yield server


@contextmanager
def running_pair(*, is_synchronous: bool) -> Iterator[Pair]:
    """A server and a standby that streams; if it `is_synchronous`, each commit waits until the standby has it."""
    with running_server() as primary, _new_server(STANDBY) as standby:
        source = f"host={primary.folder} user={ADMINISTRATOR} application_name={STANDBY}"
        copying = ("-d", source, "-D", str(standby.folder / "data"), "--checkpoint=fast", "--no-sync")
        standby.run("pg_basebackup", "--write-recovery-conf", *copying)
        standby.start()
        if is_synchronous:
            primary.configure(f"ALTER SYSTEM SET synchronous_standby_names = '{STANDBY}'")
        while primary.administer(STREAMS) != [("sync" if is_synchronous else "async",)]:
            pass  # each look is a new connection, which takes some milliseconds
        yield Pair(primary, standby)


@contextmanager
def _new_server(name: str, *, is_durable: bool = False) -> Iterator[Server]:
    """A server that has no data yet; afterwards it is ended and removed."""
    found = binaries()
    assert found is not None
    folder = Path(tempfile.mkdtemp(prefix="pg-"))  # a socket's path has at most 107 characters
    if _is_root():
        account = pwd.getpwnam(ADMINISTRATOR)
        os.chown(folder, account.pw_uid, account.pw_gid)
    sync = "on" if is_durable else "off"
    options = f"-c listen_addresses= -c unix_socket_directories={folder} -c fsync={sync} -c max_connections=200"
    server = Server(found, folder, f"{options} -c cluster_name={name}", count(1))
    try:
        yield server
    finally:
        if (folder / "data" / "postmaster.pid").exists():
            server.kill()
        shutil.rmtree(folder, ignore_errors=True)


def _is_root() -> bool:
    return os.name == "posix" and os.geteuid() == 0
