"""Parades of drawn patterns, levels and rules, against a roster walked day by day."""

import json

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from armsim.config.schema.people import PeopleConfig
from armsim.domain import DutyKind, ThreatLevel
from armsim.model.forces import ForceTeam
from armsim.model.parades import ABSENT, parades
from armsim.model.threat import Timeline
from armsim.streams import Streams

DAY, DAYS = 1440.0, 24
ON_TOP = (DutyKind.REST_DAY_CANCELLED, DutyKind.REST_DAY_WORKED, DutyKind.RECALLED)
NAMES = [level.name for level in ThreatLevel]
SHARES = st.sampled_from([0.0, 0.1, 0.25, 0.5, 1.0])


def clock(minutes):
    return f"{minutes // 60 % 24:02d}:{minutes % 60:02d}"


@st.composite
def patterns(draw):
    """A pattern whose shifts start within eleven hours of each other: none can overlap the next day's."""
    first = draw(st.integers(0, 12)) * 60
    letters = draw(st.sampled_from(["D", "DN", "ELN"]))
    starts = {letter: first + draw(st.integers(0, 22)) * 30 for letter in letters}
    shifts = {
        letter: f"{clock(start)}-{clock(start + 60 * draw(st.integers(4, 12)))}"
        for letter, start in starts.items()
    }
    cycle = draw(st.lists(st.sampled_from([*letters, "-"]), min_size=2, max_size=12))
    return {
        "teams": draw(st.integers(1, 5)),
        "shifts": shifts,
        "cycle": [*cycle, letters[0]],
        "days_between_teams": draw(st.integers(1, 4)),
    }


@st.composite
def duties(draw):
    """What a level does to duty."""
    duty = {
        "rest_days_cancelled": draw(SHARES),
        "keep_on": f"{draw(st.sampled_from([0, 60, 300, 1500]))} min",
        "suspend": draw(st.sampled_from([[], ["training"]])),
    }
    if draw(st.booleans()):
        duty["shift_length"] = f"{draw(st.integers(4, 12))} h"
    if draw(st.booleans()):
        duty["pattern"] = "other"
    if draw(st.booleans()):
        after, length = (draw(st.sampled_from([30, 120, 600])) for _ in range(2))
        duty["recall"] = {"share": draw(SHARES), "after": f"{after} min", "length": f"{length} min"}
    return duty


@st.composite
def timelines(draw):
    starts = sorted(draw(st.sets(st.integers(1, DAYS * 1440), max_size=5)))
    levels = draw(
        st.lists(st.sampled_from(list(ThreatLevel)), min_size=len(starts) + 1, max_size=len(starts) + 1)
    )
    return Timeline((0.0, *map(float, starts)), tuple(levels))


CASES = {
    "own": patterns(),
    "other": patterns(),
    "levels": st.dictionaries(st.sampled_from(NAMES), duties(), max_size=3),
    "at": timelines(),
    "count": st.integers(1, 23),
    "away": st.booleans(),
    "worked": SHARES,
    "debt": st.sampled_from([0.0, 1.5, 6.0]),
}


def scenario_of(make_world, own, other, levels, count, away, worked, debt):
    team = {"kind": "pattern", "establishment": count, "pattern": "own"}
    team |= {"rest_days_worked": worked, "rest_days_owed": debt}
    if away:
        spell = {"share": 0.2, "spell": "3 days"}
        team |= {
            "sickness": spell,
            "non_deployable": spell,
            "planned_absence": {"leave": 0.2, "training": 0.1},
        }
    threat = {
        "timeline": [{"level": "SEVERE"}],
        "levels": {name: {"duty": duty} for name, duty in levels.items()},
    }
    scenario = make_world(teams={"arv": team}, patterns={"own": own, "other": other}, threat=threat).scenario
    rules = {"rest_days": {"owed_at_short_notice": 0.5, "given_back_every": "5 days"}}
    return scenario.model_copy(update={"people": PeopleConfig.model_validate_json(json.dumps(rules))})


def keep_on_moments(scenario, at):
    """Moments at which officers are kept on, and how much longer."""
    pairs = zip(at.starts[1:], at.levels, at.levels[1:], strict=False)
    rises = [(moment, level.name) for moment, before, level in pairs if level > before]
    levels = scenario.threat.levels
    return [
        (m, levels[name].duty.keep_on) for m, name in rises if name in levels and levels[name].duty.keep_on
    ]


