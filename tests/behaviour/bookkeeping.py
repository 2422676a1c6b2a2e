"""What must hold of every full log, whatever the scenario; the checks read the log, nothing of the engine."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from statistics import NormalDist

import numpy as np

from armsim.config.schema.laws import TimeLaw
from armsim.domain import Grade, Outcome, UnitStatus
from armsim.engine.log import EventLog
from armsim.model.demand import ORDINALS, IncidentTable
from armsim.model.world import World

AT_WORK = (
    UnitStatus.MOBILISING, UnitStatus.EN_ROUTE, UnitStatus.HOLDING, UnitStatus.ON_SCENE, UnitStatus.ON_POST,
)  # fmt: skip
AT_WHEEL = (
    UnitStatus.ON_PATROL, UnitStatus.MOBILISING, UnitStatus.EN_ROUTE, UnitStatus.RETURNING,
    UnitStatus.REPOSITIONING,
)  # fmt: skip
#: How a deployment ended, as logged.
WORK_DONE, DIVERTED, TURNED_BACK, RELIEVED, SHIFT_LIMIT, OPEN = range(6)
URGENT = (Grade.FIREARMS, Grade.G1)


def rows(table: dict[str, np.ndarray]) -> list[dict[str, float]]:
    """A table as plain dictionaries."""
    names = list(table)
    return [
        dict(zip(names, row, strict=True)) for row in zip(*(c.tolist() for c in table.values()), strict=True)
    ]


@dataclass(frozen=True)
class Books:
    """A full log, turned into plain rows, with the world and the incidents it came from."""

    world: World
    incidents: IncidentTable
    log: EventLog
    begin: float
    horizon: float = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "horizon", float(self.log.tables["threat"]["end"].max()))

    @cached_property
    def deployments(self) -> list[dict[str, float]]:
        return rows(self.log.tables["deployments"])

    @cached_property
    def calls(self) -> dict[int, list[dict[str, float]]]:
        """Deployments by incident, posts left out, in order of sending."""
        found = defaultdict(list)
        for row in self.deployments:
            if row["incident"] >= 0:
                found[int(row["incident"])].append(row)
        return dict(found)

    @cached_property
    def by_incident(self) -> dict[int, dict[str, float]]:
        return {int(row["incident"]): row for row in rows(self.log.tables["incidents"])}

    @cached_property
    def duty(self) -> dict[int, list[dict[str, float]]]:
        """Duty periods by unit, in order of time."""
        found = defaultdict(list)
        for row in rows(self.log.tables["duty"]):
            found[int(row["unit"])].append(row)
        return found

    @cached_property
    def status(self) -> dict[int, list[dict[str, float]]]:
        """Status intervals by unit, in order of time."""
        found = defaultdict(list)
        for row in rows(self.log.tables["unit_status"]):
            found[int(row["unit"])].append(row)
        return found

    def tour(self, unit: float, minute: float) -> dict[str, float]:
        """The duty period that a unit last began by a minute."""
        return [row for row in self.duty[int(unit)] if row["start"] <= minute][-1]

    def brings(self, row: dict[str, float]) -> tuple[float, ...]:
        """What the unit of a deployment brings, in order of capability."""
        tour = self.tour(row["unit"], row["assigned_at"])
        return tour["officers"], tour["ced"], tour["armed_officers"], tour["arv"]

    def kind(self, unit: float) -> str:
        return self.world.kinds[self.log.units[int(unit)].kind]

    def grade(self, row: dict[str, float]) -> int:
        number = int(row["incident"])
        return int(self.by_incident[number]["grade"]) if number >= 0 else int(Grade.POST)


def every_minute_once(books: Books) -> None:
    """Status intervals of every unit abut from the beginning to the end."""
    for unit in books.log.units:
        mine = books.status[unit.number]
        assert (mine[0]["start"], mine[-1]["end"]) == (books.begin, books.horizon)
        assert all(row["end"] > row["start"] for row in mine)
        assert all(one["end"] == other["start"] for one, other in pairwise(mine))


def every_duty_minute_covered(books: Books) -> None:
    """A unit is on duty from the start to the actual end of its duty periods, and at no other time."""
    for unit in books.log.units:
        on = [row for row in books.status[unit.number] if row["status"] != UnitStatus.OFF_DUTY]
        in_tours = 0.0
        for tour in books.duty[unit.number]:
            end = _actual_end(books, tour)
            inside = sum(max(0.0, min(row["end"], end) - max(row["start"], tour["start"])) for row in on)
            assert math.isclose(inside, end - tour["start"], rel_tol=1e-9, abs_tol=1e-6)
            in_tours += inside
        assert math.isclose(
            sum(row["end"] - row["start"] for row in on), in_tours, rel_tol=1e-9, abs_tol=1e-6
        )


def _actual_end(books: Books, tour: dict[str, float]) -> float:
    """The end that the log gives, but the end of the run for a unit that is still out: see ``still_out``."""
    return books.horizon if tour in still_out(books) else tour["end"]


def still_out(books: Books) -> list[dict[str, float]]:
    """Duty periods that were to end before the run did and whose unit is still out then."""
    last = [(books.duty[unit], books.status[unit][-1]["status"]) for unit in books.status]
    tours = [mine[-1] for mine, status in last if mine and status != UnitStatus.OFF_DUTY]
    return [tour for tour in tours if tour["planned_end"] < books.horizon]


def every_crew_is_a_crew(books: Books) -> None:
    """Crews formed are the duty periods of the units, and officers on parade are in a crew or left over."""
    scenario = books.world.scenario
    short = rows(books.log.tables["shortfalls"])
    begun = [(self_kind, row) for unit, mine in books.duty.items() for row in mine
             for self_kind in [books.kind(unit)] if scenario.units[self_kind].team is not None]  # fmt: skip
    for row in short:
        name = books.world.kinds[int(row["kind"])]
        assert 0 <= row["crewed"] <= row["planned"]
        if row["shift_start"] < books.horizon and scenario.units[name].vehicles is None:
            mine = [r for kind, r in begun if kind == name and r["start"] == row["shift_start"]]
            assert len(mine) == row["crewed"]
    for kind, row in begun:
        crew = scenario.units[kind].crew
        assert crew <= row["officers"] <= crew + 1
        assert row["ced"] <= row["officers"]
    if scenario.warm_up and not any(kind.vehicles for kind in scenario.units.values()):
        window, nine_hours = scenario.window, 540.0

        def inside(start: float, end: float) -> float:
            return max(0.0, min(end, window) - max(start, 0.0))

        seated = sum(row["officers"] * inside(row["start"], row["planned_end"]) for _, row in begun)
        left_over = sum(
            row["uncrewed_officers"] * inside(row["shift_start"], row["shift_start"] + nine_hours)
            for row in short
        )
        paraded = 60 * sum(books.log.officer_hours.values())
        assert math.isclose(seated + left_over, paraded, rel_tol=1e-9, abs_tol=1e-6)


def every_incident_once(books: Books) -> None:
    """Each incident received before the end is there once, with one outcome that its clocks bear out."""
    received = books.incidents.received_at
    assert sorted(books.by_incident) == np.flatnonzero(received < books.horizon).tolist()
    assert len(books.by_incident) == len(books.log.tables["incidents"]["incident"])
    for number, row in books.by_incident.items():
        outcome, sent = Outcome(int(row["outcome"])), books.calls.get(number, [])
        assert math.isnan(row["closed_at"]) == (outcome is Outcome.OPEN_AT_END)
        assert row["sent"] == len(sent)
        there = not math.isnan(row["first_officer_at"])
        if outcome is Outcome.ATTENDED:
            assert there
        if outcome in (Outcome.STOOD_DOWN, Outcome.LOST):
            assert not there
        assert row["unattended_minutes"] >= 0


def nobody_is_in_two_places(books: Books) -> None:
    """A unit has one deployment at a time, and its minutes at work are those of its deployments."""
    work: dict[int, list[dict[str, float]]] = defaultdict(list)
    for row in books.deployments:
        work[int(row["unit"])].append(row)
    for unit, mine in work.items():
        # A deployment may be over in the minute it began: it comes before the next of that minute.
        mine.sort(key=lambda row: (row["assigned_at"], row["released_at"]))
        assert all(a["released_at"] <= b["assigned_at"] for a, b in pairwise(mine))
        minutes = sum(r["end"] - r["start"] for r in books.status[unit] if r["status"] in AT_WORK)
        logged = sum(row["released_at"] - row["assigned_at"] for row in mine)
        assert math.isclose(minutes, logged, rel_tol=1e-9, abs_tol=1e-6)


def nobody_is_sent_off_duty(books: Books) -> None:
    """Units are sent while on duty, and only grade 1 and above takes them near the end of their shift."""
    margin = books.world.scenario.dispatch.shift_margin
    for row in books.deployments:
        tour = books.tour(row["unit"], row["assigned_at"])
        left = tour["planned_end"] - row["assigned_at"]
        assert left > (0.0 if books.grade(row) in URGENT else margin)
        grade = Grade(books.grade(row)).name
        assert grade in books.world.scenario.units[books.kind(row["unit"])].serves


def clocks_run_forward(books: Books) -> None:
    """Every deployment's clocks are in order, inside those of its incident."""
    for row in books.deployments:
        clocks = [row["assigned_at"], row["mobile_at"], row["arrived_at"]]
        known = [minute for minute in clocks if not math.isnan(minute)]
        assert known == sorted(known)
        if not math.isnan(row["arrived_at"]):
            assert row["arrived_at"] <= row["released_at"]
    for number, sent in books.calls.items():
        incident = books.by_incident[number]
        assert [row["ordinal"] for row in sent] == list(range(len(sent)))
        assert min(row["assigned_at"] for row in sent) >= incident["graded_at"]
        assert not max(row["released_at"] for row in sent) > incident["closed_at"]


