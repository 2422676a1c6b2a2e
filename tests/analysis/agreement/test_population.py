"""Responses of a log as they are compared."""

from datetime import date

import numpy as np
import pandas as pd

from armsim.analysis.agreement.population import incident_table, incidents_of, responses_of
from armsim.model.logs.record import INTERVALS, Log


def test_the_first_to_arrive_is_the_first_though_its_time_of_dispatch_is_missing():
    """It was there (it left the scene), so that the second unit is not the first arrival."""
    received = pd.to_datetime(["2018-03-05 10:00"])
    incidents = pd.DataFrame({
        "incident": ["7"], "row": [2], "type": ["call"], "received": received, "minute": [600.0],
        "x_km": [0.0], "y_km": [0.0], "area": [""], "units_sent": [2.0],
    })  # fmt: skip
    units = pd.DataFrame({
        "incident": ["7", "7", "7"], "row": [2, 3, 4], "ordinal": [1, 2, 3], "unit": ["A", "B", "C"],
        "kind": "", "base": "", **dict.fromkeys(INTERVALS, np.nan), "to_dispatch": [np.nan, 2.0, 2.0],
    })  # fmt: skip
    units["attendance"], units["scene"] = [np.nan, 9.0, np.nan], [20.0, 15.0, np.nan]
    nothing = pd.DataFrame({name: [] for name in ("row", "column", "value", "reason")})
    bases = pd.DataFrame({name: [] for name in ("base", "x_km", "y_km")})
    log = Log("small", "UTC", incidents, units, bases, nothing, (), frozenset(INTERVALS))
    found = responses_of(log, incidents_of(incident_table(log, date(2018, 3, 5)), log, 1, bases))
    assert found.table["ordinal"].tolist() == [1, 2, 0]
    assert np.isnan(found.at(1, np.array([0]), "attendance")[0]).all()
    assert found.at(2, np.array([0]), "attendance")[0].tolist() == [9.0]
