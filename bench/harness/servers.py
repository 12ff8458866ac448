"""Rookery and the floor, each a process on loopback."""

import os
import secrets
import subprocess
import time
import urllib.error
from pathlib import Path

from postgres import free_port

from harness import graphql
from harness.database import Database
from harness.processes import STARTED_WITHIN_SECONDS, Process

CONNECTIONS = 10
SQLITE_READERS = 4
# Nobody asks for as much within a minute as a benchmark does; all else is as it is by default.
SETTINGS = "points = { session = 1000000000, tenant = 1000000000, address = 1000000000 }\n"
ADMIN = "admin@bench.example"


class Rookery(Process):
    """`rookery serve` in a directory of its own."""

    def __init__(self, program: Path, directory: Path, database: Database) -> None:
        self.password = secrets.token_urlsafe(24)
        (directory / "rookery.toml").write_text(SETTINGS)
        environment = without_settings() | {
            "DATABASE_URL": database.url,
            "ROOKERY_LISTEN": "127.0.0.1:0",
            "ROOKERY_DATA_DIR": str(directory / "data"),
        }
        self.ready_seconds = 0.0
        super().__init__("rookery", [str(program), "serve"], directory, environment)

    def create_admin(self) -> None:
        """Makes the database's tables, and its first account."""
        create = ["user", "create", "--admin", "--name", "Administrator", "--email", ADMIN, "--password-stdin"]
        subprocess.run([self.command[0], *create], cwd=self.directory, env=self.environment, check=True, text=True,
                       input=f"{self.password}\n", stdout=subprocess.DEVNULL)

    def __enter__(self) -> "Rookery":
        super().__enter__()
        try:
            self.origin = self.wait_for_line("Rookery ").split(" serves ")[1]
            self.url = f"{self.origin}/graphql"
            self._wait_until_ready()
        except BaseException:
            self.__exit__()
            raise
        return self

    def _wait_until_ready(self) -> None:
        while True:
            try:
                with graphql.OPENER.open(f"{self.origin}/health", timeout=5):
                    self.ready_seconds = time.monotonic() - self.begun
                    return
            except (urllib.error.URLError, TimeoutError):
                if time.monotonic() - self.begun > STARTED_WITHIN_SECONDS:
                    raise
                time.sleep(0.002)

    def sign_in(self, login: str) -> str:
        return graphql.sign_in(self.url, login, self.password)


class Floor(Process):
    """The hand-written handlers, on the same data."""

    def __init__(self, program: Path, directory: Path, database: Database) -> None:
        self.origin = f"http://127.0.0.1:{free_port()}"
        connections = CONNECTIONS if database.name == "PostgreSQL" else SQLITE_READERS
        command = [str(program), "floor", "--listen", self.origin.removeprefix("http://"),
                   "--connections", str(connections)]
        super().__init__("floor", command, directory, without_settings() | {"DATABASE_URL": database.url_for_floor()})

    def __enter__(self) -> "Floor":
        super().__enter__()
        try:
            self.wait_for_line("ready")
        except BaseException:
            self.__exit__()
            raise
        return self


def without_settings() -> dict[str, str]:
    """The environment without the settings of an installation, whose data must not be met."""
    return {name: value for name, value in os.environ.items()
            if not name.startswith(("ROOKERY_", "OTEL_")) and name != "DATABASE_URL"}
