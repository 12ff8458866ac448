"""The database that is measured: filled beside the server, and what it costs."""

import json
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

from postgres import PostgresServer

from harness import processes
from harness.seed import Row, Seed, Value

# Durable, as an installation's would be. Cleaning up in the background would come between the rounds.
POSTGRES_SETTINGS = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}


class Postgres:
    """A database of its own on a private server."""

    name = "PostgreSQL"

    def __init__(self, server: PostgresServer, database: str = "bench") -> None:
        self.server = server
        self.url = with_path(server.url, f"/{database}")
        psql(server, server.url, f"create database {database}")

    def url_for_floor(self) -> str:
        return self.url

    def run(self, sql: str) -> str:
        """Runs statements, and answers what they print."""
        return psql(self.server, self.url, sql)

    def fill(self, tables: Iterable[tuple[str, Iterator[Row]]]) -> None:
        for table, rows in tables:
            copy: subprocess.Popen | None = None
            columns: tuple[str, ...] = ()
            # Rows of different columns come in runs, each of which is copied in one go.
            for row in rows:
                if copy is None or tuple(row) != columns:
                    finish(copy)
                    columns = tuple(row)
                    copy = self._copy(table, columns)
                copy.stdin.write("\t".join(copied(value) for value in row.values()) + "\n")
            finish(copy)

    def _copy(self, table: str, columns: tuple[str, ...]) -> subprocess.Popen:
        sql = f'copy "{table}" ({", ".join(columns)}) from stdin'
        return subprocess.Popen(psql_command(self.server, self.url, sql), env=psql_environment(self.url), text=True,
                                stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)

    def settle(self) -> None:
        """Leaves nothing for later: statistics are fresh, and what was written is on disk."""
        self.run("vacuum analyze")
        self.run("checkpoint")

    def cpu_seconds(self) -> float:
        """Processor time of all of its processes so far, those that have ended included."""
        return processes.cpu_seconds_of_family(self.server.process.pid)

    def version(self) -> str:
        return f"PostgreSQL {self.run('show server_version').split()[0]}"


class Sqlite:
    """A file; the floor has a copy of its own."""

    name = "SQLite"

    def __init__(self, directory: Path) -> None:
        self.file = directory / "bench.db"
        self.url = f"sqlite:{self.file}"

    def url_for_floor(self) -> str:
        copy = self.file.with_name("floor.db")
        with sqlite3.connect(self.file) as source, sqlite3.connect(copy) as target:
            source.backup(target)
        return f"sqlite:{copy}"

    def run(self, sql: str) -> str:
        with sqlite3.connect(self.file) as connection:
            rows = [row for statement in sql.split(";") for row in connection.execute(statement)]
        return "\n".join("\t".join(str(value) for value in row) for row in rows)

    def fill(self, tables: Iterable[tuple[str, Iterator[Row]]]) -> None:
        with sqlite3.connect(self.file) as connection:
            for table, rows in tables:
                for row in rows:
                    places = ", ".join("?" for _ in row)
                    sql = f'insert into "{table}" ({", ".join(row)}) values ({places})'
                    connection.execute(sql, [bound(value) for value in row.values()])

    def settle(self) -> None:
        self.run("analyze; pragma wal_checkpoint(truncate)")

    def cpu_seconds(self) -> float:
        """It works within the server's own process."""
        return 0.0

    def version(self) -> str:
        return "SQLite"


Database = Postgres | Sqlite


def fill(database: Database, seed: Seed) -> None:
    """Fills a database that Rookery has made, and that holds one account: the administrator's, whose password all have."""
    admin = UUID(hex=database.run('select id from "user"') if isinstance(database, Postgres)
                 else database.run('select hex(id) from "user"'))
    database.fill(seed.tables(admin))
    database.run('update "user" set password_hash = (select password_hash from "user" where level = \'admin\')')
    database.settle()


def copied(value: Value) -> str:
    """A value in the text form of COPY."""
    match value:
        case None:
            return r"\N"
        case bool():
            return "t" if value else "f"
        case dict() | list():
            value = json.dumps(value)
        case datetime():
            value = value.isoformat()
    return str(value).replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n")


def bound(value: Value) -> str | int | bytes | None:
    """A value as Rookery keeps it in SQLite."""
    match value:
        case UUID():
            return value.bytes
        case dict() | list():
            return json.dumps(value)
        case datetime():
            return value.isoformat()
        case bool():
            return int(value)
    return value


def finish(copy: subprocess.Popen | None) -> None:
    if copy is not None:
        copy.stdin.close()
        if copy.wait() != 0:
            raise RuntimeError("PostgreSQL did not take the rows")


def psql(server: PostgresServer, url: str, sql: str) -> str:
    command = psql_command(server, url, sql)
    return subprocess.run(command, env=psql_environment(url), check=True, text=True, capture_output=True).stdout.strip()


def psql_command(server: PostgresServer, url: str, sql: str) -> list[str]:
    program = server.bin / "psql"
    # Without the password, which every user of this machine could read.
    parts = urlsplit(url)
    bare = urlunsplit(parts._replace(netloc=f"{parts.username}@{parts.hostname}:{parts.port}"))
    return [str(program if program.exists() else shutil.which("psql")), "--no-psqlrc", "--quiet", "--tuples-only",
            "--no-align", "--set", "ON_ERROR_STOP=1", "--dbname", bare, "--command", sql]


def psql_environment(url: str) -> dict[str, str]:
    return os.environ | {"PGPASSWORD": urlsplit(url).password or ""}


def with_path(url: str, path: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=path))
