"""Checks across settings: names that must exist, sums that must close, figures that cannot be meant.

One function a check; each yields problems where they were written. Names are checked in
``checks_names.py``; here is what holds them together and what is judged by its value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from armsim.config import written
from armsim.config.checks_attacks import ATTACK_CHECKS
from armsim.config.checks_demand import DEMAND_CHECKS, mapping_problems, surged_minutes
from armsim.config.checks_desk import DESK_CHECKS
from armsim.config.checks_forces import FORCE_CHECKS
from armsim.config.checks_names import NAME_CHECKS
from armsim.config.checks_people import PEOPLE_CHECKS
from armsim.config.checks_policies import POLICY_CHECKS
from armsim.config.compose import Composed
from armsim.config.logs import files_behind
from armsim.config.paths import Path as Place
from armsim.config.paths import parse_path, show
from armsim.config.schema import Scenario
from armsim.config.schema.demand import Attendance, IncidentType
from armsim.config.schema.duty import PatternTeam, UnitGrade, UnitKind
from armsim.config.validate import problem
from armsim.domain import Grade
from armsim.errors import Problem

MAX_INCIDENTS = 5_000_000
_MINUTES_PER_YEAR = 365.25 * 1440
#: Residents assumed when the zones are not known yet: more than any force of England and Wales has.
_MOST_PEOPLE = 10_000_000

Finding = tuple[Place, str, str]
Check = Callable[[Scenario], Iterator[Finding]]


def check(scenario: Scenario, composed: Composed, folder: Path) -> list[Problem]:
    """Every problem and note across the settings of *scenario*, in no particular order."""
    found = [
        problem(composed, place, text, severity, at_key=faults_key(place, text))
        for one in (*VALUE_CHECKS, *_ELSEWHERE)
        for place, text, severity in one(scenario)
    ]
    found += mapping_problems(scenario, folder)
    for place, name in data_files(scenario, None):
        if not (folder / name).is_file():
            found.append(problem(composed, place, f"no such file {show(name)}, looked for in {folder}"))
    found += [problem(composed, *one) for one in _ranges(scenario, composed.data)]
    return list(dict.fromkeys(found))


def faults_key(place: Place, text: str) -> bool:
    """Whether the unknown name is the key itself and not the value beside it."""
    if not place or not text.startswith("unknown "):
        return False
    return text.startswith("unknown key") or show(place[-1]) in text


def data_files(scenario: Scenario, folder: Path | None) -> list[tuple[Place, str]]:
    """Setting and name of each data file that a scenario refers to, relative to its folder.

    Args:
        scenario: the scenario.
        folder: its folder, to look up what a log's mapping leads to and which parts a Shapefile has; ``None``
            leaves that out.
    """
    named: list[tuple[Place, str]] = []
    if scenario.region.zones is not None:
        file = scenario.region.zones.file
        named.append((("region", "zones", "file"), file))
        if file.lower().endswith(".shp"):  # places and columns of a Shapefile are in files beside it
            named += [(("region", "zones", "file"), name) for name in _of_a_shapefile(file, folder)]
    for key in ("file", "nodes", "edges"):
        name = getattr(scenario.travel, key, None)
        if name is not None:
            named.append((("travel", key), name))
    if scenario.demand.trace is not None:
        place, log = ("demand", "trace", "log"), scenario.demand.trace.log
        behind = [] if folder is None else files_behind(log, folder)
        named += [(place, name) for name in (log, *behind)]
    return named


def _of_a_shapefile(file: str, folder: Path | None) -> list[str]:
    """Names of the other parts of a Shapefile: those it must have, then coordinate system and encoding."""
    stem, capitals = file[:-4], file.endswith(".SHP")
    shx, dbf, prj, cpg = (end.upper() if capitals else end for end in (".shx", ".dbf", ".prj", ".cpg"))
    wanted, may_have = [stem + shx, stem + dbf], [stem + prj, stem + cpg]
    return wanted + [name for name in may_have if folder is not None and (folder / name).is_file()]


def diversion_goes_down(scenario: Scenario) -> Iterator[Finding]:
    """Units are diverted from lower work only."""
    for index, rule in enumerate(scenario.dispatch.diversion):
        for position, off in enumerate(rule.off):
            if Grade[off] <= Grade[rule.to]:
                place = ("dispatch", "diversion", index, "off", position)
                yield place, f"{off} is not lower than {rule.to}; write grades that come after it", "error"


def levels_have_settings(scenario: Scenario) -> Iterator[Finding]:
    """A level in the timeline that sets nothing changes nothing."""
    if not scenario.threat.levels:
        return
    for index, change in enumerate(scenario.threat.timeline):
        if change.level not in scenario.threat.levels:
            text = f"threat.levels has no settings for {change.level}, so it changes nothing"
            yield ("threat", "timeline", index, "level"), text, "note"


def timeline_in_window(scenario: Scenario) -> Iterator[Finding]:
    """A change of level after the window is never measured."""
    for index, change in enumerate(scenario.threat.timeline):
        if change.at >= scenario.window:
            days = scenario.window / 1440
            text = f"{change.level} begins after the window of {days:g} days and is never measured"
            yield ("threat", "timeline", index, "at"), text, "note"


def attendance_sums(scenario: Scenario) -> Iterator[Finding]:
    """Probabilities of an attendance make 1."""
    for place, attendance in _attendances(scenario):
        for name, counts in attendance.items():
            if isinstance(counts, dict) and abs(sum(counts.values()) - 1) > 1e-6:
                text = f"probabilities must sum to 1, got {sum(counts.values()):g}"
                yield (*place, name), text, "error"


def absences_leave_somebody(scenario: Scenario) -> Iterator[Finding]:
    """Planned absences of a team stay below the whole."""
    for name, team in scenario.teams.items():
        if isinstance(team, PatternTeam) and sum(team.planned_absence.values()) >= 1:
            total = sum(team.planned_absence.values())
            yield ("teams", name, "planned_absence"), f"must sum to less than 1, got {total:g}", "error"


def somebody_serves(scenario: Scenario) -> Iterator[Finding]:
    """For all that a type asks for there is a unit kind that may be sent and brings it."""
    types = scenario.demand.types
    for place, attendance in _attendances(scenario):
        name = str(place[-2] if place[-1] == "attendance" else place[-1])
        if name not in types:
            continue
        for capability in _wanted(attendance):
            if not any(_brings(unit, capability) for unit in _senders(scenario, types[name])):
                grade = types[name].grade
                text = f"no unit kind that serves {grade} brings {capability}; nobody can attend"
                yield (*place, capability), text, "error"


def posts_can_be_filled(scenario: Scenario) -> Iterator[Finding]:
    """One of the kinds asked for a post brings what it needs, and serves POST."""
    for level, setting in scenario.threat.levels.items():
        for name, post in setting.posts.items():
            place = ("threat", "levels", level, "posts", name)
            units = [scenario.units[kind] for kind in post.kinds if kind in scenario.units]
            serving = [unit for unit in units if "POST" in unit.serves]
            if units and not serving:
                yield (
                    (*place, "kinds"),
                    "none of these unit kinds serves POST; add it to their serves",
                    "error",
                )
            for capability in post.needs if serving else ():
                if not any(_brings(unit, capability) for unit in serving):
                    text = f"none of {', '.join(post.kinds)} brings {capability}"
                    yield (*place, "needs", capability), text, "error"


def volume_is_sane(scenario: Scenario) -> Iterator[Finding]:
    """More incidents than a replication can hold are refused before anything is drawn."""
    minutes = scenario.warm_up + scenario.window + scenario.cool_down
    generated = scenario.region.generated
    people = generated.people if generated is not None else _MOST_PEOPLE
    volumes = {
        name: _annual(one, people) * (minutes + surged_minutes(scenario, name)) / _MINUTES_PER_YEAR
        for name, one in scenario.demand.types.items()
    }
    total = sum(volumes.values())
    if total > MAX_INCIDENTS:
        largest = max(volumes, key=lambda name: volumes[name])
        most = f"most of them {largest}; at most {MAX_INCIDENTS:,}"
        text = f"about {total:,.0f} incidents in a replication, {most}"
        yield ("demand", "types", largest), text, "error"


def reserve_below_fleet(scenario: Scenario) -> Iterator[Finding]:
    """A reserve as large as the fleet lets no unit go."""
    reserves: list[tuple[tuple[str, ...], Mapping[str, Mapping[UnitGrade, int]]]] = [
        (("dispatch", "reserve"), scenario.dispatch.reserve)
    ]
    for level, setting in scenario.threat.levels.items():
        reserves.append((("threat", "levels", level, "reserve"), setting.reserve))
    for place, reserve in reserves:
        for kind, by_grade in reserve.items():
            owned = scenario.units[kind].vehicles if kind in scenario.units else None
            # By force a force of few vehicles may well be meant to keep all; none of them all, hardly.
            vehicles = max(owned.values(), default=0) if isinstance(owned, dict) else owned
            for grade, kept in by_grade.items():
                if vehicles is not None and kept >= vehicles:
                    text = f"keeps back {kept} of {vehicles} vehicles, so none is ever sent to {grade}"
                    yield (*place, kind, grade), text, "note"


def targets_have_incidents(scenario: Scenario) -> Iterator[Finding]:
    """A target holds for incidents of some type."""
    grades = {one.grade for one in scenario.demand.types.values()}
    for name, target in scenario.targets.items():
        if not grades & set(target.grades):
            yield ("targets", name, "grades"), "no incident type has one of these grades", "note"


VALUE_CHECKS: tuple[Check, ...] = (
    diversion_goes_down,
    levels_have_settings,
    timeline_in_window,
    attendance_sums,
    absences_leave_somebody,
    somebody_serves,
    posts_can_be_filled,
    volume_is_sane,
    reserve_below_fleet,
    targets_have_incidents,
)
_ELSEWHERE = (
    *NAME_CHECKS,
    *ATTACK_CHECKS,
    *FORCE_CHECKS,
    *POLICY_CHECKS,
    *DESK_CHECKS,
    *DEMAND_CHECKS,
    *PEOPLE_CHECKS,
)


def _attendances(scenario: Scenario) -> Iterator[tuple[Place, Attendance]]:
    for name, kind in scenario.demand.types.items():
        yield ("demand", "types", name, "attendance"), kind.attendance
        if kind.containment is not None:
            yield ("demand", "types", name, "containment", "attendance"), kind.containment.attendance
    for level, setting in scenario.threat.levels.items():
        for name, attendance in setting.attendance.items():
            yield ("threat", "levels", level, "attendance", name), attendance


def _wanted(attendance: Attendance) -> list[str]:
    return [
        name
        for name, counts in attendance.items()
        if (counts if isinstance(counts, int) else any(number and share for number, share in counts.items()))
    ]


def _senders(scenario: Scenario, kind: IncidentType) -> list[UnitKind]:
    return [
        unit for name, unit in scenario.units.items() if kind.grade in unit.serves and name not in kind.not_by
    ]


def _brings(unit: UnitKind, capability: str) -> bool:
    if capability == "arv":
        return unit.arv
    if capability == "armed_officers":
        return unit.armed
    return unit.ced or unit.armed if capability == "ced" else True


def _annual(kind: IncidentType, people: float) -> float:
    if kind.annual_by_zone is not None:
        rate = sum(kind.annual_by_zone.values())
    elif kind.annual_per_100k is not None:
        rate = kind.annual_per_100k * people / 100_000
    else:
        rate = sum(kind.annual.values()) if isinstance(kind.annual, dict) else kind.annual or 0.0
    return rate * (1 + (kind.stand_down.per_operation if kind.stand_down else 0.0))


def _ranges(scenario: Scenario, data: dict[str, Any]) -> Iterator[tuple[Place, str, str]]:
    """A plausible range holds the value it is about, and an assumption states one."""
    for path, source in scenario.sources.items():
        value = _written_at(data, path)
        place: Place = ("sources", path)
        low, high, middle = _amount(source.low), _amount(source.high), _amount(value)
        if low is not None and high is not None and low > high:
            yield place, f"low {show(source.low)} is more than high {show(source.high)}", "error"
        elif middle is not None and (
            (low is not None and middle < low - 1e-9) or (high is not None and middle > high + 1e-9)
        ):
            span = f"{show(source.low)} to {show(source.high)}"
            yield place, f"the value {show(value)} lies outside its plausible range {span}", "note"


def _written_at(data: Any, path: str) -> Any:
    for part in parse_path(path) or ():
        if isinstance(data, dict):
            data = data.get(str(part))
        elif isinstance(data, list) and str(part).isdecimal() and int(part) < len(data):
            data = data[int(part)]
        else:
            return None
    return data


def _amount(value: Any) -> float | None:
    """A scalar as a number in the units of the program; ``None`` when it is none."""
    if written.is_number(value):
        return float(value)
    if not isinstance(value, str):
        return None
    if value.endswith("%"):
        number = value[:-1].strip()
        return float(number) / 100 if number.replace(".", "", 1).isdecimal() else None
    for units in (written.SPEED_UNITS, written.ACCELERATION_UNITS):
        found = written.read_measure(units)(value)
        if found is not None:
            return found
    return written.read_duration(value)
