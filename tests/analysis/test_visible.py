"""Units in sight on a status log written by hand."""

from types import SimpleNamespace

import numpy as np

from armsim.analysis.visible import visible_totals
from armsim.config.schema.duty import PatternTeam
from armsim.domain import UnitStatus

KINDS = {
    "arv": SimpleNamespace(team="arv", armed=True),
    "car": SimpleNamespace(team="response", armed=False),
    "guard": SimpleNamespace(team="npt", armed=True),
    "walk": SimpleNamespace(team="npt", armed=False),
}
#: Units 0 to 4: an ARV in town, one in the country, a response car and a neighbourhood patrol in town, and
#: an armed unit of the neighbourhood team in the country.
UNITS = [("arv", 0), ("arv", 1), ("car", 0), ("walk", 0), ("guard", 1)]
COLUMNS = ("unit", "status", "start", "end")
ROWS = [
    (0, UnitStatus.ON_PATROL, -30, 40), (0, UnitStatus.ON_SCENE, 40, 60), (0, UnitStatus.ON_POST, 60, 200),
    (1, UnitStatus.ON_PATROL, 10, 25), (1, UnitStatus.AVAILABLE_AT_BASE, 25, 90),
    (2, UnitStatus.ON_PATROL, 0, 100), (3, UnitStatus.ON_POST, 20, 50),
    (4, UnitStatus.ON_POST, 0, 5),
]  # fmt: skip


def pattern(role):
    return PatternTeam(kind="pattern", role=role, establishment=1, pattern="day")


def test_armed_and_neighbourhood_units_by_class_of_their_base():
    log = SimpleNamespace(
        units=[
            SimpleNamespace(kind=sorted(KINDS).index(kind), base=SimpleNamespace(zone=zone))
            for kind, zone in UNITS
        ],
        tables={
            "unit_status": dict(zip(("unit", "status", "start", "end"), np.array(ROWS, float).T, strict=True))
        },
    )
    world = SimpleNamespace(
        zones={"rural": np.array([False, True])},
        kinds=tuple(sorted(KINDS)),
        scenario=SimpleNamespace(
            window=120.0,
            units=KINDS,
            teams={
                name: pattern(role)
                for name, role in (("arv", "ARV"), ("npt", "NPT"), ("response", "RESPONSE"))
            },
        ),
    )
    assert visible_totals(log, world) == {
        "visible_armed_minutes:area=urban": 40 + 60,
        "visible_armed_minutes:area=rural": 15 + 5,
        "visible_unarmed_minutes:area=urban": 30,
    }