def milestones_are_those_of_the_units(books: Books) -> None:
    """Milestones, worked out again from who arrived when with what, are the logged ones to the last digit."""
    for number, incident in books.by_incident.items():
        steps = []
        for row in books.calls.get(number, []):
            came = _counts_from(books, row, incident)
            if came <= row["released_at"]:
                steps += [(came, 0, 1, row), (row["released_at"], 1, -1, row)]
        there = [0.0] * 4
        needs = books.incidents.needs[number].tolist()
        reached = [math.nan] * 4
        for minute, _, sign, row in sorted(steps, key=lambda step: step[:2]):
            brings = books.brings(row)
            there = [have + sign * one for have, one in zip(there, brings, strict=True)]
            met = (brings[0] > 0, brings[1] > 0, brings[3] > 0 or brings[2] >= 2,
                   all(have >= need for have, need in zip(there, needs, strict=True)))  # fmt: skip
            for milestone in range(4):
                if sign > 0 and met[milestone] and math.isnan(reached[milestone]):
                    reached[milestone] = minute
        logged = [incident[f"{name}_at"] for name in ("first_officer", "first_ced", "first_armed", "full")]
        np.testing.assert_array_equal(logged, reached)


def _counts_from(books: Books, row: dict[str, float], incident: dict[str, float]) -> float:
    """When a unit counts on the scene: an armed one not before authority, where authority is sought."""
    seeks = not math.isnan(books.incidents.authorisation[int(row["incident"])])
    if not (seeks and books.world.scenario.units[books.kind(row["unit"])].armed):
        return row["arrived_at"]
    return (
        math.nan
        if math.isnan(incident["authorised_at"])
        else max(row["arrived_at"], incident["authorised_at"])
    )


