"""For how many days a posture can be held: a case worked by hand, played by the ordinary engine."""

import json
import shutil
from pathlib import Path

import pytest

from armsim.config.loader import load_scenario
from armsim.errors import ScenarioError
from armsim.study.plan import Study
from armsim.study.posture import posture
from armsim.study.results import Results
from armsim.study.runner import execute
from armsim.study.sustain import sustained

HAND = Path(__file__).with_name("hand_posture.yaml")
DAYS = 31


def run(found, root, replications=1):
    """Results of a posture, played."""
    return execute(Study({"held": found.loaded}, replications), root).results


@pytest.fixture(scope="module")
def hand(tmp_path_factory):
    found = posture(HAND, days=DAYS)
    return found, run(found, tmp_path_factory.mktemp("hand"))


def test_the_case_worked_by_hand(hand):
    """Half of 0.4 rest days a day; 13 weeks of 42 h and 4 of 0.8 x 7 shifts of 12 h in 17."""
    found, results = hand
    answer = sustained(results, found.asked)
    by_day = answer.table().set_index("day")
    assert by_day.loc[28, "rest_days"] == pytest.approx(5.6, abs=1e-9)
    assert by_day.loc[28, "hours"] == pytest.approx((13 * 42 + 4 * 67.2) / 17, abs=1e-9)
    assert by_day["rest_days"].tolist() == pytest.approx([0.2 * day for day in range(1, DAYS + 1)], abs=1e-9)
    daily = (67.2 - 42) / 7 / 17
    assert by_day["hours"].tolist() == pytest.approx(
        [42 + daily * day for day in range(1, DAYS + 1)], abs=1e-9
    )
    assert (by_day["crewing"] == 1).all()


def test_the_first_limit_to_break_is_named_and_another_when_it_is_switched_off(hand):
    found, results = hand

    def told(*without):
        return sustained(results, found.asked, without).sentence

    assert told() == "CRITICAL can be held for 17 days: then rest days lost to an officer pass 3.4."
    assert told("rest_days") == "CRITICAL can be held for 28 days: then officers' average week passes 48 h."
    assert told("rest_days", "hours") == (
        "CRITICAL can be held for 29 days: then more than 50% of officers average over 48 h a week."
    )
    assert told("rest_days", "hours", "share_over_hours") == (
        "CRITICAL can be held for all of the 31 days looked at: no limit is passed."
    )


def test_limits_that_break_on_one_day_are_both_named(hand):
    found, results = hand
    asked = found.asked.model_copy(update={"rest_days": 5.6})
    assert sustained(results, asked).sentence == (
        "CRITICAL can be held for 28 days: then rest days lost to an officer pass 5.6 and officers' average "
        "week passes 48 h."
    )


def test_a_first_day_beyond_a_limit_is_no_day(hand):
    found, results = hand
    asked = found.asked.model_copy(update={"rest_days": 0.1})
    assert sustained(results, asked).sentence == (
        "CRITICAL cannot be held for a day: rest days lost to an officer pass 0.1 on the first."
    )


@pytest.mark.parametrize(
    "looser", [{"rest_days": 5.0}, {"rest_days": None}, {"rest_days": 5.0, "hours": 50.0}]
)
def test_a_looser_limit_never_shortens_the_answer(hand, looser):
    found, results = hand
    before = sustained(results, found.asked).days.value
    assert sustained(results, found.asked.model_copy(update=looser)).days.value > before


def test_with_every_limit_off_there_is_nothing_to_say(hand):
    found, results = hand
    with pytest.raises(ValueError, match="every limit is switched off"):
        sustained(results, found.asked, ("rest_days", "hours", "share_over_hours", "crewing"))
    with pytest.raises(ValueError, match="'rest' is no limit; there are rest_days, hours"):
        sustained(results, found.asked, ("rest",))


def test_plain_values_are_json_and_say_the_same(hand):
    found, results = hand
    told = json.loads(json.dumps(sustained(results, found.asked).to_dict(), allow_nan=False))
    assert (told["days"], told["low"], told["first_to_break"]) == (17, None, ["rest_days"])
    assert [one["days"] for one in told["limits"]] == [17, 28, 29, None]
    assert [one["day_before"] for one in told["limits"]] == pytest.approx([0, 42, 0, 1])
    assert told["curve"][27]["rest_days"] == pytest.approx(5.6)
    assert told["curve"][27]["rest_days_low"] is None


ILL = ("teams.arv.sickness={share: 0.1, spell: 3 days}", "teams.arv.rest_days_owed=1")


