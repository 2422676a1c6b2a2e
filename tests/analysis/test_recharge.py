"""Officer-hours that forces charge each other, on tables written by hand."""

from types import SimpleNamespace

import numpy as np

from armsim.analysis.recharge import recharge_totals

WORLD = SimpleNamespace(forces=("A", "B", "C"), scenario=SimpleNamespace(window=600.0))


def log_of(aid, duty):
    names = (("lender", "borrower", "unit", "start", "end"), ("unit", "start", "officers"))
    tables = [
        dict(zip(columns, np.array(rows, dtype=float).reshape(-1, len(columns)).T, strict=True))
        for columns, rows in zip(names, (aid, duty), strict=True)
    ]
    return SimpleNamespace(tables={"aid": tables[0], "duty": tables[1]})


def test_hours_of_the_crew_that_was_lent():
    # Unit 1 has crews of 2 from -60 and of 3 from 300; unit 0 of 5 is there to be mixed up with.
    duty = [(0, 0, 5), (1, -60, 2), (1, 300, 3), (2, 0, 1)]
    aid = [(0, 1, 1, -30, 120), (0, 1, 1, 300, 360), (2, 0, 2, 540, 700)]
    assert recharge_totals(log_of(aid, duty), WORLD) == {
        "recharge_lent_hours:force=A": 2 * 2 + 3 * 1,
        "recharge_lent_hours:force=C": 1.0,
        "recharge_borrowed_hours:force=A": 1.0,
        "recharge_borrowed_hours:force=B": 7.0,
    }


def test_nothing_lent_nothing_charged():
    assert recharge_totals(log_of([], [(0, 0, 2)]), WORLD) == {}
