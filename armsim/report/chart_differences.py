"""Chart: what each option changes, a dot and an interval a row, zero and the stated margin marked."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from armsim.analysis.differences import quantity
from armsim.analysis.intervals import Estimate
from armsim.config.options import parts_of
from armsim.report.page.figures import more_pounds, pounds
from armsim.report.record import ILLUSTRATIVE, Chart, ChartContext
from armsim.report.style import CATEGORICAL, INK, QUIET, SHADE, canvas, styled
from armsim.report.words import file_word, printable
from armsim.study.compare import Comparison

_DRAWN = (
    "condition",
    "option",
    "baseline",
    "unit",
    "difference",
    "low",
    "high",
    "margin",
    "verdict",
    "replications",
)
#: Rows that fit on a page.
_MOST = 40
_NAME_WIDTH = 28
#: What a figure is that is clearly above the baseline's, and one clearly below.
_DIRECTIONS = {
    "lower": ("worse", "better"),
    "higher": ("better", "worse"),
    "neither": ("higher", "lower"),
    "pounds": ("dearer", "cheaper"),
}
#: What a title calls a figure whose label heads a column.
_SHORT = {
    "average_week": "average week",
    "rest_days_lost": "rest days lost",
    "response_p50": "median response",
    "response_p90": "nine-in-ten response",
    "within_target": "share within target",
    "no_arv_free": "time with no ARV free",
}


@styled
def draw(found: Comparison, metric: str, about: str | None = None, note: str = ILLUSTRATIVE) -> Chart | None:
    """Draw the paired differences of one figure, options below each other.

    Args:
        found: the comparison.
        metric: name of a metric in it.
        about: part of the population, as in its column ``about``; the first one there when left out.
        note: what is made up about the area; ends the source line.

    Returns:
        The chart; ``None`` when no difference of the figure has limits.

    Raises:
        KeyError: the comparison has no such figure, or not about that part.
    """
    rows = found.table[found.table["metric"] == metric]
    if rows.empty:
        raise KeyError(f"the comparison has no figure {metric!r}")
    parts = list(dict.fromkeys(rows["about"]))
    if about is not None and about not in parts:
        raise KeyError(f"{metric} is not there about {about!r}; there are {', '.join(map(repr, parts))}")
    several = len(parts) > 1
    rows = rows[rows["about"] == (rows["about"].iloc[0] if about is None else about)]
    options = rows["option"].map(lambda name: parts_of(str(name))[0]).nunique()
    whole, rows = len(rows), rows[rows["low"].notna()]
    if rows.empty:
        return None
    rows = rows.assign(name=_names(rows))
    title, rows = _title(rows, options), rows.head(_MOST)
    first = rows.iloc[0]
    scale, unit = _scale(str(first["unit"]))
    part = f" ({first['about']})" if first["about"] else ""
    good = {"lower": "; lower is better", "higher": "; higher is better"}.get(str(first["better"]), "")
    limits = f"{found.confidence:.0%} limits"
    under = f" under {first['condition']}" if rows["condition"].nunique() == 1 and first["condition"] else ""
    subtitle = f"{first['label']}{part}{under}: difference from {found.baseline}, {unit}, {limits}{good}"
    if whole > len(rows):
        left = whole - len(rows)
        subtitle += f"; not drawn, as unchanged, too few or too many: {left} of {whole}"
    context = ChartContext(
        found.title, ", ".join(found.runs), int(rows["replications"].min()), found.version, note,
        confidence=found.confidence,
    )  # fmt: skip
    figure, box = canvas(title, subtitle, context, 2.6 + 0.55 * len(rows))
    axes = figure.add_subplot(figure.add_gridspec(1, 1, left=0.26, right=0.97, **box)[0])
    _plot(axes, rows, scale, unit)
    words = "; ".join(f"{row['name']}: {_verdict(row)}" for row in rows.to_dict("records"))
    alt = f"Dots with intervals. {title}. {words}."
    data = rows[list(_DRAWN)].reset_index(drop=True)
    name = f"difference_{metric}" + (f"_{file_word(str(first['about']))}" if several else "")
    return Chart(name, title, figure, alt, data, f"{subtitle}. {context.source}", context)


def _names(rows: pd.DataFrame) -> list[str]:
    """What each row is called: its option, with the condition only where there are several."""
    several = rows["condition"].nunique() > 1
    return [", ".join(part for part in parts_of(str(name))[: 1 + several] if part) for name in rows["option"]]


def _wrapped(name: str) -> str:
    """A name in lines that fit beside the axes."""
    return "\n".join(textwrap.wrap(printable(name), _NAME_WIDTH)[:3])


def _scale(unit: str) -> tuple[float, str]:
    """What differences are multiplied by for the axis, and their unit there."""
    if unit == "share":
        return 100.0, "percentage points"
    return (1e-3, f"£ thousand{unit.removeprefix('pounds')}") if unit.startswith("pounds") else (1.0, unit)


def _title(rows: pd.DataFrame, options: int) -> str:
    """The finding: which option is clearly better or worse, how many are, or that none is.

    Args:
        rows: those that have limits.
        options: how many options are compared, those without limits too.
    """
    first = rows.iloc[0]
    label, part = str(first["label"]), f" ({first['about']})" if first["about"] else ""
    lower = label[0].lower() + label[1:] if label[1:2].islower() else label
    what = f"{_SHORT.get(str(first['metric']), lower)}{part}"
    inside = (rows["low"] > -rows["margin"]) & (rows["high"] < rows["margin"])
    up, down = (rows["low"] > 0) & ~inside, (rows["high"] < 0) & ~inside
    clear = rows[up | down]
    if clear.empty:
        none = "No difference" if (rows[["low", "high"]] == 0).all(axis=None) else "No clear difference"
        alone = first["name"] if len(rows) == 1 else parts_of(str(first["option"]))[0]
        return f"{none} in {what} {f'with {alone}' if 1 in (len(rows), options) else 'between the options'}"
    if len(clear) == 1:
        rest = "" if len(rows) == 1 else "; no clear difference with the others"
        return f"{clear['name'].iloc[0]}: {what} {_moved(clear.iloc[0])}{rest}"
    heads = rows["condition"] if options == 1 else rows["option"].map(lambda name: parts_of(str(name))[0])
    words = _DIRECTIONS["pounds" if str(first["unit"]).startswith("pounds") else str(first["better"])]
    counts = [(heads[one].nunique(), word) for one, word in zip((up, down), words, strict=True)]
    said = " and ".join(f"{count} clearly {word}" for count, word in counts if count)
    begin = f"{what[0].upper()}{what[1:]}"
    if options == 1:
        return f"{begin}: under {heads.nunique()} conditions {said}"
    under = ", each under some condition" if rows["condition"].nunique() > 1 else ""
    return f"{begin}: of {options} options {said}{under}"


def _moved(row: pd.Series) -> str:
    """How a figure clearly moves, without limits: ``better by 3.1 min``, ``higher by £277k``."""
    unit, up = str(row["unit"]), row["difference"] > 0
    if unit.startswith("pounds"):
        return f"{'higher' if up else 'lower'} by {pounds(abs(row['difference']))}"
    word = _DIRECTIONS[str(row["better"])][0 if up else 1]
    size = quantity(abs(row["difference"]), unit, named=True).replace(" pp", " percentage points")
    return f"{word} by {size}"


def _verdict(row: Mapping[Hashable, Any]) -> str:
    """What stands beside a dot: the verdict; money in pounds, without limits where it is exact."""
    if not str(row["unit"]).startswith("pounds"):
        return str(row["verdict"]).replace(" pp", " points")
    exact = row["low"] == row["high"]
    low, high = (math.nan if exact else row[limit] for limit in ("low", "high"))
    return more_pounds(Estimate(row["difference"], low, high, 0, 0))


def _plot(axes: Axes, rows: pd.DataFrame, scale: float, unit: str) -> None:
    margin = float(rows["margin"].iloc[0]) * scale
    if not math.isnan(margin):
        axes.axvspan(-margin, margin, color=SHADE, zorder=0)
        axes.text(0, -0.75, "no difference that matters", size=9, color=QUIET, ha="center", va="center")
    axes.axvline(0, color=QUIET, linewidth=1.2)
    for index, row in enumerate(rows.to_dict("records")):
        low, high = row["low"] * scale, row["high"] * scale
        clear = low > 0 or high < 0
        axes.hlines(index, low, high, color=INK, linewidth=1.8)
        axes.plot(
            [row["difference"] * scale], [index], marker="o" if clear else "D", markersize=8,
            color=CATEGORICAL[0] if clear else "white", markeredgecolor=CATEGORICAL[0], linestyle="none",
        )  # fmt: skip
        axes.annotate(
            printable(_verdict(row)), (max(high, 0), index), (8, 0), textcoords="offset points",
            va="center", size=9.5,
        )  # fmt: skip
    reach = max(abs(rows["low"]).max(), abs(rows["high"]).max()) * scale or 1.0
    axes.set_yticks(range(len(rows)), [_wrapped(str(name)) for name in rows["name"]])
    axes.set(xlim=(-1.1 * reach, 2.6 * reach), ylim=(len(rows) - 0.4, -1.0), xlabel=f"Difference, {unit}")
    axes.grid(visible=False, axis="y")
    axes.grid(visible=True, axis="x")
    axes.tick_params(axis="y", length=0)
