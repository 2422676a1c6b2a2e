import json

import numpy as np
import pytest

from armsim.config.schema.duty import Pattern, PatternTeam
from armsim.config.schema.threat import LevelConfig
from armsim.domain import ThreatLevel
from armsim.errors import ScenarioError
from armsim.model.patterns import RESTING, PatternSpell, calendar, pattern_spells, strength, team_sizes
from armsim.model.threat import Timeline

DAY = 1440.0
STEADY = Timeline((0.0,), (ThreatLevel.SEVERE,))
SPELL = Timeline((0.0, 600.0), (ThreatLevel.SEVERE, ThreatLevel.CRITICAL))


def letters_on(days, day):
    column = day - days.first_day
    return ["-" if code == RESTING else days.letters[code] for code in days.works[:, column]]


def test_five_teams_two_days_apart_cover_each_shift_with_one_team(five_team):
    days = calendar(Pattern.model_validate_json(_json(five_team)), "arv", {}, STEADY, 0.0, 20 * DAY)
    assert letters_on(days, 0) == ["E", "-", "-", "N", "L"]
    assert letters_on(days, 1) == ["E", "-", "-", "N", "L"]
    assert letters_on(days, 2) == ["L", "E", "-", "-", "N"]
    assert letters_on(days, -1) == ["-", "-", "N", "L", "E"]
    for code in range(3):
        assert ((days.works == code).sum(axis=0) == 1).all()


def test_four_on_twelve_hour_days_and_nights():
    plan = _pattern(4, {"D": "07:00-19:00", "N": "19:00-07:00"}, "DDNN----", 2)
    days = calendar(plan, "arv", {}, STEADY, 0.0, 8 * DAY)
    assert letters_on(days, 0) == ["D", "-", "-", "N"]
    assert letters_on(days, 2) == ["N", "D", "-", "-"]
    night = days.letters.index("N")
    assert days.starts[2, night] == 19 * 60 and days.lengths[2, night] == 720


def test_six_on_four_off_across_midnight():
    plan = _pattern(1, {"N": "22:00-08:00"}, "NNNNNN----", 1)
    days = calendar(plan, "arv", {}, STEADY, 0.0, 10 * DAY)
    assert "".join(letters_on(days, day)[0] for day in range(10)) == "NNNNNN----"
    assert days.starts[2, 0] + days.lengths[2, 0] == DAY + 8 * 60
    assert days.parade[0, 2 : 2 + 11].tolist() == [0, 1, 2, 3, 4, 5, 6, 6, 6, 6, 6]


def test_a_shift_takes_the_length_of_the_level_at_its_start_if_the_team_is_named(five_team):
    plan = Pattern.model_validate_json(_json(five_team))
    levels = {
        "CRITICAL": LevelConfig.model_validate_json('{"duty": {"shift_length": "12 h", "teams": ["arv"]}}')
    }
    days = calendar(plan, "arv", levels, SPELL, 0.0, DAY)
    assert days.lengths[2].tolist() == [600.0, 720.0, 720.0]  # E began at 07:00, the level came at 10:00
    other = calendar(plan, "response", levels, SPELL, 0.0, DAY)
    assert other.lengths[2].tolist() == [600.0, 600.0, 600.0]


def test_a_shift_of_more_than_a_day_is_refused(five_team):
    levels = {"CRITICAL": LevelConfig.model_validate_json('{"duty": {"shift_length": "25 h"}}')}
    with pytest.raises(ScenarioError, match="at most 24 h"):
        calendar(Pattern.model_validate_json(_json(five_team)), "arv", levels, STEADY, 0.0, DAY)


def test_levels_of_one_pattern_make_one_spell(make_world, five_team):
    names = ("LOW", "SUBSTANTIAL", "SEVERE", "CRITICAL")
    low, substantial, severe, critical = (ThreatLevel[name] for name in names)
    levels = {
        "SEVERE": {"duty": {"pattern": "other"}},
        "CRITICAL": {"duty": {"pattern": "other", "teams": ["arv"]}},
        "SUBSTANTIAL": {"duty": {"pattern": "five"}},
    }
    scenario = make_world(
        patterns={"five": five_team, "other": five_team},
        threat={"timeline": [{"level": "LOW"}], "levels": levels},
    ).scenario
    at = Timeline((0.0, 10.0, 20.0, 30.0, 40.0), (low, substantial, severe, critical, low))
    team = scenario.teams["arv"]
    inf = float("inf")
    assert pattern_spells(scenario, team, "arv", at) == [
        PatternSpell("five", "", -inf, 20.0),
        PatternSpell("other", "other:", 20.0, 40.0),
        PatternSpell("five", "", 40.0, inf),
    ]
    assert [spell.end for spell in pattern_spells(scenario, team, "npt", at)] == [20.0, 30.0, inf]


def test_strength_and_even_teams():
    team = PatternTeam(kind="pattern", establishment=50, vacancies=0.05, pattern="five")
    assert strength(team, 50) == 48
    assert team_sizes(48, 5).tolist() == [10, 10, 10, 9, 9]
    assert team_sizes(3, 5).tolist() == np.bincount(np.arange(3) % 5, minlength=5).tolist()


def _json(document):
    return json.dumps(document)


def _pattern(teams, shifts, cycle, between):
    document = {"teams": teams, "shifts": shifts, "cycle": list(cycle), "days_between_teams": between}
    return Pattern.model_validate_json(_json(document))
