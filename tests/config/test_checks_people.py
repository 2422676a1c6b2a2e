"""Checks of people; files with one fault each are in ``tests/cli/broken/people_*.yaml``."""

# Tables of inputs and messages read better unbroken.
# ruff: noqa: E501

from pathlib import Path

import pytest

from armsim.config.loader import load_scenario
from armsim.errors import ScenarioError

TOWN = """\
armsim: 1
title: Town
start: "2018-03-05"
window: 28 days
region: {generated: {name: Town, people: 100000, area: 400, rural_share: 0.3, zones: 10, cities: 1, towns: 2}}
bases: {all: {p_median: 1}}
travel: {kind: crow_fly, acceleration: 0.245 km/min2, cruising_speed: 63 km/h}
demand: {types: {call: {grade: G1, annual: 7300, attendance: {officers: 1}, on_scene: {exactly: 30 min}}}}
patterns: {day: {teams: 1, shifts: {D: "24 h"}, cycle: [D], days_between_teams: 1}}
teams:
  cars: {kind: pattern, establishment: 20, pattern: day, planned_absence: {leave: 0.1, training: 0.05}}
  beat: {kind: pattern, role: NPT, establishment: 10, pattern: day}
  specials: {kind: volunteers, headcount: 20, hours_a_month: 16, duty: 7 h, starts: "18:00-19:00", day_weights: {fri: 1}, in_patrols: 0.5}
units:
  car: {team: cars, bases: all, serves: [G1]}
  foot: {team: beat, bases: all, serves: [G1]}
  patrol: {team: specials, bases: all, serves: [G1]}
dispatch: {policy: {kind: nearest}, mobilisation: {on_patrol: {exactly: 1 min}, at_base: {exactly: 2 min}}}
threat: {timeline: [{level: SEVERE}], levels: {SEVERE: {}}}
"""


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    file = tmp_path_factory.mktemp("town") / "town.yaml"
    file.write_text(TOWN)
    return file


def found(town, sets):
    """Path and message of every problem, notes as well."""
    try:
        problems = load_scenario(town, sets=sets).notes
    except ScenarioError as error:
        problems = error.problems
    return [(one.path, one.message, one.severity) for one in problems]


def test_the_town_has_no_problem(town):
    assert found(town, ()) == []


STUDENTS = "teams.cars.employment={STUDENT: 0.2}"
UPLIFT = "uplifts={more: {team: cars, officers: 4, decided: '2017-01-02', courses: [arv], taken_from: {beat: 0.5}%s}}"
DUTY = "threat.levels.SEVERE.duty={%s}"
GATE = (
    "student officers may carry a CED from 2019-02-28 and the window ends before; "
    "write people.ced.allowed_early: [STUDENT] to ask what if"
)


