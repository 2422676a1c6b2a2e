"""Charts of a calibration: what was fitted laid over what the log says."""

from __future__ import annotations

import importlib.metadata
import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from armsim.analysis.fitting.blocks import Floats, limits
from armsim.analysis.fitting.laws import LawFit, at_share
from armsim.report.files import save
from armsim.report.record import Chart, ChartContext
from armsim.report.style import CATEGORICAL, INK, QUIET, canvas, styled
from armsim.report.words import printable
from armsim.study.calibrate import Calibration

#: Types on the chart of profiles, laws on that of times.
_TYPES, _LAWS = 3, 6
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_BANDS = 12
_LEAST_IN_BAND = 30
_SHARES = (0.1, 0.5, 0.9)
_SEEN, _FITTED = CATEGORICAL[3], CATEGORICAL[0]


class CalibrationContext(ChartContext):
    """What the footer of these charts says: the log, the days, what the limits are of."""

    __slots__ = ()

    @property
    def source(self) -> str:
        """The source line."""
        return (
            f"Source: armsim {self.version}, log {self.run_id}, {self.note}. Limits at "
            f"{self.confidence:.0%} from "
            f"{self.replications:,} samples of days."
        )


def draw_calibration(made: Calibration, folder: Path) -> list[Path]:
    """Draw every chart for which there are figures, and write it as PNG, SVG and CSV.

    Args:
        made: the calibration.
        folder: where the files go; made when missing.

    Raises:
        OSError: the folder or a file cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    return [path for chart in charts(made) for path in save(chart, folder)]


def charts(made: Calibration) -> list[Chart]:
    """Every chart for which there are figures."""
    context = _context(made)
    found = (draw_profiles(made, context), draw_travel(made, context), draw_times(made, context))
    return [one for one in found if one is not None]


def _context(made: Calibration) -> ChartContext:
    ground = made.ground
    note = f"{ground.log.name}, fitted to {ground.train.words}"
    version = importlib.metadata.version("armsim")
    return CalibrationContext(
        "none; this is a calibration",
        made.digest[:12],
        ground.settings.draws,
        version,
        note,
        ground.settings.level,
    )


@styled
def draw_profiles(made: Calibration, context: ChartContext) -> Chart | None:
    """Incidents an hour by hour of the week: the log's means as dots, the fitted profile as a line."""
    names = [name for name in made.ground.types if name in made.arrivals.profiles][:_TYPES]
    if not names:
        return None
    kept = made.arrivals.ordinary(made.ground.train.days)
    weekday = made.ground.train.weekday[kept]
    data = pd.concat(
        [_profile_rows(made, name, weekday, context.confidence) for name in names], ignore_index=True
    )
    top = data[data["type"] == names[0]]
    busiest = top.iloc[int(top["fitted_an_hour"].to_numpy().argmax())]
    day = f"{busiest['day']} " if made.arrivals.profiles[names[0]].shape.days else ""
    title = f"{names[0]} is busiest {day}at {int(busiest['hour']):02d}:00"
    subtitle = "Incidents an hour by hour of the week; dots: means of the log; line: fitted; band: its limits"
    figure, box = canvas(title, subtitle, context, 3.0 + 1.7 * len(names))
    grid = figure.add_gridspec(len(names), 1, left=0.08, right=0.97, hspace=0.35, **box)
    for index, name in enumerate(names):
        _draw_profile(
            figure.add_subplot(grid[index]), data[data["type"] == name], name, index == len(names) - 1
        )
    alt = f"Lines of incidents an hour over the week for {', '.join(names)}. {title}."
    return Chart("calibrated_profiles", title, figure, alt, data, f"{subtitle}. {context.source}", context)


