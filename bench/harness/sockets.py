"""What sockets cost: those that are silent, and those that follow a deployment's events."""

import json
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from harness import processes
from harness.database import Postgres
from harness.globalids import global_id
from harness.seed import Seed
from harness.servers import Rookery, without_settings

# What the server allows one session.
SOCKETS_A_SESSION = 20
SIGN_INS_AT_ONCE = 4
# Until allocator and kernel have settled.
PAUSE_SECONDS = 2


@dataclass
class Idle:
    """Memory of sockets of which nothing is asked."""

    sockets: int
    kib_each: float
    resident_mib: float


@dataclass
class Delivery:
    """Events of one deployment to many followers."""

    offered_per_second: int
    written_per_second: float
    transactions_per_second: float
    followers: int
    delivered_per_second: float
    p50_ms: float
    p99_ms: float
    missing: int
    kib_each: float
    server_cpu_percent: float
    database_cpu_percent: float
    client_cpu_percent: float


class Client:
    """The process of `rookery-bench sockets`."""

    def __init__(self, process: subprocess.Popen) -> None:
        self.process = process
        # What a socket takes of the server's memory.
        self.kib_each = 0.0

    def until(self, last: int) -> dict[str, float]:
        """What was seen since the last time, once all have seen event `last`."""
        print(last, file=self.process.stdin, flush=True)
        return json.loads(self.expect("seen "))

    def expect(self, start: str) -> str:
        line = self.process.stdout.readline()
        if not line.startswith(start):
            raise RuntimeError(f"the sockets' client ended: {line}")
        return line.removeprefix(start)


def sign_in(rookery: Rookery, login: str, sockets: int) -> list[str]:
    """The tokens of as many sessions as so many sockets take."""
    sessions = range(-(-sockets // SOCKETS_A_SESSION))
    with rookery, ThreadPoolExecutor(SIGN_INS_AT_ONCE) as pool:
        return list(pool.map(lambda _: rookery.sign_in(login), sessions))


class Sockets:
    """Opens sockets at a server that was started after the sign-ins, which take memory of their own."""

    def __init__(self, program: Path, rookery: Rookery, tokens: list[str]) -> None:
        self.program, self.rookery, self.tokens = program, rookery, tokens

    def idle(self, count: int) -> Idle:
        """The memory of so many silent sockets."""
        with self._open(count) as opened:
            return Idle(count, opened.kib_each, self.rookery.resident_kib() / 1024)

    def deliveries(self, store: Postgres, seed: Seed, rates: list[int], followers: int, seconds: int) -> Iterator[Delivery]:
        """Events written at each of the rates, to so many followers."""
        tenant, deployment = seed.named.live
        with self._open(followers, global_id("Deployment", tenant, deployment)) as opened:
            for rate in rates:
                yield self._delivery(opened, store, (str(tenant), str(deployment)), rate, followers, seconds)

    @contextmanager
    def _open(self, count: int, deployment: str | None = None) -> Iterator[Client]:
        tokens = self.tokens[:count // SOCKETS_A_SESSION]
        time.sleep(PAUSE_SECONDS)
        before = self.rookery.resident_kib()
        command = [str(self.program), "sockets", "--server", self.rookery.origin.removeprefix("http://"),
                   "--each", str(SOCKETS_A_SESSION)]
        if deployment:
            command += ["--deployment", deployment]
        process = subprocess.Popen(command, env=without_settings(), text=True, stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, process_group=0, preexec_fn=processes.prepare)
        try:
            client = Client(process)
            print(*tokens, "", sep="\n", file=process.stdin, flush=True)
            client.expect(f"open {count}\n")
            time.sleep(PAUSE_SECONDS)
            client.kib_each = (self.rookery.resident_kib() - before) / count
            yield client
        finally:
            processes.end(process)

    def _delivery(self, client: Client, store: Postgres, key: tuple[str, str], rate: int, followers: int,
                  seconds: int) -> Delivery:
        watched = (self.rookery.cpu_seconds, store.cpu_seconds, lambda: processes.cpu_seconds(client.process.pid))
        begun, before = time.monotonic(), [spent() for spent in watched]
        command = [str(self.program), "events", "--tenant", key[0], "--deployment", key[1], "--rate", str(rate),
                   "--seconds", str(seconds)]
        environment = without_settings() | {"DATABASE_URL": store.url}
        written = json.loads(subprocess.run(command, env=environment, check=True, capture_output=True, text=True,
                                            timeout=20 * seconds + 60).stdout)
        seen = client.until(written["last"])
        took = time.monotonic() - begun
        server, database, own = (100 * (spent() - earlier) / took for spent, earlier in zip(watched, before))
        lost = int(seen["missing"]) + written["events"] * followers - int(seen["events"])
        if lost or seen["complete"] != followers:
            raise RuntimeError(f"at {rate} events a second {lost} were not delivered, or twice: {seen}")
        return Delivery(rate, written["events"] / written["seconds"], written["transactions"] / written["seconds"],
                        followers, seen["events"] / took, seen["p50_ms"], seen["p99_ms"], lost, client.kib_each, server,
                        database, own)
