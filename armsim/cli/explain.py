"""``armsim explain``: what theory says of a scenario, before any run or beside one."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any, get_args

import click

from armsim.cli.options import scenario_options
from armsim.cli.output import data, data_console, say
from armsim.config.schema.duty import LevelName

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from armsim.study.explain import Area, Explanation
    from armsim.study.explain_run import Pair

_EPILOG = """\b
Examples:
  armsim explain scenarios/severe.yaml
  armsim explain scenarios/severe.yaml --hour 'fri 22' --with one_more_arv_crew
  armsim explain scenarios/severe.yaml --run results/severe-1a2b3c4d --format json

\b
Nothing is run: rosters and rates go into queueing formulas, hour by hour. What the formulas leave out is
listed.
"""
_WORST = 5
_WIDE = 140
#: Areas that tables are printed of; more are in the JSON.
_AREAS = 5


@click.command("explain", epilog=_EPILOG)
@click.argument("file")
@click.option("--level", type=click.Choice(get_args(LevelName)), help="Threat level; else the first.")
@click.option("--hour", metavar="H", help="Only this hour: 0 to 23, or one of a day such as 'fri 22'.")
@click.option("--by-hour", is_flag=True, help="Every hour of the day as well.")
@scenario_options
@click.option("--run", "folder", metavar="FOLDER", help="A run of the scenario, to set beside theory.")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
def verb(
    file: str,
    level: str | None,
    hour: str | None,
    by_hour: bool,
    overrides: tuple[str, ...],
    sets: tuple[str, ...],
    last_wins: bool,
    folder: str | None,
    form: str,
) -> None:
    """Say from theory what is busy, who waits, how soon units come and what is short first."""
    from armsim.config.loader import load_scenario
    from armsim.domain import ThreatLevel
    from armsim.study.explain import explain, hour_of
    from armsim.study.explain_words import bottleneck, limits, overloads
    from armsim.study.worlds import world_of

    if hour is not None and by_hour:
        raise click.UsageError("--hour and --by-hour exclude each other")
    try:
        hour_of(hour or "0")
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--hour") from None
    loaded = load_scenario(file, overrides, sets, last_wins)
    world = world_of(loaded)
    found = explain(world, ThreatLevel[level] if level else None, hour)
    pairs = _beside(found, loaded.scenario, folder) if folder else ()
    said = (bottleneck(found), *overloads(found))
    apart = limits(loaded.scenario, ThreatLevel[found.level], found)
    if form == "json":
        record = {
            **found.as_dict(),
            "said": said,
            "limits": apart,
            "beside_run": [one.as_dict() for one in pairs],
        }
        data(json.dumps(_plain(record), indent=2, ensure_ascii=False))
    else:
        _show(found, said, apart, pairs, by_hour)
    for one in pairs:
        if one.differs:
            say(f"Warning: {one.words}")


def _beside(found: Explanation, scenario: Any, folder: str) -> tuple[Pair, ...]:
    from armsim.domain import ThreatLevel
    from armsim.study.explain_run import data_of, side_by_side
    from armsim.study.results import Results

    if found.hours != "the whole week":
        raise click.UsageError("--run is of the whole week; leave --hour out")
    return side_by_side(found, data_of(Results.open(folder), scenario, ThreatLevel[found.level]))


def _plain(value: Any) -> Any:
    """JSON knows no infinity and no NaN: ``null`` in their place."""
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _show(
    found: Explanation, said: tuple[str, ...], apart: tuple[str, ...], pairs: tuple[Pair, ...], by_hour: bool
) -> None:
    screen = data_console(_WIDE)
    data(f"{found.title}: theory at {found.level}, {found.hours}")
    data(said[0])
    for area in found.areas[:_AREAS]:
        _show_area(area, found, screen, by_hour)
    if len(found.areas) > _AREAS:
        data(f"{len(found.areas) - _AREAS} areas more are in --format json.")
    if pairs:
        screen.print(_pairs(pairs), markup=False)
    for line in said[1:]:
        data(line)
    data("Where theory does not apply:")
    for line in apart:
        data(f"- {line}")


def _show_area(area: Area, found: Explanation, screen: Console, by_hour: bool) -> None:
    for table in (_kinds(area), _grades(area), _zones(area)):
        screen.print(table, markup=False)
    if by_hour:
        screen.print(_kinds_by_hour(area, found), markup=False)
        screen.print(_grades_by_hour(area, found), markup=False)


def _table(title: str, words: tuple[str, ...], numbers: tuple[str, ...]) -> Table:
    from rich.table import Table

    table = Table(title=title, title_justify="left")
    for head in words:
        table.add_column(head, overflow="fold")
    for head in numbers:
        table.add_column(head, justify="right")
    return table


def _kinds(area: Area) -> Table:
    """A row a unit kind, and below it one a base."""
    from armsim.study.explain import hour_name

    heads = ("On duty", "Load", "Busy", "Uncrewed", "Highest", "Hours over", "Short")
    table = _table(f"{area.name}: units", ("Kind", "Highest at"), heads)
    for kind in area.kinds:
        table.add_row(
            kind.kind, hour_name(kind.peak_hour) if kind.offered else "", f"{kind.on_duty:.1f}",
            f"{kind.offered:.2f}", f"{kind.utilisation:.1%}", f"{kind.uncrewed:.1f}", f"{kind.peak:.0%}",
            str(kind.overloaded), f"{kind.short:.1f}",
        )  # fmt: skip
        if kind.offered:
            for base in kind.bases:
                cells = (f"{base.on_duty:.1f}", f"{base.offered:.2f}", f"{base.utilisation:.1%}")
                table.add_row(f"  {base.base}", "", *cells, "", "", "", "")
    return table


def _grades(area: Area) -> Table:
    heads = ("A day", "Units each", "Wait, min", "Waits", "Hours over", "Response, min", "No unit free")
    table = _table(f"{area.name}: work", ("Grade", "Within target"), heads)
    for grade in area.grades:
        cover = ", ".join(f"{name} {share:.1%}" for name, share in grade.cover.items())
        table.add_row(
            grade.grade, cover, f"{grade.a_day:.1f}", f"{grade.units:.2f}", _minutes(grade.wait),
            f"{grade.waits:.1%}", str(grade.overloaded), _minutes(grade.response),
            "" if math.isnan(grade.nobody) else f"{grade.nobody:.1%}",
        )  # fmt: skip
    return table


def _zones(area: Area) -> Table:
    """The zones that wait longest for the first grade that there is."""
    grades = [grade.grade for grade in area.grades if not math.isnan(grade.response)]
    title = f"{area.name}: mean response, the {_WORST} zones farthest off"
    table = _table(title, ("Grade", "Zones"), ())
    for grade in grades:
        worst = sorted(area.zones, key=lambda zone: -zone.response[grade])[:_WORST]
        table.add_row(grade, ", ".join(f"{zone.name} {zone.response[grade]:.1f} min" for zone in worst))
    return table


def _kinds_by_hour(area: Area, found: Explanation) -> Table:
    """A row an hour of the day: units on duty and load, means over the days of the week."""
    loaded = [kind for kind in area.kinds if kind.offered]
    heads = [f"{kind.kind} {what}" for kind in loaded for what in ("on duty", "load")]
    table = _table(f"{area.name}: units by hour of the day", ("Hour",), tuple(heads))
    length = 24 // len(found.slices)
    for at, name in enumerate(found.slices):
        hours = [24 * day + length * at + hour for day in range(7) for hour in range(length)]
        rows = [row for kind in loaded for row in (kind.on_duty_by_hour, kind.offered_by_hour)]
        table.add_row(name, *[f"{sum(row[hour] for hour in hours) / len(hours):.2f}" for row in rows])
    return table


def _grades_by_hour(area: Area, found: Explanation) -> Table:
    """A row an hour of the day: wait and response, minutes."""
    grades = [grade for grade in area.grades if grade.response_by_slice]
    heads = [f"{grade.grade} {what}" for grade in grades for what in ("wait", "response")]
    table = _table(f"{area.name}: minutes by hour of the day", ("Hour",), tuple(heads))
    for at, name in enumerate(found.slices):
        rows = [row for grade in grades for row in (grade.wait_by_slice, grade.response_by_slice)]
        table.add_row(name, *[_minutes(row[at]) for row in rows])
    return table


def _pairs(pairs: tuple[Pair, ...]) -> Table:
    table = _table(
        "Theory and simulation", ("Area", "Figure"), ("Theory", "Simulation", "Interval", "Differs")
    )
    for one in pairs:
        form = "{:.1%}" if one.unit == "share" else "{:.2f}"
        limits = "" if math.isnan(one.low) else f"{form.format(one.low)} to {form.format(one.high)}"
        table.add_row(
            one.area, one.figure, form.format(one.theory), form.format(one.simulation), limits,
            "yes" if one.differs else "",
        )  # fmt: skip
    return table


def _minutes(value: float) -> str:
    return "" if math.isnan(value) else f"{value:.1f}"
