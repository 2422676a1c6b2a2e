"""Tables of a sweep: what each assumption moves, and pairs of options whose order is not kept."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from armsim.cli.output import data_console

if TYPE_CHECKING:
    from armsim.study.sweep_report import Found

_MOST = 20

Block = tuple[str, list[str], list[list[str]], str]
"""Title, heads, rows, caption."""


def print_tables(found: Found) -> None:
    """Print every table, with what its intervals show below it."""
    from rich.table import Table

    screen = data_console(180)
    for title, heads, rows, caption in _blocks(found):
        table = Table(title=title, title_justify="left", caption=caption, caption_justify="left")
        for head in heads:
            table.add_column(head, overflow="fold")
        for row in rows:
            table.add_row(*row)
        screen.print(table, markup=False)


def markdown(found: Found) -> str:
    """Every table as Markdown."""
    lines: list[str] = []
    for title, heads, rows, caption in _blocks(found):
        lines += ["", f"## {title}", "", f"| {' | '.join(heads)} |", f"|{'---|' * len(heads)}"]
        lines += [f"| {' | '.join(cell.replace('|', '/') for cell in row)} |" for row in rows]
        lines += ["", caption]
    return "\n".join(lines) + "\n"


def _blocks(found: Found) -> Iterator[Block]:
    from armsim.study.sweep import NOISE
    from armsim.study.sweep_report import GROUPS

    table, oat = found.table, found.design == "oat"
    heads = table.groupby("condition", sort=False)["option"].transform("first")
    kept = table[table["option"] == heads] if oat else table
    for _, rows in kept.groupby(GROUPS if oat else [*GROUPS, "of"], sort=False):
        first = rows.iloc[0].to_dict()
        part = f" ({first['about']})" if first["about"] else ""
        where = first["option"] + (f", {first['condition']}" if first["condition"] else "")
        told = rows.to_dict("records")
        rest = (
            f" {len(told) - _MOST} assumptions that move it less are in sweep.csv."
            if len(told) > _MOST
            else ""
        )
        title = f"{first['label']}{part}, {where}"
        if oat:
            title += f"; as the file says {_figure(first['base_value'], first['unit'])}"
            columns = ["Assumption", "Low", "High", "At low", "At high", "Source"]
            yield title, columns, [_moved(row) for row in told[:_MOST]], f"{NOISE}{rest}"
        else:
            title += "" if first["of"] == "the figure" else f", {first['of']}"
            columns = ["Assumption", "Low", "High", "mu*", "Interval", "sigma", "Effects", "Source"]
            yield title, columns, [_effect(row) for row in told[:_MOST]], f"{NOISE}{rest}"
    yield from _rankings(found, NOISE)
    if len(found.not_swept):
        listed = [[str(cell) for cell in row] for row in found.not_swept.to_numpy().tolist()]
        yield "Not swept", ["Range", "Reason"], listed, f"No value stands in for these. {NOISE}"


def _rankings(found: Found, note: str) -> Iterator[Block]:
    ranks = found.ranking
    for (condition, figure), rows in ranks.groupby(["condition", "figure"], sort=False):
        lost = rows[rows["state"].isin(["overturned", "not settled"])].sort_values(
            "state", ascending=False, kind="stable"
        )
        if lost.empty:
            continue
        under = f", {condition}" if condition else ""
        cells = [
            [
                str(row["setting"]),
                f"{row['first']} before {row['second']}",
                str(row["state"]),
                _interval(row["difference"], row["low"], row["high"], str(row["unit"])),
            ]
            for row in lost.head(_MOST).to_dict("records")
        ]
        more = f" {len(lost) - _MOST} more are in the ranking table." if len(lost) > _MOST else ""
        columns = ["Setting", "Order as the file stands", "There", "Second less first"]
        yield f"Ranking by {figure}{under}: orders not kept", columns, cells, f"{note}{more}"


def _moved(row: Mapping[Hashable, Any]) -> list[str]:
    ends = []
    for end in ("low", "high"):
        value, said = row[f"{end}_value"], row[f"{end}_verdict"]
        ends.append(said if math.isnan(value) else f"{_figure(value, row['unit'])}: {said}")
    return [row["path"], row["low_end"], row["high_end"], *ends, row["source"]]


def _effect(row: Mapping[Hashable, Any]) -> list[str]:
    size = _quantity(row["mu_star"], row["unit"])
    limits = _interval(math.nan, row["low"], row["high"], row["unit"])
    ends = [row["path"], row["low_end"], row["high_end"]]
    return [*ends, size, limits, _quantity(row["sigma"], row["unit"]), str(row["effects"]), row["source"]]


def _figure(value: float, unit: str) -> str:
    if not math.isfinite(value):
        return "not reached" if math.isinf(value) else "not told"
    return f"{100 * value:.1f}%" if unit == "share" else _quantity(value, unit)


def _quantity(value: float, unit: str) -> str:
    from armsim.analysis.differences import quantity

    return quantity(value, unit, named=True) if math.isfinite(value) else ""


def _interval(value: float, low: float, high: float, unit: str) -> str:
    from armsim.analysis.differences import quantity

    told = "" if math.isnan(value) else quantity(value, unit, named=True)
    if math.isnan(low) or math.isnan(high):
        return told
    limits = f"{quantity(low, unit)} to {quantity(high, unit)}"
    return f"{told} ({limits})" if told else limits