def _profile_rows(made: Calibration, name: str, weekday: np.ndarray, level: float) -> pd.DataFrame:
    profile, counts = made.arrivals.profiles[name], made.arrivals.counts[name]
    mean = counts.sum() / counts.size
    sums = np.zeros((7, 24))
    np.add.at(sums, weekday, counts)
    days = np.bincount(weekday, minlength=7)[:, None]
    with np.errstate(invalid="ignore", divide="ignore"):
        seen = (sums / days).ravel()
    bounds = np.array([limits(profile.draws[:, hour], level) for hour in range(168)])
    return pd.DataFrame(
        {
            "type": name, "day": np.repeat(_DAYS, 24), "hour": np.tile(np.arange(24), 7), "log_an_hour": seen,
            "fitted_an_hour": profile.rates * mean, "low_an_hour": bounds[:, 0] * mean,
            "high_an_hour": bounds[:, 1] * mean,
        }
    )  # fmt: skip


def _draw_profile(axes: Axes, rows: pd.DataFrame, name: str, last: bool) -> None:
    hours = np.arange(168) + 0.5
    axes.fill_between(hours, rows["low_an_hour"], rows["high_an_hour"], color=_FITTED, alpha=0.18, lw=0)
    axes.plot(hours, rows["fitted_an_hour"], color=_FITTED)
    axes.plot(hours, rows["log_an_hour"], "o", color=_SEEN, markersize=3)
    axes.set(xlim=(0, 168), ylim=(0, None))
    axes.set_title(printable(name), loc="left", size=11, color=INK)
    axes.set_xticks(np.arange(0, 168, 24))
    axes.set_xticks(np.arange(12, 168, 24), minor=True)
    axes.set_xticklabels([])
    axes.set_xticklabels(_DAYS if last else [], minor=True)
    axes.tick_params(which="minor", length=0)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=4))


@styled
def draw_travel(made: Calibration, context: ChartContext) -> Chart | None:
    """Minutes by distance: tenth, middle and ninth tenth of the trips in bands, beside the fitted law."""
    if made.trips is None:
        return None
    fit, trips = made.trips.fit, made.trips.trips
    drawn = fit.draw(trips, made.ground.stream("chart", "travel"))
    edges = np.unique(np.quantile(trips.km, np.linspace(0, 1, _BANDS + 1)))
    band = np.clip(np.searchsorted(edges, trips.km, side="right") - 1, 0, len(edges) - 2)
    rows = []
    for index in range(len(edges) - 1):
        mine = band == index
        if mine.sum() < _LEAST_IN_BAND:
            continue
        seen, fitted = np.quantile(trips.minutes[mine], _SHARES), np.quantile(drawn[mine], _SHARES)
        rows.append([float(trips.km[mine].mean()), *seen, *fitted, int(mine.sum())])
    names = [f"{who}_p{share * 100:.0f}_minutes" for who in ("log", "fitted") for share in _SHARES]
    data = pd.DataFrame(rows, columns=["km", *names, "trips"])
    if data.empty:
        return None
    clock = "dispatch to arrival" if fit.turn_out is not None else "travel"
    off = float(np.abs(data["fitted_p50_minutes"] / data["log_p50_minutes"] - 1).max())
    title = f"The fitted law is within {off:.0%} of the log's median at every distance"
    subtitle = f"Minutes of {clock} by straight-line distance, below which 1 in 10, half and 9 in 10 come"
    figure, box = canvas(title, subtitle, context)
    axes = figure.add_subplot(figure.add_gridspec(1, 1, left=0.08, right=0.80, **box)[0])
    for share, marker, line in zip(_SHARES, ("v", "o", "^"), ("--", "-", "--"), strict=True):
        key = f"p{share * 100:.0f}_minutes"
        axes.plot(data["km"], data[f"fitted_{key}"], color=_FITTED, linestyle=line)
        axes.plot(data["km"], data[f"log_{key}"], marker, color=_SEEN, markersize=7)
        words = {0.1: "1 in 10", 0.5: "half", 0.9: "9 in 10"}[share]
        axes.annotate(f"{words} below", (1.01, float(data[f"fitted_{key}"].iloc[-1])),
                      xycoords=("axes fraction", "data"), va="center", annotation_clip=False)  # fmt: skip
    axes.plot([], [], "o", color=_SEEN, label="log")
    axes.plot([], [], color=_FITTED, label="fitted law")
    axes.legend(loc="upper left", frameon=False)
    axes.set(xlim=(0, None), ylim=(0, None), xlabel="Straight-line kilometres", ylabel="Minutes")
    alt = f"Points and curves of minutes against distance. {title}."
    return Chart("calibrated_travel", title, figure, alt, data, f"{subtitle}. {context.source}", context)


