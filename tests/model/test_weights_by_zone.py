"""Weights given zone by zone."""

import numpy as np
import pandas as pd
import pytest

from armsim.config.schema.region import Weight
from armsim.errors import ScenarioError
from armsim.model.weights import raw_weights, weights_in

ZONES = pd.DataFrame({"zone": ["a", "b", "c"], "population": [10, 20, 30], "people_3km": [5, 5, 5]})


def test_given_weights_stand_in_place_of_the_column():
    weight = Weight(by_zone={"c": 3.0, "a": 1.0})
    assert raw_weights(ZONES, np.array([0, 1, 2]), weight, "w").tolist() == [1.0, 0.0, 3.0]
    assert weights_in(ZONES, np.array([2, 0]), weight, "w").tolist() == [0.75, 0.25]


def test_a_zone_that_is_not_there_is_named():
    with pytest.raises(ScenarioError, match="'d' is no zone of the region"):
        raw_weights(ZONES, np.array([0]), Weight(by_zone={"d": 1.0}), "demand.types.x.weight")


def test_weights_can_be_keys_whatever_they_are_given_by():
    """Patrols look shares up by weight."""
    one, same, other = Weight(by_zone={"a": 1.0}), Weight(by_zone={"a": 1.0}), Weight(by_zone={"a": 2.0})
    assert hash(one) == hash(same)
    assert one == same
    assert len({one, same, other, Weight()}) == 3