def walked(scenario, at, officer, begin, end):
    """Starts and keys of an officer's rostered duties, walked day by day through the levels."""
    levels = scenario.threat.levels
    kept = keep_on_moments(scenario, at)
    found, free, before, last = [], -np.inf, None, -np.inf
    for index, (since, level) in enumerate(zip(at.starts, at.levels, strict=True)):
        duty = levels[level.name].duty if level.name in levels else None
        name = (duty.pattern if duty else None) or "own"
        if name != before:
            free, before = last + 660, name
        pattern = scenario.patterns[name]
        opens = -np.inf if index == 0 else since
        closes = at.starts[index + 1] if index + 1 < len(at.starts) else np.inf
        squad = officer % pattern.teams
        for day in range(int(begin // DAY) - 2, int(end // DAY) + 3):
            letter = pattern.cycle[(day - squad * pattern.days_between_teams) % len(pattern.cycle)]
            if letter == "-":
                continue
            start = day * DAY + pattern.shifts[letter].start
            if not opens <= start < closes or start < free:
                continue
            length = (
                duty.shift_length if duty and duty.shift_length is not None else pattern.shifts[letter].length
            )
            until = start + length
            for moment, longer in kept:
                until += longer * (start < moment < until)
            last = max(last, until)
            found.append((start, letter if name == "own" else f"other:{letter}"))
    return sorted(found)


@given(**CASES)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_rostered_duty_has_one_row(make_world, own, other, levels, at, count, away, worked, debt):
    scenario = scenario_of(make_world, own, other, levels, count, away, worked, debt)
    begin, end = -DAY, DAYS * DAY
    found = parades(scenario, ForceTeam("arv", "Shire", 0, count), Streams(1, 0), at, begin, end)
    key = np.array(found.shifts.key)[found.shift]
    mine = ~np.isin(found.kind, ON_TOP)
    for officer in range(count):
        rows = np.flatnonzero(mine & (found.officer == officer))
        got = sorted((found.start[row], str(key[row])) for row in rows)
        wanted = walked(scenario, at, officer, begin, end)
        assert got == wanted
    assert (np.lexsort((found.officer, found.shift)) == np.arange(len(found.shift))).all()
    assert (np.bincount(found.shift, minlength=len(found.shifts)) == found.shifts.rostered).all()
    assert (found.start == found.shifts.start[found.shift]).all()
    assert (found.planned_end[found.present] <= found.shifts.end[found.shift][found.present]).all()


@given(**CASES)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nobody_is_on_two_duties_and_rest_is_kept_but_for_pattern_and_broken_notice(
    make_world, own, other, levels, at, count, away, worked, debt
):
    scenario = scenario_of(make_world, own, other, levels, count, away, worked, debt)
    found = parades(scenario, ForceTeam("arv", "Shire", 0, count), Streams(1, 0), at, -DAY, DAYS * DAY)
    moments = [moment for moment, _ in keep_on_moments(scenario, at)]
    order = np.lexsort((found.start, found.officer))
    before, after = order[:-1], order[1:]
    same = found.officer[before] == found.officer[after]
    before, after = before[same], after[same]
    gap = found.start[after] - found.planned_end[before]
    assert (gap >= 0).all()
    on_top = np.isin(found.kind, ON_TOP)
    other_pattern = np.array([":" in key for key in found.shifts.key])[found.shift]
    one_pattern = ~on_top[before] & ~on_top[after] & (other_pattern[before] == other_pattern[after])
    kept = np.zeros(len(before), dtype=bool)
    for moment in moments:
        kept |= (found.start[before] < moment) & (moment < found.planned_end[before])
    recalled = found.kind[after] == DutyKind.RECALLED
    assert (gap >= 660)[~one_pattern & ~kept & ~recalled].all()
    assert (found.planned_end > found.start).all()
    assert found.planned_end[~found.present].size == ABSENT[found.kind].sum()


@given(**CASES)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_rest_days_owed_are_those_cancelled_and_never_overdrawn(
    make_world, own, other, levels, at, count, away, worked, debt
):
    scenario = scenario_of(make_world, own, other, levels, count, away, worked, debt)
    found = parades(scenario, ForceTeam("arv", "Shire", 0, count), Streams(1, 0), at, -DAY, DAYS * DAY)
    assert not found.owed[found.kind != DutyKind.REST_DAY_CANCELLED].any()
    cancels = {name for name, duty in levels.items() if duty["rest_days_cancelled"] > 0}
    back = found.kind == DutyKind.REST_GIVEN_BACK
    for minute in found.start[back]:
        assert at.level_at(minute).name not in cancels
    order = np.argsort(found.start, kind="stable")
    for officer in range(count):
        rows = order[(found.officer[order] == officer) & (found.start[order] >= 0)]
        balance = found.officers.rest_days_owed[officer] + np.cumsum(1.0 * found.owed[rows] - back[rows])
        assert (balance >= -1e-9).all()
