"""Durations of a log and of its simulation: by milestone, and by hour, area, base and type of incident."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from armsim.analysis.agreement.findings import LEAST, Finding, Judge, cells_of
from armsim.analysis.agreement.population import IntArray, Responses
from armsim.analysis.agreement.resamples import FloatArray
from armsim.analysis.agreement.tally import Tally, distances

_ORDINALS = {1: "first", 2: "second", 3: "third", 4: "fourth"}
#: Durations that a log may tell of the n-th arrival, by clock: name of the kind and its words.
_MILESTONES = {
    "attendance": ("arrival", "arrival, from dispatch"),
    "response": ("response", "arrival, from received"),
}
#: Durations of every unit response.
_PARTS = {"turnout": "Turn-out", "travel": "Travel", "scene": "Time at scene", "busy": "Time committed"}


@dataclass(frozen=True, eq=False)
class Kind:
    """One kind of duration, of the same incidents in the log and in the simulation.

    Attributes:
        name: such as ``first_arrival``.
        label: in words.
        log: of the log.
        simulated: of the simulation.
        incidents: rows of the incidents that it is compared at; empty for parts of every response.
        distance: Kolmogorov's distance of the two distributions.
        widest: minutes at which it is.
        apart: mean minutes between quantiles.
    """

    name: str
    label: str
    log: Tally
    simulated: Tally
    incidents: IntArray
    distance: float
    widest: float
    apart: float


def milestones(log: Responses, simulated: Responses) -> list[tuple[str, int, IntArray]]:
    """Milestones that the log knows often enough: clock, ordinal, and the incidents where it does."""
    found = []
    for clock in _MILESTONES:
        for ordinal in _ORDINALS:
            rows = log.arrival(ordinal)
            known = np.sort(rows.loc[rows[clock].notna(), "incident"].to_numpy(dtype=np.int64))
            if len(known) >= LEAST and simulated.knows(clock):
                found.append((clock, ordinal, known))
    return found


def kinds(log: Responses, simulated: Responses) -> list[Kind]:
    """Every kind of duration that the log knows, over all incidents."""
    found = []
    for clock, ordinal, known in milestones(log, simulated):
        tallies = [Tally.of(*one.at(ordinal, known, clock), one.blocks) for one in (log, simulated)]
        found.append(Kind(*_named(clock, ordinal), tallies[0], tallies[1], known, *distances(*tallies)))
    for clock, words in _PARTS.items():
        if log.table[clock].notna().sum() >= LEAST and simulated.knows(clock):
            tallies = [_of_all(one, clock) for one in (log, simulated)]
            nothing = np.empty(0, dtype=np.int64)
            found.append(Kind(clock, words, tallies[0], tallies[1], nothing, *distances(*tallies)))
    return found


def _named(clock: str, ordinal: int) -> tuple[str, str]:
    name, words = _MILESTONES[clock]
    which = _ORDINALS[ordinal]
    return f"{which}_{name}", f"{which.capitalize()} {words}"


def _of_all(one: Responses, clock: str) -> Tally:
    known = one.table[one.table[clock].notna()]
    return Tally.of(known[clock].to_numpy(dtype=np.float64), one.block(known), one.blocks)


def overall(judge: Judge, found: list[Kind], log: Responses, simulated: Responses) -> Iterator[Finding]:
    """Every kind of duration over all incidents, and how often anybody arrived."""
    yield _attended(judge, log, simulated)
    for one in found:
        milestone = bool(len(one.incidents))
        yield from judge.durations(one.name, one.label, one.log, one.simulated, shares=milestone)


def _attended(judge: Judge, log: Responses, simulated: Responses) -> Finding:
    """Share of the incidents that the log attended at which the simulation has an arrival."""
    known = np.sort(log.arrival(1)["incident"].to_numpy(dtype=np.int64))
    minutes, block = simulated.at(1, known, "attendance")
    total = np.bincount(block, minlength=simulated.blocks)
    there = np.bincount(block[~np.isnan(minutes)], minlength=simulated.blocks)
    weights = judge.resamples.of_simulation
    with np.errstate(invalid="ignore", divide="ignore"):
        share = (weights @ there) / (weights @ total)
    label = "Incidents attended, of those that the log attended"
    return judge.finding("attended", label, "share", np.ones_like(share), share, len(known))


def by_group(judge: Judge, log: Responses, simulated: Responses) -> Iterator[Finding]:
    """First arrivals by hour of the day, area and type of the incident."""
    table = log.incidents.table
    groups = {"hour": table["hour"].map("{:02d}".format), "area": table["area"], "type": table["type"]}
    for clock, ordinal, known in milestones(log, simulated):
        if ordinal != 1:
            continue
        for group, values in groups.items():
            of_known = values.to_numpy(dtype=object)[known]
            cells = cells_of(of_known.tolist())
            for cell in cells if len(cells) > 1 else ():
                yield from _of(judge, log, simulated, clock, known[of_known == cell], group, cell)


def by_kind(judge: Judge, log: Responses, simulated: Responses) -> Iterator[Finding]:
    """How often units of each kind come, and when the first does; where both know several kinds by name.

    Of a kind each side's own incidents are compared: which of several kinds came is partly chance, so that
    those where the log has one are not those where the simulation should.
    """
    names = [set(one.table["kind"]) - {""} for one in (log, simulated)]
    if len(names[0] | names[1]) < 2:
        return
    for cell in sorted(names[0] & names[1]):
        sides = log.of_kind(cell), simulated.of_kind(cell)
        yield _come(judge, *sides, cell)
        for clock in _MILESTONES:
            theirs, ours = (_of_first(one, clock) for one in sides)
            if theirs.size >= LEAST and ours.size:
                name, label = _named(clock, 1)
                yield from judge.durations(name, label, theirs, ours, "kind", cell)


def _come(judge: Judge, log: Responses, simulated: Responses, cell: str) -> Finding:
    """Share of all incidents at which a unit of a kind arrives."""
    theirs = _share_attended(log, judge.resamples.of_log)
    ours = _share_attended(simulated, judge.resamples.of_simulation)
    label, count = "Incidents to which one comes", len(log.arrival(1))
    return judge.finding("attended", label, "share", theirs, ours, count, "kind", cell)


def _share_attended(one: Responses, weights: FloatArray) -> FloatArray:
    """Share of all incidents with an arrival, in every resample."""
    there = np.bincount(one.block(one.arrival(1)), minlength=one.blocks)
    total = np.tile(np.bincount(one.incidents.day, minlength=one.incidents.days), one.replications)
    return np.asarray((weights @ there) / (weights @ total))


def _of_first(one: Responses, clock: str) -> Tally:
    """Durations of all first arrivals."""
    rows = one.arrival(1)
    known = rows[rows[clock].notna()]
    return Tally.of(known[clock].to_numpy(dtype=np.float64), one.block(known), one.blocks)


def _of(
    judge: Judge, log: Responses, simulated: Responses, clock: str, rows: IntArray, group: str, cell: str
) -> list[Finding]:
    theirs, ours = (Tally.of(*one.at(1, rows, clock), one.blocks) for one in (log, simulated))
    name, label = _named(clock, 1)
    return judge.durations(name, label, theirs, ours, group, cell)


def by_base(judge: Judge, log: Responses, simulated: Responses) -> Iterator[Finding]:
    """First arrivals by the base that the first unit came from, where both sent enough."""
    known = np.sort(log.arrival(1)["incident"].to_numpy(dtype=np.int64))
    sides = [(one, _first(one, known)) for one in (log, simulated)]
    name, label = _named("attendance", 1)
    for code, cell in enumerate(log.incidents.bases):
        theirs, ours = (_from_base(one, rows, code) for one, rows in sides)
        if theirs.size >= LEAST and ours.size >= LEAST * simulated.replications / 2:
            yield from judge.durations(name, label, theirs, ours, "base", cell, shares=False)


def _first(one: Responses, known: IntArray) -> pd.DataFrame:
    """First arrivals at the incidents that the log attended."""
    rows = one.arrival(1)
    return rows[np.isin(rows["incident"].to_numpy(), known)]


def _from_base(one: Responses, rows: pd.DataFrame, code: int) -> Tally:
    """Attendances of the *rows* whose unit came from a base."""
    mine = rows[(rows["base"] == code) & rows["attendance"].notna()]
    return Tally.of(mine["attendance"].to_numpy(dtype=np.float64), one.block(mine), one.blocks)
