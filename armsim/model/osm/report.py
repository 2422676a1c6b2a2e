"""What was made of a map, for people and for programs: every road left out, and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from armsim.model.osm.network import LeftOut, Network
from armsim.model.osm.tally import Tally
from armsim.model.osm.ways import Ways

SCHEMA = "armsim-roads/1"
#: Share of the speed in the table that is driven on the whole, junctions included. Assumption: limits taken
#: for speeds make trips of 3 to 12 km take 0.62 to 0.72 of the minutes of the ordinary law that was fitted to
#: real drive times, on three real networks; that law is itself a fifth too slow in a rural county.
PACE, PACE_LOW, PACE_HIGH = 0.75, 0.6, 0.9
_EXAMPLES = 10
#: A larger share of roads that do not connect is worth a remark: of a whole town it is about 1%.
_MUCH = 0.1
#: What the licence of the map asks whoever shows something made from it to say.
CREDIT = "Map data (c) OpenStreetMap contributors, Open Database Licence 1.0"
OUTSIDE_EDGES = "stretches of road outside the boundary"
UNCONNECTED = "stretches of road that do not connect with the rest"


def facts(
    ways: Ways, tally: Tally, network: Network, left: LeftOut, circuity: float, settings: Mapping[str, Any]
) -> dict[str, Any]:
    """Everything that the report says, ready for JSON; lengths in km of road, each street once."""
    kinds = np.array(ways.kind)[network.piece]
    km = network.metres / 1000.0
    by_class = {str(kind): round(float(km[kinds == kind].sum()), 3) for kind in np.unique(kinds)}
    dropped = [
        {"reason": reason, "ways": tally.ways[reason], "km": round(tally.km[reason], 3)}
        for reason in sorted(filter(None, tally.ways), key=lambda name: (-tally.km[name], name))
    ]
    edges = [
        {"reason": OUTSIDE_EDGES, "edges": left.outside, "km": round(left.outside_km, 3)},
        {
            "reason": UNCONNECTED,
            "edges": left.unconnected,
            "km": round(left.unconnected_km, 3),
            "parts": left.parts,
        },
    ]
    return {
        "schema": SCHEMA,
        "credit": CREDIT,
        **settings,
        "read": {"ways": tally.ways.total(), "km": round(sum(tally.km.values()), 3)},
        "kept": {
            "ways": int(np.unique(ways.way[network.piece]).size),
            "nodes": len(network.lon),
            "edges": len(network.start),
            "km": round(network.km, 3),
            "km_by_class": dict(sorted(by_class.items(), key=lambda item: (-item[1], item[0]))),
            "oneway_km": round(float(km[network.oneway].sum()), 3),
            "km_with_a_limit_in_the_map": round(float(km[ways.tagged[network.piece]].sum()), 3),
            "nodes_that_trips_do_not_leave_the_road_at": int((~network.joins).sum()),
            "median_circuity": None if np.isnan(circuity) else round(circuity, 3),
        },
        "left_out": [*dropped, *[one for one in edges if one["edges"]]],
        "barriers_that_cut_a_road": tally.cut,
        "vertices_missing_from_the_file": tally.missing,
        "limits_not_understood": dict(sorted(tally.unread.items(), key=lambda item: (-item[1], item[0]))),
    }


def left_out(tally: Tally) -> str:
    """How many ways there are and why they are left out, for a map of which nothing is left."""
    counted = [(reason, ways) for reason, ways in tally.ways.most_common() if reason]
    reasons = "; ".join(f"{reason} ({ways:,})" for reason, ways in counted)
    total = tally.ways.total()
    read = f"{total:,} {'way' if total == 1 else 'ways'} tagged highway"
    return f"{read}, left out: {reasons}" if reasons else read


def text(found: Mapping[str, Any]) -> str:
    """The report in Markdown."""
    kept, read = found["kept"], found["read"]
    lines = [
        f"# Roads from {found['source']}",
        "",
        f"Area: {found['area']}. {found['credit']}.",
        "",
        f"Read: {read['ways']:,} ways tagged highway, {read['km']:,.1f} km.",
        f"Kept: {kept['km']:,.1f} km of road in {kept['edges']:,} edges between {kept['nodes']:,} nodes; "
        f"{kept['oneway_km']:,.1f} km of them one-way; "
        f"{_share(kept['km_with_a_limit_in_the_map'], kept['km'])} has a speed limit in the map, "
        "the rest the speed of its class.",
        *_circuity(kept["median_circuity"]),
        "",
        "| kept, by class | km |",
        "|---|---:|",
        *(f"| {kind} | {km:,.1f} |" for kind, km in kept["km_by_class"].items()),
        "",
        "| left out | ways or stretches | km |",
        "|---|---:|---:|",
        *(
            f"| {one['reason']} | {one.get('ways', one.get('edges')):,} | {one['km']:,.1f} |"
            for one in found["left_out"]
        ),
        "",
        *_remarks(found),
    ]
    return "\n".join(lines).rstrip() + "\n"


def _circuity(value: float | None) -> list[str]:
    if value is None:
        return []
    return [f"Roads are {value:.2f} times as long as straight lines, in the median (1.2 to 1.4 is usual)."]


def _remarks(found: Mapping[str, Any]) -> list[str]:
    remarks = [
        "Turns: no restrictions and no delays are in the network, so every turn is free. What junctions "
        "cost is in travel.pace of the scenario.",
        "Ferries are not roads and are not in it.",
    ]
    lost = sum(one["km"] for one in found["left_out"] if one["reason"] == UNCONNECTED)
    share = lost / (lost + found["kept"]["km"])
    if share > _MUCH:
        remarks.append(
            f"{share:.0%} of the roads does not connect with the rest. Look at the extract: is it small, "
            "cut by a river or the sea, or without a class that holds it together?"
        )
    closed = found["barriers_that_cut_a_road"]
    if closed:
        remarks.append(
            f"Bollards, gates and other barriers that no car passes cut roads at {closed:,} places."
        )
    off = found["kept"]["nodes_that_trips_do_not_leave_the_road_at"]
    if off:
        remarks.append(f"Trips neither begin nor end at {off:,} nodes that only motorways have.")
    missing = found["vertices_missing_from_the_file"]
    if missing:
        remarks.append(f"{missing:,} points of kept ways are not in the file; ways were cut there.")
    unread = found["limits_not_understood"]
    if unread:
        shown = ", ".join(f"{limit} ({ways})" for limit, ways in list(unread.items())[:_EXAMPLES])
        more = f" and {len(unread) - _EXAMPLES} more" if len(unread) > _EXAMPLES else ""
        remarks.append(f"Speed limits not understood, by number of ways: {shown}{more}; their class decides.")
    return [f"- {remark}" for remark in remarks]


def _share(part: float, whole: float) -> str:
    return f"{part / whole:.0%}" if whole else "none"


def snippet(folder: str) -> str:
    """A scenario that travels on the roads, to extend or to paste; *folder* as seen from the scenario."""
    return f"""\
# Travel by road: paste this into a scenario that lies beside the folder {folder}, in place of its own travel
# kind. Circuity, acceleration and cruising speed stay: they serve the last stretch off the road.
# {CREDIT}.
travel:
  kind: road_network
  nodes: {folder}/nodes.csv.gz
  edges: {folder}/edges.csv.gz
  pace: {PACE}
sources:
  travel.pace:
    source: "assumption: share of the speed limit that is driven on the whole, junctions included"
    low: {PACE_LOW}
    high: {PACE_HIGH}
"""
