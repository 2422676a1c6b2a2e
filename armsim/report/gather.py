"""From opened results to the plain inputs that charts take."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from armsim.analysis.availability import WORK, level_may_differ
from armsim.analysis.curve import ResponseCurve, enough
from armsim.analysis.intervals import Estimate, FloatArray
from armsim.analysis.option import OptionData
from armsim.analysis.resampled import chosen
from armsim.analysis.response_parts import PARTS
from armsim.config.schema import Scenario
from armsim.domain import Grade, Milestone, ThreatLevel
from armsim.model.threat import timeline
from armsim.report.chart_availability import FREE, MINUTES, ON_POST, ZERO_FREE
from armsim.report.chart_replications import Look, counts
from armsim.report.read import in_minutes
from armsim.report.record import TargetLine

#: Names of the sums behind each column of an availability table.
_SUMS = {
    MINUTES: "minutes",
    FREE: "arv_free_minutes",
    ZERO_FREE: "arv_free_zero_minutes",
    ON_POST: "arv_post_minutes",
}
#: Grades in the order in which a distribution speaks of them.
_GRADE_WORDS = {"FIREARMS": "firearms", "G1": "grade 1"}
_NINETIETH, _UNTOLD = 0.9, Estimate(math.nan, math.nan, math.nan, 0, 0)


def milestone_curves(option: OptionData) -> dict[str, ResponseCurve]:
    """Curves of first officer and first CED at grade 1, and of first armed unit at firearms incidents."""
    wanted = (
        ("First officer, grade 1", Milestone.FIRST_OFFICER, "G1"),
        ("First CED officer, grade 1", Milestone.FIRST_CED, "G1"),
        ("First armed, firearms", Milestone.FIRST_ARMED, "FIREARMS"),
    )
    return {label: option.curve(milestone, grade=grade) for label, milestone, grade in wanted}


def hour_curves(
    option: OptionData, milestone: str, grade: str
) -> dict[tuple[ThreatLevel, int], ResponseCurve]:
    """A curve for each level and hour of the day."""
    part = option.where(milestone, grade)
    return {
        (level, hour): part.curve(milestone, level=level.name, hours=[hour])
        for level in option.levels
        for hour in range(24)
    }


def level_curves(option: OptionData, milestone: str, grade: str) -> dict[ThreatLevel, ResponseCurve]:
    """A curve for each level."""
    part = option.where(milestone, grade)
    return {level: part.curve(milestone, level=level.name) for level in option.levels}


def target_lines(scenario: Scenario, milestone: str, grade: str) -> list[TargetLine]:
    """Limits of the first target, by name, that is set for a milestone and grade and counts from the call."""
    found = target_limits(scenario, milestone, grade)
    if found is None:
        return []
    urban, rural = found
    words = _GRADE_WORDS.get(grade, Grade[grade].name)
    if urban == rural:
        return [TargetLine(f"Target, {words}: {urban:g}", urban)]
    return [TargetLine(f"Target, {words} urban: {urban:g}", urban), TargetLine(f"rural: {rural:g}", rural)]


def target_limits(scenario: Scenario, milestone: str, grade: str) -> tuple[float, float] | None:
    """Urban and rural minutes of that target; ``None`` where there is none."""
    for _, target in sorted(scenario.targets.items()):
        if target.milestone == milestone and grade in target.grades and target.clock == "received":
            return target.urban, target.rural
    return None


def spells(option: OptionData) -> list[tuple[ThreatLevel, float, float]]:
    """Level, start and end of each spell of the window, in minutes.

    Where levels differ between replications: by the hour, the level that held in most of them.
    """
    if not level_may_differ(option.scenario):
        return timeline(option.scenario).spells(0.0, option.scenario.window)
    hours = range(int(option.scenario.window // 60))
    names = [
        [f"level_minutes:level={level.name}:window_hour={hour}" for hour in hours] for level in ThreatLevel
    ]
    held = [option.totals.reindex(columns=row, fill_value=0.0).sum().to_numpy() for row in names]
    most = np.argmax(held, axis=0)
    first = np.flatnonzero(np.concatenate([[True], np.diff(most) != 0]))
    ends = [*(60.0 * first[1:]).tolist(), option.scenario.window]
    return [
        (ThreatLevel(int(most[start])), 60.0 * start, end)
        for start, end in zip(first.tolist(), ends, strict=True)
    ]


def hours_of_window(option: OptionData) -> FloatArray:
    """Availability over the window, shape (R, H, 4); no hours when it was not measured."""
    hours = int(option.scenario.window // 60)
    if f"{_SUMS[MINUTES]}:window_hour=0" not in option.totals:
        return np.zeros((len(option.totals), 0, 4))
    return _availability(option, [f"window_hour={hour}" for hour in range(hours)])


def hours_of_day(option: OptionData) -> dict[ThreatLevel, FloatArray]:
    """Availability by level and hour of the day, shape (R, 24, 4) each."""
    return {
        level: _availability(option, [f"level={level.name}:hour={hour}" for hour in range(24)])
        for level in option.levels
    }


def hours_of_day_by_force(option: OptionData) -> dict[str, FloatArray]:
    """Availability by force that pays and hour of the day, all levels together, shape (R, 24, 4) each."""
    table: dict[str, FloatArray] = {}
    for force in option.parts:
        cells = [
            [f"force={force}:level={level.name}:hour={hour}" for hour in range(24)] for level in option.levels
        ]
        table[force] = np.sum([_availability(option, row) for row in cells], axis=0)
    return table


def potential(option: OptionData, first: ThreatLevel) -> dict[ThreatLevel, FloatArray]:
    """Expected minutes by level, shape (Z,), the level that the window opens at first."""
    order = sorted(option.levels, key=lambda level: (level != first, level))
    return {level: option.potential[:, level] for level in order}


def arv_bases(manifest: Mapping[str, Any], option: str) -> pd.DataFrame:
    """Bases that house ARVs, as the manifest knows them: ``name``, ``x_km``, ``y_km``."""
    rows: Sequence[Mapping[str, Any]] = manifest.get("bases", {}).get(option, ())
    kept = [[row["name"], row["x_km"], row["y_km"]] for row in rows if row.get("arv")]
    return pd.DataFrame(kept, columns=["name", "x_km", "y_km"])


def _availability(option: OptionData, cells: Sequence[str]) -> FloatArray:
    table = np.zeros((len(option.totals), len(cells), len(_SUMS)))
    for column, name in _SUMS.items():
        table[:, :, column] = _columns(option, [f"{name}:{cell}" for cell in cells])
    return table


def grade_curves(option: OptionData) -> dict[tuple[str, str], ResponseCurve]:
    """Curves by grade and who comes: the first officer at grades 1 to 3, the first armed unit at firearms."""
    wanted = (
        ("Grade 1", "first officer", Milestone.FIRST_OFFICER, "G1"),
        ("Grade 2", "first officer", Milestone.FIRST_OFFICER, "G2"),
        ("Grade 3", "first officer", Milestone.FIRST_OFFICER, "G3"),
        ("Firearms", "first armed unit", Milestone.FIRST_ARMED, "FIREARMS"),
    )
    return {(grade, who): option.curve(milestone, grade=code) for grade, who, milestone, code in wanted}


def second_curves(option: OptionData) -> tuple[ResponseCurve, ResponseCurve]:
    """Curves of first armed response to second firearms incidents and to all others."""
    part = option.where(Milestone.FIRST_ARMED, "FIREARMS")
    return part.curve(Milestone.FIRST_ARMED, second=True), part.curve(Milestone.FIRST_ARMED, second=False)


def part_sums(option: OptionData) -> dict[str, FloatArray]:
    """Incidents and minutes of each part of armed response by level, shape (R, 1 + parts) each."""
    found = {}
    for level in option.levels:
        names = [f"response_parts:level={level.name}"]
        names += [f"response_part_minutes:level={level.name}:part={part}" for part in PARTS]
        if names[0] in option.totals:
            found[level.name] = _columns(option, names)
    return found


def work_by_hour(option: OptionData) -> dict[ThreatLevel, FloatArray]:
    """Minutes of ARVs on duty by level, shape (R, 24, kinds of work) each."""
    return {
        level: np.stack(
            [
                _columns(option, [f"arv_work_minutes:level={level.name}:hour={h}:work={w}" for w in WORK])
                for h in range(24)
            ],
            axis=1,
        )
        for level in option.levels
    }


def looks(option: OptionData) -> list[Look]:
    """What the first replications say, in order of their index, as they add up.

    A 90th percentile of too few incidents is left out, as everywhere.
    """
    confidence, ran = option.scenario.study.confidence, [int(index) for index in option.totals.index]
    armed = option.where(Milestone.FIRST_ARMED, "FIREARMS")
    levels = [level.name for level in option.levels]
    found = []
    for count in counts(len(ran)):
        part = chosen(armed, ran[:count])
        curve = part.curve(Milestone.FIRST_ARMED)
        none = part.ratio(
            [f"arv_free_zero_minutes:level={name}" for name in levels],
            [f"minutes:level={name}" for name in levels],
        )
        told = enough(curve.count, _NINETIETH)
        ninetieth = in_minutes(curve.quantile_interval(_NINETIETH, confidence)) if told else _UNTOLD
        found.append(Look(count, ninetieth, none))
    return found


def _columns(option: OptionData, names: Sequence[str]) -> FloatArray:
    """Some totals by replication, shape (R, names); 0 where a run has none."""
    return np.asarray(option.totals.reindex(columns=list(names), fill_value=0.0), dtype=np.float64)