def every_unit_sent_was_wanted(books: Books) -> None:
    """Requirement = sent + short: each unit sent adds to a line that those on hand leave short."""
    for number, sent in books.calls.items():
        relieved = books.world.scenario.demand.types[
            books.world.types[int(books.by_incident[number]["type"])]
        ].relieved
        for index, row in enumerate(sent):
            if index and all(other["released_at"] <= row["assigned_at"] for other in sent[:index]):
                continue  # work was left and nobody stayed: somebody must finish it, whoever came before
            short = books.incidents.needs[number].astype(float)
            for other in sent[:index]:
                if _on_hand(books, other, row["assigned_at"], relieved):
                    short -= books.brings(other)
            adds = np.logical_and(short > 0, np.array(books.brings(row)) > 0)
            assert adds.any(), f"unit {row['unit']} was sent to {number}, which was short of {short.tolist()}"


def _on_hand(books: Books, row: dict[str, float], minute: float, relieved: bool) -> bool:
    """Whether a unit sent before counts against the requirement at a minute."""
    if row["released_at"] <= minute and row["end"] in (DIVERTED, SHIFT_LIMIT, RELIEVED):
        return False
    due = max(row["arrived_at"], books.tour(row["unit"], row["assigned_at"])["planned_end"])
    return not (relieved and due <= minute)


def trips_are_as_long_as_they_are_far(books: Books) -> None:
    """Turn-out by what the unit was doing; the trip by where it was, with its ordinal's luck."""
    noise, circuity = books.world.scenario.travel.trip_noise, books.world.scenario.travel.circuity
    for row in books.deployments:
        number, ordinal = int(row["incident"]), int(row["ordinal"])
        if number < 0:
            continue
        law, mean, km = _trip(books, row)
        start = _known_start(books, row)
        if start is not None:
            incident = books.by_incident[number]
            straight = math.hypot(incident["x"] - start[0], incident["y"] - start[1])
            assert math.isclose(km, circuity * straight, rel_tol=1e-6, abs_tol=1e-6)
        if ordinal >= ORDINALS:
            continue
        out = _value(law, float(books.incidents.turnout_z[number, ordinal]))
        assert math.isclose(row["mobile_at"] - row["assigned_at"], out, rel_tol=1e-9, abs_tol=1e-9)
        if not math.isnan(row["arrived_at"]):
            s = max(noise.floor, noise.at_zero - noise.per_km * km)
            actual = mean * math.exp(s * float(books.incidents.trip_z[number, ordinal]) - s * s / 2)
            assert math.isclose(row["arrived_at"] - row["mobile_at"], actual, rel_tol=1e-6, abs_tol=1e-6)


