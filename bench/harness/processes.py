"""Processes that are measured: started, watched through /proc, and ended."""

import ctypes
import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

STARTED_WITHIN_SECONDS = 60
ENDED_WITHIN_SECONDS = 15
OPEN_FILES = 30_000
TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")


class Process:
    """A program that runs until the end of `with`; its output is in a file."""

    def __init__(self, name: str, command: list[str], directory: Path, environment: dict[str, str]) -> None:
        self.name, self.command, self.directory, self.environment = name, command, directory, environment
        self.log = directory / f"{name}.log"
        self.begun = 0.0

    def __enter__(self) -> "Process":
        self.begun = time.monotonic()
        with open(self.log, "w") as log:
            self.process = subprocess.Popen(
                self.command, cwd=self.directory, env=self.environment, stdin=subprocess.DEVNULL, stdout=log,
                stderr=log, process_group=0, preexec_fn=prepare,
            )
        return self

    def __exit__(self, *_: object) -> None:
        end(self.process)

    @property
    def pid(self) -> int:
        return self.process.pid

    def wait_for_line(self, start: str) -> str:
        """The rest of the first line of its output that begins with `start`."""
        deadline = self.begun + STARTED_WITHIN_SECONDS
        while time.monotonic() < deadline:
            for line in self.log.read_text(errors="replace").splitlines():
                if line.startswith(start):
                    return line[len(start):]
            if self.process.poll() is not None:
                break
            time.sleep(0.002)
        raise RuntimeError(f"{self.name} did not start:\n{self.log.read_text(errors='replace')}")

    def cpu_seconds(self) -> float:
        return cpu_seconds(self.pid)

    def resident_kib(self) -> int:
        return resident_kib(self.pid)


def prepare() -> None:
    """Room for many sockets, and an end when the harness is killed."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if most == resource.RLIM_INFINITY else min(OPEN_FILES, most)
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))
    if sys.platform == "linux":
        set_parent_death_signal = 1
        ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGTERM)


def end(process: subprocess.Popen) -> None:
    if process.poll() is not None:
        return
    process.terminate()
    try:
        process.wait(ENDED_WITHIN_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat after the name, which may hold anything: the state comes first."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def cpu_seconds(pid: int) -> float:
    fields = stat(pid)
    return (int(fields[11]) + int(fields[12])) / TICKS_A_SECOND


def cpu_seconds_of_family(pid: int) -> float:
    """Of a process, its children, and those of its children that have ended."""
    ticks = sum(int(field) for field in stat(pid)[11:15])
    for child in children(pid):
        try:
            ticks += sum(int(field) for field in stat(child)[11:13])
        except (FileNotFoundError, ProcessLookupError):
            # It ended meanwhile: a moment later it is among those that have.
            continue
    return ticks / TICKS_A_SECOND


def children(pid: int) -> list[int]:
    return [int(child) for task in Path(f"/proc/{pid}/task").iterdir() for child in (task / "children").read_text().split()]


def resident_kib(pid: int) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    return 0
