"""Aid between forces in figures: minutes lent and borrowed, cover lost while lending, work for other areas.

Hours are counted by the force that pays for the unit; what is borrowed, by the force of the place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from armsim.analysis.availability import (
    FREE,
    Lent,
    arv_units,
    force_availability,
    force_of_units,
    intervals_of,
    kept_at_home,
)
from armsim.domain import UnitStatus
from armsim.model.world import World

if TYPE_CHECKING:
    from armsim.analysis.measure import Log

Floats = NDArray[np.float64]
#: What a unit does for an incident, from being sent to being released.
_AT_WORK = (
    UnitStatus.MOBILISING, UnitStatus.EN_ROUTE, UnitStatus.HOLDING, UnitStatus.ON_SCENE,
    UnitStatus.FOLLOW_ON, UnitStatus.ON_POST,
)  # fmt: skip


def force_totals(log: Log, world: World) -> dict[str, float]:
    """Sums by force over the window; none for one force alone.

    Returns:
        Those of ``availability.force_availability``; ``aid_lent_minutes:force=F:kind=K`` and
        ``aid_borrowed_minutes:force=F:kind=K`` (F is the force of the place), ``lending_minutes:force=F``
        (an ARV lent at least) and, of these, ``lending_zero_minutes:force=F`` (no ARV of its own free);
        ``arv_away_minutes:force=F`` and ``arv_helped_minutes:force=F`` (ARVs at work in the area of another
        force, by force that pays and by force of the place).
    """
    if len(world.forces) < 2:
        return {}
    lent, lender, borrower = _lent(log, world)
    totals = force_availability(log, world, lent)
    totals |= _minutes(log, world, lent, lender, borrower)
    totals |= _while_lending(log, world, lent, lender)
    return totals | _away(log, world)


def open_at(starts: Floats, ends: Floats, moments: Floats) -> NDArray[np.int64]:
    """How many intervals are open from each moment on, shape of *moments*."""
    begun = np.searchsorted(np.sort(starts), moments, side="right")
    return np.asarray(begun - np.searchsorted(np.sort(ends), moments, side="right"), dtype=np.int64)


def _lent(log: Log, world: World) -> tuple[Lent, NDArray[np.intp], NDArray[np.intp]]:
    """Units lent inside the window with their times, code of the lender and of the borrower."""
    table = log.tables.get("aid", {})
    if not table:
        nobody, nothing = np.zeros(0, dtype=np.intp), np.zeros(0)
        return (nothing, nothing, nothing), nobody, nobody
    start = np.maximum(table["start"], 0.0)
    end = np.minimum(table["end"], world.scenario.window)
    inside = start < end
    lent = (table["unit"][inside], start[inside], end[inside])
    return lent, table["lender"][inside].astype(np.intp), table["borrower"][inside].astype(np.intp)


def _minutes(
    log: Log, world: World, lent: Lent, lender: NDArray[np.intp], borrower: NDArray[np.intp]
) -> dict[str, float]:
    """Minutes lent and borrowed by kind of unit."""
    totals: dict[str, float] = {}
    rows = zip(*(column.tolist() for column in (*lent, lender, borrower)), strict=True)
    for unit, start, end, gives, takes in rows:
        kind = world.kinds[log.units[int(unit)].kind]
        for name in (
            f"aid_lent_minutes:force={world.forces[gives]}:kind={kind}",
            f"aid_borrowed_minutes:force={world.forces[takes]}:kind={kind}",
        ):
            totals[name] = totals.get(name, 0.0) + end - start
    return totals


def _while_lending(log: Log, world: World, lent: Lent, lender: NDArray[np.intp]) -> dict[str, float]:
    """Minutes in which a force lends an ARV, and those of them in which it has none free itself."""
    is_arv, force_of = arv_units(log, world), force_of_units(log)
    totals: dict[str, float] = {}
    for code in np.unique(lender).tolist():
        which = (lender == code) & is_arv[lent[0].astype(np.intp)]
        if not which.any():
            continue
        own = kept_at_home(intervals_of(is_arv & (force_of == code), log), lent)
        free = np.isin(own["status"], FREE)
        starts, ends = own["start"][free], own["end"][free]
        gone, back = lent[1][which], lent[2][which]
        edges = np.unique(np.concatenate([starts, ends, gone, back]))
        lending, none = open_at(gone, back, edges[:-1]) > 0, open_at(starts, ends, edges[:-1]) == 0
        length, name = np.diff(edges), world.forces[code]
        totals[f"lending_minutes:force={name}"] = float(length[lending].sum())
        totals[f"lending_zero_minutes:force={name}"] = float(length[lending & none].sum())
    return totals


def _away(log: Log, world: World) -> dict[str, float]:
    """Minutes of ARVs at work for incidents in the area of another force."""
    own, incidents = intervals_of(arv_units(log, world), log), log.tables["incidents"]
    numbers = incidents["incident"].astype(np.intp)
    if not len(numbers):
        return {}
    force_of_incident = np.full(numbers.max() + 1, -1, dtype=np.intp)
    force_of_incident[numbers] = world.zone_force[incidents["zone"].astype(np.intp)]
    about = np.nan_to_num(own["incident"], nan=-1.0).astype(np.intp)
    minutes = np.minimum(own["end"], world.scenario.window) - np.maximum(own["start"], 0.0)
    counts = np.isin(own["status"], _AT_WORK) & (minutes > 0)
    counts &= (about >= 0) & (about < len(force_of_incident))
    about, minutes = about[counts], minutes[counts]
    pays, place = force_of_units(log)[own["unit"][counts].astype(np.intp)], force_of_incident[about]
    abroad = (pays != place) & (place >= 0)
    totals: dict[str, float] = {}
    for name, codes in (("arv_away_minutes", pays), ("arv_helped_minutes", place)):
        sums = np.bincount(codes[abroad], weights=minutes[abroad], minlength=len(world.forces))
        totals |= {f"{name}:force={world.forces[code]}": float(sums[code]) for code in np.flatnonzero(sums)}
    return totals
