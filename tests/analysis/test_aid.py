"""Figures by force on a log written by hand: two forces, A with two ARVs and B with one."""

from types import SimpleNamespace

import numpy as np
import pytest

from armsim.analysis.aid import force_totals, open_at
from armsim.domain import Grade, ThreatLevel, UnitStatus

FREE, SCENE, OFF = UnitStatus.ON_PATROL, UnitStatus.ON_SCENE, UnitStatus.OFF_DUTY
WINDOW = 120.0


def table(names, rows):
    columns = np.array(rows, dtype=float).reshape(-1, len(names)).T
    return dict(zip(names, columns, strict=True))


def log_of(status, aid=()):
    kinds = [0, 0, 0]
    return SimpleNamespace(
        units=tuple(
            SimpleNamespace(kind=kind, force=force) for kind, force in zip(kinds, (0, 0, 1), strict=True)
        ),
        tables={
            "unit_status": table(("unit", "status", "start", "end", "incident"), status),
            "aid": table(("lender", "borrower", "unit", "start", "end"), aid),
            "incidents": table(
                ("incident", "zone", "grade"), [(0, 0, Grade.FIREARMS), (1, 1, Grade.FIREARMS)]
            ),
            "threat": table(("level", "start", "end"), [(ThreatLevel.SEVERE, -50, 200)]),
            "survey": table(("minute", "unit", "obtainable"), [(0, 0, 2), (0, 2, 2), (60, 2, 1), (60, 1, 0)]),
        },
    )


WORLD = SimpleNamespace(
    forces=("A", "B"),
    blocs={"A": (0,), "B": (1,)},
    zone_force=np.array([0, 1]),
    kinds=("arv",),
    scenario=SimpleNamespace(
        window=WINDOW,
        units={"arv": SimpleNamespace(arv=True)},
        study=SimpleNamespace(survey_every=60.0),
    ),
)
#: Unit 0 of A is lent to B from 10 to 70, at work to 50 and free there after; unit 1 works at home 20-40.
STATUS = [
    (0, FREE, -20, 10, -1), (0, SCENE, 10, 50, 1), (0, FREE, 50, 130, -1),
    (1, FREE, 0, 20, -1), (1, SCENE, 20, 40, 0), (1, FREE, 40, 60, -1), (1, OFF, 60, 130, -1),
    (2, FREE, 0, 120, -1),
]  # fmt: skip
LENT = [(0, 1, 0, 10, 70)]


@pytest.fixture(scope="module")
def totals():
    return force_totals(log_of(STATUS, LENT), WORLD)


def test_aid_lent_is_aid_borrowed(totals):
    assert totals["aid_lent_minutes:force=A:kind=arv"] == 60
    assert totals["aid_borrowed_minutes:force=B:kind=arv"] == 60
    assert not [name for name in totals if name.startswith("aid_lent_minutes:force=B")]


def test_a_lent_unit_is_not_free_for_the_force_that_pays(totals):
    # Unit 0: 0-10 and 70-120. Unit 1: 0-20 and 40-60.
    assert totals["arv_free_minutes:force=A:level=SEVERE"] == 10 + 50 + 20 + 20
    assert totals["arv_free_zero_minutes:force=A:level=SEVERE"] == 20 + 10  # 20-40 and 60-70
    assert totals["arv_free_minutes:force=B:level=SEVERE"] == 120
    assert totals["arv_free_zero_minutes:force=B:level=SEVERE"] == 0


def test_cover_lost_while_lending(totals):
    assert totals["lending_minutes:force=A"] == 60
    assert totals["lending_zero_minutes:force=A"] == 30
    assert "lending_minutes:force=B" not in totals


def test_work_for_another_area_is_counted_by_who_pays_and_where_it_was(totals):
    assert totals["arv_away_minutes:force=A"] == 40
    assert totals["arv_helped_minutes:force=B"] == 40
    assert "arv_away_minutes:force=B" not in totals


def test_surveys_are_of_a_force_s_own_units(totals):
    assert totals["surveys:force=A:level=SEVERE"] == 2
    assert totals["arv_obtainable_zero_surveys:force=A:level=SEVERE"] == 1
    assert totals["arv_obtainable_zero_surveys:force=B:level=SEVERE"] == 0


def test_aid_outside_the_window_does_not_count():
    found = force_totals(log_of(STATUS, [(0, 1, 0, -30, 10), (0, 1, 0, 110, 150)]), WORLD)
    assert found["aid_lent_minutes:force=A:kind=arv"] == 10 + 10


def test_one_force_alone_has_no_figures_by_force():
    alone = SimpleNamespace(**{**vars(WORLD), "forces": ("A",)})
    assert force_totals(log_of(STATUS), alone) == {}


def test_open_intervals_are_counted_from_each_moment_on():
    starts, ends = np.array([0.0, 5.0]), np.array([5.0, 9.0])
    assert open_at(starts, ends, np.array([-1.0, 0.0, 5.0, 8.0, 9.0])).tolist() == [0, 1, 1, 1, 0]
