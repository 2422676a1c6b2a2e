"""Running cases: replications over processes, until every interval is as narrow as it must be."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, field

import numpy as np

from armsim.domain import Record
from armsim.engine.simulation import simulate
from armsim.model.world import World
from armsim.streams import Streams
from armsim.study.verify.arrivals import draw, rate_factor
from armsim.study.verify.assembly import systems
from armsim.study.verify.cases import Case
from armsim.study.verify.controls import controls
from armsim.study.verify.figures import ratio
from armsim.study.verify.foreseen import foreseen
from armsim.study.verify.judge import LARGEST_Z, Judged, Replication, judge
from armsim.study.verify.observe import observe
from armsim.study.verify.quantities import Axis, Cell, cells, delayed_calls
from armsim.study.verify.system import System
from armsim.study.verify.translate import Setup, build, plan
from armsim.study.workers import workers


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is simulated.

    Attributes:
        replications: of each system to begin with.
        calls: calls of a replication.
        most: calls of a system at most; intervals still too wide then fail.
        slack: factor on the half-widths that the rule allows.
    """

    replications: int
    calls: int
    most: int
    slack: float


FULL = Effort(replications=40, calls=2_000, most=6_000_000, slack=1.0)
#: A look: intervals may be three times as wide.
QUICK = Effort(replications=24, calls=750, most=1_000_000, slack=3.0)
#: Beyond this |z| more replications would show nothing else.
_HOPELESS = 2 * LARGEST_Z


@dataclass(frozen=True)
class _Task:
    setup: Setup
    wanted: tuple[Cell, ...]
    seed: int
    index: int


@dataclass
class _Run:
    """A system and its replications so far."""

    case: Case
    system: System
    setup: Setup
    wanted: tuple[Cell, ...]
    seed: int
    effort: Effort
    results: dict[int, Replication] = field(default_factory=dict)
    asked: int = 0
    judged: list[Judged] | None = None

    def more(self) -> Iterator[_Task]:
        """Replications to run next; none, and verdicts, when intervals are narrow or enough has been run."""
        if len(self.results) < self.asked:
            return
        target = self._target()
        for index in range(self.asked, target):
            yield _Task(self.setup, self.wanted, self.seed, index)
        self.asked = max(self.asked, target)

    def _target(self) -> int:
        if not self.results:
            return self.effort.replications
        done = [self.results[index] for index in range(self.asked)]
        judged = judge(self.case.id, self.wanted, done, self.effort.slack)
        worst = max((_excess(one) for one in judged if one.judged), default=0.0)
        each = max(1.0, float(np.mean([one.calls for one in done])))
        most = max(self.effort.replications, int(self.effort.most / each))
        hopeless = any(one.judged and abs(one.z) > _HOPELESS for one in judged)
        if worst <= 1.0 or self.asked >= most or hopeless:
            self.judged = judged
            return self.asked
        # a fifth more than the square law says, as the width is itself estimated; at most fourfold at once
        wanted = math.ceil(self.asked * min(4.0, max(1.1, 1.2 * worst**2)))
        return min(most, wanted)


def _excess(one: Judged) -> float:
    """Half-width over its bound."""
    if one.bound == 0 or math.isinf(one.bound):
        return 0.0
    return one.half_width / one.bound if math.isfinite(one.half_width) else 2.0


def verify(
    cases: Sequence[Case],
    effort: Effort = FULL,
    seed: int = 1,
    jobs: int = 1,
    done: Callable[[Case, list[Judged]], None] | None = None,
) -> list[Judged]:
    """Run cases and compare them.

    Args:
        cases: valid cases.
        effort: how much is simulated.
        seed: seed of all streams; a case's results hang on it and on the id of the case, not on *jobs*.
        jobs: processes.
        done: called with each case and its verdicts as they are known, in the order of *cases*.

    Returns:
        Verdicts, in the order of the cases.
    """
    runs = [run for case in cases for run in _runs(case, effort, seed)]
    judged: list[Judged] = []
    told = 0
    for _ in _steps(runs, jobs):
        while told < len(cases) and all(r.judged is not None for r in runs if r.case is cases[told]):
            mine = [one for r in runs if r.case is cases[told] for one in r.judged or ()]
            judged += mine
            if done is not None:
                done(cases[told], mine)
            told += 1
    return judged


def _runs(case: Case, effort: Effort, seed: int) -> Iterator[_Run]:
    wanted, _ = cells(case)
    for system in systems(case)[0]:
        mine = tuple(one for one in wanted if one.alternative == system.alternative)
        if mine:
            name = f"{seed}:{case.id}:{system.alternative}"
            own = int.from_bytes(hashlib.blake2b(name.encode(), digest_size=6).digest(), "little")
            yield _Run(case, system, plan(system, effort.calls), mine, own, effort)


def _steps(runs: list[_Run], jobs: int) -> Iterator[None]:
    """Run everything; yields whenever a system is judged."""
    if jobs <= 1:
        for run in runs:
            while tasks := list(run.more()):
                run.results.update((task.index, replicate(task)) for task in tasks)
            yield
        yield
        return
    with workers(jobs, __name__) as pool:
        waiting: list[tuple[_Run, _Task]] = [(run, task) for run in runs for task in run.more()]
        running: dict[Future[Replication], tuple[_Run, _Task]] = {}
        waiting.reverse()
        while waiting or running:
            while waiting and len(running) < 2 * jobs:
                run, task = waiting.pop()
                running[pool.submit(replicate, task)] = (run, task)
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                run, task = running.pop(future)
                run.results[task.index] = future.result()
                if len(run.results) == run.asked:
                    # the system under way goes on first, so that cases end in order
                    waiting += [(run, one) for one in reversed(list(run.more()))]
                    yield
        yield


def replicate(task: _Task) -> Replication:
    """Run one replication of a system."""
    setup = task.setup
    world = _world(setup)
    table = draw(setup, world, Streams(task.seed, task.index))
    record = Record.FULL if setup.system.policy.travel == "round_trip" else Record.DEPLOYMENTS
    log = simulate(world, task.seed, task.index, record, incidents=table)
    seen = observe(setup, log)
    pairs = np.array([ratio(cell, seen, setup) for cell in task.wanted])
    own, seen_by_calls = foreseen(task.wanted, setup, log, table)
    drawn = controls(setup, table, _delays(task.wanted)) | seen_by_calls
    return Replication(pairs[:, 0], pairs[:, 1], drawn, len(seen.kind), own)


def _delays(wanted: Sequence[Cell]) -> list[int]:
    """Calls of a run from empty whose delay is asked for, and the last call of each mean over the first."""
    found = {int(one.at[Axis.LIMIT]) for one in wanted if one.quantity == "delay_of_call"}
    return sorted(found | {delayed_calls(one.quantity) or 1 for one in wanted})


_WORLDS: dict[str, World] = {}


def _world(setup: Setup) -> World:
    """The world of a setup, kept between the replications of a process."""
    key = f"{setup.system.case}:{setup.system.alternative}:{setup.window}"
    if key not in _WORLDS:
        if len(_WORLDS) >= 4:
            _WORLDS.clear()
        _WORLDS[key] = build(setup, rate_factor(setup))
    return _WORLDS[key]
