"""A private, throwaway PostgreSQL server for tests and measurements."""

import ctypes
import glob
import os
import pwd
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

READY_WITHIN_SECONDS = 30
STOPPED_WITHIN_SECONDS = 20
START_ATTEMPTS = 3
# Nothing here outlives the tests, so durability would only cost time. Every test has a database of its own.
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "300",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum_naptime": "1h",
}


class PostgresServer:
    """Started by `with`, gone with its data afterwards; `url` is its superuser's address."""

    def __init__(self, settings: dict[str, str] | None = None) -> None:
        self.settings = SETTINGS | (settings or {})

    def __enter__(self) -> "PostgresServer":
        self.bin = find_bin()
        self.user = unprivileged_user()
        self.directory = Path(tempfile.mkdtemp(prefix="rookery-test-postgres-"))
        try:
            # The password keeps other users of this machine out: a superuser may run programs.
            self.password = secrets.token_urlsafe(24)
            self._create_cluster()
            for attempt in range(START_ATTEMPTS):
                # Another program may take the free port between the look and the start.
                self.port = free_port()
                self.process = self._start()
                if self._wait_until_ready():
                    self.url = f"postgres://rookery:{self.password}@127.0.0.1:{self.port}/postgres"
                    return self
                self._stop()
            raise RuntimeError(f"PostgreSQL did not start:\n{self._log()}")
        except BaseException:
            self.__exit__()
            raise

    def __exit__(self, *_: object) -> None:
        self._stop()
        shutil.rmtree(self.directory, ignore_errors=True)

    def _create_cluster(self) -> None:
        password_file = self.directory / "password"
        password_file.touch(mode=0o600)
        password_file.write_text(self.password)
        if self.user:
            os.chown(self.directory, self.user.pw_uid, self.user.pw_gid)
            os.chown(password_file, self.user.pw_uid, self.user.pw_gid)
        subprocess.run(
            [self.bin / "initdb", "--pgdata", self.directory / "data", "--username", "rookery",
             "--auth", "scram-sha-256", "--pwfile", password_file, "--encoding", "UTF8",
             "--locale", "C.UTF-8", "--no-sync"],
            check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, **self._identity(),
        )
        password_file.unlink()

    def _start(self) -> subprocess.Popen:
        settings = self.settings | {"port": str(self.port)}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        with open(self.directory / "log", "w") as log:
            return subprocess.Popen(
                [self.bin / "postgres", "-D", self.directory / "data", *options],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                # Ctrl-C is for the tests; the server is stopped after them, and also when we are killed.
                start_new_session=True, preexec_fn=stop_with_parent, **self._identity(),
            )

    def _wait_until_ready(self) -> bool:
        deadline = time.monotonic() + READY_WITHIN_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            if "database system is ready to accept connections" in self._log():
                return True
            time.sleep(0.05)
        return False

    def _stop(self) -> None:
        process = getattr(self, "process", None)
        if process is None or process.poll() is not None:
            return
        process.send_signal(signal.SIGINT)
        try:
            process.wait(STOPPED_WITHIN_SECONDS)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGQUIT)
            process.wait()

    def _log(self) -> str:
        return (self.directory / "log").read_text(errors="replace")

    def _identity(self) -> dict:
        directory = {"cwd": self.directory}
        if not self.user:
            return directory
        return directory | {"user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": []}


def find_bin() -> Path:
    """The newest PostgreSQL that Debian installed, otherwise the one in PATH."""
    installed = glob.glob("/usr/lib/postgresql/*/bin/initdb")
    if installed:
        return Path(max(installed, key=lambda path: int(re.search(r"/(\d+)", path)[1]))).parent
    found = shutil.which("initdb")
    if not found:
        raise RuntimeError("PostgreSQL is not installed: scripts/bootstrap test")
    return Path(found).resolve().parent


def unprivileged_user() -> pwd.struct_passwd | None:
    """Whom to run the server as when we are root, whom it refuses."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise RuntimeError("neither of the users postgres and nobody exists to run PostgreSQL as")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def stop_with_parent() -> None:
    if sys.platform == "linux":
        set_parent_death_signal = 1
        ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGINT)
