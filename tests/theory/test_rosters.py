"""Rosters worked by hand, as a police planner would write them; officers for one vehicle round the clock.

Each file of ``rosters`` is a case: what it changes in ``region.yaml``, how it is worked by hand, and what is
expected at some hours. ``left_over``: officers on duty in no crew. ``waiting``: officers whose unit is not
ready yet. ``absent``: officers rostered at that hour and away.
"""

import json
from datetime import datetime
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import yaml

from armsim.config.schema import Scenario
from armsim.domain import DutyKind
from armsim.model.absence import presence
from armsim.model.manning import officers_per_round_the_clock_unit
from armsim.model.roster import duty
from armsim.model.threat import timeline
from armsim.model.world import build_world
from armsim.streams import Streams

HERE = Path(__file__).parent / "rosters"
SCENARIOS = Path(__file__).parents[2] / "scenarios"
REGION = yaml.safe_load((HERE / "region.yaml").read_text())
CASES = sorted(path.stem for path in HERE.glob("*.yaml") if path.stem != "region")
DAY = 1440.0


def world_of(document):
    return build_world(Scenario.model_validate_json(json.dumps(document)), HERE)


def roster(world, days):
    return duty(world, Streams(2018, 0), timeline(world.scenario), -2 * DAY, days * DAY)


@cache
def worked(name):
    case = yaml.safe_load((HERE / f"{name}.yaml").read_text())
    parts = {key: value for key, value in case.items() if key not in ("title", "by_hand", "expect")}
    world = world_of(REGION | parts)
    return case["expect"], world, roster(world, 14)


def read(world, found, minute):
    """What the roster has at a minute, in the words of a case."""
    live = (found.start <= minute) & (minute < found.end)
    kinds = [world.kinds[found.units[unit].kind] for unit in found.unit[live].tolist()]
    table = found.officer_duty
    here = (table["start"] <= minute) & (minute < table["end"])
    on_duty = here & (table["kind"] <= DutyKind.CALLED_IN)
    row = table["duty"].astype(int)
    crewed = on_duty & (row >= 0)
    return {
        "on_duty": {kind: kinds.count(kind) for kind in world.kinds},
        "left_over": int((on_duty & (row < 0)).sum()),
        "waiting": int((crewed & (found.start[row] > minute)).sum()),
        "absent": int((here & ~on_duty).sum()),
        "ced": int(found.ced[live].sum()),
    }


@pytest.mark.parametrize("name", CASES)
def test_worked_by_hand(name):
    expected, world, found = worked(name)
    for hour in expected:
        weekday, _, written = hour["at"].partition(" ")
        moment = datetime.fromisoformat(written)
        assert moment.strftime("%A") == weekday
        opens = datetime.combine(world.scenario.start, datetime.min.time())
        minute = (moment - opens).total_seconds() / 60
        assert read(world, found, minute) == {"waiting": 0} | {k: v for k, v in hour.items() if k != "at"}


def shipped():
    """Every round-the-clock pattern of a shipped scenario, and the other two that the model names."""
    found = dict(REGION["patterns"])
    for path in sorted(SCENARIOS.glob("*.yaml")):
        found |= yaml.safe_load(path.read_text()).get("patterns", {})
    return sorted((name, pattern) for name, pattern in found.items() if round_the_clock(pattern))


def round_the_clock(pattern):
    """Whether each shift is worked on every day: neighbourhood teams have days of one shift only."""
    cycle, lag = pattern["cycle"], pattern["days_between_teams"]
    return all(
        set(pattern["shifts"]) <= {cycle[(day - team * lag) % len(cycle)] for team in range(pattern["teams"])}
        for day in range(len(cycle))
    )


def test_neighbourhood_patterns_are_the_only_ones_left_out():
    everything = {
        name
        for path in SCENARIOS.glob("*.yaml")
        for name in yaml.safe_load(path.read_text()).get("patterns", {})
    }
    assert everything - {name for name, _ in shipped()} == {"neighbourhood_5_2"}


@pytest.mark.parametrize(
    ("name", "pattern"), shipped(), ids=lambda value: value if type(value) is str else ""
)
@pytest.mark.parametrize("crew", [2, 3])
def test_officers_for_one_vehicle_on_every_shift_of_a_year(name, pattern, crew):
    """Officers in post for each crew formed on a shift are crew x teams / presence.

    Up to rounding: whole crews leave over at most crew - 1 of the 40 x 0.68 officers who parade, and levelled
    absence is its share to a thousandth over a year.
    """
    teams = pattern["teams"]
    squad = 40
    team = {
        "kind": "pattern",
        "establishment": squad * teams,
        "pattern": name,
        "planned_absence": {"leave": 0.32},
    }
    unit = {
        "team": "arv",
        "crew": crew,
        "bases": "station",
        "arv": True,
        "armed": True,
        "serves": ["FIREARMS"],
    }
    changes = {"patterns": {name: pattern}, "teams": {"arv": team}, "units": {"arv": unit}}
    world = world_of(REGION | changes | {"window": "365 days"})
    found = roster(world, 365)
    short = found.shortfalls
    inside = short["shift_start"] >= 0
    crews, left = short["crewed"][inside], short["uncrewed_officers"][inside]
    assert len(crews) == 365 * len(pattern["shifts"]) and (left < crew).all()

    exact = crew * teams / presence(world.scenario.teams["arv"])
    assert exact == pytest.approx(crew * teams / 0.68)
    # Were parts of crews counted, it would be exact but for the levelling.
    assert squad * teams / (crews + left / crew).mean() == pytest.approx(exact, rel=1e-3)
    assert exact * (1 - 1e-3) <= squad * teams / crews.mean() <= exact / (1 - (crew - 1) / (squad * 0.68))

    # By hours of duty, overlaps counted: what the hand calculation says, up to the same rounding.
    hours = np.mean([minutes(pattern["shifts"][day]) if day != "-" else 0 for day in pattern["cycle"]]) / 60
    by_hand = officers_per_round_the_clock_unit(world.scenario, "arv")
    assert by_hand == pytest.approx(crew * 24 / hours / 0.68)
    on_duty = np.maximum(np.minimum(found.end, 365 * DAY) - np.maximum(found.start, 0.0), 0.0).sum()
    rounding = crews.mean() / (crews + left / crew).mean()
    assert squad * teams * 365 * DAY / on_duty * rounding == pytest.approx(by_hand, rel=2e-3)


def minutes(span):
    opens, closes = (int(hour[:2]) * 60 + int(hour[3:]) for hour in span.split("-"))
    return (closes - opens) % DAY