@pytest.mark.parametrize(
    ("sets", "path", "message"),
    [
        ((STUDENTS, "teams.cars.ced_share={STUDENT: 0.1}"), "teams.cars.ced_share.STUDENT", GATE),
        (
            ("teams.specials.ced_share=0.1",),
            "teams.specials.ced_share",
            "special constables may carry a CED from 2022-05-17 and the window ends before; "
            "write people.ced.allowed_early: [SPECIAL] to ask what if",
        ),
        (
            ("teams.beat.employment={PCSO: 0.5}", "teams.beat.ced_share={PCSO: 0.1}"),
            "teams.beat.ced_share.PCSO",
            "PCSOs do not carry CEDs; write 0, or leave it out",
        ),
        (
            ("teams.cars.employment={STUDENT: 0.6, PCSO: 0.6}",),
            "teams.cars.employment",
            "must sum to 1 at most, got 1.2",
        ),
        (
            ("units.car.crew_needs={AFO: 1}",),
            "units.car.crew_needs.AFO",
            "nobody in team cars holds AFO, so no crew is ever formed; write teams.cars.authorisations",
        ),
        (
            ("units.car.crew_needs={AFO: 3}", "teams.cars.authorisations={AFO: 0.5, SFO: 0.0}"),
            "units.car.crew_needs.AFO",
            "more than its crew of 2",
        ),
        (
            ("units.patrol.crew_needs={AFO: 2}",),
            "units.patrol.crew_needs.AFO",
            "nobody in team specials holds AFO, so no crew is ever formed; only teams with a pattern have teams.specials.authorisations",
        ),
        (
            ("teams.cars.working_absences=[training, court]",),
            "teams.cars.working_absences.1",
            'unknown planned absence "court"; expected one of: leave, training',
        ),
        (
            ("teams.cars.ced_share=0.3", "people.ced={refresher_with: drill}"),
            "people.ced.refresher_with",
            'unknown planned absence "drill"; expected one of: leave, training',
        ),
        (
            ("people.students={probation: 20 weeks, independent_after: 21 weeks}",),
            "people.students.independent_after",
            "after the end of probation, so no student officer would ever be in a crew",
        ),
        (
            ("people.ced={use_kinds: {drawn: 0.5, fired: 0.4}}",),
            "people.ced.use_kinds",
            "shares must sum to 1, got 0.9",
        ),
        (
            (UPLIFT.replace("team: cars", "team: care") % "",),
            "uplifts.more.team",
            'unknown team "care"; did you mean cars?',
        ),
        (
            (UPLIFT.replace("team: cars", "team: specials") % "",),
            "uplifts.more.team",
            "specials works no pattern; name a team that does",
        ),
        (
            (UPLIFT.replace("[arv]", "[arv, arm]") % "",),
            "uplifts.more.courses.1",
            'unknown course "arm"; did you mean arv?',
        ),
        (
            (UPLIFT.replace("beat: 0.5", "cars: 0.5") % "",),
            "uplifts.more.taken_from.cars",
            "is the team that gains; name another",
        ),
        (
            (UPLIFT.replace("beat: 0.5", "specials: 0.5") % "",),
            "uplifts.more.taken_from.specials",
            "specials works no pattern; name a team that does",
        ),
        (
            (DUTY % "pattern: dya",),
            "threat.levels.SEVERE.duty.pattern",
            'unknown pattern "dya"; did you mean day?',
        ),
        (
            (DUTY % "pattern: day, shift_length: 12 h",),
            "threat.levels.SEVERE.duty.shift_length",
            "the pattern of this level says how long shifts are; write one of the two",
        ),
        (
            (DUTY % "teams: [specials]",),
            "threat.levels.SEVERE.duty.teams.0",
            "specials works no pattern; volunteers are called in by duty.volunteers",
        ),
        (
            ("neighbourhood={standards: [{name: Talk, team: cars, hours_a_month: 5}]}",),
            "neighbourhood.standards.0.team",
            "cars is no neighbourhood team; write teams.cars.role: NPT",
        ),
        (
            ("neighbourhood={standards: [{name: Talk, team: specials, hours_a_month: 5}]}",),
            "neighbourhood.standards.0.team",
            "specials is no neighbourhood team; write teams.specials.role: NPT",
        ),
        (
            ("prices={vehicles: {cra: {buy: 1, life: 1, run: 1}}}",),
            "prices.vehicles.cra",
            'unknown unit kind "cra"; did you mean car?',
        ),
        (("prices={allowance: {car: 1}}",), "prices.allowance.car", 'unknown team "car"; did you mean cars?'),
        (
            ("teams.cars.ced_share=0.3", "prices={ced: {refresher: ced_refreshr}}"),
            "prices.ced.refresher",
            'unknown course "ced_refreshr"; did you mean ced_refresher?',
        ),
        (
            ("sustain={teams: [specials]}",),
            "sustain.teams.0",
            "specials works no pattern; name a team that does",
        ),
    ],
)
def test_refused(town, sets, path, message):
    assert found(town, sets) == [(path, message, "error")]


