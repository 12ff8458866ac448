"""What Rookery takes before anybody asks anything."""

import gzip
import json
import time
from dataclasses import dataclass
from pathlib import Path

from harness.servers import Rookery

SETTLED_AFTER_SECONDS = 5


@dataclass
class Footprint:
    """Sizes, and the time of a start on tables that are there already."""

    binary_mib: float
    ready_ms: float
    idle_mib: float
    first_load_kb: float | None


def measure(program: Path, rookery: Rookery, dist: Path) -> Footprint:
    time.sleep(SETTLED_AFTER_SECONDS)
    return Footprint(
        binary_mib=program.stat().st_size / 1024**2,
        ready_ms=rookery.ready_seconds * 1000,
        idle_mib=rookery.resident_kib() / 1024,
        first_load_kb=first_load_kb(dist),
    )


def first_load_kb(dist: Path) -> float | None:
    """Gzipped kilobytes of what a browser asks for until it shows the sign-in page, as the app's build counted it:
    see frontend/build/weight.ts. None where the app is not built."""
    counted = dist.parent / "documents/first-load.json"
    if not counted.exists():
        return None
    files = json.loads(counted.read_text())["sign-in page"]
    return sum(len(gzip.compress((dist / file).read_bytes(), mtime=0)) for file in files) / 1000