@styled
def draw_times(made: Calibration, context: ChartContext) -> Chart | None:
    """The share of durations ended by each minute: the log as steps, the law that is written as a line."""
    chosen = dict(list(_told(made))[:_LAWS])
    if not chosen:
        return None
    data = pd.concat([_time_rows(label, fit) for label, fit in chosen.items()], ignore_index=True)
    gaps = {
        str(label): float((rows["log"] - rows["law"]).abs().max())
        for label, rows in data.groupby("what", sort=False)
    }
    worst = max(gaps, key=lambda label: gaps[label])
    title = f"The laws are within {gaps[worst]:.1%} of the log; the farthest is {worst}"
    subtitle = "Share of durations ended by each minute; log in orange, law written in blue"
    lines = math.ceil(len(chosen) / 3)
    figure, box = canvas(title, subtitle, context, 3.0 + 2.2 * lines)
    grid = figure.add_gridspec(lines, 3, left=0.08, right=0.97, hspace=0.6, wspace=0.25, **box)
    for index, (label, fit) in enumerate(chosen.items()):
        _draw_time(figure, grid[index // 3, index % 3], data[data["what"] == label], label, fit)
    alt = f"Rising curves of durations for {', '.join(chosen)}. {title}."
    return Chart("calibrated_times", title, figure, alt, data, f"{subtitle}. {context.source}", context)


def _told(made: Calibration) -> Iterator[tuple[str, LawFit]]:
    """Laws by label: those of all together first, then by type, the most frequent first."""
    order = {name: index for index, name in enumerate(("all", *made.ground.types))}
    known = [(key, fit) for key, fit in made.times.laws.items() if key[1] in order]
    for (what, whose), fit in sorted(known, key=lambda one: order[one[0][1]]):
        yield what if whose == "all" else f"{what}, {whose}", fit


def _time_rows(label: str, fit: LawFit) -> pd.DataFrame:
    reach = max(float(fit.durations.quantiles([0.975])[0]), 1e-3)
    minutes = np.linspace(0, reach, 121)
    at = np.searchsorted(fit.durations.minutes, minutes, side="right") - 1
    seen = np.where(at >= 0, fit.durations.reached()[np.maximum(at, 0)], 0.0)
    shares = np.linspace(0, 1, 1001)[:-1]
    values: Floats = np.array([at_share(fit.law, share) for share in shares])
    # The share below a duration is that of the last quantile that does not exceed it.
    law = np.interp(minutes, *_rising(values, shares))
    return pd.DataFrame({"what": label, "minutes": minutes, "log": seen, "law": law})


def _rising(values: Floats, shares: Floats) -> tuple[Floats, Floats]:
    """Durations that rise, each with the largest share that has it."""
    last = np.concatenate([np.diff(values) > 0, [True]])
    return values[last], shares[last]


def _draw_time(figure: Figure, cell: object, rows: pd.DataFrame, label: str, fit: LawFit) -> None:
    axes = figure.add_subplot(cell)  # type: ignore[call-overload]
    axes.plot(rows["minutes"], rows["log"], color=_SEEN, linewidth=3.2, drawstyle="steps-post")
    axes.plot(rows["minutes"], rows["law"], color=_FITTED, linewidth=1.6)
    axes.set(xlim=(0, float(rows["minutes"].iloc[-1])), ylim=(0, 1))
    axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    axes.xaxis.set_major_locator(MaxNLocator(nbins=5))
    short = printable(label if len(label) <= 38 else f"{label[:37]}…")
    axes.set_title(short, loc="left", size=10, color=INK)
    axes.set_xlabel(f"minutes; law: {fit.used}, n {len(fit.durations.minutes):,}", size=9, color=QUIET)