def test_uplift_of_more_than_all_is_refused(town):
    sets = (UPLIFT.replace("beat: 0.5", "beat: 1.0, other: 0.5") % "",)
    assert [one[:2] for one in found(town, sets)] == [
        ("uplifts.more.taken_from.other", 'unknown team "other"; expected one of: beat, cars, specials'),
        ("uplifts.more.taken_from", "shares must sum to 1 at most, got 1.5"),
    ]


@pytest.mark.parametrize(
    "sets",
    [
        (STUDENTS, "teams.cars.ced_share={STUDENT: 0.1}", "people.ced={allowed_early: [STUDENT]}"),
        (STUDENTS, "teams.cars.ced_share={STUDENT: 0.1}", "start='2019-02-01'"),
        (STUDENTS, "teams.cars.ced_share=0.3"),
        (STUDENTS, "teams.cars.ced_share={REGULAR: 0.3, STUDENT: 0}"),
        ("teams.specials.ced_share=0.1", "start='2022-06-01'"),
        ("units.car.crew_needs={AFO: 2}", "teams.cars.authorisations={AFO: 0.5}"),
        (UPLIFT % "",),
        (DUTY % "pattern: day, volunteers: {response: 0.2}",),
        ("neighbourhood={standards: [{name: Talk, team: beat, hours_a_month: 5}]}",),
        ("prices={vehicles: {car: {buy: 1, life: 1, run: 1}}, allowance: {cars: 10}}",),
        ("sustain={teams: [cars]}",),
    ],
)
def test_let_pass(town, sets):
    assert found(town, sets) == []


def test_the_gate_is_by_the_end_of_the_window(town):
    """A window that ends on the day before the date is refused; a day later somebody may carry in it."""
    carry = (STUDENTS, "teams.cars.ced_share={STUDENT: 0.1}", "window=7 days")
    assert [one[0] for one in found(town, (*carry, "start='2019-02-21'"))] == ["teams.cars.ced_share.STUDENT"]
    assert found(town, (*carry, "start='2019-02-22'")) == []


@pytest.mark.parametrize(
    ("sets", "path", "message"),
    [
        (
            ("teams.cars.ced_share={REGULAR: 0.1, STUDENT: 0.1}", "people.ced={allowed_early: [STUDENT]}"),
            "teams.cars.ced_share.STUDENT",
            "the team has no student officers; write teams.cars.employment",
        ),
        (
            ("teams.cars.ced_devices=5",),
            "teams.cars.ced_devices",
            "not used, as ced_share gives nobody a CED",
        ),
        (
            (UPLIFT.replace("2017-01-02", "2018-01-01") % "",),
            "uplifts.more.decided",
            "its first class is on duty 28 days after the window: only training is seen",
        ),
    ],
)
def test_remarked_on(town, sets, path, message):
    assert found(town, sets) == [(path, message, "note")]


def test_nobody_can_be_called_in_where_nobody_volunteers(tmp_path):
    file = tmp_path / "town.yaml"
    lines = [line for line in TOWN.splitlines() if "specials" not in line]
    file.write_text("\n".join(lines))
    assert found(file, (DUTY % "volunteers: {response: 0.2}",)) == [
        (
            "threat.levels.SEVERE.duty.volunteers",
            "no team is of volunteers, so nobody can be called in",
            "error",
        )
    ]


def test_of_several_forces_an_uplift_names_one(tmp_path):
    severe = Path(__file__).parents[2] / "scenarios" / "east_midlands_pooling.yaml"
    uplift = "uplifts={more: {team: arv, officers: 4, decided: '2017-01-02', courses: [arv]%s}}"
    (one,) = found(severe, (uplift % "",))
    assert one[1].startswith("missing force; write one of derbyshire, leicestershire, ")
    (one,) = found(severe, (uplift % ", force: derbyshyre",))
    assert one[:2] == ("uplifts.more.force", 'unknown force "derbyshyre"; did you mean derbyshire?')
    assert found(severe, (uplift % ", force: derbyshire",)) == []
