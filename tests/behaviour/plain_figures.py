"""The figures of a log, worked out again by loops over its rows: what ``armsim.analysis`` must agree with."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator

import numpy as np
import pandas as pd

from armsim.analysis.measure import Measures, measure
from armsim.analysis.metrics import summarise
from armsim.analysis.option import OptionData
from armsim.domain import Grade, Milestone, Outcome, ThreatLevel, UnitStatus

from .bookkeeping import Books, rows

FREE = (
    UnitStatus.AVAILABLE_AT_BASE, UnitStatus.ON_PATROL, UnitStatus.RETURNING, UnitStatus.REPOSITIONING,
)  # fmt: skip
REACHED, NEVER, CENSORED = 0, 1, 2
#: Time shares, whose table has rows by hour that are not looked at here.
AVAILABILITY = (("arv_free_zero_minutes", "minutes"), ("arv_free_minutes", "minutes"))
#: Metric: what its table divides by what.
RATIOS = {
    "share_lost": ("lost:grade={grade}:level={level}", "incidents:grade={grade}:level={level}"),
    "share_requeued": ("requeued:grade={grade}:level={level}", "incidents:grade={grade}:level={level}"),
    "authorisation_delay": ("authorisation_minutes:level={level}", "authorisations:level={level}"),
    "exposure": ("exposure_minutes:level={level}", "exposures:level={level}"),
    "posts_filled": ("post_filled_minutes", "post_wanted_minutes"),
}
CLOCKS = ("first_officer_at", "first_ced_at", "first_armed_at", "full_at", "contained_at")
Fates = dict[tuple[str, str], list[tuple[int, int]]]


def log_and_metrics_agree(books: Books) -> None:
    """Counts, minutes, shares and quantiles of the analysis are those of the log."""
    measured = measure(books.log, books.world)
    fates = response_fates(books)
    assert _measured_fates(books, measured) == {cell: sorted(found) for cell, found in fates.items()}
    plain = totals(books)
    for name in measured.totals.keys() | plain.keys():
        if name.split(":")[0] in NAMES and "hour=" not in name:
            theirs, mine = measured.totals.get(name, 0.0), plain.get(name, 0.0)
            assert math.isclose(theirs, mine, rel_tol=1e-9, abs_tol=1e-6), (name, theirs, mine)
    figures_agree(books, measured, fates, plain)


def figures_agree(books: Books, measured: Measures, fates: Fates, plain: dict[str, float]) -> None:
    """Quantiles and shares read off the curves against the product limit; the table against division."""
    data = option(books, measured)
    for (milestone, grade), cell in fates.items():
        curve = data.curve(milestone, grade=grade)
        for p in (0.1, 0.5, 0.9):
            np.testing.assert_equal(curve.quantile(p), quantile(cell, p))
        for seconds in (0, 300, 900, 3600):
            assert math.isclose(curve.share(seconds), share(cell, seconds), rel_tol=1e-9, abs_tol=1e-12)
    for upper, lower in AVAILABILITY:
        names = [level.name for level in data.levels]
        value = data.ratio([f"{upper}:level={n}" for n in names], [f"{lower}:level={n}" for n in names]).value
        above, below = (sum(plain[f"{total}:level={n}"] for n in names) for total in (upper, lower))
        np.testing.assert_allclose(value, above / below, rtol=1e-9, atol=1e-9, err_msg=upper)
    for row in summarise(data, tuple(RATIOS)).to_dict("records"):
        if row["shown"]:
            levels = [row["level"]] if row["level"] else [level.name for level in ThreatLevel]
            above, below = (
                sum(plain.get(name.format(grade=row["grade"], level=level), 0.0) for level in levels)
                for name in RATIOS[row["metric"]]
            )
            np.testing.assert_allclose(row["value"], above / below, rtol=1e-9, atol=1e-9, err_msg=str(row))


def option(books: Books, measured: Measures) -> OptionData:
    """One replication as an option of a study."""
    counted = np.maximum(measured.surveys, 1)
    return OptionData(
        "plain", books.world.scenario, books.world.zones,
        pd.DataFrame(measured.responses).assign(replication=0), pd.DataFrame([measured.totals]),
        measured.potential / counted, 1,
    )  # fmt: skip


def counted(books: Books) -> list[dict[str, float]]:
    """Incidents received in the window."""
    window = books.world.scenario.window
    return [row for row in books.by_incident.values() if 0 <= row["received_at"] < window]


def response_fates(books: Books) -> Fates:
    """By milestone and grade: seconds and fate of every counted incident that asks for the milestone."""
    scenario = books.world.scenario
    found: Fates = defaultdict(list)
    for row in counted(books):
        kind = scenario.demand.types[books.world.types[int(row["type"])]]
        if kind.grade == "PLANNED":
            continue
        # The keys are literals to a type checker, the names of an enumeration here.
        level = scenario.threat.levels.get(ThreatLevel(int(row["level"])).name)  # type: ignore[call-overload]
        attendance = (level.attendance if level else {}).get(
            books.world.types[int(row["type"])], kind.attendance
        )
        asks = {
            Milestone.FIRST_OFFICER: "officers" in attendance,
            Milestone.FIRST_CED: "ced" in attendance,
            Milestone.FIRST_ARMED: "arv" in attendance or "armed_officers" in attendance,
            Milestone.FULL_ATTENDANCE: True,
            Milestone.CONTAINED: kind.containment is not None,
        }
        for milestone, clock in zip(Milestone, CLOCKS, strict=True):
            if asks[milestone]:
                found[milestone.value, kind.grade].append(_fate(books, row, row[clock]))
    return dict(found)


def _fate(books: Books, row: dict[str, float], reached: float) -> tuple[int, int]:
    end = books.world.scenario.window + books.world.scenario.cool_down
    if not math.isnan(reached):
        return math.ceil((reached - row["received_at"]) * 60 - 1e-6), REACHED
    ended = end if math.isnan(row["closed_at"]) else row["closed_at"]
    fate = NEVER if row["outcome"] == Outcome.LOST else CENSORED
    return math.ceil((ended - row["received_at"]) * 60 - 1e-6), fate


def _measured_fates(books: Books, measured: Measures) -> Fates:
    found: Fates = defaultdict(list)
    columns = [measured.responses[name].tolist() for name in ("milestone", "grade", "seconds", "fate")]
    for milestone, grade, seconds, fate in zip(*columns, strict=True):
        found[tuple(Milestone)[milestone].value, Grade(grade).name].append((seconds, fate))
    return {cell: sorted(rows) for cell, rows in found.items()}


def product_limit(fates: list[tuple[int, int]]) -> Iterator[tuple[int, float]]:
    """Each second and the share reached by then; the lost are at risk for ever, censoring comes last."""
    at_risk, survival = len(fates), 1.0
    for second in sorted({seconds for seconds, fate in fates if fate != NEVER}):
        here = [fate for seconds, fate in fates if seconds == second]
        survival *= 1 - here.count(REACHED) / at_risk
        yield second, 1 - survival
        at_risk -= here.count(REACHED) + here.count(CENSORED)


def quantile(fates: list[tuple[int, int]], p: float) -> float:
    """First second at which the share is *p*; NaN for never."""
    return next((second for second, reached in product_limit(fates) if reached >= p - 1e-9), math.nan)


def share(fates: list[tuple[int, int]], seconds: int) -> float:
    """Share reached within so many seconds."""
    return max((reached for second, reached in product_limit(fates) if second <= seconds), default=0.0)


#: Sums that are worked out again; each by level, or by grade and level.
NAMES = frozenset(
    {
        "incidents", "requeued", "attended", "stood_down", "lost", "escalated", "open_at_end",
        "authorisations", "authorisation_minutes", "exposures", "exposure_minutes", "minutes",
        "arv_free_minutes", "arv_free_zero_minutes", "arv_post_minutes", "post_wanted_minutes",
        "post_filled_minutes", "desk_tasks", "desk_wait_minutes", "desk_authorisations",
        "desk_authorisations_waited", "desk_busy_minutes", "first_arrivals", "single_crewed",
    }
)  # fmt: skip


def totals(books: Books) -> dict[str, float]:
    """Sums by name, as the analysis names them."""
    found: dict[str, float] = defaultdict(float)
    for row in counted(books):
        level = ThreatLevel(int(row["level"])).name
        cell = f"grade={Grade(int(row['grade'])).name}:level={level}"
        found[f"incidents:{cell}"] += 1
        found[f"{Outcome(int(row['outcome'])).name.lower()}:{cell}"] += 1
        found[f"requeued:{cell}"] += row["requeued"] > 0
        came = not math.isnan(row["first_officer_at"])
        if came and (row["parent"] < 0 or row["first_officer_at"] > row["graded_at"]):
            found[f"first_arrivals:{cell}"] += 1
            found[f"single_crewed:{cell}"] += row["first_crew"] == 1
        if not math.isnan(row["authorised_at"]):
            found[f"authorisations:level={level}"] += 1
            found[f"authorisation_minutes:level={level}"] += row["authorised_at"] - row["graded_at"]
        exposed = row["first_armed_at"] - row["first_officer_at"]
        if row["grade"] == Grade.FIREARMS and not math.isnan(exposed):
            found[f"exposures:level={level}"] += 1
            found[f"exposure_minutes:level={level}"] += exposed
    for row in rows(books.log.tables["posts"]):
        found["post_wanted_minutes"] += row["wanted_minutes"]
        found["post_filled_minutes"] += row["filled_minutes"]
    _availability(books, found)
    _desk(books, found)
    return found


def _desk(books: Books, found: dict[str, float]) -> None:
    """Tasks asked of the desks at each level, their waits, and minutes of places taken."""
    window = books.world.scenario.window
    for spell in rows(books.log.tables["threat"]):
        name = f"level={ThreatLevel(int(spell['level'])).name}"
        start, end = max(spell["start"], 0.0), min(spell["end"], window)
        for task in rows(books.log.tables["commands"]):
            began = not math.isnan(task["started_at"])
            if began:
                found[f"desk_busy_minutes:{name}"] += max(
                    0.0, min(task["ended_at"], end) - max(task["started_at"], start)
                )
            if task["task"] == 1 or not start <= task["asked_at"] < end:
                continue
            wait = (task["started_at"] if began else task["ended_at"]) - task["asked_at"]
            found[f"desk_tasks:{name}"] += 1
            found[f"desk_wait_minutes:{name}"] += wait
            if task["task"] == 0:
                found[f"desk_authorisations:{name}"] += 1
                found[f"desk_authorisations_waited:{name}"] += wait > 0


def _availability(books: Books, found: dict[str, float]) -> None:
    """Minutes of each level with armed response vehicles free, on posts, and with none free."""
    arvs = [
        unit.number for unit in books.log.units if books.world.scenario.units[books.kind(unit.number)].arv
    ]
    mine = [row for number in arvs for row in books.status[number]]
    for spell in rows(books.log.tables["threat"]):
        name = f"level={ThreatLevel(int(spell['level'])).name}"
        start, end = max(spell["start"], 0.0), min(spell["end"], books.world.scenario.window)
        if start >= end:
            continue
        found[f"minutes:{name}"] += end - start
        cut = [(max(row["start"], start), min(row["end"], end), row["status"]) for row in mine]
        cut = [one for one in cut if one[0] < one[1]]
        found[f"arv_free_minutes:{name}"] += sum(b - a for a, b, status in cut if status in FREE)
        found[f"arv_post_minutes:{name}"] += sum(b - a for a, b, s in cut if s == UnitStatus.ON_POST)
        covered, reach = 0.0, start
        for a, b, status in sorted(cut):
            if status in FREE:
                covered += max(0.0, b - max(a, reach))
                reach = max(reach, b)
        found[f"arv_free_zero_minutes:{name}"] += end - start - covered
