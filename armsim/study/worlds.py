"""Worlds of loaded scenarios; what is wrong with one is said where it was written."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from armsim.analysis.figure import parse_bound, parse_figure
from armsim.analysis.metrics import metrics
from armsim.config.checks import faults_key
from armsim.config.compose import in_file_order
from armsim.config.loader import Loaded
from armsim.config.paths import parse_path
from armsim.config.schema.region import RegionConfig
from armsim.config.schema.scenario import StudyConfig
from armsim.config.validate import problem
from armsim.errors import Problem, ScenarioError
from armsim.model.geography import resolve_force
from armsim.model.world import World, build_world


def world_of(loaded: Loaded) -> World:
    """The world of a scenario.

    Raises:
        ScenarioError: the scenario does not fit its geography; with file, line and column.
        DataError: a data file is wrong.
    """
    try:
        unknown = [*_unknown_forces(loaded.scenario.region), *_unknown_figures(loaded.scenario.study)]
        if unknown:
            raise ScenarioError(unknown)
        return build_world(loaded.scenario, loaded.folder)
    except ScenarioError as error:
        found = [_located(one, loaded) for one in error.problems]
        raise ScenarioError(in_file_order(found, loaded.composed.files)) from error


def _unknown_forces(region: RegionConfig) -> Iterator[Problem]:
    """Each name under ``region.force`` that is no force; here, as config does not read the geography."""
    listed = isinstance(region.force, tuple)
    names = region.force if isinstance(region.force, tuple) else (region.force,) if region.force else ()
    for index, name in enumerate(names):
        try:
            resolve_force(name)
        except KeyError as error:
            yield Problem(str(error.args[0]), path=f"region.force.{index}" if listed else "region.force")


def _unknown_figures(study: StudyConfig) -> Iterator[Problem]:
    """What is wrong with primary figures and margins; here, as config does not know the metrics."""
    known = metrics()
    for index, text in enumerate(study.primary):
        try:
            parse_figure(text, known)
        except ValueError as error:
            yield Problem(str(error), path=f"study.primary.{index}")
    for name, margin in study.margins.items():
        try:
            parse_bound(f"{name}={margin}", known)
        except ValueError as error:
            yield Problem(str(error), path=f'study.margins."{name}"')


def _located(one: Problem, loaded: Loaded) -> Problem:
    if one.file is not None:
        return one
    try:
        at_key = faults_key(parse_path(one.path) or (), one.message)
        return problem(loaded.composed, one.path, one.message, one.severity, at_key)
    except ValueError:
        return one


def bases_of(world: World) -> list[dict[str, Any]]:
    """Bases as the manifest lists them: name, group, where, and whether response vehicles start there."""
    houses = {kind.bases for kind in world.scenario.units.values() if kind.arv}
    return [
        {
            "name": base.name,
            "group": base.group,
            "x_km": base.place[0],
            "y_km": base.place[1],
            "arv": group in houses,
        }
        for group, bases in world.bases.items()
        for base in bases
    ]
