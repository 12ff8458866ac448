"""The machine and the versions on which it was measured: numbers mean nothing without them."""

import os
import platform
import re
import subprocess
from pathlib import Path


def describe(root: Path) -> dict[str, str | int]:
    return {
        "processor": first(r"^model name\s*: (.+)$", "/proc/cpuinfo") or platform.machine(),
        "cores": os.cpu_count() or 0,
        "memory_gib": round(int(first(r"^MemTotal:\s+(\d+) kB$", "/proc/meminfo") or 0) / 1024**2),
        "kernel": platform.release(),
        "commit": commit(root),
    }


def first(pattern: str, file: str) -> str | None:
    found = re.search(pattern, Path(file).read_text(), re.MULTILINE)
    return found[1] if found else None


def commit(root: Path) -> str:
    """The commit's short name, with a mark if the tree differs from it; unknown outside of a checkout."""
    described = subprocess.run(["git", "describe", "--always", "--dirty", "--exclude", "*"], cwd=root, text=True,
                               capture_output=True)
    return described.stdout.strip() or "unknown"
