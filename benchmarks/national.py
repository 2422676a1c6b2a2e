"""A national run: all 43 forces of England and Wales on census zones, every grade of work, each ring-fenced.

Run ``python benchmarks/national.py [--days 7] [--aid mutual_aid]``. Prints the size of the world, seconds to
build it, incidents and deployments a second of CPU time, bare SimPy timeouts a deployment, and peak memory.

Fleet and demand are those of ``scenarios/severe.yaml`` scaled to each force's residents: illustrative.
"""

from __future__ import annotations

import argparse
import platform
import resource
from time import perf_counter, process_time

import numpy as np
import yaml
from engine_speed import SCENARIO, bare_timeout

from armsim.config.loader import load_scenario
from armsim.domain import Record
from armsim.engine.simulation import simulate
from armsim.model.geography import force_names, force_zones
from armsim.study.worlds import world_of

#: Residents of the force area that severe.yaml is written for.
_HOME = "leicestershire"
#: Settings of severe.yaml that scale with residents: path, its number there, the least a force has.
_SCALED = (
    ("teams.response.establishment", 360, 100),
    ("teams.response.ced_devices", 70, 20),
    ("teams.arv.establishment", 52, 25),
    ("teams.npt.establishment", 136, 20),
    ("teams.pcso.establishment", 150, 20),
    ("teams.specials.headcount", 262, 40),
    ("units.arv.vehicles", 7, 4),
    ("units.response_car.vehicles", 76, 24),
    ("bases.response.p_median", 8, 3),
    ("bases.arv.p_median", 2, 1),
)
_ANNUAL = {
    "firearms_spontaneous": 175, "firearms_planned": 57, "ced_relevant": 3000, "immediate": 35000,
    "priority": 55000, "long_commitment": 1500,
}  # fmt: skip


def settings(days: int, aid: str) -> list[str]:
    """The ``--set`` values that turn severe.yaml into the nation."""
    zones = {name: force_zones([name], "msoa") for name, _ in force_names()}
    residents = {name: float(frame["population"].sum()) for name, frame in zones.items()}
    scale = {name: people / residents[_HOME] for name, people in residents.items()}

    def flow(value: object) -> str:
        return yaml.safe_dump(value, default_flow_style=True, width=10**9).strip()

    sets = [
        f"region.force={flow(sorted(residents))}",
        f"window={days} days",
        "warm_up=1 day",
        "study.survey_every=0 min",
        f"aid.default={aid}",
    ]
    for path, number, least in _SCALED:
        counts = {name: max(least, round(number * share)) for name, share in scale.items()}
        if path.endswith("p_median"):
            counts = {name: min(count, 12, len(zones[name])) for name, count in counts.items()}
        sets.append(f"{path}={flow(counts)}")
    for kind, annual in _ANNUAL.items():
        counts = {name: round(annual * share) for name, share in scale.items()}
        sets.append(f"demand.types.{kind}.annual={flow(counts)}")
    return sets


def main() -> None:
    reader = argparse.ArgumentParser(description="All 43 forces in one simulation.")
    reader.add_argument("--days", type=int, default=7, help="length of the window (default 7)")
    reader.add_argument("--aid", default="ring_fenced", help="ring_fenced, mutual_aid or pooled")
    reader.add_argument("--record", default="metrics", help="recording level (default metrics)")
    given = reader.parse_args()
    begin = perf_counter()
    world = world_of(load_scenario(SCENARIO, sets=settings(given.days, given.aid)))
    built = perf_counter() - begin
    before = bare_timeout()
    begin = process_time()
    log = simulate(world, 1, 0, Record(given.record))
    spent = process_time() - begin
    bare = (before + bare_timeout()) / 2
    incidents = len(log.tables["incidents"]["incident"])
    deployments = int(np.nansum(log.tables["incidents"]["sent"]))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"Python {platform.python_version()}, {given.days} days, {given.aid}, {given.record}\n\n"
        "| forces | zones | units | incidents | deployments | build s | CPU s | incidents/s | "
        "deployments/s | timeouts a deployment | peak MB |\n|---|---|---|---|---|---|---|---|---|---|---|\n"
        f"| {len(world.forces)} | {len(world.zones):,} | {len(log.units):,} | {incidents:,} | "
        f"{deployments:,} | {built:.1f} | {spent:.1f} | {incidents / spent:,.0f} | "
        f"{deployments / spent:,.0f} | {spent / deployments / bare:.0f} | {peak:.0f} |"
    )


if __name__ == "__main__":
    main()
