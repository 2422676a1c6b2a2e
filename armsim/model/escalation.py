"""Incidents that turn into others: the children are drawn with their parents, before dispatch.

A child is drawn for every incident of a type that escalates and kept for those marked, so that another
probability moves no other draw.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from armsim.config.schema.demand import Escalation
from armsim.model.attributes import Source

Columns = dict[str, NDArray[Any]]


@dataclass(frozen=True, eq=False, slots=True)
class Rows:
    """Incidents being drawn, as columns, and what some of them turn into.

    Attributes:
        columns: one row each.
        children: rows of what they turn into, if some do.
        parent: for each row of *children*, the row here that turns into it, shape (children,).
    """

    columns: Columns
    children: Rows | None = None
    parent: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, dtype=np.int64))

    def __len__(self) -> int:
        return len(self.columns["received_at"])

    def taken(self, rows: NDArray[np.int64]) -> Rows:
        """Some rows in the order given, each at most once; children of the others are left out."""
        columns = {name: column[rows] for name, column in self.columns.items()}
        if self.children is None:
            return Rows(columns)
        where = np.full(len(self), -1)
        where[rows] = np.arange(rows.size)
        parent = where[self.parent]
        kept = np.flatnonzero(parent >= 0)
        return Rows(columns, self.children.taken(kept), parent[kept])


def escalating(
    columns: Columns, source: Source, law: Escalation, draw: Callable[[Source, NDArray[np.float64]], Rows]
) -> Rows:
    """Incidents and what they turn into.

    Args:
        columns: incidents of one source, in order of its draws; gets ``escalates_at``, minutes, NaN for those
            that never do.
        source: their streams.
        law: how their type escalates.
        draw: rows of the type that they turn into, by streams and minutes of ``received_at``.
    """
    received = columns["received_at"]
    marked = source.uniforms("escalates", received.size) < law.probability
    at = received + source.times("escalates_after", law.after, received.size)
    columns["escalates_at"] = np.where(marked, at, np.nan)
    parent = np.flatnonzero(marked)
    return Rows(columns, draw(source.under("escalated"), at).taken(parent), parent)


def joined(parts: Sequence[Rows]) -> Rows:
    """All rows of *parts*, at least one, in their order."""
    names = parts[0].columns
    columns = {name: np.concatenate([part.columns[name] for part in parts]) for name in names}
    firsts = np.cumsum([0, *(len(part) for part in parts)])[:-1]
    with_children = [
        (part.children, part.parent + first)
        for part, first in zip(parts, firsts, strict=True)
        if part.children is not None
    ]
    if not with_children:
        return Rows(columns)
    children, parents = zip(*with_children, strict=True)
    return Rows(columns, joined(children), np.concatenate(parents))


def families(rows: Rows) -> tuple[Columns, Columns | None]:
    """Columns of *rows* and of all their children, of every generation, numbered through.

    Both get ``number``, ``parent`` (number of the parent, -1 none) and ``child`` (row among the children of
    what it turns into, -1 none). The children's numbers follow those of *rows*.
    """
    generations = [rows]
    while (younger := generations[-1].children) is not None:
        generations.append(younger)
    firsts = np.cumsum([0, *(len(one) for one in generations)])
    parent = np.full(len(rows), -1)
    for number, one in enumerate(generations):
        child = np.full(len(one), -1)
        child[one.parent] = np.arange(one.parent.size) + firsts[number + 1] - len(rows)
        one.columns.update(number=np.arange(len(one)) + firsts[number], parent=parent, child=child)
        parent = one.parent + firsts[number]
    children = [one.columns for one in generations[1:]]
    if not children:
        return rows.columns, None
    return rows.columns, {name: np.concatenate([one[name] for one in children]) for name in children[0]}
