"""Rookery and the floor side by side: first that they answer the same, then how fast."""

import json
from pathlib import Path

from harness import graphql
from harness.cases import Case
from harness.database import Database, Postgres
from harness.load import Compared, Generator, Measured, Sample, urls
from harness.servers import Floor, Rookery


class Comparison:
    """Measures cases on both servers, in turns."""

    def __init__(self, rookery: Rookery, floor: Floor, database: Database, directory: Path, seconds: int, rounds: int):
        self.rookery, self.floor, self.database, self.rounds = rookery, floor, database, rounds
        self.generator = Generator(directory, database, seconds)

    def compare(self, case: Case) -> Compared:
        print(f"\n{case.title} ({self.database.name})", flush=True)
        ours, theirs = urls(case, self.rookery, self.floor)
        fingerprint = self._same(case, ours, theirs)
        print(f"  both answer sha256:{fingerprint}", flush=True)
        compared = Compared(case, fingerprint, Measured([]), Measured([]))
        for _ in range(self.rounds):
            for server, url, measured in ((self.rookery, ours, compared.rookery), (self.floor, theirs, compared.floor)):
                self._undo(case)
                measured.samples.append(self.generator.round(case, server, url))
                print(f"  {server.name:8}{line(measured.samples[-1])}", flush=True)
        self._undo(case)
        if self._same(case, ours, theirs) != fingerprint:
            raise graphql.Refused(f"{case.name}: the answer changed while it was measured")
        print(f"  ratio to the floor: {compared.ratio():.3f}", flush=True)
        return compared

    def _same(self, case: Case, *urls: str) -> str:
        """What both answer, byte for byte the same as canonical JSON: to all requests, or to the first of those that can be
        done once."""
        bodies = case.bodies()[:1] if case.each else case.bodies()
        answers = []
        for url in urls:
            answers.append([graphql.data(graphql.post(url, case.token, body)) for body in bodies])
            self._undo(case)
        if graphql.fingerprint(answers[0]) != graphql.fingerprint(answers[1]):
            shown = "\n".join(json.dumps(answer)[:1_000] for answer in answers)
            raise graphql.Refused(f"{case.name}: Rookery and the floor answer differently:\n{shown}")
        return graphql.fingerprint(answers[0])

    def _undo(self, case: Case) -> None:
        if case.undo and isinstance(self.database, Postgres):
            self.database.run(case.undo)
            self.database.run("vacuum analyze server_request")


def line(sample: Sample) -> str:
    return (f"{sample.requests_per_second:9,.0f}/s   p50 {sample.p50_ms:7.2f} ms   p99 {sample.p99_ms:7.2f} ms   "
            f"CPU {sample.server_cpu_us:6.0f} + {sample.database_cpu_us:5.0f} µs   {sample.resident_kib / 1024:6.1f} MiB")
