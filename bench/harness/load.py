"""Load by wrk: one thread, a few connections, and a script for each case."""

import json
import math
import statistics
import subprocess
from dataclasses import asdict, dataclass
from pathlib import Path

from harness.cases import Case
from harness.database import Database
from harness.processes import Process
from harness.servers import Floor, Rookery

CONNECTIONS = 16
# After the last answer wrk prints this, as JSON in one line.
MARK = "measured "
LUA = Path(__file__).with_name("load.lua")


@dataclass
class Sample:
    """What a server did in one round."""

    requests_per_second: float
    p50_ms: float
    p99_ms: float
    server_cpu_us: float
    database_cpu_us: float
    resident_kib: int


@dataclass
class Measured:
    """A case on one server: the median of its rounds."""

    samples: list[Sample]

    def median(self) -> Sample:
        each = [asdict(sample) for sample in self.samples]
        return Sample(**{name: statistics.median(sample[name] for sample in each) for name in each[0]})


@dataclass
class Compared:
    """A case on both servers; the ratio is the median of those of the rounds."""

    case: Case
    fingerprint: str
    rookery: Measured
    floor: Measured

    def ratio(self) -> float:
        pairs = zip(self.rookery.samples, self.floor.samples)
        return statistics.median(ours.requests_per_second / theirs.requests_per_second for ours, theirs in pairs)


class Generator:
    """Sends a case's requests to either server."""

    def __init__(self, directory: Path, database: Database, seconds: int) -> None:
        self.directory, self.database, self.seconds = directory, database, seconds

    def round(self, case: Case, server: Process, url: str) -> Sample:
        before, database_before = server.cpu_seconds(), self.database.cpu_seconds()
        counted = self._wrk(case, url)
        server_cpu, database_cpu = server.cpu_seconds() - before, self.database.cpu_seconds() - database_before
        requests = counted["requests"]
        return Sample(
            requests_per_second=requests / counted["seconds"],
            p50_ms=counted["p50_us"] / 1000,
            p99_ms=counted["p99_us"] / 1000,
            server_cpu_us=server_cpu / requests * 1e6,
            database_cpu_us=database_cpu / requests * 1e6,
            resident_kib=server.resident_kib(),
        )

    def _wrk(self, case: Case, url: str) -> dict[str, float]:
        bodies, token = self.directory / "bodies", self.directory / "token"
        bodies.write_bytes(b"\n".join(case.bodies()))
        # In a file that is ours alone: arguments are visible to everybody on the machine.
        token.touch(mode=0o600)
        token.write_text(case.token)
        command = ["wrk", "--threads", "1", "--connections", str(CONNECTIONS), "--duration", f"{self.seconds}s",
                   "--timeout", "10s", "--latency", "--script", str(LUA), url, "--", str(bodies), str(token),
                   "once" if case.each else "in turn"]
        done = subprocess.run(command, text=True, capture_output=True, timeout=self.seconds + 60)
        line = next((line for line in done.stdout.splitlines() if line.startswith(MARK)), None)
        if done.returncode != 0 or line is None:
            raise RuntimeError(f"wrk failed: {done.stdout}{done.stderr}")
        counted = json.loads(line.removeprefix(MARK))
        for what in ("wrong", "exhausted", "socket_errors"):
            if counted[what]:
                raise RuntimeError(f"{case.name} at {url}: {what.replace('_', ' ')}: {counted[what]} of {counted['requests']}")
        if not math.isfinite(counted["seconds"]) or counted["requests"] == 0:
            raise RuntimeError(f"{case.name} at {url}: nothing was answered")
        return counted


def urls(case: Case, rookery: Rookery, floor: Floor) -> tuple[str, str]:
    return rookery.url, f"{floor.origin}{case.route}"
