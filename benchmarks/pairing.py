"""What it costs to tell two options apart at 95%, with pairing and without.

Run ``python benchmarks/pairing.py [replications] [jobs] [folder]``. ``severe.yaml`` as it is, with one more
armed response vehicle crewed, and with one response base 500 m to the east are run twice: on the same
incidents, and on incidents of their own (``independent``). For each primary figure: how many times the
variance of the difference is without pairs, with its interval; replications and CPU seconds of both options
together until the limits of a difference as large as the one seen leave out zero; and what controls
(incidents, armed work) would take off the variance.
"""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path

import numpy as np

from armsim.analysis.control_variates import control_gain
from armsim.analysis.differences import Key, influences
from armsim.analysis.figure import parse_figure
from armsim.analysis.intervals import t_quantile
from armsim.analysis.metrics import metrics
from armsim.analysis.option import OptionData
from armsim.config.loader import Loaded, load_scenario
from armsim.study.compare import PRIMARY, about, compare
from armsim.study.pairing import pairing_worth
from armsim.study.plan import Study
from armsim.study.results import Results
from armsim.study.runner import run_study
from armsim.study.worlds import world_of

SEVERE = Path(__file__).parents[1] / "scenarios" / "severe.yaml"
MORE = "one_more_arv_crew"
MOVED_KM = 0.5
LEVEL = 0.95


def needed(difference: float, deviation: float) -> float:
    """Replications at which the limits of the difference first leave out zero; *deviation* is that of one."""
    for count in range(2, 100_000):
        if t_quantile(LEVEL, count - 1) * deviation / math.sqrt(count) < abs(difference):
            return count
    return math.inf


def seconds_each(folder: Path) -> float:
    """CPU seconds of one replication of one option, from the log of the run."""
    lines = [json.loads(line) for line in (folder / "log.jsonl").read_text(encoding="utf-8").splitlines()]
    return sum(line["seconds"] for line in lines) / sum(line["last"] - line["first"] + 1 for line in lines)


def controls(data: OptionData) -> np.ndarray:
    """Incidents and firearms incidents of each replication."""
    counted = [name for name in data.totals if str(name).startswith("incidents:")]
    firearms = [name for name in counted if "grade=FIREARMS" in str(name)]
    return np.column_stack([data.total(counted), data.total(firearms)])


def with_bases(moved_km: float) -> Loaded:
    """``severe.yaml`` with its response bases written out, the first of them moved to the east."""
    bases = world_of(load_scenario(SEVERE)).bases["response"]
    spots = [
        f"{{x_km: {base.place[0] + moved_km * (index == 0):.3f}, y_km: {base.place[1]:.3f}}}"
        for index, base in enumerate(bases)
    ]
    sites = ", ".join(f"base {number}: {spot}" for number, spot in enumerate(spots, start=1))
    return load_scenario(SEVERE, sets=[f"bases.response={{sites: {{{sites}}}}}"])


def main() -> None:
    replications = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    jobs = int(sys.argv[2]) if len(sys.argv) > 2 else 2
    root = sys.argv[3] if len(sys.argv) > 3 else "results"
    now = load_scenario(SEVERE)
    for options in (
        {"now": now, "one more ARV": now.with_override(MORE)},
        {"now": with_bases(0.0), "a base 500 m to the east": with_bases(MOVED_KM)},
    ):
        paired = run_study(Study(options, replications), root, jobs=jobs)
        apart = run_study(Study(options, replications, independent=True), root, jobs=jobs)
        print(f"## {list(options)[1]}")
        report(paired, apart)


def report(paired: Results, apart: Results) -> None:
    """Print a line for each primary figure."""
    worth, cost = pairing_worth([paired], apart), seconds_each(paired.folder)
    wanted = [parse_figure(text, metrics()) for text in PRIMARY]
    first, second = (influences(data, wanted) for data in paired.data.values())
    table = compare(paired).table
    print(f"{paired.replications} replications of each option, {cost:.2f} CPU seconds a replication")
    print("| figure | variance ratio | replications: pairs, independent | CPU s | controls take off |")
    print("|---|---|---|---|---|")
    for (_, key), ratio in worth.items():
        labels = dict(key.labels)
        row = table[(table["metric"] == key.metric) & (table["about"] == about(labels))].iloc[0]
        spread = float((second[key] - first[key]).std(ddof=1))
        pairs, alone = (needed(row["difference"], spread * math.sqrt(by)) for by in (1.0, ratio.value))
        gain = control_gain(second[key] - first[key], controls(paired.option()))
        limits = f"{ratio.value:.1f} ({ratio.low:.1f} to {ratio.high:.1f})"
        print(
            f"| {name(key)} | {limits} | {pairs:.0f}, {alone:.0f} "
            f"| {2 * pairs * cost:.0f}, {2 * alone * cost:.0f} | {gain:.0%} |"
        )


def name(key: Key) -> str:
    """A figure in words."""
    return f"{metrics()[key.metric].label}: {about(dict(key.labels)) or 'all'}"


if __name__ == "__main__":
    main()