def _trip(books: Books, row: dict[str, float]) -> tuple[TimeLaw, float, float]:
    """Of a deployment: the law of its turn-out, the mean minutes of its trip, and the road km of those.

    The square-root law and its straight part are turned round.
    """
    travel, laws = books.world.scenario.travel, books.world.scenario.dispatch.mobilisation
    law = laws.on_patrol if row["status_before"] in AT_WHEEL else laws.at_base
    mean = row["expected_minutes"] - law.expected
    minutes = mean
    if books.world.scenario.units[books.kind(row["unit"])].blue_light:
        minutes /= travel.blue_light_time_factor.get(Grade(books.grade(row)).name, 1.0)
    a, v = travel.acceleration, travel.cruising_speed
    return law, mean, a * minutes * minutes / 4 if minutes <= 2 * v / a else (minutes - v / a) * v


def _value(law: TimeLaw, z: float) -> float:
    if law.exactly is not None:
        return law.exactly
    assert law.median is not None and law.p90 is not None
    return law.median * (law.p90 / law.median) ** (z / NormalDist().inv_cdf(0.9))


def _known_start(books: Books, row: dict[str, float]) -> tuple[float, float] | None:
    """Where a unit set out from, where the log tells: its base, or the scene it was taken off."""
    if row["status_before"] == UnitStatus.AVAILABLE_AT_BASE:
        return books.log.units[int(row["unit"])].base.place[:2]
    if row["status_before"] == UnitStatus.ON_SCENE:
        now = row["assigned_at"]
        left = [
            other
            for other in books.deployments
            if other["unit"] == row["unit"] and other["released_at"] == now and other["arrived_at"] < now
        ]
        if len(left) == 1 and left[0]["incident"] >= 0:
            incident = books.by_incident[int(left[0]["incident"])]
            return incident["x"], incident["y"]
    return None


def surveyed_units_are_where_they_should_be(books: Books) -> None:
    """At its base, at the scene, or on the straight line to it at the share of the trip's time."""
    for row in rows(books.log.tables["survey"]):
        at = [r for r in books.status[int(row["unit"])] if r["start"] <= row["minute"] < r["end"]]
        if not at:  # the survey of the last minute
            continue
        assert at[0]["status"] == row["status"]
        here = row["place_a"], row["place_b"]
        number = int(at[0]["incident"])
        if row["status"] == UnitStatus.AVAILABLE_AT_BASE:
            assert here == tuple(books.log.units[int(row["unit"])].base.place[:2])
        elif row["status"] in (UnitStatus.ON_SCENE, UnitStatus.HOLDING):
            assert here == (books.by_incident[number]["x"], books.by_incident[number]["y"])
        elif row["status"] == UnitStatus.ON_POST:
            assert here in [tuple(place[:2]) for place in books.world.sites.values()]
        elif row["status"] == UnitStatus.EN_ROUTE and number >= 0:
            for trip in _under_way(books, row):
                whole = _trip(books, trip)[2] / books.world.scenario.travel.circuity
                left = math.dist(here, (books.by_incident[number]["x"], books.by_incident[number]["y"]))
                share = (trip["arrived_at"] - row["minute"]) / (trip["arrived_at"] - trip["mobile_at"])
                assert math.isclose(left, share * whole, rel_tol=1e-6, abs_tol=1e-6)


def _under_way(books: Books, row: dict[str, float]) -> Iterator[dict[str, float]]:
    """The trip that a unit is on at a survey, if it arrives."""
    for trip in books.deployments:
        if trip["unit"] == row["unit"] and trip["mobile_at"] <= row["minute"] < trip["arrived_at"]:
            yield trip


CHECKS = (
    every_minute_once, every_duty_minute_covered, every_crew_is_a_crew, every_incident_once,
    nobody_is_in_two_places, nobody_is_sent_off_duty, clocks_run_forward, milestones_are_those_of_the_units,
    every_unit_sent_was_wanted, trips_are_as_long_as_they_are_far, surveyed_units_are_where_they_should_be,
)  # fmt: skip
