"""Figures of one run in sentences: how soon help comes, how often no ARV is free, how surely it is known."""

from __future__ import annotations

import math
from collections.abc import Sequence

from armsim.analysis.curve import enough
from armsim.analysis.intervals import Estimate
from armsim.config.options import parts_of
from armsim.domain import ThreatLevel
from armsim.report import finding, gather
from armsim.report.chart_availability import MINUTES, ZERO_FREE
from armsim.report.page.figures import (
    GRADES,
    MILESTONES,
    amount,
    figure_cell,
    limits,
    listed,
    with_limits,
)
from armsim.report.page.parts import Tile, Tiles
from armsim.report.page.view import Figures, View
from armsim.report.read import in_minutes, ratio_difference

#: Below so many replications only large differences show; where ``--precision`` begins to look.
_FEW = 30
#: A 90th percentile whose half-width is a larger part of it is not close enough to decide on.
_CLOSE = 0.1
#: Milestone and grade of which a sentence may speak, the most telling first.
_POPULATIONS = (
    ("first_armed", "FIREARMS"),
    ("first_officer", "G1"),
    *((milestone, grade) for grade in GRADES for milestone in MILESTONES),
)


def level_sentence(
    view: View, name: str, level: ThreatLevel | None = None, beside: Sequence[ThreatLevel] = ()
) -> str:
    """Half and nine in ten of the gravest incidents there are enough of, and the time with no ARV free.

    Args:
        view: the run.
        name: an option of it.
        level: at this threat level; over the whole window when left out.
        beside: levels that other sentences speak of, so that all speak of the same incidents.
    """
    parts = [_soon(view, name, level, beside)]
    free = view.figure(name, "no_arv_free", **({"level": level.name} if level is not None else {}))
    if free is not None and view.has_arvs(name):
        inside = limits(free["low"], free["high"], "share")
        share = amount(free["value"], "share")
        parts.append(
            f"no ARV {_anywhere(view, name)}is free {share} of the time{f' ({inside})' if inside else ''}"
        )
    return listed(parts) + "."


def _anywhere(view: View, name: str) -> str:
    """Which ARVs are meant where there are several forces: those of each alone are told by area."""
    forces = view.option(name).parts
    return f"of any of the {len(forces)} forces " if forces else ""


def _soon(view: View, name: str, level: ThreatLevel | None, beside: Sequence[ThreatLevel]) -> str:
    data = view.option(name)
    named = [one.name for one in (level, *beside) if one is not None]
    levels: Sequence[str | None] = named or (None,)
    for milestone, grade in _POPULATIONS:
        curves = [data.curve(milestone, grade=grade, level=one) for one in levels]
        if not all(enough(one.count) for one in curves):
            continue
        half = in_minutes(curves[0].quantile_interval(0.5, view.confidence))
        words = f"half of {GRADES[grade]} get {MILESTONES[milestone]} within {_minutes(half)}"
        if enough(curves[0].count, 0.9):
            most = in_minutes(curves[0].quantile_interval(0.9, view.confidence))
            words += f", nine in ten within {_minutes(most)}"
        return words
    return "there are too few incidents to say how soon help comes"


def _minutes(value: Estimate) -> str:
    return with_limits(value, "minutes") if not math.isnan(value.value) else "no time that is reached"


def between(view: View, name: str, opening: ThreatLevel, other: ThreatLevel) -> str:
    """Time with no ARV free at two levels, paired by replication, the figures themselves without ARVs."""
    if not view.has_arvs(name):
        return upper_first(level_sentence(view, name))
    sums = gather.hours_of_day(view.option(name))
    both = [sums[level][:, :, [ZERO_FREE, MINUTES]].sum(axis=1) for level in (opening, other)]
    found = ratio_difference(both[0], both[1], view.confidence)
    shares = [view.figure(name, "no_arv_free", level=level.name) for level in (opening, other)]
    before, after = (amount(one["value"], "share") if one else "no share" for one in shares)
    low, high = sorted(100 * abs(limit) for limit in (found.low, found.high))
    points = f"{abs(100 * found.value):.1f} percentage points {'less' if found.value < 0 else 'more'}"
    if finding.direction(found):
        return (
            f"At {other.name} no ARV is free for {after} of the time, against {before} at {opening.name}: "
            f"{points} ({low:.1f}–{high:.1f})."
        )
    span = f" (from {-100 * found.low:.1f} less to {100 * found.high:.1f} more)" if found.low <= 0 else ""
    return (
        f"No clear difference between {opening.name} and {other.name} in the time with no ARV free: "
        f"{before} and {after}, {points}{span}."
    )


