"""The answer: what intervals allow to be said of the options or the levels, and each option at a glance."""

from __future__ import annotations

import math
from typing import Literal

from armsim.config.options import parts_of
from armsim.report import finding, gather
from armsim.report.page.figures import (
    extent,
    listed,
    measure,
    more_pounds,
    moves,
    noun,
    pounds,
    size,
    state,
)
from armsim.report.page.parts import Block, Cell, Points, Section, Table, Words, row
from armsim.report.page.scale import (
    at_the_attack,
    between,
    close_enough,
    how_sure,
    level_sentence,
    tiles,
    upper_first,
)
from armsim.report.page.view import Figures, View

#: Conditions whose main figures stand in large type.
_MOST_TILES = 3


def answer(view: View) -> Section:
    """The answer in a sentence, what it rests on, and every option at a glance."""
    if view.comparison is not None:
        head, more = _of_options(view)
        blocks: list[Block] = [Words((head,), "answer"), Points(tuple(more)), _glance(view)]
    else:
        head, more = _of_levels(view)
        blocks = [Words((head,), "answer"), *([Points(tuple(more))] if more else [])]
        blocks += [tiles(view, name) for name in view.firsts[:_MOST_TILES]]
        if view.why_not:
            blocks.append(Words((f"The options were not compared: {view.why_not}",), "note"))
    return Section("answer", "The answer", tuple(one for one in blocks if one != Points(())))


def _of_options(view: View) -> tuple[str, list[str]]:
    """Several options: what the main measures tell of them, and for scale the first as it is."""
    rows = view.primary
    others, base = _heads(rows), view.comparison.baseline if view.comparison else ""
    gains, losses, moved = (
        [one for one in rows if state(one) == kind] for kind in ("better", "worse", "differs")
    )
    if gains:
        first = _moving(_same(gains), others)
    elif losses:
        first = (
            f"No option is clearly better than “{base}” on a main measure: {_moving(_same(losses), others)}"
        )
    elif moved:
        first = _moving(_same(moved), others)
    elif not any(one["shown"] for one in rows):
        first = f"Too few incidents to tell {_count(others)} from “{base}” by any main measure."
    elif all(state(one) in ("same", "few") for one in rows):
        few = list(dict.fromkeys(noun(one) for one in rows if state(one) == "few"))
        first = f"No main measure changes: all is exactly as with “{base}”"
        first += f"; too few incidents for {listed(few)}." if few else "."
    else:
        first = f"No clear difference: none of the main measures tells {_count(others)} from “{base}”."
    more = [_moving(_same(losses), others)] if gains and losses else []
    scale = view.firsts[0]
    more.append(f"For scale, {_under(scale)}with “{base}”: {level_sentence(view, scale)}")
    return first, [*more, how_sure(view)]


def _same(rows: list[Figures]) -> list[Figures]:
    """The rows of the first measure among them, those that go its way."""
    up = rows[0]["difference"] > 0
    return [one for one in rows if measure(one) == measure(rows[0]) and (one["difference"] > 0) == up]


def _moving(rows: list[Figures], others: list[str]) -> str:
    """Which options clearly move a measure, and the surest: that whose interval stays farthest from zero."""
    surest = max(
        rows,
        key=lambda one: min(abs(one["low"]), abs(one["high"])) if one["error"] else abs(one["difference"]),
    )
    head, condition = parts_of(str(surest["option"]))
    names, under = _heads(rows), f" under {condition}" if condition else ""
    if len(names) == 1:
        verb = moves(surest).split(" ", 1)
        return f"“{head}” clearly {verb[0]}s {verb[1]}, by {size(surest)}{under}."
    how = f"surest is “{head}”, by {size(surest)}{under}"
    return f"{len(names)} of {_count(others)} clearly {moves(surest)}; {how}."


def _count(others: list[str]) -> str:
    return "the other option" if len(others) == 1 else f"the {len(others)} other options"


def _heads(rows: list[Figures]) -> list[str]:
    return list(dict.fromkeys(parts_of(str(one["option"]))[0] for one in rows))


