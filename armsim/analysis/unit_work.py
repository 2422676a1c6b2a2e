"""How long the units of neighbourhood teams were at what takes their officers from the neighbourhood."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from armsim.analysis.availability import kept_at_home
from armsim.config.schema import Scenario
from armsim.config.schema.duty import PatternTeam
from armsim.domain import Grade, UnitStatus
from armsim.model.world import World

if TYPE_CHECKING:
    from armsim.analysis.measure import Log

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

#: What units do that is abstraction of their officers.
POSTS, RESPONSE, AID = "posts", "response", "aid"
_AT_WORK = (
    UnitStatus.MOBILISING, UnitStatus.EN_ROUTE, UnitStatus.HOLDING, UnitStatus.ON_SCENE, UnitStatus.FOLLOW_ON,
)  # fmt: skip
_RESPONSE_GRADES = (Grade.FIREARMS, Grade.G1, Grade.G2, Grade.PLANNED)
_NO_INCIDENT = -1


def neighbourhood_teams(scenario: Scenario) -> dict[str, PatternTeam]:
    """Neighbourhood teams by name, sorted."""
    return {
        name: team
        for name, team in sorted(scenario.teams.items())
        if isinstance(team, PatternTeam) and team.role == "NPT"
    }


@dataclass(frozen=True)
class Minutes:
    """How long units were at something, between any two moments: intervals on one line, unit after unit.

    Build it with :meth:`of`.

    Attributes:
        edges: starts and ends of the intervals by turns, ascending, on a line where each unit has its span.
        sums: minutes up to each edge, shape of ``edges``.
        first: the earliest minute of any unit.
        span: length of each unit's stretch of the line.
    """

    edges: Floats
    sums: Floats
    first: float
    span: float

    @classmethod
    def of(cls, own: dict[str, NDArray[Any]], first: float, span: float) -> Minutes:
        """From intervals (``unit``, ``start``, ``end``) that do not overlap for one unit."""
        lasting = own["end"] > own["start"]
        unit, start, end = (own[name][lasting] for name in ("unit", "start", "end"))
        order = np.lexsort((start, unit))
        line = unit[order] * span - first
        opens, closes = line + start[order], line + end[order]
        sums = np.repeat(np.concatenate(([0.0], np.cumsum(closes - opens))), 2)[1:-1]
        return cls(np.column_stack([opens, closes]).ravel(), sums, first, span)

    def between(self, unit: Ints, start: Floats, end: Floats) -> Floats:
        """Minutes of each unit from *start* to *end*; none where it ends before it starts."""
        if not len(self.edges):
            return np.zeros(len(unit))
        line = unit * self.span - self.first
        low, high = (np.interp(line + at, self.edges, self.sums) for at in (start, np.maximum(start, end)))
        return np.asarray(high - low, dtype=np.float64)


def unit_minutes(log: Log, world: World) -> dict[str, Minutes]:
    """Minutes of units at posts, response and aid, in this order.

    On a post or on the way to one; sent to incidents of the grades FIREARMS, G1, G2 and PLANNED, until
    released; lent to another force, whatever is done there.
    """
    status, aid = log.tables["unit_status"], log.tables.get("aid", {})
    lent = tuple(aid.get(name, np.zeros(0)) for name in ("unit", "start", "end"))
    away = {"unit": lent[0], "start": lent[1], "end": lent[2]}
    mine = of_neighbourhood(log, world)[status["unit"].astype(np.intp)]
    own = kept_at_home({name: column[mine] for name, column in status.items()}, (lent[0], lent[1], lent[2]))
    on_posts, at_response = _at_posts(own), _at_response(own, log)
    times = np.concatenate([[0.0], own["start"], own["end"], lent[1], lent[2]])
    first, span = float(times.min()), float(np.ptp(times)) + world.scenario.window + 1.0
    parts = {POSTS: _only(own, on_posts), RESPONSE: _only(own, at_response), AID: away}
    return {name: Minutes.of(part, first, span) for name, part in parts.items()}


def of_neighbourhood(log: Log, world: World) -> Bools:
    """Whether each unit is crewed by a neighbourhood team, by number."""
    teams = neighbourhood_teams(world.scenario)
    of_kind = [world.scenario.units[kind].team in teams for kind in world.kinds]
    return np.array([of_kind[unit.kind] for unit in log.units], dtype=bool)


def _at_posts(own: dict[str, NDArray[Any]]) -> Bools:
    """Whether each interval is on a post or on the way to one; posts are numbered below the incidents."""
    sent = np.isin(own["status"], _AT_WORK) & (own["incident"] < _NO_INCIDENT)
    return np.asarray((own["status"] == UnitStatus.ON_POST) | sent, dtype=bool)


def _at_response(own: dict[str, NDArray[Any]], log: Log) -> Bools:
    """Whether each interval is work for an incident that others answer."""
    incidents = log.tables["incidents"]
    answered = incidents["incident"][np.isin(incidents["grade"], _RESPONSE_GRADES)]
    return np.asarray(np.isin(own["status"], _AT_WORK) & np.isin(own["incident"], answered), dtype=bool)


def _only(own: dict[str, NDArray[Any]], keep: Bools) -> dict[str, NDArray[Any]]:
    return {name: column[keep] for name, column in own.items()}
