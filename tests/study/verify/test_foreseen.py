"""Controls worked out of the states that calls find have the expectation 0, whatever the engine does."""

import numpy as np
import pytest
from scipy.stats import poisson

from armsim.domain import Record
from armsim.engine.simulation import simulate
from armsim.model.policies import nearest
from armsim.streams import Streams
from armsim.study.verify.arrivals import draw, rate_factor
from armsim.study.verify.assembly import systems
from armsim.study.verify.drift import potentials
from armsim.study.verify.foreseen import foreseen
from armsim.study.verify.quantities import cells
from armsim.study.verify.reading import read_cases
from armsim.study.verify.translate import build, plan

PACKAGED = {case.id.split("-")[0]: case for case in read_cases([])}
REPLICATIONS = 40


def drawn(name: str, calls: int = 400) -> np.ndarray:
    """Controls of each cell and of all calls, a row a replication."""
    setup = plan(systems(PACKAGED[name])[0][0], calls)
    wanted, world = cells(PACKAGED[name])[0], build(setup, rate_factor(setup))
    found = []
    for number in range(REPLICATIONS):
        table = draw(setup, world, Streams(11, number))
        log = simulate(world, 11, number, Record.DEPLOYMENTS, incidents=table)
        own, named = foreseen(wanted, setup, log, table)
        found.append([*own.ravel(), *named.values()])
    return np.array(found)


def none_is_off(values: np.ndarray) -> None:
    error = values.std(axis=0, ddof=1) / np.sqrt(len(values))
    assert (error > 0).sum() > 5
    assert (np.abs(values.mean(axis=0)) <= 4.5 * error + 1e-9).all()


@pytest.mark.parametrize("name", ["S01", "S05", "S07", "S13", "S15", "S18", "S20"])
def test_expectation_0(name):
    none_is_off(drawn(name))


def test_expectation_0_though_the_engine_sends_the_farthest(monkeypatch):
    monkeypatch.setattr(nearest.Nearest, "costs", lambda _, __, found: [-one for one in found.minutes])
    none_is_off(drawn("S08"))


def test_runs_from_empty_have_none():
    assert not drawn("S22", 200).any()


def test_the_potential_of_a_loss_system_solves_its_equation():
    (system,) = systems(PACKAGED["S02"])[0]
    setup, units = plan(system, 500), len(system.units)
    rate, ends = system.rate, 1.0 / system.service.mean
    (full, nobody) = potentials(setup, rate)
    number = np.arange(units + 1)
    load = rate / ends
    blocked = poisson.pmf(units, load) / poisson.cdf(units, load)
    rise = np.append(np.diff(full), 0.0)
    fall = -np.append(0.0, np.diff(full))
    assert rate * rise + number * ends * fall == pytest.approx(blocked - (number == units), abs=1e-9)
    assert not nobody.any()