def at_the_attack(view: View, name: str) -> str | None:
    """How soon a given attack is met; ``None`` where none is given."""
    if view.option(name).scenario.study.given is None:
        return None
    half, most = (view.figure(name, f"attack_response_{p}", milestone="first_armed") for p in ("p50", "p90"))
    if half is None or not half["shown"]:
        return "Too few replications to say how soon armed units reach the sites of the attack."
    words = f"Half of the sites of the attack get an armed unit within {_told(half)}"
    return f"{words}, nine in ten within {_told(most)}." if most and most["shown"] else f"{words}."


def _told(figure: Figures) -> str:
    inside = limits(figure["low"], figure["high"], "minutes")
    return f"{amount(figure['value'], 'minutes')}{f' ({inside})' if inside else ''}"


def how_sure(view: View) -> str:
    """Whether the replications are enough to rest a comparison on."""
    count = view.results.replications
    if count < _FEW:
        return (
            f"Only {count} replication{'' if count == 1 else 's'}{' of each' * view.many}: a first look, in "
            "which only large differences show. More replications narrow every interval."
        )
    same = ", on the same incidents" if view.paired else ", each on incidents of its own"
    return f"{count:,} replications of each{same}. Intervals show simulation noise only."


def close_enough(view: View, name: str) -> str:
    """Whether the 90th percentile is known closely enough, and about how many replications would do."""
    data, count = view.option(name), view.results.replications
    if count < _FEW:
        return how_sure(view)
    for milestone, grade in _POPULATIONS:
        curve = data.curve(milestone, grade=grade)
        if not enough(curve.count, 0.9):
            continue
        found = in_minutes(curve.quantile_interval(0.9, view.confidence))
        share = found.half_width / found.value
        if not math.isfinite(share):
            break
        begin = f"{count:,} replications put nine in ten {GRADES[grade]} within ±{100 * share:.0f}%"
        if share <= _CLOSE:
            return f"{begin} of the figure: close enough for planning."
        more = math.ceil(count * (share / _CLOSE) ** 2)
        return f"{begin} of the figure only; about {more:,} would put it within ±{100 * _CLOSE:.0f}%."
    return f"{count:,} replications. Intervals show simulation noise only."


def tiles(view: View, name: str) -> Tiles:
    """The main figures of a run in large type; those with too few incidents are left out."""
    found: tuple[tuple[str, Figures | None], ...] = (
        (
            "Half of firearms incidents get an armed unit within",
            view.quantile(name, 0.5, "first_armed", "FIREARMS"),
        ),
        ("Nine in ten get one within", view.quantile(name, 0.9, "first_armed", "FIREARMS")),
        ("Half of grade 1 incidents get an officer within", view.quantile(name, 0.5, "first_officer", "G1")),
        (
            f"Time with no ARV {_anywhere(view, name)}free",
            view.figure(name, "no_arv_free") if view.has_arvs(name) else None,
        ),
        ("Cost a year", view.figure(name, "cost_a_year")),
    )
    cells = [(label, figure_cell(one)) for label, one in found if one is not None and one["shown"]]
    condition = parts_of(name)[1]
    title = f"Main figures{', ' + condition if condition else ''}, whole window"
    return Tiles(title, tuple(Tile(label, cell.text, cell.small) for label, cell in cells))


def upper_first(text: str) -> str:
    """The text with a capital first letter."""
    return text[:1].upper() + text[1:]
