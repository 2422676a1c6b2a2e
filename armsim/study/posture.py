"""The scenario that ``armsim sustain`` runs: a level held from day 1 on, and nothing that changes it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from armsim.config.loader import Loaded, load_scenario
from armsim.config.paths import format_path
from armsim.config.schema import Scenario
from armsim.config.schema.duty import LevelName, PatternTeam
from armsim.config.schema.options import SustainConfig
from armsim.config.schema.threat import LevelConfig
from armsim.config.validate import problem
from armsim.errors import Problem, ScenarioError

_TITLE = 120
#: What stands below these is replaced, and a source of it would speak of nothing: then all are left out of
#: what is run. The user's file has them.
_REPLACED = ("threat.timeline.", "threat.process.", "study.given.", "sustain.teams.")
_NOBODY = (
    "no team works a pattern, so nobody's hours, rest or crews are simulated and any level would look "
    "sustainable; add a team of kind pattern"
)
_NOTHING_SET = (
    "sets nothing at {level}, so that holding it would ask nothing of anybody; say what it sets, or name "
    "another level with --level"
)
_NO_ROSTER_BEFORE = (
    "the scenario opens at {level}, so that there is no roster before it to begin from; let it open at the "
    "level before, or name another level with --level"
)


@dataclass(frozen=True)
class Posture:
    """A level to be held, and the limits it is held against.

    Attributes:
        loaded: the scenario that is run.
        plain: the scenario as the user has it.
        asked: level, days, teams and limits; limits make no other run.
    """

    loaded: Loaded
    plain: Loaded
    asked: SustainConfig


def posture(
    path: str | os.PathLike[str],
    overrides: Sequence[str] = (),
    sets: Sequence[str] = (),
    last_wins: bool = False,
    *,
    level: str | None = None,
    days: int | None = None,
) -> Posture:
    """Load a scenario and have it hold a level.

    The level that the scenario opens at holds for a day, then the level for *days* days. No level is drawn
    and no attack comes. All else stays as it is.

    Args:
        path: the scenario file.
        overrides: names of its overrides to apply, in order.
        sets: changes such as ``units.arv.vehicles=6``.
        last_wins: when two overrides disagree, the later wins.
        level: the level; left out, ``sustain.level``.
        days: left out, ``sustain.days``.

    Raises:
        ScenarioError: every problem found; or nobody would be simulated whom the level costs something, so
            that it would look sustainable.
    """
    plain = load_scenario(path, overrides, sets, last_wins)
    changes = {name: value for name, value in (("level", level), ("days", days)) if value is not None}
    told = plain.scenario.sustain.model_copy(update=changes)
    asked = told.model_copy(update={"teams": told.teams or _teams(plain.scenario, told.level)})
    found = [problem(plain.composed, where, text) for where, text in _refusals(plain.scenario, asked)]
    if found:
        raise ScenarioError(found)
    held = [f"{where}={json.dumps(value)}" for where, value in _settings(plain.scenario, asked).items()]
    try:
        loaded = load_scenario(path, overrides, (*sets, *held), last_wins)
    except ScenarioError as error:
        raise ScenarioError([_held(one, asked) for one in error.problems]) from error
    return Posture(loaded, plain, asked)


def _held(one: Problem, asked: SustainConfig) -> Problem:
    """A problem that only the level that is held brings."""
    return Problem(f"{one.message} (with {asked.level} held for {asked.days} days)", one.path, one.file,
                   one.line, one.column, one.severity)  # fmt: skip


def _teams(scenario: Scenario, level: LevelName) -> tuple[str, ...]:
    """Teams that are judged where none is named: those that the level's duty names, else all."""
    work = [name for name, team in scenario.teams.items() if isinstance(team, PatternTeam)]
    sets = scenario.threat.levels.get(level)
    named = () if sets is None else sets.duty.teams
    return tuple(sorted(set(named) & set(work) or work))


def _refusals(scenario: Scenario, asked: SustainConfig) -> Iterator[tuple[str, str]]:
    """Why holding the level would look sustainable without being so: where, and what."""
    opens = scenario.threat.timeline[0].level
    if not asked.teams:
        yield "teams", _NOBODY
    for name in asked.teams:
        if not _posts(scenario.teams[name]):
            yield f"teams.{name}.establishment", "a team that is judged has no officers; give it some"
    sets = scenario.threat.levels.get(asked.level)
    if sets is None or sets.model_copy(update={"description": ""}) == LevelConfig():
        yield "threat.levels", _NOTHING_SET.format(level=asked.level)
    if opens == asked.level:
        yield "threat.timeline.0.level", _NO_ROSTER_BEFORE.format(level=opens)


def _posts(team: Any) -> float:
    posts = team.establishment
    return sum(posts.values()) if isinstance(posts, Mapping) else float(posts)


def _settings(scenario: Scenario, asked: SustainConfig) -> dict[str, Any]:
    """What is changed, by dotted path."""
    opens = scenario.threat.timeline[0].level
    title = f"{asked.level} held for {asked.days} days: {scenario.title}"
    changes: dict[str, Any] = {
        "title": title if len(title) <= _TITLE else f"{title[: _TITLE - 1]}…",
        "description": f"{opens} for a day, then {asked.level} for {asked.days} days, by armsim sustain.",
        "window": f"{asked.days + 1} days",
        "threat.timeline": [{"level": opens}, {"level": asked.level, "at": "24 h"}],
        "sustain": {
            "level": asked.level, "days": asked.days, "teams": list(asked.teams), "by_day": True,
        },
    }  # fmt: skip
    if scenario.threat.process is not None:
        changes["threat.process"] = None
    if scenario.study.given is not None:
        changes["study.given"] = None
    for name, attack in scenario.attacks.items():
        if attack.annual:
            changes[format_path(("attacks", name, "annual"))] = 0
    if any(path.startswith(_REPLACED) for path in scenario.sources):
        changes["sources"] = {}
    return changes
