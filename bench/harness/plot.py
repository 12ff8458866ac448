"""Draws the ratios of a results.json; run by the Python that has matplotlib."""

import json
import sys
import textwrap
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
# The same results are the same file: names of parts are not drawn by lot, and no date is noted.
matplotlib.rcParams |= {"svg.hashsalt": "rookery", "svg.fonttype": "path", "font.family": "DejaVu Sans", "font.size": 11}

from matplotlib import pyplot  # noqa: E402
from matplotlib.patches import Patch  # noqa: E402

COLOURS = {"PostgreSQL": "#1f5fa8", "SQLite": "#d9822b"}
TEXT, QUIET, GRID = "#1b1f24", "#59636e", "#d7dce1"
BAR = 0.36
WIDTH_INCHES, DOTS_PER_INCH = 9.0, 200


def draw(results: dict, caption: str):
    titles = list(dict.fromkeys(case["title"] for case in results["cases"]))
    figure, axes = pyplot.subplots(figsize=(WIDTH_INCHES, 2.2 + 0.6 * len(titles)), facecolor="white")
    for place, title in enumerate(titles):
        cases = [case for case in results["cases"] if case["title"] == title]
        for number, case in enumerate(cases):
            offset = (number - (len(cases) - 1) / 2) * BAR
            bar = axes.barh(place + offset, case["ratio"], BAR * 0.92, color=COLOURS[case["database"]])
            axes.bar_label(bar, [f"{case['ratio']:.2f}"], padding=4, color=TEXT)
    axes.set_yticks(range(len(titles)), titles, color=TEXT)
    axes.invert_yaxis()
    axes.axvline(1, color=TEXT, linewidth=1)
    axes.set_xlim(0, 1.12 * max(1, *(case["ratio"] for case in results["cases"])))
    axes.xaxis.grid(True, color=GRID)
    axes.set_axisbelow(True)
    axes.tick_params(length=0, colors=TEXT)
    for side in axes.spines.values():
        side.set_visible(False)
    legend(figure, list(dict.fromkeys(case["database"] for case in results["cases"])))
    figure.text(0.015, 0.015, textwrap.fill(caption, 160), fontsize=7.5, color=QUIET, va="bottom")
    figure.tight_layout(rect=(0, 0.06, 1, 1 - 0.85 / figure.get_figheight()))
    return figure


def legend(figure, databases: list[str]) -> None:
    """What is shown, above it."""
    top = 1 - 0.12 / figure.get_figheight()
    figure.text(0.015, top, "Requests a second, as a share of a handler written by hand", fontsize=14, color=TEXT, va="top")
    colours = [Patch(color=COLOURS[database], label=database) for database in databases]
    figure.legend(handles=colours, loc="upper left", bbox_to_anchor=(0.008, 1 - 0.4 / figure.get_figheight()),
                  ncols=len(colours), frameon=False, labelcolor=TEXT, handlelength=1.2, handleheight=0.9)
    figure.text(0.985, 1 - 0.52 / figure.get_figheight(), "1.0: axum, one SQL join, sqlx rows, serde", fontsize=9,
                color=QUIET, ha="right", va="top")


def main() -> None:
    directory, caption = Path(sys.argv[1]), sys.argv[2]
    figure = draw(json.loads((directory / "results.json").read_text()), caption)
    figure.savefig(directory / "ratios.svg", metadata={"Date": None, "Creator": None})
    figure.savefig(directory / "ratios.png", dpi=DOTS_PER_INCH, metadata={"Software": None})


if __name__ == "__main__":
    main()
