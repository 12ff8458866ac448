"""What building Rookery takes who works on it: from nothing, and after an edit until tests have told."""

import os
import resource
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

EVERYTHING = ["build", "--workspace", "--all-targets", "--locked"]
# A file on which the whole server depends, and the unit tests around it.
EDITED = "api/src/platform/clock.rs"
TESTS = ["test", "--workspace", "--locked", "--lib", "--", "platform::"]
# Changes what is compiled, and nothing that it does.
EDIT = "\n#[cfg(test)]\nconst _: () = ();\n"


@dataclass
class Build:
    """Without optimisation, on this machine with nothing beside."""

    cold_seconds: float
    cold_cpu_seconds: float
    cycle_seconds: float
    crates: int

    def __str__(self) -> str:
        return (f"Debug build of everything from nothing: {self.cold_seconds:.0f} s, {self.cold_cpu_seconds:.0f} s of CPU, "
                f"{self.crates} crates\nFrom an edit until all is built again and the platform's unit tests have told: {self.cycle_seconds:.0f} s")


def measure(root: Path, directory: Path) -> Build:
    """Builds a copy of the checkout below `directory`, with what is edited but not committed."""
    tree = directory / "tree"
    copy(root, tree)
    environment = os.environ | {"CARGO_TARGET_DIR": str(directory / "target")}
    environment.pop("RUSTFLAGS", None)
    # What must be downloaded is no part of a build.
    cargo(["fetch", "--locked"], tree, environment)
    cold = cargo(EVERYTHING, tree, environment)
    edited = tree / EDITED
    edited.write_text(edited.read_text() + EDIT)
    begun = time.monotonic()
    cargo(EVERYTHING, tree, environment)
    cargo(TESTS, tree, environment)
    cycle_seconds = time.monotonic() - begun
    crates = (tree / "Cargo.lock").read_text().count("[[package]]")
    shutil.rmtree(directory)
    return Build(cold_seconds=cold[0], cold_cpu_seconds=cold[1], cycle_seconds=cycle_seconds, crates=crates)


def copy(root: Path, tree: Path) -> None:
    """The files of the checkout, and the app as it was built, which the server embeds."""
    listed = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=root,
                            capture_output=True, text=True, check=True).stdout
    for name in filter(None, listed.split("\0")):
        if (root / name).is_file():
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(root / name, tree / name)
    for built in ("frontend/dist", "frontend/documents"):
        if (root / built).is_dir():
            shutil.copytree(root / built, tree / built)


def cargo(arguments: list[str], tree: Path, environment: dict[str, str]) -> tuple[float, float]:
    """Seconds, and seconds of CPU."""
    begun, before = time.monotonic(), children()
    done = subprocess.run(["cargo", *arguments], cwd=tree, env=environment, capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"cargo {' '.join(arguments)} failed:\n{done.stderr[-4000:]}{done.stdout[-4000:]}")
    return time.monotonic() - begun, children() - before


def children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
