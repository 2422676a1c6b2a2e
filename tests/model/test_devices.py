"""CEDs as a limited stock."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from armsim.errors import ScenarioError
from armsim.model.devices import drawn, stock

UNIT, START, END = (
    np.array([3, 1, 2, 1]),
    np.array([0.0, 0.0, 60.0, 100.0]),
    np.array([100.0, 90.0, 160.0, 200.0]),
)
CARRIERS = np.array([2, 1, 2, 2])


@pytest.mark.parametrize(
    ("devices", "given_out"),
    [
        (None, [2, 1, 2, 2]),
        (5, [2, 1, 2, 2]),
        # Unit 1 draws before unit 3 at the same minute; at 60 one is left; at 100 three are back.
        (4, [2, 1, 1, 2]),
        (2, [1, 1, 0, 2]),
        (1, [0, 1, 0, 1]),
        (0, [0, 0, 0, 0]),
    ],
)
def test_drawn_in_order_of_start_and_unit_and_returned_at_the_end(devices, given_out):
    assert drawn(devices, UNIT, START, END, CARRIERS).tolist() == given_out


@given(
    rows=st.lists(
        st.tuples(st.integers(0, 40), st.integers(1, 20), st.integers(0, 3)), min_size=1, max_size=12
    ),
    devices=st.integers(0, 6),
)
def test_never_more_out_than_there_are_and_none_idle_that_is_wanted(rows, devices):
    start, length, carriers = (np.array(column) for column in zip(*rows, strict=True))
    end = start + length
    got = drawn(devices, np.arange(len(rows)), start.astype(float), end.astype(float), carriers)
    assert (got <= carriers).all()
    for minute in range(61):
        assert got[(start <= minute) & (minute < end)].sum() <= devices
    for row in np.flatnonzero(got < carriers).tolist():
        out = (start <= start[row]) & (start[row] < end)
        assert got[out].sum() == devices


def test_a_stock_by_force(make_world, arv_kind):
    team = {"kind": "pattern", "establishment": 20, "pattern": "five", "ced_devices": {"shire": 3}}
    world = make_world(teams={"arv": team}, units={"arv": arv_kind})
    (mine,) = world.force_teams
    assert stock(world, mine) == 3
    wrong = make_world(teams={"arv": team | {"ced_devices": {"shir": 3}}}, units={"arv": arv_kind})
    with pytest.raises(ScenarioError, match=r"unknown force .shir.; did you mean shire") as caught:
        stock(wrong, mine)
    assert caught.value.problems[0].path == "teams.arv.ced_devices"
