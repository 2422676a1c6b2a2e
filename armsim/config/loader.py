"""A scenario file, ready to run: composed, validated, cross-checked, with a digest of all it depends on."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from armsim.config.checks import check, data_files
from armsim.config.compose import Composed, compose, digest, in_file_order
from armsim.config.glance import loaded_html
from armsim.config.options import runs, unknown
from armsim.config.paths import show
from armsim.config.schema import Scenario
from armsim.config.validate import names_in, validate
from armsim.errors import Problem, ScenarioError

#: Settings of the study that say how much is simulated, not what: they do not make another scenario.
_NOT_THE_SCENARIO = ("replications", "seed", "record", "primary", "margins")

#: Name of the file without any option among runs.
_PLAIN = ""

Made = TypeVar("Made")


@dataclass(frozen=True)
class Loaded:
    """A scenario that passed every check.

    Attributes:
        scenario: the validated settings.
        composed: the settings as written, and who set them.
        folder: folder of the scenario file; paths in it are relative to this.
        digest: SHA-256 over the resolved settings and the bytes of the data files they name.
        notes: plausibility remarks, in file order.
    """

    scenario: Scenario
    composed: Composed
    folder: Path
    digest: str
    notes: tuple[Problem, ...] = ()

    @property
    def stem(self) -> str:
        """Name of the scenario file without its suffix."""
        return Path(self.composed.file).stem

    def with_override(self, *names: str) -> Loaded:
        """The same file with more overrides applied, after those that already are."""
        composed = self.composed
        return load_scenario(composed.file, (*composed.applied, *names), composed.sets)

    def with_settings(self, settings: Mapping[str, Any]) -> Loaded:
        """The same file with more settings changed, by path, such as ``{"units.arv.vehicles": 6}``.

        Raises:
            ScenarioError: every problem found.
        """
        composed = self.composed
        sets = [f"{path}={json.dumps(value)}" for path, value in settings.items()]
        return load_scenario(composed.file, composed.applied, (*composed.sets, *sets))

    def _repr_html_(self) -> str:
        return loaded_html(self)

    def files(self) -> dict[str, str]:
        """SHA-256 of every file read, scenario and data, by name."""
        return dict(self.composed.files) | _digests(self.scenario, self.folder)


def load_scenario(
    path: str | os.PathLike[str],
    overrides: Sequence[str] = (),
    sets: Sequence[str] = (),
    last_wins: bool = False,
) -> Loaded:
    """Load a scenario file.

    Args:
        path: the file.
        overrides: names of its overrides to apply, in order.
        sets: changes such as ``units.arv.vehicles=6``.
        last_wins: when two overrides disagree, the later wins.

    Raises:
        ScenarioError: every problem found.
    """
    composed, scenario = read_scenario(path, overrides, sets, last_wins)
    folder = Path(composed.file).parent
    found = in_file_order(check(scenario, composed, folder), composed.files)
    if any(one.severity == "error" for one in found):
        raise ScenarioError([one for one in found if one.severity == "error"])
    return Loaded(scenario, composed, folder, _digest(composed, scenario, folder), tuple(found))


def load_runs(
    path: str | os.PathLike[str],
    sets: Sequence[str] = (),
    last_wins: bool = False,
    options: Sequence[str] = (),
    conditions: Sequence[str] = (),
) -> dict[str, Loaded]:
    """Load a scenario under each of its options and conditions.

    Args:
        path: the file.
        sets: changes such as ``units.arv.vehicles=6``, made in every run.
        last_wins: when two overrides disagree, the later wins.
        options: names of the options wanted, in any order; none is all.
        conditions: names of the conditions wanted; none is all.

    Returns:
        The scenario of each run by name, such as ``more ARVs @ CRITICAL held``; one of the file's own name
        when it compares nothing.

    Raises:
        ScenarioError: every problem found, once, with the runs that have it unless the plain file has it.
    """
    composed = compose(path, (), sets, last_wins, names=names_in(Scenario))
    found = composed.choices
    typed = [Problem(text, file=what) for what, text in unknown(found, options, conditions)]
    if typed:
        raise ScenarioError(typed)
    if not found:
        return {Path(composed.file).stem: load_scenario(path, (), sets, last_wins)}
    named = {_PLAIN: (), **runs(found, Path(composed.file).stem, options, conditions)}
    loaded = every_run(named, lambda name: load_scenario(path, named[name], sets, last_wins), composed.files)
    del loaded[_PLAIN]
    return loaded


def every_run(
    names: Iterable[str], make: Callable[[str], Made], files: Sequence[tuple[str, str]]
) -> dict[str, Made]:
    """What *make* makes of each run; a problem of several runs is reported once.

    Args:
        names: names of the runs; the empty one is the file without any option, whose problems are all runs'.
        make: called with each name.
        files: files of the scenario, in whose order problems are reported.

    Raises:
        ScenarioError: a run has problems; each says which runs.
    """
    made: dict[str, Made] = {}
    owners: dict[Problem, list[str]] = {}
    for name in names:
        try:
            made[name] = make(name)
        except ScenarioError as error:
            for one in error.problems:
                owners.setdefault(one, []).append(name)
    if owners:
        raise ScenarioError(in_file_order([_owned(*item) for item in owners.items()], files))
    return made


def _owned(problem: Problem, names: Sequence[str]) -> Problem:
    if _PLAIN in names:
        return problem
    rest = f" and {len(names) - 1} more" if len(names) > 1 else ""
    return replace(problem, message=f"{problem.message} (in {show(names[0])}{rest})")


def read_scenario(
    path: str | os.PathLike[str],
    overrides: Sequence[str] = (),
    sets: Sequence[str] = (),
    last_wins: bool = False,
) -> tuple[Composed, Scenario]:
    """Compose and validate without the checks across settings, which look for data files.

    Raises:
        ScenarioError: every problem found.
    """
    composed = compose(path, overrides, sets, last_wins, names=names_in(Scenario))
    return composed, validate(Scenario, composed)


def _digest(composed: Composed, scenario: Scenario, folder: Path) -> str:
    settings: dict[str, Any] = dict(composed.data)
    study: dict[str, Any] = settings.pop("study", None) or {}
    settings["study"] = {key: value for key, value in study.items() if key not in _NOT_THE_SCENARIO}
    return digest({"settings": settings, "files": _digests(scenario, folder)})


def _digests(scenario: Scenario, folder: Path) -> dict[str, str]:
    return {name: _file_digest(folder / name) for _, name in data_files(scenario, folder)}


def _file_digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
