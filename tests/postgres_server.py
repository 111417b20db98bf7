"""A real PostgreSQL server in a temporary folder, on a Unix socket, without the rights of root."""

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
OWNER, SERVING = "staffroom_owner", "staffroom"
STARTS_WITHIN = "60"  # seconds; a busy machine takes its time


def binaries() -> Path | None:
    """The folder with initdb and postgres, the newest there is; None if there is none."""
    folders = sorted(DEBIAN.glob("*/bin"), key=lambda folder: int(folder.parent.name))
    found = shutil.which("initdb")
    candidates = [*reversed(folders), *([Path(found).resolve().parent] if found else [])]
    return next(
        (folder for folder in candidates if (folder / "postgres").exists() and (folder / "initdb").exists()), None
    )


@dataclass(frozen=True)
class Server:
    """A running server. Its databases belong to OWNER; SERVING may only serve."""

    binaries: Path
    folder: Path
    numbers: Iterator[int]

    def url(self, database: str, login: str = SERVING) -> str:
        """The address of a database for a login."""
        return f"postgresql://{login}@/{database}?host={self.folder}&sslmode=disable"

    def administer(self, sql: str, database: str = "postgres") -> list[tuple[object, ...]]:
        """Runs one statement as the superuser, outside any transaction, and returns its rows."""
        with psycopg.connect(self.url(database, "postgres"), autocommit=True) as connection:
            cursor = connection.execute(sql.encode())
            return cursor.fetchall() if cursor.description else []

    def new_database(self) -> str:
        """Makes an empty database, and returns its name."""
        name = f"test_{next(self.numbers)}"
        self.administer(f"CREATE DATABASE {name} OWNER {OWNER}")
        return name

    def drop(self, database: str) -> None:
        """Drops a database, whoever is still in it."""
        self.administer(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")


@contextmanager
def running_server(*, is_durable: bool = False) -> Iterator[Server]:
    """A server for as long as the block runs. If it `is_durable`, each commit waits for the disk."""
    found = binaries()
    assert found is not None
    folder = Path(tempfile.mkdtemp(prefix="pg-"))  # a socket's path has at most 107 characters
    user = "postgres" if os.name == "posix" and os.geteuid() == 0 else None
    if user:
        account = pwd.getpwnam(user)
        os.chown(folder, account.pw_uid, account.pw_gid)
    data = folder / "data"

    def run(program: str, *arguments: str) -> None:
        command = [str(found / program), *arguments]
        subprocess.run(command, check=True, user=user, cwd=folder, stdout=subprocess.DEVNULL)

    sync = "on" if is_durable else "off"
    options = f"-c listen_addresses= -c unix_socket_directories={folder} -c fsync={sync} -c max_connections=200"
    run("initdb", "-D", str(data), "-A", "trust", "-U", "postgres", "--no-sync", "--no-instructions", "-E", "UTF8")
    run("pg_ctl", "-D", str(data), "-w", "-t", STARTS_WITHIN, "-l", str(folder / "log"), "-o", options, "start")
    try:
        server = Server(found, folder, count(1))
        server.administer(f"CREATE ROLE {OWNER} LOGIN CREATEROLE")
        server.administer("CREATE ROLE staffroom_serving NOLOGIN")
        server.administer(f"CREATE ROLE {SERVING} LOGIN IN ROLE staffroom_serving")
        yield server
    finally:
        run("pg_ctl", "-D", str(data), "-w", "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)
