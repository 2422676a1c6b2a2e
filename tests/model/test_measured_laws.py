"""Durations by a table of quantiles, wherever a law is drawn from."""

import numpy as np
import pytest

from armsim.analysis.queueing.work import quantiles
from armsim.config.schema.laws import TimeLaw
from armsim.engine.control_room import TurnOut
from armsim.engine.rules import _turn_out
from armsim.model.attributes import Source
from armsim.model.threat import _by_length
from armsim.streams import Streams

LAW = TimeLaw.model_validate({"quantiles": ((0, "1 min"), (0.5, "2 min"), (0.9, "2 min"), (1, "10 min"))})


def test_draws_follow_the_table():
    drawn = Source(Streams(1, 0), "demand", "x").times("on_scene", LAW, 40_000)
    assert drawn.min() >= 1.0
    assert drawn.max() <= 10.0
    assert (drawn < 1.5).mean() == pytest.approx(0.25, abs=0.01)
    assert (drawn == 2.0).mean() == pytest.approx(0.4, abs=0.01)
    assert drawn.mean() == pytest.approx(LAW.expected, abs=0.03)


def test_draws_use_the_normals_that_a_lognormal_law_would_use():
    """One stream, one draw each: a change of form keeps who is slow and who is quick."""
    lognormal = TimeLaw.model_validate({"median": "2 min", "p90": "4 min"})
    one = Source(Streams(3, 0), "demand", "x").times("on_scene", LAW, 500)
    two = Source(Streams(3, 0), "demand", "x").times("on_scene", lognormal, 500)
    order = np.argsort(two, kind="stable")
    assert (np.diff(one[order]) >= 0).all()


def test_turn_out_follows_the_table():
    turn_out = _turn_out(LAW)
    assert turn_out.mean == pytest.approx(LAW.expected)
    assert turn_out.minutes(0.0) == pytest.approx(2.0)
    assert turn_out.minutes(-0.6744897501960817) == pytest.approx(1.5)
    assert turn_out.minutes(-40.0) == 1.0
    assert turn_out.minutes(40.0) == 10.0


def test_turn_out_of_the_other_laws_is_as_it_was():
    assert _turn_out(TimeLaw.model_validate({"exactly": "2 min"})) == TurnOut(2.0, np.log(2.0), 0.0)


def test_points_that_stand_for_the_law():
    points = quantiles(LAW, 10)
    assert points[:5] == pytest.approx([1.1, 1.3, 1.5, 1.7, 1.9])
    assert points[-1] == pytest.approx(6.0)


def test_durations_in_proportion_to_length():
    """What is met at a random moment: mean E[T²]/E[T]."""
    shares = (np.arange(200_000) + 0.5) / 200_000
    met = _by_length(LAW, shares)
    assert met.mean() == pytest.approx(LAW.second_moment / LAW.expected, rel=1e-4)
    assert (np.diff(met) >= -1e-9).all()
