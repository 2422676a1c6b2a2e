"""What calls meet, less what they would have met at any other minute: control variates of one quantity each.

Poisson calls see time averages (Wolff 1982). Whatever is worked out of the state that a call finds, summed
over the calls, less its time integral times their rate, has the expectation 0, whoever is sent in truth: the
rule below only says what is likely to go with the quantity, and a fault of the engine cannot hide behind it.
Where the engine does what the rule says, the result is as sharp as if calls of every class had come from
every zone at every minute. Work as drawn, less its mean, has the expectation 0 in the same way, whatever the
engine makes of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from armsim.engine.log import EventLog
from armsim.model.incident_table import IncidentTable
from armsim.study.verify.drift import potentials
from armsim.study.verify.observe import spans
from armsim.study.verify.quantities import Axis, Cell
from armsim.study.verify.rates import DAY
from armsim.study.verify.states import States, Works, clock_of, minutes_in, share, states_of, works
from armsim.study.verify.translate import CallType, Setup

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: Columns of a cell; those not needed are 0.
COLUMNS = 8
_START, _ALL, _SOME, _AHEAD, _TRAVEL, _ONE, _FULL, _QUEUE = range(8)
_FIRST_UNIT = 8
_HELD = {
    **dict.fromkeys(("p_wait", "p_wait_first", "p_not_started_at_once"), (_START, _AHEAD)),
    **dict.fromkeys(("p_loss", "p_abandon", "p_wait_le", "p_wait_first_le"), (_START, _AHEAD)),
    **dict.fromkeys(("mean_wait", "mean_wait_first", "mean_sojourn"), (_AHEAD, _START)),
    "mean_wait_all_calls": (_AHEAD, _START),
    **dict.fromkeys(("p_wait_last", "mean_wait_last", "p_wait_last_le"), (_ALL, _AHEAD)),
    **dict.fromkeys(("mean_response", "mean_first_response"), (_AHEAD, _TRAVEL, _START)),
    **dict.fromkeys(("mean_travel", "mean_first_unit_travel", "mean_last_unit_travel"), (_TRAVEL, _START)),
    "mean_last_response": (_ALL, _AHEAD, _TRAVEL),
    "p_short": (_SOME, _START),
}  # fmt: skip
_WITHIN = ("p_response_le", "p_first_response_le", "p_last_response_le")


def foreseen(
    wanted: Sequence[Cell], setup: Setup, log: EventLog, table: IncidentTable
) -> tuple[Floats, dict[str, float]]:
    """Controls of each cell, shape (cells, COLUMNS), and by name one of all calls.

    The first are 0, and of the second there are none, where calls are not Poisson.
    """
    system = setup.system
    found = np.zeros((len(wanted), COLUMNS))
    if system.calls or system.arrivals.process != "Poisson":
        return found, {}
    limits = sorted({cell.at[Axis.LIMIT] for cell in wanted if cell.quantity in _WITHIN})
    seen = _Seen(setup, log, table, limits)
    for row, cell in enumerate(wanted):
        columns = [*seen.columns(cell), *seen.drift(cell)]
        found[row, : len(columns)] = columns
    free = float(seen.calls[:, :, 0, _START].sum()) / (system.rate * setup.window)
    return found, {"calls that find a unit free": free}


class _Seen:
    """Sums over calls less integrals over time, by what is foreseen.

    Args:
        setup: the system.
        log: of one replication.
        table: its calls as they were drawn.
        limits: of responses.
    """

    def __init__(self, setup: Setup, log: EventLog, table: IncidentTable, limits: list[float]) -> None:
        self._setup = setup
        self._limits = limits
        self._blocks = [(0.0, DAY), *setup.system.blocks]
        busy = spans(setup, log)
        drawn = works(setup, log, table)
        self.excess = _excess(setup, log, drawn)
        self.busy = np.bincount(busy.unit, np.clip(busy.stop, 0, None) - np.clip(busy.start, 0, None))
        system = setup.system
        width = _FIRST_UNIT + len(system.units) + len(limits)
        #: Shape (types, zones, blocks, what is foreseen).
        self.calls = np.zeros((len(setup.types), len(system.zones), len(self._blocks), width))
        states = states_of(setup, log, busy)
        rates = [setup.system.rate * share(setup, *block) for block in self._blocks]
        self._potentials = [potentials(setup, rate) for rate in rates]
        self._sum(log, states)
        self.ends = np.array([self._ends(busy.start, drawn, states, b) for b in range(len(self._blocks))])

    def _sum(self, log: EventLog, states: States) -> None:
        setup, end = self._setup, self._setup.window * self._setup.scale
        table = log.tables["incidents"]
        inside = (table["received_at"] >= 0) & (table["received_at"] < end)
        received = table["received_at"][inside]
        state, clock = states.found(received), np.mod(received / setup.scale, DAY)
        kind, zone = (table[name][inside].astype(int) for name in ("type", "zone"))
        size = len(states.job)
        for b, (opens, closes) in enumerate(self._blocks):
            in_block = (clock >= opens) & (clock < closes)
            lasts: dict[int, Floats] = {}
            for t, one in enumerate(setup.types):
                for z, rate in setup.rates(one).items():
                    key = z if setup.system.day_rates else -1
                    if key not in lasts:
                        lasts[key] = states.weights(clock_of(setup, z, opens, closes), end)
                    mine = in_block & (kind == t) & (zone == z)
                    less = np.bincount(state[mine], minlength=size) - rate / setup.scale * lasts[key]
                    told = _foreseen(setup, one, z, states, self._limits)
                    rises = _rises(self._potentials[b], one.required, states, told[:, _START])
                    told[:, [_FULL, _QUEUE]] = rises
                    self.calls[t, z, b] = less @ told

    def _ends(self, start: Floats, drawn: Works, states: States, block: int) -> Floats:
        """Falls of the potentials where drawn work ends, less their expectations; 0 unless exponential."""
        setup, end = self._setup, self._setup.window * self._setup.scale
        policy = setup.system.policy
        alone = policy.multi_unit == "single" or setup.released_singly
        plain = setup.system.service.distribution == "exponential" and not setup.system.busy_travel
        if not (plain and alone) or policy.preemptive:
            return np.zeros(2)
        number, potential = states.number(), self._potentials[block]
        falls = _at(potential, number - 1) - _at(potential, number)
        opens, closes = self._blocks[block]
        edges = np.clip(np.concatenate([[0.0], states.at, [end]]), 0.0, end)
        lasts = np.diff(minutes_in(edges, setup.scale, opens, closes))
        passed = np.cumsum(falls[:, states.of_time] * lasts, axis=1)
        passed = np.concatenate([np.zeros((2, 1)), passed], axis=1)
        known = ~np.isnan(drawn.drawn)
        begin, stop, mean = start[known], (start + drawn.drawn)[known], drawn.mean[known]
        due = [np.interp(stop, edges, one) - np.interp(begin, edges, one) for one in passed]
        clock = np.mod(stop / setup.scale, DAY)
        ended = (stop >= 0) & (stop < end) & (clock >= opens) & (clock < closes)
        came = falls[:, states.found(stop)] * ended
        return np.asarray((came - np.array(due) / mean).sum(axis=1))

    def drift(self, cell: Cell) -> list[float]:
        """Controls of the whole system, in the block that a cell is about."""
        block = int(cell.at.get(Axis.BLOCK, -1)) + 1
        rises = self.calls[:, :, block, _FULL : _QUEUE + 1].sum(axis=(0, 1))
        return [float(rises[0]), float(self.ends[block, 0]), float(rises[1]), float(self.ends[block, 1])]

    def columns(self, cell: Cell) -> list[float]:
        """Controls of a cell, the most telling first."""
        name = cell.quantity
        if name in _OF_UNITS:
            return _OF_UNITS[name](self, cell)
        if name in _WITHIN:
            place = _FIRST_UNIT + len(self._setup.system.units) + self._limits.index(cell.at[Axis.LIMIT])
            return [
                self._of(cell, place),
                self._of(cell, _AHEAD),
                self._of(cell, _START),
                self._of(cell, _ONE),
            ]
        return [self._of(cell, what) for what in (*_HELD[name], _ONE)] if name in _HELD else []

    def _of(self, cell: Cell, what: int) -> float:
        """Of the class, number of units and block that a cell is about."""
        types = [
            t
            for t, one in enumerate(self._setup.types)
            if cell.at.get(Axis.CLASS, one.kind) == one.kind
            and cell.at.get(Axis.REQUIRED, one.required) == one.required
        ]
        return float(self.calls[types, :, int(cell.at.get(Axis.BLOCK, -1)) + 1, what].sum())

    def sent(self, unit: int, zone: int | slice = slice(None)) -> float:
        """Trips of a unit to a zone."""
        return float(self.calls[:, zone, 0, _FIRST_UNIT + unit].sum())

    def _unit(self, cell: Cell) -> list[float]:
        unit = int(cell.at[Axis.UNIT])
        return [self.sent(unit), float(self.excess[unit]), *self._all(cell)]

    def _all(self, _: Cell) -> list[float]:
        return [float(self.calls[:, :, 0, _START].sum()), float(self.excess.sum())]

    def _trip(self, cell: Cell) -> list[float]:
        unit, zone = int(cell.at[Axis.UNIT]), int(cell.at[Axis.ZONE])
        return [self.sent(unit, zone), float(self.calls[:, zone, 0, _ONE].sum()), self.sent(unit)]

    def _own_areas(self, _: Cell) -> list[float]:
        order = self._setup.system.classes[0].order
        return [sum(self.sent(units[0], zone) for zone, units in enumerate(order))]

    def _most_less_least(self, _: Cell) -> list[float]:
        most, least = int(np.argmax(self.busy)), int(np.argmin(self.busy))
        return [self.sent(most) - self.sent(least), float(self.excess[most] - self.excess[least])]


_OF_UNITS: dict[str, Callable[[_Seen, Cell], list[float]]] = {
    "unit_utilisation": _Seen._unit,
    "mean_unit_utilisation": _Seen._all,
    "mean_busy_units": _Seen._all,
    "time_average_all_busy": _Seen._all,
    "workload_imbalance": _Seen._most_less_least,
    "dispatch_fraction": _Seen._trip,
    "interresponse_area_fraction": _Seen._own_areas,
}


def _rises(potential: Floats, need: int, states: States, start: Floats) -> Floats:
    """By state: what a call that needs so many units adds to each potential."""
    number, units = states.number(), states.job.shape[1]
    after = np.where(start > 0, np.minimum(number + need, units + states.queue.sum(axis=1)), number + 1)
    return np.asarray((_at(potential, after) - _at(potential, number)).T)


def _at(potential: Floats, number: Ints) -> Floats:
    return np.asarray(potential[:, np.clip(number, 0, potential.shape[1] - 1)])


def _foreseen(setup: Setup, one: CallType, zone: int, states: States, limits: list[float]) -> Floats:
    """By state: what a call of a type and zone would meet, shape (states, what is foreseen)."""
    system, need = setup.system, one.required
    policy, kind = system.policy, system.classes[one.kind]
    order = np.array(kind.order[zone], dtype=np.intp)
    ranks = np.array([other.priority for other in system.classes])
    before = ranks <= kind.priority if policy.queue == "priority" else np.ones(len(ranks), dtype=bool)
    ahead = states.queue[:, before].sum(axis=1)
    job = states.job[:, order]
    able = job == 0
    if policy.preemptive:
        lower = np.concatenate([[False], ranks > kind.priority])
        able = able | (lower[np.minimum(job, len(ranks))] & ~able.any(axis=1)[:, None])
    count = able.sum(axis=1)
    together = policy.multi_unit == "together"
    start = count >= (need if together else 1)
    if together:
        start &= ahead == 0
    if kind.reserve:
        start &= (states.job == 0).sum(axis=1) > kind.reserve
    found = np.zeros((len(count), _FIRST_UNIT + len(system.units) + len(limits)))
    travel = np.array(system.travel)[order[np.argmax(able, axis=1)], zone]
    found[:, _START] = start
    found[:, _ALL] = start & (count >= need)
    found[:, _SOME] = start & (count < need)
    found[:, _AHEAD] = np.where(start, 0, ahead + 1)
    found[:, _TRAVEL] = np.where(start, travel, 0.0)
    found[:, _ONE] = 1.0
    found[:, _FIRST_UNIT + order] = able & (np.cumsum(able, axis=1) <= need) & start[:, None]
    for place, limit in enumerate(limits, start=_FIRST_UNIT + len(system.units)):
        found[:, place] = start & (travel <= limit + 1e-7)
    return found


def _excess(setup: Setup, log: EventLog, drawn: Works) -> Floats:
    """By unit: drawn work of jobs begun in the window, less its expectation; 0 where it may be cut short."""
    units = len(setup.system.units)
    if setup.system.policy.preemptive:
        return np.zeros(units)
    table = log.tables["deployments"]
    begun = (table["assigned_at"] >= 0) & (table["assigned_at"] < setup.window * setup.scale)
    off = np.nan_to_num(drawn.drawn - drawn.mean)[begun]
    found = np.bincount(table["unit"][begun].astype(int), weights=off, minlength=units)
    return np.asarray(found, dtype=np.float64)
