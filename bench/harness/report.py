"""What was measured, as JSON for programs and as tables for people."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from harness.build import Build
from harness.footprint import Footprint
from harness.growth import Grown
from harness.load import Compared
from harness.sockets import Delivery, Idle

Results = dict[str, Any]


def of_case(compared: Compared, database: str) -> Results:
    return {
        "name": compared.case.name,
        "title": compared.case.title,
        "database": database,
        "ratio": compared.ratio(),
        "sha256": compared.fingerprint,
        "rookery": asdict(compared.rookery.median()),
        "floor": asdict(compared.floor.median()),
    }


def write(directory: Path, results: Results) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    text = json.dumps(rounded(results), indent=2, ensure_ascii=False)
    (directory / "results.json").write_text(text + "\n")
    (directory / "table.md").write_text(markdown(results))


def rounded(value: Any) -> Any:
    """Without digits that mean nothing."""
    if isinstance(value, dict):
        return {name: rounded(part) for name, part in value.items()}
    if isinstance(value, list):
        return [rounded(part) for part in value]
    return float(f"{value:.4g}") if isinstance(value, float) else value


def machine_line(results: Results) -> str:
    machine = results["machine"]
    versions = ", ".join(results["databases"])
    return (f"{machine['processor']}, {machine['cores']} cores, {machine['memory_gib']} GiB, Linux {machine['kernel']}; "
            f"{versions}; commit {machine['commit']}; {results['data']}")


def markdown(results: Results) -> str:
    parts = [
        "<!-- Written by `make bench`. -->\n",
        f"Measured on {machine_line(results)}; client, server and database share the machine. {results['load']}.\n",
    ]
    for database in dict.fromkeys(case["database"] for case in results["cases"]):
        parts.append(cases_table(database, [case for case in results["cases"] if case["database"] == database]))
    if results["growth"]:
        parts.append(growth_table([Grown(**grown) for grown in results["growth"]]))
    if results["deliveries"]:
        parts.append(deliveries_table([Delivery(**delivery) for delivery in results["deliveries"]]))
    if results["footprint"]:
        parts.append(footprint_table(Footprint(**results["footprint"]), [Idle(**idle) for idle in results["idle_sockets"]]))
    if results["build"]:
        parts.append(build_table(Build(**results["build"])))
    return "\n".join(parts)


def cases_table(database: str, cases: list[Results]) -> str:
    cpu = "CPU µs a request, server + database" if database == "PostgreSQL" else "CPU µs a request"
    lines = [f"| {database} | of the floor | requests/s | p50 ms | p99 ms | {cpu} | MiB |",
             "|---|--:|--:|--:|--:|--:|--:|"]
    for case in cases:
        both = zip(*(sample_cells(case[server], database) for server in ("rookery", "floor")))
        lines.append(f"| {case['title']} | **{case['ratio']:.2f}** | "
                     + " | ".join(f"{ours} ({floor})" for ours, floor in both) + " |")
    return "\n".join([*lines, "", "In brackets: the floor.", ""])


def sample_cells(sample: dict[str, float], database: str) -> list[str]:
    cpu = f"{sample['server_cpu_us']:,.0f}"
    if database == "PostgreSQL":
        cpu += f" + {sample['database_cpu_us']:,.0f}"
    return [f"{sample['requests_per_second']:,.0f}", f"{sample['p50_ms']:.2f}", f"{sample['p99_ms']:.2f}", cpu,
            f"{sample['resident_kib'] / 1024:.0f}"]


def growth_table(grown: list[Grown]) -> str:
    lines = [f"| {grown[0].times} times the rows | p50 ms | p50 ms, before | time | CPU |", "|---|--:|--:|--:|--:|"]
    lines += [f"| {case.title} | {case.p50_ms_grown:.2f} | {case.p50_ms:.2f} | × {case.time_ratio:.2f} | × {case.cpu_ratio:.2f} |"
              for case in grown]
    return "\n".join([*lines, ""])


def deliveries_table(deliveries: list[Delivery]) -> str:
    lines = [f"| Events of one deployment to {deliveries[0].followers:,} followers | delivered/s | p50 ms | p99 ms | "
             "CPU %, server + database + clients |", "|---|--:|--:|--:|--:|"]
    for delivery in deliveries:
        cpu = (f"{delivery.server_cpu_percent:.0f} + {delivery.database_cpu_percent:.0f} + "
               f"{delivery.client_cpu_percent:.0f}")
        lines.append(f"| {delivery.written_per_second:,.0f} written/s of {delivery.offered_per_second:,} | "
                     f"{delivery.delivered_per_second:,.0f} | {delivery.p50_ms:,.0f} | {delivery.p99_ms:,.0f} | {cpu} |")
    each = deliveries[0].kib_each
    return "\n".join([*lines, "", f"From the writing of an event to its arrival; none was lost. A follower takes {each:.0f} KiB.", ""])


def footprint_table(footprint: Footprint, idle: list[Idle]) -> str:
    rows = [("Program", f"{footprint.binary_mib:.1f} MiB"),
            ("From start to ready", f"{footprint.ready_ms:.0f} ms"),
            ("Memory, idle", f"{footprint.idle_mib:.1f} MiB")]
    rows += [(f"Memory, {sockets.sockets:,} silent sockets",
              f"{sockets.resident_mib:.0f} MiB ({sockets.kib_each:.1f} KiB each)") for sockets in idle]
    if footprint.first_load_kb is not None:
        rows.append(("App until its sign-in page shows, gzipped", f"{footprint.first_load_kb:.0f} kB"))
    return "\n".join(["| Rookery | |", "|---|--:|", *(f"| {name} | {value} |" for name, value in rows), ""])


def build_table(build: Build) -> str:
    rows = [("Debug build of everything from nothing", f"{build.cold_seconds:,.0f} s"),
            ("CPU of that", f"{build.cold_cpu_seconds:,.0f} s"),
            ("From an edit until all is built again and the platform's unit tests have told", f"{build.cycle_seconds:,.0f} s"),
            ("Crates, Rookery's own among them", f"{build.crates}")]
    return "\n".join(["| Building | |", "|---|--:|", *(f"| {name} | {value} |" for name, value in rows), ""])