def test_replications_that_differ_give_an_interval_and_a_run_goes_on(tmp_path):
    found = posture(HAND, sets=ILL, days=21)
    study = Study({"held": found.loaded}, 4)
    execute(Study({"held": found.loaded}, 2), tmp_path / "a")
    once, again = (execute(study, tmp_path / name).results for name in ("b", "a"))
    answers = [sustained(one, found.asked, ("rest_days",)).to_dict() for one in (once, again)]
    assert answers[0] == answers[1]
    reopened = Results.open(once.folder)
    assert sustained(reopened, found.asked, ("rest_days",)).to_dict() == answers[0]
    by_day = sustained(once, found.asked).table()
    row = by_day.iloc[-1]
    assert row["hours_low"] < row["hours"] < row["hours_high"]
    # An opening debt of a day, and half of the rest days of 21; sickness gives none back.
    assert row["rest_days"] > 1 + 0.8 * 4.2


def test_what_is_run_is_the_scenario_with_the_level_held(tmp_path):
    file = tmp_path / "attacked.yaml"
    extra = """
attacks: {"a.b": {annual: 4, incident: armed, level: {to: CRITICAL, lasts: {exactly: 2 days}}}}
sources:
  study.given.at: {source: "assumption: nothing"}
  teams.arv.establishment: {source: "assumption: fifty", low: 40, high: 60}
"""
    process = "  process: {levels: {SEVERE: {dwell: {exactly: 9 days}, next: {CRITICAL: 1}}}}\n"
    text = HAND.read_text() + process + extra + 'study: {given: {attack: "a.b", at: 3 h}}\n'
    file.write_text(text)
    found = posture(file, level="CRITICAL", days=12)
    scenario = found.loaded.scenario
    assert [(one.at, one.level) for one in scenario.threat.timeline] == [(0, "SEVERE"), (1440, "CRITICAL")]
    assert scenario.window == 13 * 1440
    assert scenario.threat.process is scenario.study.given is None
    assert scenario.attacks["a.b"].annual == 0
    assert scenario.sources == {}  # one of them spoke of what is no more
    assert scenario.sustain.teams == ("arv",)
    assert scenario.title == "CRITICAL held for 12 days: Worked by hand"
    assert scenario.teams == load_scenario(file).scenario.teams


def test_limits_make_no_other_run_and_teams_do():
    one, other = (posture(HAND, sets=sets).loaded.digest for sets in ((), ("sustain.hours=50",)))
    assert one == other
    assert posture(HAND, days=20).loaded.digest != one


def test_teams_that_are_judged_are_those_of_the_level(tmp_path):
    sets = ("teams.cars={kind: pattern, establishment: 5, pattern: five}",)
    assert posture(HAND, sets=sets).asked.teams == ("arv", "cars")
    sets = (*sets, "threat.levels.CRITICAL.duty.teams=[cars]")
    assert posture(HAND, sets=sets).asked.teams == ("cars",)
    assert posture(HAND, sets=(*sets, "sustain.teams=[arv]")).asked.teams == ("arv",)


NO_TEAM = (
    "teams={}",
    "units.arv.team=null",
    "units.arv.standing={B: 2}",
    "bases.all={sites: {B: {busiest: 1}}}",
)


@pytest.mark.parametrize(
    ("sets", "level", "path", "message"),
    [
        (
            NO_TEAM,
            None,
            "teams",
            "nobody's hours, rest or crews are simulated and any level would look sustain",
        ),
        (("teams.arv.establishment=0",), None, "teams.arv.establishment", "has no officers"),
        ((), "SUBSTANTIAL", "threat.levels", "sets nothing at SUBSTANTIAL"),
        (("threat.levels.CRITICAL={description: calm}",), None, "threat.levels", "sets nothing at CRITICAL"),
        (("threat.timeline.0.level=CRITICAL",), None, "threat.timeline.0.level", "no roster before it"),
    ],
)
def test_what_would_look_sustainable_without_being_so_is_refused(sets, level, path, message):
    with pytest.raises(ScenarioError) as caught:
        posture(HAND, sets=sets, level=level)
    assert [one.path for one in caught.value.problems] == [path]
    assert message in caught.value.problems[0].message


def test_crews_that_nobody_planned_are_not_judged(tmp_path):
    shutil.copy(HAND, tmp_path / "hand.yaml")
    sets = ("units.arv.arv=false", "units.arv.armed=false", "demand.types.armed.grade=G1",
            "demand.types.armed.attendance={officers: 1}")  # fmt: skip
    found = posture(HAND, sets=sets, days=3)
    answer = sustained(run(found, tmp_path / "results"), found.asked)
    assert [one.name for one in answer.judged] == ["rest_days", "hours", "share_over_hours"]
    assert answer.limits[3].days is None
