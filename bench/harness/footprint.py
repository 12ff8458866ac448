"""What Rookery takes before anybody asks anything."""

import gzip
import re
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
    """Gzipped kilobytes of what a browser asks for until it shows the sign-in page: the app's page, the scripts and
    styles that it names, those of the sign-in page, and what these import in turn. None where the app is not built."""
    page = dist / "index.html"
    if not page.exists():
        return None
    named = re.findall(r'(?:src|href)="/([^"]+\.(?:js|css))"', page.read_text())
    files = {dist / name for name in named} | set(dist.glob("assets/SignInPage-*"))
    for file in list(files):
        add_imported(file, files)
    return sum(len(gzip.compress(file.read_bytes(), mtime=0)) for file in (page, *sorted(files))) / 1000


def add_imported(file: Path, files: set[Path]) -> None:
    """Adds the chunks that a chunk imports before anything of it runs."""
    if file.suffix != ".js":
        return
    for name in re.findall(r'(?:import|from)\s*"\./([^"]+\.js)"', file.read_text()):
        chunk = file.with_name(name)
        if chunk not in files:
            files.add(chunk)
            add_imported(chunk, files)