def _glance(view: View) -> Table:
    """What each option clearly moves, under which conditions, and what it costs."""
    rows = []
    base = view.comparison.baseline if view.comparison else ""
    for head in view.heads:
        mine = [one for one in view.primary if parts_of(str(one["option"]))[0] == head]
        if head == base or not mine:
            continue
        moved = (_moved(view, mine, "better"), _moved(view, mine, "worse"))
        rows.append(row(head, *moved, _prices(view, head)))
    measures = "; ".join(dict.fromkeys(noun(one) for one in view.primary))
    note = (
        f"Main measures: {measures}. “None”: no interval leaves out zero, or the difference does not matter."
    )
    columns = ("Option", "Clearly better", "Clearly worse", "Cost a year")
    return Table(f"Each option at a glance, against “{base}”", columns, tuple(rows), note, prose=True)


def _moved(view: View, rows: list[Figures], kind: Literal["better", "worse"]) -> Cell:
    """Measures that are clearly better or worse, a line each, with sizes and conditions."""
    lines = []
    for name in dict.fromkeys(measure(one) for one in rows):
        mine = [one for one in rows if measure(one) == name and state(one) == kind]
        if mine:
            lines.append(f"{'▲' if kind == 'better' else '▼'} {name}: {_sizes(mine)}{_where(view, mine)}")
    return Cell("\n".join(lines), "", kind) if lines else Cell("none", "", "quiet")


def _sizes(rows: list[Figures]) -> str:
    """One size with its limits, or the smallest and the largest."""
    if len(rows) == 1:
        return f"by {size(rows[0], 'points')}"
    ordered = sorted(rows, key=lambda one: abs(one["difference"]))
    least, most = extent(ordered[0], "points"), extent(ordered[-1], "points")
    return f"by {most}" if least == most else f"by {least.split()[0]} to {most}"


def _where(view: View, rows: list[Figures]) -> str:
    """Under which conditions; nothing where there is only one."""
    under = list(dict.fromkeys(parts_of(str(one["option"]))[1] for one in rows))
    if len(view.conditions) < 2:
        return ""
    return f", under {'every condition' if len(under) == len(view.conditions) else listed(under)}"


def _prices(view: View, head: str) -> Cell:
    """Difference of the cost a year: one with its limits, or the least and the most over the conditions."""
    changes = [
        change
        for name in view.results.options
        if parts_of(name)[0] == head
        if (change := view.cost_change(name))
    ]
    if not changes:
        return Cell("–", "", "quiet")
    if len(changes) == 1:
        return Cell(more_pounds(changes[0]))
    clear = [one for one in changes if finding.direction(one) or math.isnan(one.low)]
    if not clear:
        return Cell("no clear difference", "", "quiet")
    values = sorted(one.value for one in changes)
    ends = [f"{pounds(abs(one))} {'less' if one < 0 else 'more'}" for one in (values[0], values[-1])]
    words = f"{pounds(values[0])} to {ends[1]}" if values[0] >= 0 else f"from {ends[0]} to {ends[1]}"
    if ends[0] == ends[1]:
        words = ends[0]
    return Cell(
        words, "" if len(clear) == len(changes) else f"clear under {len(clear)} of {len(changes)} conditions"
    )


def _of_levels(view: View) -> tuple[str, list[str]]:
    """One option: its figures under each condition, or how two threat levels of its window differ."""
    first = view.firsts[0]
    option = view.option(first)
    attack = at_the_attack(view, first)
    if len(option.levels) > 1:
        opening = gather.spells(option)[0][0]
        both = (opening, max(level for level in option.levels if level != opening))
        head = between(view, first, *both)
        more = [f"At {level.name}: {level_sentence(view, first, level, both)}" for level in both]
    else:
        head = upper_first(f"{_under(first)}{level_sentence(view, first)}")
        more = []
    more += [upper_first(f"{_under(name)}{level_sentence(view, name)}") for name in view.firsts[1:]]
    if attack is not None:
        # Levels are not held against each other: what parts them is which of them the attack falls in.
        head, more = attack, more if len(option.levels) > 1 else [head, *more]
    return head, [*more, close_enough(view, first)]


def _under(name: str) -> str:
    """The beginning of a sentence about a run: its condition, if any."""
    condition = parts_of(name)[1]
    return f"under {condition}, " if condition else ""
